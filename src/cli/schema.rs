//! `forestsim schema`: the JSON Schema of what a person writes, for editors.

use clap::{Args, ValueEnum};

use super::{Exit, Stop, output};
use crate::scenario::schema;

/// Prints the JSON Schema of scenario files or of topology files
#[derive(Debug, Args)]
pub struct Schema {
    /// Which kind of file
    #[arg(value_enum, default_value_t)]
    kind: Kind,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Kind {
    /// What happens, and what must come of it.
    #[default]
    Scenario,
    /// Who the forests, servers and people are.
    Topology,
}

impl Schema {
    pub fn execute(self) -> Result<Exit, Stop> {
        let kind = match self.kind {
            Kind::Scenario => schema::Kind::Scenario,
            Kind::Topology => schema::Kind::Topology,
        };
        output::print(&schema::schema_text(kind))?;
        Ok(Exit::Met)
    }
}
