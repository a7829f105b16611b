//! What a hub knows of Active Directory: the organization's servers, sites and recipients, read once
//! and kept up to date by notifications. It decides nothing.

use std::collections::BTreeMap;

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

/// Entries by name, each with the number of its latest change.
#[derive(Debug, Default)]
pub struct View(BTreeMap<DistinguishedName, (u64, Attributes)>);

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
    pub server: Server,
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
            self.0.remove(&entry.dn);
            return;
        }
        let changed = entry.first("uSNChanged").and_then(|number| number.parse().ok()).unwrap_or_default();
        if self.0.get(&entry.dn).is_none_or(|(known, _)| *known <= changed) {
            self.0.insert(entry.dn, (changed, entry.attributes));
        }
    }

    /// Forgets an entry that is there no longer.
    pub fn forget(&mut self, dn: &DistinguishedName) {
        self.0.remove(dn);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Every entry, each before those below it.
    pub fn entries(&self) -> impl Iterator<Item = (&DistinguishedName, &Attributes)> {
        self.0.iter().map(|(dn, (_, attributes))| (dn, attributes))
    }

    /// What is known of an entry.
    pub fn entry(&self, dn: &DistinguishedName) -> Option<&Attributes> {
        self.0.get(dn).map(|(_, attributes)| attributes)
    }

    /// The server whose object this is.
    pub fn server(&self, dn: &DistinguishedName) -> Option<Server> {
        server(dn, self.entry(dn)?)
    }

    /// Every server.
    pub fn servers(&self) -> Vec<Server> {
        self.entries().filter_map(|(dn, attributes)| server(dn, attributes)).collect()
    }

    /// The hubs of a site.
    pub fn hubs(&self, site: &DistinguishedName) -> Vec<Server> {
        let servers = self.servers().into_iter();
        servers
            .filter(|server| server.is(ServerRole::HubTransport) && server.site.as_ref() == Some(site))
            .collect()
    }

    /// The edges that are subscribed, to whichever site.
    pub fn edges(&self) -> Vec<Edge> {
        self.entries().filter_map(|(dn, attributes)| edge(dn, attributes)).collect()
    }

    /// The edge of this name.
    pub fn edge(&self, name: &NetbiosName) -> Option<Edge> {
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

fn server(dn: &DistinguishedName, attributes: &Attributes) -> Option<Server> {
    let fqdn = DnsName::new(attributes.first(attribute::NETWORK_ADDRESS)?);
    let role = attributes.first(attribute::CURRENT_SERVER_ROLES)?.parse().ok()?;
    let octets = |name| attributes.bytes(name);
    Some(Server {
        dn: dn.clone(),
        name: NetbiosName::new(dn.name()?),
        fqdn,
        site: attributes.first(attribute::SERVER_SITE).and_then(|site| site.parse().ok()),
        certificate: octets(attribute::PUBLIC_KEY).next().and_then(|der| Certificate::from_der(der).ok()),
        credentials: octets(attribute::EDGE_SYNC_CREDENTIAL)
            .filter_map(|bytes| EdgeSyncCredential::from_octets(bytes).ok())
            .collect(),
        role,
    })
}

fn edge(dn: &DistinguishedName, attributes: &Attributes) -> Option<Edge> {
    let server = server(dn, attributes).filter(|server| server.is(ServerRole::EdgeTransport))?;
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
