//! The tickets of an account that a server or a service runs as: its own, and those to other services,
//! each kept until it ends.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::kerberos_client::{Credentials, KerberosClient, KerberosFailure, LongTerm};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::ApRequest;
use crate::sim::Host;

/// What an account proves itself with: a machine's key, or a service account's password.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A key.
    Key(SymmetricKey),
    /// A password.
    Password(Secret),
}

/// The tickets of one account.
pub struct TicketHolder {
    account: Upn,
    domain: DnsName,
    proof: Proof,
    host: Host,
    kerberos: KerberosClient,
    granting: RefCell<Option<Credentials>>,
    kept: RefCell<BTreeMap<String, Credentials>>,
}

impl TicketHolder {
    /// An account without tickets yet.
    pub fn new(account: Upn, domain: DnsName, proof: Proof, host: &Host, kerberos: KerberosClient) -> Self {
        let (granting, kept) = (RefCell::default(), RefCell::default());
        Self { account, domain, proof, host: host.clone(), kerberos, granting, kept }
    }

    /// The account.
    pub fn account(&self) -> &Upn {
        &self.account
    }

    /// Shows a ticket for this service, one that is kept or a new one.
    ///
    /// # Errors
    /// Where no ticket is granted.
    pub async fn show(&self, service: &str) -> Result<ApRequest, KerberosFailure> {
        let good = |ticket: &Credentials| self.host.now() < ticket.part.end;
        let kept = self.kept.borrow().get(service).cloned().filter(good);
        let ticket = match kept {
            Some(ticket) => ticket,
            None => {
                let granting = self.granting.borrow().clone().filter(good);
                let granting = match granting {
                    Some(granting) => granting,
                    None => self.sign_in().await?,
                };
                let ticket = self.kerberos.service_ticket(&granting, service).await?;
                self.kept.borrow_mut().insert(service.to_owned(), ticket.clone());
                ticket
            }
        };
        Ok(self.kerberos.show(&ticket))
    }

    async fn sign_in(&self) -> Result<Credentials, KerberosFailure> {
        let proof = match &self.proof {
            Proof::Key(key) => LongTerm::Key(key),
            Proof::Password(password) => LongTerm::Password(password),
        };
        let granting = self.kerberos.sign_in(&self.account, &self.domain, proof).await?;
        *self.granting.borrow_mut() = Some(granting.clone());
        Ok(granting)
    }
}
