//! What is to happen, in order of virtual time.
//!
//! Frames are kept in a heap by (time, sequence). A host has one place in the agenda for all its
//! deadlines, the earliest of them. As most deadlines are cancelled and set anew for later, the place
//! only moves to a later time when its old time comes up; a cancelled deadline neither moves time nor
//! keeps a run from being quiet. At one instant the ends of faults come first, then frames, so
//! that what arrives at its deadline is in time, then deadlines, host by host.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};

use super::frame::{Frame, HostId};
use crate::time::VirtualTime;

/// The next thing to happen.
pub(super) enum Entry {
    /// The fault of this name ends.
    FaultEnds(String),
    Frame(Box<Frame>),
    /// A deadline of this host has passed.
    Wake(HostId),
}

#[derive(Default)]
pub(super) struct Agenda {
    frames: BinaryHeap<Reverse<Flight>>,
    sequence: u64,
    wakes: BTreeSet<(VirtualTime, HostId)>,
    waits: Vec<Wait>,
    /// How many hosts have a deadline that the run must wait for.
    awaited: usize,
    fault_ends: BTreeSet<(VirtualTime, String)>,
}

/// What a host waits for.
#[derive(Clone, Copy, Default)]
struct Wait {
    next: Option<VirtualTime>,
    /// Where the host stands in the agenda: never later than `next`.
    place: Option<VirtualTime>,
    awaited: bool,
}

struct Flight {
    arrives: VirtualTime,
    sequence: u64,
    frame: Box<Frame>,
}

impl Agenda {
    /// Makes room for one more host.
    pub fn add_host(&mut self) {
        self.waits.push(Wait::default());
    }

    pub fn add_frame(&mut self, arrives: VirtualTime, frame: Box<Frame>) {
        self.sequence += 1;
        self.frames.push(Reverse(Flight { arrives, sequence: self.sequence, frame }));
    }

    pub fn add_fault_end(&mut self, at: VirtualTime, name: String) {
        self.fault_ends.insert((at, name));
    }

    /// The host's earliest deadline is now this, and the run must wait for one of its deadlines or not.
    pub fn set_wait(&mut self, host: HostId, next: Option<VirtualTime>, awaited: bool) {
        let wait = &mut self.waits[host.index()];
        wait.next = next;
        if let Some(next) = next
            && wait.place.is_none_or(|place| next < place)
        {
            if let Some(place) = wait.place.replace(next) {
                self.wakes.remove(&(place, host));
            }
            self.wakes.insert((next, host));
        }
        match (wait.awaited, awaited) {
            (false, true) => self.awaited += 1,
            (true, false) => self.awaited -= 1,
            _ => {}
        }
        wait.awaited = awaited;
    }

    /// Whether the host waits for a deadline.
    pub fn is_waiting(&self, host: HostId) -> bool {
        self.waits[host.index()].next.is_some()
    }

    /// Whether nothing is under way and nobody waits for anything but what time brings by itself.
    pub fn is_quiet(&self) -> bool {
        self.frames.is_empty() && self.awaited == 0
    }

    /// When the next thing happens.
    fn next_time(&mut self) -> Option<VirtualTime> {
        let frame = self.frames.peek().map(|Reverse(flight)| flight.arrives);
        let fault_end = self.fault_ends.first().map(|(at, _)| *at);
        let before = [fault_end, frame].into_iter().flatten().min();
        let wake = self.next_wake(before);
        [before, wake].into_iter().flatten().min()
    }

    /// Takes the next thing to happen, unless that is after `until`.
    pub fn pop(&mut self, until: VirtualTime) -> Option<(VirtualTime, Entry)> {
        let at = self.next_time().filter(|at| *at <= until)?;
        if self.fault_ends.first().is_some_and(|(end, _)| *end == at) {
            return self.fault_ends.pop_first().map(|(at, name)| (at, Entry::FaultEnds(name)));
        }
        if self.frames.peek().is_some_and(|Reverse(flight)| flight.arrives == at) {
            return self.frames.pop().map(|Reverse(flight)| (at, Entry::Frame(flight.frame)));
        }
        let (at, host) = self.wakes.pop_first()?;
        let wait = &mut self.waits[host.index()];
        (wait.next, wait.place) = (None, None);
        Some((at, Entry::Wake(host)))
    }

    /// The time of the earliest deadline, if it is before `limit`; none where it is not.
    fn next_wake(&mut self, limit: Option<VirtualTime>) -> Option<VirtualTime> {
        while let Some(&(place, host)) = self.wakes.first() {
            if limit.is_some_and(|limit| place >= limit) {
                return None;
            }
            let wait = &mut self.waits[host.index()];
            if wait.next == Some(place) {
                return Some(place);
            }
            // What stood here was cancelled: the host moves to where it is due.
            self.wakes.pop_first();
            wait.place = wait.next;
            if let Some(next) = wait.next {
                self.wakes.insert((next, host));
            }
        }
        None
    }
}

impl Ord for Flight {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.arrives, self.sequence).cmp(&(other.arrives, other.sequence))
    }
}

impl PartialOrd for Flight {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Flight {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Flight {}
