//! Where a key distribution centre sends someone who asks for a service elsewhere: to the next
//! domain on the way, as far as it can tell from what its own domain keeps (domain page §6.2).

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Direction, ForestTrustInfo, Routing, TrustKind, TrustRecord};
use crate::directory::Forest;
use crate::name::DnsName;

/// The trusts that a domain knows of: its own, and its forest's trusts with other forests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainTrusts {
    /// The domain.
    pub domain: DnsName,
    /// Its forest.
    pub forest: Forest,
    /// Its own halves of its trusts.
    pub records: Vec<TrustRecord>,
    /// The names that its forest's root can route to other forests, as the global catalog tells all
    /// domains of the forest.
    pub forest_routes: Vec<ForestRoute>,
}

/// A forest trust of the forest's root, as the other domains know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForestRoute {
    /// The root of the other forest.
    pub partner: DnsName,
    /// Whether the other forest trusts the own one.
    pub inbound: bool,
    /// The other forest's names.
    pub info: ForestTrustInfo,
}

impl ForestRoute {
    /// What the other domains learn of a record of the forest's root; none unless it is a forest trust.
    pub fn of(record: &TrustRecord) -> Option<Self> {
        let info = record.forest_info.clone()?;
        Some(Self { partner: record.partner.clone(), inbound: record.direction.is_inbound(), info })
    }
}

/// In which direction a name lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// In this domain of the own forest.
    OwnForest(DnsName),
    /// In the forest with this root, which trusts the own one.
    OtherForest(DnsName),
    /// In this domain, with which the own domain has an external trust.
    ExternalDomain(DnsName),
    /// Beyond the forest trust with this root, which does not route it.
    NotRouted(DnsName, Routing),
    /// Nobody knows.
    Unknown,
}

/// Where to send someone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referral<'a> {
    /// Nowhere: it is in this very domain.
    Local,
    /// To the partner of this record.
    Next(&'a TrustRecord),
    /// Nowhere, as this trust does not route the name.
    NotRouted(String),
    /// Nowhere, as no trust leads there.
    NoPath(String),
}

impl DomainTrusts {
    /// The record of the trust with this partner.
    pub fn with(&self, partner: &DnsName) -> Option<&TrustRecord> {
        self.records.iter().find(|record| record.partner == *partner)
    }

    /// Makes known to the forest which names its root routes, where this is the root.
    pub fn tell_own_forest(&mut self) {
        if self.domain == self.forest.root {
            self.forest_routes = self.records.iter().filter_map(ForestRoute::of).collect();
        }
    }

    /// Turns off what in a new trust collides with the own forest or an older trust.
    pub fn mark_conflicts(&self, newcomer: &mut TrustRecord) {
        let older = self.forest_routes.iter().filter(|route| route.partner != newcomer.partner);
        if let Some(info) = &mut newcomer.forest_info {
            info.mark_conflicts(&self.forest, older.map(|route| &route.info));
        }
    }

    /// In which direction the name of a host, a domain or a user principal's suffix lies, for a client
    /// of this realm. The own forest's names come first; then the longest name that a trust knows which
    /// leads there; then, for the sake of the explanation, one that does not. An external trust is for
    /// the two domains' own clients.
    pub fn destination(&self, client_realm: &DnsName, name: &DnsName) -> Destination {
        if let Some(domain) = self.forest.domain_of(name) {
            return Destination::OwnForest(domain.clone());
        }
        let forests = self.forest_routes.iter().map(|route| {
            let routing = route.info.route(name);
            let domain = route.info.domain_of(name).map_or(0, |domain| domain.as_str().len());
            let length = routing.length().max(domain);
            let destination = match routing {
                Routing::Routed(_) => Destination::OtherForest(route.partner.clone()),
                other => Destination::NotRouted(route.partner.clone(), other),
            };
            (route.inbound, length, matches!(destination, Destination::OtherForest(_)), destination)
        });
        let external =
            |record: &&TrustRecord| record.kind == TrustKind::External && name.is_within(&record.partner);
        let externals = self.records.iter().filter(external).map(|record| {
            let usable = record.direction.is_inbound() && *client_realm == self.domain;
            (usable, record.partner.as_str().len(), true, Destination::ExternalDomain(record.partner.clone()))
        });
        // Of equally long names one that is routed counts, and of these the last: the direct trust.
        let known = forests.chain(externals).filter(|(_, length, ..)| *length > 0);
        known
            .max_by_key(|(usable, length, routed, _)| (*usable, *length, *routed))
            .map_or(Destination::Unknown, |(.., destination)| destination)
    }

    /// The next step towards a destination for a client of this realm, who came over this trust, or
    /// belongs to this very domain. Who came from another forest goes on to no third one, and nobody
    /// goes on before or after a trust that is not transitive.
    pub fn refer(
        &self,
        client_realm: &DnsName,
        came_over: Option<&TrustRecord>,
        destination: &Destination,
    ) -> Referral<'_> {
        let next = match destination {
            Destination::OwnForest(domain) if *domain == self.domain => return Referral::Local,
            Destination::OwnForest(domain) => self.refer_within(domain),
            Destination::OtherForest(_) if !self.forest.domains.contains_key(client_realm) => {
                Referral::NoPath(format!(
                    "{client_realm} is of another forest, and forest trusts do not reach a third one"
                ))
            }
            Destination::OtherForest(partner) if self.domain == self.forest.root => self.refer_to(partner),
            Destination::OtherForest(partner) if !self.is_trusted_by(partner) => {
                Referral::NoPath(format!("{partner} does not trust the forest {}", self.forest.root))
            }
            Destination::OtherForest(_) => self.refer_within(&self.forest.root),
            Destination::ExternalDomain(partner) => self.refer_to(partner),
            Destination::NotRouted(partner, routing) => {
                return Referral::NotRouted(format!("in the forest trust with {partner}, {routing}"));
            }
            Destination::Unknown => {
                return Referral::NoPath(format!("{} knows no trust that leads there", self.domain));
            }
        };
        match (came_over, next) {
            (Some(before), Referral::Next(_)) if !before.is_transitive() => Referral::NoPath(format!(
                "the {} with {} is not transitive",
                before.kind.name(),
                before.partner
            )),
            (Some(_), Referral::Next(after)) if !after.is_transitive() => Referral::NoPath(format!(
                "the {} with {} is not transitive",
                after.kind.name(),
                after.partner
            )),
            (_, next) => next,
        }
    }

    fn is_trusted_by(&self, forest: &DnsName) -> bool {
        self.forest_routes.iter().any(|route| route.partner == *forest && route.inbound)
    }

    fn refer_to(&self, partner: &DnsName) -> Referral<'_> {
        match self.with(partner) {
            Some(record) if record.direction.is_inbound() => Referral::Next(record),
            Some(TrustRecord { direction: Direction::Disabled, .. }) => {
                Referral::NoPath(format!("the trust between {} and {partner} is disabled", self.domain))
            }
            Some(_) => Referral::NoPath(format!(
                "{} trusts {partner}, but {partner} does not trust {0}",
                self.domain
            )),
            None => Referral::NoPath(format!("{} has no trust with {partner}", self.domain)),
        }
    }

    /// The first step of the shortest way through the own forest: along the trusts that every forest
    /// has, and from this domain along its own shortcuts. Of equally short ways the one that is first
    /// by name. Every step brings the destination nearer, so referrals do not go in circles.
    fn refer_within(&self, destination: &DnsName) -> Referral<'_> {
        let mut neighbours: BTreeMap<&DnsName, Vec<&DnsName>> = BTreeMap::new();
        for (name, domain) in &self.forest.domains {
            if let Some(parent) = &domain.parent {
                neighbours.entry(name).or_default().push(parent);
                neighbours.entry(parent).or_default().push(name);
            }
        }
        let shortcut =
            |record: &&TrustRecord| record.kind == TrustKind::Shortcut && record.direction.is_inbound();
        let shortcuts = self.records.iter().filter(shortcut).map(|record| &record.partner);
        neighbours.entry(&self.domain).or_default().extend(shortcuts);
        let mut first_steps: BTreeMap<&DnsName, &DnsName> = BTreeMap::new();
        let mut waiting = VecDeque::from([&self.domain]);
        while let Some(here) = waiting.pop_front() {
            let mut next = neighbours.remove(here).unwrap_or_default();
            next.sort();
            for there in next {
                if there != &self.domain && !first_steps.contains_key(there) {
                    first_steps.insert(there, first_steps.get(here).copied().unwrap_or(there));
                    waiting.push_back(there);
                }
            }
        }
        match first_steps.get(destination) {
            Some(step) => self.refer_to(step),
            None => Referral::NoPath(format!("the forest {} has no domain {destination}", self.forest.root)),
        }
    }
}
