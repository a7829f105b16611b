//! Every shipped scenario is a test of its own name: it is played twice, the two traces must be the
//! same, every expectation must be met, and the story must be the one in `snapshots/`.
//!
//! A story that changed for a good reason is accepted with `INSTA_UPDATE=always cargo test`.

use std::path::{Path, PathBuf};

use forestsim::cli::files;
use forestsim::run::{RunOptions, play_twice};
use forestsim::scenario;
use forestsim::view::page::{Look, Page};
use forestsim::view::story::{Depth, failures, story};
use libtest_mimic::{Arguments, Failed, Trial};

/// Relative to the package's root, where cargo runs tests, so that stories name no machine's paths.
const SCENARIOS: &str = "scenarios";

fn main() {
    let arguments = Arguments::from_args();
    let paths = files::scenarios(&[PathBuf::from(SCENARIOS)]).unwrap_or_default();
    let count = paths.len();
    let mut trials = vec![Trial::test("there_are_scenarios", move || match count {
        0 => Err(format!("no scenario below `{SCENARIOS}`, so nothing would be tested").into()),
        _ => Ok(()),
    })];
    trials.extend(paths.into_iter().map(|path| {
        let name = name(&path);
        Trial::test(name.clone(), move || play(&path, &name))
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// `federation/salesman` of `scenarios/federation/salesman.yaml`.
fn name(path: &Path) -> String {
    path.strip_prefix(SCENARIOS).unwrap_or(path).with_extension("").display().to_string()
}

fn play(path: &Path, name: &str) -> Result<(), Failed> {
    let scenario = scenario::load(path).map_err(|error| error.report(false))?;
    let outcome = play_twice(&scenario, &RunOptions::default())?;
    if !outcome.passed() {
        let mut page = Page::new(Look::PLAIN);
        failures(&mut page, &outcome);
        return Err(page.finish().into());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(path);
    let told = story(&outcome, Depth::Application, Look::PLAIN);
    settings.bind(|| insta::assert_snapshot!(name.replace('/', "."), told));
    Ok(())
}
