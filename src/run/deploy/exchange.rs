//! The Configuration partition of a forest, and in it what an Exchange organization keeps there
//! (domain page B5).

use super::directory::Directories;
use super::{DeployError, Deployment};
use crate::directory::exchange::Organization;
use crate::directory::exchange::{SERVER_CLASS, SERVERS_GROUP, ServerRole, attribute, configuration};
use crate::directory::mail_flow::{self, MailFlow};
use crate::directory::sid::rid;
use crate::directory::{
    AccessMask, Ace, Attributes, DistinguishedName, Domain, GroupScope, Guid, Partition, SecurityDescriptor,
    Sid,
};
use crate::name::{DnsName, HostName};
use crate::role::hub_transport::view::PENDING;
use crate::scenario::host::Services;
use crate::scenario::{self, Principal, Topology};

/// What a server may write of its own object.
const OWN_ATTRIBUTES: [&str; 3] =
    [attribute::SERVER_SITE, attribute::EDGE_SYNC_CREDENTIAL, attribute::PUBLIC_KEY];

/// The rights of reading.
const READ: AccessMask = AccessMask(
    AccessMask::READ_PROPERTY.0
        | AccessMask::LIST_CHILDREN.0
        | AccessMask::LIST_OBJECT.0
        | AccessMask::READ_CONTROL.0,
);

/// The Exchange roles that run on a host, as a number: msExchCurrentServerRoles.
fn roles(runs: &Services) -> u32 {
    let installed = [
        (ServerRole::HubTransport, runs.hub_transport.is_some()),
        (ServerRole::ClientAccess, runs.client_access_server.is_some()),
        (ServerRole::Mailbox, runs.mailbox_server.is_some()),
    ];
    installed.into_iter().filter(|(_, runs)| *runs).map(|(role, _)| role.bit()).sum()
}

/// The organization of a forest, by its root domain.
pub fn organization(written: &scenario::Exchange, forest_root: &DnsName) -> Organization {
    Organization::new(&written.organization, forest_root)
}

/// The full name in DNS of a host that is joined to a domain.
pub fn full_name(topology: &Topology, host: &HostName) -> Result<DnsName, DeployError> {
    let entry = topology.hosts.get(host).ok_or_else(|| DeployError::missing("host", host.as_str()))?;
    let domain = entry.joined.as_ref().ok_or_else(|| DeployError::missing("domain of", host.as_str()))?;
    Ok(DnsName::new(format!("{host}.{domain}")))
}

impl Directories {
    /// Puts the machine accounts of an organization's servers into the group of its servers.
    pub(super) fn add_exchange_servers(&mut self, topology: &Topology) -> Result<(), DeployError> {
        for (root, written) in &topology.exchange {
            let mut members = Vec::new();
            for (host, _) in &written.servers {
                members.push(self.machine(topology, host)?);
            }
            let domain = self.domain_mut(root)?;
            let group = domain.add_group(SERVERS_GROUP, GroupScope::Universal)?;
            for member in members {
                domain.add_member(group, member)?;
            }
        }
        Ok(())
    }

    fn machine(&self, topology: &Topology, host: &HostName) -> Result<Sid, DeployError> {
        let entry = topology.hosts.get(host).ok_or_else(|| DeployError::missing("host", host.as_str()))?;
        let domain = entry.joined.as_ref().ok_or_else(|| DeployError::missing("domain of", host.as_str()))?;
        self.sid(domain, &Principal { domain: None, name: format!("{host}$") })
    }
}

impl Deployment<'_> {
    /// The Configuration partition that the controllers of this domain serve: those of a forest's root do.
    pub(super) fn configuration(&self, domain: &Domain) -> Result<Option<Partition>, DeployError> {
        let root = &domain.forest().root;
        if domain.dns_name() != root {
            return Ok(None);
        }
        let mut partition = Partition::new(configuration(root), for_administrators(domain));
        let base = partition.base().clone();
        for (name, class) in [("Sites", "sitesContainer"), ("Services", "container")] {
            add(&mut partition, &base.child("CN", name), class, inheriting());
        }
        if let Some(written) = self.topology.exchange.get(root) {
            self.fill(&mut partition, domain, written)?;
        }
        Ok(Some(partition))
    }

    fn fill(
        &self,
        partition: &mut Partition,
        domain: &Domain,
        written: &scenario::Exchange,
    ) -> Result<(), DeployError> {
        let organization = organization(written, domain.dns_name());
        let group = domain.find_group(SERVERS_GROUP).map(|group| group.sid);
        let group = group.ok_or_else(|| DeployError::missing("group", SERVERS_GROUP))?;
        // Administrators run New-EdgeSyncServiceConfig on one of these servers.
        let may_configure = Ace::allow(group, AccessMask::CREATE_CHILD | AccessMask::DELETE_CHILD);
        for site in &written.sites {
            add(partition, &organization.site(site), "site", of(vec![may_configure]));
            add(
                partition,
                &organization.edge_sync_service(site),
                "msExchEdgeSyncServiceConfig",
                inheriting(),
            );
        }
        fill_mail_flow(partition, &organization, written, group)?;
        let servers = organization.servers();
        add_path(partition, &servers.parent().unwrap_or(DistinguishedName::ROOT));
        let may_create = Ace::allow(group, AccessMask::CREATE_CHILD | AccessMask::DELETE_CHILD);
        add(partition, &servers, "msExchServersContainer", of(vec![may_create]));
        // The objects of edges come with a subscription, which any server of the organization may see to.
        let rights = READ | AccessMask::WRITE_PROPERTY | AccessMask::DELETE | AccessMask::DELETE_TREE;
        let may_read_pending =
            Ace::allow(group, AccessMask::CONTROL_ACCESS).limited_to(Guid::of_schema_name(PENDING));
        partition.set_confidential(PENDING);
        partition.set_default_descriptor(SERVER_CLASS, of(vec![Ace::allow(group, rights), may_read_pending]));
        for (host, server) in &written.servers {
            let own = self.directories.machine(self.topology, host)?;
            let may_write = |name: &&str| {
                Ace::allow(own, AccessMask::WRITE_PROPERTY).limited_to(Guid::of_schema_name(name))
            };
            let runs = &self.topology.hosts[host.as_str()].runs;
            let attributes = Attributes::new([
                ("objectClass", SERVER_CLASS.to_owned()),
                (attribute::NETWORK_ADDRESS, full_name(self.topology, host)?.to_string()),
                (attribute::SERVER_SITE, organization.site(&server.site).to_string()),
                (attribute::CURRENT_SERVER_ROLES, roles(runs).to_string()),
            ]);
            let descriptor = of(OWN_ATTRIBUTES.iter().map(may_write).collect());
            let name = host.as_str().to_uppercase();
            partition
                .add(&organization.server(&name), attributes, descriptor)
                .map_err(|why| DeployError::Address(why.to_string()))?;
        }
        super::availability::fill(self.directories, domain.dns_name(), written, partition)?;
        super::impersonation::fill(self.directories, self.topology, domain.dns_name(), written, partition)
    }
}

/// Accepted and remote domains, and the container of Send connectors. The cmdlets that change them run on
/// the organization's servers, which may therefore write here.
fn fill_mail_flow(
    partition: &mut Partition,
    organization: &Organization,
    written: &scenario::Exchange,
    servers: Sid,
) -> Result<(), DeployError> {
    let rights = READ
        | AccessMask::CREATE_CHILD
        | AccessMask::DELETE_CHILD
        | AccessMask::WRITE_PROPERTY
        | AccessMask::DELETE;
    for container in mail_flow::containers(organization) {
        add_path(partition, &container.parent().unwrap_or(DistinguishedName::ROOT));
        add(partition, &container, "container", of(vec![Ace::allow(servers, rights).inheritable()]));
    }
    let accepted =
        written.accepted_domains.iter().map(|domain| MailFlow::AcceptedDomain(domain.value.clone()));
    let remote = written.remote_domains.iter().map(|domain| MailFlow::RemoteDomain(domain.value.clone()));
    for object in accepted.chain(remote) {
        let added = partition.add(&object.dn(organization), object.attributes(), inheriting());
        added.map_err(|why| DeployError::Address(why.to_string()))?;
    }
    Ok(())
}

/// What administrators and the system may do everywhere, and everyone who is authenticated may read.
pub(super) fn for_administrators(domain: &Domain) -> SecurityDescriptor {
    let all = |sid| Ace::allow(sid, AccessMask::FULL_DIRECTORY_CONTROL).inheritable();
    let own = |rid| domain.sid().with_rid(rid);
    SecurityDescriptor {
        owner: Some(own(rid::ENTERPRISE_ADMINS)),
        ..of(vec![
            all(own(rid::ENTERPRISE_ADMINS)),
            all(own(rid::DOMAIN_ADMINS)),
            all(Sid::LOCAL_SYSTEM),
            Ace::allow(Sid::AUTHENTICATED_USERS, READ).inheritable(),
        ])
    }
}

/// A descriptor with these entries of its own.
fn of(dacl: Vec<Ace>) -> SecurityDescriptor {
    SecurityDescriptor { dacl: Some(dacl), ..SecurityDescriptor::default() }
}

/// A descriptor that has only what it inherits.
fn inheriting() -> SecurityDescriptor {
    of(Vec::new())
}

fn add_path(partition: &mut Partition, dn: &DistinguishedName) {
    if partition.object(dn).is_none() {
        if let Some(parent) = dn.parent() {
            add_path(partition, &parent);
        }
        add(partition, dn, "container", inheriting());
    }
}

fn add(partition: &mut Partition, dn: &DistinguishedName, class: &str, descriptor: SecurityDescriptor) {
    let attributes = Attributes::new([("objectClass", class)]);
    partition.add(dn, attributes, descriptor).expect("containers are deployed from the top, each once");
}
