//! How a web server of a domain learns who calls: by a Kerberos ticket (Negotiate, RFC 4559) or by
//! user name and password inside TLS (Basic, RFC 7617), which it has a domain controller verify.
//!
//! Either way a ticket to this server says who the caller is, so groups and the borders of trusts
//! count alike. What a caller may do is for others to decide.

use std::rc::Rc;

use super::judge::Judge;
use super::kerberos_client::{KerberosClient, LongTerm};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::{AccessToken, Sid};
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::http::{Authorization, Request};
use crate::protocol::kerberos::{ApRequest, TicketContent};
use crate::rule;
use crate::time::Span;

/// By how much clocks may differ (MaxClockSkew).
const MAXIMUM_SKEW: Span = Span::minutes(5);

/// An account that a server or a service of it runs as.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Its name.
    pub account: Upn,
    /// Its domain.
    pub domain: DnsName,
    /// Its key, shared with the domain.
    pub key: SymmetricKey,
    /// A service principal name of it: tickets to it tell the server who someone is.
    pub service: String,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name to which the ticket was issued.
    pub name: Upn,
    /// What the caller's ticket says of it.
    pub token: AccessToken,
}

/// What tells callers apart.
pub struct HttpAuthentication {
    judge: Judge,
    own: Rc<OwnAccount>,
    kerberos: KerberosClient,
}

impl HttpAuthentication {
    /// For a server with this account.
    pub fn new(judge: &Judge, own: Rc<OwnAccount>, kerberos: KerberosClient) -> Self {
        Self { judge: judge.clone(), own, kerberos }
    }

    /// Who sends this request, by its Authorization header; why that is not known otherwise.
    ///
    /// # Errors
    /// Where there is no header, or what it says does not hold.
    pub async fn caller(&self, request: &Request) -> Result<Caller, String> {
        match &request.authorization {
            None => Err("it comes without credentials".to_owned()),
            Some(Authorization::Negotiate(shown)) => self.by_ticket(shown),
            Some(Authorization::Basic { user, password }) => self.by_password(user, password).await,
        }
    }

    /// Who has this name and password.
    ///
    /// # Errors
    /// Where no domain controller confirms it.
    pub async fn by_password(&self, user: &str, password: &Secret) -> Result<Caller, String> {
        let user = Upn::new(user);
        let realm = user.suffix().unwrap_or_else(|| self.own.domain.clone());
        let signed_in = self.kerberos.sign_in(&user, &realm, LongTerm::Password(password)).await;
        let granting = signed_in.map_err(|why| why.to_string())?;
        let proof = self.kerberos.service_ticket(&granting, &self.own.service).await;
        self.by_ticket(&self.kerberos.show(&proof.map_err(|why| why.to_string())?))
    }

    fn by_ticket(&self, shown: &ApRequest) -> Result<Caller, String> {
        let opened = shown.open(&self.own.key).map_err(|why| why.to_string());
        let now = self.judge.host().now();
        let judged = opened.and_then(|(content, proof)| match () {
            () if proof.client != content.client => {
                Err(format!("{} shows a ticket of {}", proof.client, content.client))
            }
            () if now >= content.end + MAXIMUM_SKEW => Err("it has expired".to_owned()),
            () if (now - proof.time).abs() > MAXIMUM_SKEW => {
                Err(format!("the client's clock shows {}, this one {now}", proof.time))
            }
            () => Ok(content),
        });
        let (who, facts) = match &judged {
            Ok(content) => (content.client.to_string(), facts!["until" => content.end]),
            Err(why) => (format!("who shows a ticket of {}", shown.ticket.realm), facts!["why" => why]),
        };
        let held = self.judge.require(
            &rule::KERBEROS_TICKET,
            who,
            shown.ticket.service.clone(),
            judged.is_ok(),
            facts,
        );
        held.map_err(|refused| refused.to_string())?;
        let content = judged?;
        Ok(Caller { token: token(&content), name: content.client })
    }
}

/// The token that a ticket's authorization data make on this machine.
fn token(content: &TicketContent) -> AccessToken {
    let everyone = [Sid::EVERYONE, Sid::AUTHENTICATED_USERS];
    AccessToken::new(content.pac.user, content.pac.sids().skip(1).chain(everyone))
}
