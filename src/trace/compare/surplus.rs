//! What one of two traces holds more often than the other: decisions, messages, lines of the topology.

use std::collections::BTreeMap;

use crate::name::HostName;
use crate::rule::RuleId;
use crate::trace::{Event, Happening, Ruling, Trace};

/// One of the two traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The first, which a reviewer takes for the one before.
    Before,
    /// The second.
    After,
}

/// Something that one trace holds more often than the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surplus<T> {
    /// What.
    pub what: T,
    /// The trace that holds more of it.
    pub only: Side,
    /// How many more.
    pub times: usize,
}

/// A step's place in its scenario and its name; none while the hosts start.
pub type Step = Option<(u32, String)>;

/// A decision, wherever among the others it was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decided {
    /// The step during which it was made.
    pub step: Step,
    /// The server that decided.
    pub at: HostName,
    /// By which rule.
    pub rule: RuleId,
    /// What was decided.
    pub ruling: Ruling,
    /// About whom, and on what; a token's identifier, which no two runs share, is left out.
    pub about: (String, String),
}

/// A message, whatever its fields say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spoken {
    /// The step during which it was sent.
    pub step: Step,
    /// Who sent it.
    pub from: HostName,
    /// Whom it was for.
    pub to: HostName,
    /// The protocol that speaks.
    pub protocol: String,
}

/// What one of two lists holds more often than the other, in order.
pub(super) fn surplus<T: Ord>(
    before: impl IntoIterator<Item = T>,
    after: impl IntoIterator<Item = T>,
) -> Vec<Surplus<T>> {
    let mut counts: BTreeMap<T, [usize; 2]> = BTreeMap::new();
    before.into_iter().for_each(|what| counts.entry(what).or_default()[0] += 1);
    after.into_iter().for_each(|what| counts.entry(what).or_default()[1] += 1);
    let unequal = counts.into_iter().filter(|(_, [before, after])| before != after);
    let surplus = unequal.map(|(what, [before, after])| {
        let only = if before > after { Side::Before } else { Side::After };
        Surplus { what, only, times: before.abs_diff(after) }
    });
    surplus.collect()
}

/// The decisions of a trace.
pub(super) fn decided(trace: &Trace) -> impl Iterator<Item = Decided> {
    let names = step_names(trace);
    trace.verdicts().map(move |(event, verdict)| Decided {
        step: step(event, &names),
        at: verdict.at.clone(),
        rule: verdict.rule.clone(),
        ruling: verdict.ruling,
        about: (without_identifiers(&verdict.who), without_identifiers(&verdict.on)),
    })
}

/// The messages of a trace.
pub(super) fn spoken(trace: &Trace) -> impl Iterator<Item = Spoken> {
    let names = step_names(trace);
    trace.events.iter().filter_map(move |event| match (&event.happening, &event.host) {
        (Happening::Sent(sent), Some(from)) => Some(Spoken {
            step: step(event, &names),
            from: from.clone(),
            to: sent.to.clone(),
            protocol: sent.protocol.to_string(),
        }),
        _ => None,
    })
}

/// The names of the steps, by their numbers.
pub(super) fn step_names(trace: &Trace) -> BTreeMap<u32, &str> {
    let names = trace.events.iter().filter_map(|event| match &event.happening {
        Happening::StepBegan { name, .. } => Some((event.step?, name.as_str())),
        _ => None,
    });
    names.collect()
}

fn step(event: &Event, names: &BTreeMap<u32, &str>) -> Step {
    let number = event.step?;
    Some((number, (*names.get(&number)?).to_owned()))
}

/// A text without the identifiers of tokens in it: an underscore and a GUID.
fn without_identifiers(text: &str) -> String {
    let is_identifier = |word: &str| {
        let guid = word.strip_prefix('_').filter(|rest| rest.len() == 36);
        guid.is_some_and(|guid| guid.chars().all(|each| each.is_ascii_hexdigit() || each == '-'))
    };
    text.split(' ').filter(|word| !is_identifier(word)).collect::<Vec<_>>().join(" ")
}
