//! Changes to how an organization exchanges free and busy times with other forests.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::name::DnsName;
use crate::scenario::at::At;
use crate::scenario::value::Principal;

/// How an organization exchanges free and busy times with other forests is changed, as with
/// Set-AvailabilityConfig and Add-AvailabilityAddressSpace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAvailability {
    /// The root domain of the organization's forest.
    pub exchange: At<DnsName>,
    /// What it becomes.
    pub set: AvailabilitySetting,
}

/// What becomes of the exchange of free and busy times.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AvailabilitySetting {
    /// Other forests ask as this account.
    OrgWideAccount(At<Principal>),
    /// The forest of this address space is asked as the person who asks, over the server's own account
    /// (-AccessMethod PerUserFB -UseServiceAccount).
    AsEachPerson(At<DnsName>),
}

impl fmt::Display for ChangeAvailability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.set {
            AvailabilitySetting::OrgWideAccount(account) => {
                write!(formatter, "{} answers other forests that ask as {account}", self.exchange)
            }
            AvailabilitySetting::AsEachPerson(domain) => {
                write!(
                    formatter,
                    "{} asks {domain} as each person, and no longer as one account",
                    self.exchange
                )
            }
        }
    }
}
