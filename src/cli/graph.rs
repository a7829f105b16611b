//! `forestsim graph`: who trusts whom, from the file, without playing it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Exit, Stop, files, output};
use crate::view::graph;
use crate::{run, scenario};

/// Draws who trusts whom in a scenario or a topology, without playing anything
#[derive(Debug, Args)]
pub struct Graph {
    /// The scenario, or a topology in a folder `topologies`
    file: PathBuf,
    /// Words, or a drawing
    #[arg(long, value_enum, default_value_t)]
    format: Drawing,
}

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Drawing {
    /// Each arrow in words, read both ways.
    #[default]
    Text,
    /// A Mermaid flowchart, for Markdown.
    Mermaid,
    /// The language of Graphviz.
    Dot,
    /// A drawing that stands by itself.
    Svg,
    /// For programs.
    Json,
}

impl Graph {
    pub fn execute(self) -> Result<Exit, Stop> {
        let path = files::file(&self.file)?;
        let topology = match files::is_topology(path) {
            true => scenario::load_topology(path)?,
            false => scenario::load(path)?.topology,
        };
        let trusts = run::trust_graph(&topology)?;
        output::print(&match self.format {
            Drawing::Text => graph::text::render(&trusts, output::look()),
            Drawing::Mermaid => graph::mermaid::render(&trusts),
            Drawing::Dot => graph::dot::render(&trusts),
            Drawing::Svg => graph::svg::render(&trusts, &topology.lines()),
            Drawing::Json => format!("{:#}\n", graph::json::render(&trusts)),
        })?;
        Ok(Exit::Met)
    }
}
