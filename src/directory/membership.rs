//! Which groups a token holds: what a domain controller works out at each stage of a sign-in.
//!
//! At the time of the ticket-granting ticket the account's own domain adds its global groups and
//! the forest's universal groups. Domain-local groups are added later, by the domain of the
//! resource (domain page §6.7). Groups may be nested in circles.

use std::collections::BTreeSet;

use super::{Account, Domain, GlobalCatalog, Group, GroupScope, Sid};

/// The SIDs that an account brings from its own domain and forest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountGroups {
    /// The primary group, which is among `groups` too.
    pub primary: Sid,
    /// Global and universal groups of the account's own domain (GroupIds of a PAC).
    pub groups: BTreeSet<Sid>,
    /// Universal groups of other domains of the forest, and SID history (ExtraSids of a PAC).
    pub extra: BTreeSet<Sid>,
}

/// The SIDs that an account brings from its own domain and, as the catalog knows them, from the
/// other domains of its forest. Groups that SID history belongs to do not count.
pub fn account_groups(domain: &Domain, catalog: &GlobalCatalog, account: &Account) -> AccountGroups {
    let own = domain.groups().filter(|group| group.scope != GroupScope::DomainLocal);
    let elsewhere = |group: &&Group| group.sid.domain() != Some(domain.sid());
    let others = catalog.universal_groups.iter().filter(elsewhere);
    let start = BTreeSet::from([account.sid, account.primary_group]);
    let mut all = expand(own.chain(others), &start);
    all.insert(account.primary_group);
    let (groups, mut extra): (BTreeSet<Sid>, BTreeSet<Sid>) =
        all.into_iter().partition(|sid| sid.domain() == Some(domain.sid()));
    extra.extend(&account.sid_history);
    AccountGroups { primary: account.primary_group, groups, extra }
}

/// The domain-local groups that the domain of a resource adds for someone with these SIDs. The
/// BUILTIN groups are not among them: they belong to its domain controllers alone, and every other
/// machine has its own ([`local_groups`]).
pub fn resource_groups(domain: &Domain, sids: &BTreeSet<Sid>) -> BTreeSet<Sid> {
    let local = |group: &&Group| group.scope == GroupScope::DomainLocal && !group.sid.is_builtin();
    expand(domain.groups().filter(local), sids)
}

/// The groups among `groups`, such as those of one machine, that someone with these SIDs is in.
pub fn local_groups<'a>(groups: impl IntoIterator<Item = &'a Group>, sids: &BTreeSet<Sid>) -> BTreeSet<Sid> {
    expand(groups, sids)
}

/// The groups that hold one of these SIDs, directly or through one another.
fn expand<'a>(groups: impl IntoIterator<Item = &'a Group>, start: &BTreeSet<Sid>) -> BTreeSet<Sid> {
    let mut remaining: Vec<&Group> = groups.into_iter().collect();
    let mut found = BTreeSet::new();
    let mut fresh: Vec<Sid> = start.iter().copied().collect();
    while !fresh.is_empty() {
        let (holding, rest): (Vec<&Group>, Vec<&Group>) =
            remaining.into_iter().partition(|group| fresh.iter().any(|sid| group.members.contains(sid)));
        fresh = holding.iter().map(|group| group.sid).collect();
        found.extend(&fresh);
        remaining = rest;
    }
    found
}
