//! How faults begin, touch and end in the world.

use super::clock::Clock;
use super::error::SimError;
use super::fault::{Fault, FaultKind};
use super::faults::Harm;
use super::frame::{Frame, HostId};
use super::machine::Order;
use super::network::Place;
use super::world::World;
use crate::name::HostName;
use crate::time::Span;
use crate::trace::Happening;

/// What faults leave of a frame.
pub(super) enum Fate {
    /// It is lost; the fault's name.
    Lost(String),
    /// It arrives this much later, and its doubles, if any, this much later than that.
    Arrives { late: Span, doubles: Vec<Span> },
}

impl World {
    /// Lets something go wrong from now on.
    pub fn inject(&mut self, fault: Fault) -> Result<(), SimError> {
        if self.faults.is_known(&fault.name) {
            return Err(SimError::DuplicateFault(fault.name));
        }
        self.check(&fault.kind)?;
        self.record_fault(&fault.name, fault.kind.host().cloned(), fault.kind.to_string());
        let Fault { name, kind, duration, .. } = fault.clone();
        self.faults.begin(fault, self.now, &self.surroundings.streams);
        match &kind {
            FaultKind::Crash { host } => self.crash(host, &name),
            FaultKind::Restart { host } => self.restart(host, &name),
            FaultKind::Clock { host, .. } => self.set_clock(host),
            _ => {}
        }
        if let Some(duration) = duration {
            self.agenda.add_fault_end(self.now + duration, name);
        }
        Ok(())
    }

    /// Ends a fault.
    pub fn heal(&mut self, name: &str) -> Result<(), SimError> {
        match self.end_fault(name) {
            true => Ok(()),
            false => Err(SimError::UnknownFault(name.to_owned())),
        }
    }

    /// Ends a fault unless it is over already; whether it was in force.
    pub fn end_fault(&mut self, name: &str) -> bool {
        let Some(kind) = self.faults.end(name) else { return false };
        self.record_fault(name, kind.host().cloned(), "ends".to_owned());
        match &kind {
            FaultKind::Crash { host } | FaultKind::CrashSending { host, .. } => self.start_if_whole(host),
            FaultKind::Clock { host, .. } => self.set_clock(host),
            _ => {}
        }
        true
    }

    /// What the faults in force leave of a frame.
    pub fn afflict(&mut self, frame: &mut Frame, latency: Span) -> Fate {
        let (from, to) = (&self.hosts[frame.from.index()], &self.hosts[frame.to.index()]);
        let ends = ((&from.name, self.routes.zone(from.zone)), (&to.name, self.routes.zone(to.zone)));
        let size = frame.payload().map(|payload| payload.len());
        let harms = self.faults.strike(ends.0, ends.1, size);
        let (mut late, mut doubles) = (Span::ZERO, Vec::new());
        for (name, harm) in harms {
            if harm != Harm::SenderDown {
                self.touch_frame(&name, frame);
            }
            match harm {
                Harm::Lost => return Fate::Lost(name),
                Harm::Late(by) => late = late + by,
                Harm::Doubled => doubles.push(self.faults.lag(&name, latency)),
                Harm::Corrupted => {
                    if let Some(payload) = frame.payload_mut() {
                        *payload = self.faults.garble(&name, payload).into();
                    }
                }
                Harm::SenderDown => {
                    let host = self.hosts[frame.from.index()].name.clone();
                    self.touch(
                        &name,
                        Some(host.clone()),
                        "the last of these messages is sent, and the host goes down",
                    );
                    self.crash(&host, &name);
                }
            }
        }
        Fate::Arrives { late, doubles }
    }

    /// A clock that is off was read.
    pub fn clock_was_read(&mut self, host: HostId) {
        let host = self.hosts[host.index()].name.clone();
        let latest = self.faults.clock(&host).map(|(name, _)| name);
        if let Some(name) = latest {
            self.touch(&name, Some(host), "the clock is read");
        }
    }

    /// A host that crashed, or is down, matters to somebody.
    pub fn crash_was_noticed(&mut self, host: HostId) {
        let inhabitant = &mut self.hosts[host.index()];
        if let Some(name) = inhabitant.crashed_by.take() {
            let host = inhabitant.name.clone();
            self.touch(&name, Some(host), "the host is missed, or what it has forgotten");
        }
    }

    fn check(&self, kind: &FaultKind) -> Result<(), SimError> {
        let addresses = &self.surroundings.addresses;
        let known = |host: &HostName| match addresses.id(host) {
            Some(_) => Ok(()),
            None => Err(SimError::UnknownHost(host.clone())),
        };
        kind.host().map_or(Ok(()), known)?;
        let (from, to) = match kind {
            FaultKind::CrashSending { to, .. } => (&Place::Any, to),
            _ => kind.ends().unwrap_or((&Place::Any, &Place::Any)),
        };
        for place in [from, to] {
            match place {
                Place::Host(host) => known(host)?,
                Place::Zone(zone) if !self.network.has_zone(zone) => {
                    return Err(SimError::UnknownZone(zone.clone()));
                }
                Place::Zone(_) | Place::Any => {}
            }
        }
        Ok(())
    }

    fn crash(&mut self, host: &HostName, fault: &str) {
        let Some(id) = self.surroundings.addresses.id(host) else { return };
        let inhabitant = &mut self.hosts[id.index()];
        if inhabitant.down {
            return;
        }
        inhabitant.down = true;
        inhabitant.crashed_by = Some(fault.to_owned());
        if self.agenda.is_waiting(id) {
            self.crash_was_noticed(id);
        }
        self.urgent.push_back((id, Order::Crash));
    }

    fn restart(&mut self, host: &HostName, fault: &str) {
        let crashes = self.faults.crashes(host);
        for crash in &crashes {
            self.end_fault(crash);
        }
        if !crashes.is_empty() {
            self.touch(fault, Some(host.clone()), "the host was down");
        }
    }

    fn start_if_whole(&mut self, host: &HostName) {
        let still_down = !self.faults.crashes(host).is_empty();
        let id = self.surroundings.addresses.id(host).filter(|id| self.hosts[id.index()].down);
        if let Some(id) = id.filter(|_| !still_down) {
            self.hosts[id.index()].down = false;
            self.urgent.push_back((id, Order::Boot));
        }
    }

    /// Sets a host's clock to what the latest of its clock faults says.
    fn set_clock(&mut self, host: &HostName) {
        let clock = self.faults.clock(host).map_or(Clock::TRUE, |(_, clock)| clock);
        if let Some(id) = self.surroundings.addresses.id(host) {
            self.urgent.push_back((id, Order::SetClock(clock)));
        }
    }

    fn touch_frame(&mut self, name: &str, frame: &Frame) {
        if self.faults.touch(name) && self.recorder.on {
            let (from, to) = (&self.hosts[frame.from.index()].name, &self.hosts[frame.to.index()].name);
            let what = format!("touches its first frame, from {from} to {to}");
            self.record_fault(name, None, what);
        }
    }

    fn touch(&mut self, name: &str, host: Option<HostName>, what: &str) {
        if self.faults.touch(name) {
            self.record_fault(name, host, format!("touches something: {what}"));
        }
    }

    fn record_fault(&mut self, name: &str, host: Option<HostName>, what: String) {
        if self.recorder.on {
            let happening = Happening::Fault { name: name.to_owned(), what };
            self.recorder.record(self.now, host, None, happening);
        }
    }
}
