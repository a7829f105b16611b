//! The vocabulary of the token tests: an issuer, its assertions, and any assertion at all.

use std::sync::LazyLock;

use forestsim::crypto::authority::{Authority, CertificateRequest, Usage, Validity};
use forestsim::crypto::certificate::Certificate;
use forestsim::crypto::key::PrivateKey;
use forestsim::crypto::random;
use forestsim::protocol::saml::{
    self, Advice, Assertion, Claim, IdentityKind, PackedSids, SidFlags, Subject, UniqueId,
};
use forestsim::protocol::uri::AuthenticationMethod;
use forestsim::time::{Span, VirtualTime};
use proptest::prelude::*;

/// A federation server's token-signing key, its certificate and the authority's.
pub struct Issuer {
    pub root: Certificate,
    pub certificate: Certificate,
    pub key: PrivateKey,
}

/// The issuer of all tokens of these tests.
pub static FS_A: LazyLock<Issuer> = LazyLock::new(|| Issuer::new(1));

impl Issuer {
    /// Another issuer for another seed, of the same names.
    pub fn new(seed: u64) -> Self {
        let key = PrivateKey::derive(seed, "fs-a");
        let (not_before, not_after) = (noon(), noon() + Span::days(365));
        let validity = Validity { not_before, not_after };
        let authority = Authority::root(seed, "Corp CA", validity);
        let request = CertificateRequest {
            subject: "FS-A token signing",
            key: &key.public(),
            dns_names: &[],
            email: None,
            usage: Usage::TokenSigning,
            validity,
            crl_url: None,
        };
        let certificate = authority.issue(&request).unwrap();
        Self { root: authority.certificate().clone(), certificate, key }
    }

    /// A token of this issuer.
    pub fn sign(&self, assertion: &Assertion) -> String {
        saml::sign(assertion, &self.key, &self.certificate).unwrap()
    }
}

/// When the assertions of these tests are issued.
pub fn noon() -> VirtualTime {
    "2008-03-03T12:00:00Z".parse().unwrap()
}

/// An assertion that uses every field.
pub fn sally() -> Assertion {
    let domain = "S-1-5-21-837636885-2507236029-1846428367";
    let sids = [1104, 513].map(|rid| format!("{domain}-{rid}").parse().unwrap());
    Assertion {
        id: UniqueId::random(&mut random::stream(1, "fs-a", "assertion ids")),
        issuer: "urn:federation:corp".to_owned(),
        issued: noon(),
        not_before: noon(),
        not_on_or_after: noon() + Span::minutes(60),
        audience: "urn:federation:perimeter".to_owned(),
        advice: Advice {
            claim_source: Some("urn:federation:activedirectory".to_owned()),
            windows_identifiers: PackedSids::new(SidFlags::default(), sids),
            cookie_info_hash: Some("2jmj7l5rSw0yVb/vlWAYkK/YBwk=".to_owned()),
            windows_user_identifier: Some(sids[0]),
            windows_user_name: Some(r"CORP\sally".to_owned()),
        },
        authenticated: noon(),
        method: AuthenticationMethod::Certificate,
        subject: Subject { kind: IdentityKind::Upn, name: "sally@corp.example".to_owned() },
        claims: vec![
            Claim::identity(IdentityKind::CommonName, "Sally <Sales> & \"Söhne\""),
            Claim::group("Purchasers"),
            Claim::group("Staff"),
            Claim::new("CostCenter", ""),
        ],
    }
}

/// Any text that XML can carry.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => proptest::char::ranges(vec![' '..='~'].into()),
        2 => proptest::sample::select(vec!['<', '>', '&', '"', '\'', '\t', '\n', '\r', ']', ' ']),
        1 => proptest::char::ranges(
            vec!['\u{80}'..='\u{d7ff}', '\u{e000}'..='\u{fffd}', '\u{10000}'..='\u{10ffff}'].into()
        ),
    ];
    proptest::collection::vec(character, 0..24).prop_map(String::from_iter)
}

fn time() -> impl Strategy<Value = VirtualTime> {
    (-2_000_000_000i64..100_000_000_000)
        .prop_map(|seconds| VirtualTime::from_micros(0) + Span::seconds(seconds))
}

fn sids() -> impl Strategy<Value = Vec<forestsim::directory::Sid>> {
    let sid = (0u32..3, any::<u32>()).prop_map(|(domain, rid)| {
        let domain: forestsim::directory::Sid = format!("S-1-5-21-{domain}-7-9").parse().unwrap();
        domain.with_rid(rid)
    });
    proptest::collection::vec(sid, 0..6)
}

fn advice() -> impl Strategy<Value = Advice> {
    let texts = proptest::collection::vec(proptest::option::of(text()), 3);
    (texts, sids(), any::<bool>()).prop_map(|(mut texts, sids, user)| Advice {
        claim_source: texts.pop().flatten(),
        cookie_info_hash: texts.pop().flatten(),
        windows_user_name: texts.pop().flatten(),
        windows_user_identifier: sids.first().copied().filter(|_| user),
        windows_identifiers: PackedSids::new(SidFlags(u32::from(user)), sids),
    })
}

/// Any assertion that can be written.
pub fn any_assertion() -> impl Strategy<Value = Assertion> {
    let texts = [text(), text(), text()];
    let claims = proptest::collection::vec((text(), text()), 0..5);
    let kind = proptest::sample::select(IdentityKind::ALL.to_vec());
    let method = proptest::sample::select(AuthenticationMethod::ALL.to_vec());
    (texts, [time(), time(), time(), time()], advice(), claims, kind, method, any::<u64>()).prop_map(
        |(
            [issuer, audience, name],
            [issued, not_before, not_on_or_after, authenticated],
            advice,
            claims,
            kind,
            method,
            seed,
        )| {
            let mut claims: Vec<Claim> =
                claims.into_iter().map(|(name, value)| Claim::new(name, value)).collect();
            claims.retain(|claim| claim.identity_kind().is_none());
            let id = UniqueId::random(&mut random::stream(seed, "fs", "ids"));
            let subject = Subject { kind, name };
            Assertion {
                id,
                issuer,
                issued,
                not_before,
                not_on_or_after,
                audience,
                advice,
                authenticated,
                method,
                subject,
                claims,
            }
        },
    )
}

/// A token whose signed assertion has moved into the Advice of one that says what the attacker wants.
pub fn wrapped(genuine: &str) -> String {
    let mut evil = sally();
    evil.id = "_00000000-0000-4000-8000-000000000000".parse().unwrap();
    evil.subject.name = "administrator@corp.example".to_owned();
    let evil = evil.to_canonical_xml();
    let (head, tail) = evil.split_once("</saml:Advice>").unwrap();
    format!("{head}{genuine}</saml:Advice>{tail}")
}
