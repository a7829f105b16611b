//! The AD FS-enabled Web server: its applications, and the Web agent that guards them.
//!
//! | file | AD FS example, salesman |
//! |---|---|
//! | [`agent`] | R2: no cookie, so the browser is sent to the federation server; U10: the token is validated, the cookie written, the browser sent to the page it wanted |
//! | [`trust_information`] | before R1: what the agent fetches from its federation service |
//! | [`nt_token`], [`domain_groups`] | U12, first line: a Windows NT token from the security token |
//! | [`application`], [`page_access`] | U12, second line: impersonation and the access check; U13: further pages |
//!
//! What the machine adds to a Windows NT token is in [`machine`].
//!
//! The server holds no key for tokens: its cookie is the federation server's token itself.

pub mod agent;
pub mod application;
pub mod domain_groups;
pub mod machine;
pub mod nt_token;
pub mod page_access;
pub mod trust_information;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use super::dial::Dialer;
use super::domain_member::{DomainMember, Membership};
use super::judge::{Judge, Refused};
use super::pages;
use super::revocation::RevocationLists;
use super::serve::{self, Received};
use super::token_check::TokenCheck;
use super::trust_information::TrustInformation;
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::directory::Sid;
use crate::facts;
use crate::protocol::http::Response;
use crate::protocol::soap::FsTrustInformation;
use crate::protocol::url::Url;
use crate::protocol::wsfed::Passive;
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use application::Application;
use machine::Machine;

/// The number of the first logon session that is a person's; those below are the system's (an invented
/// number, as it differs from start to start).
const FIRST_SESSION: u32 = 100_000;

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
    /// The domain that the machine is joined to, where it is.
    pub member: Option<Membership>,
    /// What the machine has of its own.
    pub machine: Machine,
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
        let member = self.config.member.clone().map(|member| DomainMember::new(member, &judge, &dialer));
        let sessions = Cell::new(FIRST_SESSION);
        let desk =
            Rc::new(Desk { server: self, judge: judge.clone(), dialer, check, trust, member, sessions });
        desk.look_at_own_privileges();
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
    /// The machine as a member of its domain.
    member: Option<DomainMember>,
    /// The number of the next logon session.
    sessions: Cell<u32>,
}

impl Desk {
    /// The SID of a new logon session, `S-1-5-5-0-y`.
    fn next_session(&self) -> Sid {
        let number = self.sessions.get();
        self.sessions.set(number + 1);
        Sid::new(5, &[5, 0, number])
    }

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
