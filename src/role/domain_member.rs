//! What a machine can do because it is joined to a domain: sign in to it with its own account, read
//! its directory, and ask it who someone is (S4U2Self).
//!
//! Federation servers and the Web agent's authentication service work with the machine's account.
//! Whether it is given tickets is for the domain to say.

use super::dial::Dialer;
use super::directory_client::{DirectoryClient, DirectoryConfig};
use super::judge::{Judge, Refused};
use super::kerberos_client::{KerberosClient, KerberosFailure};
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::DistinguishedName;
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{ApReply, ApRequest, MAXIMUM_SKEW, Pac, Ticket, TicketContent};
use crate::rule;

/// What a machine knows of the domain that it is joined to.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The domain, its directory, and the machine's own account in it.
    pub directory: DirectoryConfig,
    /// A service principal name of that account: tickets to it tell this machine who someone is.
    pub service: String,
}

/// A machine of a domain at work.
pub struct DomainMember {
    domain: DnsName,
    service: String,
    key: SymmetricKey,
    judge: Judge,
    kerberos: KerberosClient,
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
        let Membership { directory, service } = membership;
        Self {
            domain: directory.domain.clone(),
            service,
            key: directory.key.clone(),
            judge: judge.clone(),
            kerberos: KerberosClient::new(judge.host(), dialer),
            directory: DirectoryClient::new(directory, judge.host(), dialer),
        }
    }

    /// The domain.
    pub fn domain(&self) -> &DnsName {
        &self.domain
    }

    /// The distinguished name of the domain: `DC=corp,DC=example`.
    pub fn base(&self) -> DistinguishedName {
        DistinguishedName::of_domain(&self.domain)
    }

    /// The service principal name by which tickets about people come to this machine.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The domain's directory.
    pub fn directory(&self) -> &DirectoryClient {
        &self.directory
    }

    /// Its Kerberos client, for what it does for others.
    pub fn kerberos(&self) -> &KerberosClient {
        &self.kerberos
    }

    /// Who the user is, by S4U2Self: without a password, in the words of a ticket to this very machine
    /// (MS-SFU §3.1.5.1.1).
    ///
    /// # Errors
    /// Where the domain gives no such ticket, or it does not open.
    pub async fn identify(&self, user: &Upn) -> Result<Pac, Unidentified> {
        let own = self.directory.sign_in().await?;
        let about = self.kerberos.ticket_for_user(&own, &self.service, user).await?;
        self.open(&about.ticket).map_err(Unidentified::TicketClosed)
    }

    /// Opens a ticket that a person shows to this server, and proves that it could: who the person is
    /// says the ticket (domain page §5.2 B10).
    ///
    /// # Errors
    /// Where the ticket does not open or is not in its lifetime, or the one who shows it is not its
    /// holder, or the clocks are too far apart.
    pub fn accept(&self, shown: &ApRequest) -> Result<(TicketContent, ApReply), Refused> {
        let now = self.judge.host().now();
        let opened = shown.open(&self.key);
        let (who, why) = match &opened {
            Err(why) => ("who shows the ticket".to_owned(), Some(why.to_string())),
            Ok((content, proof)) if proof.client != content.client => {
                (proof.client.to_string(), Some(format!("it is the ticket of {}", content.client)))
            }
            Ok((content, _)) if now + MAXIMUM_SKEW < content.start || now >= content.end + MAXIMUM_SKEW => {
                (content.client.to_string(), Some(format!("it is good until {} only", content.end)))
            }
            Ok((content, _)) => (content.client.to_string(), None),
        };
        let facts = match &why {
            None => facts!["shown" => shown.ticket],
            Some(why) => facts!["shown" => shown.ticket, "why" => why],
        };
        let (rule, on) = (&rule::KERBEROS_TICKET, shown.ticket.service.clone());
        self.judge.require(rule, who.clone(), on.clone(), why.is_none(), facts.clone())?;
        // No rule's suspension opens what is sealed under another key.
        let (content, proof) = opened.map_err(|_| Refused { rule, facts })?;
        let apart = (now - proof.time).abs();
        let facts = facts!["client's clock" => proof.time, "own clock" => now, "apart" => apart];
        self.judge.require(&rule::KERBEROS_SKEW, who, on, apart <= MAXIMUM_SKEW, facts)?;
        let answer = ApReply::new(shown, &content, &proof, &mut self.judge.host().random("kerberos"));
        Ok((content, answer))
    }

    /// What a ticket to this machine says of its client.
    ///
    /// # Errors
    /// Where it does not open under the machine's key.
    pub fn open(&self, ticket: &Ticket) -> Result<Pac, Refused> {
        let opened = ticket.open(&self.key);
        let facts = match &opened {
            Ok(content) => facts!["client" => content.client, "until" => content.end],
            Err(why) => facts!["why" => why],
        };
        let (rule, on) = (&rule::KERBEROS_TICKET, self.service.clone());
        self.judge.require(rule, "a ticket", on, opened.is_ok(), facts.clone())?;
        // No rule's suspension opens what is sealed under another key.
        opened.map(|content| content.pac).map_err(|_| Refused { rule, facts })
    }
}
