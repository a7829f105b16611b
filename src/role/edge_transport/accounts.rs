//! The replication accounts of AD LDS: who may bind, from when until when, and how a password is
//! recognized. Passwords themselves are not kept.

use std::collections::BTreeMap;

use crate::crypto::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::protocol::edge_credential::EdgeSyncAccount;

/// An account by which a hub binds to AD LDS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicationAccount {
    /// What it is, apart from its password.
    pub account: EdgeSyncAccount,
    verifier: SymmetricKey,
}

/// The replication accounts of an AD LDS instance, by name; names compare without regard to case.
#[derive(Debug, Clone, Default)]
pub struct ReplicationAccounts {
    accounts: BTreeMap<String, ReplicationAccount>,
    /// Whether the bootstrap account has served its purpose.
    bootstrap_used: bool,
}

impl ReplicationAccount {
    /// An account with this password.
    pub fn new(account: EdgeSyncAccount, password: &Secret) -> Self {
        let verifier = verifier(&account.user_name, password);
        Self { account, verifier }
    }

    /// Whether this is its password.
    pub fn has_password(&self, password: &Secret) -> bool {
        verifier(&self.account.user_name, password) == self.verifier
    }
}

fn verifier(name: &str, password: &Secret) -> SymmetricKey {
    SymmetricKey::derive_from_password(&format!("AD LDS {}", name.to_lowercase()), password)
}

impl ReplicationAccounts {
    /// The account of this name.
    pub fn find(&self, name: &str) -> Option<&ReplicationAccount> {
        self.accounts.get(&name.to_lowercase())
    }

    /// Every account, by name.
    pub fn all(&self) -> impl Iterator<Item = &EdgeSyncAccount> {
        self.accounts.values().map(|one| &one.account)
    }

    /// Puts an account in place of any of the same name. A bootstrap account has all before it.
    pub(super) fn put(&mut self, account: ReplicationAccount) {
        if account.account.is_bootstrap() {
            self.bootstrap_used = false;
        }
        self.accounts.insert(account.account.user_name.to_lowercase(), account);
    }

    /// Deletes the account of this name; whether there was one.
    pub(super) fn delete(&mut self, name: &str) -> bool {
        self.accounts.remove(&name.to_lowercase()).is_some()
    }

    /// Whether hubs have accounts of their own since the bootstrap account was made.
    pub fn bootstrap_is_used(&self) -> bool {
        self.bootstrap_used
    }

    /// Notes that the bootstrap account has served its purpose.
    pub(super) fn mark_bootstrap_used(&mut self) {
        self.bootstrap_used = true;
    }
}
