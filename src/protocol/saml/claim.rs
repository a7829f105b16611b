//! Claims: what one server states about a person to another.

use serde::{Deserialize, Serialize};

use crate::protocol::uri;

/// A claim: a name and one value. In a token it is an Attribute of the namespace [`uri::CLAIMS`].
///
/// ```
/// use forestsim::protocol::saml::Claim;
/// let claim = Claim::group("Purchasers");
/// assert_eq!((claim.name.as_str(), claim.value.as_str()), ("Group", "Purchasers"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Claim {
    /// What is claimed: [`uri::UPN`], [`uri::EMAIL`], [`uri::COMMON_NAME`], [`uri::GROUP`], or the
    /// name of a custom claim.
    pub name: String,
    /// The value claimed.
    pub value: String,
}

impl Claim {
    /// A claim of any name.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The claim to belong to a group.
    pub fn group(group: impl Into<String>) -> Self {
        Self::new(uri::GROUP, group)
    }

    /// The claim to be known by a name.
    pub fn identity(kind: IdentityKind, name: impl Into<String>) -> Self {
        Self::new(kind.claim_name(), name)
    }

    /// Which kind of name this claim holds, where it is an identity claim.
    pub fn identity_kind(&self) -> Option<IdentityKind> {
        IdentityKind::ALL.into_iter().find(|kind| kind.claim_name() == self.name)
    }
}

/// The kinds of names by which a person is known, in order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum IdentityKind {
    /// A user principal name.
    Upn,
    /// An e-mail address.
    Email,
    /// A common name; it must never decide about access.
    CommonName,
}

impl IdentityKind {
    /// Every kind, the preferred one first.
    pub const ALL: [Self; 3] = [Self::Upn, Self::Email, Self::CommonName];

    /// The name of the claim.
    pub const fn claim_name(self) -> &'static str {
        match self {
            Self::Upn => uri::UPN,
            Self::Email => uri::EMAIL,
            Self::CommonName => uri::COMMON_NAME,
        }
    }

    /// The Format of a NameIdentifier of this kind.
    pub const fn format(self) -> &'static str {
        match self {
            Self::Upn => uri::UPN_FORMAT,
            Self::Email => uri::EMAIL_FORMAT,
            Self::CommonName => uri::COMMON_NAME_FORMAT,
        }
    }

    /// The kind of this Format.
    pub fn from_format(format: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.format() == format)
    }
}

/// Whom an assertion is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What kind of name it is.
    pub kind: IdentityKind,
    /// The name.
    pub name: String,
}

impl Subject {
    /// The subject that the preferred identity claim among these names, and the claims without it: a
    /// token does not repeat its subject (MS-MWBF §2.2.4). None where no claim is a name.
    ///
    /// ```
    /// use forestsim::protocol::saml::{Claim, IdentityKind, Subject};
    /// let claims = [Claim::identity(IdentityKind::Email, "s@corp.example"), Claim::group("Staff")];
    /// let (subject, rest) = Subject::among(&claims).unwrap();
    /// assert_eq!((subject.kind, rest), (IdentityKind::Email, vec![Claim::group("Staff")]));
    /// ```
    pub fn among(claims: &[Claim]) -> Option<(Self, Vec<Claim>)> {
        let named = claims.iter().filter_map(|claim| claim.identity_kind().map(|kind| (kind, claim)));
        let (kind, chosen) = named.min_by_key(|(kind, _)| *kind)?;
        let rest = claims.iter().filter(|claim| claim.name != chosen.name).cloned().collect();
        Some((Self { kind, name: chosen.value.clone() }, rest))
    }

    /// The subject as a claim.
    pub fn to_claim(&self) -> Claim {
        Claim::identity(self.kind, self.name.clone())
    }
}
