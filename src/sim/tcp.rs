//! Connections: opened with one exchange, then messages in order, each once, sent again until
//! acknowledged.
//!
//! The model keeps of TCP what a server's administrator can observe: a refusal comes at once, silence
//! costs a time-out, a lost segment costs a delay. A message is one segment, whatever its size; both
//! ends close both ways. An acknowledgement rides on an answer where one leaves at the same instant.
//!
//! An end may keep an idle connection alive (RFC 9293, section 3.8.4). A probe that would be answered
//! changes nothing, so none is played before the other end has lost the connection without a word.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::task::{Poll, Waker};

use super::frame::{Body, Description, Frame, HostId, Notice, Receipt, Record, Segment};
use super::machine::{Effect, State};
use super::timer::{Deadline, Due, Urgency};
use crate::time::Span;
use crate::trace::EventNumber;

/// The first wait for an answer to an attempt to open; each further one is twice as long. Three
/// attempts take 21 seconds in all, as Windows has them.
pub(super) const OPENING_WAIT: Span = Span::seconds(3);
pub(super) const OPENING_TRIES: u32 = 3;
/// The first wait for an acknowledgement; each further one is twice as long.
pub(super) const ACKNOWLEDGEMENT_WAIT: Span = Span::seconds(1);
pub(super) const SENDING_TRIES: u32 = 5;
/// Where clients' ports begin (RFC 6335, section 6).
pub(super) const FIRST_DYNAMIC_PORT: u16 = 49152;

/// A connection as one end knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub local: u16,
    pub peer: HostId,
    pub remote: u16,
}

/// A connection, told apart from earlier and later ones of the same key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handle {
    pub key: Key,
    pub serial: u64,
}

/// A message that has arrived.
pub(super) struct Arrival {
    pub payload: Arc<[u8]>,
    pub sent: Option<EventNumber>,
}

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The other end closed it, or knows nothing of it.
    Closed,
    /// The other end refused it.
    Refused,
    /// No route leads there.
    NoRoute,
    /// The other end does not answer.
    TimedOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Opening,
    Open,
    /// This end has closed; what it sent may not have been acknowledged yet.
    Closing,
}

pub(super) struct Outgoing {
    pub sequence: u32,
    /// None for the end of the connection.
    pub payload: Option<Arc<[u8]>>,
    /// Where the number of its departure's event is, where a trace is kept.
    pub receipt: Option<Receipt>,
    pub cause: Option<EventNumber>,
}

pub(super) struct Connection {
    pub serial: u64,
    pub phase: Phase,
    pub next_sequence: u32,
    pub unacknowledged: VecDeque<Outgoing>,
    pub tries: u32,
    pub timer: Option<Deadline>,
    /// How long this end leaves an idle connection alone before it probes it, where it does.
    pub keep_alive: Option<Span>,
    /// Whether it awaits the answer to a probe.
    pub probing: bool,
    /// The sequence number that is to arrive next.
    pub expected: u32,
    /// What overtook; none for the end of the connection.
    pub early: BTreeMap<u32, Option<Arrival>>,
    pub inbox: VecDeque<Arrival>,
    pub owes_acknowledgement: bool,
    pub end: Option<End>,
    pub notice: Option<Notice>,
    pub waiting: Option<Waker>,
}

/// All connections and listeners of a host.
#[derive(Default)]
pub(super) struct Tcp {
    pub connections: BTreeMap<Key, Connection>,
    pub listeners: BTreeMap<u16, Backlog>,
    pub owing: Vec<Key>,
    /// Neither is ever set back, so that nothing after a crash is mistaken for something before it.
    pub serials: u64,
    pub ports: u16,
}

#[derive(Default)]
pub(super) struct Backlog {
    pub arrived: VecDeque<Handle>,
    pub waiting: Option<Waker>,
}

impl Connection {
    pub fn new(serial: u64, phase: Phase) -> Self {
        Self {
            serial,
            phase,
            next_sequence: 0,
            unacknowledged: VecDeque::new(),
            tries: 1,
            timer: None,
            keep_alive: None,
            probing: false,
            expected: 0,
            early: BTreeMap::new(),
            inbox: VecDeque::new(),
            owes_acknowledgement: false,
            end: None,
            notice: None,
            waiting: None,
        }
    }

    /// A segment, which also acknowledges what has arrived so far.
    fn segment(&mut self, outgoing: &Outgoing) -> Segment {
        self.owes_acknowledgement = false;
        let (sequence, acknowledged) = (outgoing.sequence, self.expected);
        match &outgoing.payload {
            Some(payload) => Segment::Data { sequence, acknowledged, payload: payload.clone() },
            None => Segment::Finish { sequence, acknowledged },
        }
    }

    /// Keeps who is to be told when something comes. Most of the time it is the same conversation.
    pub fn wait(&mut self, waker: &Waker) {
        match &self.waiting {
            Some(waiting) if waiting.will_wake(waker) => {}
            _ => self.waiting = Some(waker.clone()),
        }
    }

    pub fn wake(&self) {
        if let Some(waker) = &self.waiting {
            waker.wake_by_ref();
        }
    }
}

impl Tcp {
    /// Forgets every connection and listener.
    pub fn clear(&mut self) {
        self.connections.clear();
        self.listeners.clear();
        self.owing.clear();
    }

    /// Keeps what became of an attempt to open a connection. No route is the one thing that a real
    /// host would be told, so it ends the attempt.
    pub fn note(&mut self, notice: Notice) {
        let key = Key { local: notice.local_port, peer: notice.peer, remote: notice.peer_port };
        let Some(connection) = self.connections.get_mut(&key) else { return };
        if connection.phase != Phase::Opening {
            return;
        }
        if notice.no_route {
            connection.end = Some(End::NoRoute);
            connection.wake();
        }
        connection.notice = Some(notice);
    }

    /// Whether the port was free to listen on.
    pub fn listen(&mut self, port: u16) -> bool {
        let free = !self.listeners.contains_key(&port);
        if free {
            self.listeners.insert(port, Backlog::default());
        }
        free
    }

    /// The next connection that somebody has opened to this port; keeps the waker where there is none.
    pub fn accept(&mut self, port: u16, waker: &Waker) -> Option<Handle> {
        let backlog = self.listeners.get_mut(&port)?;
        let arrived = backlog.arrived.pop_front();
        if arrived.is_none() {
            backlog.waiting = Some(waker.clone());
        }
        arrived
    }

    pub fn get(&mut self, handle: Handle) -> Option<&mut Connection> {
        self.connections.get_mut(&handle.key).filter(|connection| connection.serial == handle.serial)
    }

    pub fn serial(&mut self) -> u64 {
        self.serials += 1;
        self.serials
    }

    fn free_key(&mut self, peer: HostId, remote: u16) -> Option<Key> {
        let dynamic = u16::MAX - FIRST_DYNAMIC_PORT;
        for _ in 0..=dynamic {
            let key = Key { local: FIRST_DYNAMIC_PORT + self.ports, peer, remote };
            self.ports = if self.ports == dynamic { 0 } else { self.ports + 1 };
            if !self.connections.contains_key(&key) {
                return Some(key);
            }
        }
        None
    }
}

impl State {
    /// Begins to open a connection; none where no port is free for it.
    pub fn open(&mut self, peer: HostId, port: u16, cause: Option<EventNumber>) -> Option<Handle> {
        let key = self.tcp.free_key(peer, port)?;
        let serial = self.tcp.serial();
        let mut connection = Connection::new(serial, Phase::Opening);
        let timer = self.timers.set(Urgency::Awaited, self.now + OPENING_WAIT, Due::Retransmit(key));
        connection.timer = Some(timer);
        self.tcp.connections.insert(key, connection);
        self.emit(key, Segment::Open, cause);
        Some(Handle { key, serial })
    }

    /// Whether the connection is open by now; keeps the waker where that is not known yet.
    pub fn poll_opened(&mut self, handle: Handle, waker: &Waker) -> Poll<Result<(), End>> {
        let Some(connection) = self.tcp.get(handle) else { return Poll::Ready(Err(End::Closed)) };
        if let Some(end) = connection.end.filter(|_| connection.phase == Phase::Opening) {
            return Poll::Ready(Err(end));
        }
        if connection.phase != Phase::Opening {
            return Poll::Ready(Ok(()));
        }
        connection.wait(waker);
        Poll::Pending
    }

    /// Sends one message.
    pub fn send(
        &mut self,
        handle: Handle,
        payload: Arc<[u8]>,
        description: Option<Box<Description>>,
        cause: Option<EventNumber>,
    ) -> Result<(), End> {
        if let Some(end) = self.tcp.get(handle).ok_or(End::Closed)?.end {
            return Err(end);
        }
        self.queue(handle.key, Some(payload), description, cause);
        Ok(())
    }

    /// Closes both ways; whatever was sent before is still delivered.
    pub fn close(&mut self, handle: Handle, cause: Option<EventNumber>) {
        let Some(connection) = self.tcp.get(handle) else { return };
        if connection.end.is_some() || connection.phase == Phase::Opening {
            self.forget_politely(handle.key);
        } else if connection.phase == Phase::Open {
            connection.phase = Phase::Closing;
            self.queue(handle.key, None, None, cause);
        }
    }

    /// Stops listening and refuses whom nobody has accepted yet.
    pub fn stop_listening(&mut self, port: u16) {
        let Some(backlog) = self.tcp.listeners.remove(&port) else { return };
        for handle in backlog.arrived {
            if self.tcp.get(handle).is_some() {
                self.forget(handle.key);
                self.emit(handle.key, Segment::Reset, None);
            }
        }
    }

    fn queue(
        &mut self,
        key: Key,
        payload: Option<Arc<[u8]>>,
        description: Option<Box<Description>>,
        cause: Option<EventNumber>,
    ) {
        let Some(connection) = self.tcp.connections.get_mut(&key) else { return };
        let sequence = connection.next_sequence;
        connection.next_sequence += 1;
        if connection.timer.is_none() {
            let at = self.now + ACKNOWLEDGEMENT_WAIT;
            connection.timer = Some(self.timers.set(Urgency::Awaited, at, Due::Retransmit(key)));
            connection.tries = 1;
        }
        let receipt = description.as_ref().map(|_| Receipt::default());
        let record = match description {
            Some(description) => Record::Sent(description, receipt.clone()),
            None => Record::Nothing,
        };
        let outgoing = Outgoing { sequence, payload, receipt, cause };
        let segment = connection.segment(&outgoing);
        connection.unacknowledged.push_back(outgoing);
        let frame = Frame { record, ..self.frame(key, segment, cause) };
        self.effects.push(Effect::Transmit(Box::new(frame)));
    }

    /// Sends the first of the unacknowledged again.
    pub fn emit_again(&mut self, key: Key) {
        let Some(connection) = self.tcp.connections.get_mut(&key) else { return };
        let Some(outgoing) = connection.unacknowledged.pop_front() else { return };
        let segment = connection.segment(&outgoing);
        let record = outgoing.receipt.clone().map_or(Record::Nothing, Record::SentAgain);
        let frame = Frame { record, ..self.frame(key, segment, outgoing.cause) };
        self.effects.push(Effect::Transmit(Box::new(frame)));
        if let Some(connection) = self.tcp.connections.get_mut(&key) {
            connection.unacknowledged.push_front(outgoing);
        }
    }

    /// Sends a segment that is not acknowledged.
    pub fn emit(&mut self, key: Key, segment: Segment, cause: Option<EventNumber>) {
        let frame = self.frame(key, segment, cause);
        self.effects.push(Effect::Transmit(Box::new(frame)));
    }

    /// Drops a connection after acknowledging what it has received.
    pub fn forget_politely(&mut self, key: Key) {
        if let Some(connection) = self.tcp.connections.get(&key)
            && connection.owes_acknowledgement
        {
            let expected = connection.expected;
            self.emit(key, Segment::Acknowledge(expected), None);
        }
        self.forget(key);
    }

    /// Drops a connection and its timer.
    pub fn forget(&mut self, key: Key) {
        if let Some(connection) = self.tcp.connections.remove(&key)
            && let Some(timer) = connection.timer
        {
            self.timers.cancel(timer);
        }
    }

    fn frame(&self, key: Key, segment: Segment, cause: Option<EventNumber>) -> Frame {
        Frame {
            from: self.id,
            to: key.peer,
            from_port: key.local,
            to_port: key.remote,
            body: Body::Tcp(segment),
            record: Record::Nothing,
            cause,
            sent: None,
        }
    }
}
