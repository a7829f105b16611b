//! What an administrator can change while a scenario runs.
//!
//! - `directory`: accounts, trusts, suffixes, domain controllers and their backups
//! - `federation`: partners and signing certificates of federation servers
//! - `network`: firewalls, links, names
//! - `availability`: free and busy times between forests
//! - `exchange`: rights, mailboxes, recipients, transport servers

mod availability;
mod directory;
mod exchange;
mod federation;
mod network;

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;

pub use availability::{AvailabilitySetting, ChangeAvailability};
pub use directory::{
    AccountSetting, ChangeAccount, ChangeBackup, ChangeTrust, ChangeUpnSuffix, TrustSetting,
};
pub use exchange::{
    ChangeApplication, ChangeEdgeSyncServiceConfig, ChangePermission, ChangeRecipient, ChangeSecureLdapPort,
    ChangeSite, ChangeTransportCertificate, EnterTalk, MoveMailbox, RecipientSetting,
};
pub use federation::{ChangePartner, ChangeTokenSigning, PartnerSetting};
pub use network::{ChangeDns, ChangeFirewall, ChangeLink};

/// What an administrator changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An account.
    Account(ChangeAccount),
    /// The rules of a firewall.
    Firewall(ChangeFirewall),
    /// The latency of a link.
    Link(ChangeLink),
    /// The records of a DNS server.
    Dns(ChangeDns),
    /// A certificate is revoked by its authority.
    Revoke(Revoke),
    /// A partner in the trust policy of a federation server.
    Partner(ChangePartner),
    /// The token-signing certificate of a federation server.
    TokenSigning(ChangeTokenSigning),
    /// A trust.
    Trust(ChangeTrust),
    /// A suffix of user principal names that a forest gets.
    UpnSuffix(ChangeUpnSuffix),
    /// A copy that is taken of all that a domain controller keeps.
    BackUp(ChangeBackup),
    /// The return of a domain controller to the copy that was taken last.
    Restore(ChangeBackup),
    /// Rights on objects of Exchange.
    Permission(ChangePermission),
    /// How free and busy times are exchanged with other forests.
    Availability(ChangeAvailability),
    /// A mailbox moves to another database of its server.
    Mailbox(MoveMailbox),
    /// An application server has a new release.
    Application(ChangeApplication),
    /// A broker is told which item a talk is.
    Talk(EnterTalk),
    /// What a recipient is to mail servers.
    Recipient(ChangeRecipient),
    /// The Active Directory site of a hub.
    Site(ChangeSite),
    /// The self-signed certificate of a transport server.
    TransportCertificate(ChangeTransportCertificate),
    /// The service configuration of EdgeSync in a site.
    EdgeSyncServiceConfig(ChangeEdgeSyncServiceConfig),
    /// The port of secure LDAP on an edge.
    SecureLdapPort(ChangeSecureLdapPort),
}

/// A certificate is revoked by its authority; the next revocation list says so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The certificate.
    pub certificate: At<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Account(change) => change.fmt(formatter),
            Change::Firewall(change) => change.fmt(formatter),
            Change::Link(change) => change.fmt(formatter),
            Change::Dns(change) => change.fmt(formatter),
            Change::Revoke(Revoke { certificate }) => {
                write!(formatter, "the certificate {certificate} is revoked")
            }
            Change::Partner(change) => change.fmt(formatter),
            Change::TokenSigning(change) => change.fmt(formatter),
            Change::Trust(change) => change.fmt(formatter),
            Change::UpnSuffix(change) => change.fmt(formatter),
            Change::BackUp(ChangeBackup { domain_controller }) => {
                write!(formatter, "{domain_controller} is backed up")
            }
            Change::Restore(ChangeBackup { domain_controller }) => {
                write!(formatter, "{domain_controller} is restored from its backup")
            }
            Change::Permission(change) => change.fmt(formatter),
            Change::Availability(change) => change.fmt(formatter),
            Change::Mailbox(change) => change.fmt(formatter),
            Change::Application(change) => change.fmt(formatter),
            Change::Talk(change) => change.fmt(formatter),
            Change::Recipient(change) => change.fmt(formatter),
            Change::Site(change) => change.fmt(formatter),
            Change::TransportCertificate(change) => change.fmt(formatter),
            Change::EdgeSyncServiceConfig(change) => change.fmt(formatter),
            Change::SecureLdapPort(change) => change.fmt(formatter),
        }
    }
}
