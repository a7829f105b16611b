//! What is said of a person, as roles hand it on: claims, and who the person is to Windows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::directory::Sid;
use crate::name::DnsName;
use crate::protocol::saml::{Assertion, Claim, IdentityKind};
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

/// What becomes of claims on their way to the other side: to a partner, from a partner, or to an
/// application. What it does not name stays behind; claims that are missing are simply not there
/// (MS-MWBF product behaviour <39>; domain page §1, claims).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClaimMapping {
    /// The identity claims that go along.
    pub identity: BTreeSet<IdentityKind>,
    /// The suffix that every UPN gets in place of its own.
    pub upn_suffix: Option<DnsName>,
    /// The suffix that every e-mail address gets in place of its own.
    pub email_suffix: Option<DnsName>,
    /// Group claims, and what they are called on the other side.
    pub groups: BTreeMap<String, String>,
    /// Custom claims by name, and what they are called on the other side.
    pub custom: BTreeMap<String, String>,
}

impl ClaimMapping {
    /// Every name of a person goes along as it is, and nothing else.
    pub fn names() -> Self {
        Self { identity: IdentityKind::ALL.into(), ..Self::default() }
    }

    /// The claims as the other side gets them, in their order.
    pub fn apply(&self, claims: &[Claim]) -> Vec<Claim> {
        claims.iter().filter_map(|claim| self.one(claim)).collect()
    }

    fn one(&self, claim: &Claim) -> Option<Claim> {
        match claim.identity_kind() {
            Some(kind) => {
                let suffix = match kind {
                    IdentityKind::Upn => self.upn_suffix.as_ref(),
                    IdentityKind::Email => self.email_suffix.as_ref(),
                    IdentityKind::CommonName => None,
                };
                let name = with_suffix(&claim.value, suffix);
                self.identity.contains(&kind).then(|| Claim::identity(kind, name))
            }
            None if claim.name == uri::GROUP => self.groups.get(&claim.value).map(Claim::group),
            None => self.custom.get(&claim.name).map(|name| Claim::new(name, &claim.value)),
        }
    }
}

/// A name with another suffix, where there is one and the name has any.
fn with_suffix(name: &str, suffix: Option<&DnsName>) -> String {
    match (name.rsplit_once('@'), suffix) {
        (Some((person, _)), Some(suffix)) => format!("{person}@{suffix}"),
        _ => name.to_owned(),
    }
}

/// What a person has but names, for reading: `Purchaser, CostCenter=4711`.
pub fn text(claims: &[Claim]) -> String {
    let said = claims.iter().filter(|claim| claim.identity_kind().is_none()).map(|claim| {
        if claim.name == uri::GROUP { claim.value.clone() } else { format!("{}={}", claim.name, claim.value) }
    });
    said.collect::<Vec<_>>().join(", ")
}

/// What became of claims on their way, for a log: `Salesman → ClaimPurchaser`.
pub fn passage(before: &[Claim], after: &[Claim]) -> String {
    let told = |claims| match text(claims) {
        text if text.is_empty() => "no claims".to_owned(),
        text => text,
    };
    format!("{} → {}", told(before), told(after))
}

/// The name to call a person by: UPN before e-mail before common name (domain page §1).
pub fn name(claims: &[Claim]) -> String {
    crate::protocol::saml::Subject::among(claims)
        .map_or_else(|| "nobody".to_owned(), |(subject, _)| subject.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_renames_replaces_suffixes_and_leaves_the_rest_behind() {
        let claims = [
            Claim::identity(IdentityKind::Upn, "sally@corp.example"),
            Claim::identity(IdentityKind::Email, "sally@mail.example"),
            Claim::identity(IdentityKind::CommonName, "Sally @ work"),
            Claim::group("Salesman"),
            Claim::group("Cyclist"),
            Claim::new("CostCenter", "4711"),
            Claim::new("ShoeSize", "38"),
        ];
        let pair = |from: &str, to: &str| BTreeMap::from([(from.to_owned(), to.to_owned())]);
        let mapping = ClaimMapping {
            identity: [IdentityKind::Upn, IdentityKind::CommonName].into(),
            upn_suffix: Some(DnsName::new("public.example")),
            email_suffix: None,
            groups: pair("Salesman", "ClaimPurchaser"),
            custom: pair("CostCenter", "Cost"),
        };
        let after = mapping.apply(&claims);
        assert_eq!(
            after,
            [
                Claim::identity(IdentityKind::Upn, "sally@public.example"),
                Claim::identity(IdentityKind::CommonName, "Sally @ work"),
                Claim::group("ClaimPurchaser"),
                Claim::new("Cost", "4711"),
            ]
        );
        assert_eq!(
            passage(&claims, &after),
            "Salesman, Cyclist, CostCenter=4711, ShoeSize=38 → ClaimPurchaser, Cost=4711"
        );
        assert_eq!(passage(&[], &[]), "no claims → no claims");
    }
}
