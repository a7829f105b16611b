//! Windows integrated authentication, as a browser of a domain's machine does it (RFC 4559).
//!
//! A server answers 401 and names the ways that it takes. Where the site is in the browser's Local
//! intranet zone and somebody is logged on, the browser fetches a Kerberos ticket for the server and
//! asks again with it. The ticket is for `HTTP/` and the name that DNS led to: with an alias, the name
//! of the host behind it, as the browsers of the time had it (domain page §5.2 B9, inference).
//!
//! The server's own proof comes with the page that was asked for. The browser has no use for it any
//! more: TLS has told already whose page it is (inference).

use std::rc::Rc;

use super::dial::Dialer;
use super::judge::{Judge, Refused};
use super::kerberos_client::{KerberosClient, KerberosFailure};
use super::logon_session::LogonSession;
use crate::facts;
use crate::name::DnsName;
use crate::protocol::kerberos::ApRequest;
use crate::protocol::url::Url;
use crate::rule;

/// What a browser may do about servers that ask for integrated authentication.
pub struct Intranet {
    /// The session of the person who is logged on to the machine, where anybody is.
    pub session: Option<Rc<LogonSession>>,
    /// The names of the sites in its Local intranet zone.
    pub sites: Vec<DnsName>,
}

/// Why there is no ticket to show.
#[derive(Debug, thiserror::Error)]
pub enum NoTicket {
    /// The browser does not show one, or the server's name leads nowhere.
    #[error("{0}")]
    Refused(#[from] RefusedToShow),
    /// The domain gives none.
    #[error("{0}")]
    Kerberos(#[from] KerberosFailure),
}

/// A refusal as an error of its own.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RefusedToShow(Refused);

impl From<Refused> for NoTicket {
    fn from(refused: Refused) -> Self {
        Self::Refused(RefusedToShow(refused))
    }
}

impl Intranet {
    /// A ticket for the server at this address, with a proof that it is the person's own.
    ///
    /// # Errors
    /// Where the browser shows none to this server, or the domain gives none.
    pub async fn ticket(&self, judge: &Judge, dialer: &Dialer, url: &Url) -> Result<ApRequest, NoTicket> {
        let on = url.host().to_string();
        let facts = match &self.session {
            Some(session) => facts!["logged on" => session.account()],
            None => facts!["logged on" => "nobody"],
        };
        let rule = &rule::LOGGED_ON;
        judge.require(rule, "the browser", on.clone(), self.session.is_some(), facts.clone())?;
        // No rule's suspension logs anybody on.
        let session = self.session.as_ref().ok_or(Refused { rule, facts })?;
        let sites: Vec<&str> = self.sites.iter().map(DnsName::as_str).collect();
        let facts = facts!["Local intranet zone" => if sites.is_empty() { "empty".to_owned() } else { sites.join(", ") }];
        judge.require(&rule::INTRANET_SITE, "the browser", on, self.sites.contains(url.host()), facts)?;
        let (_, canonical) = dialer.resolve(url.host()).await?;
        let kerberos = KerberosClient::new(judge.host(), dialer);
        Ok(session.show(&kerberos, &format!("HTTP/{canonical}")).await?)
    }
}
