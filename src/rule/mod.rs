//! The registry of rules: every point at which a server may allow or refuse.
//!
//! A role decides by recording a [`Verdict`](crate::trace::Verdict) that names one of these rules.
//! Explanations, coverage, the rules page and the expectations of scenarios all come from this one
//! registry, so a rule is declared once, with its source and what to do about a refusal. Where no
//! source states a rule outright, its source says "inference". Each family has a file; roles name a
//! rule without it: `rule::TOKEN_TIME`.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a family of rules: a constant each, and their list.
macro_rules! rules {
    ($($constant:ident = $id:literal: $title:literal, source: $source:literal, remedy: $remedy:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, " Source: ", $source, ".")]
            pub const $constant: Rule = Rule { id: $id, title: $title, source: $source, remedy: $remedy };
        )*
        /// The family's rules, in the order in which a request meets them.
        pub(super) const FAMILY: &[&Rule] = &[$(&$constant),*];
    };
}

mod account;
mod adfs;
mod browser;
mod directory;
mod edge;
mod network;
mod relay;
mod s2s;
mod trust;

pub use account::*;
pub use adfs::*;
pub use browser::*;
pub use directory::*;
pub use edge::*;
pub use network::*;
pub use relay::*;
pub use s2s::*;
pub use trust::*;

/// Every rule, family by family, in the order in which a request meets them.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        network::FAMILY,
        account::FAMILY,
        trust::FAMILY,
        directory::FAMILY,
        browser::FAMILY,
        adfs::FAMILY,
        edge::FAMILY,
        s2s::FAMILY,
        relay::FAMILY,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The stable name of a rule, such as `adfs.token-time`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A point at which a server may allow or refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The stable id, `family.name`.
    pub id: &'static str,
    /// What must hold, as a sentence.
    pub title: &'static str,
    /// The document and section that it comes from, or "inference".
    pub source: &'static str,
    /// What to change where it refuses.
    pub remedy: &'static str,
}

impl Rule {
    /// The rule's id, as verdicts carry it.
    pub const fn id(&self) -> RuleId {
        RuleId(Cow::Borrowed(self.id))
    }
}

/// The rule of this id.
///
/// ```
/// let rule = forestsim::rule::find("adfs.token-time").unwrap();
/// assert_eq!(rule.id, "adfs.token-time");
/// assert!(forestsim::rule::find("adfs.no-such-rule").is_none());
/// ```
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
