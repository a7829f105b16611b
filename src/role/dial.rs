//! How a role reaches another server: resolve, route, firewall, listen, then TLS.
//!
//! Each link of that chain is a rule; what the network answers becomes a verdict, entered where it
//! was decided (a closed port at its firewall, a silent server at that server). It knows no
//! protocol above HTTP.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::judge::{Judge, Refused};
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::chain::{self, TrustAnchors};
use crate::facts;
use crate::name::{DnsName, HostName};
use crate::protocol::Message;
use crate::protocol::http::{Body, Request, Response};
use crate::protocol::soap::{Call, Reply};
use crate::protocol::url::{Scheme, Url};
use crate::rule::{self, Rule};
use crate::sim::{Channel, ChannelError, ConnectError, ConnectErrorKind, TlsClient};

/// Opens connections for one host.
#[derive(Clone)]
pub struct Dialer {
    judge: Judge,
    roots: Rc<TrustAnchors>,
}

/// Why no answer could be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreachable {
    /// A rule was not met, on the way or in the handshake.
    Refused(Refused),
    /// The peer ended the conversation or sent what could not be read.
    Broken(String),
}

impl From<Refused> for Unreachable {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreachable::Refused(refused) => refused.fmt(formatter),
            Unreachable::Broken(why) => formatter.write_str(why),
        }
    }
}

impl Dialer {
    /// A dialer for this host, which trusts these roots for the servers that it reaches over TLS.
    pub fn new(judge: &Judge, roots: Rc<TrustAnchors>) -> Self {
        Self { judge: judge.clone(), roots }
    }

    /// The address of a name, as this host sees it, and its canonical name.
    ///
    /// # Errors
    /// Where the name does not resolve, or the DNS server cannot be reached.
    pub async fn resolve(&self, name: &DnsName) -> Result<(HostName, DnsName), Refused> {
        match self.judge.host().resolve(name).await {
            Ok(resolved) => {
                let facts = facts!["address" => resolved.address];
                let here = self.judge.host().name().clone();
                self.judge.network(&here, &rule::NAME_RESOLVES, true, name.to_string(), facts)?;
                Ok((resolved.address, resolved.canonical))
            }
            Err(error) => Err(self.failed(&error, name.as_str())),
        }
    }

    /// A plain connection to the server of this name.
    ///
    /// # Errors
    /// Where the name does not resolve or the connection is not established.
    pub async fn connect(&self, name: &DnsName, port: u16) -> Result<Channel, Refused> {
        let (address, _) = self.resolve(name).await?;
        self.connect_to(&address, port).await
    }

    /// A plain connection to the server at this address.
    ///
    /// # Errors
    /// Where the connection is not established.
    pub async fn connect_to(&self, address: &HostName, port: u16) -> Result<Channel, Refused> {
        let on = format!("{address}:{port}");
        match self.judge.host().connect(address, port).await {
            Ok(channel) => {
                let here = self.judge.host().name().clone();
                for rule in [&rule::ROUTE_OPEN, &rule::SERVICE_LISTENS] {
                    self.judge.network(&here, rule, true, on.clone(), Vec::new())?;
                }
                Ok(channel)
            }
            Err(error) => Err(self.failed(&error, &on)),
        }
    }

    /// A connection secured by TLS to the server of this name. The identity is presented where the
    /// server asks for a client certificate of the identity's authority.
    ///
    /// # Errors
    /// Where no connection is established or a certificate is refused on either side.
    pub async fn connect_tls(
        &self,
        name: &DnsName,
        port: u16,
        identity: Option<&Identity>,
    ) -> Result<Channel, Unreachable> {
        let channel = self.connect(name, port).await?;
        let now = self.judge.host().now();
        let judge = &self.judge;
        let roots = &self.roots;
        let server = channel.peer().to_string();
        let refusal = RefCell::new(None);
        let verify = |certificates: &[Certificate]| {
            let verified = chain::verify_server(certificates, roots, name, now);
            let facts = match &verified {
                Ok(()) => facts!["name" => name],
                Err(why) => facts!["name" => name, "why" => why],
            };
            judge
                .require(
                    &rule::TLS_SERVER_CERTIFICATE,
                    server.clone(),
                    name.to_string(),
                    verified.is_ok(),
                    facts,
                )
                .map_err(|refused| {
                    let text = refused.to_string();
                    *refusal.borrow_mut() = Some(refused);
                    text
                })
        };
        let secured = channel
            .secure_as_client(TlsClient { server_name: name.clone(), verify: &verify, identity })
            .await;
        match (secured, refusal.into_inner()) {
            (Ok(channel), _) => Ok(channel),
            (Err(_), Some(refused)) => Err(Unreachable::Refused(refused)),
            (Err(error), None) => Err(Unreachable::Broken(error.to_string())),
        }
    }

    /// One request and its answer, over a connection of its own, as the URL's scheme asks.
    ///
    /// # Errors
    /// Where the server cannot be reached or does not answer.
    pub async fn exchange(
        &self,
        request: &Request,
        identity: Option<&Identity>,
    ) -> Result<Response, Unreachable> {
        let url = &request.url;
        let channel = match url.scheme() {
            Scheme::Https => self.connect_tls(url.host(), url.port(), identity).await?,
            Scheme::Http => self.connect(url.host(), url.port()).await?,
        };
        self.ask(channel, request).await
    }

    /// A SOAP call to the service at this address, and its reply.
    ///
    /// # Errors
    /// Where the service cannot be reached or answers something else than SOAP.
    pub async fn call(
        &self,
        address: &Url,
        call: Call,
        identity: Option<&Identity>,
    ) -> Result<Reply, Unreachable> {
        match self.exchange(&Request::call(address.clone(), call), identity).await?.body {
            Body::Soap(reply) => Ok(reply),
            _ => Err(Unreachable::Broken(format!("{address} answers something else than SOAP"))),
        }
    }

    /// Sends a message over a channel that is done with after the answer.
    ///
    /// # Errors
    /// As [`Dialer::converse`].
    pub async fn ask<Q: Message, A: Message>(
        &self,
        mut channel: Channel,
        question: &Q,
    ) -> Result<A, Unreachable> {
        self.converse(&mut channel, question).await
    }

    /// Sends a message over this channel and awaits the answer to it.
    ///
    /// # Errors
    /// Where the server falls silent, closes the connection or answers what cannot be read.
    pub async fn converse<Q: Message, A: Message>(
        &self,
        channel: &mut Channel,
        question: &Q,
    ) -> Result<A, Unreachable> {
        let peer = channel.peer().clone();
        let answer = match channel.send(question).await {
            Ok(()) => channel.receive::<A>().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                self.judge.network(&peer, &rule::SERVER_ANSWERS, true, peer.to_string(), Vec::new())?;
                Ok(answer)
            }
            Err(error @ ChannelError::TimedOut) => {
                let facts = facts!["why" => error];
                self.judge.network(&peer, &rule::SERVER_ANSWERS, false, peer.to_string(), facts)?;
                Err(Unreachable::Broken(error.to_string()))
            }
            Err(error) => Err(Unreachable::Broken(format!("{peer}: {error}"))),
        }
    }

    fn failed(&self, error: &ConnectError, on: &str) -> Refused {
        let rule: &'static Rule = match error.kind {
            ConnectErrorKind::NoSuchName => &rule::NAME_RESOLVES,
            ConnectErrorKind::NoRoute => &rule::ROUTE_OPEN,
            ConnectErrorKind::TimedOut if on.starts_with(error.at.as_str()) => &rule::SERVER_ANSWERS,
            ConnectErrorKind::TimedOut => &rule::ROUTE_OPEN,
            ConnectErrorKind::Refused => &rule::SERVICE_LISTENS,
        };
        let facts = facts!["why" => error.why];
        match self.judge.network(&error.at, rule, false, on.to_owned(), facts.clone()) {
            Err(refused) => refused,
            Ok(()) => Refused { rule, facts },
        }
    }
}
