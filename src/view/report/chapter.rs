//! A run in chapters, one for each step, and in them its events: what a reader should see as rows, and
//! what only carries or repeats it in folds, which open.
//!
//! Connections, handshakes, look-ups of names and the checks that belong to them are one fold; so are
//! many passed checks of one host in a row, many changes of one store, and rounds that repeat.

use std::collections::BTreeMap;

use super::repeat;
use crate::name::HostName;
use crate::trace::outcome::{Outcome, StepOutcome};
use crate::trace::{Event, Happening, Ruling, Trace};
use crate::view::page::counted;

/// From how many on checks, or changes of a store, are folded.
const MANY: usize = 3;

/// What happened during one step, or before the first.
pub struct Chapter<'t> {
    /// The event with which the step began; none while the hosts start.
    pub began: Option<&'t Event>,
    /// What came of the step.
    pub outcome: Option<&'t StepOutcome>,
    /// What happened, in order.
    pub entries: Vec<Entry<'t>>,
}

/// A piece of a chapter.
pub enum Entry<'t> {
    /// One event.
    Row(&'t Event),
    /// Several, in one line that opens.
    Fold {
        /// What they come to.
        summary: String,
        /// The host that they are about, where it is one.
        host: Option<&'t HostName>,
        /// The pieces.
        entries: Vec<Entry<'t>>,
    },
}

/// The chapters of a run.
pub fn chapters(outcome: &Outcome) -> Vec<Chapter<'_>> {
    let mut parts: Vec<(Option<&Event>, Option<u32>, Vec<&Event>)> = Vec::new();
    for event in &outcome.trace.events {
        let begins = matches!(event.happening, Happening::StepBegan { .. });
        match parts.last_mut() {
            Some((_, step, events)) if !begins && *step == event.step => events.push(event),
            _ if begins => parts.push((Some(event), event.step, Vec::new())),
            _ => parts.push((None, event.step, vec![event])),
        }
    }
    let of_step = |step| outcome.steps.iter().find(|outcome| Some(outcome.index) == step);
    let mut chapters = Vec::new();
    for (began, step, events) in parts {
        chapters.push(Chapter { began, outcome: of_step(step), entries: repeat::fold(fold(&events)) });
    }
    chapters
}

/// Whether an event only carries others: handshakes, look-ups of names, and checks of the network.
pub fn is_quiet(event: &Event) -> bool {
    match &event.happening {
        Happening::Sent(sent) => matches!(&*sent.protocol, "TLS" | "TCP" | "DNS"),
        Happening::Connection(connection) => connection.outcome.is_ok(),
        Happening::Verdict(verdict) => {
            let below = ["network.", "tls."].iter().any(|family| verdict.rule.as_str().starts_with(family));
            below && verdict.ruling == Ruling::Allowed
        }
        _ => false,
    }
}

/// The message that was lost at an event of loss.
pub fn lost(trace: &Trace) -> BTreeMap<u64, &str> {
    let losses = trace.events.iter().filter_map(|event| match &event.happening {
        Happening::Lost(loss) => Some((loss.message, loss.why.as_str())),
        _ => None,
    });
    losses.collect()
}

fn fold<'t>(events: &[&'t Event]) -> Vec<Entry<'t>> {
    let mut entries = Vec::new();
    let mut quiet: Vec<&'t Event> = Vec::new();
    let mut alike: Vec<&'t Event> = Vec::new();
    for event in events {
        if is_quiet(event) {
            quiet.push(event);
            continue;
        }
        // A check by itself waits for the connection that it belongs to.
        let carries = |event: &&Event| !matches!(event.happening, Happening::Verdict(_));
        let unfolds = quiet.iter().any(carries);
        if unfolds || alike.first().is_some_and(|first| !is_alike(first, event)) {
            close_alike(&mut entries, &mut alike);
        }
        if unfolds {
            entries.push(carriage(std::mem::take(&mut quiet)));
        }
        alike.push(event);
    }
    close_alike(&mut entries, &mut alike);
    if !quiet.is_empty() {
        entries.push(carriage(quiet));
    }
    entries
}

/// Whether two events are of one kind, so that many of them in a row say little more than one.
fn is_alike(one: &Event, other: &Event) -> bool {
    match (&one.happening, &other.happening) {
        (Happening::Verdict(one), Happening::Verdict(other)) => {
            let allowed = [one, other].iter().all(|verdict| verdict.ruling == Ruling::Allowed);
            allowed && one.at == other.at
        }
        (Happening::State(change), Happening::State(next)) => {
            one.host == other.host && change.store == next.store
        }
        _ => false,
    }
}

fn close_alike<'t>(entries: &mut Vec<Entry<'t>>, alike: &mut Vec<&'t Event>) {
    let events = std::mem::take(alike);
    let Some(first) = events.first().filter(|_| events.len() >= MANY) else {
        entries.extend(events.into_iter().map(Entry::Row));
        return;
    };
    let summary = match &first.happening {
        Happening::State(change) => format!("{} changes in its {}", events.len(), change.store),
        _ => format!("{} passed: {}", counted(events.len(), "check"), rules(&events)),
    };
    let host = first.host.as_ref();
    entries.push(Entry::Fold { summary, host, entries: events.into_iter().map(Entry::Row).collect() });
}

/// The names of the rules, without their families.
fn rules(events: &[&Event]) -> String {
    let names = events.iter().filter_map(|event| match &event.happening {
        Happening::Verdict(verdict) => {
            let id = verdict.rule.as_str();
            Some(id.split_once('.').map_or(id, |(_, name)| name).replace('-', " "))
        }
        _ => None,
    });
    names.collect::<Vec<_>>().join(", ")
}

/// A fold of connections, with what belongs to them.
fn carriage<'t>(events: Vec<&'t Event>) -> Entry<'t> {
    let mut said: Vec<String> = Vec::new();
    let mut checks = 0;
    let mut lookups = 0;
    let mut secured = false;
    for event in &events {
        match &event.happening {
            Happening::Connection(connection) => {
                let (from, to) = (event.host.as_ref(), connection.to.as_ref());
                if let (Some(from), Some(to)) = (from, to) {
                    said.push(format!("{from} connects to {to}, port {}", connection.port));
                }
            }
            Happening::Sent(sent) if sent.protocol == "TLS" => secured = true,
            Happening::Sent(sent) if sent.protocol == "DNS" => lookups += 1,
            Happening::Verdict(_) => checks += 1,
            _ => {}
        }
    }
    if said.len() > MANY {
        said = vec![counted(said.len(), "connection")];
    }
    if secured {
        said.push("keys are agreed (TLS)".to_owned());
    }
    if lookups > 0 {
        said.push(format!("{} about names", counted(lookups, "message")));
    }
    if checks > 0 {
        said.push(format!("{} passed", counted(checks, "check")));
    }
    Entry::Fold {
        summary: said.join("; "),
        host: None,
        entries: events.into_iter().map(Entry::Row).collect(),
    }
}
