//! A run as a sequence diagram: a column for each host, in the order in which they first speak, hosts
//! of one zone and forest beside each other, and a row for each message and for each thing that a
//! reader should stop at.
//!
//! What only carries other messages, and the look-up of names, has no row; a message that is repeated
//! has one row. The diagram may be cut to a number of messages, and then says how many it leaves out.
//!
//! - [`mermaid`]: for Markdown, as GitHub draws it
//! - [`svg`]: a drawing that stands by itself

pub mod mermaid;
pub mod svg;

use crate::name::HostName;
use crate::trace::{Conclusion, Event, Happening, Ruling, Sent, Trace};
use crate::view::place::Places;

/// A sequence diagram before it is drawn.
pub struct Sequence<'t> {
    /// What the run is called.
    pub title: &'t str,
    /// The hosts, from left to right.
    pub columns: Vec<Column>,
    /// The rows, from top to bottom.
    pub rows: Vec<Row<'t>>,
    /// How many messages are left out at the end.
    pub left_out: usize,
}

/// A host's column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The host.
    pub host: HostName,
    /// Where it stands: its zone, and the forest that it belongs to.
    pub place: String,
}

/// A row of a sequence diagram.
pub struct Row<'t> {
    /// The event.
    pub event: &'t Event,
    /// How it is drawn.
    pub kind: RowKind<'t>,
    /// How many times it happened without anything in between.
    pub times: usize,
}

/// How an event is drawn.
#[derive(PartialEq)]
pub enum RowKind<'t> {
    /// A line across all columns: a step of the scenario begins.
    Step {
        /// Its name.
        name: &'t str,
        /// What it does.
        action: &'t str,
    },
    /// An arrow.
    Message {
        /// The column of the sender.
        from: usize,
        /// The column of the receiver.
        to: usize,
        /// What is sent.
        sent: &'t Sent,
        /// Why it did not arrive, where it did not.
        lost: Option<&'t str>,
    },
    /// A note at a column, or across all where it is at no host.
    Note {
        /// The column.
        at: Option<usize>,
        /// What kind of note.
        mark: Mark,
        /// What it says.
        text: String,
    },
}

/// What kind of note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A line of the document is carried out.
    Document,
    /// A rule is not met, and the request goes on.
    Curtailed,
    /// A rule is not met, but the run does without it.
    Suspended,
    /// A rule is not met, and the request ends.
    Refused,
    /// A person got what was asked for.
    Granted,
    /// A person did not.
    Denied,
    /// Something broke, or was mended.
    Fault,
}

impl Mark {
    /// The sign that stands before a note, so that its colour is never the only hint.
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Document => "§",
            Mark::Curtailed => "~",
            Mark::Suspended => "!",
            Mark::Refused => "✗",
            Mark::Granted => "✓",
            Mark::Denied => "×",
            Mark::Fault => "*",
        }
    }
}

impl<'t> Sequence<'t> {
    /// The diagram of a trace, with its first `messages` messages.
    pub fn of(trace: &'t Trace, messages: usize) -> Self {
        let told: Vec<&Event> = trace.events.iter().filter(|event| tells(event)).collect();
        let cut = told.iter().enumerate().filter(|(_, event)| is_message(event)).nth(messages);
        let end = cut.map_or(told.len(), |(index, _)| index);
        let left_out = told[end..].iter().filter(|event| is_message(event)).count();
        let columns = columns(trace, &told[..end]);
        let mut rows: Vec<Row<'t>> = Vec::new();
        for event in &told[..end] {
            let Some(kind) = kind(trace, &columns, event) else { continue };
            match rows.last_mut() {
                Some(last) if same(&last.kind, &kind) => last.times += 1,
                _ => rows.push(Row { event, kind, times: 1 }),
            }
        }
        // A step of which nothing is told has no row.
        let is_step = |row: &Row<'_>| matches!(row.kind, RowKind::Step { .. });
        while rows.last().is_some_and(is_step) && left_out > 0 {
            rows.pop();
        }
        Self { title: &trace.scenario, columns, rows, left_out }
    }

    /// The columns in groups of one place: its name, and how many columns it has.
    pub fn groups(&self) -> Vec<(&str, usize)> {
        let mut groups: Vec<(&str, usize)> = Vec::new();
        for column in &self.columns {
            match groups.last_mut() {
                Some((place, count)) if *place == column.place => *count += 1,
                _ => groups.push((&column.place, 1)),
            }
        }
        groups
    }
}

/// Whether two rows say the same, so that the second only counts.
fn same(one: &RowKind<'_>, other: &RowKind<'_>) -> bool {
    match (one, other) {
        (
            RowKind::Message { from, to, sent, lost },
            RowKind::Message { from: other_from, to: other_to, sent: other_sent, lost: other_lost },
        ) => (from, to, &sent.title, lost) == (other_from, other_to, &other_sent.title, other_lost),
        _ => one == other,
    }
}

fn tells(event: &Event) -> bool {
    match &event.happening {
        Happening::StepBegan { .. } => true,
        _ if event.step.is_none() => false,
        Happening::Sent(sent) => !matches!(&*sent.protocol, "TLS" | "TCP" | "DNS"),
        Happening::Verdict(verdict) => verdict.ruling != Ruling::Allowed,
        Happening::Document(_) | Happening::Conclusion(_) | Happening::Fault { .. } => true,
        _ => false,
    }
}

fn is_message(event: &Event) -> bool {
    matches!(event.happening, Happening::Sent(_))
}

/// A column for each host that speaks, is spoken to or decides; hosts of one place beside each other.
fn columns(trace: &Trace, told: &[&Event]) -> Vec<Column> {
    let places = Places::of(&trace.topology);
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |host: &HostName| {
        if columns.iter().any(|column| column.host == *host) {
            return;
        }
        let place = places.of_host(host);
        let beside = columns.iter().rposition(|column| column.place == place).map(|index| index + 1);
        columns.insert(beside.unwrap_or(columns.len()), Column { host: host.clone(), place });
    };
    for event in told {
        event.host.iter().for_each(&mut add);
        match &event.happening {
            Happening::Sent(sent) => add(&sent.to),
            Happening::Verdict(verdict) => add(&verdict.at),
            _ => {}
        }
    }
    columns
}

fn kind<'t>(trace: &'t Trace, columns: &[Column], event: &'t Event) -> Option<RowKind<'t>> {
    let column = |host: &HostName| columns.iter().position(|column| column.host == *host);
    let own = event.host.as_ref().and_then(column);
    let note = |at, mark, text| Some(RowKind::Note { at, mark, text });
    match &event.happening {
        Happening::StepBegan { name, action } => Some(RowKind::Step { name, action }),
        Happening::Sent(sent) => {
            Some(RowKind::Message { from: own?, to: column(&sent.to)?, sent, lost: lost(trace, event) })
        }
        Happening::Document(line) => note(own, Mark::Document, format!("{}: {}", line.number, line.text)),
        Happening::Verdict(verdict) => {
            let (mark, word) = match verdict.ruling {
                Ruling::Allowed => return None,
                Ruling::Curtailed => (Mark::Curtailed, "not met"),
                Ruling::Suspended => (Mark::Suspended, "not met but suspended"),
                Ruling::Refused => (Mark::Refused, "refuses"),
            };
            note(column(&verdict.at), mark, format!("{} {word}", verdict.rule))
        }
        Happening::Conclusion(Conclusion { granted, identity, shown, .. }) => {
            let mark = if *granted { Mark::Granted } else { Mark::Denied };
            let who = identity.as_ref().map(|who| format!(", as {who}")).unwrap_or_default();
            note(own, mark, format!("{shown}{who}"))
        }
        Happening::Fault { name, what } => note(own, Mark::Fault, format!("{name}: {what}")),
        _ => None,
    }
}

/// Why a message did not arrive. The loss is entered soon after the message.
fn lost<'t>(trace: &'t Trace, event: &Event) -> Option<&'t str> {
    let after = usize::try_from(event.number).ok()?;
    trace.events.get(after..)?.iter().take(4).find_map(|later| match &later.happening {
        Happening::Lost(loss) if loss.message == event.number => Some(loss.why.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
