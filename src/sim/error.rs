//! What can go wrong between hosts, as role code sees it, and in driving a simulation.

use std::fmt;

use crate::name::{HostName, ZoneName};
use crate::protocol::wire::WireError;
use crate::time::{Span, VirtualTime};

/// How an attempt to reach a server failed, as the one who tried can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectErrorKind {
    /// The name does not resolve.
    NoSuchName,
    /// No path of links leads there; known at once.
    NoRoute,
    /// Nothing answers; known after about 21 seconds.
    TimedOut,
    /// The server runs, but nothing listens on the port; known after one round trip.
    Refused,
}

impl fmt::Display for ConnectErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::NoSuchName => "no such name",
            Self::NoRoute => "no route",
            Self::TimedOut => "timed out",
            Self::Refused => "refused",
        })
    }
}

/// Why a name did not resolve or a connection was not opened.
///
/// A real host would know no more than `kind`. `at` and `why` are for the record: a role may write
/// them into a verdict, and decides nothing by them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {why}")]
pub struct ConnectError {
    /// What the one who tried can tell.
    pub kind: ConnectErrorKind,
    /// Where it ended: a firewall, a DNS server, the server, or the one who tried.
    pub at: HostName,
    /// What really happened.
    pub why: String,
}

/// Why nothing more comes over a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The other end closed it, or has forgotten it in a crash.
    #[error("the connection was closed by the other end; connect again")]
    Closed,
    /// The other end does not answer.
    #[error("the other end did not answer in time; see whether it runs and the network carries")]
    TimedOut,
    /// What came is not the message that was expected.
    #[error("what came cannot be read: {0}")]
    Garbled(#[from] WireError),
    /// What came does not open under the keys of the connection.
    #[error("record {number} does not open: it was altered on the way; connect again")]
    Record {
        /// The record's place in its direction, from 0.
        number: u64,
    },
}

/// Why a simulation cannot do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimError {
    /// The run goes on and on.
    #[error(
        "still busy after {deliveries} deliveries, at {at}; the last went to `{last}`: look for two \
         hosts that send each other back and forth"
    )]
    NeverQuiet {
        /// How many frames, deadlines and orders were delivered.
        deliveries: u64,
        /// The virtual time that was reached.
        at: VirtualTime,
        /// The host that the last one went to.
        last: HostName,
    },
    /// No host has this name.
    #[error("no host is called `{0}`; add it first")]
    UnknownHost(HostName),
    /// Two hosts have the same name.
    #[error("two hosts are called `{0}`; rename one")]
    DuplicateHost(HostName),
    /// The host has crashed, so nobody can do anything at it.
    #[error("`{host}` is down; restart it first")]
    HostDown {
        /// The host.
        host: HostName,
    },
    /// No zone has this name.
    #[error("no zone is called `{0}`; add it to the network first")]
    UnknownZone(ZoneName),
    /// Two faults have the same name.
    #[error("two faults are called `{0}`; rename one")]
    DuplicateFault(String),
    /// No fault in force has this name.
    #[error("no fault in force is called `{0}`; it may have ended by itself")]
    UnknownFault(String),
    /// Time goes forward only.
    #[error("a run cannot go on for {0}; give a span that is not negative")]
    Backwards(Span),
}
