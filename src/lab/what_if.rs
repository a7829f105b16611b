//! The smallest change that would have let a refused request through, found by trying: one fact at a
//! time, each time the whole scenario is played again up to the step.

use std::path::Path;

use super::edit::Edit;
use super::facts::{Candidate, candidates};
use super::likely::Words;
use crate::run::{Outcome, RunOptions, play};
use crate::scenario::draft::Draft;
use crate::scenario::{Kind, Scenario, ScenarioError, schema};
use crate::trace::Ruling;
use crate::view::why::change::{Change, Changes};
use crate::view::why::{Decision, Why, why};

/// How many changes are tried where nobody says how many.
pub const MOST_TRIES: usize = 100;
/// How many changes that do more than they should are kept while looking for a better one.
const MOST_FOUND: usize = 3;
/// How many more changes are tried in the hope of a better one.
const MORE_TRIES: usize = 30;

/// What came of looking for a change.
#[derive(Debug, Clone, Default)]
pub struct WhatIf {
    /// How many changes were tried.
    pub tried: usize,
    /// How many more there would have been to try.
    pub untried: usize,
    /// Those that let the request through, the best first.
    pub found: Vec<Found>,
}

/// A change that lets the request through.
#[derive(Debug, Clone)]
pub struct Found {
    /// How it is made.
    pub edit: Edit,
    /// What it is and does, in words.
    pub change: Change,
}

impl WhatIf {
    /// The same for showing.
    pub fn changes(&self) -> Changes {
        let found = self.found.iter().map(|found| found.change.clone()).collect();
        Changes { tried: self.tried, untried: self.untried, found }
    }
}

/// Looks for a change of one fact that lets a step through which `outcome` says was refused. It stops
/// at the first that alters no other answer that the scenario expects. Nothing is tried for a step
/// that was granted.
///
/// # Errors
/// Where the scenario's files cannot be read again.
///
/// ```
/// use forestsim::{lab, run, scenario};
/// let path = "scenarios/trusts/trust-reversed.yaml".as_ref();
/// let (scenario, options) = (scenario::load(path).unwrap(), run::RunOptions::default());
/// let outcome = run::play(&scenario, &options).unwrap();
/// let changes = lab::what_if(&scenario, &outcome, 1, &options, 40).unwrap();
/// assert!(changes.found[0].change.text.contains("two_way"));
/// ```
pub fn what_if(
    scenario: &Scenario,
    outcome: &Outcome,
    step: u32,
    options: &RunOptions,
    most: usize,
) -> Result<WhatIf, ScenarioError> {
    let mut changes = WhatIf::default();
    let refused = why(&outcome.trace, step).filter(|why| !why.answer.granted);
    let Some(refused) = refused else { return Ok(changes) };
    let words = refused.decisive().or_else(|| last_word(&refused)).map(|decision| Words::of(&decision));
    let words = words.unwrap_or_default();
    let draft = Draft::read(Path::new(&scenario.file))?;
    let trial = Trial { scenario, outcome, draft: &draft, options, step: step as usize };
    let schema = schema(Kind::Scenario);
    let mut candidates = candidates(&draft, scenario, (&outcome.trace, step), &schema, &words).into_iter();
    let mut most = most;
    while changes.tried < most {
        let Some(candidate) = candidates.next() else { break };
        // What nobody could write is no change.
        let Ok(changed) = candidate.edit.applied(&draft, scenario) else { continue };
        changes.tried += 1;
        tracing::debug!(target: "forestsim", tried = changes.tried, "{}", candidate.text);
        if !trial.lets_through(&changed) {
            continue;
        }
        let change = trial.judged(&candidate, &changed);
        let enough = change.is_harmless() || changes.found.len() + 1 == MOST_FOUND;
        if changes.found.is_empty() {
            most = most.min(changes.tried + MORE_TRIES);
        }
        changes.found.push(Found { edit: candidate.edit, change });
        if enough {
            break;
        }
    }
    changes.untried = candidates.len();
    changes.found.sort_by_key(|found| !found.change.is_harmless());
    Ok(changes)
}

/// What was decided last, where no rule refused: what was not met rather than what was.
fn last_word<'t>(why: &Why<'t>) -> Option<Decision<'t>> {
    let decisions = why.decisions();
    let unmet = decisions.iter().rfind(|decision| decision.verdict.ruling != Ruling::Allowed);
    unmet.or(decisions.last()).copied()
}

/// What changes are tried on.
struct Trial<'s> {
    scenario: &'s Scenario,
    outcome: &'s Outcome,
    draft: &'s Draft,
    options: &'s RunOptions,
    step: usize,
}

impl Trial<'_> {
    /// Whether the step is granted in a changed scenario.
    fn lets_through(&self, changed: &Scenario) -> bool {
        let mut shorter = changed.clone();
        shorter.steps.truncate(self.step + 1);
        play(&shorter, self.options).is_ok_and(|outcome| granted(&outcome, self.step) == Some(true))
    }

    /// A change with what else it does to answers that the scenario expects.
    fn judged(&self, candidate: &Candidate, changed: &Scenario) -> Change {
        let Candidate { edit, text, .. } = candidate;
        let (mut opens, mut closes) = (Vec::new(), Vec::new());
        if let Ok(after) = play(changed, self.options) {
            for (index, step) in self.scenario.steps.iter().enumerate() {
                let (before, now) = (granted(self.outcome, index), granted(&after, index));
                let expects_refusal = step.expect.refused.is_some() || step.expect.gives_up.is_some();
                if index == self.step || before == now || Edit::WithoutStep(index) == *edit {
                    continue;
                }
                if expects_refusal && now == Some(true) {
                    opens.push(step.name.clone());
                }
                if step.expect.granted.is_some() && now == Some(false) {
                    closes.push(step.name.clone());
                }
            }
        }
        let place = edit.place(self.draft, self.scenario);
        Change { text: text.clone(), place, opens, closes }
    }
}

/// Whether a step was granted; none where it asked for nothing.
fn granted(outcome: &Outcome, step: usize) -> Option<bool> {
    Some(outcome.steps.get(step)?.asked.as_ref()?.granted)
}
