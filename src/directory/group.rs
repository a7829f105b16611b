//! Groups, and what may be a member of what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Sid;

/// Where a group may be used, and from where it takes members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupScope {
    /// Used on the resources of its own domain; takes members from anywhere that is trusted.
    DomainLocal,
    /// Used anywhere; takes members of its own domain only.
    Global,
    /// Used anywhere; takes members from its whole forest.
    Universal,
}

/// A group of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its SID, for ever.
    pub sid: Sid,
    /// Its name within the domain; compares without regard to case.
    pub name: String,
    /// Where it may be used.
    pub scope: GroupScope,
    /// Its direct members: accounts, groups, and SIDs of other domains.
    pub members: BTreeSet<Sid>,
}

/// What someone who is to become a member of a group is, as far as the group's domain can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberKind {
    /// An account of the same domain.
    Account,
    /// A group of the same domain.
    Group(GroupScope),
    /// Someone of another domain of the same forest.
    OtherDomain,
    /// Someone of another forest, stored as a foreign security principal.
    OtherForest,
}

impl GroupScope {
    /// Whether a group of this scope may have such a member, in a domain in native mode (domain
    /// page on groups; "Group scope" in the Windows Server 2003 product help).
    ///
    /// ```
    /// use forestsim::directory::{GroupScope, MemberKind};
    /// assert!(GroupScope::DomainLocal.takes(MemberKind::OtherForest));
    /// assert!(!GroupScope::Global.takes(MemberKind::Group(GroupScope::Universal)));
    /// ```
    pub fn takes(self, member: MemberKind) -> bool {
        use GroupScope::{DomainLocal, Global, Universal};
        match (self, member) {
            (_, MemberKind::Account | MemberKind::Group(Global)) => true,
            (DomainLocal, _) => true,
            (Universal, MemberKind::Group(Universal) | MemberKind::OtherDomain) => true,
            (Universal, MemberKind::Group(DomainLocal) | MemberKind::OtherForest) => false,
            (Global, _) => false,
        }
    }
}
