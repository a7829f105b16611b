//! Active Directory: domains with their accounts and groups, and the trusts between them.

use rand_core::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::value::{Duration, Instant, LogonHours, Principal, hidden};
use crate::crypto::secret::Secret;
use crate::crypto::{digest, random};
use crate::name::{DnsName, NetbiosName, Upn};

/// A domain. Without `parent` and `tree_of` it is the root of a forest of its own. Its controllers
/// are the hosts that run a `domain_controller` for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Its short name, such as CORP.
    pub netbios: At<NetbiosName>,
    /// The domain above it, where it is a child: corp.example above sales.corp.example.
    pub parent: Option<At<DnsName>>,
    /// The forest root whose forest it joins as a new tree.
    pub tree_of: Option<At<DnsName>>,
    /// Password and lockout policy.
    #[serde(default)]
    pub policy: Policy,
    /// People and service accounts, by their short account name (sAMAccountName).
    #[serde(default)]
    pub users: Entries<String, User>,
    /// Groups, by name. Domain Admins, Domain Users and the like exist without being listed.
    #[serde(default)]
    pub groups: Entries<String, Group>,
    /// What is special about the accounts of joined hosts, by host.
    #[serde(default)]
    pub computers: Entries<String, Computer>,
}

/// A domain's password and lockout policy. What is left out is as Windows Server 2008 sets it up,
/// except that five wrong passwords lock an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How many wrong passwords lock an account; 0 for never; 5 where nothing is said.
    pub lockout_threshold: Option<u32>,
    /// How long an account stays locked; 30 minutes where nothing is said.
    pub lockout_duration: Option<At<Duration>>,
    /// For how long a wrong password counts; 30 minutes where nothing is said.
    pub lockout_window: Option<At<Duration>>,
    /// How long a password lives; 42 days where nothing is said.
    pub maximum_password_age: Option<At<Duration>>,
}

/// A person's account, or a service's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The display name.
    pub name: Option<String>,
    /// The user principal name; account name @ domain where nothing is said.
    pub upn: Option<At<Upn>>,
    /// The e-mail address.
    pub mail: Option<String>,
    /// Other addresses to which mail for the person is sent.
    #[serde(default)]
    pub proxy_addresses: Vec<String>,
    /// Whether mail is taken from people inside the organization only.
    #[serde(default)]
    pub takes_inside_mail_only: bool,
    /// Senders whose mail the person has called safe, by address.
    #[serde(default)]
    pub safe_senders: Vec<String>,
    /// Senders whose mail the person wants to be spared, by address.
    #[serde(default)]
    pub blocked_senders: Vec<String>,
    /// The password. Where nothing is said, one is made from the seed, and only the person knows it.
    #[serde(serialize_with = "hidden")]
    pub password: Option<Secret>,
    /// The certificates that are mapped to the account.
    #[serde(default)]
    pub certificates: Vec<At<String>>,
    /// Whether the account is enabled; it is where nothing is said.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// When the account expires; never where nothing is said.
    pub expires: Option<Instant>,
    /// When the person may sign in; always where nothing is said.
    pub logon_hours: Option<LogonHours>,
    /// When the password was set; a day before the start where nothing is said.
    pub password_set: Option<Instant>,
    /// Whether the password never expires.
    #[serde(default)]
    pub password_never_expires: bool,
    /// Whether the person must choose a new password first.
    #[serde(default)]
    pub must_change_password: bool,
    /// Whether the person may sign in with a smart card only, which is a certificate.
    #[serde(default)]
    pub smart_card_required: bool,
    /// Further attributes in the directory: `department: Sales`.
    #[serde(default)]
    pub attributes: Entries<String, String>,
    /// Accounts and groups of other domains whose SIDs it carries since it was moved.
    #[serde(default)]
    pub sid_history: Vec<At<Principal>>,
    /// With a service account: the service principal names of what runs under it.
    #[serde(default)]
    pub services: Vec<At<String>>,
    /// With a service account: who has the right Allowed to Authenticate to it, where a trust is selective.
    #[serde(default)]
    pub allowed_to_authenticate: Vec<At<Principal>>,
}

impl User {
    /// The account's password: the written one, or one made from the seed. `account` is the
    /// account's name with its domain's, so that no two have the same.
    pub fn password(&self, seed: u64, account: &str) -> Secret {
        self.password.clone().unwrap_or_else(|| {
            let mut bytes = [0; 16];
            random::stream(seed, account, "password").fill_bytes(&mut bytes);
            Secret::new(digest::hex(&bytes))
        })
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Where it can be used and whom it can hold; global where nothing is said.
    #[serde(default)]
    pub scope: GroupScope,
    /// Its members: accounts and groups of its own domain, or CORP\name of another.
    #[serde(default)]
    pub members: Vec<At<Principal>>,
}

/// Where a group can be used, and whom it can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupScope {
    /// Used in its own domain; holds anyone, trusted forests' accounts too.
    DomainLocal,
    /// Used anywhere; holds accounts and global groups of its own domain.
    #[default]
    Global,
    /// Used anywhere; holds accounts and groups of its forest.
    Universal,
}

impl From<GroupScope> for crate::directory::GroupScope {
    fn from(scope: GroupScope) -> Self {
        match scope {
            GroupScope::DomainLocal => Self::DomainLocal,
            GroupScope::Global => Self::Global,
            GroupScope::Universal => Self::Universal,
        }
    }
}

/// What is special about the account of a joined host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Computer {
    /// Its service principal names beyond host/name, such as HTTP/fs.adventure-works.example.
    #[serde(default)]
    pub services: Vec<At<String>>,
    /// Who has the right Allowed to Authenticate to it, where a trust is selective.
    #[serde(default)]
    pub allowed_to_authenticate: Vec<At<Principal>>,
}

/// A trust between two domains. Parent-child and tree-root trusts follow from the domains
/// themselves. Access flows against the arrow: users of the trusted domain may enter the trusting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// The domain that trusts: it holds the resources.
    pub trusting: At<DnsName>,
    /// The domain that is trusted: it holds the accounts.
    pub trusted: At<DnsName>,
    /// Forest, external or shortcut.
    pub kind: TrustKind,
    /// Whether each trusts the other.
    #[serde(default)]
    pub two_way: bool,
    /// Whether only those who are Allowed to Authenticate to a server may reach it.
    #[serde(default)]
    pub selective_authentication: bool,
    /// Which SIDs from the other side count; as Windows sets it up where nothing is said.
    #[serde(default)]
    pub sid_filtering: SidFiltering,
    /// Which names a forest trust routes; all of the trusted forest where nothing is said.
    pub suffixes: Option<At<NameSuffixes>>,
    /// Whether it is there from the beginning; where not, a step makes it (`set: made`).
    #[serde(default = "yes")]
    pub made: bool,
}

/// The kind of a trust that an administrator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrustKind {
    /// Between two forest roots, transitive within the two forests.
    Forest,
    /// Between any two domains of different forests, not transitive.
    External,
    /// Between two domains of one forest, to make the path shorter.
    Shortcut,
}

/// Which SIDs from the trusted side the trusting side lets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SidFiltering {
    /// A forest trust lets in SIDs of the trusted forest; an external trust, of the trusted domain.
    #[default]
    Default,
    /// SID history passes, as after `netdom trust /enablesidhistory:yes`.
    Relaxed,
    /// Only SIDs of the trusted domain itself, as after `netdom trust /quarantine:yes`.
    Quarantine,
    /// No filter beyond the trusting forest's own SIDs, as after `netdom trust /quarantine:no`.
    None,
}

/// The name suffixes that a forest trust routes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameSuffixes {
    /// Routed.
    #[serde(default)]
    pub enabled: Vec<At<DnsName>>,
    /// Known, but turned off by the administrator.
    #[serde(default)]
    pub disabled: Vec<At<DnsName>>,
    /// Left out of an enabled suffix.
    #[serde(default)]
    pub excluded: Vec<At<DnsName>>,
}

pub(super) fn yes() -> bool {
    true
}
