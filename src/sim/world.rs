//! The world that the hosts live in, and what happens next in it.
//!
//! It knows the true time, the network, the agenda and the record. It hands out one order at a time
//! and takes in what the host did with it before it looks at the next.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use actix::Addr;

use super::actor::{HostActor, Report};
use super::agenda::{Agenda, Entry};
use super::error::SimError;
use super::faults::Faults;
use super::flows::Flows;
use super::frame::HostId;
use super::machine::{Effect, Order, Surroundings};
use super::network::Network;
use super::random::RandomStream;
use super::recorder::Recorder;
use super::route::{Routes, ZoneId};
use super::tcp::Key;
use crate::name::HostName;
use crate::time::VirtualTime;

/// What the run is to go on for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// Until what must happen at this very instant has happened.
    Settled,
    /// Until all is quiet, or until so many orders have been given.
    Quiet { limit: u64 },
    /// Until this time.
    Time(VirtualTime),
}

/// The engine's next step.
pub(super) enum Step {
    Deliver(HostId, Order),
    Done(Result<(), SimError>),
}

/// A host as the world knows it.
pub(super) struct Inhabitant {
    pub name: HostName,
    pub zone: ZoneId,
    pub actor: Addr<HostActor>,
    pub down: bool,
    /// The fault that it crashed by, until that has mattered to somebody.
    pub crashed_by: Option<String>,
    /// Where its frames' latencies are drawn from; none until one is.
    pub latency: Option<RandomStream>,
}

pub(super) struct World {
    pub now: VirtualTime,
    pub surroundings: Rc<Surroundings>,
    pub hosts: Vec<Inhabitant>,
    pub network: Network,
    pub routes: Routes,
    pub flows: Flows,
    pub faults: Faults,
    pub agenda: Agenda,
    pub recorder: Recorder,
    /// What is to be done before the agenda goes on.
    pub urgent: VecDeque<(HostId, Order)>,
    goal: Goal,
    delivered: u64,
    delivered_before: u64,
    last: Option<HostId>,
}

impl World {
    pub fn new(start: VirtualTime, network: Network, surroundings: Rc<Surroundings>) -> Self {
        let recorder = Recorder { on: surroundings.tracing, ..Recorder::default() };
        Self {
            now: start,
            surroundings,
            hosts: Vec::new(),
            network,
            routes: Routes::default(),
            flows: Flows::default(),
            faults: Faults::default(),
            agenda: Agenda::default(),
            recorder,
            urgent: VecDeque::new(),
            goal: Goal::Settled,
            delivered: 0,
            delivered_before: 0,
            last: None,
        }
    }

    pub fn pursue(&mut self, goal: Goal) {
        self.goal = goal;
        self.delivered_before = self.delivered;
    }

    /// The next order for a host, or the end of the pursuit.
    pub fn step(&mut self) -> Step {
        loop {
            if let Some((host, order)) = self.urgent.pop_front() {
                match self.admit(host, order) {
                    Some(order) => return self.deliver(host, order),
                    None => continue,
                }
            }
            if let Some(result) = self.reached() {
                return Step::Done(result);
            }
            let until = match self.goal {
                Goal::Time(until) => until,
                Goal::Settled | Goal::Quiet { .. } => VirtualTime::from_micros(i64::MAX),
            };
            let Some((at, entry)) = self.agenda.pop(until) else {
                if let Goal::Time(until) = self.goal {
                    self.now = self.now.max(until);
                }
                return Step::Done(Ok(()));
            };
            self.now = at;
            match entry {
                Entry::FaultEnds(name) => drop(self.end_fault(&name)),
                Entry::Wake(host) => return self.deliver(host, Order::Wake),
                Entry::Frame(frame) if self.hosts[frame.to.index()].down => self.arrive_at_down_host(&frame),
                Entry::Frame(frame) => return self.deliver(frame.to, Order::Arrive(frame)),
            }
        }
    }

    /// Takes in what a host did.
    pub fn take_in(&mut self, report: Report<'_>) {
        self.agenda.set_wait(report.host, report.next_deadline, report.awaited);
        for effect in report.effects.drain(..) {
            match effect {
                Effect::Transmit(frame) => self.transmit(frame),
                Effect::Record { cause, happening } => {
                    let host = self.hosts[report.host.index()].name.clone();
                    self.recorder.record(self.now, Some(host), cause, *happening);
                }
                Effect::Undelivered { frame, why } => {
                    let at = self.hosts[report.host.index()].name.clone();
                    let why = format!("{at} {why}");
                    self.lose(&frame, at, why);
                }
                Effect::ClockRead => self.clock_was_read(report.host),
                Effect::Forgotten(key) => {
                    let known_there_as = Key { local: key.remote, peer: report.host, remote: key.local };
                    self.urgent.push_back((key.peer, Order::Doubt(known_there_as)));
                }
            }
        }
    }

    fn deliver(&mut self, host: HostId, order: Order) -> Step {
        if self.hosts[host.index()].crashed_by.is_some()
            && matches!(order, Order::Arrive(_) | Order::Stimulate(_))
        {
            self.crash_was_noticed(host);
        }
        self.delivered += 1;
        self.last = Some(host);
        Step::Deliver(host, order)
    }

    /// Passes over what a host that is down cannot be told.
    fn admit(&self, host: HostId, order: Order) -> Option<Order> {
        let for_the_running = matches!(order, Order::Note(_) | Order::Doubt(_) | Order::Stimulate(_));
        (!for_the_running || !self.hosts[host.index()].down).then_some(order)
    }

    /// Whether the goal is reached, or cannot be, whatever the agenda holds.
    fn reached(&self) -> Option<Result<(), SimError>> {
        match self.goal {
            Goal::Settled => Some(Ok(())),
            Goal::Quiet { .. } if self.agenda.is_quiet() => Some(Ok(())),
            Goal::Quiet { limit } => {
                let deliveries = self.delivered - self.delivered_before;
                let last = self.last.map(|host| self.hosts[host.index()].name.clone());
                let never = |last| SimError::NeverQuiet { deliveries, at: self.now, last };
                (deliveries >= limit).then(|| Err(never(last.unwrap_or_else(|| HostName::new("")))))
            }
            Goal::Time(_) => None,
        }
    }

    /// How often each random stream was drawn from.
    pub fn draws(&self) -> BTreeMap<String, u64> {
        self.surroundings.streams.draws()
    }
}
