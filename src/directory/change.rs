//! What an administrator changes while the simulation runs.
//!
//! A change reaches a domain controller as bytes, from outside the simulated network, and is
//! applied to the domain as a whole or not at all.

use serde::{Deserialize, Serialize};

use super::account::long_term_key;
use super::{Account, DirectoryError, Domain, Failures, LogonHours, Sid};
use crate::crypto::secret::Secret;
use crate::name::Upn;
use crate::time::VirtualTime;

/// What an administrator may change. Accounts are named as in [`Domain::find`], groups as in
/// [`Domain::find_group`], members as either, or by SID where they belong to another domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DirectoryChange {
    /// Changes an account.
    Account {
        /// The account.
        name: String,
        /// What changes.
        change: AccountChange,
    },
    /// Deletes an account and makes another of the same name ([`Domain::recreate`]).
    Recreate {
        /// The account.
        name: String,
    },
    /// Makes someone a direct member of a group.
    AddMember {
        /// The group.
        group: String,
        /// The member.
        member: String,
    },
    /// Ends someone's direct membership of a group.
    RemoveMember {
        /// The group.
        group: String,
        /// The member.
        member: String,
    },
}

/// What changes on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountChange {
    /// It may no longer be used.
    Disable,
    /// It may be used again.
    Enable,
    /// Its lock ends and its wrong passwords are forgotten.
    Unlock,
    /// It ends at this instant, or never.
    Expires(Option<VirtualTime>),
    /// It may sign in during these hours, or always.
    LogonHours(Option<LogonHours>),
    /// It has a new password as of now.
    Password(Secret),
    /// Whether it must change its password before the next sign-in.
    MustChangePassword(bool),
    /// Whether it may be signed in to with a smart card only.
    SmartCardRequired(bool),
    /// Its password counts as set at this instant.
    PasswordSet(VirtualTime),
    /// A certificate, by SHA-1 thumbprint, stands for it from now on.
    MapCertificate(String),
    /// A certificate, by SHA-1 thumbprint, stands for it no longer.
    UnmapCertificate(String),
    /// It has a new user principal name.
    Upn(Upn),
    /// What an application keeps about it is now this; without values it is gone.
    Attribute(String, Vec<String>),
}

impl DirectoryChange {
    /// Makes the change, at this time by the domain controller's clock. The result says in words
    /// what is changed and what it is now: `(account or group, its new state)`.
    ///
    /// # Errors
    /// Where someone named does not exist, or the directory refuses; then nothing is changed.
    pub fn apply(&self, domain: &mut Domain, now: VirtualTime) -> Result<(String, String), DirectoryError> {
        match self {
            Self::Account { name, change } => {
                let sid = find_account(domain, name)?;
                let realm = domain.dns_name().clone();
                let key = match change {
                    AccountChange::Password(password) => {
                        domain.account(sid).map(|account| long_term_key(&realm, &account.sam, password))
                    }
                    _ => None,
                };
                let state = domain.update(sid, |account| {
                    if let Some(key) = key {
                        account.key = key;
                    }
                    change.make(account, now)
                })??;
                Ok((domain.display(sid), state))
            }
            Self::Recreate { name } => {
                let sid = domain.recreate(find_account(domain, name)?)?;
                Ok((domain.display(sid), format!("a new account, {sid}")))
            }
            Self::AddMember { group, member } => {
                let (group, member) = (find_group(domain, group)?, find_member(domain, member)?);
                domain.add_member(group, member)?;
                Ok((domain.display(group), format!("{} is a member", domain.display(member))))
            }
            Self::RemoveMember { group, member } => {
                let (group, member) = (find_group(domain, group)?, find_member(domain, member)?);
                domain.remove_member(group, member)?;
                Ok((domain.display(group), format!("{} is no longer a member", domain.display(member))))
            }
        }
    }
}

impl AccountChange {
    /// Changes the account; a password's key is the caller's to set.
    fn make(&self, account: &mut Account, now: VirtualTime) -> Result<String, DirectoryError> {
        Ok(match self {
            Self::Disable => {
                account.enabled = false;
                "disabled".to_owned()
            }
            Self::Enable => {
                account.enabled = true;
                "enabled".to_owned()
            }
            Self::Unlock => {
                account.failures = Failures::default();
                "unlocked".to_owned()
            }
            Self::Expires(at) => {
                account.expires = *at;
                at.map_or_else(|| "never expires".to_owned(), |at| format!("expires {at}"))
            }
            Self::LogonHours(hours) => {
                account.logon_hours = *hours;
                hours.map_or_else(|| "may always sign in".to_owned(), |hours| format!("may sign in {hours}"))
            }
            Self::Password(_) => {
                account.password_set = now;
                account.must_change_password = false;
                "has a new password".to_owned()
            }
            Self::SmartCardRequired(required) => {
                account.smart_card_required = *required;
                if *required { "must use a smart card" } else { "may use its password" }.to_owned()
            }
            Self::MustChangePassword(must) => {
                account.must_change_password = *must;
                format!("{} change the password at the next sign-in", if *must { "must" } else { "need not" })
            }
            Self::PasswordSet(at) => {
                account.password_set = *at;
                format!("password set {at}")
            }
            Self::MapCertificate(thumbprint) => {
                let thumbprint = thumbprint.to_ascii_uppercase();
                if account.mapped_certificates.contains(&thumbprint) {
                    let account = account.sam.clone();
                    return Err(DirectoryError::AlreadyMapped { thumbprint, account });
                }
                account.mapped_certificates.push(thumbprint.clone());
                format!("certificate {thumbprint} mapped")
            }
            Self::UnmapCertificate(thumbprint) => {
                let thumbprint = thumbprint.to_ascii_uppercase();
                if !account.mapped_certificates.contains(&thumbprint) {
                    let mapped = account.mapped_certificates.join(", ");
                    return Err(DirectoryError::NotMapped {
                        thumbprint,
                        account: account.sam.clone(),
                        mapped,
                    });
                }
                account.mapped_certificates.retain(|mapped| *mapped != thumbprint);
                format!("certificate {thumbprint} no longer mapped")
            }
            Self::Attribute(name, values) => {
                match values.is_empty() {
                    true => account.attributes.remove(name),
                    false => account.attributes.insert(name.clone(), values.clone()),
                };
                format!("{name}: {}", if values.is_empty() { "gone".to_owned() } else { values.join(", ") })
            }
            Self::Upn(upn) => {
                account.upn = upn.clone();
                format!("is {upn}")
            }
        })
    }
}

fn find_account(domain: &Domain, name: &str) -> Result<Sid, DirectoryError> {
    let missing =
        || DirectoryError::NoSuchAccount { name: name.to_owned(), domain: domain.dns_name().clone() };
    domain.find(name).map(|account| account.sid).ok_or_else(missing)
}

fn find_group(domain: &Domain, name: &str) -> Result<Sid, DirectoryError> {
    domain.find_group(name).map(|group| group.sid).ok_or_else(|| DirectoryError::NoSuchGroup {
        name: name.to_owned(),
        domain: domain.dns_name().clone(),
    })
}

fn find_member(domain: &Domain, name: &str) -> Result<Sid, DirectoryError> {
    let account = domain.find(name).map(|account| account.sid);
    let known = account.or_else(|| domain.find_group(name).map(|group| group.sid));
    known.or_else(|| name.parse().ok()).ok_or_else(|| DirectoryError::NoSuchAccount {
        name: name.to_owned(),
        domain: domain.dns_name().clone(),
    })
}
