//! A host as an actix actor: it is given one order, runs its conversations until all are stalled, and
//! hands their effects back.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use actix::{Actor, Addr, Context, Handler, Message};

use super::engine::Engine;
use super::frame::HostId;
use super::host::Host;
use super::machine::{Effect, Machine, Order};
use super::role::Role;
use crate::time::VirtualTime;

/// One order to one host.
pub(super) struct Deliver {
    pub now: VirtualTime,
    pub order: Order,
}

/// What a host did with an order.
pub(super) struct Report {
    pub host: HostId,
    pub effects: Vec<Effect>,
    /// Its earliest deadline.
    pub next_deadline: Option<VirtualTime>,
    /// Whether the run must wait for one of its deadlines.
    pub awaited: bool,
}

impl Message for Deliver {
    type Result = ();
}

/// A host's code has panicked.
pub(super) struct Panicked(pub Box<dyn Any + Send>);

impl Message for Report {
    type Result = ();
}

impl Message for Panicked {
    type Result = ();
}

pub(super) struct HostActor {
    machine: Rc<Machine>,
    roles: Vec<Rc<dyn Role>>,
    engine: Addr<Engine>,
}

impl HostActor {
    pub fn new(machine: Rc<Machine>, roles: Vec<Rc<dyn Role>>, engine: Addr<Engine>) -> Self {
        Self { machine, roles, engine }
    }

    fn perform(&self, now: VirtualTime, order: Order) -> Report {
        let host = || Host::new(self.machine.clone());
        let machine = &self.machine;
        machine.set_now(now);
        match order {
            Order::Boot => self.roles.iter().for_each(|role| role.clone().boot(host())),
            Order::Stimulate(stimulus) => {
                self.roles.iter().for_each(|role| role.clone().stimulate(host(), stimulus.clone()));
            }
            Order::Arrive(frame) => machine.arrive(frame),
            Order::Note(notice) => machine.note(*notice),
            Order::Wake => machine.wake(),
            Order::Crash => machine.crash(),
            Order::SetClock(clock) => machine.set_clock(clock),
        }
        machine.executor.run_until_stalled(&machine.cause);
        let mut state = machine.state();
        state.acknowledge();
        Report {
            host: machine.id,
            effects: std::mem::take(&mut state.effects),
            next_deadline: state.timers.next(),
            awaited: state.timers.any_awaited(),
        }
    }
}

impl Actor for HostActor {
    type Context = Context<Self>;
}

impl Handler<Deliver> for HostActor {
    type Result = ();

    fn handle(&mut self, deliver: Deliver, _: &mut Self::Context) {
        // The runtime would swallow a panic, and the engine would wait for this report for ever.
        let performed = catch_unwind(AssertUnwindSafe(|| self.perform(deliver.now, deliver.order)));
        match performed {
            Ok(report) => self.engine.do_send(report),
            Err(panic) => self.engine.do_send(Panicked(panic)),
        }
    }
}
