//! What an administrator changes about a trust while the simulation runs, on one side of it.
//!
//! The side is a domain, which keeps a half of the trust. The other domains of its forest keep none,
//! but the global catalog tells them which names the forest's trusts route, so they hear of the change
//! too.

use serde::{Deserialize, Serialize};

use super::{
    Direction, DomainTrusts, ForestRoute, NameSuffix, SuffixState, TrustAttributes, TrustError, TrustKey,
    TrustRecord,
};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::name::DnsName;
use crate::time::VirtualTime;

/// A change of one half of a trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustChange {
    /// The domain whose half it is.
    pub holder: DnsName,
    /// The domain at the other end.
    pub partner: DnsName,
    /// What becomes of this half.
    pub set: TrustSetting,
}

/// What becomes of a half of a trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrustSetting {
    /// It is made. What of its names collides with the own forest or an older trust is turned off.
    Made(Box<TrustRecord>),
    /// It is gone.
    Removed,
    /// It is there, but leads in no direction.
    Disabled,
    /// These attributes are set, and those are cleared.
    Attributes {
        /// What is set.
        set: TrustAttributes,
        /// What is cleared.
        clear: TrustAttributes,
    },
    /// A name suffix of the partner's forest is in this state.
    Suffix(DnsName, SuffixState),
    /// It has a password that an administrator types, for each direction that it has.
    Password(Secret),
}

/// Why a trust cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustChangeError {
    /// There is no such trust.
    #[error("{domain} has no trust with {partner}; correct the name")]
    Unknown {
        /// The domain whose half it would be.
        domain: DnsName,
        /// The partner that was named.
        partner: DnsName,
    },
    /// There is such a trust already.
    #[error("{domain} has a trust with {partner} already; remove it first")]
    Exists {
        /// The domain whose half it would be.
        domain: DnsName,
        /// The partner that was named.
        partner: DnsName,
    },
    /// There can be no such trust.
    #[error(transparent)]
    Impossible(#[from] TrustError),
}

impl TrustChange {
    /// Makes the change in what one domain of the holder's forest knows, at this time by the clock of
    /// its domain controller. The result says in words what the half is now; none where this domain
    /// only hears of it.
    ///
    /// # Errors
    /// Where there is no such trust, or it cannot be as it is told to; then nothing is changed.
    pub fn apply(
        &self,
        trusts: &mut DomainTrusts,
        now: VirtualTime,
    ) -> Result<Option<String>, TrustChangeError> {
        if trusts.domain != self.holder {
            self.hear(trusts);
            return Ok(None);
        }
        let (domain, partner) = (trusts.domain.clone(), self.partner.clone());
        let place = trusts.records.iter().position(|record| record.partner == partner);
        let state = match (&self.set, place) {
            (TrustSetting::Made(_), Some(_)) => return Err(TrustChangeError::Exists { domain, partner }),
            (TrustSetting::Made(record), None) => make(trusts, record, now)?,
            (_, None) => return Err(TrustChangeError::Unknown { domain, partner }),
            (TrustSetting::Removed, Some(place)) => {
                trusts.records.remove(place);
                "removed".to_owned()
            }
            (setting, Some(place)) => {
                let mut record = trusts.records[place].clone();
                let state = setting.change(&domain, &mut record, now);
                record.check()?;
                trusts.records[place] = record;
                state
            }
        };
        trusts.tell_own_forest();
        Ok(Some(state))
    }

    /// Another domain of the forest hears of the change, where it concerns the names that the forest's
    /// root routes.
    fn hear(&self, trusts: &mut DomainTrusts) {
        if self.holder != trusts.forest.root {
            return;
        }
        let place = trusts.forest_routes.iter().position(|route| route.partner == self.partner);
        match (&self.set, place) {
            (TrustSetting::Made(record), None) => {
                let mut record = (**record).clone();
                trusts.mark_conflicts(&mut record);
                trusts.forest_routes.extend(ForestRoute::of(&record));
            }
            (TrustSetting::Removed, Some(place)) => {
                trusts.forest_routes.remove(place);
            }
            (TrustSetting::Disabled, Some(place)) => trusts.forest_routes[place].inbound = false,
            (TrustSetting::Suffix(name, state), Some(place)) => {
                set_suffix(&mut trusts.forest_routes[place].info.suffixes, name, *state);
            }
            _ => {}
        }
    }
}

impl TrustSetting {
    fn change(&self, holder: &DnsName, record: &mut TrustRecord, now: VirtualTime) -> String {
        match self {
            Self::Made(_) | Self::Removed => String::new(),
            Self::Disabled => {
                record.direction = Direction::Disabled;
                "disabled, trustDirection 0".to_owned()
            }
            Self::Attributes { set, clear } => {
                record.attributes = record.attributes.without(*clear).with(*set);
                format!("trustAttributes {:#x}", record.attributes.0)
            }
            Self::Suffix(name, state) => {
                if let Some(info) = &mut record.forest_info {
                    set_suffix(&mut info.suffixes, name, *state);
                }
                format!("the suffix {name} is {}", state.name())
            }
            Self::Password(password) => {
                let typed = |trusting: &DnsName, trusted: &DnsName| {
                    SymmetricKey::derive_from_password(&format!("{trusting} trusts {trusted}"), password)
                };
                if let Some(key) = &mut record.outgoing {
                    reset(key, typed(holder, &record.partner), now);
                }
                if let Some(key) = &mut record.incoming {
                    reset(key, typed(&record.partner, holder), now);
                }
                "a password that an administrator typed".to_owned()
            }
        }
    }
}

/// A key that both sides are given at their consoles.
fn reset(key: &mut TrustKey, typed: SymmetricKey, now: VirtualTime) {
    key.change(typed, now);
    key.proven = true;
}

fn make(
    trusts: &mut DomainTrusts,
    record: &TrustRecord,
    now: VirtualTime,
) -> Result<String, TrustChangeError> {
    let mut record = record.clone();
    record.check()?;
    for key in record.outgoing.iter_mut().chain(&mut record.incoming) {
        key.set = Some(now);
    }
    trusts.mark_conflicts(&mut record);
    let conflicts: Vec<String> = record.forest_info.iter().flat_map(|info| info.conflicts()).collect();
    let state = match conflicts.as_slice() {
        [] => format!("made, {}", record.kind.name()),
        conflicts => format!("made, {}; turned off: {}", record.kind.name(), conflicts.join(", ")),
    };
    trusts.records.push(record);
    Ok(state)
}

fn set_suffix(suffixes: &mut Vec<NameSuffix>, name: &DnsName, state: SuffixState) {
    match suffixes.iter_mut().find(|suffix| suffix.name == *name) {
        Some(suffix) => suffix.state = state,
        None => suffixes.push(NameSuffix { name: name.clone(), state }),
    }
}
