//! Runs for programs: one JSON object.

use serde_json::{Value, json};

use super::{Ending, Suite, Trial, TrialResult};
use crate::view;

/// The runs as one object: `scenarios`, `passed`, `failed`, `invalid` and `faults` count, `runs`
/// holds each run as [`view::json::outcome`] gives it; one that was not played holds `file`, `seed`,
/// `outcome` (`invalid` or `fault`) and `error`.
pub fn render(suite: &Suite) -> Value {
    json!({
        "scenarios": suite.scenarios,
        "passed": suite.count(Ending::Passed),
        "failed": suite.count(Ending::Failed),
        "invalid": suite.count(Ending::Invalid),
        "faults": suite.count(Ending::Fault),
        "runs": suite.trials.iter().map(run).collect::<Vec<_>>(),
    })
}

fn run(trial: &Trial) -> Value {
    let unplayed = |outcome: &str, why: &str| json!({ "file": trial.file, "seed": trial.seed, "outcome": outcome, "error": why });
    match &trial.result {
        TrialResult::Played(outcome) => view::json::outcome(outcome),
        TrialResult::Invalid(why) => unplayed("invalid", why),
        TrialResult::Fault(why) => unplayed("fault", why),
    }
}
