//! `forestsim diff`: two runs or traces, what changed, and a verdict for a reviewer.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::InputError;
use super::{Exit, Format, Stop, files, output};
use crate::run::{self, Outcome, RunOptions};
use crate::scenario;
use crate::trace::Trace;
use crate::trace::compare::compare;
use crate::trace::review::{ReviewVerdict, review};
use crate::view::difference::{Difference, json, text};
use crate::view::trace_lines;

/// Compares two runs: the same or not, where they part and why, and what changed by kind; exits with 1
/// where servers decide otherwise and nothing got better
#[derive(Debug, Args)]
pub struct Diff {
    /// The run before: a scenario, which is played, or a trace that `run --trace` wrote (.jsonl)
    before: PathBuf,
    /// The run after
    after: PathBuf,
    /// The seed with which scenarios are played
    #[arg(long, default_value_t = RunOptions::DEFAULT_SEED)]
    seed: u64,
    /// For reading, or one JSON object
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Diff {
    pub fn execute(self) -> Result<Exit, Stop> {
        let (before, after) = (Side::of(&self.before, self.seed)?, Side::of(&self.after, self.seed)?);
        let comparison = compare(before.trace(), after.trace());
        let review = review(&comparison, before.outcome().zip(after.outcome()));
        let exit = match review.verdict {
            ReviewVerdict::Regressed | ReviewVerdict::Changed => Exit::Failed,
            _ => Exit::Met,
        };
        let name = |path: &Path, side: &Side| format!("{}, seed {}", path.display(), side.trace().seed);
        let difference = Difference {
            before: name(&self.before, &before),
            after: name(&self.after, &after),
            comparison,
            review,
        };
        match self.format {
            Format::Text => output::print(&text::difference(&difference, output::look()))?,
            Format::Json => output::print_json(&json::difference(&difference))?,
        }
        Ok(exit)
    }
}

/// One of the two: a run with its expectations, or a trace alone.
enum Side {
    Run(Box<Outcome>),
    Trace(Trace),
}

impl Side {
    fn of(path: &Path, seed: u64) -> Result<Self, Stop> {
        let path = files::file(path)?;
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            let scenario = scenario::load(path)?;
            let options = RunOptions { seed, ..RunOptions::default() };
            return Ok(Self::Run(Box::new(run::play(&scenario, &options)?)));
        }
        let unread = |why: String| InputError::Unread { path: path.to_owned(), why };
        let file = File::open(path).map_err(|why| unread(why.to_string()))?;
        let trace = trace_lines::read(BufReader::new(file)).map_err(|why| unread(why.to_string()))?;
        Ok(Self::Trace(trace))
    }

    fn trace(&self) -> &Trace {
        match self {
            Self::Run(outcome) => &outcome.trace,
            Self::Trace(trace) => trace,
        }
    }

    fn outcome(&self) -> Option<&Outcome> {
        if let Self::Run(outcome) = self { Some(outcome) } else { None }
    }
}
