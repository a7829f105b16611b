//! What a topology holds, arranged for looking up: it is gathered once, so that a check costs no more
//! than the file is long.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::exchange::SERVERS_GROUP;
use crate::directory::{self, AccountPolicy, Forest, GroupScope, Sid};
use crate::name::{DnsName, NetbiosName};
use crate::scenario::federation::FederationService;
use crate::scenario::topology::Topology;
use crate::time::VirtualTime;

/// What a principal turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A user or a computer.
    Account,
    /// A group.
    Group(GroupScope),
}

/// What a topology holds, arranged for looking up.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The domains, by short name.
    pub domains: BTreeMap<NetbiosName, DnsName>,
    /// The groups that a forest root has from the beginning.
    pub built_in: Vec<(String, GroupScope)>,
    /// Every account and group, by domain and by name in lower case, with the name as it is written.
    principals: BTreeMap<DnsName, BTreeMap<String, (String, Kind)>>,
    /// Every name that a user can type into a logon form, by that name in lower case.
    pub users: BTreeMap<String, String>,
    /// The titles of account partners and account stores.
    pub titles: BTreeSet<String>,
    /// The organization claims of all federation services.
    pub claims: BTreeSet<String>,
    /// The pairs of zones that a link joins, each pair in order.
    pub linked: BTreeSet<[String; 2]>,
}

impl Known {
    /// Gathers what a topology holds.
    pub fn of(topology: &Topology) -> Self {
        let mut known = Self { built_in: built_in_groups(), ..Self::default() };
        for (name, domain) in &topology.domains {
            known.domains.insert(domain.netbios.value.clone(), name.clone());
            known.add_built_in(topology, name);
            if topology.exchange.contains_key(name) {
                known.add(name, SERVERS_GROUP.to_owned(), Kind::Group(GroupScope::Universal));
            }
            for (user, account) in &domain.users {
                known.add(name, user.value.clone(), Kind::Account);
                let upn =
                    account.upn.as_ref().map_or_else(|| format!("{user}@{name}"), |upn| upn.to_string());
                for typed in [upn, format!("{}\\{user}", domain.netbios)] {
                    known.users.insert(typed.to_lowercase(), typed);
                }
            }
            for (group, entry) in &domain.groups {
                known.add(name, group.value.clone(), Kind::Group(entry.scope.into()));
            }
        }
        for (name, host) in &topology.hosts {
            if let Some(domain) = &host.joined {
                known.add(domain, format!("{name}$"), Kind::Account);
            }
            if let Some(service) = &host.runs.federation_service {
                known.titles.extend(service.account_partners.values().map(|partner| partner.title.clone()));
                // A store of its own is offered by the name of its domain.
                known.titles.extend(service.account_store.iter().map(|domain| domain.to_string()));
                known.claims.extend(organization_claims(service).map(str::to_owned));
            }
        }
        for link in topology.links.values() {
            known.linked.insert(in_order(&link.between));
        }
        known
    }

    /// What a name means in a domain, in whatever case it is written.
    pub fn kind(&self, domain: &DnsName, name: &str) -> Option<Kind> {
        self.principals.get(domain)?.get(&name.to_lowercase()).map(|(_, kind)| *kind)
    }

    /// Every account and group of a domain.
    pub fn names(&self, domain: &DnsName) -> impl Iterator<Item = &str> {
        let names = self.principals.get(domain).into_iter().flat_map(BTreeMap::values);
        names.map(|(name, _)| name.as_str())
    }

    fn add(&mut self, domain: &DnsName, name: String, kind: Kind) {
        self.principals.entry(domain.clone()).or_default().insert(name.to_lowercase(), (name, kind));
    }

    fn add_built_in(&mut self, topology: &Topology, domain: &DnsName) {
        let is_root = topology.forest_root(domain) == domain;
        for (group, scope) in self.built_in.clone() {
            // The forest's own groups, Schema Admins and Enterprise Admins, are in its root only.
            if is_root || scope != GroupScope::Universal {
                self.add(domain, group, Kind::Group(scope));
            }
        }
    }
}

/// The organization claims that a federation service knows: its own, and those it makes of its
/// account partners' claims.
pub(super) fn organization_claims(service: &FederationService) -> impl Iterator<Item = &str> {
    let own =
        service.organization_claims.keys().chain(service.custom_claims.keys()).map(|claim| claim.as_str());
    let partners = service.account_partners.values();
    let incoming = partners
        .flat_map(|partner| partner.incoming_claims.values().chain(partner.incoming_custom_claims.values()));
    own.chain(incoming.map(|claim| claim.as_str()))
}

/// Two zones, in alphabetical order.
pub(super) fn in_order(pair: &crate::scenario::network::Pair) -> [String; 2] {
    let mut pair = [pair.one().value.clone(), pair.other().value.clone()];
    pair.sort();
    pair
}

/// The groups that a forest root has from the beginning, as the directory makes them.
fn built_in_groups() -> Vec<(String, GroupScope)> {
    let root = DnsName::new("root.example");
    let forest = Forest::of_one(root.clone(), "ROOT".into(), Sid::of_domain(0, &root));
    match directory::Domain::new(0, &root, forest, AccountPolicy::default(), VirtualTime::default()) {
        Ok(domain) => domain.groups().map(|group| (group.name.clone(), group.scope)).collect(),
        Err(_) => Vec::new(),
    }
}
