//! The look-ups of a domain: from every name that an account has to the account.

use std::collections::BTreeMap;

use super::{Account, Sid};
use crate::name::Upn;

/// A name by which an account can be found. All texts are folded to one case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Sam(String),
    Upn(Upn),
    Mail(String),
    Service(String),
    Certificate(String),
}

impl Key {
    pub(super) fn sam(name: &str) -> Self {
        Self::Sam(name.to_ascii_lowercase())
    }

    pub(super) fn mail(address: &str) -> Self {
        Self::Mail(address.to_ascii_lowercase())
    }

    pub(super) fn service(name: &str) -> Self {
        Self::Service(name.to_ascii_lowercase())
    }

    pub(super) fn certificate(thumbprint: &str) -> Self {
        Self::Certificate(thumbprint.to_ascii_uppercase())
    }

    /// The name, where only one account may have it. One e-mail address or one certificate may
    /// belong to several accounts; whoever asks must see that.
    pub(super) fn unique(&self) -> Option<&str> {
        match self {
            Self::Sam(name) | Self::Service(name) => Some(name),
            Self::Upn(name) => Some(name.as_str()),
            Self::Mail(_) | Self::Certificate(_) => None,
        }
    }

    fn all_of(account: &Account) -> Vec<Self> {
        let mut keys = vec![Self::sam(&account.sam), Self::Upn(account.upn.clone())];
        keys.extend(account.mail.iter().map(|address| Self::mail(address)));
        keys.extend(account.service_names.iter().map(|name| Self::service(name)));
        keys.extend(account.mapped_certificates.iter().map(|thumbprint| Self::certificate(thumbprint)));
        keys
    }
}

/// From names to the accounts that have them.
#[derive(Debug, Clone, Default)]
pub(super) struct Index(BTreeMap<Key, Vec<Sid>>);

impl Index {
    /// The accounts of this name, in the order in which they got it.
    pub(super) fn get(&self, key: &Key) -> &[Sid] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn add(&mut self, account: &Account) {
        for key in Key::all_of(account) {
            let sids = self.0.entry(key).or_default();
            if !sids.contains(&account.sid) {
                sids.push(account.sid);
            }
        }
    }

    pub(super) fn remove(&mut self, account: &Account) {
        for key in Key::all_of(account) {
            if let Some(sids) = self.0.get_mut(&key) {
                sids.retain(|sid| *sid != account.sid);
            }
        }
    }

    /// A name of this account that only one may have and that another has, and which other.
    pub(super) fn conflict(&self, account: &Account) -> Option<(String, Sid)> {
        Key::all_of(account).iter().find_map(|key| {
            let other = self.get(key).iter().find(|sid| **sid != account.sid)?;
            Some((key.unique()?.to_owned(), *other))
        })
    }
}
