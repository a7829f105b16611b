//! Free and busy times between forests: whom a forest asks and how, whom it lets in, and the relays
//! that stand between forests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::host::Credentials;
use super::value::{Principal, WebAddress};
use crate::name::DnsName;

/// How an organization exchanges free and busy times with other forests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityConfig {
    /// The account that other forests ask as, all of their people alike
    /// (Set-AvailabilityConfig -OrgWideAccount).
    pub org_wide_account: Option<At<Principal>>,
    /// The forests that this one asks, by the domain of their people's e-mail addresses
    /// (Add-AvailabilityAddressSpace -ForestName).
    #[serde(default)]
    pub address_spaces: Entries<DnsName, AddressSpace>,
}

/// How another forest is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressSpace {
    /// As whom.
    pub access_method: At<AccessMethod>,
    /// The account in the other forest that requests are made with; the server's own where nothing is
    /// said (-UseServiceAccount).
    pub credentials: Option<Credentials>,
    /// Where its Exchange Web Services are, in the order in which they are tried: what Autodiscover
    /// would answer.
    pub at: Vec<At<WebAddress>>,
}

/// As whom another forest is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum AccessMethod {
    /// As the person who asks, with that person's token; the other forest must trust this one.
    #[serde(rename = "PerUserFB")]
    PerUserFreeBusy,
    /// As one account for everybody.
    #[serde(rename = "OrgWideFB")]
    OrgWideFreeBusy,
}

/// A calendar relay: it hands questions for free and busy times on, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarRelay {
    /// Its certificate in TLS.
    pub certificate: At<String>,
    /// Where it hands questions on to: the next relay, or a Client Access server.
    pub hands_on_to: At<WebAddress>,
    /// In whose name, where not in that of whoever asks it.
    pub asks_as: Option<RelayAccount>,
}

/// How a relay asks in a name of its own: it has its callers authenticate, and impersonates one client.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelayAccount {
    /// The account that its callers must have.
    pub lets_in: At<Principal>,
    /// Its service account.
    pub service_account: Credentials,
    /// The user principal name of the client that it acts as.
    pub acting_as: At<String>,
}
