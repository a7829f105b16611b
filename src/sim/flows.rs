//! What firewalls remember of datagrams that they let through, so that the answers pass.

use std::collections::BTreeMap;

use super::frame::{Frame, HostId};
use crate::time::{Span, VirtualTime};

/// How long a firewall awaits an answer to a datagram, as common ones do by default.
const MEMORY: Span = Span::seconds(60);

type End = (HostId, u16);

/// Datagrams that were let through, from one end to another, until when their answers pass.
#[derive(Default)]
pub(super) struct Flows {
    until: BTreeMap<(End, End), VirtualTime>,
    /// How many flows make it worth while to look for those that are over.
    crowded: usize,
}

impl Flows {
    /// A datagram passed a firewall.
    pub fn passed(&mut self, frame: &Frame, now: VirtualTime) {
        let key = ((frame.from, frame.from_port), (frame.to, frame.to_port));
        self.until.insert(key, now + MEMORY);
        if self.until.len() > self.crowded {
            self.until.retain(|_, until| *until >= now);
            self.crowded = 64 + 2 * self.until.len();
        }
    }

    /// Whether the datagram answers one that passed.
    pub fn is_answer(&self, frame: &Frame, now: VirtualTime) -> bool {
        let key = ((frame.to, frame.to_port), (frame.from, frame.from_port));
        self.until.get(&key).is_some_and(|until| *until >= now)
    }
}
