//! A partition as a server keeps it: it survives a crash, and tells those who watch it of each change.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};

use crate::directory::{Object, Partition, PartitionError};
use crate::sim::Host;
use crate::trace::{Happening, StateChange};

/// A partition with those who watch it.
pub struct PartitionStore {
    name: &'static str,
    partition: RefCell<Partition>,
    watchers: RefCell<Vec<UnboundedSender<Rc<Object>>>>,
}

/// The changes of a partition from some moment on.
pub struct Watch(UnboundedReceiver<Rc<Object>>);

impl PartitionStore {
    /// A store of this partition. The trace shows its changes under this name.
    pub fn new(name: &'static str, partition: Partition) -> Self {
        Self { name, partition: RefCell::new(partition), watchers: RefCell::default() }
    }

    /// The partition as it is.
    pub fn read(&self) -> Ref<'_, Partition> {
        self.partition.borrow()
    }

    /// Changes the partition. What has changed goes into the trace and to those who watch.
    ///
    /// # Errors
    /// Where the partition refuses the change.
    pub fn change<R>(
        &self,
        host: &Host,
        change: impl FnOnce(&mut Partition) -> Result<R, PartitionError>,
    ) -> Result<R, PartitionError> {
        let before = self.read().highest();
        let result = change(&mut self.partition.borrow_mut());
        let partition = self.read();
        for object in partition.changed_since(before) {
            host.record_with(|| Happening::State(self.state_change(object)));
            let told = Rc::new(object.clone());
            self.watchers.borrow_mut().retain(|watcher| watcher.unbounded_send(told.clone()).is_ok());
        }
        result
    }

    /// Whatever changes from now on.
    pub fn watch(&self) -> Watch {
        let (watcher, changes) = unbounded();
        self.watchers.borrow_mut().push(watcher);
        Watch(changes)
    }

    fn state_change(&self, object: &Object) -> StateChange {
        let value = (!object.deleted).then(|| {
            let attributes = object.attributes.iter().map(|(name, values)| {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                format!("{name}: {}", values.join("; "))
            });
            attributes.collect::<Vec<_>>().join(", ")
        });
        StateChange { store: self.name.into(), item: object.dn.to_string(), value }
    }
}

impl Watch {
    /// The object of the next change, as it is after it; waits for ever.
    pub async fn next(&mut self) -> Rc<Object> {
        match self.0.next().await {
            Some(object) => object,
            // The store holds the other end as long as there is anyone to wait.
            None => std::future::pending().await,
        }
    }
}
