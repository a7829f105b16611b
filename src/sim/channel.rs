//! Connections as role code sees them: listeners, and channels that carry messages.

use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::error::ChannelError;
use super::frame::Description;
use super::machine::Machine;
use super::tcp::{Arrival, End, Handle};
use super::timer::{Urgency, within};
use super::tls::Session;
use crate::crypto::digest;
use crate::name::HostName;
use crate::protocol::{Message, wire};
use crate::time::Span;

/// How long a channel waits for a message unless told otherwise.
const PATIENCE: Span = Span::seconds(30);

/// A port on which a host awaits connections. It is closed when dropped.
pub struct Listener {
    machine: Rc<Machine>,
    port: u16,
    /// False where the port was taken already, so that nobody ever arrives here.
    owned: bool,
}

impl Listener {
    pub(super) fn new(machine: Rc<Machine>, port: u16) -> Self {
        let owned = machine.state().tcp.listen(port);
        Self { machine, port, owned }
    }

    /// Whether the port was free to listen on.
    pub(super) fn is_owned(&self) -> bool {
        self.owned
    }

    /// The next connection to this port; waits for ever.
    pub async fn accept(&mut self) -> Channel {
        let handle = poll_fn(|context| {
            if !self.owned {
                return Poll::Pending;
            }
            match self.machine.state().tcp.accept(self.port, context.waker()) {
                Some(handle) => Poll::Ready(handle),
                None => Poll::Pending,
            }
        })
        .await;
        Channel::new(self.machine.clone(), handle, self.port)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.owned {
            self.machine.state().stop_listening(self.port);
        }
    }
}

/// A connection between two hosts. Messages arrive whole, in order and once, or not at all.
///
/// It is closed when dropped; what was sent before is still delivered. Where both ends are to speak
/// in confidence, see [`Channel::secure_as_client`].
pub struct Channel {
    pub(super) machine: Rc<Machine>,
    handle: Handle,
    peer: HostName,
    port: u16,
    pub(super) session: Option<Box<Session>>,
}

impl Channel {
    pub(super) fn new(machine: Rc<Machine>, handle: Handle, port: u16) -> Self {
        let peer = machine.surroundings.addresses.name(handle.key.peer);
        Self { machine, handle, peer, port, session: None }
    }

    /// Has this end probe the connection when it has been idle for so long. A run may be quiet
    /// meanwhile. Where the other end knows of it no longer, the connection is then over here too.
    pub fn keep_alive(&mut self, idle: Span) {
        if let Some(connection) = self.machine.state().tcp.get(self.handle) {
            connection.keep_alive = Some(idle);
        }
    }

    /// The host at the other end.
    pub fn peer(&self) -> &HostName {
        &self.peer
    }

    /// The server's port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same connection, from here on sealed under the keys of this session.
    pub(super) fn secured(mut self, session: Session) -> Self {
        self.session = Some(Box::new(session));
        self
    }

    /// Sends a message. It is under way when this returns; it has arrived only when an answer says so.
    ///
    /// # Errors
    /// [`ChannelError::Closed`] and [`ChannelError::TimedOut`], where the end of the connection is
    /// already known here.
    pub async fn send<M: Message>(&mut self, message: &M) -> Result<(), ChannelError> {
        let session = &mut self.session;
        self.machine.surroundings.encoded(message, |plain| {
            let tracing = self.machine.tracing();
            let secured = session.is_some();
            let description = tracing.then(|| Box::new(describe(message, plain, secured, self.port)));
            let bytes = match session {
                Some(session) => session.seal(plain).into(),
                None => plain.into(),
            };
            send_bytes(&self.machine, self.handle, bytes, description)
        })
    }

    /// Sends a message of the handshake, which is not sealed.
    pub(super) fn send_in_clear<M: Message>(&mut self, message: &M) -> Result<(), ChannelError> {
        let bytes = wire::encode(message);
        let tracing = self.machine.tracing();
        let description = tracing.then(|| Box::new(describe(message, &bytes, false, self.port)));
        send_bytes(&self.machine, self.handle, bytes.into(), description)
    }

    /// The next message; waits for 30 seconds.
    ///
    /// # Errors
    /// [`ChannelError::Closed`] when everything that the other end sent before closing has been read,
    /// [`ChannelError::TimedOut`], [`ChannelError::Garbled`] where a message of another kind or a
    /// corrupted one comes, and [`ChannelError::Record`] where a corrupted one comes over a secured
    /// channel.
    pub async fn receive<M: Message>(&mut self) -> Result<M, ChannelError> {
        self.receive_within(PATIENCE).await
    }

    /// The next message; waits for as long as told.
    ///
    /// # Errors
    /// As [`Channel::receive`].
    pub async fn receive_within<M: Message>(&mut self, patience: Span) -> Result<M, ChannelError> {
        let bytes = self.next_bytes(patience, Urgency::Awaited).await?;
        self.read(&bytes)
    }

    /// The next message; waits for as long as told, but nobody waits for it: a run may be quiet
    /// meanwhile, and the wait ends without a message only where time passes for another reason.
    ///
    /// # Errors
    /// As [`Channel::receive`].
    pub async fn receive_in_background<M: Message>(&mut self, patience: Span) -> Result<M, ChannelError> {
        let bytes = self.next_bytes(patience, Urgency::Background).await?;
        self.read(&bytes)
    }

    /// Closes the connection both ways. What was sent before is still delivered.
    pub fn close(self) {}

    fn read<M: Message>(&mut self, bytes: &[u8]) -> Result<M, ChannelError> {
        match &mut self.session {
            Some(session) => Ok(wire::decode(&session.open(bytes)?)?),
            None => Ok(wire::decode(bytes)?),
        }
    }

    async fn next_bytes(&mut self, patience: Span, urgency: Urgency) -> Result<Arc<[u8]>, ChannelError> {
        let (machine, handle) = (&self.machine, self.handle);
        let next = poll_fn(|context| poll_receive(machine, handle, context));
        let arrival = within(machine.clone(), patience, urgency, next).await;
        let arrival = arrival.map_err(|_| ChannelError::TimedOut)??;
        if arrival.sent.is_some() {
            machine.cause.set(arrival.sent);
        }
        Ok(arrival.payload)
    }
}

fn send_bytes(
    machine: &Machine,
    handle: Handle,
    bytes: Arc<[u8]>,
    description: Option<Box<Description>>,
) -> Result<(), ChannelError> {
    let cause = machine.cause.get();
    Ok(machine.state().send(handle, bytes, description, cause)?)
}

fn poll_receive(
    machine: &Machine,
    handle: Handle,
    context: &mut Context<'_>,
) -> Poll<Result<Arrival, ChannelError>> {
    let mut state = machine.state();
    let Some(connection) = state.tcp.get(handle) else { return Poll::Ready(Err(ChannelError::Closed)) };
    if let Some(arrival) = connection.inbox.pop_front() {
        return Poll::Ready(Ok(arrival));
    }
    if let Some(end) = connection.end {
        return Poll::Ready(Err(end.into()));
    }
    connection.wait(context.waker());
    Poll::Pending
}

impl Drop for Channel {
    fn drop(&mut self) {
        let cause = self.machine.cause.get();
        self.machine.state().close(self.handle, cause);
    }
}

impl From<End> for ChannelError {
    fn from(end: End) -> Self {
        match end {
            End::TimedOut => Self::TimedOut,
            End::Closed | End::Refused | End::NoRoute => Self::Closed,
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Channel({} with {}, TCP {})", self.machine.name, self.peer, self.port)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Listener({}, TCP {})", self.machine.name, self.port)
    }
}

/// What a message says, for the record. Only ever asked for while a trace is kept.
pub(super) fn describe<M: Message>(message: &M, plain: &[u8], secured: bool, port: u16) -> Description {
    let [a, b, c, d, e, f, g, h, ..] = digest::sha256(plain);
    Description {
        protocol: message.protocol().into(),
        title: message.title(),
        details: message.details(),
        digest: format!("{:016x}", u64::from_be_bytes([a, b, c, d, e, f, g, h])),
        secured,
        port,
    }
}
