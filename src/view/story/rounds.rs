//! Rounds: in a long step the same comes round again and again, a renewal each month, an attempt each
//! hour. A round that goes like one that the step has told already is not told again; a run of such rounds
//! is counted in one line, which names the rounds that they are like.
//!
//! A round is what lies between two long silences. Two rounds go alike where their lines are the same but
//! for times and other long numbers. Rounds in which somebody is answered, or a fault begins or ends, are
//! always told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::line::since_start;
use super::{Depth, shows};
use crate::time::Span;
use crate::trace::{Event, EventNumber, Happening, Trace};
use crate::view::page::counted;

/// The silence that divides rounds: longer than any time-out, shorter than any schedule.
const SILENCE: Span = Span::minutes(1);
/// From how many digits on a number is a date or a time, and no part of a name.
const LONG: usize = 4;

/// What is not told, and what is told in its place.
#[derive(Default)]
pub struct Rounds {
    passed_over: BTreeSet<EventNumber>,
    /// In the place of the event of this number.
    notes: BTreeMap<EventNumber, String>,
}

/// A run of rounds that are not told: how many there are of each that was told before.
#[derive(Default)]
struct Run {
    first: Option<EventNumber>,
    like: BTreeMap<EventNumber, usize>,
    until: Option<Span>,
}

impl Rounds {
    /// The rounds among these events, step by step.
    pub fn of(events: &[&Event], trace: &Trace, depth: Depth) -> Self {
        let mut rounds = Self::default();
        if depth == Depth::All {
            return rounds;
        }
        for step in events.chunk_by(|one, next| one.step == next.step).filter(|step| step[0].step.is_some()) {
            rounds.fold(step, trace, depth);
        }
        rounds
    }

    fn fold(&mut self, step: &[&Event], trace: &Trace, depth: Depth) {
        let mut told: BTreeMap<String, EventNumber> = BTreeMap::new();
        let mut run = Run::default();
        for round in step.chunk_by(|one, next| next.at - one.at < SILENCE) {
            let first = round[0];
            let shape = shape(round, depth);
            let before = shape.as_ref().and_then(|shape| told.get(shape)).copied();
            match (shape, before) {
                (_, Some(before)) => {
                    run.first.get_or_insert(first.number);
                    *run.like.entry(before).or_default() += 1;
                    run.until = Some(round[round.len() - 1].at - trace.start);
                    self.passed_over.extend(round.iter().map(|event| event.number));
                }
                (shape, None) => {
                    self.close(std::mem::take(&mut run), trace);
                    told.extend(shape.map(|shape| (shape, first.number)));
                }
            }
        }
        self.close(run, trace);
    }

    /// Puts a line in the place of a run.
    fn close(&mut self, run: Run, trace: &Trace) {
        let (Some(first), Some(until)) = (run.first, run.until) else { return };
        let rounds = run.like.values().sum();
        let mut text = format!("until {}, {} more", since_start(until), counted(rounds, "round"));
        for (index, (told, count)) in run.like.iter().enumerate() {
            let told = usize::try_from(told - 1).ok().and_then(|index| trace.events.get(index));
            let at = told.map(|event| since_start(event.at - trace.start)).unwrap_or_default();
            let lead = if index == 0 { ":" } else { "," };
            write!(text, "{lead} {count} like that at {at}").expect("a String takes every text");
        }
        self.notes.insert(first, text);
    }

    /// Whether the event is not told.
    pub fn pass_over(&self, event: &Event) -> bool {
        self.passed_over.contains(&event.number)
    }

    /// What is told in place of the run that begins with this event.
    pub fn note(&self, event: &Event) -> Option<&str> {
        self.notes.get(&event.number).map(String::as_str)
    }
}

/// The lines of a round, without what differs from time to time; none where it is always told.
fn shape(round: &[&Event], depth: Depth) -> Option<String> {
    let mut shape = String::new();
    for event in round.iter().filter(|event| shows(event, depth)) {
        let host = event.host.as_ref().map(|host| host.as_str()).unwrap_or_default();
        let line = match &event.happening {
            Happening::StepBegan { .. } | Happening::Conclusion(_) | Happening::Fault { .. } => return None,
            Happening::Sent(sent) => format!("{} {}", sent.to, sent.title),
            Happening::Verdict(verdict) => {
                format!("{} {:?} {} {}", verdict.rule, verdict.ruling, verdict.who, verdict.on)
            }
            Happening::State(change) => {
                format!("{} {} {}", change.store, change.item, change.value.is_some())
            }
            Happening::Log(entry) => format!("{} {}", entry.log, entry.text),
            Happening::Lost(loss) => loss.why.to_string(),
            Happening::Connection(connection) => format!("{} {:?}", connection.port, connection.outcome),
            Happening::Document(line) => line.number.to_string(),
            Happening::Truth(truth) => truth.text.clone(),
        };
        shape.push_str(host);
        shape.push(' ');
        shape.push_str(&without_long_numbers(&line));
        shape.push('\n');
    }
    Some(shape)
}

/// The text with `#` for each number of many digits.
fn without_long_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let digit = |one: &char, next: &char| one.is_ascii_digit() && next.is_ascii_digit();
    let letters: Vec<char> = text.chars().collect();
    for part in letters.chunk_by(digit) {
        match part[0].is_ascii_digit() && part.len() >= LONG {
            true => plain.push('#'),
            false => plain.extend(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sample::Script;

    /// A day with one message at each of these hours.
    fn day(said: &[(i64, &str)]) -> Trace {
        let mut script = Script::new();
        script.step("a day", "1d passes");
        for (_, title) in said {
            script.sent("hub", "edge", "LDAP", 636, title);
        }
        let mut trace = script.finish();
        for (event, (hour, _)) in trace.events.iter_mut().skip(1).zip(said) {
            event.at = trace.start + Span::hours(*hour);
        }
        trace
    }

    /// What is told of each message: its title, the line in its place, or nothing.
    fn told(trace: &Trace, depth: Depth) -> Vec<String> {
        let events: Vec<&Event> = trace.events.iter().collect();
        let rounds = Rounds::of(&events, trace, depth);
        let line = |event: &&Event| match &event.happening {
            Happening::Sent(sent) if !rounds.pass_over(event) => Some(sent.title.to_string()),
            _ => rounds.note(event).map(str::to_owned),
        };
        events.iter().filter_map(line).collect()
    }

    #[test]
    fn what_comes_round_again_is_counted_and_what_is_new_is_told() {
        let trace = day(&[
            (1, "asks"),
            (2, "writes account 01032010"),
            (3, "asks"),
            (4, "writes account 01302010"),
            (5, "asks"),
            (6, "deletes"),
            (7, "asks"),
            (8, "asks edge-1"),
            (9, "asks edge-2"),
        ]);
        let expected = [
            "asks",
            "writes account 01032010",
            "until 5:00:00.000, 3 rounds more: 2 like that at 1:00:00.000, 1 like that at 2:00:00.000",
            "deletes",
            "until 7:00:00.000, 1 round more: 1 like that at 1:00:00.000",
            "asks edge-1",
            "asks edge-2",
        ];
        assert_eq!(told(&trace, Depth::Application), expected);
        assert_eq!(told(&trace, Depth::All).len(), 9, "who wants all of it is told all of it");
    }

    #[test]
    fn what_follows_without_a_silence_is_one_round() {
        let trace = day(&[(1, "asks"), (1, "asks"), (3, "asks"), (3, "asks"), (5, "asks")]);
        let expected =
            ["asks", "asks", "until 3:00:00.000, 1 round more: 1 like that at 1:00:00.000", "asks"];
        assert_eq!(told(&trace, Depth::Application), expected);
    }
}
