//! Access tokens: who asks, as Windows sees it once someone has signed in.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Sid;

/// How far a server may act as someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImpersonationLevel {
    /// Not at all, not even to know who it is.
    Anonymous,
    /// It may know who it is and ask what that person may do, but open nothing in their name
    /// (STATUS_BAD_IMPERSONATION_LEVEL).
    Identification,
    /// It may act as that person on the same machine.
    Impersonation,
    /// It may act as that person on other machines too.
    Delegation,
}

/// A right that a token has apart from any object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// SeImpersonatePrivilege: act as a client.
    Impersonate,
    /// SeSecurityPrivilege: read and write audit lists.
    Security,
    /// SeTakeOwnershipPrivilege: become the owner of anything.
    TakeOwnership,
    /// SeTcbPrivilege: be a part of the operating system.
    ActAsOperatingSystem,
}

/// Who asks, as Windows sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// The person.
    pub user: Sid,
    /// The groups, of whatever origin.
    pub groups: BTreeSet<Sid>,
    /// Rights apart from any object.
    pub privileges: BTreeSet<Privilege>,
    /// How far the holder may act as the person.
    pub level: ImpersonationLevel,
}

impl AccessToken {
    /// The token of someone with these groups and no privileges, good for acting on this machine.
    pub fn new(user: Sid, groups: impl IntoIterator<Item = Sid>) -> Self {
        let groups = groups.into_iter().collect();
        Self { user, groups, privileges: BTreeSet::new(), level: ImpersonationLevel::Impersonation }
    }

    /// Whether this SID is the person's or one of the groups'.
    pub fn holds(&self, sid: Sid) -> bool {
        self.user == sid || self.groups.contains(&sid)
    }

    /// Every SID of the token, the person's first.
    pub fn sids(&self) -> impl Iterator<Item = Sid> {
        std::iter::once(self.user).chain(self.groups.iter().copied())
    }
}
