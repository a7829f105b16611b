//! What every domain controller of a forest knows of the forest as a whole: its domains and how
//! they hang together, and what the global catalog tells of them.
//!
//! In Active Directory the first is the configuration partition and the second a partial copy of
//! every domain; both are replicated to where they are needed. Here they are filled when the
//! forest is deployed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Domain, Group, GroupScope, Sid};
use crate::name::{DnsName, NetbiosName, Upn};

/// The domains of a forest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forest {
    /// The root domain, after which the forest is named.
    pub root: DnsName,
    /// Its domains, the root among them.
    pub domains: BTreeMap<DnsName, ForestDomain>,
    /// Suffixes of user principal names beyond the names of the domains.
    pub upn_suffixes: BTreeSet<DnsName>,
}

/// One domain of a forest, as the others know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForestDomain {
    /// Its short name.
    pub netbios: NetbiosName,
    /// Its SID.
    pub sid: Sid,
    /// The domain that it is a child of, or for the root of another tree the forest's root; none for
    /// the forest's root.
    pub parent: Option<DnsName>,
}

impl Forest {
    /// A forest of one domain, its root.
    pub fn of_one(root: DnsName, netbios: NetbiosName, sid: Sid) -> Self {
        let domain = ForestDomain { netbios, sid, parent: None };
        Self { root: root.clone(), domains: BTreeMap::from([(root, domain)]), upn_suffixes: BTreeSet::new() }
    }

    /// Adds a domain below `parent`; for the root of another tree that is the forest's root.
    pub fn add(&mut self, name: DnsName, netbios: NetbiosName, sid: Sid, parent: DnsName) {
        self.domains.insert(name, ForestDomain { netbios, sid, parent: Some(parent) });
    }

    /// The SIDs of its domains.
    pub fn sids(&self) -> BTreeSet<Sid> {
        self.domains.values().map(|domain| domain.sid).collect()
    }

    /// The domain that a DNS name lies in: the longest of the forest's domains that it is within.
    ///
    /// ```
    /// use forestsim::directory::{Forest, Sid};
    /// use forestsim::name::{DnsName, NetbiosName};
    /// let sid = |name: &str| Sid::of_domain(1, &DnsName::new(name));
    /// let mut forest = Forest::of_one("corp.example".into(), NetbiosName::new("CORP"), sid("corp.example"));
    /// forest.add("eu.corp.example".into(), "EU".into(), sid("eu.corp.example"), "corp.example".into());
    /// assert_eq!(forest.domain_of(&"ws.eu.corp.example".into()).unwrap().as_str(), "eu.corp.example");
    /// assert_eq!(forest.domain_of(&"ws.example".into()), None);
    /// ```
    pub fn domain_of(&self, name: &DnsName) -> Option<&DnsName> {
        self.domains.keys().filter(|domain| name.is_within(domain)).max_by_key(|domain| domain.as_str().len())
    }
}

/// What the global catalog tells of the domains of a forest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GlobalCatalog {
    /// In which domain the account with a user principal name is.
    pub upns: BTreeMap<Upn, DnsName>,
    /// In which domain the account with a service principal name, in lower case, is.
    pub services: BTreeMap<String, DnsName>,
    /// The universal groups of all domains, with their members.
    pub universal_groups: Vec<Group>,
}

impl GlobalCatalog {
    /// The catalog of a forest with these domains.
    pub fn of<'a>(domains: impl IntoIterator<Item = &'a Domain>) -> Self {
        let mut catalog = Self::default();
        for domain in domains {
            for account in domain.accounts() {
                catalog.upns.insert(account.upn.clone(), domain.dns_name().clone());
                for service in &account.service_names {
                    catalog.services.insert(service.to_ascii_lowercase(), domain.dns_name().clone());
                }
            }
            let universal = domain.groups().filter(|group| group.scope == GroupScope::Universal);
            catalog.universal_groups.extend(universal.cloned());
        }
        catalog.universal_groups.sort_by_key(|group| group.sid);
        catalog
    }
}
