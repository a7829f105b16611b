//! A topology: every section of it, as one file holds it and as it is once files are laid over
//! each other.
//!
//! The list of sections stands here once. A file that lays itself over another replaces whole
//! entries by name; `null` removes one.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::{At, Entries, Entry, FileId, Section, Spot};
use super::certificate::{Authority, Certificate};
use super::domain::{Domain, Trust};
use super::exchange::Exchange;
use super::host::Host;
use super::network::{Firewall, Link, Zone};
use super::step::StepFile;
use super::value::Instant;
use crate::name::{DnsName, HostName};

macro_rules! sections {
    ($($(#[$doc:meta])* $section:ident: $key:ty => $entry:ty,)*) => {
        /// A topology: zones, hosts, domains, trusts and all that stands between them.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(title = "forestsim topology")]
        pub struct TopologyFile {
            /// What the topology is, in one line.
            pub title: Option<String>,
            /// Another topology that this one is laid over, relative to this file. Entries of the
            /// same name are replaced whole; `null` removes one.
            pub extends: Option<At<String>>,
            $($(#[$doc])* #[serde(default)] pub $section: Entries<$key, Option<$entry>>,)*
        }

        /// A scenario: what happens in a topology, and what must come of it.
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(title = "forestsim scenario")]
        pub struct ScenarioFile {
            /// What the scenario shows, in one line.
            pub title: String,
            /// The document that it follows.
            pub document: Option<String>,
            /// What can be learned from it.
            pub teaches: Option<String>,
            /// The topology that it plays in, relative to this file. The sections below are laid
            /// over it: entries of the same name are replaced whole; `null` removes one.
            pub topology: Option<At<String>>,
            /// When it begins; 2008-03-03T09:00:00Z, a Monday, where nothing is said.
            pub start: Option<At<Instant>>,
            $($(#[$doc])* #[serde(default)] pub $section: Entries<$key, Option<$entry>>,)*
            /// What happens, in order.
            pub steps: Vec<At<StepFile>>,
        }

        /// A topology once all its files are laid over each other, and checked.
        #[derive(Debug, Clone, Default)]
        pub struct Topology {
            /// What the topology is, in one line.
            pub title: Option<String>,
            $($(#[$doc])* pub $section: Section<$key, $entry>,)*
        }

        /// A removal that removes nothing: the section, the name, and where it stands.
        pub(super) struct IdleRemoval {
            pub section: &'static str,
            pub name: String,
            pub spot: Spot,
        }

        impl Topology {
            /// Lays a topology file over this topology; what it removes in vain is returned.
            pub(super) fn lay_topology(&mut self, file: TopologyFile, id: FileId) -> Vec<IdleRemoval> {
                let mut idle = Vec::new();
                self.title = file.title.or(self.title.take());
                $(lay(stringify!($section), &mut self.$section, file.$section, id, &mut idle);)*
                idle
            }

            /// Lays a scenario's own sections over this topology, as [`Topology::lay_topology`] does.
            pub(super) fn lay_scenario(&mut self, file: &mut ScenarioFile, id: FileId) -> Vec<IdleRemoval> {
                let mut idle = Vec::new();
                $(
                    let section = std::mem::take(&mut file.$section);
                    lay(stringify!($section), &mut self.$section, section, id, &mut idle);
                )*
                idle
            }

            /// The topology as canonical lines of text, sorted, one for each setting:
            /// `hosts.ws.zone = perimeter`. What is not set has no line, and a password's value is
            /// left out.
            pub fn lines(&self) -> Vec<String> {
                let mut lines = Vec::new();
                $(for (name, entry) in &self.$section {
                    lines.extend(super::flat::lines(stringify!($section), &name.to_string(), &entry.value));
                })*
                lines.sort();
                lines
            }
        }
    };
}

sections! {
    /// The parts of the network.
    zones: String => Zone,
    /// The links between zones. Zones without a path of links do not reach each other.
    links: String => Link,
    /// The firewalls on the links.
    firewalls: String => Firewall,
    /// Certification authorities.
    authorities: String => Authority,
    /// Certificates. Whoever uses one holds its key, unless it is only listed.
    certificates: String => Certificate,
    /// Active Directory domains, by DNS name.
    domains: DnsName => Domain,
    /// Trusts that administrators made. Trusts within a forest follow from its domains.
    trusts: String => Trust,
    /// Exchange organizations, by the root domain of their forest.
    exchange: DnsName => Exchange,
    /// The machines. A host's name is also its address on the simulated network.
    hosts: HostName => Host,
}

fn lay<K: std::hash::Hash + Eq + std::fmt::Display, T>(
    section: &'static str,
    below: &mut Section<K, T>,
    above: Entries<K, Option<T>>,
    file: FileId,
    idle: &mut Vec<IdleRemoval>,
) {
    for (At { value: name, spot }, entry) in above {
        match entry {
            Some(value) => {
                below.insert(name, Entry { value, file, spot });
            }
            None => {
                if below.shift_remove(&name).is_none() {
                    idle.push(IdleRemoval { section, name: name.to_string(), spot });
                }
            }
        }
    }
}

impl Topology {
    /// The hosts that are controllers of a domain, in the order of the file.
    pub fn controllers<'a>(&'a self, domain: &'a DnsName) -> impl Iterator<Item = &'a HostName> {
        self.hosts.iter().filter_map(move |(name, host)| {
            let controller = host.runs.domain_controller.as_ref()?;
            (*controller.domain == *domain).then_some(name)
        })
    }

    /// The root of the forest that a domain belongs to: itself, where it has neither a parent nor
    /// another tree's root. In a checked topology there is no circle.
    pub fn forest_root<'a>(&'a self, domain: &'a DnsName) -> &'a DnsName {
        let mut root = domain;
        // A name in DNS has at most 127 labels, so no child lies deeper below its tree's root.
        for _ in 0..=127 {
            match self.domains.get(root).and_then(|entry| entry.parent.as_ref().or(entry.tree_of.as_ref())) {
                Some(above) => root = above,
                None => break,
            }
        }
        root
    }

    /// What a firewall rule or a fault means by a name: a zone, a host, or any.
    pub fn end(&self, name: &str) -> Option<End> {
        match name {
            End::ANY => Some(End::Any),
            zone if self.zones.contains_key(zone) => Some(End::Zone(zone.to_owned())),
            host if self.hosts.contains_key(host) => Some(End::Host(HostName::new(host))),
            _ => None,
        }
    }
}

/// One end of what a firewall rule or a fault is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Every host.
    Any,
    /// Every host of a zone.
    Zone(String),
    /// One host.
    Host(HostName),
}

impl End {
    /// How [`End::Any`] is written.
    pub const ANY: &'static str = "any";
}
