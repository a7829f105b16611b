//! The applications of a Web server: which pages they have and whom they let in.
//!
//! Inventory impersonates the person and checks access control lists; Purchasing and Customer
//! Service read claims (AD FS example, introduction). A page is decided when it is asked for, from
//! the token alone.

use std::collections::BTreeMap;

use super::Desk;
use super::nt_token::NtToken;
use super::page_access::{Effective, PageAccess};
use crate::directory::{
    AccessMask, AccessReason, AccessRequest, AccessToken, ImpersonationLevel, Privilege, access_check,
};
use crate::document;
use crate::facts;
use crate::protocol::http::{Method, Request, Response};
use crate::protocol::saml::{Assertion, Claim};
use crate::protocol::url::Url;
use crate::role::claims;
use crate::role::judge::Refused;
use crate::role::pages;
use crate::rule;
use crate::trace::{Fact, Happening, LogEntry, StateChange};

/// An application.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Url,
    /// The audience that its tokens must have: the agent's Return URL, which is right where it is
    /// the address that the federation server knows the application by.
    pub return_url: Url,
    /// The path of the agent's cookie; a path that does not cover the pages leads the browser in
    /// circles (domain page §1, Web agent).
    pub cookie_path: String,
    /// Its pages: path and title.
    pub pages: BTreeMap<String, String>,
    /// How it decides.
    pub kind: ApplicationKind,
    /// What the agent does with a cookie whose token has expired.
    pub expired_cookie: ExpiredCookie,
}

/// How an application decides whom to let in.
#[derive(Debug, Clone)]
pub enum ApplicationKind {
    /// By claims: one of these is enough; where there are none, every token is. No name of a person
    /// is among them: a name says who someone is, not what they may do.
    ClaimsAware {
        /// The group claims and custom claims that it asks for.
        admits: Vec<Claim>,
    },
    /// By impersonating the person and checking the access to its pages.
    WindowsToken {
        /// The access control lists of its pages.
        access: PageAccess,
    },
}

/// What the agent does with a cookie whose token has expired (domain page §3.3, §10 decision 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiredCookie {
    /// The browser is sent to sign in again.
    SignInAgain,
    /// HTTP 500, as the specification's letter has it.
    Error,
}

impl Desk {
    /// U12, U13: the page, if the application lets the person have it.
    pub(super) async fn serve_page(
        &self,
        application: &Application,
        request: &Request,
        assertion: &Assertion,
    ) -> Result<Response, Refused> {
        let path = request.url.path();
        let title = application.pages.get(path);
        let (who, on) = (assertion.subject.name.clone(), request.url.to_string());
        let facts = facts!["pages" => application.pages.keys().cloned().collect::<Vec<_>>().join(", ")];
        self.judge.require(&rule::KNOWN_PAGE, who, on, title.is_some(), facts)?;
        let decided = match &application.kind {
            ApplicationKind::ClaimsAware { admits } => self.admit(application, admits, assertion),
            ApplicationKind::WindowsToken { access } => {
                self.impersonate(application, request, access, assertion).await
            }
        };
        let status = if decided.is_ok() { 200 } else { 403 };
        self.judge.host().record_with(|| {
            let text =
                format!("{} {} {} {status}", assertion.subject.name, request.method.as_str(), request.url);
            Happening::Log(LogEntry { log: "IIS".into(), id: None, text })
        });
        Ok(match decided {
            Ok(text) => pages::application(title.map_or(path, String::as_str), &assertion.subject.name, text),
            Err(refused) => pages::refusal(403, &refused),
        })
    }

    fn admit(
        &self,
        application: &Application,
        admits: &[Claim],
        assertion: &Assertion,
    ) -> Result<String, Refused> {
        let claims = claims::of(assertion);
        let holds = admits.is_empty() || admits.iter().any(|claim| claims.contains(claim));
        let held = claims::text(&claims);
        let facts = facts!["claims" => held, "admits" => claims::text(admits)];
        let (who, on) = (assertion.subject.name.clone(), application.name.clone());
        self.judge.require(&rule::APPLICATION_CLAIMS, who, on, holds, facts)?;
        Ok(format!("Claims: {held}."))
    }

    /// U12: a Windows NT token made of the security token; the service impersonates the person, and the
    /// access is checked with it; then the service is itself again.
    async fn impersonate(
        &self,
        application: &Application,
        request: &Request,
        access: &PageAccess,
        assertion: &Assertion,
    ) -> Result<String, Refused> {
        let (who, path) = (assertion.subject.name.clone(), request.url.path());
        let on = format!("{}{path}", application.name);
        self.may_impersonate(&who, &on)?;
        let NtToken { name, token } = self.nt_token(assertion, &on).await?;
        self.judge.carries_out(&document::federation::U12A);
        let good = token.level >= ImpersonationLevel::Impersonation;
        let facts = match good {
            true => facts!["level" => format!("{:?}", token.level)],
            false => facts![
                "level" => format!("{:?}", token.level),
                "status" => "STATUS_BAD_IMPERSONATION_LEVEL (0xC00000A5)",
            ],
        };
        self.thread(application, format!("impersonates {name}"));
        self.judge.carries_out(&document::federation::U12B);
        let opened = self.judge.require(&rule::IMPERSONATION_LEVEL, who.clone(), on.clone(), good, facts);
        let checked = opened.and_then(|()| self.check_access(&who, on, request, access, &token));
        self.thread(application, "is the service itself again".to_owned());
        checked.map(|verb| format!("Impersonated {name}, {verb}, and reverted."))
    }

    /// Whether the agent's authentication service may impersonate anybody.
    fn may_impersonate(&self, who: &str, on: &str) -> Result<(), Refused> {
        let may = self.server.config.machine.privileges.contains(&Privilege::Impersonate);
        let facts = match may {
            true => facts!["SeImpersonatePrivilege" => "held"],
            false => facts!["SeImpersonatePrivilege" => "missing"],
        };
        let rule = &rule::AGENT_MAY_IMPERSONATE;
        self.judge.require(rule, who.to_owned(), on.to_owned(), may, facts)
    }

    /// The access check of the page, with the token. The result says what was done.
    fn check_access(
        &self,
        who: &str,
        on: String,
        request: &Request,
        access: &PageAccess,
        token: &AccessToken,
    ) -> Result<&'static str, Refused> {
        let (rights, verb) = match request.method {
            Method::Get => (AccessMask::GENERIC_READ, "read"),
            Method::Post => (AccessMask::GENERIC_WRITE, "written"),
            Method::Delete => (AccessMask::DELETE, "deleted"),
        };
        let machine = &self.server.config.machine;
        let Effective { descriptor, written_at } = access.effective(request.url.path());
        let decision = access_check(&descriptor, token, &AccessRequest::file(rights));
        let named = |sid| machine.name_of(sid);
        let facts = decision.facts(named).into_iter().map(|(name, value)| Fact::new(name, value));
        let mut facts: Vec<Fact> = facts.collect();
        if let AccessReason::Ace { index, ace } = decision.reason
            && ace.flags.inherited
        {
            facts.insert(1, Fact::new("inherited from", written_at[index].clone()));
        }
        facts.push(Fact::new("descriptor", descriptor.to_string()));
        self.judge.require(&rule::ACCESS_CHECK, who.to_owned(), on, decision.allowed, facts)?;
        Ok(verb)
    }

    /// Notes whose the thread is that serves the request.
    fn thread(&self, application: &Application, value: String) {
        let (store, item) = ("worker thread".into(), application.name.clone());
        self.judge.host().record(Happening::State(StateChange { store, item, value: Some(value) }));
    }
}
