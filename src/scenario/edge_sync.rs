//! Edge Subscriptions and EdgeSync: the transport servers, and the steps that administrators, and
//! others, take with them.
//!
//! - [`HubTransport`], [`EdgeTransport`], [`EdgeSyncParameters`]: what runs on a host
//! - [`EdgeSyncAct`]: the steps

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::edge_attack::{UseEdgeSubscription, UseStoredCredentials};
use super::mail_flow::{ConfigureMailFlow, OfferMail};
use super::removable_media::MediaAct;
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
    /// Whether a file of this name on the medium is overwritten (-Force).
    #[serde(default)]
    pub force: bool,
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
    /// Whether the Send connector to the Internet is made (-CreateInternetSendConnector).
    #[serde(default = "yes")]
    pub create_internet_send_connector: bool,
    /// Whether the Send connector to the hubs of the site is made (-CreateInboundSendConnector).
    #[serde(default = "yes")]
    pub create_inbound_send_connector: bool,
}

/// Start-EdgeSynchronization on a hub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartEdgeSynchronization {
    /// The hub.
    pub server: At<HostName>,
    /// The edge (-TargetServer); every edge of the hub's site where nothing is said.
    pub edge: Option<At<HostName>>,
    /// Whether everything is sent anew (-ForceFullSync).
    #[serde(default)]
    pub full: bool,
    /// Whether the cookie goes ahead although something could not be written (-ForceUpdateCookie).
    #[serde(default)]
    pub force_update_cookie: bool,
}

/// Test-EdgeSynchronization on a hub: whether an edge holds what it should. Unless more is asked for,
/// only the cookies are verified.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestEdgeSynchronization {
    /// The hub.
    pub server: At<HostName>,
    /// The edge (-TargetServer); every edge of the hub's site where nothing is said.
    pub edge: Option<At<HostName>>,
    /// Whether each object is compared (-FullCompareMode).
    #[serde(default)]
    pub full_compare: bool,
    /// Whether recipients are left out (-ExcludeRecipientTest).
    #[serde(default)]
    pub exclude_recipients: bool,
    /// The one recipient that is looked for, and nothing else, by address (-VerifyRecipient).
    pub verify_recipient: Option<At<String>>,
    /// How many differences are reported (-MaxReportSize); 1000 where nothing is said.
    pub max_report_size: Option<At<u32>>,
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
    /// The use of stored credentials by whoever has a key.
    UseStored(UseStoredCredentials),
    /// A cmdlet of accepted domains, remote domains or Send connectors.
    MailFlow(ConfigureMailFlow),
    /// Mail that is offered at an edge.
    Mail(OfferMail),
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
            Self::Import(ImportEdgeSubscription { server, media, site, .. }) => {
                write!(formatter, "{server} imports the Edge Subscription file on {media} into {site}")
            }
            Self::Start(StartEdgeSynchronization { server, edge, full, force_update_cookie }) => {
                let full = if *full { ", all of it" } else { "" };
                let force = if *force_update_cookie { ", with the cookie ahead of errors" } else { "" };
                write!(formatter, "{server} is to synchronize {}{full}{force}", target(edge.as_ref()))
            }
            Self::Test(TestEdgeSynchronization { server, edge, full_compare, verify_recipient, .. }) => {
                write!(formatter, "{server} tests the synchronization of {}", target(edge.as_ref()))?;
                match verify_recipient {
                    Some(address) => write!(formatter, ", as to the recipient {address}"),
                    None if *full_compare => formatter.write_str(", object by object"),
                    None => Ok(()),
                }
            }
            Self::Remove(RemoveEdgeSubscription { server, edge }) => {
                write!(formatter, "{server} removes the subscription of {edge}")
            }
            Self::Use(UseEdgeSubscription { client, media, .. }) => {
                write!(formatter, "{client} binds to the edge with the credentials in the file on {media}")
            }
            Self::UseStored(UseStoredCredentials { client, read_from, key_of, edge }) => {
                write!(
                    formatter,
                    "{client} opens the credentials on the object of {read_from} with the key "
                )?;
                write!(formatter, "of {key_of}, and binds to {edge}")
            }
            Self::MailFlow(act) => act.fmt(formatter),
            Self::Mail(act) => act.fmt(formatter),
            Self::Media(act) => act.fmt(formatter),
        }
    }
}

/// The edge that a cmdlet is for, in words.
fn target(edge: Option<&At<HostName>>) -> String {
    edge.map_or_else(|| "every edge of its site".to_owned(), ToString::to_string)
}
