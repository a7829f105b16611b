//! The Microsoft Exchange Credential Service: it makes the accounts of AD LDS follow the credentials
//! that hubs have written to the edge's own object.
//!
//! It never talks to an EdgeSync service. It watches AD LDS, opens what was sealed to the Edge-Cert,
//! and creates the reciprocal accounts (R7); what is there no longer, or has expired by the edge's own
//! clock, it deletes.

use std::rc::Rc;

use super::accounts::ReplicationAccount;
use super::{EdgeTransport, log};
use crate::crypto::Secret;
use crate::directory::exchange::attribute;
use crate::directory::{DistinguishedName, Object};
use crate::document::edge_subscription as document;
use crate::facts;
use crate::protocol::edge_credential::{EdgeSyncAccount, EdgeSyncCredential};
use crate::rule;
use crate::sim::Host;

impl EdgeTransport {
    /// Follows AD LDS from now on, and first catches up with what happened while the host was down.
    pub(super) fn run_credential_service(self: Rc<Self>, host: &Host) {
        let mut watch = self.configuration.watch();
        self.follow(host);
        let kept: Vec<EdgeSyncAccount> = self.accounts().all().cloned().collect();
        for account in kept {
            self.clone().delete_in_time(host, account);
        }
        let host = host.clone();
        host.clone().spawn(async move {
            loop {
                let changed = watch.next().await;
                if self.is_own(&changed.dn) {
                    self.follow(&host);
                }
            }
        });
    }

    fn is_own(&self, dn: &DistinguishedName) -> bool {
        dn.name().is_some_and(|name| name.eq_ignore_ascii_case(self.config.name.as_str()))
    }

    /// The credentials that hubs have written for this edge.
    fn credentials(&self) -> Vec<EdgeSyncCredential> {
        let partition = self.configuration.read();
        let own = |object: &&Object| {
            self.is_own(&object.dn) && object.attributes.has(attribute::EDGE_SYNC_CREDENTIAL)
        };
        let values = partition.objects().filter(own).flat_map(|object| {
            object.attributes.bytes(attribute::EDGE_SYNC_CREDENTIAL).filter_map(read_credential)
        });
        values.filter(|one| one.account.target == self.config.fqdn).collect()
    }

    /// Makes the accounts what the credentials say.
    fn follow(self: &Rc<Self>, host: &Host) {
        let credentials = self.credentials();
        let mut created = false;
        for credential in credentials.iter().filter(|one| !one.account.is_bootstrap()) {
            let known =
                self.accounts().find(&credential.account.user_name).map(|known| known.account.clone());
            if known.as_ref() == Some(&credential.account) || credential.account.expires <= host.now() {
                continue;
            }
            if let Some(password) = self.open(host, credential) {
                self.create(host, &credential.account, &password);
                created = true;
            }
        }
        if created {
            self.accounts.borrow_mut().mark_bootstrap_used();
            self.judge(host).carries_out(&document::R7);
        }
        let gone: Vec<String> = {
            let accounts = self.accounts();
            let kept = |name: &str| credentials.iter().any(|one| one.account.user_name == name);
            let of_hubs = accounts.all().filter(|account| !account.is_bootstrap());
            of_hubs.map(|account| account.user_name.clone()).filter(|name| !kept(name)).collect()
        };
        gone.iter().for_each(|name| self.delete(host, name));
    }

    /// The password of a credential, where it was sealed to the key of this edge's certificate.
    fn open(&self, host: &Host, credential: &EdgeSyncCredential) -> Option<Secret> {
        let identity = self.identity()?;
        let opened = credential.open(&identity.key);
        let facts = match &opened {
            Ok(_) => facts!["certificate" => identity.chain[0].thumbprint()],
            Err(why) => facts!["certificate" => identity.chain[0].thumbprint(), "why" => why],
        };
        let (who, on) = (self.config.name.to_string(), credential.account.user_name.clone());
        if !self.judge(host).curtail(&rule::CREDENTIAL_OPENS, who, on, opened.is_ok(), facts) {
            let name = &credential.account.user_name;
            log(host, Some(1006), || format!("the replication account {name} cannot be renewed"));
        }
        opened.ok()
    }

    /// Creates an account in AD LDS.
    pub(super) fn create(self: &Rc<Self>, host: &Host, account: &EdgeSyncAccount, password: &Secret) {
        self.accounts.borrow_mut().put(ReplicationAccount::new(account.clone(), password));
        let good = format!("good from {} until {}", account.effective, account.expires);
        self.note(host, "AD LDS account", account.user_name.clone(), Some(good));
        self.clone().delete_in_time(host, account.clone());
    }

    pub(super) fn delete(&self, host: &Host, name: &str) {
        if self.accounts.borrow_mut().delete(name) {
            self.note(host, "AD LDS account", name, None);
        }
    }

    /// Deletes an account when the edge's clock says that it has expired, unless another has taken its
    /// place by then.
    fn delete_in_time(self: Rc<Self>, host: &Host, account: EdgeSyncAccount) {
        let host = host.clone();
        host.clone().spawn(async move {
            while host.now() < account.expires {
                host.rest(account.expires - host.now()).await;
            }
            let same = self.accounts().find(&account.user_name).is_some_and(|one| one.account == account);
            if same {
                self.delete(&host, &account.user_name);
            }
        });
    }
}

fn read_credential(bytes: &[u8]) -> Option<EdgeSyncCredential> {
    EdgeSyncCredential::from_octets(bytes).ok()
}
