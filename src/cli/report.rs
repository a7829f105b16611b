//! `forestsim report`: plays one scenario and writes it down as one page for a browser.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Stop, files, output, run::known_rule};
use crate::rule::RuleId;
use crate::run::{self, RunOptions};
use crate::scenario;
use crate::view::report;

/// Plays one scenario and writes it as one page for a browser: the story, a sequence diagram, who
/// trusts whom, and why everything was decided
#[derive(Debug, Args)]
pub struct Report {
    /// The scenario
    file: PathBuf,
    /// Where to write the page
    #[arg(short, long, value_name = "OUT.html")]
    output: PathBuf,
    /// The seed of all randomness; the same seed gives the same page
    #[arg(long, default_value_t = RunOptions::DEFAULT_SEED)]
    seed: u64,
    /// Does without this rule, as `forestsim run` does; may be given several times, or with commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = known_rule)]
    without: Vec<RuleId>,
}

impl Report {
    pub fn execute(self) -> Result<Exit, Stop> {
        let scenario = scenario::load(files::file(&self.file)?)?;
        let options =
            RunOptions { seed: self.seed, without: self.without.iter().cloned().collect(), tracing: true };
        let outcome = run::play(&scenario, &options)?;
        let page = report::render(&outcome, &run::trust_graph(&scenario.topology)?);
        output::write_file(&self.output, |out| out.write_all(page.as_bytes()))?;
        Ok(if outcome.passed() { Exit::Met } else { Exit::Failed })
    }
}
