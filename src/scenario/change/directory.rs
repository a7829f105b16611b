//! Changes in Active Directory: to accounts, trusts, suffixes of a forest, and domain controllers.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::crypto::secret::Secret;
use crate::name::{DnsName, HostName};
use crate::scenario::at::At;
use crate::scenario::domain::SidFiltering;
use crate::scenario::value::{Instant, LogonHours, Principal};

/// Changes to an account, in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// The account: CORP\sally.
    pub user: At<Principal>,
    /// What it becomes.
    pub set: Vec<At<AccountSetting>>,
}

impl fmt::Display for ChangeAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings: Vec<String> = self.set.iter().map(|setting| setting.to_string()).collect();
        write!(formatter, "the account {} is set to {}", self.user, settings.join(", "))
    }
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
    /// Deleted, and made anew under the same name and with the same password: another account, with a
    /// SID of its own.
    Recreated,
    /// A member of a group.
    MemberOf(At<Principal>),
    /// No longer a member of a group.
    NotMemberOf(At<Principal>),
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
            AccountSetting::Recreated => formatter.write_str("deleted and made anew"),
            AccountSetting::MemberOf(group) => write!(formatter, "member of {group}"),
            AccountSetting::NotMemberOf(group) => write!(formatter, "no member of {group}"),
        }
    }
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

impl fmt::Display for ChangeTrust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(side) = &self.only_at {
            write!(formatter, "at {side} only, ")?;
        }
        write!(formatter, "the trust {} {}", self.trust, self.set)
    }
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

/// A suffix of user principal names that a forest gets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUpnSuffix {
    /// The forest, by its root.
    pub forest: At<DnsName>,
    /// The suffix.
    pub add: At<DnsName>,
}

impl fmt::Display for ChangeUpnSuffix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the forest {} has the suffix {} too", self.forest, self.add)
    }
}

/// A domain controller and the copy of all that it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBackup {
    /// The host.
    pub domain_controller: At<HostName>,
}
