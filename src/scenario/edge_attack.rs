//! What people do at the AD LDS of an edge with credentials that are not theirs: those in an Edge
//! Subscription file, and those that are stored in Active Directory.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::value::EntryName;
use crate::name::HostName;

/// Someone binds to the AD LDS of an edge with the credentials in an Edge Subscription file, and looks
/// at what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseEdgeSubscription {
    /// The machine from which that is done, with an LDAP tool.
    pub client: At<HostName>,
    /// The removable media with the file.
    pub media: At<String>,
    /// Addresses whose hashes are looked for among the recipients.
    #[serde(default)]
    pub guesses: Vec<String>,
    /// Entries of AD LDS that they then delete, with all that stands below them.
    #[serde(default)]
    pub deletes: Vec<At<EntryName>>,
}

/// Someone who has read the EdgeSync credentials on a server's object in Active Directory opens them
/// with a private key that they came by, and binds to an edge with what opens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseStoredCredentials {
    /// The machine from which that is done, with an LDAP tool.
    pub client: At<HostName>,
    /// The hub or edge on whose object the credentials stand.
    pub read_from: At<HostName>,
    /// The hub or edge whose private key was stolen.
    pub key_of: At<HostName>,
    /// The edge that they bind to.
    pub edge: At<HostName>,
}
