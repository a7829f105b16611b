//! S4U2Self: a service asks for a ticket to itself that says who a user is, without the user's
//! password (MS-SFU §3.1.5.1.1, §3.2.5.1).
//!
//! The user's own domain answers, so the service needs a path of trusts from its domain to the
//! user's. The answer comes back by referrals along trusts that users of that domain may take: such a
//! referral belongs to the service still, but its authorization data are the user's and name the user
//! with the realm, `sally@corp.example`. At home it becomes a ticket about the user.

use super::granting::Shown;
use super::{Session, as_error};
use crate::directory::{KerberosCode, Proof};
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{KrbError, Pac, Ticket, TicketContent};
use crate::rule;
use crate::trust::Destination;

/// Whom a referral speaks about, where that is not the one who holds it.
pub(super) fn spoken_for(pac: &Pac) -> Option<Upn> {
    pac.user_name.contains('@').then(|| Upn::new(&pac.user_name))
}

impl Session<'_> {
    /// A ticket about the user for the service that asks, or a referral towards the user's domain.
    pub(super) fn speak_for(
        &self,
        shown: &Shown,
        service: &str,
        user: &Upn,
    ) -> Result<(Ticket, TicketContent), KrbError> {
        if shown.came_over.is_none() {
            self.require_owner(&shown.content, service)?;
        }
        let own = self.domain().dns_name().clone();
        let asking = &shown.content.client_realm;
        let realm = self.realm_of(asking, user);
        if realm != Destination::OwnForest(own.clone()) {
            return self.refer(shown, asking, user.as_str(), &realm, KerberosCode::C_PRINCIPAL_UNKNOWN);
        }
        let signed_in = self.sign_in(user.as_str(), &Proof::Vouched);
        let sid = signed_in.map_err(as_error)?;
        let Some(account) = self.domain().account(sid).cloned() else {
            return Err(KrbError::new(KerberosCode::C_PRINCIPAL_UNKNOWN, "the account is gone"));
        };
        let mut content = TicketContent {
            auth_time: self.host().now(),
            pac: self.authorization_data(&account),
            ..shown.content.clone()
        };
        content.pac.user_name = format!("{}@{own}", account.sam);
        let answer = Shown { content, session_key: shown.session_key.clone(), came_over: None };
        self.bring_home(&answer, service)
    }

    /// The answer on its way to the service that asked: a referral, or at home the ticket.
    pub(super) fn bring_home(
        &self,
        shown: &Shown,
        service: &str,
    ) -> Result<(Ticket, TicketContent), KrbError> {
        let user = spoken_for(&shown.content.pac);
        let realm = user.as_ref().and_then(Upn::suffix);
        let Some((user, realm)) = user.zip(realm) else {
            return Err(KrbError::new(KerberosCode::BAD_OPTION, "the ticket speaks about nobody"));
        };
        let home = &shown.content.client_realm;
        if *home != *self.domain().dns_name() {
            let home = self.controller.trusts.borrow().destination(&realm, home);
            return self.refer(shown, &realm, service, &home, KerberosCode::S_PRINCIPAL_UNKNOWN);
        }
        self.require_owner(&shown.content, service)?;
        let Some(account) = self.domain().find_by_service(service).cloned() else {
            return Err(KrbError::new(KerberosCode::S_PRINCIPAL_UNKNOWN, "no such service"));
        };
        let mut content = TicketContent { client: user, client_realm: realm, ..shown.content.clone() };
        let bare = content.pac.user_name.split('@').next().unwrap_or_default().to_owned();
        content.pac.user_name = bare;
        self.issue_here(&content, service, &account)
    }

    /// Requires that a service asks for tickets to itself only.
    fn require_owner(&self, content: &TicketContent, service: &str) -> Result<(), KrbError> {
        let domain = self.domain();
        let owner = domain.find_by_service(service).map(|account| account.sid);
        let asks = domain.find(content.client.as_str()).map(|account| account.sid);
        let name = |sid| domain.display(sid);
        let facts = facts![
            "asks" => asks.map_or_else(|| content.client.to_string(), name),
            "the service belongs to" => owner.map_or_else(|| "nobody".to_owned(), name),
        ];
        let (rule, code) = (&rule::KERBEROS_SERVICE_KNOWN, KerberosCode::BAD_OPTION);
        let itself = owner.is_some() && owner == asks;
        self.require(rule, code, content.client.as_str(), service, itself, facts)
    }

    /// In which direction the domain of a user lies: here where this domain has the account, else where
    /// the global catalog says, else where the suffix points.
    fn realm_of(&self, asking: &DnsName, user: &Upn) -> Destination {
        let domain = self.domain();
        if domain.find(user.as_str()).is_some() {
            return Destination::OwnForest(domain.dns_name().clone());
        }
        if let Some(realm) = self.controller.catalog.upns.get(user) {
            return Destination::OwnForest(realm.clone());
        }
        match user.suffix() {
            Some(suffix) => self.controller.trusts.borrow().destination(asking, &suffix),
            None => Destination::OwnForest(domain.dns_name().clone()),
        }
    }
}
