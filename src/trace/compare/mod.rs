//! Two traces held side by side: what changed, by kind, and where they first part.
//!
//! Latency, the content of tokens and the numbers of events move easily, decisions should not; so
//! each kind is compared by itself, and decisions without their order. It knows no expectations; who
//! compares two runs of scenarios adds those.

mod parting;
mod surplus;

pub use parting::Parting;
pub use surplus::{Decided, Side, Spoken, Step, Surplus};

use super::{Conclusion, Event, Fingerprint, Happening, Ruling, Trace, Verdict};
use crate::name::HostName;
use crate::rule::RuleId;
use crate::time::Span;
use parting::parting;
use surplus::{decided, spoken, step_names, surplus};

/// What two traces have in common, and what not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison<'t> {
    /// The parts of the fingerprint, each with whether it is the same in both.
    pub parts: [(&'static str, bool); 5],
    /// Whether in each step the same hosts said as much to each other, whatever they said and whoever
    /// came first.
    pub same_exchange: bool,
    /// The steps whose answers differ, in the order of the first trace.
    pub answers: Vec<AnswerChange>,
    /// The decisions that only one of the traces holds, or holds more often.
    pub decisions: Vec<Surplus<Decided>>,
    /// The messages that only one of the traces holds, or holds more often.
    pub messages: Vec<Surplus<Spoken>>,
    /// How the times differ.
    pub timing: TimingChange,
    /// The lines of the deployed topology that only one of the traces holds.
    pub topology: Vec<Surplus<String>>,
    /// Where the traces first part; none where they are the same event by event.
    pub first: Option<Parting<'t>>,
}

/// A step that ended otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerChange {
    /// The step's name.
    pub step: String,
    /// How it ended in the first trace; none where it has no such step, or the step asks for nothing.
    pub before: Option<Answer>,
    /// How it ended in the second.
    pub after: Option<Answer>,
}

/// How a person's request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the person got what was asked for.
    pub granted: bool,
    /// As whom.
    pub identity: Option<String>,
    /// The rule that refused, and where.
    pub refused_by: Option<(RuleId, HostName)>,
}

/// How the times of two traces differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimingChange {
    /// How many events happen sooner or later after the start than the event of the same number.
    pub moved: usize,
    /// How much later the second trace ends; below zero where it ends sooner.
    pub later: Span,
}

/// Compares two traces.
///
/// ```
/// use forestsim::{run, scenario, trace::compare::compare};
/// let scenario = scenario::load("scenarios/trusts/one-way-trust.yaml".as_ref()).unwrap();
/// let play = |seed| run::play(&scenario, &run::RunOptions { seed, ..Default::default() }).unwrap();
/// let (one, two) = (play(1), play(2));
/// let comparison = compare(&one.trace, &two.trace);
/// assert!(comparison.answers.is_empty() && comparison.decisions.is_empty());
/// assert!(!comparison.same("timing"));
/// ```
pub fn compare<'t>(before: &'t Trace, after: &'t Trace) -> Comparison<'t> {
    let (first, second) = (Fingerprint::of(before), Fingerprint::of(after));
    let (first, second) = (first.parts(), second.parts());
    let parts = std::array::from_fn(|index| (first[index].0, first[index].1 == second[index].1));
    Comparison {
        parts,
        same_exchange: exchange(before) == exchange(after),
        answers: answer_changes(before, after),
        decisions: surplus(decided(before), decided(after)),
        messages: surplus(spoken(before), spoken(after)),
        timing: timing_change(before, after),
        topology: surplus(before.topology.clone(), after.topology.clone()),
        first: parting(before, after),
    }
}

impl Comparison<'_> {
    /// Whether this part of the fingerprint is the same in both.
    pub fn same(&self, part: &str) -> bool {
        self.parts.iter().any(|(name, same)| *name == part && *same)
    }
}

/// Who said something to whom, and how, step by step.
fn exchange(trace: &Trace) -> Vec<impl Ord> {
    let sent = trace.events.iter().filter_map(|event| match &event.happening {
        Happening::Sent(sent) => Some((event.step, &event.host, &sent.to, &sent.protocol, sent.port)),
        _ => None,
    });
    let mut all: Vec<_> = sent.collect();
    all.sort();
    all
}

fn answers(trace: &Trace) -> Vec<(String, Answer)> {
    step_names(trace)
        .into_iter()
        .filter_map(|(step, name)| {
            let conclusion = trace.step(step).filter_map(conclusion).last()?;
            let refusal = trace.step(step).filter_map(verdict).find(|one| one.ruling == Ruling::Refused);
            let refused_by = refusal.filter(|_| !conclusion.granted);
            let answer = Answer {
                granted: conclusion.granted,
                identity: conclusion.identity.clone(),
                refused_by: refused_by.map(|verdict| (verdict.rule.clone(), verdict.at.clone())),
            };
            Some((name.to_owned(), answer))
        })
        .collect()
}

fn conclusion(event: &Event) -> Option<&Conclusion> {
    if let Happening::Conclusion(conclusion) = &event.happening { Some(conclusion) } else { None }
}

fn verdict(event: &Event) -> Option<&Verdict> {
    if let Happening::Verdict(verdict) = &event.happening { Some(verdict) } else { None }
}

fn answer_changes(before: &Trace, after: &Trace) -> Vec<AnswerChange> {
    let (before, mut after) = (answers(before), answers(after));
    let mut changes = Vec::new();
    for (step, answer) in before {
        let other = after.iter().position(|(name, _)| *name == step).map(|index| after.remove(index).1);
        if other.as_ref() != Some(&answer) {
            changes.push(AnswerChange { step, before: Some(answer), after: other });
        }
    }
    let new =
        after.into_iter().map(|(step, answer)| AnswerChange { step, before: None, after: Some(answer) });
    changes.extend(new);
    changes
}

fn timing_change(before: &Trace, after: &Trace) -> TimingChange {
    let since_start = |trace: &Trace, event: &Event| event.at - trace.start;
    let moved = before.events.iter().zip(&after.events);
    let moved = moved.filter(|(one, other)| since_start(before, one) != since_start(after, other));
    let length = |trace: &Trace| trace.events.last().map_or(Span::ZERO, |last| since_start(trace, last));
    TimingChange { moved: moved.count(), later: length(after) + -length(before) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sample;

    #[test]
    fn a_trace_is_like_itself() {
        let trace = sample::trace();
        let comparison = compare(&trace, &trace);
        assert!(comparison.parts.iter().all(|(_, same)| *same) && comparison.same_exchange);
        assert_eq!((comparison.first, comparison.answers, comparison.decisions), (None, vec![], vec![]));
    }

    #[test]
    fn a_slower_message_changes_times_and_nothing_else() {
        let (before, mut after) = (sample::trace(), sample::trace());
        for event in &mut after.events[4..] {
            event.at += Span::micros(5);
        }
        let comparison = compare(&before, &after);
        assert!(comparison.same("decisions") && comparison.same("messages") && !comparison.same("timing"));
        let parting = comparison.first.unwrap();
        assert!(parting.only_time && parting.before.unwrap().number == 5);
        let moved = before.events.len() - 4;
        assert_eq!(comparison.timing, TimingChange { moved, later: Span::micros(5) });
        assert_eq!(comparison.messages, []);
    }

    #[test]
    fn a_message_that_is_sent_once_more_is_named_with_its_step() {
        let (before, mut after) = (sample::trace(), sample::trace());
        let last = after.events.len() as u64;
        let message = after
            .events
            .iter()
            .find(|event| matches!(&event.happening, Happening::Sent(sent) if sent.protocol == "HTTP"));
        let again = Event { number: last + 1, ..message.unwrap().clone() };
        after.events.push(again);
        let comparison = compare(&before, &after);
        let [change] = comparison.messages.as_slice() else { panic!("{:?}", comparison.messages) };
        assert_eq!((change.only, change.times, change.what.from.as_str()), (Side::After, 1, "sally-laptop"));
        assert_eq!(change.what.step.as_ref().unwrap().1, "first visit");
        assert!(!comparison.same_exchange);
    }

    #[test]
    fn another_ruling_shows_on_both_sides_and_as_another_answer() {
        let (before, mut after) = (sample::trace(), sample::trace());
        for event in &mut after.events {
            match &mut event.happening {
                Happening::Verdict(verdict) if verdict.ruling == Ruling::Refused => {
                    verdict.ruling = Ruling::Allowed;
                }
                Happening::Conclusion(conclusion) => conclusion.granted = true,
                _ => {}
            }
        }
        let comparison = compare(&before, &after);
        let sides: Vec<(Side, Ruling)> =
            comparison.decisions.iter().map(|one| (one.only, one.what.ruling)).collect();
        assert_eq!(sides, [(Side::After, Ruling::Allowed), (Side::Before, Ruling::Refused)]);
        let [change] = comparison.answers.as_slice() else { panic!("one step ends otherwise") };
        assert!(change.after.as_ref().is_some_and(|answer| answer.granted && answer.refused_by.is_none()));
        assert!(change.before.as_ref().is_some_and(|answer| answer.refused_by.is_some()));
    }
}
