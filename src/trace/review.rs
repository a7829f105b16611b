//! A short verdict on two runs for whoever reviews a change: better, worse, or only slower.
//!
//! What is better only a scenario can say, by its expectations. Two traces without them are judged by
//! their answers and decisions alone, as changed or not.

use super::compare::Comparison;
use super::outcome::{Outcome, StepOutcome};

/// What a change comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// In a word.
    pub verdict: ReviewVerdict,
    /// The steps whose expectations were met before and are not now.
    pub lost: Vec<String>,
    /// The steps whose expectations were not met before and are now.
    pub won: Vec<String>,
}

/// What a change comes to, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewVerdict {
    /// Event by event the same.
    Same,
    /// The same events at other times.
    OnlyTiming,
    /// Messages differ; every decision is the same.
    SameDecisions,
    /// Decisions differ, and the expectations say nothing against it.
    Changed,
    /// Expectations are met that were not, and none is lost.
    Improved,
    /// An expectation that was met is met no longer.
    Regressed,
}

impl ReviewVerdict {
    /// The word, and what it means.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Same => ("same", "the two are the same, event by event"),
            Self::OnlyTiming => ("only timing", "the same decisions and exchanges, at other times"),
            Self::SameDecisions => ("same decisions", "messages differ, but every server decides the same"),
            Self::Changed => ("changed", "servers decide otherwise, and no expectation says which is better"),
            Self::Improved => ("improved", "expectations are met that were not before, and none is lost"),
            Self::Regressed => ("regressed", "an expectation that was met is met no longer"),
        }
    }
}

/// Judges a comparison; `runs` are the outcomes that it compares, where they came with expectations.
pub fn review(comparison: &Comparison<'_>, runs: Option<(&Outcome, &Outcome)>) -> Review {
    let met = |outcome: &Outcome, name: &str| {
        outcome.steps.iter().any(|step| step.name == name && step.passed()) && outcome.failures.is_empty()
    };
    let only_in = |met_by: &Outcome, not_by: &Outcome| {
        let steps = met_by.steps.iter().filter(|step| {
            met(met_by, &step.name) && !met(not_by, &step.name) || loses_an_expectation(step, not_by)
        });
        steps.map(|step| step.name.clone()).collect::<Vec<_>>()
    };
    let (lost, won) = match runs {
        Some((before, after)) => (only_in(before, after), only_in(after, before)),
        None => Default::default(),
    };
    let decided = comparison.same("decisions") || comparison.decisions.is_empty();
    let verdict = match comparison.first {
        _ if !lost.is_empty() => ReviewVerdict::Regressed,
        _ if !won.is_empty() => ReviewVerdict::Improved,
        _ if !decided || !comparison.answers.is_empty() => ReviewVerdict::Changed,
        None => ReviewVerdict::Same,
        Some(_) if comparison.same_exchange => ReviewVerdict::OnlyTiming,
        Some(_) => ReviewVerdict::SameDecisions,
    };
    Review { verdict, lost, won }
}

/// Whether something that the step meets is expected of it in another run as well, and not met there. So
/// a step that fails in both can still get worse.
fn loses_an_expectation(step: &StepOutcome, other: &Outcome) -> bool {
    let is_met = |what: &str| step.expectations.iter().any(|one| one.what == what && one.failure.is_none());
    let same_step = other.steps.iter().filter(|other| other.name == step.name);
    same_step.flat_map(|other| &other.expectations).any(|one| one.failure.is_some() && is_met(&one.what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::compare::compare;
    use crate::view::sample;

    #[test]
    fn an_expectation_that_is_met_no_longer_outweighs_all_else() {
        let failing = sample::outcome();
        let mut passing = sample::outcome();
        passing.steps[0].expectations[0].failure = None;
        passing.failures.clear();
        let comparison = compare(&passing.trace, &failing.trace);
        let regressed = review(&comparison, Some((&passing, &failing)));
        assert_eq!((regressed.verdict, regressed.lost.len()), (ReviewVerdict::Regressed, 1));
        let improved = review(&comparison, Some((&failing, &passing)));
        assert_eq!((improved.verdict, improved.won.len()), (ReviewVerdict::Improved, 1));
        assert_eq!(review(&comparison, None).verdict, ReviewVerdict::Same);
    }

    #[test]
    fn a_step_that_failed_before_can_get_worse() {
        let failing = sample::outcome();
        let mut worse = sample::outcome();
        let mut other = failing.clone();
        let mut second = failing.steps[0].expectations[0].clone();
        second.what = "visits [ws]".into();
        worse.steps[0].expectations.push(second.clone());
        second.failure = None;
        other.steps[0].expectations.push(second);
        let comparison = compare(&other.trace, &worse.trace);
        assert_eq!(review(&comparison, Some((&other, &worse))).verdict, ReviewVerdict::Regressed);
        assert_eq!(review(&comparison, Some((&worse, &other))).verdict, ReviewVerdict::Improved);
    }
}
