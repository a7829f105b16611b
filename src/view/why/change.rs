//! What would have let a refused request through: how it is told. Whoever tries changes fills this in.

use serde_json::{Value, json};

use super::tree::Why;
use crate::trace::outcome::Place;
use crate::view::page::{Ink, Page, counted};

/// What came of looking for a change that lets a request through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// How many changes were tried.
    pub tried: usize,
    /// How many more there would have been to try.
    pub untried: usize,
    /// Those that let it through, the best first.
    pub found: Vec<Change>,
}

/// A change of one fact that lets the request through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The change, in words: ``set `enabled` to `true` in trusts › perimeter-trusts-corp``.
    pub text: String,
    /// Where the fact stands.
    pub place: Place,
    /// The steps that the scenario expects to be refused, and that the change would let through too.
    pub opens: Vec<String>,
    /// The steps that the scenario expects to be granted, and that the change would have refused.
    pub closes: Vec<String>,
}

impl Change {
    /// Whether it alters no other answer that the scenario expects.
    pub fn is_harmless(&self) -> bool {
        self.opens.is_empty() && self.closes.is_empty()
    }
}

/// The changes as rows of a page.
pub fn tell(page: &mut Page, why: &Why<'_>, changes: &Changes) {
    page.gap();
    page.heading("the smallest change that lets it through");
    let tried = counted(changes.tried, "change");
    let Some((best, others)) = changes.found.split_first() else {
        let rest = if changes.untried > 0 { ", and others were left untried" } else { "" };
        page.row(&[], 0, Ink::Plain, &format!("No single change of a fact does: {tried} tried{rest}."));
        if let Some(rule) = why.decisive().and_then(|decision| decision.rule) {
            page.row(&[(Ink::Dim, "  remedy  ".to_owned())], 10, Ink::Plain, rule.remedy);
        }
        return;
    };
    change(page, best);
    let played = format!("  {tried} tried, one at a time, each by playing the scenario again");
    page.row(&[], 2, Ink::Dim, &played);
    if !others.is_empty() {
        page.gap();
        page.line(Ink::Plain, "These do too:");
        others.iter().for_each(|other| change(page, other));
    }
}

fn change(page: &mut Page, change: &Change) {
    page.row(&[(Ink::Good, "→ ".to_owned())], 2, Ink::Plain, &change.text);
    page.row(&[], 2, Ink::Dim, &format!("  {}", change.place));
    for step in &change.opens {
        let text = format!("would also let through “{step}”, which the scenario expects to be refused");
        page.row(&[(Ink::Warning, "  ! ".to_owned())], 4, Ink::Warning, &text);
    }
    for step in &change.closes {
        let text = format!("would have “{step}” refused, which the scenario expects to be granted");
        page.row(&[(Ink::Warning, "  ! ".to_owned())], 4, Ink::Warning, &text);
    }
}

/// The changes as one object: `tried`, `untried`, and `found`, a list of changes, the best first. Each
/// holds `text`, `file`, `line`, `column`, and the names of the steps that it `opens` and `closes`
/// against what the scenario expects.
pub fn json(changes: &Changes) -> Value {
    let change = |change: &Change| {
        json!({
            "text": change.text,
            "file": change.place.file,
            "line": change.place.line,
            "column": change.place.column,
            "opens": change.opens,
            "closes": change.closes,
        })
    };
    json!({
        "tried": changes.tried,
        "untried": changes.untried,
        "found": changes.found.iter().map(change).collect::<Vec<_>>(),
    })
}
