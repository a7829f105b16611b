//! What an administrator can change while a scenario runs.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::{At, Entries};
use super::domain::SidFiltering;
use super::federation::ResourcePartner;
use super::host::DnsRecord;
use super::impersonation::{Grant, Naming};
use super::network::{AllowRule, Latency};
use super::value::{Instant, LogonHours, Principal};
use crate::crypto::secret::Secret;
use crate::name::{DnsName, HostName};

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
    /// A mailbox moves to another database of its server.
    Mailbox(MoveMailbox),
    /// An application server has a new release.
    Application(ChangeApplication),
    /// What a recipient is to mail servers.
    Recipient(ChangeRecipient),
    /// The Active Directory site of a hub.
    Site(ChangeSite),
    /// The self-signed certificate of a transport server.
    TransportCertificate(ChangeTransportCertificate),
}

/// Changes to an account, in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// The account: CORP\sally.
    pub user: At<Principal>,
    /// What it becomes.
    pub set: Vec<At<AccountSetting>>,
}

/// What an account becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountSetting {
    /// Disabled.
    Disabled,
    /// Enabled.
    Enabled,
    /// No longer locked out.
    Unlocked,
    /// Required to choose a new password first.
    MustChangePassword,
    /// Signed in to with a smart card only, or no longer.
    SmartCardRequired(bool),
    /// Given a new password.
    Password(Secret),
    /// Given an end.
    Expires(Instant),
    /// Limited to some hours of the week.
    LogonHours(LogonHours),
    /// A member of a group.
    MemberOf(At<Principal>),
    /// No longer a member of a group.
    NotMemberOf(At<Principal>),
}

/// Changes to the rules of a firewall.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeFirewall {
    /// The firewall.
    pub firewall: At<String>,
    /// The rules that no longer hold.
    #[serde(default)]
    pub close: Vec<At<String>>,
    /// The rules that hold from now on.
    #[serde(default)]
    pub open: Entries<String, AllowRule>,
}

/// A link becomes slower or faster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLink {
    /// The link.
    pub link: At<String>,
    /// How long a message takes over it from now on.
    pub latency: At<Latency>,
}

/// Changes to the records of a DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeDns {
    /// The host that runs the DNS server.
    pub server: At<HostName>,
    /// Records that are new or different.
    #[serde(default)]
    pub set: Entries<DnsName, At<DnsRecord>>,
    /// Records that are taken away.
    #[serde(default)]
    pub remove: Vec<At<DnsName>>,
}

/// A certificate is revoked by its authority; the next revocation list says so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The certificate.
    pub certificate: At<String>,
}

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

/// An application server has a new release, which names its clients in another way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeApplication {
    /// The host that runs it.
    pub server: At<HostName>,
    /// How it names its clients to Exchange from now on.
    pub names_clients: Naming,
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

/// What becomes of a mail recipient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecipientSetting {
    /// It has just these addresses; one that was none becomes a recipient.
    Addresses(Vec<String>),
    /// It takes mail from people inside only, or from everyone.
    InsideOnly(bool),
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

/// A change to a trust.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTrust {
    /// The trust.
    pub trust: At<String>,
    /// The one of its two domains at which it is changed. Where nothing is said, a trust is made,
    /// removed, disabled and given a password at both, and everything else is changed at the trusting one.
    pub only_at: Option<At<DnsName>>,
    /// What it becomes.
    pub set: TrustSetting,
}

/// A suffix of user principal names that a forest gets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUpnSuffix {
    /// The forest, by its root.
    pub forest: At<DnsName>,
    /// The suffix.
    pub add: At<DnsName>,
}

/// A domain controller and the copy of all that it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBackup {
    /// The host.
    pub domain_controller: At<HostName>,
}

/// What a trust becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrustSetting {
    /// Made, where the topology says that it is not there from the beginning.
    Made,
    /// Removed.
    Removed,
    /// Disabled: it is there, but leads in no direction.
    Disabled,
    /// Given a new password, as by `netdom trust /reset`.
    Password(Secret),
    /// Asked for the names that the other forest has by now. Those that are new wait to be enabled.
    NamesRefreshed,
    /// Routing this name suffix of the other forest.
    SuffixEnabled(At<DnsName>),
    /// Not routing this name suffix of the other forest.
    SuffixDisabled(At<DnsName>),
    /// Selective, or no longer.
    SelectiveAuthentication(bool),
    /// Filtering SIDs in another way.
    SidFiltering(SidFiltering),
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Account(change) => {
                write!(formatter, "the account {} is set to", change.user)?;
                let settings: Vec<String> = change.set.iter().map(|setting| setting.to_string()).collect();
                write!(formatter, " {}", settings.join(", "))
            }
            Change::Firewall(change) => {
                let close = change.close.iter().map(|rule| format!("closes {rule}"));
                let open = change.open.keys().map(|rule| format!("opens {rule}"));
                let all: Vec<String> = close.chain(open).collect();
                write!(formatter, "the firewall {} {}", change.firewall, all.join(", "))
            }
            Change::Link(ChangeLink { link, latency }) => {
                write!(formatter, "the link {link} now takes {} to {}", latency.min, latency.max)
            }
            Change::Dns(change) => {
                let set = change.set.iter().map(|(name, record)| match &record.value {
                    DnsRecord::A(host) => format!("{name} leads to {host}"),
                    DnsRecord::Cname(other) => format!("{name} is another name for {other}"),
                });
                let gone = change.remove.iter().map(|name| format!("{name} is gone"));
                let all: Vec<String> = set.chain(gone).collect();
                write!(formatter, "in the DNS of {}, {}", change.server, all.join(", "))
            }
            Change::Revoke(Revoke { certificate }) => {
                write!(formatter, "the certificate {certificate} is revoked")
            }
            Change::Partner(ChangePartner { federation_service, partner, set }) => {
                write!(formatter, "the partner {partner} of {federation_service} {set}")
            }
            Change::TokenSigning(ChangeTokenSigning { federation_service, certificate }) => {
                write!(formatter, "{federation_service} signs its tokens with {certificate}")
            }
            Change::Recipient(ChangeRecipient { name, set, .. }) => match set {
                RecipientSetting::Addresses(addresses) => {
                    write!(formatter, "the recipient {name} has the addresses {}", addresses.join(", "))
                }
                RecipientSetting::InsideOnly(true) => {
                    write!(formatter, "the recipient {name} takes mail from inside only")
                }
                RecipientSetting::InsideOnly(false) => {
                    write!(formatter, "the recipient {name} takes mail from everywhere")
                }
                RecipientSetting::Disabled => write!(formatter, "the mailbox of {name} is disabled"),
            },
            Change::Site(ChangeSite { server, site }) => {
                write!(formatter, "{server} moves to the site {site}")
            }
            Change::TransportCertificate(ChangeTransportCertificate { server, same_key }) => {
                let key = if *same_key { "for the same key" } else { "with a new key" };
                write!(formatter, "{server} is given another self-signed certificate {key}")
            }
            Change::UpnSuffix(ChangeUpnSuffix { forest, add }) => {
                write!(formatter, "the forest {forest} has the suffix {add} too")
            }
            Change::BackUp(ChangeBackup { domain_controller }) => {
                write!(formatter, "{domain_controller} is backed up")
            }
            Change::Restore(ChangeBackup { domain_controller }) => {
                write!(formatter, "{domain_controller} is restored from its backup")
            }
            Change::Permission(change) => {
                let right = |grant: &At<Grant>| format!("{} for {} on {}", grant.right, grant.to, grant.on);
                let granted = change.grant.iter().map(|grant| format!("grants {}", right(grant)));
                let revoked = change.revoke.iter().map(|grant| format!("takes away {}", right(grant)));
                let all: Vec<String> = granted.chain(revoked).collect();
                write!(formatter, "an administrator of Exchange {}", all.join(", "))
            }
            Change::Mailbox(MoveMailbox { mailbox, to, .. }) => {
                write!(formatter, "the mailbox of {mailbox} moves to {to}")
            }
            Change::Application(ChangeApplication { server, names_clients }) => {
                let how = match names_clients {
                    Naming::By(by) if by.is_empty() => "by an empty header".to_owned(),
                    Naming::By(by) => {
                        let by: Vec<&str> = by.iter().map(|identifier| identifier.name()).collect();
                        format!("by {}", by.join(" and "))
                    }
                    Naming::Forgotten => "not at all".to_owned(),
                    Naming::AsTheClientSays => "as they say".to_owned(),
                };
                write!(formatter, "the application on {server} now names its clients {how}")
            }
            Change::Trust(ChangeTrust { trust, only_at, set }) => {
                if let Some(side) = only_at {
                    write!(formatter, "at {side} only, ")?;
                }
                write!(formatter, "the trust {trust} {set}")
            }
        }
    }
}

impl fmt::Display for TrustSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrustSetting::Made => formatter.write_str("is made"),
            TrustSetting::Removed => formatter.write_str("is removed"),
            TrustSetting::Disabled => formatter.write_str("is disabled"),
            TrustSetting::Password(_) => formatter.write_str("is given a new password"),
            TrustSetting::NamesRefreshed => {
                formatter.write_str("learns the names that the other forest has by now")
            }
            TrustSetting::SuffixEnabled(name) => write!(formatter, "routes {name}"),
            TrustSetting::SuffixDisabled(name) => write!(formatter, "no longer routes {name}"),
            TrustSetting::SelectiveAuthentication(true) => formatter.write_str("becomes selective"),
            TrustSetting::SelectiveAuthentication(false) => formatter.write_str("is no longer selective"),
            TrustSetting::SidFiltering(filtering) => {
                let filtering = match filtering {
                    SidFiltering::Default => "as Windows sets it up",
                    SidFiltering::Relaxed => "relaxed",
                    SidFiltering::Quarantine => "to quarantine",
                    SidFiltering::None => "not at all",
                };
                write!(formatter, "filters SIDs {filtering}")
            }
        }
    }
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

impl fmt::Display for AccountSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AccountSetting::Disabled => formatter.write_str("disabled"),
            AccountSetting::Enabled => formatter.write_str("enabled"),
            AccountSetting::Unlocked => formatter.write_str("unlocked"),
            AccountSetting::MustChangePassword => formatter.write_str("must change password"),
            AccountSetting::SmartCardRequired(true) => formatter.write_str("a smart card only"),
            AccountSetting::SmartCardRequired(false) => formatter.write_str("no smart card needed"),
            AccountSetting::Password(_) => formatter.write_str("a new password"),
            AccountSetting::Expires(end) => write!(formatter, "expires {end}"),
            AccountSetting::LogonHours(_) => formatter.write_str("other logon hours"),
            AccountSetting::MemberOf(group) => write!(formatter, "member of {group}"),
            AccountSetting::NotMemberOf(group) => write!(formatter, "no member of {group}"),
        }
    }
}
