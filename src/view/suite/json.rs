//! Runs for programs: one JSON object.

use serde_json::{Value, json};

use super::{Ending, Suite, Trial, TrialResult};
use crate::trace::outcome::Failure;
use crate::view;

/// The runs as one object: `scenarios`, `passed`, `failed`, `invalid`, `faults`, `expectations` and
/// `expectations_met` count, `runs` holds each run as [`view::json::outcome`] gives it, with each
/// expectation; one that was not played holds `file`, `seed`, `outcome` (`invalid` or `fault`) and `error`.
pub fn render(suite: &Suite) -> Value {
    let (met, all) = suite.expectations();
    json!({
        "scenarios": suite.scenarios,
        "passed": suite.count(Ending::Passed),
        "failed": suite.count(Ending::Failed),
        "invalid": suite.count(Ending::Invalid),
        "faults": suite.count(Ending::Fault),
        "expectations": all,
        "expectations_met": met,
        "runs": suite.trials.iter().map(run).collect::<Vec<_>>(),
    })
}

fn run(trial: &Trial) -> Value {
    let unplayed = |outcome: &str, why: &str| json!({ "file": trial.file, "seed": trial.seed, "outcome": outcome, "error": why });
    match &trial.result {
        TrialResult::Played(outcome) => view::json::outcome(outcome),
        TrialResult::Invalid(problems) => {
            let lines = problems.iter().map(|Failure { message, place }| match place {
                Some(place) => format!("{place}: {message}"),
                None => message.clone(),
            });
            unplayed("invalid", &lines.collect::<Vec<_>>().join("\n"))
        }
        TrialResult::Fault(why) => unplayed("fault", why),
    }
}
