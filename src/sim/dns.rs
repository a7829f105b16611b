//! DNS: its messages, and the server's role.
//!
//! A server answers from its own records, follows aliases, and forwards what lies under a suffix that
//! it was told of to the server for that suffix. Two servers may hold different records for the same
//! name; whom a host asks decides what it sees (split horizon).

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Host, Role};
use crate::name::{DnsName, HostName};
use crate::protocol::{Message, wire};
use crate::time::Span;
use crate::trace::Detail;

/// The port of DNS servers.
pub const DNS_PORT: u16 = 53;
/// How long an answer may be remembered unless a record says otherwise.
pub const DEFAULT_LIFETIME: Span = Span::hours(1);
/// How many aliases are followed, and how many servers a question may pass, before it is given up.
const LONGEST_CHAIN: u8 = 8;

/// A question to a DNS server, or its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DnsMessage {
    /// Which host is this?
    Query {
        /// The name.
        name: DnsName,
        /// How many servers have passed the question on.
        hops: u8,
    },
    /// The answer.
    Reply {
        /// The name that was asked for.
        name: DnsName,
        /// The server whose records the answer rests on.
        by: HostName,
        /// What they say.
        answer: Answer,
    },
}

/// What a DNS server says about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is this host.
    Address {
        /// The host.
        host: HostName,
        /// The host's own name, where the one asked for is an alias.
        canonical: DnsName,
        /// How long the answer may be remembered.
        lifetime: Span,
    },
    /// There is no such name (NXDOMAIN).
    NoSuchName,
    /// The server cannot tell (SERVFAIL).
    Failed {
        /// Where it ended.
        at: HostName,
        /// What really happened.
        why: String,
    },
}

impl Message for DnsMessage {
    fn protocol(&self) -> &'static str {
        "DNS"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Query { name, .. } => format!("where is {name}?").into(),
            Self::Reply { name, answer, .. } => match answer {
                Answer::Address { host, .. } => format!("{name} is {host}").into(),
                Answer::NoSuchName => format!("there is no {name}").into(),
                Answer::Failed { .. } => format!("{name} cannot be looked up").into(),
            },
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::Query { name, .. } => vec![Detail::new("name", name.as_str())],
            Self::Reply { name, by, answer } => {
                let mut details = vec![Detail::new("name", name.as_str()), Detail::new("by", by.as_str())];
                if let Answer::Address { host, canonical, lifetime } = answer {
                    details.push(Detail::new("host", host.as_str()));
                    if canonical != name {
                        details.push(Detail::new("canonical name", canonical.as_str()));
                    }
                    details.push(Detail::new("lifetime", lifetime.to_string()));
                }
                details
            }
        }
    }
}

/// A record of a DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// The name is this host.
    Address {
        /// The host.
        host: HostName,
        /// How long the answer may be remembered.
        lifetime: Span,
    },
    /// The name is an alias of this one.
    Alias(DnsName),
}

impl Record {
    /// The name is this host, and may be remembered for the usual time.
    pub fn address(host: impl Into<HostName>) -> Self {
        Self::Address { host: host.into(), lifetime: DEFAULT_LIFETIME }
    }
}

/// What a DNS server knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DnsZone {
    /// Its own records.
    pub records: BTreeMap<DnsName, Record>,
    /// For each suffix, the server that answers for what lies under it. The empty name stands for
    /// everything. The longest suffix wins.
    pub forwarders: BTreeMap<DnsName, HostName>,
}

/// A change that an administrator makes to a DNS server; see [`DnsChange::stimulus`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DnsChange {
    /// Adds a record, or replaces it.
    Set(DnsName, Record),
    /// Removes a record.
    Remove(DnsName),
    /// Asks this server for what lies under the suffix from now on.
    Forward(DnsName, HostName),
    /// Asks nobody any more for what lies under the suffix.
    StopForwarding(DnsName),
}

/// What a stimulus for a DNS server begins with, so that the host's other roles pass it over.
const STIMULUS: &[u8] = b"dns:";

impl DnsChange {
    /// The change as a stimulus for the server's host.
    pub fn stimulus(&self) -> Vec<u8> {
        [STIMULUS, &wire::encode(self)].concat()
    }
}

/// The role of a DNS server. Its records are durable.
pub struct DnsServer {
    zone: RefCell<DnsZone>,
}

impl DnsServer {
    /// A server that knows this.
    pub fn new(zone: DnsZone) -> Self {
        Self { zone: RefCell::new(zone) }
    }

    fn apply(&self, change: DnsChange) {
        let mut zone = self.zone.borrow_mut();
        match change {
            DnsChange::Set(name, record) => drop(zone.records.insert(name, record)),
            DnsChange::Remove(name) => drop(zone.records.remove(&name)),
            DnsChange::Forward(suffix, server) => drop(zone.forwarders.insert(suffix, server)),
            DnsChange::StopForwarding(suffix) => drop(zone.forwarders.remove(&suffix)),
        }
    }

    /// Follows the name through the server's own records, to a host or to a name that it has none for.
    fn look_up(&self, name: &DnsName) -> Result<(HostName, DnsName, Span), DnsName> {
        let zone = self.zone.borrow();
        let mut name = name.clone();
        for _ in 0..LONGEST_CHAIN {
            match zone.records.get(&name) {
                Some(Record::Address { host, lifetime }) => return Ok((host.clone(), name, *lifetime)),
                Some(Record::Alias(canonical)) => name = canonical.clone(),
                None => break,
            }
        }
        Err(name)
    }

    fn forwarder(&self, name: &DnsName) -> Option<HostName> {
        let zone = self.zone.borrow();
        let covers = |suffix: &DnsName| suffix.as_str().is_empty() || name.is_within(suffix);
        let matching = zone.forwarders.iter().filter(|(suffix, _)| covers(suffix));
        matching.max_by_key(|(suffix, _)| suffix.as_str().len()).map(|(_, server)| server.clone())
    }

    async fn answer(&self, host: &Host, name: &DnsName, hops: u8) -> (HostName, Answer) {
        let unresolved = match self.look_up(name) {
            Ok((address, canonical, lifetime)) => {
                return (host.name().clone(), Answer::Address { host: address, canonical, lifetime });
            }
            Err(unresolved) => unresolved,
        };
        let Some(server) = self.forwarder(&unresolved) else {
            return (host.name().clone(), Answer::NoSuchName);
        };
        if hops >= LONGEST_CHAIN {
            let why = format!("{} passes {unresolved} on to {server} in a circle", host.name());
            return (host.name().clone(), Answer::Failed { at: host.name().clone(), why });
        }
        match host.ask(&server, &unresolved, hops + 1).await {
            Ok(answer) => answer,
            Err(error) => (host.name().clone(), Answer::Failed { at: error.at, why: error.why }),
        }
    }
}

impl Role for DnsServer {
    fn boot(self: Rc<Self>, host: Host) {
        let mut socket = host.bind(DNS_PORT);
        host.clone().spawn(async move {
            loop {
                let (from, port, message) = socket.receive::<DnsMessage>().await;
                let DnsMessage::Query { name, hops } = message else { continue };
                // A question that is passed on must not hold up the next one.
                let (server, replies, asked_at) = (self.clone(), socket.sender(), host.clone());
                host.spawn(async move {
                    let (by, answer) = server.answer(&asked_at, &name, hops).await;
                    replies.send(&from, port, &DnsMessage::Reply { name, by, answer });
                });
            }
        });
    }

    fn stimulate(self: Rc<Self>, _: Host, stimulus: Vec<u8>) {
        let change = stimulus.strip_prefix(STIMULUS).map(wire::decode::<DnsChange>);
        if let Some(Ok(change)) = change {
            self.apply(change);
        }
    }
}
