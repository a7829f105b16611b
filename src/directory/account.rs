//! An account of a domain: a person, a machine, or the other side of a trust.
//!
//! The account holds what the directory stores about it. Deciding whether it may sign in is
//! [`super::sign_in`]; finding it by name is [`super::Domain`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Domain, LogonHours, SecurityDescriptor, Sid};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::name::{DnsName, Upn};
use crate::time::VirtualTime;

/// What an account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A person, or a service that signs in with a password of its own.
    User,
    /// A machine of the domain; its name ends in `$`.
    Computer,
    /// The trusting domain at the other end of a trust, `PERIMETER$` (UF_INTERDOMAIN_TRUST_ACCOUNT).
    TrustAccount,
}

/// An account of a domain.
///
/// Get one from [`super::Domain`]; change it through [`super::Domain::update`], which keeps the
/// domain's look-ups in step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its SID, for ever.
    pub sid: Sid,
    /// Its name within the domain (sAMAccountName); compares without regard to case.
    pub sam: String,
    /// Its user principal name.
    pub upn: Upn,
    /// The name that people read.
    pub display_name: String,
    /// Its e-mail address.
    pub mail: Option<String>,
    /// What it stands for.
    pub kind: AccountKind,
    /// Its long-term Kerberos key, which the password stands for; the password itself is not kept.
    pub key: SymmetricKey,
    /// Whether it may be used at all.
    pub enabled: bool,
    /// When the account ends.
    pub expires: Option<VirtualTime>,
    /// The hours of the week in which it may sign in; all of them where none are given.
    pub logon_hours: Option<LogonHours>,
    /// When its password was last set.
    pub password_set: VirtualTime,
    /// Whether the password must be changed before the next sign-in.
    pub must_change_password: bool,
    /// Whether it may be signed in to with a smart card only (UF_SMARTCARD_REQUIRED).
    pub smart_card_required: bool,
    /// Whether the policy's greatest password age does not apply.
    pub password_never_expires: bool,
    /// Wrong passwords and the lock that comes of them.
    pub failures: Failures,
    /// The certificates that stand for this account, by SHA-1 thumbprint in upper-case hexadecimal
    /// (altSecurityIdentities).
    pub mapped_certificates: Vec<String>,
    /// The services that run as this account: `HTTP/ws.adventure-works.example`.
    pub service_names: Vec<String>,
    /// SIDs that it had in other domains.
    pub sid_history: Vec<Sid>,
    /// The group that every token of it has without a membership being stored.
    pub primary_group: Sid,
    /// Who may do what with the account itself: read it, authenticate to it, impersonate it.
    pub descriptor: SecurityDescriptor,
    /// Whatever else applications keep about it, by attribute name.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// Wrong passwords and the lock that comes of them (badPwdCount, badPasswordTime, lockoutTime).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Failures {
    /// Wrong passwords since the last right one, within the observation window.
    pub count: u32,
    /// When the last wrong one came.
    pub last: Option<VirtualTime>,
    /// When the account was locked out.
    pub locked_at: Option<VirtualTime>,
}

/// Where a new account's key comes from.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// From a password that someone knows.
    Password(&'a Secret),
    /// A key that no one knows, such as a machine's own.
    Key(&'a SymmetricKey),
}

/// What an account needs to be told at its creation; the rest has defaults and is set through
/// [`super::Domain::update`].
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// The name within the domain; a machine's and a trust's end in `$`.
    pub sam: &'a str,
    /// The user principal name; `sam@domain` where none is given.
    pub upn: Option<Upn>,
    /// What it stands for.
    pub kind: AccountKind,
    /// Where its key comes from.
    pub credential: Credential<'a>,
    /// When it is created, which is also when its password is set.
    pub created: VirtualTime,
}

/// What is mixed into an account's password: the realm and the name, as Kerberos salts it (RFC 4120 §4).
pub fn salt(domain: &DnsName, sam: &str) -> String {
    format!("{}{}", domain.as_str().to_ascii_uppercase(), sam.to_ascii_lowercase())
}

/// The long-term key of an account that has this password.
pub fn long_term_key(domain: &DnsName, sam: &str, password: &Secret) -> SymmetricKey {
    SymmetricKey::derive_from_password(&salt(domain, sam), password)
}

impl Account {
    pub(super) fn create(new: &NewAccount<'_>, domain: &Domain, sid: Sid, primary_group: Sid) -> Self {
        let bare = new.sam.trim_end_matches('$');
        Self {
            sid,
            sam: new.sam.to_owned(),
            upn: new.upn.clone().unwrap_or_else(|| Upn::new(format!("{}@{}", new.sam, domain.dns_name))),
            display_name: bare.to_owned(),
            mail: None,
            kind: new.kind,
            key: match new.credential {
                Credential::Password(password) => long_term_key(&domain.dns_name, new.sam, password),
                Credential::Key(key) => key.clone(),
            },
            enabled: true,
            expires: None,
            logon_hours: None,
            password_set: new.created,
            must_change_password: false,
            smart_card_required: false,
            password_never_expires: !matches!(new.kind, AccountKind::User),
            failures: Failures::default(),
            mapped_certificates: Vec::new(),
            service_names: Vec::new(),
            sid_history: Vec::new(),
            primary_group,
            descriptor: SecurityDescriptor::of_account(domain.sid),
            attributes: BTreeMap::new(),
        }
    }
}
