//! `forestsim check`: reads scenarios and says what is wrong with them, without playing them.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Stop, files, output};
use crate::scenario;
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
        let scenarios = found.scenarios.iter().map(|path| scenario::load(path).map(drop));
        let topologies = found.topologies.iter().map(|path| scenario::load_topology(path).map(drop));
        let mut exit = Exit::Met;
        let mut sound = 0_usize;
        for checked in scenarios.chain(topologies) {
            match checked {
                Ok(()) => sound += 1,
                Err(error) => exit = exit.max(Stop::from(error).tell()),
            }
        }
        let scenarios = counted(found.scenarios.len(), "scenario");
        let topologies = match found.topologies.len() {
            0 => String::new(),
            1 => ", 1 topology".to_owned(),
            count => format!(", {count} topologies"),
        };
        output::print(&format!("{scenarios}{topologies}: {sound} well-formed\n"))?;
        Ok(exit)
    }
}
