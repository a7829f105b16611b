//! The trusts of a topology, as each domain keeps its half of them.

use std::collections::BTreeMap;

use super::DeployError;
use super::directory::Directories;
use crate::directory::{Domain, Forest};
use crate::name::DnsName;
use crate::scenario::domain::NameSuffixes;
use crate::scenario::{self, SidFiltering, Topology};
use crate::trust::{
    DomainTrusts, ForestRoute, ForestTrustInfo, NameSuffix, Party, SuffixState, TrustAttributes, TrustError,
    TrustKind, TrustRecord, make_trust, trusts_within,
};

/// Every half of every trust, by the domain that keeps it.
pub struct Trusts {
    domains: BTreeMap<DnsName, DomainTrusts>,
}

impl Trusts {
    /// Makes the trusts within forests, and those that the topology names.
    pub fn new(topology: &Topology, directories: &Directories, seed: u64) -> Result<Self, DeployError> {
        let mut domains = BTreeMap::new();
        for (name, domain) in directories.all() {
            let own = DomainTrusts {
                domain: name.clone(),
                forest: domain.forest().clone(),
                records: Vec::new(),
                forest_routes: Vec::new(),
            };
            domains.insert(name.clone(), own);
        }
        let mut trusts = Self { domains };
        for (name, domain) in directories.all() {
            if domain.forest().root == *name {
                trusts.add_all(trusts_within(seed, domain.forest())?)?;
            }
        }
        for trust in topology.trusts.values().filter(|trust| trust.made) {
            trusts.add_all(halves(directories, trust, seed)?)?;
        }
        trusts.tell_forests();
        Ok(trusts)
    }

    /// What of a newcomer's names collides with the holder's forest or a trust before it is turned off.
    fn add_all(&mut self, records: Vec<(DnsName, TrustRecord)>) -> Result<(), DeployError> {
        for (holder, mut record) in records {
            let own = self.domains.get_mut(&holder);
            let own = own.ok_or_else(|| DeployError::missing("domain", holder.as_str()))?;
            own.mark_conflicts(&mut record);
            own.records.push(record);
            own.tell_own_forest();
        }
        Ok(())
    }

    /// The global catalog tells every domain of a forest which names the forest's root can route.
    fn tell_forests(&mut self) {
        let mut routes: BTreeMap<DnsName, Vec<ForestRoute>> = BTreeMap::new();
        for own in self.domains.values() {
            let known = own.records.iter().filter_map(ForestRoute::of);
            routes.entry(own.forest.root.clone()).or_default().extend(known);
        }
        for own in self.domains.values_mut() {
            own.forest_routes = routes.get(&own.forest.root).cloned().unwrap_or_default();
        }
    }

    /// What one domain keeps.
    pub fn of(&self, domain: &DnsName) -> Result<&DomainTrusts, DeployError> {
        self.domains.get(domain).ok_or_else(|| DeployError::missing("domain", domain.as_str()))
    }

    /// The half that `own` keeps of its trust with `partner`.
    pub fn record(&self, own: &DnsName, partner: &DnsName) -> Result<&TrustRecord, DeployError> {
        self.of(own)?.with(partner).ok_or_else(|| DeployError::missing("trust with", partner.as_str()))
    }

    /// Every half, with the domain that keeps it.
    pub fn halves(&self) -> impl Iterator<Item = (&DnsName, &TrustRecord)> {
        self.domains.values().flat_map(|own| own.records.iter().map(move |record| (&own.domain, record)))
    }
}

/// Both halves of a trust as an administrator makes it, each with the domain that keeps it.
pub fn halves(
    directories: &Directories,
    trust: &scenario::Trust,
    seed: u64,
) -> Result<Vec<(DnsName, TrustRecord)>, DeployError> {
    let (trusting, trusted) = (&trust.trusting.value, &trust.trusted.value);
    let (here, there): (&Domain, &Domain) = (directories.domain(trusting)?, directories.domain(trusted)?);
    let party = |forest, domain| Party { forest, domain };
    let mut made = make_trust(
        seed,
        kind(trust.kind),
        party(here.forest(), trusting),
        party(there.forest(), trusted),
        trust.two_way,
    )?;
    made.trusting.attributes =
        attributes(made.trusting.attributes, trust.selective_authentication, trust.sid_filtering);
    if let Some(written) = &trust.suffixes {
        for half in [&mut made.trusting, &mut made.trusted] {
            route(&mut half.forest_info, &half.partner, written, there.forest());
        }
    }
    Ok(vec![(trusting.clone(), made.trusting), (trusted.clone(), made.trusted)])
}

/// A kind of trust as a topology names it.
pub fn kind(kind: scenario::TrustKind) -> TrustKind {
    match kind {
        scenario::TrustKind::Forest => TrustKind::Forest,
        scenario::TrustKind::External => TrustKind::External,
        scenario::TrustKind::Shortcut => TrustKind::Shortcut,
    }
}

/// The attributes that an administrator's choices make of those that Windows set.
pub fn attributes(usual: TrustAttributes, selective: bool, filtering: SidFiltering) -> TrustAttributes {
    let relaxed = TrustAttributes::TREAT_AS_EXTERNAL;
    let filtered = match filtering {
        SidFiltering::Default => usual,
        SidFiltering::Relaxed => usual.with(relaxed),
        SidFiltering::Quarantine => usual.with(TrustAttributes::QUARANTINED),
        SidFiltering::None => usual.without(TrustAttributes::QUARANTINED).with(relaxed),
    };
    if selective { filtered.with(TrustAttributes::CROSS_ORGANIZATION) } else { filtered }
}

/// The written name suffixes concern the names of the forest of the trusted domain; the half that
/// knows another forest's names stays as it is.
fn route(info: &mut Option<ForestTrustInfo>, partner: &DnsName, written: &NameSuffixes, trusted: &Forest) {
    let Some(info) = info.as_mut().filter(|_| trusted.domains.contains_key(partner)) else { return };
    let states = [(&written.enabled, SuffixState::Enabled), (&written.disabled, SuffixState::Disabled)];
    for (names, state) in states {
        for name in names {
            info.suffixes.retain(|suffix| suffix.name != name.value);
            info.suffixes.push(NameSuffix { name: name.value.clone(), state });
        }
    }
    info.exclusions.extend(written.excluded.iter().map(|excluded| excluded.value.clone()));
}

impl From<TrustError> for DeployError {
    fn from(error: TrustError) -> Self {
        Self::Trust(error)
    }
}
