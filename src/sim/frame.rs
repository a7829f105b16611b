//! What crosses the network: one frame from one host to another.
//!
//! A frame carries the bytes of a message and the few fields of a TCP or UDP header that the model
//! needs. Next to them ride, for the record only, what the message says and what led to it; no host
//! reads those.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::name::HostName;
use crate::trace::{Detail, EventNumber, Transport};

/// A host's place in the order in which hosts were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HostId(pub u32);

impl HostId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One frame under way.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub from: HostId,
    pub to: HostId,
    pub from_port: u16,
    pub to_port: u16,
    pub body: Body,
    /// What the trace is to say of its departure.
    pub record: Record,
    /// The message that the sending conversation last received.
    pub cause: Option<EventNumber>,
    /// The event that records its departure.
    pub sent: Option<EventNumber>,
}

/// What a trace is to say of a frame's departure.
#[derive(Debug, Clone)]
pub(super) enum Record {
    /// Nothing: it is a control segment, or no trace is kept.
    Nothing,
    /// What it says. The number of the event goes into the receipt, if one is wanted.
    Sent(Box<Description>, Option<Receipt>),
    /// The same as before: nobody has acknowledged it.
    SentAgain(Receipt),
}

/// Where the number of a departure's event is kept for the case that the frame is sent again.
#[derive(Debug, Clone, Default)]
pub(super) struct Receipt(Arc<AtomicU64>);

impl Receipt {
    pub fn write(&self, number: EventNumber) {
        self.0.store(number, Ordering::Relaxed);
    }

    pub fn read(&self) -> EventNumber {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    Tcp(Segment),
    Udp(Arc<[u8]>),
}

/// A TCP segment. `sequence` counts segments, not bytes: a message is one segment.
#[derive(Debug, Clone)]
pub(super) enum Segment {
    Open,
    Opened,
    Reset,
    Data {
        sequence: u32,
        acknowledged: u32,
        payload: Arc<[u8]>,
    },
    Acknowledge(u32),
    /// Asks whether the other end still knows of the connection.
    Probe,
    Finish {
        sequence: u32,
        acknowledged: u32,
    },
}

/// What a message says, for the record.
#[derive(Debug, Clone)]
pub(super) struct Description {
    pub protocol: Cow<'static, str>,
    pub title: Cow<'static, str>,
    pub details: Vec<Detail>,
    pub digest: String,
    pub secured: bool,
    pub port: u16,
}

/// The engine's word to a host on what became of a frame, for the record: a host acts on it only
/// where a real one would be told, which is when no route exists.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    pub transport: Transport,
    pub local_port: u16,
    pub peer: HostId,
    pub peer_port: u16,
    pub no_route: bool,
    /// The firewall, or the host, where it ended.
    pub at: HostName,
    pub why: String,
}

impl Frame {
    pub fn transport(&self) -> Transport {
        match self.body {
            Body::Tcp(_) => Transport::Tcp,
            Body::Udp(_) => Transport::Udp,
        }
    }

    /// The bytes of the message; none in a control segment.
    pub fn payload(&self) -> Option<&Arc<[u8]>> {
        match &self.body {
            Body::Udp(payload) | Body::Tcp(Segment::Data { payload, .. }) => Some(payload),
            Body::Tcp(_) => None,
        }
    }

    pub fn payload_mut(&mut self) -> Option<&mut Arc<[u8]>> {
        match &mut self.body {
            Body::Udp(payload) | Body::Tcp(Segment::Data { payload, .. }) => Some(payload),
            Body::Tcp(_) => None,
        }
    }
}
