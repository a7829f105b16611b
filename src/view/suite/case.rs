//! A trial, case by case: that it can be played, and each expectation of its scenario.

use super::{Ending, Trial, TrialResult};
use crate::trace::outcome::{Expectation, Failure, Outcome, StepOutcome};

/// One test case of a trial.
pub struct Case<'a> {
    /// The file that asks for it, as it was given.
    pub file: &'a str,
    /// The line there, from 1.
    pub line: u32,
    /// The column, where it is known.
    pub column: Option<u32>,
    /// The step that it belongs to; none for what concerns the whole file.
    pub step: Option<&'a str>,
    /// What must be, in words.
    pub what: &'a str,
    /// How it ended.
    pub ending: Ending,
    /// What came instead.
    pub message: Option<&'a str>,
}

impl Trial {
    /// The cases: first that the file can be played, twice the same, then its expectations in order.
    pub fn cases(&self) -> Vec<Case<'_>> {
        match &self.result {
            TrialResult::Played(outcome) => self.played(outcome),
            TrialResult::Invalid(problems) => problems.iter().map(|problem| self.problem(problem)).collect(),
            TrialResult::Fault(why) => vec![Case { message: Some(why), ..self.as_a_whole(Ending::Fault) }],
        }
    }

    fn as_a_whole(&self, ending: Ending) -> Case<'_> {
        let what = "two runs leave the same trace";
        Case { file: &self.file, line: 1, column: None, step: None, what, ending, message: None }
    }

    fn problem<'a>(&'a self, problem: &'a Failure) -> Case<'a> {
        let whole = self.as_a_whole(Ending::Invalid);
        let case = Case { what: "the file is well-formed", message: Some(&problem.message), ..whole };
        match &problem.place {
            Some(place) => Case { file: &place.file, line: place.line, column: Some(place.column), ..case },
            None => case,
        }
    }

    fn played<'a>(&'a self, outcome: &'a Outcome) -> Vec<Case<'a>> {
        let of_steps = outcome
            .steps
            .iter()
            .flat_map(|step| step.expectations.iter().map(move |expectation| Case::of(step, expectation)));
        let of_none = outcome.failures.iter().map(|failure| Case {
            what: "the run as a whole",
            message: Some(&failure.message),
            ..self.as_a_whole(Ending::Failed)
        });
        std::iter::once(self.as_a_whole(Ending::Passed)).chain(of_steps).chain(of_none).collect()
    }
}

impl<'a> Case<'a> {
    fn of(step: &'a StepOutcome, expectation: &'a Expectation) -> Self {
        let Expectation { what, place, failure } = expectation;
        Self {
            file: &place.file,
            line: place.line,
            column: Some(place.column),
            step: Some(&step.name),
            what,
            ending: if failure.is_none() { Ending::Passed } else { Ending::Failed },
            message: failure.as_ref().map(|failure| failure.message.as_str()),
        }
    }

    /// Its step and what must be: `first visit: granted as sally@corp.example`.
    pub fn title(&self) -> String {
        match self.step {
            Some(step) => format!("{step}: {}", self.what),
            None => self.what.to_owned(),
        }
    }
}
