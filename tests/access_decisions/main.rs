//! Whether Inventory shows somebody a page: what a played scenario answers is what a small central
//! decision says, for random people, groups of two forests and of the machine, access control lists on
//! a tree of pages, and settings of the trust.
//!
//! [`world::World`] draws a small world. It writes itself as a scenario, which is played from browser to
//! page with every server in between; and [`decision`] works with names alone. They share no code: the
//! decision knows no SIDs, no tokens and no messages.

mod decision;
mod world;

use std::path::PathBuf;

use forestsim::run::{RunOptions, play};
use forestsim::scenario;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use world::{Visit, World, any_visit, any_world};

/// Worlds drawn; each is visited several times. A visit is a whole sign-in.
const WORLDS: u32 = 24;

/// What came of each visit.
fn played(world: &World, visits: &[Visit]) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.yaml");
    let topologies = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/topologies");
    std::fs::write(&path, world.scenario(&topologies, visits)).unwrap();
    let scenario = scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)));
    let outcome = play(&scenario, &RunOptions { tracing: true, ..RunOptions::default() }).unwrap();
    let visits = outcome.steps.iter().filter(|step| step.name.starts_with("visit"));
    let asked = visits.filter_map(|step| step.asked.as_ref());
    asked.map(|asked| asked.granted).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: WORLDS, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_played_answer_is_the_central_decision(
        world in any_world(), visits in prop::collection::vec(any_visit(), 4),
    ) {
        let expected: Vec<bool> = visits.iter().map(|visit| decision::grants(&world, visit)).collect();
        prop_assert_eq!(played(&world, &visits), expected, "{:#?}", visits);
    }
}

/// The draw must reach both answers by every road, or agreement says little.
#[test]
fn the_drawn_worlds_are_worth_playing() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut let_in, mut kept_out, mut by_account) = (0, 0, 0);
    for _ in 0..400 {
        let draw = |runner: &mut _| any_world().new_tree(runner).unwrap().current();
        let world = draw(&mut runner);
        let visit = any_visit().new_tree(&mut runner).unwrap().current();
        let granted = decision::grants(&world, &visit);
        let_in += u32::from(granted);
        kept_out += u32::from(!granted);
        by_account += u32::from(granted && !world.sids_travel());
    }
    assert!(
        let_in > 60 && kept_out > 60 && by_account > 5,
        "{let_in} in, {kept_out} out, {by_account} by name"
    );
}
