//! A domain: its accounts and groups, its place in the forest, its policy, and the ways to find
//! someone in it.
//!
//! The domain keeps its look-ups in step with what it stores, so accounts change only through
//! [`Domain::update`]. It decides nothing about sign-in or access.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Index;
use super::sid::rid;
use super::{
    Account, AccountKind, AccountPolicy, Attributes, Credential, DirectoryError, Failures, Forest, Group,
    GroupScope, MemberKind, NewAccount, Sid, Usn,
};
use crate::crypto::random;
use crate::crypto::symmetric::SymmetricKey;
use crate::name::{DnsName, NetbiosName};
use crate::time::VirtualTime;

/// A domain of Active Directory, as its domain controllers store it.
///
/// ```
/// use forestsim::crypto::secret::Secret;
/// use forestsim::directory::*;
/// use forestsim::name::DnsName;
/// use forestsim::time::VirtualTime;
/// let name = DnsName::new("corp.example");
/// let forest = Forest::of_one(name.clone(), "CORP".into(), Sid::of_domain(1, &name));
/// let mut domain = Domain::new(1, &name, forest, AccountPolicy::default(), VirtualTime::default()).unwrap();
/// let password = Secret::new("Pa$$w0rd");
/// let sally = domain
///     .add_account(&NewAccount {
///         sam: "sally",
///         upn: None,
///         kind: AccountKind::User,
///         credential: Credential::Password(&password),
///         created: VirtualTime::default(),
///     })
///     .unwrap();
/// assert_eq!(domain.find(r"CORP\Sally").unwrap().sid, sally);
/// assert_eq!(domain.find("sally@corp.example").unwrap().sid, sally);
/// ```
#[derive(Debug, Clone)]
pub struct Domain {
    pub(super) dns_name: DnsName,
    pub(super) netbios: NetbiosName,
    pub(super) sid: Sid,
    pub(super) forest: Forest,
    pub(super) policy: AccountPolicy,
    pub(super) accounts: BTreeMap<Sid, Account>,
    pub(super) groups: BTreeMap<Sid, Group>,
    pub(super) index: Index,
    pub(super) group_names: BTreeMap<String, Sid>,
    contacts: BTreeMap<String, Attributes>,
    next_rid: u32,
    /// The latest change of each account and group.
    changes: BTreeMap<Sid, Usn>,
    highest: Usn,
}

impl Domain {
    /// The forest has a further suffix of user principal names.
    pub fn add_upn_suffix(&mut self, suffix: &DnsName) {
        self.forest.upn_suffixes.insert(suffix.clone());
    }

    /// A new domain of this forest, with its built-in groups and the account `krbtgt`, whose key
    /// comes from the seed.
    ///
    /// # Errors
    /// Where the forest has no domain of this name.
    pub fn new(
        seed: u64,
        dns_name: &DnsName,
        forest: Forest,
        policy: AccountPolicy,
        created: VirtualTime,
    ) -> Result<Self, DirectoryError> {
        let Some(place) = forest.domains.get(dns_name) else {
            return Err(DirectoryError::NoSuchDomain { domain: dns_name.clone(), forest: forest.root });
        };
        let mut domain = Self {
            dns_name: dns_name.clone(),
            netbios: place.netbios.clone(),
            sid: place.sid,
            forest,
            policy,
            accounts: BTreeMap::new(),
            groups: BTreeMap::new(),
            index: Index::default(),
            group_names: BTreeMap::new(),
            contacts: BTreeMap::new(),
            next_rid: rid::FIRST_OWN,
            changes: BTreeMap::new(),
            highest: Usn::default(),
        };
        domain.add_built_in_groups()?;
        let key = SymmetricKey::random(&mut random::stream(seed, dns_name.as_str(), "krbtgt key"));
        let krbtgt = NewAccount {
            sam: "krbtgt",
            upn: None,
            kind: AccountKind::User,
            credential: Credential::Key(&key),
            created,
        };
        let krbtgt = domain.add_account_with_rid(&krbtgt, rid::KRBTGT)?;
        domain.update(krbtgt, |account| account.enabled = false)?;
        Ok(domain)
    }

    fn add_built_in_groups(&mut self) -> Result<(), DirectoryError> {
        let own = |rid| self.sid.with_rid(rid);
        let mut groups = vec![
            (own(rid::DOMAIN_ADMINS), "Domain Admins", GroupScope::Global, vec![]),
            (own(rid::DOMAIN_USERS), "Domain Users", GroupScope::Global, vec![]),
            (own(rid::DOMAIN_COMPUTERS), "Domain Computers", GroupScope::Global, vec![]),
            (own(rid::DOMAIN_CONTROLLERS), "Domain Controllers", GroupScope::Global, vec![]),
        ];
        if self.forest.root == self.dns_name {
            groups.push((own(rid::SCHEMA_ADMINS), "Schema Admins", GroupScope::Universal, vec![]));
            groups.push((own(rid::ENTERPRISE_ADMINS), "Enterprise Admins", GroupScope::Universal, vec![]));
        }
        let root =
            self.forest.domains.get(&self.forest.root).map(|root| root.sid.with_rid(rid::ENTERPRISE_ADMINS));
        let administrators = root.into_iter().chain([own(rid::DOMAIN_ADMINS)]).collect();
        let users = vec![own(rid::DOMAIN_USERS), Sid::AUTHENTICATED_USERS];
        let local = GroupScope::DomainLocal;
        groups.push((Sid::ADMINISTRATORS, "Administrators", local, administrators));
        groups.push((Sid::USERS, "Users", local, users));
        groups.push((
            Sid::WINDOWS_AUTHORIZATION_ACCESS,
            "Windows Authorization Access Group",
            local,
            vec![Sid::ENTERPRISE_DOMAIN_CONTROLLERS],
        ));
        for (sid, name, scope, members) in groups {
            self.insert_group(sid, name, scope)?;
            for member in members {
                self.add_member(sid, member)?;
            }
        }
        Ok(())
    }

    /// The domain's name in DNS, which is also its Kerberos realm.
    pub fn dns_name(&self) -> &DnsName {
        &self.dns_name
    }

    /// The domain's short name.
    pub fn netbios(&self) -> &NetbiosName {
        &self.netbios
    }

    /// The domain's SID.
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// The forest that it is a part of.
    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// The policy for its accounts.
    pub fn policy(&self) -> &AccountPolicy {
        &self.policy
    }

    /// Its accounts, by SID.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// Its groups, by SID.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Its contacts: people without an account here, by name, each with what is kept of them.
    pub fn contacts(&self) -> impl Iterator<Item = (&str, &Attributes)> {
        self.contacts.iter().map(|(name, kept)| (name.as_str(), kept))
    }

    /// Adds a contact, or replaces the one of this name.
    ///
    /// # Errors
    /// Where the name cannot be one.
    pub fn add_contact(&mut self, name: &str, kept: Attributes) -> Result<(), DirectoryError> {
        check_name(name)?;
        self.contacts.insert(name.to_owned(), kept);
        Ok(())
    }

    /// The latest change of an account or group.
    pub fn changed(&self, sid: Sid) -> Usn {
        self.changes.get(&sid).copied().unwrap_or_default()
    }

    /// The latest change of all.
    pub fn highest(&self) -> Usn {
        self.highest
    }

    fn note_change(&mut self, sid: Sid) {
        self.highest = Usn(self.highest.0 + 1);
        self.changes.insert(sid, self.highest);
    }

    /// The key under which its ticket-granting tickets are sealed.
    pub fn krbtgt_key(&self) -> &SymmetricKey {
        let krbtgt = self.accounts.get(&self.sid.with_rid(rid::KRBTGT));
        &krbtgt.expect("a domain is created with its krbtgt account, and that is never removed").key
    }

    /// Adds an account, in its kind's primary group. The result is its SID.
    ///
    /// # Errors
    /// Where the name or the user principal name is taken.
    pub fn add_account(&mut self, new: &NewAccount<'_>) -> Result<Sid, DirectoryError> {
        let sid = self.add_account_with_rid(new, self.next_rid)?;
        self.next_rid += 1;
        Ok(sid)
    }

    fn add_account_with_rid(&mut self, new: &NewAccount<'_>, rid: u32) -> Result<Sid, DirectoryError> {
        let primary_group = self.sid.with_rid(match new.kind {
            AccountKind::User | AccountKind::TrustAccount => rid::DOMAIN_USERS,
            AccountKind::Computer => rid::DOMAIN_COMPUTERS,
        });
        let sid = self.sid.with_rid(rid);
        let account = Account::create(new, self, sid, primary_group);
        self.store(account)?;
        Ok(sid)
    }

    /// Changes an account.
    ///
    /// # Errors
    /// Where there is no such account, or where the change takes a name that another account has;
    /// then nothing is changed.
    pub fn update<R>(
        &mut self,
        sid: Sid,
        change: impl FnOnce(&mut Account) -> R,
    ) -> Result<R, DirectoryError> {
        let mut account = self.account(sid).ok_or_else(|| self.no_account(sid))?.clone();
        let result = change(&mut account);
        self.store(account)?;
        Ok(result)
    }

    /// Deletes an account and makes one of the same name, with the same password. It is another one all
    /// the same: it has a SID of its own, no SID history, and is in no group that the old one was put
    /// into. The result is its SID.
    ///
    /// # Errors
    /// Where there is no such account, or it is built in.
    pub fn recreate(&mut self, sid: Sid) -> Result<Sid, DirectoryError> {
        let old = self.account(sid).ok_or_else(|| self.no_account(sid))?.clone();
        if sid == self.sid.with_rid(rid::KRBTGT) {
            return Err(DirectoryError::BuiltIn(old.sam));
        }
        let sid = self.sid.with_rid(self.next_rid);
        self.next_rid += 1;
        self.index.remove(&old);
        self.accounts.remove(&old.sid);
        for group in self.groups.values_mut() {
            group.members.remove(&old.sid);
        }
        self.store(Account { sid, sid_history: Vec::new(), attributes: BTreeMap::new(), ..old })?;
        Ok(sid)
    }

    fn store(&mut self, account: Account) -> Result<(), DirectoryError> {
        let sid = account.sid;
        check_name(&account.sam)?;
        let group = self.group_names.get(&account.sam.to_ascii_lowercase());
        let by_group = group.map(|group| (account.sam.clone(), *group));
        if let Some((name, by)) = self.index.conflict(&account).or(by_group) {
            return Err(self.name_taken(name, by));
        }
        if let Some(old) = self.accounts.get(&sid) {
            self.index.remove(old);
        }
        self.index.add(&account);
        self.accounts.insert(sid, account);
        self.note_change(sid);
        Ok(())
    }

    /// Records wrong passwords, or that they are forgiven, without touching anything else.
    pub(super) fn set_failures(&mut self, sid: Sid, failures: Failures) {
        if let Some(account) = self.accounts.get_mut(&sid) {
            account.failures = failures;
        }
    }

    /// Adds a group without members. The result is its SID.
    ///
    /// # Errors
    /// Where the name is taken.
    pub fn add_group(&mut self, name: &str, scope: GroupScope) -> Result<Sid, DirectoryError> {
        let sid = self.sid.with_rid(self.next_rid);
        self.insert_group(sid, name, scope)?;
        self.next_rid += 1;
        Ok(sid)
    }

    fn insert_group(&mut self, sid: Sid, name: &str, scope: GroupScope) -> Result<(), DirectoryError> {
        check_name(name)?;
        let account = self.find_by_sam(name).map(|account| account.sid);
        if let Some(by) = account.or_else(|| self.find_group(name).map(|group| group.sid)) {
            return Err(self.name_taken(name.to_owned(), by));
        }
        self.group_names.insert(name.to_ascii_lowercase(), sid);
        self.groups.insert(sid, Group { sid, name: name.to_owned(), scope, members: BTreeSet::new() });
        self.note_change(sid);
        Ok(())
    }

    /// Makes someone a direct member of a group.
    ///
    /// # Errors
    /// Where there is no such group, the group's scope does not take such a member, it is one
    /// already, or it is no one whom this domain knows.
    pub fn add_member(&mut self, group: Sid, member: Sid) -> Result<(), DirectoryError> {
        let scope = self.group(group).ok_or_else(|| self.no_group(group))?.scope;
        let kind = self.member_kind(member)?;
        if !scope.takes(kind) {
            let (group, member) = (self.display(group), self.display(member));
            return Err(DirectoryError::ScopeForbids { group, scope, member, kind });
        }
        if !self.groups.get_mut(&group).is_some_and(|group| group.members.insert(member)) {
            let (group, member) = (self.display(group), self.display(member));
            return Err(DirectoryError::AlreadyMember { group, member });
        }
        self.note_change(group);
        Ok(())
    }

    /// Ends someone's direct membership of a group.
    ///
    /// # Errors
    /// Where there is no such group, or it has no such direct member.
    pub fn remove_member(&mut self, group: Sid, member: Sid) -> Result<(), DirectoryError> {
        let known = self.groups.get_mut(&group);
        match known.map(|group| group.members.remove(&member)) {
            Some(true) => {
                self.note_change(group);
                Ok(())
            }
            Some(false) => {
                let (group, member) = (self.display(group), self.display(member));
                Err(DirectoryError::NotMember { group, member })
            }
            None => Err(self.no_group(group)),
        }
    }

    fn member_kind(&self, member: Sid) -> Result<MemberKind, DirectoryError> {
        if self.accounts.contains_key(&member) {
            return Ok(MemberKind::Account);
        }
        if let Some(group) = self.groups.get(&member) {
            return Ok(MemberKind::Group(group.scope));
        }
        match member.domain() {
            Some(domain) if domain == self.sid => Err(self.no_account(member)),
            Some(domain) if self.forest.domains.values().any(|known| known.sid == domain) => {
                Ok(MemberKind::OtherDomain)
            }
            _ => Ok(MemberKind::OtherForest),
        }
    }

    fn name_taken(&self, name: String, by: Sid) -> DirectoryError {
        DirectoryError::NameTaken { name, domain: self.dns_name.clone(), by: self.display(by) }
    }

    fn no_account(&self, sid: Sid) -> DirectoryError {
        DirectoryError::NoSuchAccount { name: sid.to_string(), domain: self.dns_name.clone() }
    }

    fn no_group(&self, sid: Sid) -> DirectoryError {
        DirectoryError::NoSuchGroup { name: sid.to_string(), domain: self.dns_name.clone() }
    }
}

/// Whether a name has only letters that sAMAccountName allows; `@` and `\` would make it another's.
fn check_name(name: &str) -> Result<(), DirectoryError> {
    let legal = !name.is_empty() && !name.contains(|letter| "\"/\\[]:;|=,+*?<>@".contains(letter));
    if legal { Ok(()) } else { Err(DirectoryError::IllegalName(name.to_owned())) }
}
