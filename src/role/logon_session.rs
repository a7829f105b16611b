//! A logon session: an account that has logged on to its domain, and the tickets that Windows keeps for
//! it (AD FS example, warehouse manager: "currently logged on desktop session").
//!
//! People at desktops have one, and so have machines and services. The ticket-granting ticket is fetched
//! when it is first needed, and again when it has run out; other tickets are kept until they end. A
//! restart of the machine forgets all of them. Desktop and browser of one machine share a person's
//! session, and only such a session's tickets are told of in the story. Whether somebody may log on is
//! for the domain to say.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::kerberos_client::{Credentials, KerberosClient, KerberosFailure, LongTerm};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::ApRequest;
use crate::trace::{Happening, StateChange};

/// What an account proves itself with.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A machine's key.
    Key(SymmetricKey),
    /// The password of a person or of a service account.
    Password(Secret),
}

/// A logon session.
pub struct LogonSession {
    account: Upn,
    realm: DnsName,
    proof: Proof,
    interactive: bool,
    granting: RefCell<Option<Credentials>>,
    services: RefCell<BTreeMap<String, Credentials>>,
}

impl LogonSession {
    /// The session of a machine or a service whose account is in the domain `realm`; without any ticket
    /// yet.
    pub fn new(account: Upn, realm: DnsName, proof: Proof) -> Self {
        let (granting, services) = (RefCell::default(), RefCell::default());
        Self { account, realm, proof, interactive: false, granting, services }
    }

    /// The session of a person at a desktop, who has typed a password once.
    pub fn of_person(user: Upn, realm: DnsName, password: Secret) -> Self {
        Self { interactive: true, ..Self::new(user, realm, Proof::Password(password)) }
    }

    /// Who is logged on.
    pub fn account(&self) -> &Upn {
        &self.account
    }

    /// The machine starts: whatever was kept is gone.
    pub fn forget(&self) {
        *self.granting.borrow_mut() = None;
        self.services.borrow_mut().clear();
    }

    /// The ticket-granting ticket: the one that is kept, or a new one where that has run out.
    ///
    /// # Errors
    /// Where the domain cannot be reached or refuses.
    pub async fn log_on(&self, kerberos: &KerberosClient) -> Result<Credentials, KerberosFailure> {
        let kept = self.granting.borrow().clone();
        if let Some(kept) = kept.filter(|kept| kerberos.still_good(kept)) {
            return Ok(kept);
        }
        let proof = match &self.proof {
            Proof::Key(key) => LongTerm::Key(key),
            Proof::Password(password) => LongTerm::Password(password),
        };
        let granting = kerberos.sign_in(&self.account, &self.realm, proof).await?;
        self.note(kerberos, &granting);
        *self.granting.borrow_mut() = Some(granting.clone());
        Ok(granting)
    }

    /// A ticket to a service: the one that is kept, or a new one.
    ///
    /// # Errors
    /// As [`LogonSession::log_on`] and [`KerberosClient::service_ticket`].
    pub async fn ticket(
        &self,
        kerberos: &KerberosClient,
        service: &str,
    ) -> Result<Credentials, KerberosFailure> {
        let kept = self.services.borrow().get(service).cloned();
        match kept.filter(|kept| kerberos.still_good(kept)) {
            Some(kept) => Ok(kept),
            None => self.new_ticket(kerberos, service).await,
        }
    }

    /// A new ticket to a service, whatever is kept.
    ///
    /// # Errors
    /// As [`LogonSession::ticket`].
    pub async fn new_ticket(
        &self,
        kerberos: &KerberosClient,
        service: &str,
    ) -> Result<Credentials, KerberosFailure> {
        let granting = self.log_on(kerberos).await?;
        let ticket = kerberos.service_ticket(&granting, service).await?;
        self.note(kerberos, &ticket);
        self.services.borrow_mut().insert(service.to_owned(), ticket.clone());
        Ok(ticket)
    }

    /// A ticket to a service, shown with a proof that it is this account's own.
    ///
    /// # Errors
    /// As [`LogonSession::ticket`].
    pub async fn show(&self, kerberos: &KerberosClient, service: &str) -> Result<ApRequest, KerberosFailure> {
        Ok(kerberos.show(&self.ticket(kerberos, service).await?))
    }

    fn note(&self, kerberos: &KerberosClient, credentials: &Credentials) {
        if self.interactive {
            cached(kerberos, credentials);
        }
    }
}

/// Enters that a ticket has come into the cache of the person at a machine.
pub fn cached(kerberos: &KerberosClient, credentials: &Credentials) {
    kerberos.host().record(Happening::State(StateChange {
        store: "ticket cache".into(),
        item: credentials.ticket.service.clone(),
        value: Some(format!("issued by {}, until {}", credentials.ticket.realm, credentials.part.end)),
    }));
}
