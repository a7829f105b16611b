//! The step that a person most likely asks about.

use crate::trace::outcome::{Outcome, StepOutcome};

/// The step to explain where none is named: the first that went otherwise than expected, else the
/// last that was refused, else the last that asked for something. None where no step asks.
pub fn choose(outcome: &Outcome) -> Option<&StepOutcome> {
    let asking = || outcome.steps.iter().filter(|step| step.asked.is_some());
    let refused = |step: &&StepOutcome| step.asked.as_ref().is_some_and(|asked| !asked.granted);
    asking().find(|step| !step.passed()).or_else(|| asking().rfind(refused)).or_else(|| asking().next_back())
}
