//! Kerberos: how a client proves itself once to its domain and shows tickets to services
//! (RFC 4120, MS-KILE; MS-SFU for S4U2Self).
//!
//! The messages are typed and their sealed parts are really sealed, so that a ticket opens only
//! under the key of the one it is for. What is kept of the protocol: pre-authentication, tickets with
//! authorization data, referrals over trusts, S4U2Self and error codes. Who may have a ticket is for
//! the key distribution centre to say.
//!
//! - [`ticket`]: what is sealed, and how
//! - this file: the messages

pub mod ticket;

pub use ticket::{
    ApReply, ApRequest, Authenticator, BadSeal, KdcReplyPart, MAXIMUM_SKEW, Pac, Ticket, TicketContent,
    Untimely,
};

use std::borrow::Cow;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::Message;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::{KerberosCode, NtStatus};
use crate::name::{DnsName, Upn};
use crate::time::VirtualTime;
use crate::trace::Detail;

/// A request to a key distribution centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KerberosRequest {
    /// For a ticket-granting ticket.
    As(AsRequest),
    /// For a service ticket.
    Tgs(TgsRequest),
}

/// An answer of a key distribution centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KerberosReply {
    /// A ticket-granting ticket.
    As(AsReply),
    /// A service ticket, or a referral to the next domain: a ticket for its `krbtgt`.
    Tgs(TgsReply),
    /// A refusal.
    Error(KrbError),
}

/// AS-REQ: a client asks for its ticket-granting ticket (RFC 4120 §3.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsRequest {
    /// Who asks.
    pub client: Upn,
    /// The domain that is asked.
    pub realm: DnsName,
    /// The time, sealed under the client's key ([`AsRequest::preauthenticate`]). The first request
    /// goes without it, and the refusal says how the key is salted.
    pub preauth: Option<Vec<u8>>,
}

/// AS-REP (RFC 4120 §3.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsReply {
    /// The ticket-granting ticket.
    pub ticket: Ticket,
    /// A [`KdcReplyPart`] under the client's key.
    pub sealed: Vec<u8>,
}

/// TGS-REQ: a client asks for a ticket for a service (RFC 4120 §3.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TgsRequest {
    /// The ticket-granting ticket, or a referral, for the domain that is asked.
    pub ticket: Ticket,
    /// An [`Authenticator`] under the ticket's session key.
    pub authenticator: Vec<u8>,
    /// The service principal name: `HTTP/fs.corp.example`.
    pub service: String,
    /// On whose behalf a service asks for a ticket for itself (S4U2Self, MS-SFU §3.1.5.1.1).
    pub for_user: Option<Upn>,
}

/// TGS-REP (RFC 4120 §3.3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TgsReply {
    /// The ticket. One for another service than asked for is a referral ([`Ticket::refers_to`]).
    pub ticket: Ticket,
    /// A [`KdcReplyPart`] under the session key of the ticket that was shown.
    pub sealed: Vec<u8>,
}

/// KRB-ERROR (RFC 4120 §5.9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KrbError {
    /// The error code.
    pub code: KerberosCode,
    /// More of it, for people.
    pub text: String,
    /// With [`KerberosCode::PREAUTH_REQUIRED`]: the salt that makes the client's key of its password
    /// (ETYPE-INFO2, RFC 4120 §5.2.7.5).
    pub salt: Option<String>,
    /// What Windows says of it beyond the code, which several refusals share (KERB_EXT_ERROR,
    /// MS-KILE §2.2.2).
    pub status: Option<NtStatus>,
}

impl KrbError {
    /// An error of this code.
    pub fn new(code: KerberosCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), salt: None, status: None }
    }
}

impl AsRequest {
    /// The request with the time sealed under the client's key.
    ///
    /// ```
    /// use forestsim::crypto::{random, symmetric::SymmetricKey};
    /// use forestsim::protocol::kerberos::AsRequest;
    /// use forestsim::time::VirtualTime;
    /// let mut random = random::stream(1, "sally-laptop", "kerberos");
    /// let key = SymmetricKey::random(&mut random);
    /// let now = VirtualTime::from_micros(7);
    /// let request = AsRequest { client: "sally@corp.example".into(), realm: "corp.example".into(), preauth: None };
    /// let request = request.preauthenticate(&key, &mut random, now);
    /// assert_eq!(request.preauth_time(&key).unwrap(), Some(now));
    /// assert!(request.preauth_time(&SymmetricKey::random(&mut random)).is_err());
    /// ```
    #[must_use]
    pub fn preauthenticate(self, key: &SymmetricKey, random: &mut impl CryptoRng, now: VirtualTime) -> Self {
        let context = ("pre-authentication", self.realm.as_str(), self.client.as_str());
        let preauth = Some(ticket::seal(key, random, context, &now));
        Self { preauth, ..self }
    }

    /// The time in the pre-authentication data, where there are any.
    ///
    /// # Errors
    /// Where they do not open under this key: a wrong password.
    pub fn preauth_time(&self, key: &SymmetricKey) -> Result<Option<VirtualTime>, BadSeal> {
        let context = ("pre-authentication", self.realm.as_str(), self.client.as_str());
        self.preauth.as_ref().map(|sealed| ticket::open(key, context, sealed)).transpose()
    }
}

impl AsReply {
    /// The reply to a client whose long-term key this is.
    pub fn new(
        ticket: Ticket,
        client: &Upn,
        key: &SymmetricKey,
        random: &mut impl CryptoRng,
        part: &KdcReplyPart,
    ) -> Self {
        let context = ("AS-REP", ticket.realm.as_str(), client.as_str());
        let sealed = ticket::seal(key, random, context, part);
        Self { ticket, sealed }
    }

    /// What the key distribution centre tells the client.
    ///
    /// # Errors
    /// Where it does not open under this key.
    pub fn open(&self, client: &Upn, key: &SymmetricKey) -> Result<KdcReplyPart, BadSeal> {
        ticket::open(key, ("AS-REP", self.ticket.realm.as_str(), client.as_str()), &self.sealed)
    }
}

impl TgsReply {
    /// The reply to a client that has shown a ticket with this session key.
    pub fn new(
        ticket: Ticket,
        session_key: &SymmetricKey,
        random: &mut impl CryptoRng,
        part: &KdcReplyPart,
    ) -> Self {
        let context = ("TGS-REP", ticket.realm.as_str(), ticket.service.as_str());
        let sealed = ticket::seal(session_key, random, context, part);
        Self { ticket, sealed }
    }

    /// What the key distribution centre tells the client.
    ///
    /// # Errors
    /// Where it does not open under this session key.
    pub fn open(&self, session_key: &SymmetricKey) -> Result<KdcReplyPart, BadSeal> {
        let context = ("TGS-REP", self.ticket.realm.as_str(), self.ticket.service.as_str());
        ticket::open(session_key, context, &self.sealed)
    }
}

impl Message for KerberosRequest {
    fn protocol(&self) -> &'static str {
        "Kerberos"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::As(AsRequest { client, preauth: None, .. }) => format!("AS-REQ of {client}").into(),
            Self::As(AsRequest { client, .. }) => format!("AS-REQ of {client}, pre-authenticated").into(),
            Self::Tgs(TgsRequest { service, for_user: None, .. }) => format!("TGS-REQ for {service}").into(),
            Self::Tgs(TgsRequest { service, for_user: Some(user), .. }) => {
                format!("TGS-REQ for {service} on behalf of {user} (S4U2Self)").into()
            }
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::As(request) => vec![
                Detail::new("client", request.client.to_string()),
                Detail::new("realm", request.realm.to_string()),
            ],
            Self::Tgs(request) => vec![
                Detail::new("service", request.service.clone()),
                Detail::new("shows", request.ticket.to_string()),
            ],
        }
    }
}

impl Message for KerberosReply {
    fn protocol(&self) -> &'static str {
        "Kerberos"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::As(reply) => format!("AS-REP: {}", reply.ticket).into(),
            Self::Tgs(reply) => match reply.ticket.refers_to() {
                Some(realm) => format!("TGS-REP: referral to {realm}").into(),
                None => format!("TGS-REP: {}", reply.ticket).into(),
            },
            Self::Error(error) => format!("KRB-ERROR {}", error.code).into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::As(_) | Self::Tgs(_) => Vec::new(),
            Self::Error(error) => vec![Detail::new("e-text", error.text.clone())],
        }
    }
}
