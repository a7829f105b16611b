//! The directories of a topology: forests, domains, accounts and groups.

use std::collections::BTreeMap;

use super::DeployError;
use super::keys::KeyRing;
use crate::crypto::random;
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::{
    AccessMask, AccountKind, AccountPolicy, Ace, Credential, DirectoryError, Domain, Forest, GlobalCatalog,
    GroupScope, Guid, NewAccount, Sid,
};
use crate::name::{DnsName, HostName, Upn};
use crate::scenario::{self, Credentials, Principal, Topology};
use crate::time::{Span, VirtualTime};

/// When passwords were set, before the start, where the topology does not say.
const PASSWORD_AGE: Span = Span::days(7);

/// The domains of a topology, filled, and what only people know: their passwords.
pub struct Directories {
    domains: BTreeMap<DnsName, Domain>,
    passwords: BTreeMap<Sid, Secret>,
}

/// The key of a machine's account: what the machine and its domain share since it joined.
pub fn machine_key(seed: u64, host: &HostName) -> SymmetricKey {
    SymmetricKey::random(&mut random::stream(seed, host.as_str(), "machine account key"))
}

impl Directories {
    /// Creates every domain with its accounts and groups.
    pub fn new(
        topology: &Topology,
        keys: &KeyRing,
        seed: u64,
        start: VirtualTime,
    ) -> Result<Self, DeployError> {
        let forests = forests(topology, seed);
        let mut directories = Self { domains: BTreeMap::new(), passwords: BTreeMap::new() };
        for (name, entry) in &topology.domains {
            let forest = forests[topology.forest_root(name)].clone();
            let mut domain = Domain::new(seed, name, forest, policy(&entry.policy), start - Span::days(365))?;
            directories.passwords.extend(add_users(&mut domain, entry, keys, seed, start)?);
            add_computers(&mut domain, topology, entry, seed, start)?;
            for (group, entry) in &entry.groups {
                domain.add_group(group, scope(entry.scope))?;
            }
            directories.domains.insert(name.clone(), domain);
        }
        directories.add_exchange_servers(topology)?;
        directories.add_members(topology)?;
        directories.add_sid_history(topology)?;
        directories.allow_to_authenticate(topology)?;
        super::impersonation::prepare(&mut directories, topology, seed)?;
        Ok(directories)
    }

    fn add_members(&mut self, topology: &Topology) -> Result<(), DeployError> {
        for (name, entry) in &topology.domains {
            for (group, entry) in &entry.groups {
                for member in &entry.members {
                    let sid = self.sid(name, &member.value)?;
                    let domain = self.domain_mut(name)?;
                    let group = domain.find_group(group).map(|group| group.sid);
                    domain.add_member(
                        group.ok_or_else(|| DeployError::missing("group", &member.to_string()))?,
                        sid,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn add_sid_history(&mut self, topology: &Topology) -> Result<(), DeployError> {
        for (name, entry) in &topology.domains {
            for (user, entry) in &entry.users {
                let sids: Result<Vec<Sid>, _> =
                    entry.sid_history.iter().map(|former| self.sid(name, &former.value)).collect();
                let sids = sids?;
                let sid = self.sid(name, &Principal { domain: None, name: user.value.clone() })?;
                self.domain_mut(name)?.update(sid, |account| account.sid_history = sids)?;
            }
        }
        Ok(())
    }

    /// On the account of a server or a service, the right that a selective trust asks for.
    fn allow_to_authenticate(&mut self, topology: &Topology) -> Result<(), DeployError> {
        let right =
            |sid| Ace::allow(sid, AccessMask::CONTROL_ACCESS).limited_to(Guid::ALLOWED_TO_AUTHENTICATE);
        for (name, entry) in &topology.domains {
            let computers = entry
                .computers
                .iter()
                .map(|(host, computer)| (format!("{host}$"), &computer.allowed_to_authenticate));
            let users = entry
                .users
                .iter()
                .filter(|(_, user)| !user.allowed_to_authenticate.is_empty())
                .map(|(user, entry)| (user.value.clone(), &entry.allowed_to_authenticate));
            for (server, allowed) in computers.chain(users) {
                let allowed: Result<Vec<Ace>, _> =
                    allowed.iter().map(|who| self.sid(name, who).map(right)).collect();
                let allowed = allowed?;
                let server = self.sid(name, &Principal { domain: None, name: server })?;
                self.domain_mut(name)?.update(server, |account| {
                    account.descriptor.dacl.get_or_insert_default().extend(allowed);
                    account.descriptor.make_canonical();
                })?;
            }
        }
        Ok(())
    }

    /// The SID of an account or group, named as a topology names it, seen from this domain.
    pub fn sid(&self, home: &DnsName, principal: &Principal) -> Result<Sid, DeployError> {
        let missing = || DeployError::missing("account or group", &principal.to_string());
        if principal.is_sid() {
            return principal.name.parse().map_err(|_| missing());
        }
        let domain = match &principal.domain {
            Some(netbios) => self.domains.values().find(|domain| domain.netbios() == netbios),
            None => self.domains.get(home),
        };
        let domain = domain.ok_or_else(missing)?;
        let account = domain.find_by_sam(&principal.name).map(|account| account.sid);
        account.or_else(|| domain.find_group(&principal.name).map(|group| group.sid)).ok_or_else(missing)
    }

    /// What someone types: the user principal name of the account, and the password that is written
    /// or else the account's own. A name that no account has is typed as it is written.
    pub fn credentials(&self, written: &Credentials) -> (String, Secret) {
        let name = &written.user.value;
        let account = self.domains.values().find_map(|domain| domain.find(name));
        let upn = account.map_or_else(|| Upn::new(name), |account| account.upn.clone());
        // By SID: nothing keeps the administrators of two forests from giving the same name twice.
        let own = || self.passwords.get(&account?.sid).cloned();
        let password = written.password.clone().or_else(own);
        (upn.to_string(), password.unwrap_or_else(|| Secret::new("")))
    }

    /// The domain that has an account of this name.
    pub fn home(&self, name: &str) -> Option<&DnsName> {
        self.domains.values().find(|domain| domain.find(name).is_some()).map(Domain::dns_name)
    }

    /// Every domain, by name.
    pub fn all(&self) -> impl Iterator<Item = (&DnsName, &Domain)> {
        self.domains.iter()
    }

    /// The domain of this name.
    pub fn domain(&self, name: &DnsName) -> Result<&Domain, DeployError> {
        self.domains.get(name).ok_or_else(|| DeployError::missing("domain", name.as_str()))
    }

    pub(super) fn domain_mut(&mut self, name: &DnsName) -> Result<&mut Domain, DeployError> {
        self.domains.get_mut(name).ok_or_else(|| DeployError::missing("domain", name.as_str()))
    }

    /// The other domains of a domain's forest.
    pub fn siblings(&self, domain: &Domain) -> Vec<Domain> {
        let (own, root) = (domain.dns_name(), &domain.forest().root);
        let same = self.domains.iter().filter(|(name, other)| *name != own && other.forest().root == *root);
        same.map(|(_, other)| other.clone()).collect()
    }

    /// What the global catalog of this domain's forest tells.
    pub fn catalog(&self, domain: &Domain) -> GlobalCatalog {
        let root = &domain.forest().root;
        GlobalCatalog::of(self.domains.values().filter(|other| other.forest().root == *root))
    }
}

fn forests(topology: &Topology, seed: u64) -> BTreeMap<DnsName, Forest> {
    let mut forests = BTreeMap::new();
    for (name, entry) in topology.domains.iter().filter(|(name, _)| topology.forest_root(name) == *name) {
        forests.insert(
            name.clone(),
            Forest::of_one(name.clone(), entry.netbios.value.clone(), Sid::of_domain(seed, name)),
        );
    }
    for (name, entry) in &topology.domains {
        let root = topology.forest_root(name);
        let above = entry.parent.as_ref().or(entry.tree_of.as_ref());
        if let (Some(above), Some(forest)) = (above, forests.get_mut(root)) {
            forest.add(
                name.clone(),
                entry.netbios.value.clone(),
                Sid::of_domain(seed, name),
                above.value.clone(),
            );
        }
    }
    for (name, entry) in &topology.domains {
        let suffixes = entry.users.values().filter_map(|user| user.upn.as_ref()?.suffix());
        if let Some(forest) = forests.get_mut(topology.forest_root(name)) {
            let own: Vec<DnsName> = suffixes.filter(|suffix| forest.domain_of(suffix).is_none()).collect();
            forest.upn_suffixes.extend(own);
        }
    }
    forests
}

fn policy(written: &scenario::Policy) -> AccountPolicy {
    let usual = AccountPolicy::default();
    let span = |duration: &Option<scenario::At<scenario::Duration>>| {
        duration.as_ref().map(|duration| duration.value.0)
    };
    AccountPolicy {
        lockout_threshold: written.lockout_threshold.unwrap_or(usual.lockout_threshold),
        lockout_window: span(&written.lockout_window).unwrap_or(usual.lockout_window),
        lockout_duration: span(&written.lockout_duration).unwrap_or(usual.lockout_duration),
        password_age: span(&written.maximum_password_age).or(usual.password_age),
    }
}

fn add_users(
    domain: &mut Domain,
    entry: &scenario::Domain,
    keys: &KeyRing,
    seed: u64,
    start: VirtualTime,
) -> Result<BTreeMap<Sid, Secret>, DeployError> {
    let mut passwords = BTreeMap::new();
    for (sam, user) in &entry.users {
        let password = user.password(seed, &format!("{}\\{sam}", domain.netbios()));
        let certificates = keys.thumbprints(&user.certificates)?;
        let sid = domain.add_account(&NewAccount {
            sam,
            upn: user.upn.as_ref().map(|upn| upn.value.clone()),
            kind: AccountKind::User,
            credential: Credential::Password(&password),
            created: user.password_set.as_ref().map_or(start - PASSWORD_AGE, |set| set.0),
        })?;
        domain.update(sid, |account| {
            account.display_name = user.name.clone().unwrap_or_else(|| sam.value.clone());
            account.mail = user.mail.clone();
            let attributes = user.attributes.iter();
            account.attributes =
                attributes.map(|(name, value)| (name.value.clone(), vec![value.clone()])).collect();
            account.enabled = user.enabled;
            account.expires = user.expires.as_ref().map(|expires| expires.0);
            account.logon_hours = user.logon_hours.as_ref().map(|hours| hours.0);
            account.must_change_password = user.must_change_password;
            account.smart_card_required = user.smart_card_required;
            account.service_names = user.services.iter().map(|service| service.value.clone()).collect();
            account.password_never_expires = user.password_never_expires;
            account.mapped_certificates = certificates;
            passwords.insert(sid, password);
        })?;
    }
    Ok(passwords)
}

fn add_computers(
    domain: &mut Domain,
    topology: &Topology,
    entry: &scenario::Domain,
    seed: u64,
    start: VirtualTime,
) -> Result<(), DeployError> {
    let joined = topology.hosts.iter().filter(|(_, host)| {
        host.joined.as_ref().is_some_and(|joined| joined.value == *domain.dns_name())
            || host.runs.domain_controller.as_ref().is_some_and(|own| own.domain.value == *domain.dns_name())
    });
    let joined: Vec<&HostName> = joined.map(|(name, _)| name).collect();
    for name in joined {
        let key = machine_key(seed, name);
        let sid = domain.add_account(&NewAccount {
            sam: &format!("{name}$"),
            upn: None,
            kind: AccountKind::Computer,
            credential: Credential::Key(&key),
            created: start - PASSWORD_AGE,
        })?;
        let written = entry.computers.get(name.as_str()).map(|computer| computer.services.as_slice());
        let mut services = vec![own_service(name, domain.dns_name())];
        if topology.controllers(domain.dns_name()).any(|controller| controller == name) {
            services.push(directory_service(domain.dns_name()));
        }
        services.extend(written.unwrap_or_default().iter().map(|service| service.value.clone()));
        domain.update(sid, |account| account.service_names = services)?;
    }
    Ok(())
}

/// The service principal name that every joined machine has.
pub fn own_service(host: &HostName, domain: &DnsName) -> String {
    format!("host/{host}.{domain}")
}

/// The service principal name of a domain's directory.
pub fn directory_service(domain: &DnsName) -> String {
    format!("ldap/{domain}")
}

fn scope(scope: scenario::GroupScope) -> GroupScope {
    match scope {
        scenario::GroupScope::DomainLocal => GroupScope::DomainLocal,
        scenario::GroupScope::Global => GroupScope::Global,
        scenario::GroupScope::Universal => GroupScope::Universal,
    }
}

impl From<DirectoryError> for DeployError {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}
