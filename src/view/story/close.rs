//! How a run ended: what failed, the outcome, the fingerprint, and the command that plays it again.

use std::fmt::Write as _;

use super::line::since_start;
use crate::time::Span;
use crate::trace::Happening;
use crate::trace::outcome::Outcome;
use crate::view::page::{Ink, Page, counted};

/// The end of the story.
pub fn closing(page: &mut Page, outcome: &Outcome) {
    page.gap();
    page.heading("outcome");
    failures(page, outcome);
    let (ink, word) = if outcome.passed() { (Ink::Good, "passed") } else { (Ink::Bad, "failed") };
    page.row(&[(ink, word.to_owned())], 0, Ink::Plain, &format!(": {}", tally(outcome)));
    let parts: Vec<String> =
        outcome.fingerprint.parts().iter().map(|(name, sum)| format!("{name} {sum}")).collect();
    page.row(&[(Ink::Dim, "fingerprint: ".to_owned())], 13, Ink::Dim, &parts.join(", "));
    page.line(Ink::Dim, &format!("seed {}; again: {}", outcome.seed, reproduce(outcome)));
}

/// One row for each expectation that was not met, with its place in the file.
pub fn failures(page: &mut Page, outcome: &Outcome) {
    for (step, failure) in outcome.all_failures() {
        let place = match &failure.place {
            Some(place) => place.to_string(),
            None => outcome.file.clone(),
        };
        page.line(Ink::Bad, &format!("✗ {place}"));
        let step = step.map(|step| format!("step {}, {}: ", step.index + 1, step.name)).unwrap_or_default();
        page.row(&[(Ink::Plain, "  ".to_owned())], 2, Ink::Plain, &format!("{step}{}", failure.message));
    }
}

/// The command that plays a run again.
pub fn reproduce(outcome: &Outcome) -> String {
    let mut command = format!("forestsim run {} --seed {}", quoted(&outcome.file), outcome.seed);
    for rule in &outcome.without {
        write!(command, " --without {rule}").expect("a String takes every text");
    }
    command
}

fn tally(outcome: &Outcome) -> String {
    let failed = outcome.steps.iter().filter(|step| !step.passed()).count();
    let events = &outcome.trace.events;
    let count = |which: fn(&Happening) -> bool| events.iter().filter(|event| which(&event.happening)).count();
    let messages = count(|happening| matches!(happening, Happening::Sent(_)));
    let decisions = count(|happening| matches!(happening, Happening::Verdict(_)));
    let length = events.last().map_or(Span::ZERO, |last| last.at - outcome.trace.start);
    let steps = match failed {
        0 => counted(outcome.steps.len(), "step"),
        _ => format!("{failed} of {}", counted(outcome.steps.len(), "step")),
    };
    let mut length = since_start(length);
    if !length.contains(':') {
        length.push_str(" s");
    }
    format!(
        "{steps}; {}, {}, {length} of virtual time",
        counted(messages, "message"),
        counted(decisions, "decision")
    )
}

/// A file's name as a shell takes it.
fn quoted(file: &str) -> String {
    let plain = |each: char| each.is_alphanumeric() || "/._-+:@%=,".contains(each);
    if !file.is_empty() && file.chars().all(plain) {
        file.to_owned()
    } else {
        format!("'{}'", file.replace('\'', r"'\''"))
    }
}
