//! A host as role code sees it.

use std::fmt;
use std::future::{Future, poll_fn};
use std::rc::Rc;

use super::channel::{Channel, Listener};
use super::dns::Answer;
use super::error::{ConnectError, ConnectErrorKind};
use super::machine::Machine;
use super::random::RandomStream;
use super::resolver::{self, Resolved};
use super::tcp::{End, Handle};
use super::timer::{Elapsed, Sleep, Urgency, within};
use super::udp::Socket;
use crate::name::{DnsName, HostName};
use crate::time::{Span, VirtualTime};
use crate::trace::{Connection, Happening, LogEntry};

/// A handle to the host on which a role runs. Clones are cheap and mean the same host.
///
/// Conversations are plain async functions: one awaits a message, a deadline or an answer, and
/// meanwhile the others go on. Nothing that a host does takes virtual time but waiting.
#[derive(Clone)]
pub struct Host(Rc<Machine>);

impl Host {
    pub(super) fn new(machine: Rc<Machine>) -> Self {
        Self(machine)
    }

    /// The host's name, which is its address.
    pub fn name(&self) -> &HostName {
        &self.0.name
    }

    /// What the host's own clock shows, which may be off.
    pub fn now(&self) -> VirtualTime {
        self.0.read_clock()
    }

    /// The host's random stream for this purpose. It goes on where it was, also after a crash.
    pub fn random(&self, purpose: &str) -> RandomStream {
        self.0.surroundings.streams.stream(self.0.name.as_str(), purpose)
    }

    /// Begins a conversation beside the one that runs.
    pub fn spawn(&self, conversation: impl Future<Output = ()> + 'static) {
        self.0.executor.spawn(self.0.cause.get(), Box::pin(conversation));
    }

    /// Waits. The run is not quiet before the wait is over.
    pub async fn sleep(&self, span: Span) {
        Sleep::new(self.0.clone(), span, Urgency::Awaited).await;
    }

    /// Waits for something that is not due to anyone's request: the next synchronisation, the next
    /// revocation list. A run may be quiet meanwhile; the wait only ends where time passes for another
    /// reason, such as [`Simulation::run_for`](super::Simulation::run_for).
    pub async fn rest(&self, span: Span) {
        Sleep::new(self.0.clone(), span, Urgency::Background).await;
    }

    /// What the future ends with, unless the span passes first.
    ///
    /// # Errors
    /// [`Elapsed`] where it passes first. What is ready at the very deadline is in time.
    pub async fn timeout<F: Future>(&self, span: Span, future: F) -> Result<F::Output, Elapsed> {
        within(self.0.clone(), span, Urgency::Awaited, future).await
    }

    /// Writes into the trace, where one is kept.
    pub fn record(&self, happening: Happening) {
        self.0.record(|| happening);
    }

    /// Writes into the trace, where one is kept; otherwise what would be written is not even made.
    pub fn record_with(&self, happening: impl FnOnce() -> Happening) {
        self.0.record(happening);
    }

    /// Whether a trace is kept.
    pub fn is_tracing(&self) -> bool {
        self.0.tracing()
    }

    /// Awaits connections to a port. Where another role of this host listens there already, that
    /// stands in the host's log, and nobody ever arrives here.
    pub fn listen(&self, port: u16) -> Listener {
        let listener = Listener::new(self.0.clone(), port);
        if !listener.is_owned() {
            self.log_taken("TCP", port);
        }
        listener
    }

    /// Awaits datagrams to a port. Where another role of this host does so already, that stands in
    /// the host's log, and nothing ever arrives here.
    pub fn bind(&self, port: u16) -> Socket {
        let socket = Socket::bind(self.0.clone(), port);
        if !socket.is_owned() {
            self.log_taken("UDP", port);
        }
        socket
    }

    /// The address of a name: from the hosts file, from memory, or from the DNS server.
    ///
    /// # Errors
    /// [`ConnectErrorKind::NoSuchName`], or [`ConnectErrorKind::TimedOut`] where the DNS server does
    /// not answer to three questions.
    pub async fn resolve(&self, name: &DnsName) -> Result<Resolved, ConnectError> {
        resolver::resolve(&self.0, name).await
    }

    /// Opens a connection to a host.
    ///
    /// # Errors
    /// Any [`ConnectErrorKind`] but [`ConnectErrorKind::NoSuchName`].
    pub async fn connect(&self, to: &HostName, port: u16) -> Result<Channel, ConnectError> {
        let opened = self.open(to, port).await;
        self.record_connection(None, Some(to), port, &opened);
        opened
    }

    /// Resolves a name and opens a connection to the host that it leads to.
    ///
    /// # Errors
    /// Any [`ConnectErrorKind`].
    pub async fn connect_by_name(&self, name: &DnsName, port: u16) -> Result<Channel, ConnectError> {
        let (address, opened) = match self.resolve(name).await {
            Ok(resolved) => {
                let opened = self.open(&resolved.address, port).await;
                (Some(resolved.address), opened)
            }
            Err(error) => (None, Err(error)),
        };
        self.record_connection(Some(name), address.as_ref(), port, &opened);
        opened
    }

    /// Asks a DNS server on behalf of another.
    pub(super) async fn ask(
        &self,
        server: &HostName,
        name: &DnsName,
        hops: u8,
    ) -> Result<(HostName, Answer), ConnectError> {
        resolver::ask(&self.0, server, name, hops).await
    }

    async fn open(&self, to: &HostName, port: u16) -> Result<Channel, ConnectError> {
        let here = |kind, why| ConnectError { kind, at: self.name().clone(), why };
        let Some(peer) = self.0.surroundings.addresses.id(to) else {
            return Err(here(ConnectErrorKind::NoRoute, format!("no host has the address {to}")));
        };
        let cause = self.0.cause.get();
        let Some(handle) = self.0.state().open(peer, port, cause) else {
            let why = format!("{} has no free port left for {to}, TCP {port}", self.name());
            return Err(here(ConnectErrorKind::NoRoute, why));
        };
        // From here on the channel closes what is half open if nobody waits for it any more.
        let channel = Channel::new(self.0.clone(), handle, port);
        match poll_fn(|context| self.0.state().poll_opened(handle, context.waker())).await {
            Ok(()) => Ok(channel),
            Err(end) => Err(self.failure(handle, end, to, port)),
        }
    }

    fn failure(&self, handle: Handle, end: End, to: &HostName, port: u16) -> ConnectError {
        let (kind, why) = match end {
            End::Refused | End::Closed => {
                (ConnectErrorKind::Refused, format!("{to} listens on no TCP port {port}"))
            }
            End::TimedOut => (ConnectErrorKind::TimedOut, format!("{to} does not answer on TCP {port}")),
            End::NoRoute => (ConnectErrorKind::NoRoute, format!("no route leads to {to}")),
        };
        let notice = self.0.state().tcp.get(handle).and_then(|connection| connection.notice.take());
        match notice {
            Some(notice) if end != End::Refused => ConnectError { kind, at: notice.at, why: notice.why },
            _ => ConnectError { kind, at: to.clone(), why },
        }
    }

    fn record_connection(
        &self,
        name: Option<&DnsName>,
        to: Option<&HostName>,
        port: u16,
        opened: &Result<Channel, ConnectError>,
    ) {
        self.record_with(|| {
            let outcome = opened.as_ref().map(|_| ()).map_err(ConnectError::to_string);
            Happening::Connection(Connection { name: name.cloned(), to: to.cloned(), port, outcome })
        });
    }

    fn log_taken(&self, transport: &str, port: u16) {
        self.record_with(|| {
            let text = format!("{transport} port {port} is taken; give one of the two roles another port");
            Happening::Log(LogEntry { log: "System".into(), id: None, text })
        });
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Host({})", self.0.name)
    }
}
