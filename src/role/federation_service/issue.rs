//! What a federation server issues: security tokens and its own authentication cookie.
//!
//! AD FS example U3 and U7, second and third line. The cookie's hash stands in the signed token, so
//! the cookie is built first (domain page §5.1 step A15).

use super::policy::{Application, ResourcePartner};
use super::{Desk, Failure};
use crate::facts;
use crate::protocol::authentication_cookie::{AuthenticationCookie, Trailer, join};
use crate::protocol::http::Request;
use crate::protocol::saml::{
    Advice, Assertion, Claim, PackedSids, SidFlags, SignedAssertion, Subject, UniqueId, rstr, sign,
};
use crate::protocol::uri::AuthenticationMethod;
use crate::role::claims::{self, Windows};
use crate::role::token_check::in_time;
use crate::rule;
use crate::time::{Span, VirtualTime};
use crate::trace::{Happening, LogEntry};

/// A person who has signed in, as a federation server knows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What is said of the person: organization claims.
    pub claims: Vec<Claim>,
    /// Who the person is to Windows, where that is known.
    pub windows: Option<Windows>,
    /// When the person proved who they are.
    pub authenticated: VirtualTime,
    /// How.
    pub method: AuthenticationMethod,
    /// Who vouches for the person: an account partner or the account store.
    pub source: String,
}

impl Person {
    /// What a resource partner is told: outgoing claims, and SIDs where they may travel. The account
    /// store stays unnamed.
    fn for_partner(&self, partner: &ResourcePartner, windows: Option<Windows>) -> Told {
        Told {
            claims: partner.outgoing_claims.apply(&self.claims),
            windows,
            groups: None,
            source: None,
            audience: partner.realm.clone(),
            lifetime: partner.token_lifetime,
        }
    }

    /// What an application is told: the claims enabled for it, and SIDs only where it takes a
    /// Windows token.
    fn for_application(&self, application: &Application) -> Told {
        Told {
            claims: application.claims.apply(&self.claims),
            windows: self.windows.clone().filter(|_| application.windows_token),
            groups: None,
            source: Some(self.source.clone()),
            audience: application.address.to_string(),
            lifetime: application.token_lifetime,
        }
    }
}

/// What one receiver is told of a person.
struct Told {
    claims: Vec<Claim>,
    windows: Option<Windows>,
    /// The SIDs of groups of the resource forest, where the person's own are not known.
    groups: Option<PackedSids>,
    source: Option<String>,
    audience: String,
    lifetime: Span,
}

/// What goes out for a person.
pub(super) struct Issued {
    /// The response that carries the token for its receiver.
    pub token: String,
    /// The cookie for this federation server.
    pub cookie: Vec<u8>,
}

impl Desk {
    /// A token and a cookie for a person who goes on to a resource partner.
    pub(super) fn issue_for_partner(
        &self,
        person: &Person,
        partner: &ResourcePartner,
    ) -> Result<Issued, Failure> {
        let windows = self.windows_for(person, partner);
        self.issue(person, person.for_partner(partner, windows))
    }

    /// SIDs travel only where the Windows trust is on for the partner, on this side too.
    fn windows_for(&self, person: &Person, partner: &ResourcePartner) -> Option<Windows> {
        let windows = person.windows.clone()?;
        let on = partner.windows_trust;
        let facts = facts!["Windows trust for this partner" => if on { "on" } else { "off" }];
        let (who, to) = (windows.name.clone(), partner.realm.clone());
        self.judge.curtail(&rule::WINDOWS_TRUST, who, to, on, facts).then_some(windows)
    }

    /// A token and a cookie for a person who goes on to an application.
    pub(super) fn issue_for_application(
        &self,
        person: &Person,
        application: &Application,
    ) -> Result<Issued, Failure> {
        let (known_as, groups) = self.in_resource_forest(person, application)?;
        self.issue(person, Told { groups, ..known_as.for_application(application) })
    }

    fn issue(&self, person: &Person, told: Told) -> Result<Issued, Failure> {
        let trailer = self.trailer(person);
        let hash = trailer.hash();
        let kept = Told {
            claims: person.claims.clone(),
            windows: None,
            groups: None,
            source: None,
            audience: self.policy().realm,
            lifetime: self.policy().cookie_lifetime,
        };
        let (_, kept) = self.sign(person, &kept, &hash)?;
        let cookie = AuthenticationCookie { assertion: kept, trailer: Some(trailer) };
        let (id, token) = self.sign(person, &told, &hash)?;
        let token = rstr::write(&token, &told.audience);
        self.host.record_with(|| {
            let (name, passage) =
                (claims::name(&person.claims), claims::passage(&person.claims, &told.claims));
            let text = format!("issued token {id} for {name} to {}: {passage}", told.audience);
            Happening::Log(LogEntry { log: "AD FS".into(), id: None, text })
        });
        Ok(Issued { token, cookie: cookie.to_bytes() })
    }

    /// A signed assertion, and its id.
    fn sign(&self, person: &Person, told: &Told, cookie_hash: &str) -> Result<(UniqueId, String), Failure> {
        let (subject, claims) = Subject::among(&told.claims).ok_or_else(|| {
            Failure::Malformed("the account has no name that could stand in a token".to_owned())
        })?;
        let now = self.host.now().whole_second();
        let windows = told.windows.as_ref();
        let sids =
            windows.and_then(|windows| PackedSids::new(SidFlags::default(), windows.sids.iter().copied()));
        let assertion = Assertion {
            id: UniqueId::random(&mut self.host.random("assertion ids")),
            issuer: self.policy().realm,
            issued: now,
            not_before: now,
            not_on_or_after: now + told.lifetime,
            audience: told.audience.clone(),
            advice: Advice {
                claim_source: told.source.clone(),
                windows_identifiers: sids.or_else(|| told.groups.clone()),
                cookie_info_hash: Some(cookie_hash.to_owned()),
                windows_user_identifier: windows.map(|windows| windows.user),
                windows_user_name: windows.map(|windows| windows.name.clone()),
            },
            authenticated: person.authenticated.whole_second(),
            method: person.method,
            subject,
            claims,
        };
        let signing = self.service.token_signing.borrow().current.clone();
        let signed = sign(&assertion, &signing.key, &signing.chain[0]);
        Ok((assertion.id, signed.map_err(|why| Failure::Malformed(why.to_string()))?))
    }

    fn trailer(&self, person: &Person) -> Trailer {
        let windows = person.windows.as_ref();
        Trailer {
            session: UniqueId::random(&mut self.host.random("session ids")),
            claim_source: person.source.clone(),
            windows_user_name: windows.map(|windows| windows.name.clone()),
            windows_user_identifier: windows.map(|windows| windows.user),
            windows_identifiers: windows
                .and_then(|windows| PackedSids::new(SidFlags::default(), windows.sids.iter().copied())),
            method: person.method,
            authenticated: person.authenticated.whole_second(),
            claims: person.claims.clone(),
        }
    }

    /// The person whom this server's own cookie makes known, where the request brings one that is
    /// still good.
    pub(super) fn signed_in(&self, request: &Request) -> Option<Person> {
        self.known_by(&join(&request.cookies)?.ok()?)
    }

    /// The person of these cookie bytes, if this server issued the cookie, not too long ago, and the
    /// unsigned part is the one whose hash the signed part holds (domain page §3.6).
    pub(super) fn known_by(&self, cookie: &[u8]) -> Option<Person> {
        let cookie = AuthenticationCookie::from_bytes(cookie).ok()?;
        let signed = SignedAssertion::read(&cookie.assertion).ok()?;
        let trailer = cookie.trailer?;
        let own = self.service.token_signing.borrow().verification();
        let assertion = signed.assertion();
        let why = if !own.contains(signed.signer()) || signed.verify().is_err() {
            "it is not signed by this server"
        } else if assertion.audience != self.policy().realm {
            "it is not meant for this server"
        } else if !in_time(self.host.now(), assertion.not_before, assertion.not_on_or_after) {
            "it has expired"
        } else {
            ""
        };
        let who = assertion.subject.name.clone();
        let facts = facts!["cookie" => if why.is_empty() { "it is good" } else { why }];
        let rule = &rule::AUTHENTICATION_COOKIE;
        if !self.judge.curtail(rule, who.clone(), "single sign-on", why.is_empty(), facts) {
            return None;
        }
        let belongs = trailer.belongs_to(&assertion.advice);
        let facts = facts!["hash of the trailer" => trailer.hash(), "signed" => assertion.advice.cookie_info_hash.as_deref().unwrap_or("none")];
        self.judge
            .curtail(&rule::COOKIE_TRAILER, who, "single sign-on", belongs, facts)
            .then(|| Person::of(trailer))
    }
}

impl Person {
    fn of(trailer: Trailer) -> Self {
        let windows =
            trailer.windows_user_identifier.zip(trailer.windows_user_name).zip(trailer.windows_identifiers);
        Self {
            windows: windows.map(|((user, name), sids)| Windows { user, name, sids: sids.sids().collect() }),
            claims: trailer.claims,
            authenticated: trailer.authenticated,
            method: trailer.method,
            source: trailer.claim_source,
        }
    }
}
