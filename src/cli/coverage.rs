//! Which rules a set of scenarios shows allowing, and which refusing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Stop, output};
use crate::rule::{self, Rule};
use crate::run::{self, RunOptions};
use crate::scenario;
use crate::trace::{Ruling, Trace};
use crate::view::page::{Ink, Page, counted, padded};

/// Which scenario files show each rule allowing, and which refusing.
#[derive(Default)]
pub struct Coverage {
    scenarios: usize,
    allowed: BTreeMap<String, BTreeSet<String>>,
    refused: BTreeMap<String, BTreeSet<String>>,
}

impl Coverage {
    /// Plays the scenarios in these files.
    pub fn of(paths: &[PathBuf]) -> Result<Self, Stop> {
        let mut coverage = Self { scenarios: paths.len(), ..Self::default() };
        for path in paths {
            let outcome = run::play(&scenario::load(path)?, &RunOptions::default())?;
            coverage.add(&path.display().to_string(), &outcome.trace);
        }
        Ok(coverage)
    }

    fn add(&mut self, file: &str, trace: &Trace) {
        for (_, verdict) in trace.verdicts() {
            let shown = match verdict.ruling {
                Ruling::Allowed => &mut self.allowed,
                Ruling::Curtailed | Ruling::Refused => &mut self.refused,
                Ruling::Suspended => continue,
            };
            shown.entry(verdict.rule.to_string()).or_default().insert(file.to_owned());
        }
    }

    /// Each rule that is not shown both ways, with what is missing.
    pub fn missing(&self) -> impl Iterator<Item = (&'static Rule, &'static str)> {
        rule::all().filter_map(|rule| {
            match (self.allowed.contains_key(rule.id), self.refused.contains_key(rule.id)) {
                (true, true) => None,
                (true, false) => Some((rule, "never refuses")),
                (false, true) => Some((rule, "never allows")),
                (false, false) => Some((rule, "never decides")),
            }
        })
    }

    /// The rules that are not shown both ways, for reading.
    pub fn text(&self) -> String {
        let mut page = Page::new(output::look());
        let column = super::rules::id_column();
        for (rule, lack) in self.missing() {
            let lead = [(Ink::Name, padded(rule.id, column)), (Ink::Bad, padded(lack, 15))];
            page.row(&lead, column + 15, Ink::Dim, rule.title);
        }
        let (all, missing) = (rule::all().count(), self.missing().count());
        let shown = format!("{} of {all} rules are shown both allowing and refusing", all - missing);
        let ink = if missing == 0 { Ink::Good } else { Ink::Bad };
        page.line(ink, &format!("{shown}, by {}", counted(self.scenarios, "scenario")));
        page.finish()
    }

    /// All rules with the files that show them.
    pub fn json(&self) -> Value {
        let rules: Vec<Value> = rule::all()
            .map(|rule| json!({ "id": rule.id, "allowed": self.allowed.get(rule.id), "refused": self.refused.get(rule.id) }))
            .collect();
        let missing: Vec<&str> = self.missing().map(|(rule, _)| rule.id).collect();
        json!({ "scenarios": self.scenarios, "missing": missing, "rules": rules })
    }
}
