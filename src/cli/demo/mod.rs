//! `forestsim demo`: a lesson in the terminal, step by step.
//!
//! - [`lesson`]: what a lesson asks, and of which steps of which scenario
//! - [`shelf`]: the lessons and their files, within the program
//! - [`stage`]: the page before a step, the page after it, and the key between them

mod lesson;
mod shelf;
mod stage;

use clap::Args;

use super::exit::InputError;
use super::{Exit, Stop, files, output};
use crate::run::{self, RunOptions};
use crate::scenario;
use crate::view::page::{Ink, Page, padded};
use lesson::Lesson;

/// Lists the teaching demos, or plays one step by step: what to look for, a question, and its answer
#[derive(Debug, Args)]
pub struct Demo {
    /// The demo; all are listed where none is named
    name: Option<String>,
    /// Plays all steps without waiting for a key, as it does where there is no terminal
    #[arg(long)]
    auto: bool,
}

impl Demo {
    pub fn execute(self) -> Result<Exit, Stop> {
        let Some(name) = &self.name else { return list() };
        let lesson = Lesson::find(name).ok_or_else(|| unknown(name))?;
        let scenario = scenario::load_from(shelf::SCENARIOS, lesson.scenario.as_ref())?;
        let outcome = run::play(&scenario, &RunOptions::default())?;
        stage::play(&lesson, &scenario, &outcome, self.auto)?;
        Ok(if outcome.passed() { Exit::Met } else { Exit::Failed })
    }
}

fn list() -> Result<Exit, Stop> {
    let mut page = Page::new(output::look());
    let width = shelf::LESSONS.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    for (name, _) in shelf::LESSONS {
        let lesson = Lesson::find(name).ok_or_else(|| unknown(name))?;
        page.row(&[(Ink::Name, padded(name, width))], width, Ink::Plain, &lesson.title);
    }
    page.gap();
    page.line(Ink::Dim, "play one: forestsim demo NAME");
    output::print(&page.finish())?;
    Ok(Exit::Met)
}

fn unknown(name: &str) -> InputError {
    let names: Vec<&str> = shelf::LESSONS.iter().map(|(name, _)| *name).collect();
    let help = match files::nearest(name, names.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the demos are {}", names.join(", ")),
    };
    InputError::NoSuchDemo { name: name.to_owned(), help }
}

#[cfg(test)]
mod tests;
