//! Runs a host's conversations until all are stalled.
//!
//! Conversations that can go on do so in the order in which they were woken, so nothing here depends
//! on addresses or on chance. A conversation that is woken twice runs once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

use crate::trace::EventNumber;

/// The conversations that can go on, in the order in which they were woken.
#[derive(Default)]
struct Ready {
    queue: Mutex<VecDeque<u32>>,
    /// Whether there is anything in the queue, for those who need not lock it to see that.
    any: AtomicBool,
}

impl Ready {
    fn lock(&self) -> MutexGuard<'_, VecDeque<u32>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: u32) {
        self.lock().push_back(task);
        self.any.store(true, Ordering::Relaxed);
    }

    fn pop(&self) -> Option<u32> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let mut queue = self.lock();
        let task = queue.pop_front();
        self.any.store(!queue.is_empty(), Ordering::Relaxed);
        task
    }

    fn clear(&self) {
        self.lock().clear();
        self.any.store(false, Ordering::Relaxed);
    }
}

/// The conversations of one host.
#[derive(Default)]
pub(super) struct Executor {
    tasks: RefCell<Vec<Option<Task>>>,
    free: RefCell<Vec<u32>>,
    ready: Arc<Ready>,
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    signal: Arc<Signal>,
    waker: Waker,
    cause: Option<EventNumber>,
}

/// Queues its conversation when woken.
struct Signal {
    task: u32,
    queued: AtomicBool,
    ready: Arc<Ready>,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            self.ready.push(self.task);
        }
    }
}

impl Executor {
    /// Begins a conversation; it first runs when those that are ready before it have run.
    pub fn spawn(&self, cause: Option<EventNumber>, future: Pin<Box<dyn Future<Output = ()>>>) {
        let mut tasks = self.tasks.borrow_mut();
        let slot = self.free.borrow_mut().pop().unwrap_or_else(|| {
            tasks.push(None);
            u32::try_from(tasks.len() - 1).expect("a host has fewer than 2³² conversations")
        });
        let signal =
            Arc::new(Signal { task: slot, queued: AtomicBool::new(false), ready: self.ready.clone() });
        signal.wake_by_ref();
        let waker = Waker::from(signal.clone());
        tasks[slot as usize] = Some(Task { future, signal, waker, cause });
    }

    /// Runs every conversation that can go on. `cause` holds the running conversation's cause, which
    /// each keeps while it is stalled.
    pub fn run_until_stalled(&self, cause: &Cell<Option<EventNumber>>) {
        while let Some(slot) = self.ready.pop() {
            // A conversation may end, or be lost in a crash, while somebody still holds a waker of it.
            let waiting = self.tasks.borrow_mut().get_mut(slot as usize).and_then(Option::take);
            let Some(mut task) = waiting else { continue };
            task.signal.queued.store(false, Ordering::Relaxed);
            cause.set(task.cause);
            let done = task.future.as_mut().poll(&mut Context::from_waker(&task.waker)).is_ready();
            if done {
                self.free.borrow_mut().push(slot);
            } else {
                task.cause = cause.get();
                self.tasks.borrow_mut()[slot as usize] = Some(task);
            }
        }
        cause.set(None);
    }

    /// Drops every conversation.
    pub fn clear(&self) {
        // Dropping one may wake or spawn others, so nothing is borrowed meanwhile.
        let tasks = self.tasks.take();
        drop(tasks);
        self.tasks.take();
        self.free.take();
        self.ready.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    /// Stalls once, waking itself at once.
    async fn stall() {
        let mut stalled = false;
        futures::future::poll_fn(|context| {
            if std::mem::replace(&mut stalled, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await
    }

    #[test]
    fn a_waker_of_what_a_crash_has_taken_wakes_nothing() {
        let executor = Executor::default();
        let kept: Rc<RefCell<Option<Waker>>> = Rc::default();
        let keeper = kept.clone();
        let wait = futures::future::poll_fn(move |context| {
            *keeper.borrow_mut() = Some(context.waker().clone());
            std::task::Poll::<()>::Pending
        });
        executor.spawn(None, Box::pin(wait));
        executor.run_until_stalled(&Cell::new(None));
        executor.clear();
        kept.take().expect("it has waited").wake();
        executor.run_until_stalled(&Cell::new(None));
        assert!(executor.tasks.borrow().is_empty());
    }

    #[test]
    fn conversations_take_turns_in_the_order_of_waking_and_slots_are_used_again() {
        let executor = Executor::default();
        let story = Rc::new(RefCell::new(Vec::new()));
        let cause = Cell::new(None);
        for round in 0..2 {
            for name in ["a", "b"] {
                let story = story.clone();
                let talk = async move {
                    for line in 0..2 {
                        story.borrow_mut().push((round, name, line));
                        stall().await;
                    }
                };
                executor.spawn(None, Box::pin(talk));
            }
            executor.run_until_stalled(&cause);
        }
        let expected: Vec<_> = [0, 1]
            .iter()
            .flat_map(|&round| [(round, "a", 0), (round, "b", 0), (round, "a", 1), (round, "b", 1)])
            .collect();
        assert_eq!(*story.borrow(), expected);
        assert_eq!(executor.tasks.borrow().len(), 2, "the second round took the slots of the first");
    }
}
