//! What a run leaves: events, verdicts, fingerprints.
//!
//! A [`Trace`] is complete: every view, comparison and expectation reads the trace and nothing
//! else. It knows hosts by name and rules by id; it knows no role and no protocol.
//!
//! - [`compare`]: two traces held side by side
//! - [`event`]: what can happen, in order of happening
//! - [`verdict`]: decisions, by rule
//! - [`fingerprint`]: short sums of a trace, in parts
//! - [`outcome`]: what came of a run, step by step
//! - [`review`]: what a change between two runs comes to, in a word

pub mod compare;
pub mod event;
pub mod fingerprint;
pub mod outcome;
pub mod review;
pub mod verdict;

pub use event::{
    Conclusion, Connection, Detail, DocumentLine, Event, EventNumber, Happening, LogEntry, Loss, Sent,
    StateChange, Transport, Truth,
};
pub use fingerprint::Fingerprint;
pub use verdict::{Fact, Ruling, Verdict};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::VirtualTime;

/// Everything that one run leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The title of the scenario.
    pub scenario: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// The version of forestsim that made it.
    pub version: String,
    /// The virtual time at which the run began.
    pub start: VirtualTime,
    /// The deployed topology, as canonical lines of text, sorted: one per host, record, rule and trust.
    pub topology: Vec<String>,
    /// All that happened, in order.
    pub events: Vec<Event>,
    /// How many times each random stream, `host/purpose`, was drawn from.
    pub random: BTreeMap<String, u64>,
}

impl Trace {
    /// The events of one step, counted from 0; events before the first step belong to none.
    pub fn step(&self, step: u32) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.step == Some(step))
    }

    /// The verdicts in order, with the event that carries each.
    pub fn verdicts(&self) -> impl Iterator<Item = (&Event, &Verdict)> {
        self.events.iter().filter_map(|event| match &event.happening {
            Happening::Verdict(verdict) => Some((event, verdict)),
            _ => None,
        })
    }
}
