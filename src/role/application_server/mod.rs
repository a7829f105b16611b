//! The application server: it has its client authenticate, and asks Exchange on the client's behalf
//! with credentials of its own (S2S, the example; C1, C3).
//!
//! Whom it names to Exchange is its own affair, and all that stands between its clients.
//!
//! - [`naming`]: whom it names, and how
//! - [`talks`]: what a broker keeps besides: talks, each an item of someone's calendar, and who may
//!   change what of them
//! - `broker`: how a broker decides, and changes a talk

mod broker;
pub mod naming;
pub mod talks;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::Dialer;
use super::domain_member::{DomainMember, Membership};
use super::http_authentication::{self, Caller};
use super::judge::Judge;
use super::logon_session::{LogonSession, Proof};
use super::serve::{self, Received};
use super::stimulus;
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::document::server_to_server as document;
use crate::mailbox::ItemId;
use crate::name::Upn;
use crate::protocol::ews::{self, Header};
use crate::protocol::http::{Authorization, Body, Page, Request, RequestBody, Response, SetCookie, Url};
use crate::protocol::page::{PASSWORD, USER_NAME};
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use crate::trace::Fact;

pub use naming::{Identifier, Naming};
pub use talks::{Talk, Talks};

/// The name by which an administrator's acts find this role.
const ROLE: &str = "application server";
/// The cookie of a client's session.
const SESSION: &str = "session";
/// Where the logon form is posted to.
const LOGON: &str = "/logon";

/// How the application proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// By a Kerberos ticket of its service account.
    Negotiate,
    /// By its service account's name and password, inside TLS.
    Basic,
}

/// What an application server is set up with.
pub struct ApplicationServerConfig {
    /// Its TLS server certificate.
    pub server: Rc<Identity>,
    /// The authorities that it trusts for other servers.
    pub roots: Rc<TrustAnchors>,
    /// The domain that it is joined to; clients authenticate to the machine's account.
    pub membership: Membership,
    /// Its service account: user principal name and password.
    pub service_account: (Upn, Secret),
    /// How it proves to Exchange that it has that account.
    pub method: Method,
    /// Where Exchange Web Services are.
    pub exchange: Url,
    /// How it names its clients.
    pub naming: Naming,
    /// The talks that it is a broker for; none for an application that passes on whatever is asked.
    pub talks: Talks,
}

/// An application server.
pub struct ApplicationServer {
    config: ApplicationServerConfig,
    naming: RefCell<Naming>,
    talks: RefCell<Talks>,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl ApplicationServer {
    /// An application server of this configuration.
    pub fn new(config: ApplicationServerConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let (naming, talks) = (RefCell::new(config.naming.clone()), RefCell::new(config.talks.clone()));
        Self { config, naming, talks, suspended: suspended.clone() }
    }
}

/// What someone does at the application itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// A new release is put in place, which names its clients in this way.
    Release(Naming),
    /// It is entered which item a talk is.
    Enter {
        /// The talk, by its name in the table.
        talk: String,
        /// The item.
        item: ItemId,
    },
}

impl Act {
    /// The act as a stimulus for the application's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

impl Role for ApplicationServer {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let member = DomainMember::new(self.config.membership.clone(), &judge, &dialer);
        let (account, password) = self.config.service_account.clone();
        let domain = account.suffix().unwrap_or_else(|| member.domain().clone());
        let service_account = LogonSession::new(account, domain, Proof::Password(password));
        let server = self.config.server.clone();
        let desk = Rc::new(Desk {
            role: self,
            judge: judge.clone(),
            dialer,
            member,
            service_account,
            sessions: RefCell::default(),
        });
        serve::https(&judge, 443, server, None, move |received| desk.clone().answer(received));
    }

    fn stimulate(self: Rc<Self>, _host: Host, stimulus: Vec<u8>) {
        match stimulus::decode::<Act>(ROLE, &stimulus) {
            Some(Act::Release(naming)) => *self.naming.borrow_mut() = naming,
            Some(Act::Enter { talk, item }) => self.talks.borrow_mut().enter(&talk, item),
            None => {}
        }
    }
}

/// What a running application server works with; gone at a crash.
struct Desk {
    role: Rc<ApplicationServer>,
    judge: Judge,
    dialer: Dialer,
    member: DomainMember,
    service_account: LogonSession,
    sessions: RefCell<BTreeMap<String, Caller>>,
}

impl Desk {
    async fn answer(self: Rc<Self>, received: Received) -> Response {
        let request = &received.request;
        if let RequestBody::Form(_) = &request.body {
            return self.log_on(request).await;
        }
        let session = request.cookie(SESSION).and_then(|key| self.sessions.borrow().get(key).cloned());
        let client = match (session, &request.authorization) {
            (Some(client), _) => Ok(client),
            (None, Some(_)) => http_authentication::caller(&self.member, request).await,
            (None, None) => return self.logon_page(request, None),
        };
        match self.authenticated(&received.from.to_string(), client) {
            Some(client) => self.serve(&client, request).await,
            None => Response::unauthorized(&["Negotiate"]),
        }
    }

    fn logon_page(&self, request: &Request, message: Option<String>) -> Response {
        let action = request.url.with_path(LOGON);
        Response::page(Page::Logon { action, message })
    }

    /// C1: the client authenticates, once.
    async fn log_on(&self, request: &Request) -> Response {
        let user = request.parameter(USER_NAME).unwrap_or_default();
        let password = Secret::new(request.parameter(PASSWORD).unwrap_or_default());
        let client = http_authentication::by_password(&self.member, user, &password).await;
        let Some(client) = self.authenticated(user, client) else {
            return self.logon_page(request, Some("the user name or the password is wrong".to_owned()));
        };
        let key = format!("{:016x}", rand_core::Rng::next_u64(&mut self.judge.host().random("session")));
        self.sessions.borrow_mut().insert(key.clone(), client);
        Response::new(200, Body::Text("You are signed in.".to_owned()))
            .with_cookies([SetCookie::session(SESSION, key, "/")])
    }

    fn authenticated(&self, who: &str, client: Result<Caller, String>) -> Option<Caller> {
        let name = client.as_ref().map_or_else(|_| who.to_owned(), |client| client.name.to_string());
        let facts = client.as_ref().err().map(|why| Fact::new("why", why.clone())).into_iter().collect();
        let on = self.name();
        let held = self.judge.require(&rule::CLIENT_AUTHENTICATES, name, on, client.is_ok(), facts);
        // A run that suspends the rule believes the name that is typed, and can name nobody by SID.
        let believed = || Caller {
            name: Upn::new(who),
            token: crate::directory::AccessToken::new(crate::directory::Sid::ANONYMOUS, []),
        };
        held.ok()?;
        self.judge.carries_out(&document::C1);
        Some(client.unwrap_or_else(|_| believed()))
    }

    /// E2 to E4: what the client asks is asked of Exchange.
    async fn serve(&self, client: &Caller, request: &Request) -> Response {
        let RequestBody::Xml(text) = &request.body else {
            return Response::error(400, "No request", "The application takes requests for mailboxes.");
        };
        let asked = match ews::read_request(text) {
            Ok(asked) => asked,
            Err(why) => return Response::error(400, "No request", why.to_string()),
        };
        let broker = !self.role.talks.borrow().is_empty();
        let answered =
            if broker { self.arrange(client, asked).await } else { self.pass_on(client, asked).await };
        answered.unwrap_or_else(|refusal| refusal)
    }

    async fn pass_on(&self, client: &Caller, asked: ews::Request) -> Result<Response, Response> {
        let access = self.access(client, asked.header.access, None).await?;
        let header = Header { access, ..asked.header };
        let response = self.ask(&ews::Request { header, operation: asked.operation }).await?;
        self.judge.carries_out(&document::E4);
        Ok(Response::new(response.status, response.body))
    }

    /// Asks Exchange, with the application's own credentials.
    async fn ask(&self, request: &ews::Request) -> Result<Response, Response> {
        let mut call = Request::xml(self.role.config.exchange.clone(), request.to_soap());
        let own = self.own_credentials().await;
        call.authorization =
            Some(own.map_err(|why| Response::error(502, "The application cannot sign in", why))?);
        self.judge.carries_out(&document::E2);
        let answered = self.dialer.exchange(&call, None).await;
        answered.map_err(|why| Response::error(502, "Exchange does not answer", why.to_string()))
    }

    fn name(&self) -> String {
        self.judge.host().name().to_string()
    }

    async fn own_credentials(&self) -> Result<Authorization, String> {
        let (account, password) = &self.role.config.service_account;
        match self.role.config.method {
            Method::Basic => {
                Ok(Authorization::Basic { user: account.to_string(), password: password.clone() })
            }
            Method::Negotiate => {
                let service = format!("HTTP/{}", self.role.config.exchange.host());
                let shown = self.service_account.show(self.member.kerberos(), &service).await;
                shown.map(Authorization::Negotiate).map_err(|why| why.to_string())
            }
        }
    }
}
