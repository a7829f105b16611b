//! How a role gets Kerberos tickets: from its domain for itself or for someone who has shown a
//! password, and from other domains by following referrals along the trust path.
//!
//! RFC 4120 §3.1 (AS exchange) and §3.3 (TGS exchange), MS-SFU for S4U2Self. It finds a domain's
//! controller as Windows does, by resolving the domain's name. Whether a ticket is granted is for
//! the key distribution centre to say.

use super::dial::{Dialer, Unreachable};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::KerberosCode;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{
    ApRequest, AsRequest, Authenticator, KdcReplyPart, KerberosReply, KerberosRequest, KrbError, TgsRequest,
    Ticket,
};
use crate::sim::Host;

/// The port of key distribution centres.
pub const PORT: u16 = 88;
/// Referrals followed before a client gives up: a path through two forests is shorter.
const REFERRAL_LIMIT: usize = 10;

/// What a client proves itself with.
#[derive(Debug, Clone, Copy)]
pub enum LongTerm<'a> {
    /// A password, from which the key is derived with the salt that the KDC names.
    Password(&'a Secret),
    /// The key itself: a machine's.
    Key(&'a SymmetricKey),
}

/// A ticket with its session key.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose it is.
    pub client: Upn,
    /// The ticket.
    pub ticket: Ticket,
    /// What the KDC told of it.
    pub part: KdcReplyPart,
}

/// Why there is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KerberosFailure {
    /// The KDC cannot be reached.
    #[error("{0}")]
    Unreachable(Unreachable),
    /// The KDC refuses.
    #[error("{}: {}", .0.code, .0.text)]
    Refused(KrbError),
    /// The answer does not fit the question.
    #[error("the key distribution centre answered what cannot be used: {0}")]
    Unusable(String),
}

impl From<Unreachable> for KerberosFailure {
    fn from(error: Unreachable) -> Self {
        Self::Unreachable(error)
    }
}

/// A Kerberos client on one host.
#[derive(Clone)]
pub struct KerberosClient {
    host: Host,
    dialer: Dialer,
}

impl KerberosClient {
    /// A client that reaches KDCs through this dialer.
    pub fn new(host: &Host, dialer: &Dialer) -> Self {
        Self { host: host.clone(), dialer: dialer.clone() }
    }

    /// The host that asks.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Whether a ticket has not run out, by this host's clock.
    pub fn still_good(&self, credentials: &Credentials) -> bool {
        self.host.now() < credentials.part.end
    }

    /// The AS exchange: a ticket-granting ticket of the client's own domain. A client with a
    /// password first learns the salt from the KDC's demand for pre-authentication.
    ///
    /// # Errors
    /// Where the KDC cannot be reached or refuses.
    pub async fn sign_in(
        &self,
        client: &Upn,
        realm: &DnsName,
        proof: LongTerm<'_>,
    ) -> Result<Credentials, KerberosFailure> {
        let request = AsRequest { client: client.clone(), realm: realm.clone(), preauth: None };
        let key = match proof {
            LongTerm::Key(key) => key.clone(),
            LongTerm::Password(password) => {
                match self.ask(realm, KerberosRequest::As(request.clone())).await? {
                    KerberosReply::Error(KrbError {
                        code: KerberosCode::PREAUTH_REQUIRED,
                        salt: Some(salt),
                        ..
                    }) => SymmetricKey::derive_from_password(&salt, password),
                    KerberosReply::Error(error) => return Err(KerberosFailure::Refused(error)),
                    _ => return Err(unusable("it asks for no pre-authentication")),
                }
            }
        };
        let request = request.preauthenticate(&key, &mut self.host.random("kerberos"), self.host.now());
        match self.ask(realm, KerberosRequest::As(request)).await? {
            KerberosReply::As(reply) => {
                let part = reply.open(client, &key).map_err(unusable)?;
                Ok(Credentials { client: client.clone(), ticket: reply.ticket, part })
            }
            KerberosReply::Error(error) => Err(KerberosFailure::Refused(error)),
            KerberosReply::Tgs(_) => Err(unusable("a TGS-REP")),
        }
    }

    /// The TGS exchange: a ticket for a service, from the domain of the ticket-granting ticket or,
    /// by referrals, from another.
    ///
    /// # Errors
    /// Where a KDC on the way cannot be reached or refuses.
    pub async fn service_ticket(
        &self,
        granting: &Credentials,
        service: &str,
    ) -> Result<Credentials, KerberosFailure> {
        self.follow(granting, service, None).await
    }

    /// S4U2Self: a ticket to this service itself that says who the user is, without the user's
    /// password (MS-SFU §3.1.5.1.1). For a user of another domain referrals lead there and back.
    ///
    /// # Errors
    /// Where a KDC on the way cannot be reached or refuses.
    pub async fn ticket_for_user(
        &self,
        granting: &Credentials,
        service: &str,
        user: &Upn,
    ) -> Result<Credentials, KerberosFailure> {
        self.follow(granting, service, Some(user)).await
    }

    async fn follow(
        &self,
        granting: &Credentials,
        service: &str,
        for_user: Option<&Upn>,
    ) -> Result<Credentials, KerberosFailure> {
        let mut granting = granting.clone();
        for _ in 0..REFERRAL_LIMIT {
            let issued = self.exchange(&granting, service, for_user.cloned()).await?;
            match issued.ticket.refers_to() {
                Some(_) => granting = issued,
                None => return Ok(issued),
            }
        }
        Err(unusable(format!("more than {REFERRAL_LIMIT} referrals")))
    }

    /// A ticket shown to its service, with a fresh authenticator.
    pub fn show(&self, credentials: &Credentials) -> ApRequest {
        let mut random = self.host.random("kerberos");
        let authenticator = Authenticator { client: credentials.client.clone(), time: self.host.now() };
        ApRequest::new(credentials.ticket.clone(), &credentials.part.session_key, &authenticator, &mut random)
    }

    async fn exchange(
        &self,
        granting: &Credentials,
        service: &str,
        for_user: Option<Upn>,
    ) -> Result<Credentials, KerberosFailure> {
        let realm = granting.ticket.refers_to().unwrap_or_else(|| granting.ticket.realm.clone());
        let ApRequest { ticket, authenticator } = self.show(granting);
        let request = TgsRequest { ticket, authenticator, service: service.to_owned(), for_user };
        match self.ask(&realm, KerberosRequest::Tgs(request)).await? {
            KerberosReply::Tgs(reply) => {
                let part = reply.open(&granting.part.session_key).map_err(unusable)?;
                Ok(Credentials { client: granting.client.clone(), ticket: reply.ticket, part })
            }
            KerberosReply::Error(error) => Err(KerberosFailure::Refused(error)),
            KerberosReply::As(_) => Err(unusable("an AS-REP")),
        }
    }

    async fn ask(&self, realm: &DnsName, request: KerberosRequest) -> Result<KerberosReply, Unreachable> {
        let channel = self.dialer.connect(realm, PORT).await?;
        self.dialer.ask(channel, &request).await
    }
}

fn unusable(why: impl ToString) -> KerberosFailure {
    KerberosFailure::Unusable(why.to_string())
}
