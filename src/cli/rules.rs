//! `forestsim rules`: every rule that can allow or refuse, and which of them the scenarios show.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::coverage::Coverage;
use super::{Exit, Format, Stop, files, output};
use crate::rule;
use crate::view::page::{Ink, Page, padded, width};

/// Lists every rule that can allow or refuse, with its source and what to do about a refusal
#[derive(Debug, Args)]
pub struct Rules {
    /// Text or JSON
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Plays these scenarios and lists each rule that none of them shows allowing, or none refusing;
    /// exits with 1 where there is one
    #[arg(long, value_name = "PATH", num_args = 1..)]
    coverage: Vec<PathBuf>,
}

impl Rules {
    pub fn execute(self) -> Result<Exit, Stop> {
        if self.coverage.is_empty() {
            match self.format {
                Format::Text => output::print(&table())?,
                Format::Json => output::print_json(&json!(rule::all().collect::<Vec<_>>()))?,
            }
            return Ok(Exit::Met);
        }
        let coverage = Coverage::of(&files::scenarios(&self.coverage)?)?;
        match self.format {
            Format::Text => output::print(&coverage.text())?,
            Format::Json => output::print_json(&coverage.json())?,
        }
        Ok(if coverage.missing().next().is_none() { Exit::Met } else { Exit::Failed })
    }
}

fn table() -> String {
    let mut page = Page::new(output::look());
    let column = id_column();
    for rule in rule::all() {
        page.row(&[(Ink::Name, padded(rule.id, column))], column, Ink::Plain, rule.title);
        let indent = [(Ink::Plain, " ".repeat(column))];
        page.row(&indent, column, Ink::Dim, &format!("source: {}", rule.source));
        page.row(&indent, column, Ink::Dim, &format!("remedy: {}", rule.remedy));
    }
    page.finish()
}

/// How wide a column of rule ids is, with the gap after it.
pub fn id_column() -> usize {
    rule::all().map(|rule| width(rule.id)).max().unwrap_or_default() + 2
}
