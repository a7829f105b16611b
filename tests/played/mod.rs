//! Steps that a property has drawn, played on a topology that is shipped.

use forestsim::run::{RunOptions, play};
use forestsim::scenario;
use forestsim::trace::outcome::Outcome;

/// What becomes of these steps, written as a scenario writes them, on a shipped topology.
pub fn played(topology: &str, steps: &str) -> Outcome {
    let topology = std::fs::canonicalize(format!("scenarios/topologies/{topology}.yaml")).unwrap();
    let text = format!("title: random\ntopology: {}\nsteps:\n{steps}", topology.display());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("random.yaml");
    std::fs::write(&file, &text).unwrap();
    let scenario = scenario::load(&file).unwrap_or_else(|error| panic!("{error}\n{text}"));
    play(&scenario, &RunOptions::default()).unwrap()
}
