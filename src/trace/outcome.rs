//! What came of a run: for each step what was asked, what came of it, and which expectations failed.
//!
//! An [`Outcome`] is drawn from the trace by whoever plays the scenario, and holds the trace; the
//! views show it. It lives below them, beside the trace, so that they need not know how it is drawn.

use super::{Fingerprint, Trace};
use crate::name::HostName;
use crate::rule::RuleId;

/// What came of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The scenario's title.
    pub scenario: String,
    /// The document that the scenario follows, where it names one.
    pub document: Option<String>,
    /// The scenario's file, as it was given.
    pub file: String,
    /// The seed of the run.
    pub seed: u64,
    /// The rules that the run was told to do without.
    pub without: Vec<RuleId>,
    /// All that happened; empty of events where the run was told to keep none.
    pub trace: Trace,
    /// The trace in short.
    pub fingerprint: Fingerprint,
    /// What came of each step, in order.
    pub steps: Vec<StepOutcome>,
    /// What failed beyond the steps: a fault that touched nothing.
    pub failures: Vec<Failure>,
    /// Files that the run would give away: an Edge Subscription, a token.
    pub exports: Vec<Export>,
}

impl Outcome {
    /// Whether every expectation of the scenario was met.
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.steps.iter().all(StepOutcome::passed)
    }

    /// Every failure, each with the step that it belongs to, in order.
    pub fn all_failures(&self) -> impl Iterator<Item = (Option<&StepOutcome>, &Failure)> {
        let of_steps =
            self.steps.iter().flat_map(|step| step.failures().map(move |failure| (Some(step), failure)));
        of_steps.chain(self.failures.iter().map(|failure| (None, failure)))
    }
}

/// What came of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOutcome {
    /// The step's place in the scenario, from 0.
    pub index: u32,
    /// The step's name.
    pub name: String,
    /// What the step does, in words.
    pub action: String,
    /// What was answered, where the step asked for something.
    pub asked: Option<Asked>,
    /// What the scenario expects of the step, met or not, in the order of the file; and what goes without
    /// saying where it failed, such as that the step can be played.
    pub expectations: Vec<Expectation>,
}

impl StepOutcome {
    /// Whether every expectation of the step was met.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The expectations that were not met, in order.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.expectations.iter().filter_map(|expectation| expectation.failure.as_ref())
    }
}

/// One thing that a scenario expects of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What is expected, in words that are the same whether it is met or not.
    pub what: String,
    /// Where the scenario's file expects it.
    pub place: Place,
    /// What came instead; none where it was met.
    pub failure: Option<Failure>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whether the person got what was asked for.
    pub granted: bool,
    /// As whom, where the answer said so.
    pub identity: Option<String>,
    /// The rule that refused, where one did.
    pub rule: Option<RuleId>,
    /// Where it refused.
    pub at: Option<HostName>,
    /// The hosts that took part, in the order in which they were first reached.
    pub visits: Vec<HostName>,
}

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was expected, and what came instead.
    pub message: String,
    /// Where the scenario's file expects it.
    pub place: Option<Place>,
}

/// A place in a scenario's file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A file that a run would give away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The file's name, without a folder.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}
