//! S4U2Self: a service asks for a ticket to itself that says who a user is, without the user's
//! password (MS-SFU §3.2.5.1.1).
//!
//! The user's own domain answers, so the service needs a path of trusts from its domain to the
//! user's; the answer comes back along trusts that users of that domain may take.

use super::Session;
use super::granting::Shown;
use crate::directory::{KerberosCode, Proof};
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{KrbError, Ticket, TicketContent};
use crate::rule;
use crate::trust::Destination;

impl Session<'_> {
    /// A ticket about the user for the service that asks, or a referral towards the user's domain.
    pub(super) fn speak_for(
        &self,
        shown: &Shown,
        service: &str,
        user: &Upn,
    ) -> Result<(Ticket, TicketContent), KrbError> {
        if shown.came_over.is_none() {
            self.asks_for_itself(shown, service)?;
        }
        let own = self.domain().dns_name().clone();
        let realm = self.realm_of(&shown.content.client_realm, user);
        if realm != Destination::OwnForest(own.clone()) {
            return self.refer(shown, user.as_str(), &realm, KerberosCode::C_PRINCIPAL_UNKNOWN);
        }
        let signed_in = self.sign_in(user.as_str(), &Proof::Vouched);
        let sid = signed_in.map_err(|refusal| KrbError::new(refusal.kerberos, refusal.reason))?;
        let Some(account) = self.domain().account(sid).cloned() else {
            return Err(KrbError::new(KerberosCode::C_PRINCIPAL_UNKNOWN, "the account is gone"));
        };
        let content = TicketContent {
            client: user.clone(),
            client_realm: own.clone(),
            auth_time: self.host().now(),
            pac: self.authorization_data(&account),
            ..shown.content.clone()
        };
        let itself = self.domain().find_by_service(service).filter(|_| shown.came_over.is_none()).cloned();
        if let Some(itself) = itself {
            return self.issue_here(&content, service, &itself);
        }
        let about_user = Shown { content, session_key: shown.session_key.clone(), came_over: None };
        let home = self.controller.trusts.borrow().destination(&own, &shown.content.client_realm);
        self.refer(&about_user, service, &home, KerberosCode::S_PRINCIPAL_UNKNOWN)
    }

    /// A service may ask for tickets to itself only.
    fn asks_for_itself(&self, shown: &Shown, service: &str) -> Result<(), KrbError> {
        let owner = self.domain().find_by_service(service).map(|account| account.sid);
        let facts = facts![
            "asks" => self.domain().display(shown.content.pac.user),
            "the service belongs to" => owner.map_or("nobody".to_owned(), |sid| self.domain().display(sid)),
        ];
        let (rule, code) = (&rule::KERBEROS_SERVICE_KNOWN, KerberosCode::BAD_OPTION);
        let itself = owner == Some(shown.content.pac.user);
        self.require(rule, code, shown.content.client.as_str(), service, itself, facts)
    }

    /// In which direction the domain of a user lies: here where this domain has the account, else where
    /// the global catalog says, else where the suffix points.
    fn realm_of(&self, client_realm: &DnsName, user: &Upn) -> Destination {
        let domain = self.domain();
        if domain.find(user.as_str()).is_some() {
            return Destination::OwnForest(domain.dns_name().clone());
        }
        if let Some(realm) = self.controller.catalog.upns.get(user) {
            return Destination::OwnForest(realm.clone());
        }
        match user.suffix() {
            Some(suffix) => self.controller.trusts.borrow().destination(client_realm, &suffix),
            None => Destination::OwnForest(domain.dns_name().clone()),
        }
    }
}
