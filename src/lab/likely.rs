//! Which changes to try first: those that speak of what the refusal spoke of.
//!
//! It compares words only. A change is the likelier, the more of its names and values the decisive
//! decision looked at, and the more of its settings the rule's own sentences name.

use std::collections::BTreeSet;

use crate::scenario::tree::{Branch, Tree};
use crate::view::why::Decision;

/// The words of a refusal.
#[derive(Debug, Default)]
pub struct Words {
    /// Of what it looked at: names of people, servers, groups, certificates.
    looked_at: BTreeSet<String>,
    /// Of what the rule says: its id, its title, its remedy, the names of its facts.
    said: BTreeSet<String>,
}

impl Words {
    /// The words of a decision.
    pub fn of(decision: &Decision<'_>) -> Self {
        let verdict = decision.verdict;
        let mut words = Self::default();
        let texts = [verdict.at.as_str(), &verdict.who, &verdict.on];
        let values = verdict.facts.iter().map(|fact| fact.value.as_str());
        texts.into_iter().chain(values).for_each(|text| words.looked_at.extend(names(text)));
        let mut said = vec![verdict.rule.as_str()];
        said.extend(decision.rule.iter().flat_map(|rule| [rule.title, rule.remedy]));
        said.extend(verdict.facts.iter().map(|fact| &*fact.name));
        said.into_iter().for_each(|text| words.said.extend(stems(text)));
        words
    }

    /// How much a change speaks of the same: `settings` are the names of the settings on the way to
    /// it, `values` the names and values that it is about, `new` those that it brings in.
    pub fn common(&self, settings: &[&str], values: &[String], new: &[String]) -> u32 {
        let said: BTreeSet<String> = settings.iter().flat_map(|text| stems(text)).collect();
        let new: BTreeSet<String> = new.iter().flat_map(|text| stems(text)).collect();
        let told: BTreeSet<String> = values.iter().flat_map(|text| names(text)).collect();
        let count = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            u32::try_from(one.intersection(other).count()).unwrap_or(u32::MAX)
        };
        4 * count(&said, &self.said).min(4)
            + 3 * count(&told, &self.looked_at).min(6)
            + count(&new, &self.said).min(4)
    }
}

/// The names and values in a tree, as text.
pub fn texts(tree: &Tree) -> Vec<String> {
    match &tree.branch {
        Branch::Map(entries) => entries
            .iter()
            .flat_map(|(name, value)| std::iter::once(name.value.clone()).chain(texts(value)))
            .collect(),
        Branch::List(items) => items.iter().flat_map(texts).collect(),
        _ => tree.scalar().into_iter().collect(),
    }
}

/// The names in a text: what stands between spaces and the signs that join names.
fn names(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let apart = |each: char| each.is_whitespace() || "@\\/:,;()[]{}=\"'".contains(each);
    let names: Vec<String> = lower.split(apart).filter(|name| name.len() > 1).map(str::to_owned).collect();
    names.into_iter()
}

/// The words of a sentence or a setting that mean something, without their endings.
fn stems(text: &str) -> impl Iterator<Item = String> {
    const COMMON: [&str; 12] =
        ["that", "with", "from", "this", "where", "which", "there", "what", "have", "rule", "name", "into"];
    let lower = text.to_lowercase();
    let words = lower.split(|each: char| !each.is_alphanumeric());
    let words = words.filter(|word| word.len() > 2 && !COMMON.contains(word));
    let stems: Vec<String> = words.map(|word| word.trim_end_matches(['s', 'd', 'e']).to_owned()).collect();
    stems.into_iter()
}
