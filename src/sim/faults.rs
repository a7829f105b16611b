//! Faults at work: which are in force, what they do to a frame, and which have touched anything.

use super::clock::Clock;
use super::fault::{Direction, Extent, Fault, FaultKind};
use super::random::{RandomStream, Streams};
use crate::name::{HostName, ZoneName};
use crate::time::{Span, VirtualTime};

/// All faults of a run, in the order in which they were injected.
#[derive(Default)]
pub(super) struct Faults {
    all: Vec<Injected>,
    /// How many of those in force befall frames.
    on_wire: usize,
}

struct Injected {
    fault: Fault,
    in_force: bool,
    began: VirtualTime,
    touched: bool,
    /// How many messages it is still to touch, where it counts them.
    left: u32,
    random: RandomStream,
}

/// A host and its zone.
pub(super) type End<'a> = (&'a HostName, &'a ZoneName);

/// What a fault does to a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Harm {
    Lost,
    Late(Span),
    Doubled,
    /// Bytes of the payload are flipped.
    Corrupted,
    /// It is the last that its sender sends.
    SenderDown,
}

impl Faults {
    pub fn is_known(&self, name: &str) -> bool {
        self.all.iter().any(|injected| injected.fault.name == name)
    }

    /// Puts a fault in force.
    pub fn begin(&mut self, fault: Fault, now: VirtualTime, streams: &Streams) {
        let left = match fault.kind.extent() {
            Some(Extent::Next(count)) => count,
            _ => match fault.kind {
                FaultKind::CrashSending { messages, .. } => messages,
                _ => 0,
            },
        };
        self.on_wire += usize::from(fault.kind.watches_frames());
        let random = streams.stream("fault", &fault.name);
        self.all.push(Injected { fault, in_force: true, began: now, touched: false, left, random });
    }

    /// Takes a fault out of force; gives what it was unless it was out of force already.
    pub fn end(&mut self, name: &str) -> Option<FaultKind> {
        let injected =
            self.all.iter_mut().find(|injected| injected.in_force && injected.fault.name == name)?;
        injected.in_force = false;
        self.on_wire -= usize::from(injected.fault.kind.watches_frames());
        Some(injected.fault.kind.clone())
    }

    /// The fault has touched something; whether for the first time.
    pub fn touch(&mut self, name: &str) -> bool {
        let injected = self.all.iter_mut().find(|injected| injected.fault.name == name);
        injected.is_some_and(|injected| !std::mem::replace(&mut injected.touched, true))
    }

    /// The crashes in force of this host.
    pub fn crashes(&self, host: &HostName) -> Vec<String> {
        let is_crash = |injected: &&Injected| match injected.fault.kind {
            FaultKind::Crash { .. } => true,
            FaultKind::CrashSending { .. } => injected.left == 0,
            _ => false,
        };
        let crashes = self.on_host(host).filter(is_crash);
        crashes.map(|injected| injected.fault.name.clone()).collect()
    }

    /// What the host's clock shows by the latest fault in force, and that fault's name; none where the
    /// clock is right.
    pub fn clock(&self, host: &HostName) -> Option<(String, Clock)> {
        self.on_host(host).find_map(|injected| match injected.fault.kind {
            FaultKind::Clock { offset, drift_ppm, .. } => {
                let clock = Clock { offset, drift_ppm, since: injected.began };
                Some((injected.fault.name.clone(), clock))
            }
            _ => None,
        })
    }

    /// The faults in force that befall this host, last injected first.
    fn on_host<'a>(&'a self, host: &'a HostName) -> impl Iterator<Item = &'a Injected> {
        let in_force = self.all.iter().rev().filter(|injected| injected.in_force);
        in_force.filter(move |injected| injected.fault.kind.host() == Some(host))
    }

    /// The faults that had to touch something and have not.
    pub fn untouched(&self) -> Vec<String> {
        let idle = self.all.iter().filter(|injected| !injected.touched && !injected.fault.optional);
        idle.map(|injected| injected.fault.name.clone()).collect()
    }

    /// Whether some fault in force befalls frames.
    pub fn any_on_wire(&self) -> bool {
        self.on_wire > 0
    }

    /// What the faults in force do to a frame that carries a message of `size` bytes, or none. A frame
    /// that one of them loses is out of reach of the others.
    pub fn strike(&mut self, from: End<'_>, to: End<'_>, size: Option<usize>) -> Vec<(String, Harm)> {
        let mut harms = Vec::new();
        for injected in self.all.iter_mut().filter(|injected| injected.in_force) {
            if let Some(harm) = injected.strike(from, to, size) {
                let lost = harm == Harm::Lost;
                harms.push((injected.fault.name.clone(), harm));
                if lost {
                    break;
                }
            }
        }
        harms
    }

    /// How much later than the frame itself its double arrives.
    pub fn lag(&mut self, name: &str, latency: Span) -> Span {
        Span::micros(self.draw(name, 1, latency.as_micros().unsigned_abs()) as i64)
    }

    /// Flips one to three bytes that stand side by side.
    pub fn garble(&mut self, name: &str, payload: &[u8]) -> Vec<u8> {
        let mut bytes = payload.to_vec();
        let first = self.draw(name, 0, (bytes.len() as u64).saturating_sub(1)) as usize;
        let count = self.draw(name, 1, 3) as usize;
        for byte in bytes.iter_mut().skip(first).take(count) {
            *byte ^= self.draw(name, 1, 255) as u8;
        }
        bytes
    }

    fn draw(&mut self, name: &str, low: u64, high: u64) -> u64 {
        let injected = self.all.iter_mut().find(|injected| injected.fault.name == name);
        injected.map_or(low, |injected| injected.random.between(low, high))
    }
}

impl Injected {
    fn strike(&mut self, from: End<'_>, to: End<'_>, size: Option<usize>) -> Option<Harm> {
        if let FaultKind::CrashSending { host, to: there, .. } = &self.fault.kind {
            let counts = from.0 == host && there.holds(to.0, to.1) && size.is_some() && self.left > 0;
            self.left -= u32::from(counts);
            return (counts && self.left == 0).then_some(Harm::SenderDown);
        }
        let (here, there) = self.fault.kind.ends()?;
        let forth = here.holds(from.0, from.1) && there.holds(to.0, to.1);
        let back = here.holds(to.0, to.1) && there.holds(from.0, from.1);
        if let FaultKind::Cut { direction, .. } = &self.fault.kind {
            let cut = forth || (back && *direction == Direction::BothWays);
            return cut.then_some(Harm::Lost);
        }
        let corrupts = matches!(self.fault.kind, FaultKind::Corrupt { .. });
        if !forth || (corrupts && size.is_none_or(|size| size == 0)) || !self.chooses(size.is_some()) {
            return None;
        }
        match self.fault.kind {
            FaultKind::Loss { .. } => Some(Harm::Lost),
            FaultKind::Delay { by, .. } => Some(Harm::Late(by)),
            FaultKind::Duplicate { .. } => Some(Harm::Doubled),
            FaultKind::Corrupt { .. } => Some(Harm::Corrupted),
            FaultKind::Reorder { within, .. } => {
                let by = self.random.between(0, within.as_micros().max(0).unsigned_abs());
                Some(Harm::Late(Span::micros(by as i64)))
            }
            _ => None,
        }
    }

    /// Whether the fault is to touch this frame among those that it could.
    fn chooses(&mut self, is_message: bool) -> bool {
        match self.fault.kind.extent() {
            None => true,
            Some(Extent::Percent(percent)) => self.random.between(0, 99) < u64::from(percent),
            Some(Extent::Next(_)) if is_message && self.left > 0 => {
                self.left -= 1;
                true
            }
            Some(Extent::Next(_)) => false,
        }
    }
}
