//! What a question about a step comes to, read from the trace alone: the verdict, its rule, what it looked
//! at, and for a refusal the remedy.

use super::fold;
use super::line::fact;
use crate::rule;
use crate::rule::RuleId;
use crate::trace::outcome::Outcome;
use crate::trace::{Event, Happening, Ruling, Verdict};
use crate::view::page::{Ink, Page};

/// How far the lines of an answer stand in.
const HANG: usize = 10;

/// Tells the verdict of one rule on a step, counted from 0, or where no rule is named what came of the
/// request: who was let in and by whose last word, or who refused. False where the run has no answer: the
/// rule was never looked at, or nobody asked for anything.
pub fn answer(page: &mut Page, outcome: &Outcome, step: u32, by: Option<&RuleId>) -> bool {
    let verdicts = || outcome.trace.step(step).filter_map(verdict);
    if let Some(rule) = by {
        let Some(verdict) = verdicts().find(|verdict| verdict.rule == *rule) else { return false };
        let (ink, word) = ruling(verdict.ruling);
        first(page, ink, &format!("{word}, by {} at {}", verdict.rule, verdict.at));
        reasons(page, verdict);
        return true;
    }
    let Some(asked) = outcome.steps.get(step as usize).and_then(|step| step.asked.as_ref()) else {
        return false;
    };
    if asked.granted {
        let identity = asked.identity.as_ref().map(|who| format!(", as {who}")).unwrap_or_default();
        first(page, Ink::Good, &format!("granted{identity}"));
        let allowed = |one: &&Verdict| one.ruling == Ruling::Allowed && fold::is_told(&one.rule);
        if let Some(last) = verdicts().filter(allowed).last() {
            more(page, Ink::Plain, &format!("the last word had {} at {}", last.rule, last.at));
            reasons(page, last);
        }
        return true;
    }
    match verdicts().find(|verdict| verdict.ruling == Ruling::Refused) {
        Some(decisive) => {
            first(page, Ink::Bad, &format!("refused, by {} at {}", decisive.rule, decisive.at));
            reasons(page, decisive);
        }
        None => first(page, Ink::Bad, "not to be had, though no rule refused it"),
    }
    true
}

fn verdict(event: &Event) -> Option<&Verdict> {
    if let Happening::Verdict(verdict) = &event.happening { Some(verdict) } else { None }
}

fn ruling(ruling: Ruling) -> (Ink, &'static str) {
    match ruling {
        Ruling::Allowed => (Ink::Good, "allowed"),
        Ruling::Curtailed => (Ink::Warning, "not met, and the request goes on"),
        Ruling::Refused => (Ink::Bad, "refused"),
        Ruling::Suspended => (Ink::Warning, "not met, but suspended"),
    }
}

/// What the rule demands, what the decision looked at, and for a refusal what to do.
fn reasons(page: &mut Page, verdict: &Verdict) {
    let rule = rule::find(verdict.rule.as_str());
    if let Some(rule) = rule {
        more(page, Ink::Plain, &format!("the rule: {}", rule.title));
    }
    let facts: Vec<String> = verdict.facts.iter().map(fact).collect();
    if !facts.is_empty() {
        more(page, Ink::Dim, &format!("looked at: {}", facts.join(" · ")));
    }
    if let (Ruling::Refused, Some(rule)) = (verdict.ruling, rule) {
        more(page, Ink::Plain, &format!("remedy: {}", rule.remedy));
    }
}

fn first(page: &mut Page, ink: Ink, text: &str) {
    page.row(&[(Ink::Strong, "answer    ".to_owned())], HANG, ink, text);
}

fn more(page: &mut Page, ink: Ink, text: &str) {
    page.row(&[(Ink::Plain, " ".repeat(HANG))], HANG, ink, text);
}
