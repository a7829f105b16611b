//! `forestsim run`: plays one scenario and tells its story.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::InputError;
use super::{Exit, Stop, files, output};
use crate::rule::{self, RuleId};
use crate::run::{self, Outcome, RunOptions};
use crate::scenario;
use crate::view::sequence::{self, Sequence};
use crate::view::{json, story, trace_lines};

/// Plays one scenario, tells what happened message by message, and says whether it met what the
/// scenario expects
#[derive(Debug, Args)]
pub struct Run {
    /// The scenario
    file: PathBuf,
    /// The seed of all randomness; the same seed gives the same run
    #[arg(long, default_value_t = RunOptions::DEFAULT_SEED)]
    seed: u64,
    /// Writes the whole trace to this file, as JSON lines
    #[arg(long, value_name = "OUT.jsonl")]
    trace: Option<PathBuf>,
    /// The story, one JSON object, or a sequence diagram
    #[arg(long, value_enum, default_value_t)]
    format: Telling,
    /// How many messages a sequence diagram shows; the story always tells all
    #[arg(long, value_name = "N", default_value_t = 80)]
    messages: usize,
    /// Writes the files that the scenario exports into this folder
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// How much of the run to tell
    #[arg(long, value_enum, default_value_t)]
    depth: Depth,
    /// Does without this rule, to show what it protects from: where it would refuse, the request goes
    /// on; may be given several times, or with commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = known_rule)]
    without: Vec<RuleId>,
}

/// How to tell a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Telling {
    /// Message by message, for reading.
    #[default]
    Text,
    /// For programs.
    Json,
    /// A Mermaid sequence diagram, for Markdown.
    Mermaid,
    /// A sequence diagram as SVG.
    Svg,
}

/// How much of a run to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Depth {
    /// What applications say to each other and what is decided; connections in a phrase.
    #[default]
    Application,
    /// Everything, with every field of every message.
    All,
}

impl Run {
    pub fn execute(self) -> Result<Exit, Stop> {
        let scenario = scenario::load(files::file(&self.file)?)?;
        let options =
            RunOptions { seed: self.seed, without: self.without.iter().cloned().collect(), tracing: true };
        let outcome = run::play(&scenario, &options)?;
        if let Some(path) = &self.trace {
            output::write_file(path, |out| trace_lines::write(&outcome.trace, out))?;
        }
        if let Some(folder) = &self.export {
            export(&outcome, folder)?;
        }
        match self.format {
            Telling::Text => {
                let depth = match self.depth {
                    Depth::Application => story::Depth::Application,
                    Depth::All => story::Depth::All,
                };
                output::print(&story::story(&outcome, depth, output::look()))?;
            }
            Telling::Json => output::print_json(&json::outcome(&outcome))?,
            Telling::Mermaid => output::print(&sequence::mermaid::render(&self.sequence(&outcome)))?,
            Telling::Svg => output::print(&sequence::svg::render(&self.sequence(&outcome)))?,
        }
        Ok(if outcome.passed() { Exit::Met } else { Exit::Failed })
    }
}

impl Run {
    fn sequence<'t>(&self, outcome: &'t Outcome) -> Sequence<'t> {
        Sequence::of(&outcome.trace, self.messages)
    }
}

fn export(outcome: &Outcome, folder: &Path) -> Result<(), InputError> {
    fs::create_dir_all(folder).map_err(|why| InputError::Unwritten { path: folder.to_owned(), why })?;
    outcome.exports.iter().try_for_each(|export| {
        output::write_file(&folder.join(&export.name), |out| out.write_all(&export.bytes))
    })
}

/// The id of a rule that there is.
pub fn known_rule(text: &str) -> Result<RuleId, String> {
    if let Some(rule) = rule::find(text) {
        return match text.starts_with("network.") {
            true => {
                Err("no server decides by it, so none can do without it; change the network instead"
                    .to_owned())
            }
            false => Ok(rule.id()),
        };
    }
    let nearest = files::nearest(text, rule::all().map(|rule| rule.id));
    Err(match nearest {
        Some(nearest) => format!("there is no such rule; did you mean `{nearest}`?"),
        None => "there is no such rule; `forestsim rules` lists them all".to_owned(),
    })
}
