//! What a host waits for: deadlines, some of which do not keep a run from being quiet.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::machine::Machine;
use super::tcp::Key;
use crate::time::{Span, VirtualTime};

/// Whether a run must wait for a deadline before it is quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// The run is not quiet before the deadline has passed.
    Awaited,
    /// The deadline only passes as time passes for another reason.
    Background,
}

/// A deadline as it was set; cancelling takes it.
pub(super) type Deadline = (VirtualTime, u64);

/// What to do when a deadline has passed.
pub(super) enum Due {
    Wake(Waker),
    Retransmit(Key),
}

/// The deadlines of one host.
#[derive(Default)]
pub(super) struct Timers {
    awaited: BTreeMap<Deadline, Due>,
    background: BTreeMap<Deadline, Due>,
    set: u64,
}

impl Timers {
    pub fn set(&mut self, urgency: Urgency, at: VirtualTime, due: Due) -> Deadline {
        self.set += 1;
        let deadline = (at, self.set);
        self.of(urgency).insert(deadline, due);
        deadline
    }

    pub fn cancel(&mut self, urgency: Urgency, deadline: Deadline) {
        self.of(urgency).remove(&deadline);
    }

    /// Takes the earliest deadline that has passed by now.
    pub fn take_due(&mut self, now: VirtualTime) -> Option<Due> {
        let first = |map: &BTreeMap<Deadline, Due>| map.keys().next().copied().filter(|(at, _)| *at <= now);
        match (first(&self.awaited), first(&self.background)) {
            (Some(awaited), Some(background)) if background < awaited => self.background.remove(&background),
            (Some(awaited), _) => self.awaited.remove(&awaited),
            (None, Some(background)) => self.background.remove(&background),
            (None, None) => None,
        }
    }

    /// The earliest deadline of all.
    pub fn next(&self) -> Option<VirtualTime> {
        let first = |map: &BTreeMap<Deadline, Due>| map.keys().next().map(|(at, _)| *at);
        match (first(&self.awaited), first(&self.background)) {
            (Some(awaited), Some(background)) => Some(awaited.min(background)),
            (awaited, background) => awaited.or(background),
        }
    }

    /// Whether a run must wait for one of the deadlines.
    pub fn any_awaited(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Forgets every deadline. Those that are set later are told apart from those that were.
    pub fn clear(&mut self) {
        self.awaited.clear();
        self.background.clear();
    }

    fn of(&mut self, urgency: Urgency) -> &mut BTreeMap<Deadline, Due> {
        match urgency {
            Urgency::Awaited => &mut self.awaited,
            Urgency::Background => &mut self.background,
        }
    }
}

/// Ends when a span of true time has passed.
pub(super) struct Sleep {
    machine: Rc<Machine>,
    until: VirtualTime,
    urgency: Urgency,
    deadline: Option<Deadline>,
}

impl Sleep {
    pub fn new(machine: Rc<Machine>, span: Span, urgency: Urgency) -> Self {
        let until = machine.true_now() + span;
        Self { machine, until, urgency, deadline: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.machine.true_now() >= self.until {
            return Poll::Ready(());
        }
        let mut state = self.machine.state();
        // Set anew each time: the conversation may be polled through another waker than before.
        if let Some(deadline) = self.deadline {
            state.timers.cancel(self.urgency, deadline);
        }
        let wake = Due::Wake(context.waker().clone());
        let deadline = state.timers.set(self.urgency, self.until, wake);
        drop(state);
        self.deadline = Some(deadline);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(deadline) = self.deadline {
            self.machine.state().timers.cancel(self.urgency, deadline);
        }
    }
}

/// The time for something has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct Elapsed(
    /// How long it was waited for.
    pub Span,
);

impl fmt::Display for Elapsed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "nothing came within {}; mend what should have answered, or wait longer", self.0)
    }
}

/// What `future` ends with, unless `span` passes first. What is ready in time wins over the deadline.
pub(super) async fn within<F: Future>(
    machine: Rc<Machine>,
    span: Span,
    future: F,
) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    let mut sleep = None;
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        // The deadline is set only where there is something to wait for.
        let sleep = sleep.get_or_insert_with(|| Sleep::new(machine.clone(), span, Urgency::Awaited));
        Pin::new(sleep).poll(context).map(|()| Err(Elapsed(span)))
    })
    .await
}
