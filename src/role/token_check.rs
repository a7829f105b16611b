//! What a receiver of a security token checks, in order: the resource federation server for a
//! partner's token (AD FS example U7) and the web agent for the resource federation server's (U10).
//!
//! The order is this project's (inference); each check is documented, and cited in its rule. The
//! assertion that comes out is the very one whose bytes were verified, so that there is no other to
//! read by mistake.

use std::rc::Rc;

use super::judge::{Judge, Refused};
use super::revocation::{RevocationChecking, RevocationLists};
use crate::crypto::certificate::Certificate;
use crate::crypto::chain::{self, TrustAnchors};
use crate::facts;
use crate::protocol::saml::{Assertion, SignedAssertion, read_carelessly, rstr};
use crate::rule;
use crate::time::{Span, VirtualTime};
use crate::trace::Fact;

/// The difference of clocks that a receiver tolerates (KB956279; on both ends: inference).
pub const TOLERANCE: Span = Span::minutes(5);

/// An issuer that a receiver's policy knows.
#[derive(Debug, Clone)]
pub struct TrustedIssuer {
    /// Its realm.
    pub realm: String,
    /// Whether the policy has it switched on.
    pub enabled: bool,
    /// SHA-1 thumbprints of the certificates it may sign with.
    pub verification: Vec<String>,
}

/// What a receiver of tokens goes by.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// The realm, or the address, that tokens must be meant for.
    pub audience: String,
    /// Those whose tokens it takes.
    pub issuers: Vec<TrustedIssuer>,
    /// How far signers are checked for revocation.
    pub revocation: RevocationChecking,
}

/// Checks tokens on one host.
pub struct TokenCheck {
    judge: Judge,
    roots: Rc<TrustAnchors>,
    lists: Rc<RevocationLists>,
}

impl TokenCheck {
    /// A check that trusts these roots and looks for revocation in these lists.
    pub fn new(judge: &Judge, roots: Rc<TrustAnchors>, lists: Rc<RevocationLists>) -> Self {
        Self { judge: judge.clone(), roots, lists }
    }

    /// Checks the token in a response for this receiver and gives its assertion. In a run that suspends
    /// the rule of the token's shape, a careless receiver takes in what is of another shape.
    ///
    /// # Errors
    /// As [`TokenCheck::check`].
    pub async fn check_response(&self, response: &str, receiver: &Receiver) -> Result<Assertion, Refused> {
        let why = match rstr::read(response) {
            Ok(token) => return self.check(Ok(token), receiver).await,
            Err(why) => facts!["why" => why],
        };
        self.judge.require(&rule::TOKEN_SHAPE, "a security token", "", false, why.clone())?;
        let (read, signed) =
            read_carelessly(response).ok_or(Refused { rule: &rule::TOKEN_SHAPE, facts: why })?;
        self.verify(&signed, &read, receiver).await?;
        Ok(read)
    }

    /// Checks a token for this receiver and gives its assertion.
    ///
    /// # Errors
    /// The first rule that it does not meet.
    pub async fn check(
        &self,
        token: Result<SignedAssertion, String>,
        receiver: &Receiver,
    ) -> Result<Assertion, Refused> {
        let token = self.shape(token)?;
        self.verify(&token, token.assertion(), receiver).await?;
        Ok(token.into_assertion())
    }

    /// That the signed token is good for what is read: its own assertion, but for a careless receiver.
    async fn verify(
        &self,
        signed: &SignedAssertion,
        read: &Assertion,
        receiver: &Receiver,
    ) -> Result<(), Refused> {
        let issuer = self.issuer(read, &receiver.issuers)?;
        self.signer(signed, issuer)?;
        self.signature(signed)?;
        self.chain(signed, receiver.revocation).await?;
        self.audience(read, &receiver.audience)?;
        self.time(read)
    }

    fn shape(&self, token: Result<SignedAssertion, String>) -> Result<SignedAssertion, Refused> {
        match token {
            Ok(token) => {
                self.require(&rule::TOKEN_SHAPE, token.assertion(), true, Vec::new())?;
                Ok(token)
            }
            Err(why) => {
                let facts = facts!["why" => why];
                // Nothing that could be read is left to go on with, even in a run that suspends the rule.
                self.judge.require(&rule::TOKEN_SHAPE, "a security token", "", false, facts.clone())?;
                Err(Refused { rule: &rule::TOKEN_SHAPE, facts })
            }
        }
    }

    fn issuer<'a>(
        &self,
        assertion: &Assertion,
        issuers: &'a [TrustedIssuer],
    ) -> Result<Option<&'a TrustedIssuer>, Refused> {
        let issuer = issuers.iter().find(|issuer| issuer.realm == assertion.issuer);
        let known: Vec<&str> = issuers.iter().map(|issuer| issuer.realm.as_str()).collect();
        let facts = facts!["issuer" => assertion.issuer, "trusted" => known.join(", ")];
        self.require(&rule::TOKEN_ISSUER, assertion, issuer.is_some_and(|issuer| issuer.enabled), facts)?;
        Ok(issuer)
    }

    fn signer(&self, token: &SignedAssertion, issuer: Option<&TrustedIssuer>) -> Result<(), Refused> {
        let thumbprint = token.signer().thumbprint().to_owned();
        let listed = issuer.map(|issuer| issuer.verification.as_slice()).unwrap_or_default();
        let facts = facts![
            "signed by" => token.signer().subject(),
            "thumbprint" => thumbprint,
            "listed" => listed.join(", "),
        ];
        self.require(&rule::TOKEN_SIGNER, token.assertion(), listed.contains(&thumbprint), facts)
    }

    fn signature(&self, token: &SignedAssertion) -> Result<(), Refused> {
        let verified = token.verify();
        let facts = match &verified {
            Ok(()) => facts!["covers" => token.assertion().id],
            Err(why) => facts!["why" => why],
        };
        self.require(&rule::TOKEN_SIGNATURE, token.assertion(), verified.is_ok(), facts)
    }

    async fn chain(&self, token: &SignedAssertion, revocation: RevocationChecking) -> Result<(), Refused> {
        let signer = token.signer();
        let verified = chain::verify_signer(signer, &self.roots, self.now());
        let facts = certificate_facts(signer, verified.as_ref().err().map(ToString::to_string));
        self.require(&rule::SIGNER_CHAIN, token.assertion(), verified.is_ok(), facts)?;
        if revocation == RevocationChecking::None {
            return Ok(());
        }
        let checked = self.lists.check(signer).await;
        let facts = certificate_facts(signer, checked.as_ref().err().map(ToString::to_string));
        self.require(&rule::SIGNER_REVOCATION, token.assertion(), checked.is_ok(), facts)
    }

    fn audience(&self, assertion: &Assertion, own: &str) -> Result<(), Refused> {
        let facts = facts!["audience" => assertion.audience, "own" => own];
        self.require(&rule::TOKEN_AUDIENCE, assertion, assertion.audience == own, facts)
    }

    fn time(&self, assertion: &Assertion) -> Result<(), Refused> {
        let (now, from, until) = (self.now(), assertion.not_before, assertion.not_on_or_after);
        let facts = facts!["now" => now, "not before" => from, "not on or after" => until];
        self.require(&rule::TOKEN_TIME, assertion, in_time(now, from, until), facts)
    }

    fn require(
        &self,
        rule: &'static rule::Rule,
        assertion: &Assertion,
        holds: bool,
        facts: Vec<Fact>,
    ) -> Result<(), Refused> {
        self.judge.require(
            rule,
            assertion.subject.name.clone(),
            format!("token {}", assertion.id),
            holds,
            facts,
        )
    }

    fn now(&self) -> VirtualTime {
        self.judge.host().now()
    }
}

/// Whether `now` lies within the conditions, give or take the tolerance; both ends are outside.
pub fn in_time(now: VirtualTime, not_before: VirtualTime, not_on_or_after: VirtualTime) -> bool {
    now + TOLERANCE > not_before && now - TOLERANCE < not_on_or_after
}

fn certificate_facts(certificate: &Certificate, why: Option<String>) -> Vec<Fact> {
    let mut facts = facts!["certificate" => certificate.subject(), "issued by" => certificate.issuer()];
    facts.extend(why.map(|why| Fact::new("why", why)));
    facts
}
