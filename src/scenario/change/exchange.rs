//! Changes to Exchange: rights, mailboxes, recipients, applications that act for people, and transport
//! servers.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::name::{DnsName, HostName};
use crate::scenario::at::At;
use crate::scenario::impersonation::{Grant, Naming};
use crate::scenario::value::Principal;

/// Rights on objects of Exchange are granted or taken away, as with Add-ADPermission and
/// Remove-ADPermission.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePermission {
    /// The root domain of the organization's forest.
    pub exchange: At<DnsName>,
    /// Rights that are granted from now on.
    #[serde(default)]
    pub grant: Vec<At<Grant>>,
    /// Rights that are granted no longer.
    #[serde(default)]
    pub revoke: Vec<At<Grant>>,
}

impl fmt::Display for ChangePermission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = |grant: &At<Grant>| format!("{} for {} on {}", grant.right, grant.to, grant.on);
        let granted = self.grant.iter().map(|grant| format!("grants {}", right(grant)));
        let revoked = self.revoke.iter().map(|grant| format!("takes away {}", right(grant)));
        let all: Vec<String> = granted.chain(revoked).collect();
        write!(formatter, "an administrator of Exchange {}", all.join(", "))
    }
}

/// A mailbox moves to another database of its server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveMailbox {
    /// The root domain of the organization's forest.
    pub exchange: At<DnsName>,
    /// The mailbox, by its account.
    pub mailbox: At<Principal>,
    /// The database that it is in from now on.
    pub to: At<String>,
}

impl fmt::Display for MoveMailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the mailbox of {} moves to {}", self.mailbox, self.to)
    }
}

/// An application server has a new release, which names its clients in another way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeApplication {
    /// The host that runs it.
    pub server: At<HostName>,
    /// How it names its clients to Exchange from now on.
    pub names_clients: Naming,
}

impl fmt::Display for ChangeApplication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match &self.names_clients {
            Naming::By(by) if by.is_empty() => "by an empty header".to_owned(),
            Naming::By(by) => {
                let by: Vec<&str> = by.iter().map(|identifier| identifier.name()).collect();
                format!("by {}", by.join(" and "))
            }
            Naming::Forgotten => "not at all".to_owned(),
            Naming::AsTheClientSays => "as they say".to_owned(),
            Naming::AsTheTableSays => "by the speakers of their talks".to_owned(),
        };
        write!(formatter, "the application on {} now names its clients {how}", self.server)
    }
}

/// A broker is told which item a talk is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterTalk {
    /// The host that runs the broker.
    pub broker: At<HostName>,
    /// The talk.
    pub talk: At<String>,
    /// The item, by its subject.
    pub item: String,
    /// The host whose mail program has seen the item: usually the speaker's.
    pub told_by: At<HostName>,
}

impl fmt::Display for EnterTalk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { broker, talk, item, told_by } = self;
        write!(formatter, "{broker} learns from {told_by} that the talk {talk} is the item “{item}”")
    }
}

/// A change to a mail recipient of the forest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRecipient {
    /// The domain controller at which it is made: one of the forest's root domain.
    pub at: At<HostName>,
    /// The recipient, by account name.
    pub name: String,
    /// What becomes of it.
    pub set: RecipientSetting,
}

impl fmt::Display for ChangeRecipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.set {
            RecipientSetting::Addresses(addresses) => {
                write!(formatter, "the recipient {name} has the addresses {}", addresses.join(", "))
            }
            RecipientSetting::InsideOnly(inside) => {
                let from = if *inside { "inside only" } else { "everywhere" };
                write!(formatter, "the recipient {name} takes mail from {from}")
            }
            RecipientSetting::AntispamBypass(true) => {
                write!(formatter, "the recipient {name} takes mail whoever sends it")
            }
            RecipientSetting::AntispamBypass(false) => {
                write!(formatter, "the recipient {name} has its mail looked at")
            }
            RecipientSetting::Disabled => write!(formatter, "the mailbox of {name} is disabled"),
        }
    }
}

/// What becomes of a mail recipient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecipientSetting {
    /// It has just these addresses; one that was none becomes a recipient.
    Addresses(Vec<String>),
    /// It takes mail from people inside only, or from everyone.
    InsideOnly(bool),
    /// Mail for it is taken whoever sends it, or is looked at (Set-Mailbox -AntispamBypassEnabled).
    AntispamBypass(bool),
    /// Its mailbox is disabled.
    Disabled,
}

/// A hub is moved to another Active Directory site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSite {
    /// The hub.
    pub server: At<HostName>,
    /// The site.
    pub site: At<String>,
}

impl fmt::Display for ChangeSite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} moves to the site {}", self.server, self.site)
    }
}

/// The service configuration object of EdgeSync in a site is made (New-EdgeSyncServiceConfig) or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEdgeSyncServiceConfig {
    /// The hub on which that is done, for its own site.
    pub server: At<HostName>,
    /// Whether the object is there from then on.
    pub exists: bool,
}

impl fmt::Display for ChangeEdgeSyncServiceConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.exists { "makes" } else { "deletes" };
        write!(formatter, "{} {what} the service configuration of EdgeSync in its site", self.server)
    }
}

/// AD LDS on an edge listens for secure LDAP at another port (ConfigureAdam.ps1).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSecureLdapPort {
    /// The edge.
    pub edge: At<HostName>,
    /// The port.
    pub port: At<u16>,
}

impl fmt::Display for ChangeSecureLdapPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "secure LDAP on {} moves to port {}", self.edge, self.port)
    }
}

/// A transport server is given another self-signed certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTransportCertificate {
    /// The hub or edge.
    pub server: At<HostName>,
    /// Whether it is for the same key.
    #[serde(default)]
    pub same_key: bool,
}

impl fmt::Display for ChangeTransportCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.same_key { "for the same key" } else { "with a new key" };
        write!(formatter, "{} is given another self-signed certificate {key}", self.server)
    }
}
