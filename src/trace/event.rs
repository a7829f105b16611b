//! What can happen in a run.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::name::{DnsName, HostName};
use crate::time::{Span, VirtualTime};

/// The place of an event in its trace, counted from 1.
pub type EventNumber = u64;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the trace, from 1.
    pub number: EventNumber,
    /// When it happened, in true virtual time (not by the host's own clock).
    pub at: VirtualTime,
    /// The host on which it happened; none for what befalls the run as a whole.
    pub host: Option<HostName>,
    /// The scenario step during which it happened, from 0; none while the hosts start.
    pub step: Option<u32>,
    /// The message whose arrival led to it; none for what a timer, a person or the scenario began.
    pub cause: Option<EventNumber>,
    /// What happened.
    pub happening: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A step of the scenario began.
    StepBegan {
        /// The step's name.
        name: String,
        /// What the scenario asks for, in words: `sally-laptop opens https://…`.
        action: String,
    },
    /// A host sent a message.
    Sent(Sent),
    /// A message did not arrive.
    Lost(Loss),
    /// A host tried to open a connection, and this came of it.
    Connection(Connection),
    /// A server carries out a line of the document.
    Document(DocumentLine),
    /// A server decided.
    Verdict(Verdict),
    /// Something that a host keeps has changed: a cookie, a ticket, an account's lock.
    State(StateChange),
    /// A line in a server's own log.
    Log(LogEntry),
    /// What really happened, where a log would not tell.
    Truth(Truth),
    /// A person's request came to its end.
    Conclusion(Conclusion),
    /// A fault began, ended, or touched something.
    Fault {
        /// The fault's name in the scenario.
        name: String,
        /// What it did.
        what: String,
    },
}

/// A line of the document that a server carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// Its number: `R2`.
    pub number: Cow<'static, str>,
    /// What the server does, as a sentence without its subject.
    pub text: Cow<'static, str>,
}

/// TCP or UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Connections.
    Tcp,
    /// Datagrams.
    Udp,
}

impl std::fmt::Display for Transport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(match self {
            Transport::Tcp => "TCP",
            Transport::Udp => "UDP",
        })
    }
}

/// A message that left a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The host that it is for.
    pub to: HostName,
    /// TCP or UDP.
    pub transport: Transport,
    /// The server's port, whichever way the message goes.
    pub port: u16,
    /// The protocol that speaks: `HTTP`, `SOAP`, `LDAP`, `Kerberos`, `DNS`, `TLS`, `TCP`.
    pub protocol: Cow<'static, str>,
    /// Whether its content is opaque to anyone else on the wire.
    pub secured: bool,
    /// What it says, in one line.
    pub title: Cow<'static, str>,
    /// Its content, field by field; secrets are left out.
    pub details: Vec<Detail>,
    /// How long it is under way; none where it was lost at once.
    pub latency: Option<Span>,
    /// Its size on the wire in bytes.
    pub size: u32,
    /// The first eight bytes of the SHA-256 of its plain content, in hexadecimal.
    pub digest: String,
}

/// One field of a message, or one fact: a name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The field's name.
    pub name: Cow<'static, str>,
    /// Its value, for reading.
    pub value: String,
}

impl Detail {
    /// A field of this name and value.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// A message that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// The message's event.
    pub message: EventNumber,
    /// Why: which firewall, which fault.
    pub why: String,
}

/// How an attempt to connect ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The name that was asked for, where a name was.
    pub name: Option<DnsName>,
    /// The host, where it got that far.
    pub to: Option<HostName>,
    /// The port.
    pub port: u16,
    /// Whether it was established, and otherwise why not.
    pub outcome: Result<(), String>,
}

/// A change of what a host keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    /// What kind of store: `cookie jar`, `account`, `ticket cache`.
    pub store: Cow<'static, str>,
    /// Which entry.
    pub item: String,
    /// What it is now, for reading; none where it is gone.
    pub value: Option<String>,
}

/// A line in a server's own log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The log: `Security`, `AD FS`.
    pub log: Cow<'static, str>,
    /// The event id where it is a documented one.
    pub id: Option<u32>,
    /// The line.
    pub text: String,
}

/// What really happened, where a log would not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The fact, as a sentence.
    pub text: String,
}

/// The end of a person's request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// Whether the person got what was asked for.
    pub granted: bool,
    /// As whom, where the answer said so.
    pub identity: Option<String>,
    /// What was asked for.
    pub asked: String,
    /// What the person sees, in one line.
    pub shown: String,
    /// More of it, field by field.
    pub details: Vec<Detail>,
}
