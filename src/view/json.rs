//! A run's outcome for programs: one JSON object.

use serde_json::{Map, Value, json};

use super::story::reproduce;
use crate::trace::outcome::{Expectation, Failure, Outcome, Place, StepOutcome};

/// The outcome as one object.
///
/// It holds `scenario`, `document`, `file`, `seed`, `without`, `outcome` (`passed` or `failed`),
/// `fingerprint` (an object of its parts), `steps`, `failures` (those of no step) and `reproduce` (a
/// command). A step holds `name`, `action`, `outcome`, `expectations`, `failures`, and where it asked for
/// something `granted`, `identity`, `rule`, `at` and `visits`. An expectation holds `what`, `met`, `file`,
/// `line` and `column`. A failure holds `message` and, where they are known, `file`, `line` and `column`.
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
        "expectations": step.expectations.iter().map(expectation).collect::<Vec<_>>(),
        "failures": step.failures().map(failure).collect::<Vec<_>>(),
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

fn expectation(expectation: &Expectation) -> Value {
    let Place { file, line, column } = &expectation.place;
    let met = expectation.failure.is_none();
    json!({ "what": expectation.what, "met": met, "file": file, "line": line, "column": column })
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
        let expectation = &step["expectations"][0];
        assert_eq!((&expectation["what"], &expectation["met"]), (&json!("granted"), &json!(false)));
        assert_eq!((&expectation["file"], &expectation["line"]), (&json!("a file.yaml"), &json!(9)));

        run.steps[0].asked = None;
        run.steps[0].expectations[0].failure = None;
        run.failures.clear();
        let value = outcome(&run);
        assert_eq!(value["outcome"], "passed");
        assert!(value["steps"][0].get("granted").is_none(), "this step asked for nothing");
    }
}
