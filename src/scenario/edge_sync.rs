//! Edge Subscriptions and EdgeSync: the transport servers, and the steps that administrators, and
//! others, take with them.
//!
//! - [`HubTransport`], [`EdgeTransport`], [`EdgeSyncParameters`]: what runs on a host
//! - [`EdgeSyncAct`]: the steps

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::value::Duration;
use crate::name::{DnsName, HostName};

/// A Hub Transport server, with its EdgeSync service. What it is in the organization stands in
/// `exchange`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubTransport {
    /// The parameters of its EdgeSync service, where they are not the usual ones.
    #[serde(default)]
    pub edge_sync: EdgeSyncParameters,
}

/// An Edge Transport server, with AD LDS and the Credential Service. It is joined to no domain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeTransport {
    /// Its full name in DNS, by which hubs find it.
    pub fqdn: At<DnsName>,
    /// The port of secure LDAP; 50636 where nothing is said.
    pub secure_ldap_port: Option<At<u16>>,
    /// Whether the bootstrap account stays good for its 1,440 minutes, as the document has it; where
    /// not, it is retired once an initial synchronization has succeeded.
    #[serde(default = "yes")]
    pub keep_bootstrap_24h: bool,
    /// What it is licensed as; unlicensed where nothing is said.
    pub product_id: Option<String>,
    /// How long its self-signed certificate is valid; 365 days where nothing is said.
    pub certificate_lifetime: Option<At<Duration>>,
}

fn yes() -> bool {
    true
}

/// The parameters of an EdgeSync service. What is left out is as the table of defaults has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeSyncParameters {
    /// How often configuration is synchronized; 1 hour.
    pub configuration: Option<At<Duration>>,
    /// How often recipients are synchronized; 4 hours.
    pub recipients: Option<At<Duration>>,
    /// How often the hub looks for new Edge Subscriptions; 5 minutes.
    pub topology_scan: Option<At<Duration>>,
    /// How long the lock on an edge lasts; 5 minutes.
    pub lock: Option<At<Duration>>,
    /// How often a hub at work renews the lock; 1 minute.
    pub lock_renewal: Option<At<Duration>>,
    /// For how long after a synchronization the same hub is preferred; 1 hour.
    pub option: Option<At<Duration>>,
    /// How long the accounts of hubs live; 30 days. At least 10 days, or a pair would have three at once.
    pub credential_lifetime: Option<At<Duration>>,
    /// For how long a cookie allows a delta; 21 days.
    pub cookie_validity: Option<At<Duration>>,
    /// How long the hub's self-signed certificate is valid; 365 days.
    pub certificate_lifetime: Option<At<Duration>>,
    /// Whether the hub tries the account before where the edge does not know the new one. The document
    /// has it otherwise.
    #[serde(default)]
    pub fallback_to_previous: bool,
}

impl EdgeSyncParameters {
    /// Every duration that is written, to be checked.
    pub fn durations(&self) -> impl Iterator<Item = &At<Duration>> {
        let all = [
            &self.configuration,
            &self.recipients,
            &self.topology_scan,
            &self.lock,
            &self.lock_renewal,
            &self.option,
            &self.credential_lifetime,
            &self.cookie_validity,
            &self.certificate_lifetime,
        ];
        all.into_iter().flatten()
    }
}

/// New-EdgeSubscription on an edge: it writes an Edge Subscription file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEdgeSubscription {
    /// The edge.
    pub edge: At<HostName>,
    /// The removable media that the file is written to, by whatever name.
    pub media: At<String>,
    /// The file's name; the edge's name and .xml where nothing is said.
    pub file: Option<String>,
    /// How long the bootstrap account is good; 1,440 minutes where nothing is said.
    pub expires_after: Option<At<Duration>>,
}

/// New-EdgeSubscription on a hub: it imports an Edge Subscription file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportEdgeSubscription {
    /// The server on which the file is imported: a hub, if it is to succeed.
    pub server: At<HostName>,
    /// The removable media with the file.
    pub media: At<String>,
    /// The Active Directory site to which the edge is subscribed.
    pub site: At<String>,
}

/// Start-EdgeSynchronization on a hub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartEdgeSynchronization {
    /// The hub.
    pub server: At<HostName>,
    /// The edge.
    pub edge: At<HostName>,
    /// Whether everything is sent anew (-ForceFullSync).
    #[serde(default)]
    pub full: bool,
}

/// Test-EdgeSynchronization on a hub: whether an edge holds what it should.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestEdgeSynchronization {
    /// The hub.
    pub server: At<HostName>,
    /// The edge.
    pub edge: At<HostName>,
    /// Whether recipients are left out (-ExcludeRecipientTest).
    #[serde(default)]
    pub exclude_recipients: bool,
}

/// Remove-EdgeSubscription, on a hub or on the edge itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveEdgeSubscription {
    /// The hub, or the edge itself.
    pub server: At<HostName>,
    /// The edge.
    pub edge: At<HostName>,
}

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
}

/// A step of Edge Subscriptions and EdgeSync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeSyncAct {
    /// New-EdgeSubscription on an edge.
    New(NewEdgeSubscription),
    /// New-EdgeSubscription on a hub.
    Import(ImportEdgeSubscription),
    /// Start-EdgeSynchronization.
    Start(StartEdgeSynchronization),
    /// Test-EdgeSynchronization.
    Test(TestEdgeSynchronization),
    /// Remove-EdgeSubscription.
    Remove(RemoveEdgeSubscription),
    /// The use of a file's credentials by whoever has it.
    Use(UseEdgeSubscription),
    /// What happens to a file on removable media.
    Media(MediaAct),
}

impl EdgeSyncAct {
    /// Whether someone asks for something, so that the answer is yes or no.
    pub fn asks(&self) -> bool {
        !matches!(self, Self::Media(_))
    }
}

impl fmt::Display for EdgeSyncAct {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(NewEdgeSubscription { edge, media, .. }) => {
                write!(formatter, "{edge} writes an Edge Subscription file to {media}")
            }
            Self::Import(ImportEdgeSubscription { server, media, site }) => {
                write!(formatter, "{server} imports the Edge Subscription file on {media} into {site}")
            }
            Self::Start(StartEdgeSynchronization { server, edge, full: false }) => {
                write!(formatter, "{server} is to synchronize {edge}")
            }
            Self::Start(StartEdgeSynchronization { server, edge, full: true }) => {
                write!(formatter, "{server} is to synchronize {edge}, all of it")
            }
            Self::Test(TestEdgeSynchronization { server, edge, .. }) => {
                write!(formatter, "{server} tests the synchronization of {edge}")
            }
            Self::Remove(RemoveEdgeSubscription { server, edge }) => {
                write!(formatter, "{server} removes the subscription of {edge}")
            }
            Self::Use(UseEdgeSubscription { client, media, .. }) => {
                write!(formatter, "{client} binds to the edge with the credentials in the file on {media}")
            }
            Self::Media(act) => act.fmt(formatter),
        }
    }
}

/// What happens to a file on removable media.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaAct {
    /// Someone copies it.
    Copy(MediaCopy),
    /// Someone deletes it, as the document demands.
    Delete(At<String>),
    /// Someone gives it another name.
    Rename(MediaRename),
    /// Someone changes a text in it.
    Alter(MediaAlteration),
    /// Someone puts an element of another file in the place of its own.
    Graft(MediaGraft),
    /// A file from outside the simulation is put on it.
    Bring(MediaFile),
}

/// A file is copied from one medium to another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaCopy {
    /// The medium with the file.
    pub from: At<String>,
    /// The other one.
    pub to: String,
}

/// A file is given another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaRename {
    /// The medium with the file.
    pub on: At<String>,
    /// The name.
    pub to: String,
}

/// A text in a file is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaAlteration {
    /// The medium with the file.
    pub on: At<String>,
    /// The text that is replaced, each time that it occurs.
    pub replace: String,
    /// The text in its place.
    pub with: String,
}

/// Elements of a file are replaced by those of another file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaGraft {
    /// The medium with the file.
    pub on: At<String>,
    /// The medium with the other file.
    pub from: At<String>,
    /// The elements: EdgeCertificateBlob.
    pub elements: Vec<String>,
}

/// A file from outside the simulation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaFile {
    /// The medium that it is put on.
    pub on: At<String>,
    /// Its path, relative to the scenario.
    pub file: At<String>,
}

impl fmt::Display for MediaAct {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copy(MediaCopy { from, to }) => write!(formatter, "the file on {from} is copied to {to}"),
            Self::Delete(on) => write!(formatter, "the file on {on} is deleted"),
            Self::Rename(MediaRename { on, to }) => write!(formatter, "the file on {on} is renamed to {to}"),
            Self::Alter(MediaAlteration { on, replace, with }) => {
                write!(formatter, "in the file on {on}, `{replace}` is replaced by `{with}`")
            }
            Self::Graft(MediaGraft { on, from, elements }) => {
                write!(formatter, "the file on {on} is given {} of the file on {from}", elements.join(", "))
            }
            Self::Bring(MediaFile { on, file }) => write!(formatter, "{file} is put on {on}"),
        }
    }
}
