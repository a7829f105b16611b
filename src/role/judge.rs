//! How a role decides: every allow or refuse goes through a [`Judge`], which records the verdict.
//!
//! A run may be told to do without some rules (`--without RULE`): the judge then records that it
//! would have refused and lets the request go on. That is how a teacher, or a test, shows what each
//! protection protects from. It knows nothing of what a rule means.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

use crate::document::Line;
use crate::name::HostName;
use crate::rule::{Rule, RuleId};
use crate::sim::Host;
use crate::trace::{DocumentLine, Fact, Happening, Ruling, Verdict};

/// Records the decisions of one host.
#[derive(Clone)]
pub struct Judge {
    host: Host,
    suspended: Rc<BTreeSet<RuleId>>,
}

/// A refusal that ends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The rule that was not met.
    pub rule: &'static Rule,
    /// What the decision looked at.
    pub facts: Vec<Fact>,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not so: {}", self.rule.title)?;
        for fact in &self.facts {
            write!(formatter, " {}: {}.", fact.name, fact.value)?;
        }
        Ok(())
    }
}

impl Judge {
    /// The judge of this host, in a run that does without the suspended rules.
    pub fn new(host: &Host, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { host: host.clone(), suspended: suspended.clone() }
    }

    /// The host whose decisions these are.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Enters that this server carries out a line of the document.
    pub fn carries_out(&self, line: &'static Line) {
        let (number, text) = (line.number.into(), line.text.into());
        self.host.record(Happening::Document(DocumentLine { number, text }));
    }

    /// Requires that the rule holds.
    ///
    /// # Errors
    /// Where it does not, and the run has not suspended it; the request ends there.
    pub fn require(
        &self,
        rule: &'static Rule,
        who: impl Into<Cow<'static, str>>,
        on: impl Into<Cow<'static, str>>,
        holds: bool,
        facts: Vec<Fact>,
    ) -> Result<(), Refused> {
        let ruling = self.ruling(rule, holds, Ruling::Refused);
        self.enter(self.host.name().clone(), rule, ruling, who.into(), on.into(), facts.clone());
        if ruling == Ruling::Refused { Err(Refused { rule, facts }) } else { Ok(()) }
    }

    /// Asks whether the rule holds, where the request goes on without it: a part is withheld, or
    /// something is asked for first. Returns whether it holds or is suspended.
    pub fn curtail(
        &self,
        rule: &'static Rule,
        who: impl Into<Cow<'static, str>>,
        on: impl Into<Cow<'static, str>>,
        holds: bool,
        facts: Vec<Fact>,
    ) -> bool {
        let ruling = self.ruling(rule, holds, Ruling::Curtailed);
        self.enter(self.host.name().clone(), rule, ruling, who.into(), on.into(), facts);
        ruling != Ruling::Curtailed
    }

    /// Enters what the network decided, at whichever element decided it. The network is not a
    /// server's protection, so nothing suspends it.
    pub fn network(
        &self,
        at: &HostName,
        rule: &'static Rule,
        holds: bool,
        on: String,
        facts: Vec<Fact>,
    ) -> Result<(), Refused> {
        let ruling = if holds { Ruling::Allowed } else { Ruling::Refused };
        let who = self.host.name().to_string();
        self.enter(at.clone(), rule, ruling, who.into(), on.into(), facts.clone());
        if holds { Ok(()) } else { Err(Refused { rule, facts }) }
    }

    fn ruling(&self, rule: &'static Rule, holds: bool, otherwise: Ruling) -> Ruling {
        if holds {
            Ruling::Allowed
        } else if self.suspended.contains(&rule.id()) {
            Ruling::Suspended
        } else {
            otherwise
        }
    }

    fn enter(
        &self,
        at: HostName,
        rule: &'static Rule,
        ruling: Ruling,
        who: Cow<'static, str>,
        on: Cow<'static, str>,
        facts: Vec<Fact>,
    ) {
        self.host.record(Happening::Verdict(Verdict { rule: rule.id(), ruling, at, who, on, facts }));
    }
}

/// The facts of a verdict: `facts!["audience" => audience, "own realm" => realm]`.
#[macro_export]
macro_rules! facts {
    ($($name:literal => $value:expr),* $(,)?) => {
        vec![$($crate::trace::Fact::new($name, ($value).to_string())),*]
    };
}
