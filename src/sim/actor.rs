//! A host as an actix actor: it is given one order, runs its conversations until all are stalled, and
//! hands their effects back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use actix::{Actor, Context, Handler, Message};

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
pub(super) struct Report<'a> {
    pub host: HostId,
    /// What it leaves behind; whoever takes it in empties it.
    pub effects: &'a mut Vec<Effect>,
    /// Its earliest deadline.
    pub next_deadline: Option<VirtualTime>,
    /// Whether the run must wait for one of its deadlines.
    pub awaited: bool,
}

impl Message for Deliver {
    type Result = ();
}

pub(super) struct HostActor {
    machine: Rc<Machine>,
    roles: Vec<Rc<dyn Role>>,
    engine: Rc<Engine>,
}

impl HostActor {
    pub fn new(machine: Rc<Machine>, roles: Vec<Rc<dyn Role>>, engine: Rc<Engine>) -> Self {
        Self { machine, roles, engine }
    }

    fn perform(&self, now: VirtualTime, order: Order) {
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
            Order::Doubt(connection) => machine.state().doubt(connection),
            Order::Wake => machine.wake(),
            Order::Crash => machine.crash(),
            Order::SetClock(clock) => machine.set_clock(clock),
        }
        machine.executor.run_until_stalled(&machine.cause);
    }

    fn report(&self) {
        let mut state = self.machine.state();
        state.acknowledge();
        let (next_deadline, awaited) = (state.timers.next(), state.timers.any_awaited());
        let effects = &mut state.effects;
        self.engine.report(Report { host: self.machine.id, effects, next_deadline, awaited });
    }
}

impl Actor for HostActor {
    type Context = Context<Self>;
}

impl Handler<Deliver> for HostActor {
    type Result = ();

    fn handle(&mut self, deliver: Deliver, _: &mut Self::Context) {
        // The runtime would swallow a panic, and the run would wait for this report for ever.
        match catch_unwind(AssertUnwindSafe(|| self.perform(deliver.now, deliver.order))) {
            Ok(()) => self.report(),
            Err(panic) => self.engine.fail(panic),
        }
    }
}
