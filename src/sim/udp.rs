//! Datagrams: sent once, delivered or not, in any order.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::channel::describe;
use super::frame::{Body, Frame, HostId, Notice, Record};
use super::machine::{Effect, Machine, State};
use super::tcp::FIRST_DYNAMIC_PORT;
use crate::name::HostName;
use crate::protocol::{Message, wire};

/// The sockets of a host.
#[derive(Default)]
pub(super) struct Udp {
    ports: BTreeMap<u16, Inbox>,
    next_dynamic: u16,
}

#[derive(Default)]
struct Inbox {
    arrived: VecDeque<Box<Frame>>,
    waiting: Option<Waker>,
    notice: Option<Notice>,
}

impl Udp {
    pub fn clear(&mut self) {
        self.ports.clear();
    }

    /// Keeps what became of a datagram.
    pub fn note(&mut self, notice: Notice) {
        if let Some(inbox) = self.ports.get_mut(&notice.local_port) {
            inbox.notice = Some(notice);
        }
    }

    /// Whether the port was free.
    fn bind(&mut self, port: u16) -> bool {
        let free = !self.ports.contains_key(&port);
        if free {
            self.ports.insert(port, Inbox::default());
        }
        free
    }

    fn bind_dynamic(&mut self) -> Option<u16> {
        for _ in FIRST_DYNAMIC_PORT..=u16::MAX {
            let port = FIRST_DYNAMIC_PORT + self.next_dynamic;
            self.next_dynamic = (self.next_dynamic + 1) % (u16::MAX - FIRST_DYNAMIC_PORT + 1);
            if self.bind(port) {
                return Some(port);
            }
        }
        None
    }
}

impl State {
    pub fn datagram_arrives(&mut self, frame: Box<Frame>) {
        match self.udp.ports.get_mut(&frame.to_port) {
            Some(inbox) => {
                inbox.arrived.push_back(frame);
                if let Some(waker) = &inbox.waiting {
                    waker.wake_by_ref();
                }
            }
            None => {
                let why = format!("listens on no UDP port {}", frame.to_port);
                self.effects.push(Effect::Undelivered { frame, why });
            }
        }
    }
}

/// A port for datagrams. It is closed when dropped.
pub struct Socket {
    machine: Rc<Machine>,
    port: u16,
    /// Whether the port was chosen for this socket, as a client's is.
    dynamic: bool,
    /// False where the port was taken already, so that nothing ever arrives here.
    owned: bool,
}

impl Socket {
    pub(super) fn bind(machine: Rc<Machine>, port: u16) -> Self {
        let owned = machine.state().udp.bind(port);
        Self { machine, port, dynamic: false, owned }
    }

    /// A socket on a port of the host's choice; none where all are taken.
    pub(super) fn bind_dynamic(machine: Rc<Machine>) -> Option<Self> {
        let port = machine.state().udp.bind_dynamic()?;
        Some(Self { machine, port, dynamic: true, owned: true })
    }

    pub(super) fn is_owned(&self) -> bool {
        self.owned
    }

    /// What became of the last datagram that was lost on the way from or to this socket.
    pub(super) fn take_notice(&mut self) -> Option<Notice> {
        self.machine.state().udp.ports.get_mut(&self.port)?.notice.take()
    }

    /// The socket's own port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A handle that sends from this socket's port, for conversations other than the one that
    /// receives.
    pub fn sender(&self) -> Sender {
        Sender { machine: self.machine.clone(), port: self.port, dynamic: self.dynamic }
    }

    /// Sends a datagram, which arrives or does not. One to a host that does not exist is lost.
    pub fn send<M: Message>(&self, to: &HostName, port: u16, message: &M) {
        self.sender().send(to, port, message);
    }

    /// The next datagram that can be read, with the host and the port that it came from; waits for
    /// ever. One that cannot be read is recorded as lost.
    pub async fn receive<M: Message>(&mut self) -> (HostName, u16, M) {
        loop {
            let frame = poll_fn(|context| {
                let mut state = self.machine.state();
                let inbox = state.udp.ports.get_mut(&self.port).filter(|_| self.owned);
                let Some(inbox) = inbox else { return Poll::Pending };
                if let Some(frame) = inbox.arrived.pop_front() {
                    return Poll::Ready(frame);
                }
                match &inbox.waiting {
                    Some(waiting) if waiting.will_wake(context.waker()) => {}
                    _ => inbox.waiting = Some(context.waker().clone()),
                }
                Poll::Pending
            })
            .await;
            let read = frame.payload().map(|payload| wire::decode(payload));
            match read {
                Some(Ok(message)) => return self.took(&frame, message),
                Some(Err(error)) => {
                    let why = error.to_string();
                    self.machine.state().effects.push(Effect::Undelivered { frame, why });
                }
                None => {}
            }
        }
    }

    fn took<M>(&self, frame: &Frame, message: M) -> (HostName, u16, M) {
        if frame.sent.is_some() {
            self.machine.cause.set(frame.sent);
        }
        (self.name(frame.from), frame.from_port, message)
    }

    fn name(&self, host: HostId) -> HostName {
        self.machine.surroundings.addresses.name(host)
    }
}

/// Sends datagrams from the port of a [`Socket`].
#[derive(Clone)]
pub struct Sender {
    machine: Rc<Machine>,
    port: u16,
    dynamic: bool,
}

impl Sender {
    /// Sends a datagram, which arrives or does not. One to a host that does not exist is lost.
    pub fn send<M: Message>(&self, to: &HostName, port: u16, message: &M) {
        let Some(to) = self.machine.surroundings.addresses.id(to) else { return };
        let server_port = if self.dynamic { port } else { self.port };
        let (payload, record) = self.machine.surroundings.encoded(message, |plain| {
            let record = match self.machine.tracing() {
                true => Record::Sent(Box::new(describe(message, plain, false, server_port)), None),
                false => Record::Nothing,
            };
            (plain.into(), record)
        });
        let frame = Frame {
            from: self.machine.id,
            to,
            from_port: self.port,
            to_port: port,
            body: Body::Udp(payload),
            record,
            cause: self.machine.cause.get(),
            sent: None,
        };
        self.machine.state().effects.push(Effect::Transmit(Box::new(frame)));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.owned {
            self.machine.state().udp.ports.remove(&self.port);
        }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Socket({}, UDP {})", self.machine.name, self.port)
    }
}
