//! `forestsim explain`: why a step was answered as it was.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::InputError;
use super::{Exit, Stop, files, output};
use crate::lab;
use crate::run::{self, Outcome, RunOptions, StepOutcome};
use crate::scenario;
use crate::view::why;

/// Says why a step was granted or refused: the decisive rule, the smallest change that would have let it
/// through, and the chain of trust from the person to the resource
#[derive(Debug, Args)]
pub struct Explain {
    /// The scenario
    file: PathBuf,
    /// The step, by its name or its number; otherwise the first that went otherwise than expected, else
    /// the last that was refused, else the last that asked for something
    #[arg(long, value_name = "NAME")]
    step: Option<String>,
    /// The seed of all randomness; the same seed gives the same run
    #[arg(long, default_value_t = RunOptions::DEFAULT_SEED)]
    seed: u64,
    /// How many changes of a single fact to try, to find one that lets a refused request through
    #[arg(long, value_name = "N", default_value_t = lab::MOST_TRIES)]
    tries: usize,
    /// For reading, for programs, or a drawing
    #[arg(long, value_enum, default_value_t)]
    format: Drawing,
}

/// How to show a why-tree. JSON has `changes` beside what [`why::json`] says, null where none were tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Drawing {
    /// For reading.
    #[default]
    Text,
    /// For programs.
    Json,
    /// A Mermaid flowchart, for Markdown.
    Mermaid,
}

impl Explain {
    pub fn execute(self) -> Result<Exit, Stop> {
        let scenario = scenario::load(files::file(&self.file)?)?;
        let options = RunOptions { seed: self.seed, ..RunOptions::default() };
        let outcome = run::play(&scenario, &options)?;
        let step = self.step(&outcome)?;
        let why = why::why(&outcome.trace, step.index).ok_or_else(|| nothing_asked(&outcome, step))?;
        let changes = match self.format {
            Drawing::Mermaid => None,
            _ if why.answer.granted || self.tries == 0 => None,
            _ => Some(lab::what_if(&scenario, &outcome, step.index, &options, self.tries)?.changes()),
        };
        match self.format {
            Drawing::Text => output::print(&why::text::render_with(&why, changes.as_ref(), output::look()))?,
            Drawing::Json => {
                let mut object = why::json::render(&why);
                object["changes"] = changes.as_ref().map(why::change::json).into();
                output::print_json(&object)?;
            }
            Drawing::Mermaid => output::print(&why::mermaid::render(&why))?,
        }
        Ok(if outcome.passed() { Exit::Met } else { Exit::Failed })
    }

    fn step<'o>(&self, outcome: &'o Outcome) -> Result<&'o StepOutcome, InputError> {
        let Some(name) = &self.step else {
            return why::choose(outcome).ok_or_else(|| InputError::NoSuchStep {
                what: format!("no step of `{}` asks for anything", outcome.file),
                help: "`forestsim run` tells what happens in it".to_owned(),
            });
        };
        let of_name = outcome.steps.iter().find(|step| step.name == *name);
        let of_number = || outcome.steps.iter().find(|step| (step.index + 1).to_string() == *name);
        of_name.or_else(of_number).ok_or_else(|| {
            let nearest = files::nearest(name, outcome.steps.iter().map(|step| step.name.as_str()));
            InputError::NoSuchStep {
                what: format!("there is no step `{name}` in `{}`", outcome.file),
                help: nearest.map_or_else(|| asking(outcome), |nearest| format!("did you mean `{nearest}`?")),
            }
        })
    }
}

fn nothing_asked(outcome: &Outcome, step: &StepOutcome) -> InputError {
    InputError::NoSuchStep {
        what: format!(
            "nobody asks for anything in the step `{}`, so there is no answer to explain",
            step.name
        ),
        help: asking(outcome),
    }
}

/// The steps that can be explained.
fn asking(outcome: &Outcome) -> String {
    let steps = outcome.steps.iter().filter(|step| step.asked.is_some());
    let named: Vec<String> = steps.map(|step| format!("{} `{}`", step.index + 1, step.name)).collect();
    format!("the steps that ask for something: {}", named.join(", "))
}
