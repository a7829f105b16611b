//! The assertion of AD FS 1.x as a typed value that writes itself in canonical form.
//!
//! Attributes and children stand in the order of the published trace (domain page §2.2), and nothing
//! stands between elements, as digests depend on it.

use serde::{Deserialize, Serialize};

use super::claim::{Claim, IdentityKind, Subject};
use super::markup::Markup;
use super::packed_sids::PackedSids;
use super::shape::TokenShapeError;
use super::tree::is_xml;
use super::unique_id::UniqueId;
use crate::directory::Sid;
use crate::protocol::uri::{self, AuthenticationMethod};
use crate::time::VirtualTime;
use crate::trace::Detail;

/// A SAML 1.1 assertion with one authentication statement. Times are whole seconds; a fraction is
/// not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    /// AssertionID.
    pub id: UniqueId,
    /// The realm that issued it.
    pub issuer: String,
    /// IssueInstant: when it was issued.
    pub issued: VirtualTime,
    /// From when it is good; AD FS writes the time of issue.
    pub not_before: VirtualTime,
    /// Until before when it is good.
    pub not_on_or_after: VirtualTime,
    /// The realm, or the application's address, that it is meant for.
    pub audience: String,
    /// What AD FS adds for its own use.
    pub advice: Advice,
    /// When the person proved who they are.
    pub authenticated: VirtualTime,
    /// How.
    pub method: AuthenticationMethod,
    /// Whom it is about.
    pub subject: Subject,
    /// What else it states about them, one value each; the subject is not repeated.
    pub claims: Vec<Claim>,
}

/// What AD FS writes into the Advice of its assertions (MS-MWBF §2.2.4, MS-MWBE §2.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Advice {
    /// ClaimSource: where the resource federation server has the claims from, a partner's realm or
    /// its own account store.
    pub claim_source: Option<String>,
    /// WindowsIdentifiers: SIDs of the person and their groups.
    pub windows_identifiers: Option<PackedSids>,
    /// CookieInfoHash: binds the authentication cookie that was issued with this token.
    pub cookie_info_hash: Option<String>,
    /// WindowsUserIdentifier: the person's own SID.
    pub windows_user_identifier: Option<Sid>,
    /// WindowsUserName: `CORP\sally`.
    pub windows_user_name: Option<String>,
}

/// Why an assertion cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnwritableAssertion {
    /// A text holds a character that XML does not have.
    #[error("{text:?} cannot stand in a token: XML has no {character:?}; leave it out")]
    Character {
        /// The text.
        text: String,
        /// The character.
        character: char,
    },
    /// A person has two names of one kind.
    #[error("a token cannot give more than one {0}; map one of them to another claim")]
    RepeatedIdentity(&'static str),
}

impl Assertion {
    /// The person's name of this kind: the subject's, or a claim's.
    pub fn name(&self, kind: IdentityKind) -> Option<&str> {
        if self.subject.kind == kind {
            return Some(&self.subject.name);
        }
        let claim = self.claims.iter().find(|claim| claim.identity_kind() == Some(kind))?;
        Some(&claim.value)
    }

    /// The groups that it claims for the person, in order.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.claims.iter().filter(|claim| claim.name == uri::GROUP).map(|claim| claim.value.as_str())
    }

    /// The assertion without its signature, in exclusive canonical form.
    pub fn to_canonical_xml(&self) -> String {
        let mut xml = Markup::new();
        let issued = instant(self.issued);
        xml.start(
            "saml:Assertion",
            &[
                ("xmlns:saml", uri::SAML),
                ("AssertionID", self.id.as_str()),
                ("IssueInstant", &issued),
                ("Issuer", &self.issuer),
                ("MajorVersion", "1"),
                ("MinorVersion", "1"),
            ],
        );
        let (from, until) = (instant(self.not_before), instant(self.not_on_or_after));
        xml.start("saml:Conditions", &[("NotBefore", &from), ("NotOnOrAfter", &until)])
            .start("saml:AudienceRestrictionCondition", &[])
            .leaf("saml:Audience", &[], &self.audience)
            .end()
            .end();
        self.advice.write(&mut xml);
        let authenticated = instant(self.authenticated);
        xml.start(
            "saml:AuthenticationStatement",
            &[("AuthenticationInstant", &authenticated), ("AuthenticationMethod", self.method.uri())],
        );
        self.subject.write(&mut xml);
        xml.end();
        if !self.claims.is_empty() {
            xml.start("saml:AttributeStatement", &[]);
            self.subject.write(&mut xml);
            for claim in &self.claims {
                xml.start(
                    "saml:Attribute",
                    &[("AttributeName", &claim.name), ("AttributeNamespace", uri::CLAIMS)],
                )
                .leaf("saml:AttributeValue", &[], &claim.value)
                .end();
            }
            xml.end();
        }
        xml.end();
        xml.finish()
    }

    /// That it can be written, and read again as the same value.
    pub(super) fn check_writable(&self) -> Result<(), UnwritableAssertion> {
        if let Some(kind) = self.repeated_identity() {
            return Err(UnwritableAssertion::RepeatedIdentity(kind.claim_name()));
        }
        let advice =
            [&self.advice.claim_source, &self.advice.cookie_info_hash, &self.advice.windows_user_name];
        let claims = self.claims.iter().flat_map(|claim| [&claim.name, &claim.value]);
        let texts = [&self.issuer, &self.audience, &self.subject.name].into_iter();
        for text in texts.chain(advice.into_iter().flatten()).chain(claims) {
            if let Some(character) = text.chars().find(|&character| !is_xml(character)) {
                return Err(UnwritableAssertion::Character { text: text.clone(), character });
            }
        }
        Ok(())
    }

    /// The kind of name that is given more than once (MS-MWBF §2.2.4: at most one of each).
    pub(super) fn repeated_identity(&self) -> Option<IdentityKind> {
        IdentityKind::ALL.into_iter().find(|&kind| {
            let claimed = self.claims.iter().filter(|claim| claim.identity_kind() == Some(kind)).count();
            claimed + usize::from(self.subject.kind == kind) > 1
        })
    }

    /// The assertion field by field, for reading.
    pub fn details(&self) -> Vec<Detail> {
        let mut details = vec![
            Detail::new("AssertionID", self.id.to_string()),
            Detail::new("Issuer", self.issuer.clone()),
            Detail::new("Audience", self.audience.clone()),
            Detail::new("NotBefore", instant(self.not_before)),
            Detail::new("NotOnOrAfter", instant(self.not_on_or_after)),
            Detail::new("AuthenticationMethod", self.method.uri()),
            Detail::new("subject", format!("{} {}", self.subject.kind.claim_name(), self.subject.name)),
        ];
        details.extend(self.claims.iter().map(|claim| Detail::new(claim.name.clone(), claim.value.clone())));
        self.advice.describe(&mut details);
        details
    }
}

impl Advice {
    fn write(&self, xml: &mut Markup) {
        if *self == Self::default() {
            return;
        }
        xml.start("saml:Advice", &[]);
        let mut add = |name, value: Option<String>| {
            if let Some(value) = value {
                xml.leaf(name, &[("xmlns:adfs", uri::FEDERATION)], &value);
            }
        };
        add("adfs:ClaimSource", self.claim_source.clone());
        add("adfs:WindowsIdentifiers", self.windows_identifiers.as_ref().map(PackedSids::to_base64));
        add("adfs:CookieInfoHash", self.cookie_info_hash.clone());
        add("adfs:WindowsUserIdentifier", self.windows_user_identifier.map(|sid| sid.to_string()));
        add("adfs:WindowsUserName", self.windows_user_name.clone());
        xml.end();
    }

    fn describe(&self, details: &mut Vec<Detail>) {
        let mut add = |name: &'static str, value: Option<String>| {
            details.extend(value.map(|value| Detail::new(name, value)));
        };
        add("ClaimSource", self.claim_source.clone());
        add("WindowsUserName", self.windows_user_name.clone());
        add("WindowsUserIdentifier", self.windows_user_identifier.map(|sid| sid.to_string()));
        for sid in self.windows_identifiers.iter().flat_map(PackedSids::sids) {
            add("WindowsIdentifiers", Some(sid.to_string()));
        }
    }
}

impl Subject {
    fn write(&self, xml: &mut Markup) {
        xml.start("saml:Subject", &[])
            .leaf("saml:NameIdentifier", &[("Format", self.kind.format())], &self.name)
            .end();
    }
}

/// A time as SAML has it here: whole seconds, UTC.
pub(super) fn instant(time: VirtualTime) -> String {
    time.whole_second().to_string()
}

/// Reads a time, exactly as [`instant`] writes it.
pub(super) fn read_instant(element: &str, text: &str) -> Result<VirtualTime, TokenShapeError> {
    match text.parse::<VirtualTime>() {
        Ok(time) if instant(time) == text => Ok(time),
        _ => Err(TokenShapeError::Value {
            element: element.to_owned(),
            value: text.to_owned(),
            expected: "a time such as 2008-03-03T09:00:00Z",
        }),
    }
}
