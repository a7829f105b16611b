//! The applications of a Web server: which pages they have and whom they let in.
//!
//! Inventory impersonates the person and checks access control lists; Purchasing and Customer
//! Service read claims (AD FS example, introduction). A page is decided when it is asked for, from
//! the token alone.

use std::collections::BTreeMap;

use super::{Desk, nt_token};
use crate::directory::{AccessMask, AccessRequest, SecurityDescriptor, access_check};
use crate::document;
use crate::facts;
use crate::protocol::http::{Method, Request, Response};
use crate::protocol::saml::{Assertion, Claim};
use crate::protocol::url::Url;
use crate::role::claims;
use crate::role::judge::Refused;
use crate::role::pages;
use crate::rule;
use crate::trace::{Fact, Happening, LogEntry};

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
        /// The security descriptor of its pages.
        access: SecurityDescriptor,
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
    pub(super) fn serve_page(
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
                self.impersonate(application, request, access, assertion)
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

    /// U12: a Windows NT token made of the security token, and the access checked with it.
    fn impersonate(
        &self,
        application: &Application,
        request: &Request,
        descriptor: &SecurityDescriptor,
        assertion: &Assertion,
    ) -> Result<String, Refused> {
        let token = nt_token::build(assertion);
        let (who, on) =
            (assertion.subject.name.clone(), format!("{}{}", application.name, request.url.path()));
        let facts = match &token {
            Some(token) => facts!["user" => token.user, "SIDs" => token.sids().count()],
            None => facts!["why" => "the security token brings no SIDs"],
        };
        self.judge.require(&rule::NT_TOKEN, who.clone(), on.clone(), token.is_some(), facts)?;
        self.judge.carries_out(&document::federation::U12A);
        let token = token.unwrap_or_else(nt_token::anonymous);
        let (rights, verb) = match request.method {
            Method::Get => (AccessMask::FILE_READ, "read"),
            Method::Post => (AccessMask::FILE_WRITE, "written"),
        };
        self.judge.carries_out(&document::federation::U12B);
        let decision = access_check(descriptor, &token, &AccessRequest::file(rights));
        let facts =
            decision.facts(|sid| sid.to_string()).into_iter().map(|(name, value)| Fact::new(name, value));
        self.judge.require(&rule::ACCESS_CHECK, who, on, decision.allowed, facts.collect())?;
        Ok(format!("Impersonated {}, {verb}, and reverted.", token.user))
    }
}
