//! Forest trust information: which names a forest trust routes, and which domains it may speak for
//! (MS-ADTS §6.1.6.9.3; domain page §6.3).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::directory::{Forest, Sid};
use crate::name::{DnsName, NetbiosName};

/// What a forest trust knows of the partner's forest: its names and its domains.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ForestTrustInfo {
    /// The partner's name suffixes, each good for itself and everything below it.
    pub suffixes: Vec<NameSuffix>,
    /// Names below a suffix that are not the partner's after all.
    pub exclusions: BTreeSet<DnsName>,
    /// The partner's domains.
    pub domains: Vec<PartnerDomain>,
}

/// A name suffix of the partner's forest (a top-level name record).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameSuffix {
    /// The suffix.
    pub name: DnsName,
    /// Whether it is routed.
    pub state: SuffixState,
}

/// Whether a record of forest trust information counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuffixState {
    /// It counts.
    Enabled,
    /// It was learned later and waits for an administrator.
    New,
    /// An administrator turned it off.
    Disabled,
    /// It belongs to the own forest or to another trust already.
    Conflict,
}

impl SuffixState {
    /// The state in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::New => "new, and not enabled yet",
            Self::Disabled => "disabled",
            Self::Conflict => "in conflict",
        }
    }
}

/// A domain of the partner's forest (a domain information record).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerDomain {
    /// Its name in DNS.
    pub dns_name: DnsName,
    /// Its short name.
    pub netbios: NetbiosName,
    /// Its SID.
    pub sid: Sid,
    /// Whether the trust may speak for its SIDs.
    pub sid_state: SuffixState,
    /// Whether its short name counts.
    pub netbios_state: SuffixState,
}

/// What a forest trust makes of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routing {
    /// This suffix routes it.
    Routed(DnsName),
    /// This suffix would, but is not enabled.
    Off(DnsName, SuffixState),
    /// This exclusion keeps it out.
    Excluded(DnsName),
    /// No record is about it.
    Unknown,
}

impl Routing {
    /// How long the record is that decided: the longest decides among several trusts.
    pub fn length(&self) -> usize {
        match self {
            Self::Routed(name) | Self::Off(name, _) | Self::Excluded(name) => name.as_str().len(),
            Self::Unknown => 0,
        }
    }
}

impl std::fmt::Display for Routing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Routed(suffix) => write!(formatter, "the suffix {suffix} routes it"),
            Self::Off(suffix, SuffixState::Conflict) => {
                write!(formatter, "the suffix {suffix} is in conflict with another")
            }
            Self::Off(suffix, SuffixState::New) => {
                write!(formatter, "the suffix {suffix} is not enabled yet")
            }
            Self::Off(suffix, _) => write!(formatter, "the suffix {suffix} is disabled"),
            Self::Excluded(name) => write!(formatter, "{name} is excluded"),
            Self::Unknown => write!(formatter, "no suffix covers it"),
        }
    }
}

impl ForestTrustInfo {
    /// All names and domains of a forest, enabled: what a trust that is made now knows of it. A
    /// forest's suffixes are the roots of its trees and its further suffixes of user principal names.
    pub fn of(forest: &Forest) -> Self {
        let domains = forest.domains.iter().map(|(name, domain)| PartnerDomain {
            dns_name: name.clone(),
            netbios: domain.netbios.clone(),
            sid: domain.sid,
            sid_state: SuffixState::Enabled,
            netbios_state: SuffixState::Enabled,
        });
        let suffixes = suffixes_of(forest)
            .into_iter()
            .map(|name| NameSuffix { name, state: SuffixState::Enabled })
            .collect();
        Self { suffixes, exclusions: BTreeSet::new(), domains: domains.collect() }
    }

    /// What becomes of a name: the longest suffix or exclusion that it equals or lies below decides,
    /// and of equally long ones the exclusion.
    ///
    /// ```
    /// use forestsim::trust::{ForestTrustInfo, NameSuffix, Routing, SuffixState};
    /// let suffix = |name: &str| NameSuffix { name: name.into(), state: SuffixState::Enabled };
    /// let info = ForestTrustInfo {
    ///     suffixes: vec![suffix("example"), suffix("corp.example")],
    ///     exclusions: ["lab.example".into()].into(),
    ///     domains: vec![],
    /// };
    /// assert_eq!(info.route(&"ws.corp.example".into()), Routing::Routed("corp.example".into()));
    /// assert_eq!(info.route(&"ws.lab.example".into()), Routing::Excluded("lab.example".into()));
    /// assert_eq!(info.route(&"example.com".into()), Routing::Unknown);
    /// ```
    pub fn route(&self, name: &DnsName) -> Routing {
        let covers = |suffix: &DnsName| name.is_within(suffix);
        let suffix = self
            .suffixes
            .iter()
            .filter(|suffix| covers(&suffix.name))
            .max_by_key(|suffix| suffix.name.as_str().len());
        let exclusion =
            self.exclusions.iter().filter(|name| covers(name)).max_by_key(|name| name.as_str().len());
        match (suffix, exclusion) {
            (None, _) => Routing::Unknown,
            (Some(suffix), Some(exclusion)) if exclusion.as_str().len() >= suffix.name.as_str().len() => {
                Routing::Excluded(exclusion.clone())
            }
            (Some(suffix), _) if suffix.state == SuffixState::Enabled => Routing::Routed(suffix.name.clone()),
            (Some(suffix), _) => Routing::Off(suffix.name.clone(), suffix.state),
        }
    }

    /// The partner's domain that a name lies in: the longest that it equals or lies below.
    pub fn domain_of(&self, name: &DnsName) -> Option<&DnsName> {
        let domains = self.domains.iter().map(|domain| &domain.dns_name);
        domains.filter(|domain| name.is_within(domain)).max_by_key(|domain| domain.as_str().len())
    }

    /// Whether the trust may speak for this domain, by SID.
    pub fn speaks_for(&self, domain: Sid) -> bool {
        self.domains.iter().any(|known| known.sid == domain && known.sid_state == SuffixState::Enabled)
    }

    /// Whether this is the name of a domain that the partner's forest claims.
    pub fn claims_realm(&self, realm: &DnsName) -> bool {
        let known = self.domains.iter().find(|domain| domain.dns_name == *realm);
        known.is_some_and(|domain| domain.sid_state == SuffixState::Enabled)
    }

    /// Learns what the partner says that has been added to its forest since. New suffixes wait to be
    /// enabled. The result names them.
    pub fn learn(&mut self, told: &Self) -> Vec<DnsName> {
        let known = |name: &DnsName| self.suffixes.iter().any(|suffix| suffix.name == *name);
        let names = told.suffixes.iter().map(|suffix| suffix.name.clone());
        let new: Vec<DnsName> = names.filter(|name| !known(name)).collect();
        let waiting = new.iter().map(|name| NameSuffix { name: name.clone(), state: SuffixState::New });
        self.suffixes.extend(waiting);
        for domain in &told.domains {
            if self.domains.iter().all(|known| known.sid != domain.sid) {
                self.domains.push(domain.clone());
            }
        }
        new
    }

    /// Turns off whatever collides with the own forest or with an older trust: a suffix that equals
    /// or lies below one of theirs, a domain's SID, a domain's short name. Names above theirs do not
    /// collide, as the longer name decides.
    pub fn mark_conflicts<'a>(&mut self, own: &Forest, older: impl IntoIterator<Item = &'a Self>) {
        self.mark_conflicts_with(&Self::of(own));
        for theirs in older {
            self.mark_conflicts_with(theirs);
        }
    }

    /// What of it is turned off because it collides with another's, in words.
    pub fn conflicts(&self) -> Vec<String> {
        let off = |state: SuffixState| state == SuffixState::Conflict;
        let suffixes = self.suffixes.iter().filter(|suffix| off(suffix.state));
        let sids = self.domains.iter().filter(|domain| off(domain.sid_state));
        let short = self.domains.iter().filter(|domain| off(domain.netbios_state));
        suffixes
            .map(|suffix| format!("the suffix {}", suffix.name))
            .chain(sids.map(|domain| format!("the SID of {}", domain.dns_name)))
            .chain(short.map(|domain| format!("the short name {}", domain.netbios)))
            .collect()
    }

    fn mark_conflicts_with(&mut self, theirs: &Self) {
        for suffix in &mut self.suffixes {
            if matches!(theirs.route(&suffix.name), Routing::Routed(_)) {
                suffix.state = SuffixState::Conflict;
            }
        }
        for domain in &mut self.domains {
            if theirs.domains.iter().any(|other| other.sid == domain.sid) {
                domain.sid_state = SuffixState::Conflict;
            }
            if theirs.domains.iter().any(|other| other.netbios == domain.netbios) {
                domain.netbios_state = SuffixState::Conflict;
            }
        }
    }
}

/// The roots of a forest's trees and its further suffixes, without those that lie below another.
fn suffixes_of(forest: &Forest) -> Vec<DnsName> {
    let all: BTreeSet<&DnsName> = forest.domains.keys().chain(&forest.upn_suffixes).collect();
    let covered = |name: &&DnsName| all.iter().any(|other| *other != *name && name.is_within(other));
    all.iter().copied().filter(|name| !covered(name)).cloned().collect()
}
