//! What an administrator changes about a trust while the simulation runs, on one side of it.

use serde::{Deserialize, Serialize};

use super::{DomainTrusts, ForestTrustInfo, TrustAttributes, TrustError};
use crate::name::DnsName;

/// A change of one half of a trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustChange {
    /// The domain at the other end.
    pub partner: DnsName,
    /// What becomes of this half.
    pub set: TrustSetting,
}

/// What becomes of a half of a trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrustSetting {
    /// It is gone.
    Removed,
    /// It has these attributes.
    Attributes(TrustAttributes),
    /// It routes these names.
    ForestInfo(ForestTrustInfo),
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
    /// There can be no such trust.
    #[error(transparent)]
    Impossible(#[from] TrustError),
}

impl TrustChange {
    /// Makes the change. The result says in words what the half is now.
    ///
    /// # Errors
    /// Where there is no such trust, or it cannot be as it is told to; then nothing is changed.
    pub fn apply(&self, trusts: &mut DomainTrusts) -> Result<String, TrustChangeError> {
        let unknown =
            || TrustChangeError::Unknown { domain: trusts.domain.clone(), partner: self.partner.clone() };
        let place = trusts.records.iter().position(|record| record.partner == self.partner);
        let place = place.ok_or_else(unknown)?;
        if self.set == TrustSetting::Removed {
            trusts.records.remove(place);
            trusts.forest_routes.retain(|route| route.partner != self.partner);
            return Ok("removed".to_owned());
        }
        let mut record = trusts.records[place].clone();
        let state = match &self.set {
            TrustSetting::Removed => String::new(),
            TrustSetting::Attributes(attributes) => {
                record.attributes = *attributes;
                format!("trustAttributes {:#x}", attributes.0)
            }
            TrustSetting::ForestInfo(info) => {
                record.forest_info = Some(info.clone());
                for route in trusts.forest_routes.iter_mut().filter(|route| route.partner == self.partner) {
                    route.info = info.clone();
                }
                "routes other names".to_owned()
            }
        };
        record.check()?;
        trusts.records[place] = record;
        Ok(state)
    }
}
