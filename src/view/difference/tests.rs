use super::*;
use crate::trace::compare::compare;
use crate::trace::review::review;
use crate::trace::{Happening, Ruling};
use crate::view::page::Look;
use crate::view::sample;

#[test]
fn a_reviewer_reads_the_kinds_the_first_event_and_the_verdict() {
    let (before, mut after) = (sample::outcome(), sample::outcome());
    for event in &mut after.trace.events {
        if let Happening::Verdict(verdict) = &mut event.happening
            && verdict.ruling == Ruling::Refused
        {
            verdict.ruling = Ruling::Allowed;
        }
    }
    let comparison = compare(&before.trace, &after.trace);
    let review = review(&comparison, Some((&before, &after)));
    let difference = Difference { before: "a.yaml".into(), after: "b.yaml".into(), comparison, review };
    let told = text::difference(&difference, Look::PLAIN);
    for piece in
        ["decisions  2 differences", "- adfs.token-time refused", "+ adfs.token-time allowed", "changed:"]
    {
        assert!(told.contains(piece), "{piece} is not in\n{told}");
    }
    let object = json::difference(&difference);
    assert_eq!((&object["verdict"], &object["same"]["messages"]), (&"changed".into(), &true.into()));
    assert_eq!(object["decisions"].as_array().map(Vec::len), Some(2));
    assert_eq!(object["first"]["only_time"], false);
}
