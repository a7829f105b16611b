//! The why-trees of shipped scenarios: one snapshot for each family and kind of answer, and for every
//! step that asks for something a tree that agrees with the run's own outcome.

use std::path::Path;

use forestsim::cli::files;
use forestsim::lab::{self, WhatIf};
use forestsim::run::{self, Outcome, RunOptions};
use forestsim::scenario::draft::Draft;
use forestsim::scenario::{self, Scenario};
use forestsim::trace::Ruling;
use forestsim::view::page::Look;
use forestsim::view::why::{self, Reason, Why};

fn load(file: &str) -> Scenario {
    let path = Path::new("scenarios").join(file);
    scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)))
}

fn play(file: &str) -> Outcome {
    run::play(&load(file), &RunOptions::default()).unwrap()
}

/// What would have let a step through, and the outcome in which it was refused.
fn what_if(file: &str, step: &str, most: usize) -> (WhatIf, Outcome) {
    let outcome = play(file);
    let step = tree(&outcome, step).step;
    (lab::what_if(&load(file), &outcome, step, &RunOptions::default(), most).unwrap(), outcome)
}

fn tree<'o>(outcome: &'o Outcome, step: &str) -> Why<'o> {
    let step =
        outcome.steps.iter().find(|one| one.name == step).unwrap_or_else(|| panic!("no step {step:?}"));
    why::why(&outcome.trace, step.index).unwrap()
}

fn shown(name: &str, file: &str, step: &str) {
    let (what_if, outcome) = what_if(file, step, 60);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(Path::new("scenarios").join(file));
    let why = tree(&outcome, step);
    let changes = Some(what_if.changes()).filter(|_| !why.answer.granted);
    let text = why::text::render_with(&why, changes.as_ref(), Look::PLAIN);
    settings.bind(|| insta::assert_snapshot!(format!("explain.{name}"), text));
}

#[test]
fn a_sign_in_by_federation_is_explained() {
    let step = "Sally opens Purchasing for the first time";
    shown("federation-allowed", "federation/traveling-salesman.yaml", step);
}

#[test]
fn a_refusal_by_an_application_is_explained() {
    let step = "none of his claims opens Purchasing";
    shown("federation-refused", "federation/claims-and-access.yaml", step);
}

#[test]
fn a_refusal_for_want_of_a_trust_is_explained() {
    let step = "Wanda finds no way to the web server";
    shown("trusts-refused", "trusts/trust-reversed.yaml", step);
}

#[test]
fn a_refusal_to_impersonate_is_explained() {
    let step = "Eve's mailbox is in a database that the portal has no right on";
    shown("impersonation-refused", "impersonation/web-portal-refused.yaml", step);
}

#[test]
fn a_refusal_to_synchronize_is_explained() {
    let step = "the hub turns back before it shows a password";
    shown("edgesync-refused", "edgesync/certificate-replaced.yaml", step);
}

#[test]
fn a_draft_that_nothing_was_changed_in_is_the_scenario() {
    for path in files::scenarios(&["scenarios".into()]).unwrap() {
        let scenario = scenario::load(&path).unwrap();
        let mut draft = Draft::read(&path).unwrap();
        for file in 0..draft.files().len() {
            draft = draft.with(file, draft.files()[file].tree.clone());
        }
        let again = draft.load().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(again.topology.lines(), scenario.topology.lines(), "{}", path.display());
        let steps = |scenario: &Scenario| {
            let steps = scenario.steps.iter();
            steps.map(|step| (step.name.clone(), step.action.clone())).collect::<Vec<_>>()
        };
        assert_eq!(steps(&again), steps(&scenario), "{}", path.display());
    }
}

#[test]
fn a_found_change_turns_the_answer_and_what_it_opens_is_open() {
    let cases = [
        ("federation/claims-and-access.yaml", "none of his groups stands on the access list of Inventory"),
        ("federation/disabled-account.yaml", "Sam's certificate is as good as ever, but the account is not"),
        (
            "impersonation/web-portal-refused.yaml",
            "Eve's mailbox is in a database that the portal has no right on",
        ),
        ("trusts/trust-reversed.yaml", "Wanda finds no way to the web server"),
        ("edgesync/certificate-replaced.yaml", "the hub turns back before it shows a password"),
    ];
    let mut opened = 0;
    for (file, step) in cases {
        let (what_if, _) = what_if(file, step, 60);
        assert!(!what_if.found.is_empty(), "{file}, {step}: {} tried in vain", what_if.tried);
        let path = Path::new("scenarios").join(file);
        let (scenario, draft) = (load(file), Draft::read(&path).unwrap());
        for found in &what_if.found {
            let changed = found.edit.applied(&draft, &scenario).unwrap();
            // Another seed: a change that helps does not help by chance.
            let options = RunOptions { seed: 2, ..RunOptions::default() };
            let after = run::play(&changed, &options).unwrap();
            let granted = |name: &str| {
                let step = after.steps.iter().find(|one| one.name == name).unwrap();
                step.asked.as_ref().unwrap().granted
            };
            assert!(granted(step), "{file}, {step}: {:?}", found.change);
            let opens = &found.change.opens;
            assert!(opens.iter().all(|name| granted(name)), "{file}, {step}: {:?}", found.change);
            opened += opens.len();
            let text = std::fs::read_to_string(&found.change.place.file).unwrap();
            assert!(found.change.place.line as usize <= text.lines().count());
        }
    }
    assert!(opened > 0, "one of them opens what the scenario expects closed");
}

#[test]
fn where_nothing_helps_the_remedy_is_shown() {
    let step = "somebody guesses Sam's password";
    let (what_if, outcome) = what_if("federation/wrong-password.yaml", step, 10);
    assert_eq!((what_if.tried, what_if.found.len()), (10, 0));
    let told = why::text::render_with(&tree(&outcome, step), Some(&what_if.changes()), Look::PLAIN);
    assert!(told.contains("No single change of a fact does: 10 changes tried"), "{told}");
    assert!(told.contains(forestsim::rule::PASSWORD_MATCHES.remedy), "{told}");
}

/// How many reasons a list has, those of its exchanges included.
fn count(reasons: &[Reason<'_>]) -> usize {
    let inner = |reason: &Reason<'_>| match reason {
        Reason::Exchange(exchange) => count(&exchange.reasons),
        _ => 0,
    };
    reasons.iter().map(|reason| 1 + inner(reason)).sum()
}

#[test]
fn every_step_that_asks_has_a_tree_that_agrees_with_its_outcome() {
    let mut explained = 0;
    for path in files::scenarios(&["scenarios".into()]).unwrap() {
        let file = path.strip_prefix("scenarios").unwrap().to_str().unwrap();
        let outcome = play(file);
        for step in outcome.steps.iter().filter(|step| step.asked.is_some()) {
            let asked = step.asked.as_ref().unwrap();
            let why = why::why(&outcome.trace, step.index).unwrap();
            let place = format!("{file}, {}", step.name);
            assert!(count(&why.reasons) > 0, "{place}: an answer without a reason");
            let decisive = why.decisive();
            assert_eq!(decisive.map(|one| &one.verdict.rule), asked.rule.as_ref(), "{place}");
            assert_eq!(decisive.map(|one| &one.verdict.at), asked.at.as_ref(), "{place}");
            assert!(decisive.is_none_or(|one| one.verdict.ruling == Ruling::Refused && one.rule.is_some()));
            explained += 1;
        }
    }
    assert!(explained > 600, "{explained} steps are explained");
}

#[test]
fn the_program_names_the_nearest_step_and_draws_the_tree() {
    let explain = |arguments: &[&str]| {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("forestsim");
        let output = command.arg("explain").args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let file = "scenarios/trusts/trust-reversed.yaml";
    let (code, _, told) = explain(&[file, "--step", "Wanda finds no way to the web-server"]);
    assert_eq!(code, 2);
    assert!(told.contains("did you mean `Wanda finds no way to the web server`?"), "{told}");
    let (code, _, told) = explain(&[file, "--step", "1"]);
    assert!(code == 2 && told.contains("nobody asks for anything"), "{told}");

    // Nothing went wrong, so the last refusal is explained.
    let (code, told, _) = explain(&[file, "--format", "json"]);
    assert_eq!(code, 0, "the refusal is what the scenario expects");
    let object: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&object["step"], &object["decisive"]["rule"]), (&2.into(), &"trust.path".into()));
    assert_eq!(object["reasons"][0]["kind"], "exchange");
    assert!(
        object["changes"]["found"][0]["text"].as_str().is_some_and(|text| text.contains("two_way")),
        "{told}"
    );

    let (code, drawn, _) = explain(&[file, "--format", "mermaid"]);
    assert!(code == 0 && drawn.starts_with("flowchart TD\n"), "{drawn}");
    assert!(drawn.contains("trust.path") && drawn.contains(":::refused"), "{drawn}");
}
