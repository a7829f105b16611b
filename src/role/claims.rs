//! What is said of a person, as roles hand it on: claims, and who the person is to Windows.

use std::collections::BTreeMap;

use crate::directory::Sid;
use crate::protocol::saml::{Assertion, Claim};
use crate::protocol::uri;

/// Who a person is to Windows: the SIDs that travel in a token (MS-MWBE §2.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// The account's SID.
    pub user: Sid,
    /// The account as `NETBIOS\name`.
    pub name: String,
    /// The account's SID and those of its global and universal groups.
    pub sids: Vec<Sid>,
}

impl Windows {
    /// Who the person of a token is to Windows, where its advice says so.
    pub fn of(assertion: &Assertion) -> Option<Self> {
        let advice = &assertion.advice;
        Some(Self {
            user: advice.windows_user_identifier?,
            name: advice.windows_user_name.clone()?,
            sids: advice.windows_identifiers.as_ref()?.sids().collect(),
        })
    }
}

/// Everything that a token claims of its subject, the subject's own name first.
pub fn of(assertion: &Assertion) -> Vec<Claim> {
    std::iter::once(assertion.subject.to_claim()).chain(assertion.claims.iter().cloned()).collect()
}

/// The group claims among these, by value.
pub fn groups(claims: &[Claim]) -> impl Iterator<Item = &str> {
    claims.iter().filter(|claim| claim.name == uri::GROUP).map(|claim| claim.value.as_str())
}

/// Claims for the other side of a mapping: names stay as they are, group claims become what the
/// mapping says, and those that it does not name stay behind (domain page §1, claims).
pub fn mapped(claims: &[Claim], groups: &BTreeMap<String, String>) -> Vec<Claim> {
    let map = |claim: &Claim| match claim.identity_kind() {
        Some(_) => Some(claim.clone()),
        None if claim.name == uri::GROUP => groups.get(&claim.value).map(Claim::group),
        None => None,
    };
    claims.iter().filter_map(map).collect()
}

/// The name to call a person by: UPN before e-mail before common name (domain page §1).
pub fn name(claims: &[Claim]) -> String {
    crate::protocol::saml::Subject::among(claims)
        .map_or_else(|| "nobody".to_owned(), |(subject, _)| subject.name)
}
