//! Writes what happens into the trace, where one is kept.

use crate::name::HostName;
use crate::time::VirtualTime;
use crate::trace::{Event, EventNumber, Happening};

/// The events of a run so far.
#[derive(Default)]
pub(super) struct Recorder {
    pub on: bool,
    pub step: Option<u32>,
    pub events: Vec<Event>,
}

impl Recorder {
    /// Records one event. The caller has seen to it that a trace is kept.
    pub fn record(
        &mut self,
        at: VirtualTime,
        host: Option<HostName>,
        cause: Option<EventNumber>,
        happening: Happening,
    ) -> EventNumber {
        let number = self.events.len() as u64 + 1;
        let name = host.as_ref().map(HostName::as_str);
        tracing::debug!(target: "forestsim", number, host = name, "{at} {happening:?}");
        self.events.push(Event { number, at, host, step: self.step, cause, happening });
        number
    }
}
