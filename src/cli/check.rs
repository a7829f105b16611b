//! `forestsim check`: reads scenarios and says what is wrong with them, without playing them.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Stop, files, output};
use crate::scenario::{self, Problem};
use crate::view::page::counted;

/// Reads and checks scenarios and topologies, and runs nothing
#[derive(Debug, Args)]
pub struct Check {
    /// Files, or folders with files below them; what lies in a folder `topologies` is a topology
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Check {
    pub fn execute(self) -> Result<Exit, Stop> {
        let found = files::find(&self.paths)?;
        let scenarios = found.scenarios.iter().map(|path| scenario::check_scenario(path));
        let topologies = found.topologies.iter().map(|path| scenario::check_topology(path));
        let mut exit = Exit::Met;
        let mut sound = 0_usize;
        let mut told = BTreeSet::new();
        for checked in scenarios.chain(topologies) {
            match checked {
                Ok(warnings) => {
                    sound += 1;
                    // What a topology is warned of, each scenario over it is warned of too.
                    let new =
                        |warning: &&Problem| told.insert((warning.place.clone(), warning.message.clone()));
                    let new: Vec<&Problem> = warnings.iter().filter(new).collect();
                    let text = scenario::report(new, output::colour_on(&io::stderr()));
                    if !text.is_empty() {
                        eprintln!("{}", text.trim_end());
                    }
                }
                Err(error) => exit = exit.max(Stop::from(error).tell()),
            }
        }
        let scenarios = counted(found.scenarios.len(), "scenario");
        let topologies = match found.topologies.len() {
            0 => String::new(),
            1 => ", 1 topology".to_owned(),
            count => format!(", {count} topologies"),
        };
        let warnings = match told.len() {
            0 => String::new(),
            count => format!(", {}", counted(count, "warning")),
        };
        output::print(&format!("{scenarios}{topologies}: {sound} well-formed{warnings}\n"))?;
        Ok(exit)
    }
}
