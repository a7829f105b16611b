//! A calendar relay: it stands between a secure facility and the rest of a company, takes questions
//! for free and busy times, and hands them on to the next relay or to a Client Access server (S2S
//! scenario 3; domain page A8 S3).
//!
//! It lets one kind of question in and one kind of answer out. Credentials in the question pass through
//! it unless it asks in a name of its own; then it has its caller authenticate, and impersonates one
//! client of the facility's Exchange that has no mailbox.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::dial::Dialer;
use super::domain_member::{DomainMember, Membership};
use super::http_authentication::{self, Caller};
use super::judge::{Judge, Refused};
use super::logon_session::{LogonSession, Proof};
use super::pages;
use super::serve::{self, Received};
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::directory::Sid;
use crate::document::server_to_server as document;
use crate::facts;
use crate::mailbox::{FreeBusyView, ViewKind};
use crate::name::Upn;
use crate::protocol::ews::{self, AccessMode, Answer, ConnectingId, Header, Operation, Payload};
use crate::protocol::http::{Authorization, Body, Request, RequestBody, Response, Url};
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use crate::trace::Fact;

/// What a calendar relay is set up with.
pub struct CalendarRelayConfig {
    /// Its TLS server certificate.
    pub server: Rc<Identity>,
    /// The authorities that it trusts for other servers.
    pub roots: Rc<TrustAnchors>,
    /// Where it hands questions on to.
    pub next: Url,
    /// In whose name; in that of whoever asks it where there is nothing.
    pub own_name: Option<OwnName>,
}

/// How a relay asks in a name of its own.
pub struct OwnName {
    /// The domain that it is joined to: what callers authenticate to.
    pub membership: Membership,
    /// The account that callers must have.
    pub lets_in: Sid,
    /// Its service account: user principal name and password.
    pub service_account: (Upn, Secret),
    /// The user principal name of the client that it impersonates.
    pub acting_as: String,
}

/// A calendar relay.
pub struct CalendarRelay {
    config: CalendarRelayConfig,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl CalendarRelay {
    /// A relay of this configuration.
    pub fn new(config: CalendarRelayConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone() }
    }
}

impl Role for CalendarRelay {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let own_name = self.config.own_name.as_ref().map(|own_name| {
            let member = DomainMember::new(own_name.membership.clone(), &judge, &dialer);
            let (account, password) = own_name.service_account.clone();
            let domain = account.suffix().unwrap_or_else(|| member.domain().clone());
            Identification {
                member,
                service_account: LogonSession::new(account, domain, Proof::Password(password)),
                lets_in: own_name.lets_in,
                acting_as: own_name.acting_as.clone(),
            }
        });
        let server = self.config.server.clone();
        let desk = Rc::new(Desk { role: self, judge: judge.clone(), dialer, own_name });
        serve::https(&judge, 443, server, None, move |received| desk.clone().answer(received));
    }

    fn stimulate(self: Rc<Self>, _host: Host, _stimulus: Vec<u8>) {}
}

/// What tells callers apart and proves the relay itself, where it asks in a name of its own.
struct Identification {
    member: DomainMember,
    service_account: LogonSession,
    lets_in: Sid,
    acting_as: String,
}

/// What a running relay works with; gone at a crash.
struct Desk {
    role: Rc<CalendarRelay>,
    judge: Judge,
    dialer: Dialer,
    own_name: Option<Identification>,
}

impl Desk {
    async fn answer(self: Rc<Self>, received: Received) -> Response {
        let question = match self.question(&received) {
            Ok(question) => question,
            Err(response) => return *response,
        };
        let (question, authorization) = match &self.own_name {
            None => (question, received.request.authorization.clone()),
            Some(own) => match self.in_its_own_name(own, &received, question).await {
                Ok((question, authorization)) => (question, Some(authorization)),
                Err(response) => return response,
            },
        };
        let mut call = Request::xml(self.role.config.next.clone(), question.to_soap());
        call.authorization = authorization;
        match self.dialer.exchange(&call, None).await {
            Ok(response) => self.let_out(&received, response),
            Err(why) => Response::error(502, "The next server does not answer", why.to_string()),
        }
    }

    /// What is asked, where it is what the relay is for.
    fn question(&self, received: &Received) -> Result<ews::Request, Box<Response>> {
        let text = match &received.request.body {
            RequestBody::Xml(text) => text.as_str(),
            _ => "",
        };
        let read = ews::read_request(text);
        let (holds, facts) = match &read {
            Ok(request) => {
                let asks = matches!(request.operation, Operation::GetUserAvailability { .. });
                let others = request.header.access.len();
                let facts =
                    facts!["operation" => request.operation.name(), "headers that act for others" => others];
                (asks && others == 0, facts)
            }
            Err(why) => (false, facts!["why" => why]),
        };
        let who = received.from.to_string();
        self.judge
            .require(&rule::RELAY_QUESTION, who, self.name(), holds, facts)
            .map_err(|refused| Box::new(pages::refusal(403, &refused)))?;
        read.map_err(|why| Box::new(Response::error(400, "No request", why.to_string())))
    }

    /// The question as the relay's one client asks it, once the caller is who the relay lets in.
    async fn in_its_own_name(
        &self,
        own: &Identification,
        received: &Received,
        question: ews::Request,
    ) -> Result<(ews::Request, Authorization), Response> {
        let caller = http_authentication::caller(&own.member, &received.request).await;
        self.lets_in(own, received, &caller).map_err(|_| Response::unauthorized(&["Basic"]))?;
        let client = ConnectingId::PrincipalName(own.acting_as.clone());
        let access = vec![AccessMode::ExchangeImpersonation(vec![client])];
        self.judge.carries_out(&document::E3);
        let service = format!("HTTP/{}", self.role.config.next.host());
        let shown = own.service_account.show(own.member.kerberos(), &service).await;
        let shown = shown.map_err(|why| Response::error(502, "The relay cannot sign in", why.to_string()))?;
        self.judge.carries_out(&document::E2);
        let header = Header { access, ..Header::default() };
        Ok((ews::Request { header, ..question }, Authorization::Negotiate(shown)))
    }

    fn lets_in(
        &self,
        own: &Identification,
        received: &Received,
        caller: &Result<Caller, String>,
    ) -> Result<(), Refused> {
        let (who, holds, facts) = match caller {
            Ok(caller) => {
                let holds = caller.token.user == own.lets_in;
                (
                    caller.name.to_string(),
                    holds,
                    facts!["lets in" => own.lets_in, "caller" => caller.token.user],
                )
            }
            Err(why) => (format!("a client on {}", received.from), false, facts!["why" => why]),
        };
        self.judge.require(&rule::RELAY_CALLER, who, self.name(), holds, facts)
    }

    /// The answer with nothing in it but when people are busy.
    fn let_out(&self, received: &Received, response: Response) -> Response {
        let plain = |body| Response::new(response.status, body);
        let Body::Xml(text) = &response.body else { return plain(response.body) };
        let Ok(Answer::Reply(mut reply)) = ews::read_answer(text) else { return plain(response.body) };
        for payload in reply.messages.iter_mut().flatten() {
            if let Payload::FreeBusy(view) = payload
                && !self.tells_times_only(received, view)
            {
                view.kind = ViewKind::FreeBusy;
                view.events.iter_mut().for_each(|event| event.details = None);
            }
        }
        plain(Body::Xml(Answer::Reply(reply).to_soap()))
    }

    fn tells_times_only(&self, received: &Received, view: &FreeBusyView) -> bool {
        let told = view.events.iter().filter(|event| event.details.is_some()).count();
        let facts: Vec<Fact> =
            facts!["view" => format!("{:?}", view.kind), "appointments with subject and place" => told];
        let who = received.from.to_string();
        self.judge.curtail(&rule::FREE_BUSY_ONLY, who, self.name(), view.kind < ViewKind::Detailed, facts)
    }

    fn name(&self) -> String {
        self.judge.host().name().to_string()
    }
}
