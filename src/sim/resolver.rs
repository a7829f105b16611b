//! How a host finds the address of a name: its hosts file, what it remembers, then the DNS server
//! that it is told to ask.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::dns::{Answer, DNS_PORT, DnsMessage};
use super::error::{ConnectError, ConnectErrorKind};
use super::machine::Machine;
use super::timer::{Urgency, within};
use super::udp::Socket;
use crate::name::{DnsName, HostName};
use crate::time::{Span, VirtualTime};

/// How long to wait for each answer before asking again.
const WAITS: [Span; 3] = [Span::seconds(1), Span::seconds(2), Span::seconds(4)];

/// Where a name leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The host.
    pub address: HostName,
    /// The name that the host itself goes by, where the name that was asked for is an alias.
    pub canonical: DnsName,
}

/// Whom a host asks for names.
#[derive(Debug, Clone, Default)]
pub(super) struct ResolverConfig {
    pub dns_server: Option<HostName>,
    pub hosts_file: BTreeMap<DnsName, HostName>,
}

/// Answers that a host remembers, each until the true time at which it is stale.
#[derive(Default)]
pub(super) struct Cache(BTreeMap<DnsName, (Resolved, VirtualTime)>);

impl Cache {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn get(&mut self, name: &DnsName, now: VirtualTime) -> Option<Resolved> {
        let (resolved, stale_at) = self.0.get(name)?;
        if *stale_at > now {
            return Some(resolved.clone());
        }
        self.0.remove(name);
        None
    }
}

/// The address of a name, as this host sees it.
pub(super) async fn resolve(machine: &Rc<Machine>, name: &DnsName) -> Result<Resolved, ConnectError> {
    if let Some(address) = machine.resolver.hosts_file.get(name) {
        return Ok(Resolved { address: address.clone(), canonical: name.clone() });
    }
    let now = machine.true_now();
    if let Some(resolved) = machine.state().cache.get(name, now) {
        return Ok(resolved);
    }
    let Some(server) = &machine.resolver.dns_server else {
        let why = format!("{} has no DNS server, and its hosts file does not list {name}", machine.name);
        return Err(no_such_name(machine.name.clone(), why));
    };
    let (resolved, lifetime) = match ask(machine, server, name, 0).await? {
        (_, Answer::Address { host, canonical, lifetime }) => {
            (Resolved { address: host, canonical }, lifetime)
        }
        (by, Answer::NoSuchName) => {
            return Err(no_such_name(by.clone(), format!("{by} knows no name {name}")));
        }
        (_, Answer::Failed { at, why }) => return Err(no_such_name(at, why)),
    };
    let stale_at = machine.true_now() + lifetime;
    machine.state().cache.0.insert(name.clone(), (resolved.clone(), stale_at));
    Ok(resolved)
}

/// Asks one DNS server, three times at most: its answer, and the server whose records that rests on.
pub(super) async fn ask(
    machine: &Rc<Machine>,
    server: &HostName,
    name: &DnsName,
    hops: u8,
) -> Result<(HostName, Answer), ConnectError> {
    let Some(mut socket) = Socket::bind_dynamic(machine.clone()) else {
        let why = format!("{} has no free UDP port to ask from", machine.name);
        return Err(no_such_name(machine.name.clone(), why));
    };
    for wait in WAITS {
        socket.send(server, DNS_PORT, &DnsMessage::Query { name: name.clone(), hops });
        if let Ok(answer) = within(machine.clone(), wait, Urgency::Awaited, reply(&mut socket, name)).await {
            return Ok(answer);
        }
    }
    let asked = format!("DNS server {server} does not answer");
    Err(match socket.take_notice() {
        Some(notice) => ConnectError {
            kind: ConnectErrorKind::TimedOut,
            at: notice.at,
            why: format!("{asked}: {}", notice.why),
        },
        None => ConnectError { kind: ConnectErrorKind::TimedOut, at: server.clone(), why: asked },
    })
}

/// The answer for this name and the server whose records it rests on; others are passed over.
async fn reply(socket: &mut Socket, wanted: &DnsName) -> (HostName, Answer) {
    loop {
        let (_, _, message) = socket.receive::<DnsMessage>().await;
        if let DnsMessage::Reply { name, by, answer } = message
            && name == *wanted
        {
            return (by, answer);
        }
    }
}

fn no_such_name(at: HostName, why: String) -> ConnectError {
    ConnectError { kind: ConnectErrorKind::NoSuchName, at, why }
}
