//! Mailboxes and rights on them, as setup and administrators leave them in directories, and the servers
//! and programs that have to do with mailboxes.

use std::rc::Rc;

use super::directory::{Directories, machine_key};
use super::exchange::organization;
use super::{DeployError, Deployment, availability};
use crate::crypto::digest::sha256;
use crate::directory::exchange::{SERVERS_GROUP, ServerRole, attribute, right};
use crate::directory::sid::rid;
use crate::directory::{
    AccessMask, Ace, Attributes, DistinguishedName, Guid, Partition, PartitionError, SecurityDescriptor, Sid,
};
use crate::mailbox::{Mailbox, MailboxId};
use crate::name::{DnsName, HostName};
use crate::protocol::mapi;
use crate::role::client_access_server::{ClientAccessServer, ClientAccessServerConfig};
use crate::role::load_balancer::{LoadBalancer, LoadBalancerConfig};
use crate::role::mail_client::{self, MailClient, MailClientConfig};
use crate::role::mailbox_server::{MailboxServer, MailboxServerConfig};
use crate::scenario::exchange::Exchange;
use crate::scenario::impersonation::{AdministratorsDenied, Authentication, ExchangeRight, Grant};
use crate::scenario::{self, Principal, Topology};

impl From<PartitionError> for DeployError {
    fn from(error: PartitionError) -> Self {
        Self::Configuration(error)
    }
}

/// The GUID of a mailbox, drawn from the seed and the account.
fn mailbox_id(seed: u64, account: &Principal) -> MailboxId {
    let digest = sha256(format!("mailbox {seed} {account}").as_bytes());
    MailboxId(Guid::new(u128::from_be_bytes(std::array::from_fn(|index| digest[index]))))
}

/// The Client Access and mailbox servers of an organization, each with its domain.
fn servers<'a>(
    topology: &'a Topology,
    exchange: &'a Exchange,
) -> impl Iterator<Item = (&'a HostName, &'a DnsName, ServerRole)> {
    exchange.servers.keys().filter_map(|name| {
        let host = topology.hosts.get(name.as_str())?;
        let role = match (&host.runs.client_access_server, &host.runs.mailbox_server) {
            (Some(_), _) => ServerRole::ClientAccess,
            (None, Some(_)) => ServerRole::Mailbox,
            (None, None) => return None,
        };
        Some((&name.value, &host.joined.as_ref()?.value, role))
    })
}

/// What setup does to the domains: the servers' service names and what they may read, and what the
/// accounts of mailboxes are told.
pub fn prepare(directories: &mut Directories, topology: &Topology, seed: u64) -> Result<(), DeployError> {
    for (forest, exchange) in &topology.exchange {
        for (host, home, role) in servers(topology, exchange) {
            let machine = Principal { domain: None, name: format!("{host}$") };
            let machine = directories.sid(home, &machine)?;
            let domain = directories.domain_mut(home)?;
            match role {
                ServerRole::ClientAccess => {
                    domain.add_member(Sid::WINDOWS_AUTHORIZATION_ACCESS, machine)?;
                    domain.update(machine, |account| {
                        account.service_names.push(format!("HTTP/{host}.{home}"));
                    })?;
                }
                _ => domain.update(machine, |account| {
                    account.service_names.push(format!("{}/{host}.{home}", mapi::SERVICE));
                })?,
            }
        }
        let place = organization(exchange, forest);
        for (account, mailbox) in &exchange.mailboxes {
            let database = exchange.databases.get(mailbox.database.as_str());
            let database = database.ok_or_else(|| DeployError::missing("database", &mailbox.database))?;
            let database = place.database(database.server.as_str(), &mailbox.database);
            let linked = mailbox.linked_to.as_ref().map(|master| directories.sid(forest, master));
            let linked = linked.transpose()?;
            let sid = directories.sid(forest, account)?;
            let id = mailbox_id(seed, account);
            directories.domain_mut(forest)?.update(sid, |account| {
                let mut put =
                    |name: &str, value: String| account.attributes.insert(name.to_owned(), vec![value]);
                put(attribute::HOME_DATABASE, database.to_string());
                put(attribute::MAILBOX_GUID, id.0.to_string());
                if let Some(master) = linked {
                    put(attribute::MASTER_ACCOUNT_SID, master.to_string());
                }
            })?;
        }
        for (name, contact) in &exchange.contacts {
            let master = directories.sid(forest, &contact.linked_to)?;
            let kept = Attributes::new([(attribute::MASTER_ACCOUNT_SID, master.to_string())]);
            directories.domain_mut(forest)?.add_contact(name, kept)?;
        }
        for grant in exchange.grants.iter().filter(|grant| is_account(grant)) {
            let sid = directories.sid(forest, &account_named(&grant.on)?)?;
            let ace = ace(directories, forest, grant)?;
            // An administrator can grant it on an account of another forest, where it is of no use.
            let found = directories.all().find(|(_, domain)| domain.account(sid).is_some());
            let home = found.map(|(name, _)| name.clone());
            let home = home.ok_or_else(|| DeployError::missing("account", &grant.on))?;
            directories.domain_mut(&home)?.update(sid, |account| {
                account.descriptor.dacl.get_or_insert_default().push(ace);
                account.descriptor.make_canonical();
            })?;
        }
    }
    Ok(())
}

fn is_account(grant: &Grant) -> bool {
    grant.on.contains('\\')
}

fn account_named(name: &str) -> Result<Principal, DeployError> {
    name.parse().map_err(|_| DeployError::missing("account", name))
}

/// The entry that a grant makes. What is granted on an object holds for all below it.
pub fn ace(directories: &Directories, forest: &DnsName, grant: &Grant) -> Result<Ace, DeployError> {
    let right = match grant.right {
        ExchangeRight::EpiImpersonation => right::EPI_IMPERSONATION,
        ExchangeRight::EpiMayImpersonate => right::EPI_MAY_IMPERSONATE,
        ExchangeRight::EpiTokenSerialization => right::TOKEN_SERIALIZATION,
    };
    let to = directories.sid(forest, &grant.to)?;
    Ok(Ace::allow(to, AccessMask::CONTROL_ACCESS).limited_to(right).inheritable())
}

/// The object of an account.
pub fn account_object(
    directories: &Directories,
    forest: &DnsName,
    account: &Principal,
) -> Result<DistinguishedName, DeployError> {
    let sid = directories.sid(forest, account)?;
    let found = directories.all().find(|(_, domain)| domain.account(sid).is_some());
    let (home, _) = found.ok_or_else(|| DeployError::missing("account", &account.to_string()))?;
    Ok(DistinguishedName::of_domain(home).child("CN", "Users").child("CN", &account.name))
}

/// The object that a grant is on.
pub fn object_of(
    directories: &Directories,
    forest: &DnsName,
    exchange: &Exchange,
    on: &str,
) -> Result<DistinguishedName, DeployError> {
    let place = organization(exchange, forest);
    if on.contains('\\') {
        return account_object(directories, forest, &account_named(on)?);
    }
    if on == "organization" {
        return Ok(place.container());
    }
    Ok(match exchange.databases.get(on) {
        Some(database) => place.database(database.server.as_str(), on),
        None => place.server(on),
    })
}

/// What the Configuration partition holds of mailboxes: their databases, and who may do what with
/// those and with the servers.
pub fn fill(
    directories: &Directories,
    topology: &Topology,
    forest: &DnsName,
    exchange: &Exchange,
    partition: &mut Partition,
) -> Result<(), DeployError> {
    let place = organization(exchange, forest);
    for (host, _, role) in servers(topology, exchange) {
        if role == ServerRole::Mailbox {
            let store = place.server(host.as_str()).child("CN", "InformationStore");
            let group = store.child("CN", "First Storage Group");
            for (dn, class) in [(store, "msExchInformationStore"), (group, "msExchStorageGroup")] {
                partition.add(&dn, Attributes::new([("objectClass", class)]), listing(Vec::new()))?;
            }
        }
    }
    for (name, database) in &exchange.databases {
        let attributes = Attributes::new([
            ("objectClass", "msExchPrivateMDB".to_owned()),
            (attribute::OWNING_SERVER, place.server(database.server.as_str()).to_string()),
        ]);
        partition.add(&place.database(database.server.as_str(), name), attributes, listing(Vec::new()))?;
    }
    for (dn, ace) in entries(directories, topology, forest, exchange)? {
        let object = partition.object(&dn);
        let mut descriptor =
            object.ok_or_else(|| DeployError::missing("object", &dn.to_string()))?.descriptor.clone();
        descriptor.dacl.get_or_insert_default().push(ace);
        descriptor.make_canonical();
        partition.set_descriptor(&dn, descriptor)?;
    }
    Ok(())
}

fn listing(entries: Vec<Ace>) -> SecurityDescriptor {
    SecurityDescriptor { dacl: Some(entries), ..SecurityDescriptor::default() }
}

/// Who may do what beyond the usual: what setup grants to servers and denies to administrators, then
/// what administrators have granted.
fn entries(
    directories: &Directories,
    topology: &Topology,
    forest: &DnsName,
    exchange: &Exchange,
) -> Result<Vec<(DistinguishedName, Ace)>, DeployError> {
    let place = organization(exchange, forest);
    let mut entries = Vec::new();
    let group = Principal { domain: None, name: SERVERS_GROUP.to_owned() };
    let control = AccessMask::CONTROL_ACCESS;
    let serialize =
        Ace::allow(directories.sid(forest, &group)?, control).limited_to(right::TOKEN_SERIALIZATION);
    entries.push((place.container(), serialize.inheritable()));

    let root = directories.domain(forest)?.sid();
    let denied =
        [rid::DOMAIN_ADMINS, rid::SCHEMA_ADMINS, rid::ENTERPRISE_ADMINS].map(|rid| root.with_rid(rid));
    let objects: Vec<DistinguishedName> = match exchange.administrators_denied {
        AdministratorsDenied::ByOrganization => vec![place.container()],
        AdministratorsDenied::OnEachServer => servers(topology, exchange)
            .filter(|(_, _, role)| *role == ServerRole::ClientAccess)
            .map(|(host, _, _)| place.server(host.as_str()))
            .collect(),
    };
    for object in objects {
        for sid in denied {
            for right in [right::EPI_IMPERSONATION, right::TOKEN_SERIALIZATION] {
                let deny = Ace::deny(sid, control).limited_to(right).inheritable();
                entries.push((object.clone(), deny));
            }
        }
    }
    for grant in exchange.grants.iter().filter(|grant| !is_account(grant)) {
        let dn = object_of(directories, forest, exchange, &grant.on)?;
        entries.push((dn, ace(directories, forest, grant)?));
    }
    Ok(entries)
}

impl Deployment<'_> {
    /// The domain of a host that must be joined to one.
    pub(super) fn home<'h>(
        &self,
        name: &HostName,
        host: &'h scenario::Host,
    ) -> Result<&'h DnsName, DeployError> {
        let joined = host.joined.as_ref();
        joined
            .map(|domain| &domain.value)
            .ok_or_else(|| DeployError::missing("domain of the host", name.as_str()))
    }

    /// The organization of the forest that a domain is in.
    fn exchange_of<'s>(&'s self, home: &'s DnsName) -> Result<(&'s DnsName, &'s Exchange), DeployError> {
        let forest = self.topology.forest_root(home);
        let found = self.topology.exchange.get(forest);
        let found = found.ok_or_else(|| DeployError::missing("Exchange organization in", forest.as_str()))?;
        Ok((forest, &found.value))
    }

    pub(super) fn mailbox_server(
        &self,
        name: &HostName,
        host: &scenario::Host,
    ) -> Result<MailboxServer, DeployError> {
        let home = self.home(name, host)?;
        let (forest, exchange) = self.exchange_of(home)?;
        let mut mailboxes = Vec::new();
        for (account, written) in &exchange.mailboxes {
            let database = exchange.databases.get(written.database.as_str());
            if database.is_none_or(|database| database.server.value != *name) {
                continue;
            }
            let owner = written.linked_to.as_deref().unwrap_or(account);
            let mailbox = Mailbox::new(mailbox_id(self.seed, account), self.directories.sid(forest, owner)?);
            mailboxes.push((account.to_string(), mailbox));
        }
        let group = Principal { domain: None, name: SERVERS_GROUP.to_owned() };
        let exchange_servers = self.directories.sid(forest, &group)?;
        let config = MailboxServerConfig { key: machine_key(self.seed, name), exchange_servers, mailboxes };
        Ok(MailboxServer::new(config, &self.suspended))
    }

    pub(super) fn client_access_server(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::impersonation::ClientAccessServer,
    ) -> Result<ClientAccessServer, DeployError> {
        let home = self.home(name, host)?;
        let (forest, exchange) = self.exchange_of(home)?;
        let server = exchange.servers.get(name.as_str());
        let server = server.ok_or_else(|| DeployError::missing("Exchange server", name.as_str()))?;
        let config = ClientAccessServerConfig {
            server: self.keys.identity(&written.certificate)?,
            roots: self.keys.anchors(&host.trusts)?,
            membership: self.membership(name, home),
            organization: organization(exchange, forest),
            site: organization(exchange, forest).site(&server.site),
            passwords: availability::passwords(self.directories, exchange),
            lenient: written.lenient,
        };
        Ok(ClientAccessServer::new(config, &self.suspended))
    }

    pub(super) fn load_balancer(
        &self,
        host: &scenario::Host,
        written: &scenario::impersonation::LoadBalancer,
    ) -> Result<LoadBalancer, DeployError> {
        let config = LoadBalancerConfig {
            server: self.keys.identity(&written.certificate)?,
            roots: self.keys.anchors(&host.trusts)?,
            members: written.members.iter().map(|member| member.value.clone()).collect(),
            keeps_clients: written.keeps_clients,
        };
        Ok(LoadBalancer::new(config, &self.suspended))
    }

    pub(super) fn mail_client(
        &self,
        host: &scenario::Host,
        written: &scenario::impersonation::MailClient,
    ) -> Result<Rc<MailClient>, DeployError> {
        let config = MailClientConfig {
            person: self.directories.credentials(&written.person),
            method: method(written.authenticates_by),
            roots: self.keys.anchors(&host.trusts)?,
        };
        Ok(Rc::new(MailClient::new(config, &self.suspended)))
    }
}

/// How a program proves who its person is.
pub fn method(written: Authentication) -> mail_client::Method {
    match written {
        Authentication::Negotiate => mail_client::Method::Negotiate,
        Authentication::Basic => mail_client::Method::Basic,
        Authentication::Form => mail_client::Method::Form,
    }
}
