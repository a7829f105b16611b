//! The engine: it gives one host one order, takes in what the host did, and goes on with the next. So
//! neither mailboxes nor threads can change what happens.
//!
//! It is no actor itself. The host that has carried out an order reports within its own turn, and the
//! next order goes out from there, so that a delivery costs one message between actors.

use std::any::Any;
use std::cell::RefCell;

use futures::channel::oneshot;

use super::actor::{Deliver, Report};
use super::error::SimError;
use super::world::{Goal, Step, World};

/// How a pursuit ended: well, or not, or with a host's panic.
pub(super) type Pursued = std::thread::Result<Result<(), SimError>>;

pub(super) struct Engine {
    pub world: RefCell<World>,
    pursuit: RefCell<Pursuit>,
}

#[derive(Default)]
struct Pursuit {
    reached: Option<oneshot::Sender<Pursued>>,
    /// Whether a host has an order that it has not reported on.
    awaits_report: bool,
}

impl Engine {
    pub fn new(world: World) -> Self {
        Self { world: RefCell::new(world), pursuit: RefCell::default() }
    }

    /// Goes on until the goal is reached, and then says so.
    pub fn pursue(&self, goal: Goal) -> oneshot::Receiver<Pursued> {
        let (reached, result) = oneshot::channel();
        self.world.borrow_mut().pursue(goal);
        let mut pursuit = self.pursuit.borrow_mut();
        pursuit.reached = Some(reached);
        // Where an earlier pursuit was given up half-way, its last report leads on to this one.
        let busy = pursuit.awaits_report;
        drop(pursuit);
        if !busy {
            self.advance(&mut self.world.borrow_mut());
        }
        result
    }

    /// Takes in what a host did with its order, and goes on.
    pub fn report(&self, report: Report<'_>) {
        let mut world = self.world.borrow_mut();
        world.take_in(report);
        self.advance(&mut world);
    }

    /// A host's code has panicked: so does whoever awaits the goal.
    pub fn fail(&self, panic: Box<dyn Any + Send>) {
        self.pursuit.borrow_mut().awaits_report = false;
        self.end(Err(panic));
    }

    fn advance(&self, world: &mut World) {
        match world.step() {
            Step::Deliver(host, order) => {
                world.hosts[host.index()].actor.do_send(Deliver { now: world.now, order });
                self.pursuit.borrow_mut().awaits_report = true;
            }
            Step::Done(result) => {
                self.pursuit.borrow_mut().awaits_report = false;
                self.end(Ok(result));
            }
        }
    }

    fn end(&self, pursued: Pursued) {
        if let Some(reached) = self.pursuit.borrow_mut().reached.take() {
            // Whoever awaited this may have given up; then nobody needs to know.
            let _ = reached.send(pursued);
        }
    }
}
