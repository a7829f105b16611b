//! Exchange: an organization with its sites and servers, as the Configuration partition of its forest
//! holds them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::availability::AvailabilityConfig;
use super::impersonation::{AdministratorsDenied, Database, Grant, LinkedContact, Mailbox};
use super::value::Principal;
use crate::name::{DnsName, HostName};

/// The Exchange organization of the forest with this root domain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The organization's name.
    pub organization: String,
    /// The Active Directory sites of the forest.
    #[serde(default)]
    pub sites: Vec<At<String>>,
    /// The servers of the organization, by host. Edge Transport servers are not among them: they come
    /// in by their subscription.
    #[serde(default)]
    pub servers: Entries<HostName, ExchangeServer>,
    /// Domains for whose addresses the organization takes mail.
    #[serde(default)]
    pub accepted_domains: Vec<At<DnsName>>,
    /// Domains outside with settings of their own; `*` for all.
    #[serde(default)]
    pub remote_domains: Vec<At<String>>,
    /// Mailbox databases, by name.
    #[serde(default)]
    pub databases: Entries<String, Database>,
    /// Mailboxes, by the account that the directory keeps them with: CORP\sally.
    #[serde(default)]
    pub mailboxes: Entries<Principal, Mailbox>,
    /// Contacts in the root domain that stand for accounts of other forests, by name.
    #[serde(default)]
    pub contacts: Entries<String, LinkedContact>,
    /// Rights that administrators have granted, as Add-ADPermission does.
    #[serde(default)]
    pub grants: Vec<At<Grant>>,
    /// Where impersonation is denied to administrators' groups.
    #[serde(default)]
    pub administrators_denied: AdministratorsDenied,
    /// How free and busy times are exchanged with other forests.
    #[serde(default)]
    pub availability: AvailabilityConfig,
}

/// A server of an Exchange organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeServer {
    /// The Active Directory site that it stands in.
    pub site: At<String>,
}
