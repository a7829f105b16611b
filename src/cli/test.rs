//! `forestsim test`: plays scenarios, each twice, and prints what failed.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit::InputError;
use super::{Exit, Stop, files, output};
use crate::run::{Failure, RunOptions, TwiceError, play_twice};
use crate::scenario::{self, Problem, Scenario, ScenarioError};
use crate::view::suite::{Ending, Suite, Trial, TrialResult, github, json, junit, text};

/// Plays scenarios, each twice, compares the two traces, and prints failures only, then a summary
#[derive(Debug, Args)]
pub struct Test {
    /// Scenario files, or folders with scenarios below them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Plays each scenario with the seeds 1 to N
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// Fails where there is no scenario at all
    #[arg(long)]
    fail_on_empty: bool,
    /// Who is to read the result
    #[arg(long, value_enum, default_value_t)]
    format: Reader,
}

/// Who is to read the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Reader {
    /// A person.
    #[default]
    Text,
    /// A program.
    Json,
    /// A build server, as JUnit's XML.
    Junit,
    /// GitHub Actions, as annotations.
    Github,
}

impl Test {
    pub fn execute(self) -> Result<Exit, Stop> {
        let paths = files::scenarios(&self.paths)?;
        let mut suite = Suite { scenarios: paths.len(), seeds: self.seeds, trials: Vec::new() };
        let progress = progress(paths.len() as u64 * self.seeds);
        for path in &paths {
            progress.set_message(path.display().to_string());
            self.play_all(path, &progress, &mut suite.trials);
        }
        progress.finish_and_clear();
        output::print(&match self.format {
            Reader::Text => text::render(&suite, output::look()),
            Reader::Json => format!("{:#}\n", json::render(&suite)),
            Reader::Junit => junit::render(&suite).map_err(InputError::Output)?,
            Reader::Github => github::render(&suite),
        })?;
        Ok(match suite.worst() {
            None if self.fail_on_empty => Exit::Failed,
            None | Some(Ending::Passed) => Exit::Met,
            Some(Ending::Failed) => Exit::Failed,
            Some(Ending::Invalid) => Exit::Invalid,
            Some(Ending::Fault) => Exit::Fault,
        })
    }

    fn play_all(&self, path: &Path, progress: &ProgressBar, trials: &mut Vec<Trial>) {
        let file = path.display().to_string();
        match scenario::load(path) {
            Ok(scenario) => {
                for seed in 1..=self.seeds {
                    trials.push(Trial {
                        file: file.clone(),
                        seed: Some(seed),
                        result: play(&scenario, seed),
                    });
                    progress.inc(1);
                }
            }
            Err(error) => {
                trials.push(Trial { file, seed: None, result: TrialResult::Invalid(problems(&error)) });
                progress.inc(self.seeds);
            }
        }
    }
}

fn play(scenario: &Scenario, seed: u64) -> TrialResult {
    match play_twice(scenario, &RunOptions { seed, ..RunOptions::default() }) {
        Ok(outcome) => TrialResult::Played(Box::new(outcome)),
        Err(TwiceError::Run(error)) => {
            let stop = Stop::from(error);
            match stop.exit {
                Exit::Fault => TrialResult::Fault(stop.brief),
                _ => TrialResult::Invalid(vec![Failure { message: stop.brief, place: None }]),
            }
        }
        Err(differs) => TrialResult::Fault(differs.to_string()),
    }
}

/// What is wrong with a file, each with its place and its cure.
fn problems(error: &ScenarioError) -> Vec<Failure> {
    let failure = |problem: &Problem| {
        let cure = problem.cure.as_ref().map(|cure| format!(" ({cure})")).unwrap_or_default();
        Failure { message: format!("{problem}{cure}"), place: problem.place.clone() }
    };
    error.problems().iter().map(failure).collect()
}

/// A bar on standard error, where that is a terminal.
fn progress(length: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{pos}/{len} {wide_bar} {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
