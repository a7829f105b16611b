//! The engine as an actix actor: it gives one host one order, takes the host's report, and goes on
//! with the next. So neither mailboxes nor threads can change what happens.

use std::cell::RefCell;
use std::rc::Rc;

use actix::{Actor, ActorContext, Context, Handler, Message};
use futures::channel::oneshot;

use super::actor::{Deliver, Panicked, Report};
use super::error::SimError;
use super::world::{Goal, Step, World};

/// How a pursuit ended: well, or not, or with a host's panic.
pub(super) type Pursued = std::thread::Result<Result<(), SimError>>;

/// Go on until the goal is reached.
pub(super) struct Pursue {
    pub goal: Goal,
    pub reached: oneshot::Sender<Pursued>,
}

/// The simulation is over.
pub(super) struct Retire;

impl Message for Pursue {
    type Result = ();
}

impl Message for Retire {
    type Result = ();
}

pub(super) struct Engine {
    world: Rc<RefCell<World>>,
    reached: Option<oneshot::Sender<Pursued>>,
    /// Whether a host has an order that it has not reported on.
    awaits_report: bool,
}

impl Engine {
    pub fn new(world: Rc<RefCell<World>>) -> Self {
        Self { world, reached: None, awaits_report: false }
    }

    fn advance(&mut self) {
        let mut world = self.world.borrow_mut();
        match world.step() {
            Step::Deliver(host, order) => {
                world.hosts[host.index()].actor.do_send(Deliver { now: world.now, order });
                self.awaits_report = true;
            }
            Step::Done(result) => {
                drop(world);
                self.end(Ok(result));
            }
        }
    }

    fn end(&mut self, pursued: Pursued) {
        if let Some(reached) = self.reached.take() {
            // Whoever awaited this may have given up; then nobody needs to know.
            let _ = reached.send(pursued);
        }
    }
}

impl Actor for Engine {
    type Context = Context<Self>;
}

impl Handler<Report> for Engine {
    type Result = ();

    fn handle(&mut self, report: Report, _: &mut Self::Context) {
        self.awaits_report = false;
        self.world.borrow_mut().take_in(report);
        self.advance();
    }
}

impl Handler<Panicked> for Engine {
    type Result = ();

    fn handle(&mut self, panicked: Panicked, _: &mut Self::Context) {
        self.awaits_report = false;
        self.end(Err(panicked.0));
    }
}

impl Handler<Pursue> for Engine {
    type Result = ();

    fn handle(&mut self, pursue: Pursue, _: &mut Self::Context) {
        self.world.borrow_mut().pursue(pursue.goal);
        self.reached = Some(pursue.reached);
        // Where an earlier pursuit was given up half-way, its last report leads on to this one.
        if !self.awaits_report {
            self.advance();
        }
    }
}

impl Handler<Retire> for Engine {
    type Result = ();

    fn handle(&mut self, _: Retire, context: &mut Self::Context) {
        self.world.borrow_mut().hosts.clear();
        context.stop();
    }
}
