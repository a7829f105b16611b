//! Transport servers: what a Hub Transport server is set up with, and the recipients that it
//! synchronizes.

use std::rc::Rc;

use super::exchange::{full_name, organization};
use super::{DeployError, Deployment};
use crate::crypto::PrivateKey;
use crate::directory::exchange::Organization;
use crate::directory::{Attributes, DistinguishedName, Domain, Partition, SecurityDescriptor};
use crate::name::{DnsName, HostName};
use crate::role::domain_controller::recipients;
use crate::role::edge_transport::EdgeTransport;
use crate::role::hub_transport::{EdgeSyncSettings, HubConfig, HubTransport};
use crate::run::edge_sync::netbios;
use crate::scenario::{self, EdgeSyncParameters};

/// The transport servers of a topology, by host.
#[derive(Default)]
pub struct TransportServers {
    /// The hubs.
    pub hubs: Vec<(HostName, Rc<HubTransport>)>,
    /// The edges.
    pub edges: Vec<(HostName, Rc<EdgeTransport>)>,
}

impl TransportServers {
    /// The private key of a hub's or an edge's certificate, where it has one.
    pub fn key_of(&self, server: &HostName) -> Option<PrivateKey> {
        let hub = self.hubs.iter().find(|(name, _)| name == server);
        let edge = self.edges.iter().find(|(name, _)| name == server);
        let of_hub = hub.and_then(|(_, hub)| hub.identity()).map(|identity| identity.key);
        of_hub.or_else(|| edge.and_then(|(_, edge)| edge.identity()).map(|identity| identity.key.clone()))
    }
}

impl Deployment<'_> {
    /// A Hub Transport server.
    pub(super) fn hub_transport(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::HubTransport,
    ) -> Result<HubTransport, DeployError> {
        let home = self.home(name, host)?;
        let root = self.topology.forest_root(home);
        let (organization, site) = self.organization_of(root, name)?;
        let config = HubConfig {
            fqdn: full_name(self.topology, name)?,
            name: netbios(name),
            object: organization.server(netbios(name).as_str()),
            site,
            recipients: recipients::container(root),
            organization,
            membership: self.membership(name, home),
            root: root.clone(),
            settings: settings(&written.edge_sync),
        };
        Ok(HubTransport::new(config, &self.suspended))
    }

    fn organization_of(
        &self,
        root: &DnsName,
        host: &HostName,
    ) -> Result<(Organization, String), DeployError> {
        let missing = || DeployError::missing("Exchange organization with the server", host.as_str());
        let written = self.topology.exchange.get(root).ok_or_else(missing)?;
        let server = written.servers.get(host.as_str()).ok_or_else(missing)?;
        Ok((organization(written, root), server.site.value.clone()))
    }

    /// The recipients of a domain's Exchange organization: its users with a mail address.
    pub(super) fn recipients(&self, domain: &Domain) -> Result<Option<Partition>, DeployError> {
        let root = domain.dns_name();
        if !self.topology.exchange.contains_key(root) {
            return Ok(None);
        }
        let base = recipients::container(root);
        let mut partition = Partition::new(base.clone(), super::exchange::for_administrators(domain));
        let forest = self.topology.domains.iter().filter(|(name, _)| self.topology.forest_root(name) == root);
        for (user, account) in forest.flat_map(|(_, entry)| entry.users.iter()) {
            let addresses: Vec<&str> =
                account.mail.iter().chain(&account.proxy_addresses).map(String::as_str).collect();
            if !addresses.is_empty() {
                let mut attributes = recipients::attributes(&addresses, account.takes_inside_mail_only);
                recipients::add_safelists(&mut attributes, &account.safe_senders, &account.blocked_senders);
                add(&mut partition, &base.child("CN", user), attributes)?;
            }
        }
        Ok(Some(partition))
    }
}

fn add(partition: &mut Partition, dn: &DistinguishedName, attributes: Attributes) -> Result<(), DeployError> {
    let descriptor = SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() };
    let added = partition.add(dn, attributes, descriptor);
    added.map(|_| ()).map_err(|why| DeployError::Address(why.to_string()))
}

/// The parameters of an EdgeSync service, with the defaults for what is left out.
fn settings(written: &EdgeSyncParameters) -> EdgeSyncSettings {
    let mut settings = EdgeSyncSettings::default();
    let all = [
        (&written.configuration, &mut settings.configuration),
        (&written.recipients, &mut settings.recipients),
        (&written.topology_scan, &mut settings.topology_scan),
        (&written.lock, &mut settings.lease.lock),
        (&written.lock_renewal, &mut settings.lease.lock_renewal),
        (&written.option, &mut settings.lease.option),
        (&written.credential_lifetime, &mut settings.timeline.lifetime),
        (&written.cookie_validity, &mut settings.cookie_validity),
        (&written.certificate_lifetime, &mut settings.certificate_lifetime),
    ];
    for (from, to) in all {
        if let Some(duration) = from {
            *to = duration.0;
        }
    }
    settings.timeline.fallback = written.fallback_to_previous;
    settings
}
