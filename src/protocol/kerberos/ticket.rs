//! Tickets, and everything else in Kerberos that is sealed.
//!
//! Each seal is bound to what it is for (which message, which realm, which service), so that no
//! sealed part can be passed off as another. Who holds which key is not known here.

use std::fmt;

use rand_core::CryptoRng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::crypto::symmetric::{SealError, SymmetricKey};
use crate::directory::Sid;
use crate::name::{DnsName, NetbiosName, Upn};
use crate::protocol::wire::{self, WireError};
use crate::time::{Span, VirtualTime};

/// By how much the clocks of those who talk Kerberos may differ (MaxClockSkew, MS-KILE).
pub const MAXIMUM_SKEW: Span = Span::minutes(5);

/// A ticket: for its holder a sealed box, for the service it names a statement about the holder.
///
/// ```
/// use forestsim::protocol::kerberos::Ticket;
/// let service = Ticket::granting_service(&"corp.example".into());
/// let referral = Ticket { realm: "perimeter.example".into(), service, sealed: Vec::new() };
/// assert_eq!(referral.to_string(), "ticket for krbtgt/CORP.EXAMPLE of perimeter.example");
/// assert_eq!(referral.refers_to(), Some("corp.example".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The domain that issued it.
    pub realm: DnsName,
    /// The service that it is for: `HTTP/fs.corp.example`, or `krbtgt/CORP.EXAMPLE`.
    pub service: String,
    /// A [`TicketContent`] under the service's key.
    pub sealed: Vec<u8>,
}

/// What a ticket says (RFC 4120 §5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketContent {
    /// Whom the ticket is about.
    pub client: Upn,
    /// The domain of the one whom it is about.
    pub client_realm: DnsName,
    /// The key that the holder and the service share.
    pub session_key: SymmetricKey,
    /// When the client proved itself to its own domain.
    pub auth_time: VirtualTime,
    /// From when the ticket is good.
    pub start: VirtualTime,
    /// Until when it is good.
    pub end: VirtualTime,
    /// The client's authorization data.
    pub pac: Pac,
}

/// Why a ticket is not good at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untimely {
    /// It is not good yet.
    #[error("it is not valid before {0}")]
    NotYetValid(VirtualTime),
    /// It is good no longer.
    #[error("it has expired: it was good until {0}")]
    Expired(VirtualTime),
}

impl TicketContent {
    /// Whether the ticket is in its lifetime, as far as clocks that may differ can tell.
    ///
    /// # Errors
    /// Where it is not.
    pub fn is_timely(&self, now: VirtualTime) -> Result<(), Untimely> {
        match () {
            () if now + MAXIMUM_SKEW < self.start => Err(Untimely::NotYetValid(self.start)),
            () if now >= self.end + MAXIMUM_SKEW => Err(Untimely::Expired(self.end)),
            () => Ok(()),
        }
    }
}

/// The authorization data of a ticket: the client's SIDs (MS-PAC §2.5, KERB_VALIDATION_INFO).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pac {
    /// The client's own SID.
    pub user: Sid,
    /// The client's name in its domain (sAMAccountName).
    pub user_name: String,
    /// The short name of the client's domain.
    pub netbios: NetbiosName,
    /// The SID of the client's domain (LogonDomainId).
    pub logon_domain: Sid,
    /// Global and universal groups of the client's own domain (GroupIds).
    pub groups: Vec<Sid>,
    /// Groups of other domains, and SID history (ExtraSids).
    pub extra_sids: Vec<Sid>,
    /// Domain-local groups of the resource's domain, put in with the service ticket
    /// (ResourceGroupIds).
    pub resource_groups: Vec<Sid>,
}

impl Pac {
    /// Every SID in it, the client's own first.
    pub fn sids(&self) -> impl Iterator<Item = Sid> + '_ {
        let groups = self.groups.iter().chain(&self.extra_sids).chain(&self.resource_groups);
        std::iter::once(self.user).chain(groups.copied())
    }
}

/// What a key distribution centre tells the client about a new ticket (EncKDCRepPart, RFC 4120 §5.4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdcReplyPart {
    /// The key that the client will share with the service.
    pub session_key: SymmetricKey,
    /// When the client proved itself to its own domain.
    pub auth_time: VirtualTime,
    /// From when the ticket is good.
    pub start: VirtualTime,
    /// Until when it is good.
    pub end: VirtualTime,
}

/// The proof that the holder of a ticket has its session key, now (RFC 4120 §5.5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticator {
    /// Who shows the ticket.
    pub client: Upn,
    /// When, by the client's clock.
    pub time: VirtualTime,
}

/// AP-REQ: a client shows a ticket to the service that it is for (RFC 4120 §3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApRequest {
    /// The ticket.
    pub ticket: Ticket,
    /// An [`Authenticator`] under the ticket's session key.
    pub authenticator: Vec<u8>,
}

/// AP-REP: the service has opened the ticket, and proves it (RFC 4120 §3.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApReply {
    /// The time of the client's authenticator, under the ticket's session key.
    pub sealed: Vec<u8>,
}

/// Why a sealed part could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    /// It is sealed under another key, is for something else, or was altered.
    #[error("the sealed {what} does not open: {why}")]
    Sealed {
        /// What it should have been.
        what: &'static str,
        /// What cryptography says.
        why: SealError,
    },
    /// It opens, but holds something else.
    #[error("the sealed {what} holds something else: {why}")]
    Content {
        /// What it should have been.
        what: &'static str,
        /// What the decoder says.
        why: WireError,
    },
}

impl Ticket {
    /// Seals a ticket for a service, under the service's key.
    pub fn seal(
        realm: &DnsName,
        service: &str,
        key: &SymmetricKey,
        random: &mut impl CryptoRng,
        content: &TicketContent,
    ) -> Self {
        let sealed = seal(key, random, ("ticket", realm.as_str(), service), content);
        Self { realm: realm.clone(), service: service.to_owned(), sealed }
    }

    /// Opens a ticket with the service's key.
    ///
    /// # Errors
    /// Where it is sealed under another key, or was altered.
    pub fn open(&self, key: &SymmetricKey) -> Result<TicketContent, BadSeal> {
        open(key, ("ticket", self.realm.as_str(), &self.service), &self.sealed)
    }

    /// The name of a domain's own ticket-granting service.
    pub fn granting_service(realm: &DnsName) -> String {
        format!("krbtgt/{}", realm.as_str().to_ascii_uppercase())
    }

    /// The other domain whose ticket-granting service this ticket is for.
    pub fn refers_to(&self) -> Option<DnsName> {
        let realm = DnsName::new(self.service.strip_prefix("krbtgt/")?);
        (realm != self.realm).then_some(realm)
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ticket for {} of {}", self.service, self.realm)
    }
}

impl Authenticator {
    /// Seals the authenticator that goes with this ticket.
    pub fn seal(&self, ticket: &Ticket, session_key: &SymmetricKey, random: &mut impl CryptoRng) -> Vec<u8> {
        seal(session_key, random, ("authenticator", ticket.realm.as_str(), &ticket.service), self)
    }

    /// Opens the authenticator that came with this ticket.
    ///
    /// # Errors
    /// Where it is sealed under another key than the ticket's session key, or was altered.
    pub fn open(ticket: &Ticket, session_key: &SymmetricKey, sealed: &[u8]) -> Result<Self, BadSeal> {
        open(session_key, ("authenticator", ticket.realm.as_str(), &ticket.service), sealed)
    }
}

impl ApRequest {
    /// Shows a ticket, with a proof of its session key.
    pub fn new(
        ticket: Ticket,
        session_key: &SymmetricKey,
        authenticator: &Authenticator,
        random: &mut impl CryptoRng,
    ) -> Self {
        let authenticator = authenticator.seal(&ticket, session_key, random);
        Self { ticket, authenticator }
    }

    /// Opens ticket and authenticator with the service's key. Whether the two name the same client,
    /// at a good time, is for the caller to check.
    ///
    /// # Errors
    /// Where either is sealed under another key, or was altered.
    pub fn open(&self, key: &SymmetricKey) -> Result<(TicketContent, Authenticator), BadSeal> {
        let content = self.ticket.open(key)?;
        let authenticator = Authenticator::open(&self.ticket, &content.session_key, &self.authenticator)?;
        Ok((content, authenticator))
    }
}

impl ApReply {
    /// The answer to one who has shown a ticket of this content with this authenticator.
    pub fn new(
        request: &ApRequest,
        content: &TicketContent,
        authenticator: &Authenticator,
        random: &mut impl CryptoRng,
    ) -> Self {
        let context = ("AP-REP", request.ticket.realm.as_str(), request.ticket.service.as_str());
        Self { sealed: seal(&content.session_key, random, context, &authenticator.time) }
    }

    /// Whether whoever answers so to `request` has the session key, and so could open the ticket.
    pub fn answers(&self, request: &ApRequest, session_key: &SymmetricKey) -> bool {
        let context = ("AP-REP", request.ticket.realm.as_str(), request.ticket.service.as_str());
        let shown = Authenticator::open(&request.ticket, session_key, &request.authenticator);
        let told = open::<VirtualTime>(session_key, context, &self.sealed);
        matches!((shown, told), (Ok(shown), Ok(told)) if shown.time == told)
    }
}

/// What a seal is bound to: the kind of part, the realm, and the service or client that it is for.
type Context<'a> = (&'static str, &'a str, &'a str);

pub(super) fn seal<T: Serialize>(
    key: &SymmetricKey,
    random: &mut impl CryptoRng,
    context: Context<'_>,
    value: &T,
) -> Vec<u8> {
    key.seal(random, &wire::encode(&context), &wire::encode(value))
}

pub(super) fn open<T: DeserializeOwned>(
    key: &SymmetricKey,
    context: Context<'_>,
    sealed: &[u8],
) -> Result<T, BadSeal> {
    let what = context.0;
    let plain = key.open(&wire::encode(&context), sealed).map_err(|why| BadSeal::Sealed { what, why })?;
    wire::decode(&plain).map_err(|why| BadSeal::Content { what, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random;

    fn content(session_key: SymmetricKey) -> TicketContent {
        let time = VirtualTime::from_micros(0);
        let domain: Sid = "S-1-5-21-1-2-3".parse().unwrap();
        TicketContent {
            client: Upn::new("sally@corp.example"),
            client_realm: DnsName::new("corp.example"),
            session_key,
            auth_time: time,
            start: time,
            end: time,
            pac: Pac {
                user: domain.with_rid(1104),
                user_name: "sally".to_owned(),
                netbios: NetbiosName::new("CORP"),
                logon_domain: domain,
                groups: vec![domain.with_rid(513)],
                extra_sids: Vec::new(),
                resource_groups: vec![Sid::ADMINISTRATORS],
            },
        }
    }

    #[test]
    fn a_ticket_opens_for_its_service_and_under_its_own_name_only() {
        let mut random = random::stream(1, "dc", "test");
        let (service_key, session_key) =
            (SymmetricKey::random(&mut random), SymmetricKey::random(&mut random));
        let said = content(session_key.clone());
        let ticket =
            Ticket::seal(&"corp.example".into(), "HTTP/fs.corp.example", &service_key, &mut random, &said);
        let proof = Authenticator { client: said.client.clone(), time: said.start };
        let shown = ApRequest::new(ticket.clone(), &session_key, &proof, &mut random);
        assert_eq!(shown.open(&service_key).unwrap(), (said.clone(), proof.clone()));
        assert_eq!(said.pac.sids().count(), 3);

        let answer = ApReply::new(&shown, &said, &proof, &mut random);
        assert!(answer.answers(&shown, &session_key));
        assert!(!answer.answers(&shown, &service_key));
        let later = Authenticator { time: proof.time + MAXIMUM_SKEW, ..proof.clone() };
        let another = ApRequest::new(ticket.clone(), &session_key, &later, &mut random);
        assert!(!answer.answers(&another, &session_key));

        assert!(shown.open(&session_key).is_err());
        let renamed = Ticket { service: "LDAP/dc.corp.example".to_owned(), ..ticket.clone() };
        assert!(renamed.open(&service_key).is_err());
        let swapped = ApRequest { authenticator: ticket.sealed.clone(), ticket: ticket.clone() };
        assert!(swapped.open(&service_key).is_err());
        for at in 0..ticket.sealed.len() {
            let mut altered = ticket.clone();
            altered.sealed[at] ^= 1;
            assert!(altered.open(&service_key).is_err(), "byte {at}");
        }
    }
}
