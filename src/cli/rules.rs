//! `forestsim rules`: every rule that can allow or refuse, and which of them the scenarios show.

use clap::Args;
use serde_json::json;

use super::{Exit, Format, Stop, output};
use crate::rule;
use crate::view::page::{Ink, Page, padded, width};

/// Lists every rule that can allow or refuse, with its source and what to do about a refusal
#[derive(Debug, Args)]
pub struct Rules {
    /// Text or JSON
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Rules {
    pub fn execute(self) -> Result<Exit, Stop> {
        match self.format {
            Format::Text => output::print(&table())?,
            Format::Json => output::print_json(&json!(rule::ALL))?,
        }
        Ok(Exit::Met)
    }
}

fn table() -> String {
    let mut page = Page::new(output::look());
    let column = id_column();
    for rule in rule::ALL {
        page.row(&[(Ink::Name, padded(rule.id, column))], column, Ink::Plain, rule.title);
        let indent = [(Ink::Plain, " ".repeat(column))];
        page.row(&indent, column, Ink::Dim, &format!("source: {}", rule.source));
        page.row(&indent, column, Ink::Dim, &format!("remedy: {}", rule.remedy));
    }
    page.finish()
}

/// How wide a column of rule ids is, with the gap after it.
pub fn id_column() -> usize {
    rule::ALL.iter().map(|rule| width(rule.id)).max().unwrap_or_default() + 2
}
