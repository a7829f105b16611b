//! What a hub knows of Active Directory: the organization's servers, sites and recipients, read once
//! and kept up to date by notifications. What an entry says of a server is read when the entry comes,
//! as it is asked for much more often. It decides nothing.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::lease::Lease;
use crate::crypto::{Certificate, PublicKey};
use crate::directory::exchange::{ServerRole, attribute};
use crate::directory::{AttributeValue, Attributes, DistinguishedName};
use crate::name::{DnsName, NetbiosName};
use crate::protocol::edge_credential::EdgeSyncCredential;
use crate::protocol::ldap::Entry;

use super::pending::Pending;

/// The attribute that holds the port of secure LDAP of an edge; its name is inferred.
pub const ADAM_SSL_PORT: &str = "msExchEdgeSyncAdamSslPort";
/// The attribute that holds what an edge is licensed as; its name is inferred.
pub const PRODUCT_ID: &str = "msExchProductID";
/// The attribute that holds the version of Exchange on a server.
pub const SERIAL_NUMBER: &str = "serialNumber";
/// The attribute that holds the [`Pending`] copies of a bootstrap account; its name is ours.
pub const PENDING: &str = "msExchEdgeSyncPending";

/// What changes of an entry without an edge being shown anything else.
const NEVER_SHOWN: [&str; 3] = [attribute::EDGE_SYNC_LEASE, PENDING, "uSNChanged"];

/// Entries by name.
#[derive(Debug, Default)]
pub struct View {
    entries: BTreeMap<DistinguishedName, Known>,
    revision: u64,
}

/// What is known of an entry.
#[derive(Debug)]
struct Known {
    /// The number of its latest change.
    changed: u64,
    /// The revision of the view since which an edge is shown the same of it.
    same_since: u64,
    attributes: Attributes,
    server: Option<Rc<Server>>,
    edge: Option<Rc<Edge>>,
}

/// A server of the organization, as its object says.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its object.
    pub dn: DistinguishedName,
    /// Its NetBIOS name, which is the object's.
    pub name: NetbiosName,
    /// Its name in DNS.
    pub fqdn: DnsName,
    /// The Active Directory site that it belongs to, as a distinguished name.
    pub site: Option<DistinguishedName>,
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// The EdgeSync credentials on its object.
    pub credentials: Vec<EdgeSyncCredential>,
    role: u32,
}

/// An Edge Transport server with its subscription.
#[derive(Debug, Clone)]
pub struct Edge {
    /// What it has as a server.
    pub server: Rc<Server>,
    /// The port of secure LDAP.
    pub port: u16,
    /// Who synchronizes it.
    pub lease: Option<Lease>,
    /// Hubs that have not yet taken the bootstrap account.
    pub pending: Vec<Pending>,
}

impl View {
    /// Takes in an entry as the directory has it, unless something later is known of it.
    pub fn apply(&mut self, entry: Entry) {
        if entry.deleted {
            return self.forget(&entry.dn);
        }
        let changed = entry.first("uSNChanged").and_then(|number| number.parse().ok()).unwrap_or_default();
        let before = self.entries.get(&entry.dn);
        if before.is_some_and(|known| changed < known.changed) {
            return;
        }
        let same = before.filter(|known| looks_the_same(&known.attributes, &entry.attributes));
        let same_since = same.map_or(self.revision + 1, |known| known.same_since);
        let certificate = before.and_then(|known| known.server.as_ref()?.certificate.clone());
        let server = server(&entry.dn, &entry.attributes, certificate).map(Rc::new);
        let edge = server.as_ref().and_then(|server| edge(server, &entry.attributes)).map(Rc::new);
        let known = Known { changed, same_since, attributes: entry.attributes, server, edge };
        self.entries.insert(entry.dn, known);
        self.revision = self.revision.max(same_since);
    }

    /// Forgets an entry that is there no longer.
    pub fn forget(&mut self, dn: &DistinguishedName) {
        if self.entries.remove(dn).is_some() {
            self.revision += 1;
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.revision += 1;
    }

    /// A number that is another one whenever an edge is to be shown something else.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Every entry, each before those below it.
    pub fn entries(&self) -> impl Iterator<Item = (&DistinguishedName, &Attributes)> {
        self.entries.iter().map(|(dn, known)| (dn, &known.attributes))
    }

    /// The revision of the view since which an edge is shown the same of an entry.
    pub fn same_since(&self, dn: &DistinguishedName) -> Option<u64> {
        self.entries.get(dn).map(|known| known.same_since)
    }

    /// What is known of an entry.
    pub fn entry(&self, dn: &DistinguishedName) -> Option<&Attributes> {
        self.entries.get(dn).map(|known| &known.attributes)
    }

    /// The server whose object this is.
    pub fn server(&self, dn: &DistinguishedName) -> Option<Rc<Server>> {
        self.entries.get(dn)?.server.clone()
    }

    /// Every server.
    pub fn servers(&self) -> Vec<Rc<Server>> {
        self.entries.values().filter_map(|known| known.server.clone()).collect()
    }

    /// The hubs of a site.
    pub fn hubs(&self, site: &DistinguishedName) -> Vec<Rc<Server>> {
        let servers = self.servers().into_iter();
        servers
            .filter(|server| server.is(ServerRole::HubTransport) && server.site.as_ref() == Some(site))
            .collect()
    }

    /// The edges that are subscribed, to whichever site.
    pub fn edges(&self) -> Vec<Rc<Edge>> {
        self.entries.values().filter_map(|known| known.edge.clone()).collect()
    }

    /// The edge whose object this is.
    pub fn edge_at(&self, dn: &DistinguishedName) -> Option<Rc<Edge>> {
        self.entries.get(dn)?.edge.clone()
    }

    /// The edge of this name.
    pub fn edge(&self, name: &NetbiosName) -> Option<Rc<Edge>> {
        self.edges().into_iter().find(|edge| edge.server.name == *name)
    }
}

impl Server {
    /// A hub of which Active Directory knows nothing.
    pub(super) fn unknown(config: &super::HubConfig) -> Self {
        Self {
            dn: config.object.clone(),
            name: config.name.clone(),
            fqdn: config.fqdn.clone(),
            site: None,
            certificate: None,
            credentials: Vec::new(),
            role: 0,
        }
    }

    /// Whether a role is installed on it.
    pub fn is(&self, role: ServerRole) -> bool {
        self.role & role.bit() != 0
    }

    /// The key to which its credentials are sealed.
    pub fn public_key(&self) -> Option<PublicKey> {
        self.certificate.as_ref()?.public_key().ok()
    }

    /// The credentials with which a hub binds to an edge, without the bootstrap account's.
    pub fn accounts_for(&self, edge: &DnsName) -> impl Iterator<Item = &EdgeSyncCredential> {
        self.credentials.iter().filter(move |one| one.account.target == *edge && !one.account.is_bootstrap())
    }

    /// The bootstrap account of an edge.
    pub fn bootstrap_for(&self, edge: &DnsName) -> Option<&EdgeSyncCredential> {
        let mut own = self.credentials.iter().filter(|one| one.account.target == *edge);
        own.find(|one| one.account.is_bootstrap())
    }
}

impl Edge {
    /// The edge's name in DNS.
    pub fn fqdn(&self) -> &DnsName {
        &self.server.fqdn
    }

    /// Whether it has never been synchronized.
    pub fn is_new(&self) -> bool {
        self.lease.as_ref().is_none_or(|lease| lease.last_sync.is_none())
    }
}

/// Whether an edge is shown the same of an entry before and after a change.
fn looks_the_same(before: &Attributes, after: &Attributes) -> bool {
    let shown = |(name, _): &(&str, _)| !NEVER_SHOWN.iter().any(|other| other.eq_ignore_ascii_case(name));
    before.iter().filter(shown).eq(after.iter().filter(shown))
}

/// The server that an entry tells of; its certificate may be the one that is known already.
fn server(dn: &DistinguishedName, attributes: &Attributes, known: Option<Certificate>) -> Option<Server> {
    let fqdn = DnsName::new(attributes.first(attribute::NETWORK_ADDRESS)?);
    let role = attributes.first(attribute::CURRENT_SERVER_ROLES)?.parse().ok()?;
    let octets = |name| attributes.bytes(name);
    let certificate = |der: &[u8]| match known {
        Some(known) if known.to_der() == der => Some(known),
        _ => Certificate::from_der(der).ok(),
    };
    Some(Server {
        dn: dn.clone(),
        name: NetbiosName::new(dn.name()?),
        fqdn,
        site: attributes.first(attribute::SERVER_SITE).and_then(|site| site.parse().ok()),
        certificate: octets(attribute::PUBLIC_KEY).next().and_then(certificate),
        credentials: octets(attribute::EDGE_SYNC_CREDENTIAL)
            .filter_map(|bytes| EdgeSyncCredential::from_octets(bytes).ok())
            .collect(),
        role,
    })
}

fn edge(server: &Rc<Server>, attributes: &Attributes) -> Option<Edge> {
    let server = Some(server).filter(|server| server.is(ServerRole::EdgeTransport))?.clone();
    let port = attributes.first(ADAM_SSL_PORT)?.parse().ok()?;
    let lease = attributes.bytes(attribute::EDGE_SYNC_LEASE).next();
    Some(Edge {
        server,
        port,
        lease: lease.and_then(|bytes| Lease::from_octets(bytes).ok()),
        pending: attributes.bytes(PENDING).filter_map(|bytes| Pending::from_octets(bytes).ok()).collect(),
    })
}

/// Bytes as a value of an attribute.
pub fn value(octets: Vec<u8>) -> Vec<AttributeValue> {
    vec![AttributeValue::from(octets)]
}
