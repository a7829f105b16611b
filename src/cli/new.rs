//! `forestsim new`: a commented scenario that runs, to start from.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::InputError;
use super::{Exit, Stop, output};

/// Writes a commented scenario to start from; it never replaces a file
#[derive(Debug, Args)]
pub struct New {
    /// The new scenario's name; the file is NAME.yaml
    name: PathBuf,
}

/// What a new scenario holds.
pub const STARTING_SCENARIO: &str = include_str!("starting-scenario.yaml");

impl New {
    pub fn execute(self) -> Result<Exit, Stop> {
        let path = with_extension(&self.name);
        create(&path)?;
        let path = path.display();
        output::print(&format!("wrote {path}; play it: forestsim run {path}\n"))?;
        Ok(Exit::Met)
    }
}

fn with_extension(name: &Path) -> PathBuf {
    match name.extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => name.to_owned(),
        _ => {
            let mut path = OsString::from(name);
            path.push(".yaml");
            path.into()
        }
    }
}

fn create(path: &Path) -> Result<(), InputError> {
    let failed = |why: std::io::Error| match why.kind() {
        ErrorKind::AlreadyExists => InputError::Taken { path: path.to_owned() },
        _ => InputError::Unwritten { path: path.to_owned(), why },
    };
    // Unlike a renamed file, one that must be new is made in place: only that is sure to replace none.
    let mut file = File::create_new(path).map_err(failed)?;
    file.write_all(STARTING_SCENARIO.as_bytes()).map_err(failed)
}
