//! The Client Access server: it answers Exchange Web Services, and decides in whose name (S2S, all of
//! it; domain page A3).
//!
//! It is the server on whose object an administrator grants the right to impersonate. What it then does
//! in a mailbox it does with the client's token, and its log says so: that another asked for it stands
//! nowhere but in the ground truth.
//!
//! - [`pipeline`]: every check with its rule and its codes, in one table
//! - `acting`: the rows of the table: in whose name a request is carried out
//! - `directory`: what it reads of accounts, databases and servers
//! - `store`: the operation, item by item, at the mailbox servers
//! - `proxy`: the operation, handed on to a Client Access server of the mailbox's site
//! - `availability`: when people are busy, here, in another site or in another forest

mod acting;
mod availability;
mod directory;
pub mod pipeline;
mod proxy;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::dial::Dialer;
use super::domain_member::{DomainMember, Membership};
use super::http_authentication::{self, Caller};
use super::judge::{Judge, Refused};
use super::serve::{self, Received};
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::directory::exchange::Organization;
use crate::directory::{AccessToken, DistinguishedName, Sid};
use crate::facts;
use crate::name::Upn;
use crate::protocol::ews::{self, Answer, Fault, Operation, ResponseCode};
use crate::protocol::http::{Body, RequestBody, Response};
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use crate::trace::{Fact, Happening, LogEntry, Truth};
use acting::Acting;
use pipeline::Row;

/// What a Client Access server is set up with.
pub struct ClientAccessServerConfig {
    /// Its TLS server certificate.
    pub server: Rc<Identity>,
    /// The authorities that it trusts for other servers.
    pub roots: Rc<TrustAnchors>,
    /// What it knows of the domain that it is joined to.
    pub membership: Membership,
    /// The organization that it belongs to.
    pub organization: Organization,
    /// The Active Directory site that it stands in, as the machine knows from its network.
    pub site: DistinguishedName,
    /// The passwords of accounts of other forests, by user name (Add-AvailabilityAddressSpace).
    pub passwords: BTreeMap<String, Secret>,
    /// Whether it takes the first of several names of a client, as some clients send.
    pub lenient: bool,
}

/// A Client Access server.
pub struct ClientAccessServer {
    config: ClientAccessServerConfig,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl ClientAccessServer {
    /// A Client Access server of this configuration.
    pub fn new(config: ClientAccessServerConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone() }
    }
}

impl Role for ClientAccessServer {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let server = self.config.server.clone();
        let member = DomainMember::new(self.config.membership.clone(), &judge, &dialer);
        let desk = Rc::new(Desk { role: self, judge: judge.clone(), dialer, member });
        serve::https(&judge, 443, server, None, move |received| desk.clone().answer(received));
    }

    fn stimulate(self: Rc<Self>, _host: Host, _stimulus: Vec<u8>) {}
}

/// What a running Client Access server works with; gone at a crash.
struct Desk {
    role: Rc<ClientAccessServer>,
    judge: Judge,
    dialer: Dialer,
    member: DomainMember,
}

impl Desk {
    async fn answer(self: Rc<Self>, received: Received) -> Response {
        let path = received.request.url.path();
        let facts = facts!["path" => path];
        let known = path.eq_ignore_ascii_case(ews::PATH);
        let who = received.from.to_string();
        if self.judge.require(&rule::KNOWN_PAGE, who, self.name(), known, facts).is_err() {
            return Response::error(404, "Not found", "There is no such page.");
        }
        let caller = match self.caller(&received).await {
            Ok(caller) => caller,
            Err(_) => return Response::unauthorized(&["Negotiate", "Basic"]),
        };
        let answered = self.carry_out(&caller, &received.request.body).await;
        let answer = answered.unwrap_or_else(|code| Answer::Fault(Fault::new(code)));
        Response::new(answer.status(), Body::Xml(answer.to_soap()))
    }

    fn name(&self) -> String {
        self.judge.host().name().to_string()
    }

    /// Row 0: who calls.
    async fn caller(&self, received: &Received) -> Result<Caller, Refused> {
        let caller = http_authentication::caller(&self.member, &received.request).await;
        let (who, facts) = match &caller {
            Ok(caller) => (caller.name.to_string(), facts!["from" => received.from]),
            Err(why) => {
                (format!("a client on {}", received.from), facts!["from" => received.from, "why" => why])
            }
        };
        let rule = &rule::CALLER_AUTHENTICATES;
        self.judge.require(rule, who, self.name(), caller.is_ok(), facts)?;
        // A run that suspends the rule serves a caller that nobody knows.
        let nobody = || Caller { name: Upn::new("anonymous"), token: AccessToken::new(Sid::ANONYMOUS, []) };
        Ok(caller.unwrap_or_else(|_| nobody()))
    }

    /// Rows 1 to 13: what is asked, in whose name, and what comes of it.
    async fn carry_out(&self, caller: &Caller, body: &RequestBody) -> Result<Answer, ResponseCode> {
        let request = self.read(caller, body)?;
        let acting = self.acting_as(caller, &request).await?;
        let answer = self.work(&acting, &request.operation).await?;
        if let Answer::Reply(reply) = &answer {
            for message in &reply.messages {
                let outcome = message.as_ref().err().map_or(ResponseCode::NoError, |error| error.code);
                self.audit(caller, &acting, &request.operation, outcome);
            }
        }
        Ok(answer)
    }

    /// Row 1: the request in the body.
    fn read(&self, caller: &Caller, body: &RequestBody) -> Result<ews::Request, ResponseCode> {
        let text = match body {
            RequestBody::Xml(text) => text.as_str(),
            _ => "",
        };
        let read = match text.len() {
            0 => Err((ResponseCode::ErrorInvalidRequest, "there is no body".to_owned())),
            size if size > ews::LARGEST_REQUEST => {
                Err((ResponseCode::ErrorRequestStreamTooBig, format!("{size} bytes")))
            }
            _ => ews::read_request(text).map_err(|error| (error.code, error.why)),
        };
        match read {
            Ok(request) => {
                let code = ResponseCode::ErrorSchemaValidation;
                self.require(Row::Shape, code, caller.name.as_str(), &self.name(), true, Vec::new())?;
                Ok(request)
            }
            Err((code, why)) => {
                let facts = facts!["why" => why];
                self.require(Row::Shape, code, caller.name.as_str(), &self.name(), false, facts)?;
                Err(code)
            }
        }
    }

    /// Row 13: the log says that the client did it. Who asked for it, and what allowed that, is known
    /// to nobody but the ground truth.
    fn audit(&self, caller: &Caller, acting: &Acting, operation: &Operation, outcome: ResponseCode) {
        let host = self.judge.host();
        self.judge.carries_out(&crate::document::server_to_server::A1);
        host.record_with(|| {
            let text = format!("{} {}: {outcome}", acting.name, operation.name());
            Happening::Log(LogEntry { log: "Exchange Web Services".into(), id: None, text })
        });
        host.record_with(|| {
            let text = match &acting.basis {
                None => format!("{} acted for itself through {}", caller.name, host.name()),
                Some(basis) => format!(
                    "{} acted as {} through {}, allowed by {basis}",
                    caller.name,
                    acting.name,
                    host.name()
                ),
            };
            Happening::Truth(Truth { text })
        });
    }

    /// Requires what a row of the pipeline requires, with one of the row's codes where it does not hold.
    fn require(
        &self,
        row: Row,
        code: ResponseCode,
        who: &str,
        on: &str,
        holds: bool,
        facts: Vec<Fact>,
    ) -> Result<(), ResponseCode> {
        let check = row.check();
        assert!(check.codes.contains(&code), "{code} is no code of the row {row:?}");
        let Some(rule) = check.rule else { return if holds { Ok(()) } else { Err(code) } };
        self.judge.require(rule, who.to_owned(), on.to_owned(), holds, facts).map_err(|_| code)
    }
}
