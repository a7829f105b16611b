//! What a host consists of, apart from its roles: conversations, deadlines, connections, sockets, a
//! clock. Everything in it but its random streams is lost in a crash.
//!
//! A machine knows nothing of the network. It is given one order at a time and leaves effects.

use std::cell::{Cell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use super::clock::Clock;
use super::executor::Executor;
use super::frame::{Body, Frame, HostId, Notice};
use super::random::Streams;
use super::resolver::{Cache, ResolverConfig};
use super::tcp::{Key, Tcp};
use super::timer::{Due, Timers};
use super::udp::Udp;
use crate::name::HostName;
use crate::protocol::wire;
use crate::time::VirtualTime;
use crate::trace::{EventNumber, Happening, Transport};

/// What a host is told.
pub(super) enum Order {
    /// Start, for the first time or after a crash.
    Boot,
    /// Lose everything volatile.
    Crash,
    /// From now on the clock shows this.
    SetClock(Clock),
    /// Somebody does something at the host.
    Stimulate(Vec<u8>),
    /// A frame arrives.
    Arrive(Box<Frame>),
    /// What became of a frame that this host waits for.
    Note(Box<Notice>),
    /// The other end of this connection has lost it without a word.
    Doubt(Key),
    /// A deadline has passed.
    Wake,
}

/// What a host leaves behind when all its conversations are stalled.
pub(super) enum Effect {
    Transmit(Box<Frame>),
    Record {
        cause: Option<EventNumber>,
        happening: Box<Happening>,
    },
    /// A datagram found no socket, or one that could not read it.
    Undelivered {
        frame: Box<Frame>,
        why: String,
    },
    /// A clock that is off was read.
    ClockRead,
    /// A connection is lost, and the other end does not know.
    Forgotten(Key),
}

/// Which host has which name.
#[derive(Default)]
pub(super) struct Addresses {
    names: RefCell<Vec<HostName>>,
    ids: RefCell<BTreeMap<HostName, HostId>>,
}

impl Addresses {
    /// The new host's id; none where the name is taken.
    pub fn add(&self, name: &HostName) -> Option<HostId> {
        let mut names = self.names.borrow_mut();
        let id = HostId(u32::try_from(names.len()).ok()?);
        let mut ids = self.ids.borrow_mut();
        if ids.contains_key(name) {
            return None;
        }
        ids.insert(name.clone(), id);
        names.push(name.clone());
        Some(id)
    }

    pub fn id(&self, name: &HostName) -> Option<HostId> {
        self.ids.borrow().get(name).copied()
    }

    pub fn name(&self, id: HostId) -> HostName {
        self.names.borrow()[id.index()].clone()
    }
}

/// What all machines of a simulation have in common.
pub(super) struct Surroundings {
    pub addresses: Addresses,
    pub streams: Streams,
    pub tracing: bool,
    /// Room to encode messages in, kept from one to the next.
    pub scratch: RefCell<Vec<u8>>,
}

impl Surroundings {
    /// Encodes a message and has its bytes used.
    pub fn encoded<T>(&self, message: &impl Serialize, use_bytes: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = self.scratch.take();
        bytes.clear();
        wire::encode_into(message, &mut bytes);
        let used = use_bytes(&bytes);
        self.scratch.replace(bytes);
        used
    }
}

/// One host, as its handles and its actor share it.
pub(super) struct Machine {
    pub id: HostId,
    pub name: HostName,
    pub surroundings: Rc<Surroundings>,
    pub resolver: ResolverConfig,
    pub executor: Executor,
    /// The message that the running conversation last received.
    pub cause: Cell<Option<EventNumber>>,
    clock: Cell<Clock>,
    state: RefCell<State>,
}

/// The part of a machine that its conversations change. It is borrowed for one operation at a time,
/// never while foreign code runs.
pub(super) struct State {
    pub id: HostId,
    pub now: VirtualTime,
    pub timers: Timers,
    pub tcp: Tcp,
    pub udp: Udp,
    pub cache: Cache,
    pub effects: Vec<Effect>,
}

impl Machine {
    pub fn new(
        id: HostId,
        name: HostName,
        resolver: ResolverConfig,
        surroundings: Rc<Surroundings>,
        now: VirtualTime,
    ) -> Self {
        let state = State {
            id,
            now,
            timers: Timers::default(),
            tcp: Tcp::default(),
            udp: Udp::default(),
            cache: Cache::default(),
            effects: Vec::new(),
        };
        Self {
            id,
            name,
            surroundings,
            resolver,
            executor: Executor::default(),
            cause: Cell::new(None),
            clock: Cell::new(Clock::TRUE),
            state: RefCell::new(state),
        }
    }

    pub fn state(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    pub fn tracing(&self) -> bool {
        self.surroundings.tracing
    }

    /// The true time, which no role may see.
    pub fn true_now(&self) -> VirtualTime {
        self.state.borrow().now
    }

    /// What the host's own clock shows.
    pub fn read_clock(&self) -> VirtualTime {
        let clock = self.clock.get();
        let mut state = self.state();
        if !clock.is_true() {
            state.effects.push(Effect::ClockRead);
        }
        clock.read(state.now)
    }

    pub fn record(&self, happening: impl FnOnce() -> Happening) {
        if self.tracing() {
            let effect = Effect::Record { cause: self.cause.get(), happening: Box::new(happening()) };
            self.state().effects.push(effect);
        }
    }

    /// It is now this late, in true time.
    pub fn set_now(&self, now: VirtualTime) {
        self.state().now = now;
    }

    pub fn set_clock(&self, clock: Clock) {
        self.clock.set(clock);
    }

    /// Takes in a frame.
    pub fn arrive(&self, frame: Box<Frame>) {
        let mut state = self.state();
        match frame.body {
            Body::Tcp(_) => state.segment_arrives(*frame),
            Body::Udp(_) => state.datagram_arrives(frame),
        }
    }

    /// Keeps what became of a frame.
    pub fn note(&self, notice: Notice) {
        let mut state = self.state();
        match notice.transport {
            Transport::Tcp => state.tcp.note(notice),
            Transport::Udp => state.udp.note(notice),
        }
    }

    /// Does what is due.
    pub fn wake(&self) {
        loop {
            let due = self.state().take_due();
            match due {
                None => return,
                Some(Due::Wake(waker)) => waker.wake(),
                Some(Due::Retransmit(key)) => self.state().retransmit(key),
                Some(Due::Probe(key)) => self.state().probe(key),
            }
        }
    }

    /// Loses everything volatile.
    pub fn crash(&self) {
        let forgotten: Vec<Effect>;
        {
            let mut state = self.state();
            forgotten = state.tcp.connections.keys().copied().map(Effect::Forgotten).collect();
            state.timers.clear();
            state.tcp.clear();
            state.udp.clear();
            state.cache.clear();
        }
        // Dropping a conversation closes its channels and sockets, which finds nothing left to close.
        self.executor.clear();
        self.state().effects = forgotten;
    }
}

impl State {
    fn take_due(&mut self) -> Option<Due> {
        self.timers.take_due(self.now)
    }
}
