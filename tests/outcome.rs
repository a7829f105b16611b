//! What makes a run fail beside an expectation that is not met, and what does not.
//!
//! A scenario that does not test what it seems to is worse than none: a fault that touched nothing
//! and an alteration that altered nothing are failures, at the step that declared them.

use forestsim::run::{self, Outcome, RunOptions};
use forestsim::scenario;

const TOPOLOGY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/topologies/adventure-works.yaml");

/// Plays these steps on the Adventure Works topology.
fn play(steps: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, format!("title: a test\ntopology: {TOPOLOGY}\nsteps:\n{steps}")).unwrap();
    let scenario = scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)));
    run::play(&scenario, &RunOptions::default()).unwrap()
}

/// The failures, each as `step: message`.
fn failures(outcome: &Outcome) -> Vec<String> {
    outcome
        .all_failures()
        .map(|(step, failure)| {
            let place = failure.place.as_ref().expect("every failure of a step has its place");
            assert!(place.line > 3, "a failure points at its step");
            format!("{}: {}", step.map(|step| step.name.as_str()).unwrap_or_default(), failure.message)
        })
        .collect()
}

const VISIT: &str = "  - name: a visit
    browse: { client: sally-laptop, url: 'https://purchasing.adventure-works.example/orders' }
    expect: { granted: {} }
";

#[test]
fn a_fault_that_touches_nothing_fails_the_run_unless_it_may() {
    // Nothing of a salesman's visit passes from the domain controller of the perimeter to the one of corp.
    let fault = |more: &str| {
        format!(
            "  - name: a fault elsewhere\n    fault: {{ loss: {{ from: dc-perimeter, to: dc-corp }} }}\n{more}{VISIT}"
        )
    };
    let failed = failures(&play(&fault("")));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed[0].starts_with("a fault elsewhere: ") && failed[0].contains("touched nothing"),
        "{failed:?}"
    );

    assert_eq!(failures(&play(&fault("    optional: true\n"))), [""; 0]);
}

#[test]
fn every_kind_of_fault_can_touch_a_sign_in_and_is_seen_to() {
    let faults = [
        "delay: { from: sally-laptop, to: ws, by: 2s }",
        "loss: { from: sally-laptop, to: ws, next: 1 }",
        "duplicate: { from: ws, to: sally-laptop, next: 2 }",
        "reorder: { from: ws, to: sally-laptop }",
        "clock: { host: fs-a, offset: 2m, drift: 40 }",
    ];
    for fault in faults {
        let outcome = play(&format!("  - name: it breaks\n    fault: {{ {fault} }}\n{VISIT}"));
        assert_eq!(failures(&outcome), [""; 0], "{fault}: a sign-in outlives it");
    }
    let fatal = [
        ("cut: { between: [perimeter, corporate] }", "network.server-answers"),
        ("crash: { host: fs-a }", "network.server-answers"),
    ];
    for (fault, rule) in fatal {
        let visit = VISIT.replace("granted: {}", &format!("refused: {{ rule: {rule} }}"));
        let outcome = play(&format!("  - name: it breaks\n    fault: {{ {fault} }}\n{visit}"));
        assert_eq!(failures(&outcome), [""; 0], "{fault}: a sign-in ends there");
    }
}

#[test]
fn an_alteration_that_alters_nothing_fails_its_step() {
    let steps = VISIT.replace(
        "orders' }",
        "orders', alter: [ { posting_to: 'https://purchasing.adventure-works.example/', field: wresult, replace: nobody-says-this, with: x } ] }",
    );
    let failed = failures(&play(&steps));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].contains("altered nothing"), "{failed:?}");
}

#[test]
fn a_step_that_cannot_be_played_fails_and_the_others_go_on() {
    let steps = "  - name: nothing was posted yet
    repost: { client: sally-laptop, captured: 'https://purchasing.adventure-works.example/' }
    expect: { granted: {} }
  - name: her laptop breaks
    fault: { crash: { host: sally-laptop } }
  - name: a broken laptop opens nothing
    browse: { client: sally-laptop, url: 'https://purchasing.adventure-works.example/orders' }
    expect: { granted: {} }
  - name: it is repaired
    heal: her laptop breaks
";
    let failed = failures(&play(&format!("{steps}{VISIT}")));
    let impossible: Vec<&String> = failed.iter().filter(|why| why.contains("cannot be played")).collect();
    assert_eq!(impossible.len(), 2, "{failed:?}");
    assert!(impossible[0].contains("nothing has been posted"), "{failed:?}");
    assert!(impossible[1].contains("is down"), "{failed:?}");
    assert!(!failed.iter().any(|why| why.starts_with("a visit: ")), "{failed:?}");
}

#[test]
fn an_expectation_that_is_not_met_says_what_came_instead() {
    let steps =
        VISIT.replace("granted: {}", "refused: { rule: adfs.token-time, at: ws }, never_visits: [fs-r]");
    let failed = failures(&play(&steps));
    assert_eq!(
        failed,
        [
            "a visit: expected a refusal by adfs.token-time at ws, but it was granted",
            "a visit: expected never to visit fs-r, but did",
        ]
    );
}

#[test]
fn another_seed_moves_timing_and_leaves_the_decisions_of_people_alone() {
    let scenario = scenario::load("scenarios/federation/traveling-salesman.yaml".as_ref()).unwrap();
    let play = |seed| run::play(&scenario, &RunOptions { seed, ..RunOptions::default() }).unwrap();
    let (one, two, again) = (play(1), play(2), play(1));
    assert_eq!(one.trace, again.trace);
    assert!(two.passed());
    assert_ne!(one.fingerprint.timing, two.fingerprint.timing);
    assert_eq!(one.fingerprint.topology, two.fingerprint.topology);
    let asked = |outcome: &Outcome| outcome.steps.iter().map(|step| step.asked.clone()).collect::<Vec<_>>();
    assert_eq!(asked(&one), asked(&two));
}
