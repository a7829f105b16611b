//! A person's logon session on a machine of a domain: who is logged on, and the tickets that Windows
//! keeps for them (AD FS example, warehouse manager: "currently logged on desktop session").
//!
//! The password is typed once. The ticket-granting ticket is fetched when the machine starts, or,
//! where no domain controller can be reached then, when it is first needed; and again when it has run
//! out. Desktop and browser of one machine share the session. A restart of the machine forgets all
//! tickets. Whether somebody may log on is for the domain to say.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::kerberos_client::{Credentials, KerberosClient, KerberosFailure, LongTerm};
use crate::crypto::secret::Secret;
use crate::name::{DnsName, Upn};
use crate::trace::{Happening, StateChange};

/// A logon session.
pub struct LogonSession {
    user: Upn,
    realm: DnsName,
    password: Secret,
    granting: RefCell<Option<Credentials>>,
    services: RefCell<BTreeMap<String, Credentials>>,
}

impl LogonSession {
    /// The session of someone whose account is in the domain `realm`; without any ticket yet.
    pub fn new(user: Upn, realm: DnsName, password: Secret) -> Self {
        Self { user, realm, password, granting: RefCell::default(), services: RefCell::default() }
    }

    /// Who is logged on.
    pub fn user(&self) -> &Upn {
        &self.user
    }

    /// What the person typed: user principal name and password.
    pub fn typed(&self) -> (String, Secret) {
        (self.user.to_string(), self.password.clone())
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
        let proof = LongTerm::Password(&self.password);
        let granting = kerberos.sign_in(&self.user, &self.realm, proof).await?;
        cached(kerberos, &granting);
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
        cached(kerberos, &ticket);
        self.services.borrow_mut().insert(service.to_owned(), ticket.clone());
        Ok(ticket)
    }
}

/// Enters that a ticket has come into the cache of the machine.
pub fn cached(kerberos: &KerberosClient, credentials: &Credentials) {
    kerberos.host().record(Happening::State(StateChange {
        store: "ticket cache".into(),
        item: credentials.ticket.service.clone(),
        value: Some(format!("issued by {}, until {}", credentials.ticket.realm, credentials.part.end)),
    }));
}
