//! What a host waits for: deadlines, some of which do not keep a run from being quiet.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deadline {
    at: VirtualTime,
    /// Which one of all that the host ever set.
    number: u64,
    slot: u32,
}

/// What to do when a deadline has passed.
pub(super) enum Due {
    Wake(Waker),
    Retransmit(Key),
    Probe(Key),
}

/// The deadlines of one host.
///
/// Most deadlines are cancelled long before they pass, so cancelling only empties the deadline's slot;
/// what is left of it in the queue goes when it comes up, or when such remains outnumber the rest.
#[derive(Default)]
pub(super) struct Timers {
    queue: BinaryHeap<Reverse<Deadline>>,
    slots: Vec<Option<Pending>>,
    free: Vec<u32>,
    awaited: usize,
    set: u64,
}

struct Pending {
    number: u64,
    urgency: Urgency,
    due: Due,
}

/// How many remains of cancelled deadlines are too few to clear away.
const FEW: usize = 8;

impl Timers {
    pub fn set(&mut self, urgency: Urgency, at: VirtualTime, due: Due) -> Deadline {
        self.set += 1;
        self.awaited += usize::from(urgency == Urgency::Awaited);
        let pending = Some(Pending { number: self.set, urgency, due });
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = pending;
                slot
            }
            None => {
                self.slots.push(pending);
                u32::try_from(self.slots.len() - 1).expect("a host has fewer than 2³² deadlines")
            }
        };
        let deadline = Deadline { at, number: self.set, slot };
        self.queue.push(Reverse(deadline));
        deadline
    }

    /// Cancels a deadline, unless it has passed.
    pub fn cancel(&mut self, deadline: Deadline) {
        self.take(deadline);
        let pending = self.slots.len() - self.free.len();
        if self.queue.len() > FEW + 2 * pending {
            let slots = &self.slots;
            self.queue.retain(|Reverse(deadline)| is_pending(slots, deadline));
        }
    }

    /// Takes the earliest deadline that has passed by now.
    pub fn take_due(&mut self, now: VirtualTime) -> Option<Due> {
        if self.next()? > now {
            return None;
        }
        let Reverse(deadline) = self.queue.pop()?;
        self.take(deadline)
    }

    /// The earliest deadline of all.
    pub fn next(&mut self) -> Option<VirtualTime> {
        while let Some(Reverse(deadline)) = self.queue.peek() {
            if is_pending(&self.slots, deadline) {
                return Some(deadline.at);
            }
            self.queue.pop();
        }
        None
    }

    /// Whether a run must wait for one of the deadlines.
    pub fn any_awaited(&self) -> bool {
        self.awaited > 0
    }

    /// Forgets every deadline. Those that are set later are told apart from those that were.
    pub fn clear(&mut self) {
        *self = Self { set: self.set, ..Self::default() };
    }

    fn take(&mut self, deadline: Deadline) -> Option<Due> {
        if !is_pending(&self.slots, &deadline) {
            return None;
        }
        let pending = self.slots.get_mut(deadline.slot as usize)?.take()?;
        self.free.push(deadline.slot);
        self.awaited -= usize::from(pending.urgency == Urgency::Awaited);
        Some(pending.due)
    }
}

fn is_pending(slots: &[Option<Pending>], deadline: &Deadline) -> bool {
    let pending = slots.get(deadline.slot as usize).and_then(Option::as_ref);
    pending.is_some_and(|pending| pending.number == deadline.number)
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
            state.timers.cancel(deadline);
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
            self.machine.state().timers.cancel(deadline);
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
    urgency: Urgency,
    future: F,
) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    let mut sleep = None;
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        // The deadline is set only where there is something to wait for.
        let sleep = sleep.get_or_insert_with(|| Sleep::new(machine.clone(), span, urgency));
        Pin::new(sleep).poll(context).map(|()| Err(Elapsed(span)))
    })
    .await
}
