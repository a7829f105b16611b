//! Rounds that repeat: a service that looks again every five minutes says it once, and then how often.

use std::collections::BTreeMap;

use super::chapter::Entry;
use crate::trace::{Event, Happening};

/// From how many times on a round is folded.
const TIMES: usize = 3;
/// The longest round that is looked for.
const LONGEST: usize = 64;

/// Shows the first of several rounds that are the same but for numbers and times, and folds the others.
pub fn fold(entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<(usize, Entry<'_>)> = Vec::new();
    for entry in entries {
        let next = known.len();
        kept.push((*known.entry(signature(&entry)).or_insert(next), entry));
    }
    for length in 1..=LONGEST.min(kept.len() / TIMES) {
        kept = fold_rounds(kept, length, &mut known);
    }
    kept.into_iter().map(|(_, entry)| entry).collect()
}

fn fold_rounds<'t>(
    kept: Vec<(usize, Entry<'t>)>,
    length: usize,
    known: &mut BTreeMap<String, usize>,
) -> Vec<(usize, Entry<'t>)> {
    let signs: Vec<usize> = kept.iter().map(|(sign, _)| *sign).collect();
    let mut out = Vec::with_capacity(kept.len());
    let mut rest = kept.into_iter();
    let mut at = 0;
    while at < signs.len() {
        let round = signs.get(at..at + length);
        let follows = |times: &usize| {
            round.is_some() && signs.get(at + times * length..at + (times + 1) * length) == round
        };
        let times = 1 + (1..).take_while(follows).count();
        if times < TIMES {
            out.extend(rest.next());
            at += 1;
            continue;
        }
        out.extend(rest.by_ref().take(length));
        let repeated: Vec<Entry<'t>> =
            rest.by_ref().take((times - 1) * length).map(|(_, entry)| entry).collect();
        let next = known.len();
        let sign = *known.entry(format!("again {:?}", &signs[at..at + length])).or_insert(next);
        let what = if length == 1 { "the same".to_owned() } else { format!("the same {length} lines") };
        let summary = format!("{what} {} more times", times - 1);
        out.push((sign, Entry::Fold { summary, host: None, entries: repeated }));
        at += times * length;
    }
    out
}

/// What an entry says, without numbers and times.
fn signature(entry: &Entry<'_>) -> String {
    match entry {
        Entry::Row(event) => of_event(event),
        Entry::Fold { summary, host, .. } => format!("{host:?} {}", unnumbered(summary)),
    }
}

fn of_event(event: &Event) -> String {
    let host = event.host.as_ref().map(|host| host.as_str()).unwrap_or_default();
    let said = match &event.happening {
        Happening::Sent(sent) => format!("{} {} {}", sent.to, sent.protocol, unnumbered(&sent.title)),
        Happening::Verdict(verdict) => format!("{} {:?} {}", verdict.rule, verdict.ruling, verdict.at),
        Happening::State(change) => format!("{} {}", change.store, unnumbered(&change.item)),
        Happening::Lost(_) => "lost".to_owned(),
        // What people see, faults and lines of the document are never said to be the same unread.
        _ => unnumbered(&crate::view::phrase::phrase(event)),
    };
    format!("{host} {said}")
}

/// A text without what differs from one round to the next: words with digits in them.
fn unnumbered(text: &str) -> String {
    let plain = |word: &&str| !word.chars().any(|each| each.is_ascii_digit()) || word.len() < 12;
    text.split_whitespace().filter(plain).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sample::Script;

    #[test]
    fn a_round_is_told_once_and_holds_the_others() {
        let mut script = Script::new();
        for _ in 0..4 {
            script.sent("hub", "edge", "LDAP", 50636, "bind");
            script.sent("edge", "hub", "LDAP", 50636, "bound");
        }
        script.sent("hub", "dc", "LDAP", 389, "search");
        let trace = script.finish();
        let entries = fold(trace.events.iter().map(Entry::Row).collect());
        let [Entry::Row(one), Entry::Row(two), Entry::Fold { summary, entries, .. }, Entry::Row(last)] =
            &entries[..]
        else {
            panic!("two rows, a fold, and a row")
        };
        assert_eq!((one.number, two.number, last.number), (1, 2, 9));
        assert_eq!((summary.as_str(), entries.len()), ("the same 2 lines 3 more times", 6));
    }
}
