//! Decisions, each by one rule.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Detail;
use crate::name::HostName;
use crate::rule::RuleId;

/// A fact that a decision looked at: which ACE, which trust, which certificate, which time.
pub type Fact = Detail;

/// What a server decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// The rule is met.
    Allowed,
    /// The rule is not met, and something was withheld or asked for first, but the request goes on:
    /// a redirect to sign in, a SID filtered out.
    Curtailed,
    /// The rule is not met, and the request ends here.
    Refused,
    /// The rule is not met, but the run was told to do without it, so the request goes on.
    Suspended,
}

/// A decision, recorded where it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// By which rule.
    pub rule: RuleId,
    /// What was decided.
    pub ruling: Ruling,
    /// Where: the server that decided, which for a closed port is the firewall.
    pub at: HostName,
    /// About whom: a person, a server, a certificate.
    pub who: Cow<'static, str>,
    /// On what: an application, a realm, an account.
    pub on: Cow<'static, str>,
    /// What the decision looked at.
    pub facts: Vec<Fact>,
}
