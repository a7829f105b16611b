//! Many runs at once: which scenarios met what they expect, and what failed.
//!
//! - [`case`]: a run, case by case
//! - [`text`]: for a person: failures only, then a summary
//! - [`json`]: for programs
//! - [`junit`]: for build servers
//! - [`github`]: annotations at the lines of the scenario files

pub mod case;
pub mod github;
pub mod json;
pub mod junit;
pub mod text;

use crate::trace::outcome::{Failure, Outcome};

/// Runs, in the order in which they were played.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suite {
    /// How many scenario files there are.
    pub scenarios: usize,
    /// With how many seeds each is played.
    pub seeds: u64,
    /// What came of each scenario with each seed.
    pub trials: Vec<Trial>,
}

/// One scenario with one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The scenario's file, as it was given.
    pub file: String,
    /// The seed; none where the scenario could not be read.
    pub seed: Option<u64>,
    /// What came of it.
    pub result: TrialResult,
}

/// What came of one scenario with one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialResult {
    /// It was played.
    Played(Box<Outcome>),
    /// Its file cannot be read or is not well-formed, for these reasons, at least one.
    Invalid(Vec<Failure>),
    /// It is not deterministic, or forestsim failed, in this way.
    Fault(String),
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Every expectation was met.
    Passed,
    /// An expectation failed.
    Failed,
    /// The file cannot be read or is not well-formed.
    Invalid,
    /// The run is not deterministic, or forestsim failed.
    Fault,
}

impl Ending {
    /// All, from best to worst, each with the word for it.
    pub const ALL: [(Ending, &'static str); 4] = [
        (Ending::Passed, "passed"),
        (Ending::Failed, "failed"),
        (Ending::Invalid, "not well-formed"),
        (Ending::Fault, "not deterministic or broken"),
    ];
}

impl Trial {
    /// How it ended.
    pub fn ending(&self) -> Ending {
        match &self.result {
            TrialResult::Played(outcome) if outcome.passed() => Ending::Passed,
            TrialResult::Played(_) => Ending::Failed,
            TrialResult::Invalid(_) => Ending::Invalid,
            TrialResult::Fault(_) => Ending::Fault,
        }
    }
}

impl Suite {
    /// How many trials ended so.
    pub fn count(&self, ending: Ending) -> usize {
        self.trials.iter().filter(|trial| trial.ending() == ending).count()
    }

    /// How many expectations were met, and how many there are, in all runs.
    pub fn expectations(&self) -> (usize, usize) {
        let cases = self.trials.iter().flat_map(Trial::cases).filter(|case| case.step.is_some());
        cases.fold((0, 0), |(met, all), case| (met + usize::from(case.message.is_none()), all + 1))
    }

    /// How the worst trial ended; none where there is no trial.
    pub fn worst(&self) -> Option<Ending> {
        self.trials.iter().map(Trial::ending).max()
    }
}

#[cfg(test)]
mod tests;
