//! Exit codes, and the errors that lead to them.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use miette::Diagnostic;

use super::output;
use crate::run::{DeployError, RunError};
use crate::scenario::ScenarioError;

/// How a command ended, from best to worst; of several, the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Every expectation was met: 0.
    Met = 0,
    /// An expectation failed: 1.
    Failed = 1,
    /// Wrong usage, or a file that cannot be read or is not well-formed: 2.
    Invalid = 2,
    /// Two runs differed, or there is a fault in forestsim itself: 3.
    Fault = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// What keeps a command from its end.
#[derive(Debug)]
pub struct Stop {
    /// The exit code that it leads to.
    pub exit: Exit,
    /// What is wrong, in a line or a few.
    pub brief: String,
    /// What is wrong, with its place in the file and its cure, for a person at a terminal.
    pub report: String,
}

impl Stop {
    fn new(exit: Exit, report: miette::Report) -> Self {
        Self { exit, brief: report.to_string(), report: format!("{report:?}") }
    }

    /// Tells it on standard error.
    pub fn tell(&self) -> Exit {
        eprintln!("{}", self.report.trim_end());
        self.exit
    }
}

impl From<InputError> for Stop {
    fn from(error: InputError) -> Self {
        Self::new(Exit::Invalid, miette::Report::new(error))
    }
}

impl From<ScenarioError> for Stop {
    fn from(error: ScenarioError) -> Self {
        let colour = output::colour_on(&io::stderr());
        Self { exit: Exit::Invalid, brief: error.to_string(), report: error.report(colour) }
    }
}

impl From<DeployError> for Stop {
    fn from(error: DeployError) -> Self {
        Self::new(Exit::Invalid, miette::Report::from_err(error))
    }
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Deploy(error) => error.into(),
            step @ RunError::Step { .. } => Self::new(Exit::Fault, miette::Report::from_err(step)),
        }
    }
}

/// What is wrong with the paths and names that were given.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum InputError {
    /// There is nothing at a path.
    #[error("there is no file or folder `{}`", path.display())]
    NoSuchPath {
        /// The path, as it was given.
        path: PathBuf,
        /// A name that is there and looks like it.
        #[help]
        nearest: Option<String>,
    },
    /// A folder stands where a file was asked for.
    #[error("`{}` is a folder; this command takes a scenario file", path.display())]
    #[diagnostic(help("name one of the files in it, or play them all: forestsim test {}", path.display()))]
    Folder {
        /// The path, as it was given.
        path: PathBuf,
    },
    /// A folder cannot be listed.
    #[error("the folder `{}` cannot be read: {why}", path.display())]
    Unlisted {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// A file cannot be read for what it should be.
    #[error("`{}` cannot be read: {why}", path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file cannot be written.
    #[error("`{}` cannot be written: {why}", path.display())]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// A new file would replace another.
    #[error("`{}` is already there; nothing was written", path.display())]
    #[diagnostic(help("choose another name, or move the file away first"))]
    Taken {
        /// The file.
        path: PathBuf,
    },
    /// There is no demo of a name.
    #[error("there is no demo `{name}`")]
    NoSuchDemo {
        /// The name.
        name: String,
        /// The one that is like it, or all.
        #[help]
        help: String,
    },
    /// There is no command of a name.
    #[error("there is no command `{name}`")]
    NoSuchCommand {
        /// The name.
        name: String,
        /// The one that is like it, or all.
        #[help]
        help: String,
    },
    /// A scenario has no step of a name, or the step asks for nothing that could be explained.
    #[error("{what}")]
    NoSuchStep {
        /// What is wrong.
        what: String,
        /// The nearest name, or the steps that ask for something.
        #[help]
        help: String,
    },
    /// Standard output cannot be written.
    #[error("standard output cannot be written: {0}")]
    Output(io::Error),
}
