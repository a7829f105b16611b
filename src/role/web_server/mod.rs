//! The AD FS-enabled Web server: its applications, and the Web agent that guards them.
//!
//! | file | AD FS example, salesman |
//! |---|---|
//! | [`agent`] | R2: no cookie, so the browser is sent to the federation server; U10: the token is validated, the cookie written, the browser sent to the page it wanted |
//! | [`trust_information`] | before R1: what the agent fetches from its federation service |
//! | [`nt_token`] | U12, first line: a Windows NT token from the security token |
//! | [`application`] | U12, second line: impersonation and the access check; U13: further pages |
//!
//! The server holds no key for tokens: its cookie is the federation server's token itself.

pub mod agent;
pub mod application;
pub mod nt_token;
pub mod trust_information;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::dial::Dialer;
use super::judge::{Judge, Refused};
use super::pages;
use super::revocation::RevocationLists;
use super::serve::{self, Received};
use super::token_check::TokenCheck;
use super::trust_information::TrustInformation;
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::facts;
use crate::protocol::http::Response;
use crate::protocol::soap::FsTrustInformation;
use crate::protocol::url::Url;
use crate::protocol::wsfed::Passive;
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use application::Application;

/// What a Web server is set up with.
pub struct WebServerConfig {
    /// Its TLS server certificate, for the names of all its applications.
    pub server: Rc<Identity>,
    /// The resource federation server's interface, where the agent fetches trust information.
    pub federation_service: Url,
    /// The authorities that it trusts, for servers and for signers.
    pub roots: Rc<TrustAnchors>,
    /// Its applications.
    pub applications: Vec<Application>,
}

/// A Web server with its agent.
pub struct WebServer {
    config: WebServerConfig,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl WebServer {
    /// A Web server of this configuration.
    pub fn new(config: WebServerConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone() }
    }
}

impl Role for WebServer {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let lists = Rc::new(RevocationLists::new(&host, &dialer, self.config.roots.clone()));
        let check = TokenCheck::new(&judge, self.config.roots.clone(), lists);
        let server = self.config.server.clone();
        let trust = RefCell::new(TrustInformation::unknown(Some(trust_information::REFRESH)));
        let desk = Rc::new(Desk { server: self, judge: judge.clone(), dialer, check, trust });
        host.spawn(desk.clone().start());
        serve::https(&judge, 443, server, None, move |received| desk.clone().answer(received));
    }
}

/// What a running Web server works with; gone at a crash.
struct Desk {
    server: Rc<WebServer>,
    judge: Judge,
    dialer: Dialer,
    check: TokenCheck,
    trust: RefCell<TrustInformation<FsTrustInformation>>,
}

impl Desk {
    async fn answer(self: Rc<Self>, received: Received) -> Response {
        self.serve(&received).await.unwrap_or_else(|refused| pages::refusal(500, &refused))
    }

    async fn serve(&self, received: &Received) -> Result<Response, Refused> {
        let request = &received.request;
        let application =
            self.server.config.applications.iter().find(|one| request.url.is_within(&one.address));
        let (who, on) = (received.from.to_string(), request.url.to_string());
        let facts = facts!["applications" => self.server.config.applications.len()];
        self.judge.require(&rule::KNOWN_PAGE, who, on, application.is_some(), facts)?;
        match application {
            Some(application) if request.parameter("wresult").is_some() => {
                self.take_token(application, request).await
            }
            Some(application) => match Passive::read(request) {
                Ok(Passive::SignOut) => self.sign_out(application).await,
                Ok(Passive::SignOutCleanUp) => Ok(self.clean_up(application, request)),
                _ => self.guard(application, request).await,
            },
            None => Ok(Response::error(404, "Not found", "no application has this address")),
        }
    }
}
