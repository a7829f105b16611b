//! What a machine can do because it is joined to a domain: sign in to it with its own account, read
//! its directory, ask it who someone is (S4U2Self), and believe the tickets that people show.
//!
//! Federation servers, the Web agent's authentication service, Exchange servers and applications work
//! with the machine's account. Whether it is given tickets is for the domain to say.

use std::rc::Rc;

use super::dial::Dialer;
use super::directory_client::DirectoryClient;
use super::judge::{Judge, Refused};
use super::kerberos_client::{KerberosClient, KerberosFailure, LongTerm};
use super::logon_session::{LogonSession, Proof};
use super::shown_ticket;
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::DistinguishedName;
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{ApReply, ApRequest, Pac, Ticket, TicketContent};
use crate::rule;

/// What a machine knows of the domain that it is joined to.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The domain.
    pub domain: DnsName,
    /// The machine's own account in it.
    pub account: Upn,
    /// The key of that account, shared with the domain.
    pub key: SymmetricKey,
    /// A service principal name of that account: tickets to it tell this machine who someone is.
    pub service: String,
}

/// A machine of a domain at work.
pub struct DomainMember {
    membership: Membership,
    judge: Judge,
    dialer: Dialer,
    kerberos: KerberosClient,
    session: Rc<LogonSession>,
    directory: DirectoryClient,
}

/// Why the domain does not say who someone is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unidentified {
    /// It gives no ticket.
    #[error("{0}")]
    NoTicket(#[from] KerberosFailure),
    /// A ticket does not open.
    #[error("{0}")]
    TicketClosed(Refused),
}

impl DomainMember {
    /// A machine with this membership.
    pub fn new(membership: Membership, judge: &Judge, dialer: &Dialer) -> Self {
        let Membership { domain, account, key, .. } = membership.clone();
        let kerberos = KerberosClient::new(judge.host(), dialer);
        let session = Rc::new(LogonSession::new(account, domain.clone(), Proof::Key(key)));
        let directory = DirectoryClient::new(domain, &session, &kerberos, dialer);
        Self { membership, judge: judge.clone(), dialer: dialer.clone(), kerberos, session, directory }
    }

    /// The domain.
    pub fn domain(&self) -> &DnsName {
        &self.membership.domain
    }

    /// The distinguished name of the domain: `DC=corp,DC=example`.
    pub fn base(&self) -> DistinguishedName {
        DistinguishedName::of_domain(self.domain())
    }

    /// The domain's directory.
    pub fn directory(&self) -> &DirectoryClient {
        &self.directory
    }

    /// The directory of another domain, which trusts this one.
    pub fn directory_of(&self, domain: DnsName) -> DirectoryClient {
        DirectoryClient::new(domain, &self.session, &self.kerberos, &self.dialer)
    }

    /// Its Kerberos client, for what it does for others.
    pub fn kerberos(&self) -> &KerberosClient {
        &self.kerberos
    }

    /// The machine signs in to its domain, unless it has already.
    ///
    /// # Errors
    /// Where the domain cannot be reached or refuses.
    pub async fn sign_in(&self) -> Result<(), KerberosFailure> {
        self.session.log_on(&self.kerberos).await.map(|_| ())
    }

    /// A ticket of the machine's own account to a service, shown with a proof.
    ///
    /// # Errors
    /// Where no ticket is granted.
    pub async fn show(&self, service: &str) -> Result<ApRequest, KerberosFailure> {
        self.session.show(&self.kerberos, service).await
    }

    /// Who has this name and password: their own domain grants them a ticket to this very machine.
    ///
    /// # Errors
    /// Where it does not, or the ticket does not open.
    pub async fn verify(
        &self,
        user: &Upn,
        realm: &DnsName,
        password: &Secret,
    ) -> Result<TicketContent, Unidentified> {
        let granting = self.kerberos.sign_in(user, realm, LongTerm::Password(password)).await?;
        let about = self.kerberos.service_ticket(&granting, &self.membership.service).await?;
        self.open(&about.ticket).map_err(Unidentified::TicketClosed)
    }

    /// Who the user is, by S4U2Self: without a password, in the words of a ticket to this very machine
    /// (MS-SFU §3.1.5.1.1).
    ///
    /// # Errors
    /// Where the domain gives no such ticket, or it does not open.
    pub async fn identify(&self, user: &Upn) -> Result<Pac, Unidentified> {
        let own = self.session.log_on(&self.kerberos).await?;
        let about = self.kerberos.ticket_for_user(&own, &self.membership.service, user).await?;
        self.open(&about.ticket).map(|content| content.pac).map_err(Unidentified::TicketClosed)
    }

    /// Opens a ticket that a person shows to this server, and proves that it could: who the person is
    /// says the ticket (domain page §5.2 B10).
    ///
    /// # Errors
    /// As [`shown_ticket::accept`].
    pub fn accept(&self, shown: &ApRequest) -> Result<(TicketContent, ApReply), Refused> {
        let (content, proof) = shown_ticket::accept(&self.judge, Some(&self.membership.key), shown)?;
        let answer = ApReply::new(shown, &content, &proof, &mut self.judge.host().random("kerberos"));
        Ok((content, answer))
    }

    /// What a ticket to this machine, which it has fetched itself, says of its client.
    fn open(&self, ticket: &Ticket) -> Result<TicketContent, Refused> {
        let opened = ticket.open(&self.membership.key);
        let facts = match &opened {
            Ok(content) => facts!["client" => content.client, "until" => content.end],
            Err(why) => facts!["why" => why],
        };
        let (rule, on) = (&rule::KERBEROS_TICKET, self.membership.service.clone());
        self.judge.require(rule, "a ticket", on, opened.is_ok(), facts.clone())?;
        // No rule's suspension opens what is sealed under another key.
        opened.map_err(|_| Refused { rule, facts })
    }
}
