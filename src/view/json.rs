//! A run's outcome for programs: one JSON object.

use serde_json::{Map, Value, json};

use super::story::reproduce;
use crate::trace::outcome::{Failure, Outcome, StepOutcome};

/// The outcome as one object.
///
/// It holds `scenario`, `document`, `file`, `seed`, `without`, `outcome` (`passed` or `failed`),
/// `fingerprint` (an object of its parts), `steps`, `failures` (those of no step) and `reproduce` (a
/// command). A step holds `name`, `action`, `outcome`, `failures`, and where it asked for something
/// `granted`, `identity`, `rule`, `at` and `visits`. A failure holds `message` and, where they are
/// known, `file`, `line` and `column`.
pub fn outcome(outcome: &Outcome) -> Value {
    let fingerprint: Map<String, Value> =
        outcome.fingerprint.parts().iter().map(|(name, sum)| ((*name).to_owned(), json!(sum))).collect();
    json!({
        "scenario": outcome.scenario,
        "document": outcome.document,
        "file": outcome.file,
        "seed": outcome.seed,
        "without": outcome.without,
        "outcome": word(outcome.passed()),
        "fingerprint": fingerprint,
        "steps": outcome.steps.iter().map(step).collect::<Vec<_>>(),
        "failures": outcome.failures.iter().map(failure).collect::<Vec<_>>(),
        "reproduce": reproduce(outcome),
    })
}

fn step(step: &StepOutcome) -> Value {
    let mut value = json!({
        "name": step.name,
        "action": step.action,
        "outcome": word(step.passed()),
        "failures": step.failures.iter().map(failure).collect::<Vec<_>>(),
    });
    if let Some(asked) = &step.asked {
        value["granted"] = json!(asked.granted);
        value["identity"] = json!(asked.identity);
        value["rule"] = json!(asked.rule);
        value["at"] = json!(asked.at);
        value["visits"] = json!(asked.visits);
    }
    value
}

fn failure(failure: &Failure) -> Value {
    match &failure.place {
        Some(place) => json!({
            "message": failure.message, "file": place.file, "line": place.line, "column": place.column,
        }),
        None => json!({ "message": failure.message }),
    }
}

fn word(passed: bool) -> &'static str {
    if passed { "passed" } else { "failed" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sample;

    #[test]
    fn the_object_holds_what_its_contract_names() {
        let mut run = sample::outcome();
        let value = outcome(&run);
        assert_eq!((&value["scenario"], &value["seed"]), (&json!("A salesman buys"), &json!(7)));
        assert_eq!(value["outcome"], "failed");
        assert_eq!(value["fingerprint"]["decisions"], json!(run.fingerprint.decisions));
        let step = &value["steps"][0];
        assert_eq!((&step["name"], &step["outcome"]), (&json!("first visit"), &json!("failed")));
        assert_eq!((&step["granted"], &step["rule"]), (&json!(false), &json!("adfs.token-time")));
        assert_eq!((&step["at"], &step["visits"]), (&json!("fs-r"), &json!(["ws", "fs-r"])));
        assert_eq!(step["failures"][0]["line"], 9);

        run.steps[0].asked = None;
        run.steps[0].failures.clear();
        run.failures.clear();
        let value = outcome(&run);
        assert_eq!(value["outcome"], "passed");
        assert!(value["steps"][0].get("granted").is_none(), "this step asked for nothing");
    }
}
