//! What can go wrong when a directory is filled or changed.

use super::{GroupScope, MemberKind};
use crate::name::DnsName;

/// Why the directory refuses a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// The forest has no such domain.
    #[error("the forest {forest} has no domain {domain}; add it to the forest first")]
    NoSuchDomain {
        /// The domain that was named.
        domain: DnsName,
        /// The forest's root.
        forest: DnsName,
    },
    /// The name belongs to another.
    #[error("the name `{name}` is taken in {domain} by {by}; choose another")]
    NameTaken {
        /// The name.
        name: String,
        /// The domain.
        domain: DnsName,
        /// Who has it.
        by: String,
    },
    /// A name has a letter that names must not have.
    #[error("`{0}` cannot be a name in the directory: it is empty, or has one of \"/\\[]:;|=,+*?<>@ in it")]
    IllegalName(String),
    /// The domain cannot be without this account.
    #[error("`{0}` is built in, and cannot be deleted")]
    BuiltIn(String),
    /// No account has this name.
    #[error("{domain} has no account `{name}`; correct the name, or create the account")]
    NoSuchAccount {
        /// The name.
        name: String,
        /// The domain.
        domain: DnsName,
    },
    /// No group has this name.
    #[error("{domain} has no group `{name}`; correct the name, or create the group")]
    NoSuchGroup {
        /// The name.
        name: String,
        /// The domain.
        domain: DnsName,
    },
    /// The scope of the group does not take such a member.
    #[error("{}", scope_forbids(group, *scope, member, *kind))]
    ScopeForbids {
        /// The group.
        group: String,
        /// Its scope.
        scope: GroupScope,
        /// The would-be member.
        member: String,
        /// What the would-be member is.
        kind: MemberKind,
    },
    /// The group has this member already.
    #[error("{member} is a member of {group} already")]
    AlreadyMember {
        /// The group.
        group: String,
        /// The member.
        member: String,
    },
    /// The group has no such direct member.
    #[error("{member} is not a direct member of {group}; look into the groups that are nested in it")]
    NotMember {
        /// The group.
        group: String,
        /// The member.
        member: String,
    },
    /// The certificate does not map to the account.
    #[error("the certificate {thumbprint} is not mapped to {account}; its mappings are: {mapped}")]
    NotMapped {
        /// The certificate's thumbprint.
        thumbprint: String,
        /// The account.
        account: String,
        /// What is mapped, for reading.
        mapped: String,
    },
    /// The certificate maps to the account already.
    #[error("the certificate {thumbprint} is mapped to {account} already")]
    AlreadyMapped {
        /// The certificate's thumbprint.
        thumbprint: String,
        /// The account.
        account: String,
    },
}

fn scope_forbids(group: &str, scope: GroupScope, member: &str, kind: MemberKind) -> String {
    let (scope, takes) = match scope {
        GroupScope::DomainLocal => ("domain-local", "accounts and groups from anywhere that is trusted"),
        GroupScope::Global => ("global", "accounts and global groups of its own domain"),
        GroupScope::Universal => ("universal", "accounts, global and universal groups of its own forest"),
    };
    let kind = match kind {
        MemberKind::Account => "an account of the domain",
        MemberKind::Group(GroupScope::DomainLocal) => "a domain-local group",
        MemberKind::Group(GroupScope::Global) => "a global group",
        MemberKind::Group(GroupScope::Universal) => "a universal group",
        MemberKind::OtherDomain => "of another domain of the forest",
        MemberKind::OtherForest => "of another forest",
    };
    format!("{member}, {kind}, cannot be a member of {group}: a {scope} group takes {takes}")
}
