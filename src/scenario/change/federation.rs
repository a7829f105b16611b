//! Changes to federation servers: their partners and the certificate that they sign with.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::name::HostName;
use crate::scenario::at::{At, Entries};
use crate::scenario::federation::ResourcePartner;

/// A change to a partner in the trust policy of a federation server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePartner {
    /// The host that runs the Federation Service.
    pub federation_service: At<HostName>,
    /// The account partner or resource partner.
    pub partner: At<String>,
    /// What it becomes.
    pub set: PartnerSetting,
}

impl fmt::Display for ChangePartner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the partner {} of {} {}", self.partner, self.federation_service, self.set)
    }
}

/// What a partner becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerSetting {
    /// Disabled.
    Disabled,
    /// Enabled.
    Enabled,
    /// An account partner whose tokens may be signed with this certificate, too.
    AddVerification(At<String>),
    /// An account partner whose tokens may not be signed with this certificate any more.
    RemoveVerification(At<String>),
    /// A new resource partner.
    Added(Box<ResourcePartner>),
    /// Gone.
    Removed,
    /// An account partner whose group claims become these organization claims, and no others.
    IncomingClaims(Entries<String, At<String>>),
    /// A resource partner to which these organization group claims go out, and no others.
    OutgoingClaims(Entries<String, At<String>>),
}

impl fmt::Display for PartnerSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartnerSetting::Disabled => formatter.write_str("is disabled"),
            PartnerSetting::Enabled => formatter.write_str("is enabled"),
            PartnerSetting::AddVerification(certificate) => write!(formatter, "may sign with {certificate}"),
            PartnerSetting::RemoveVerification(certificate) => {
                write!(formatter, "may no longer sign with {certificate}")
            }
            PartnerSetting::Added(partner) => write!(formatter, "is new: {}", partner.realm),
            PartnerSetting::Removed => formatter.write_str("is removed"),
            PartnerSetting::IncomingClaims(claims) | PartnerSetting::OutgoingClaims(claims) => {
                let all: Vec<String> = claims.iter().map(|(from, to)| format!("{from} → {to}")).collect();
                write!(formatter, "has its claims mapped anew: {}", all.join(", "))
            }
        }
    }
}

/// A federation server signs its tokens with another certificate from now on. What it has signed
/// before stays good; partners are told by their own administrators.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTokenSigning {
    /// The host that runs the Federation Service.
    pub federation_service: At<HostName>,
    /// The certificate.
    pub certificate: At<String>,
}

impl fmt::Display for ChangeTokenSigning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} signs its tokens with {}", self.federation_service, self.certificate)
    }
}
