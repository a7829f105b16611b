//! A difference for reading, from the verdict to the first event.

use super::Difference;
use crate::rule;
use crate::time::Span;
use crate::trace::Ruling;
use crate::trace::compare::{
    Answer, Comparison, Decided, Parting, Side, Spoken, Step, Surplus, TimingChange,
};
use crate::trace::review::ReviewVerdict;
use crate::view::page::{Ink, Look, Page, counted, padded};
use crate::view::phrase::phrase;

/// How many lines of a list are shown.
const SHOWN: usize = 12;

/// The difference as a page of text.
pub fn difference(difference: &Difference<'_>, look: Look) -> String {
    let Difference { before, after, comparison, review } = difference;
    let mut page = Page::new(look);
    page.row(&[(Ink::Strong, "before  ".into())], 8, Ink::Plain, before);
    page.row(&[(Ink::Strong, "after   ".into())], 8, Ink::Plain, after);
    page.gap();
    kinds(&mut page, comparison);
    answers(&mut page, comparison);
    decisions(&mut page, comparison);
    messages(&mut page, comparison);
    topology(&mut page, comparison);
    if let Some(parting) = &comparison.first {
        first(&mut page, parting);
    }
    page.gap();
    for (steps, what) in [(&review.lost, "met no longer"), (&review.won, "met now")] {
        for step in steps {
            page.row(&[(Ink::Plain, "  ".into())], 4, Ink::Plain, &format!("“{step}”: {what}"));
        }
    }
    let (word, meaning) = review.verdict.words();
    let ink = match review.verdict {
        ReviewVerdict::Regressed => Ink::Bad,
        ReviewVerdict::Changed => Ink::Warning,
        _ => Ink::Good,
    };
    page.row(&[(ink, format!("{word}: "))], 2, Ink::Plain, meaning);
    page.finish()
}

/// What changed, by kind.
fn kinds(page: &mut Page, comparison: &Comparison<'_>) {
    for (part, same) in comparison.parts {
        let told = match (part, same) {
            (_, true) => "the same".to_owned(),
            ("decisions", _) if comparison.decisions.is_empty() => {
                "the same rulings, in another order or from other facts".to_owned()
            }
            ("decisions", _) => counted(comparison.decisions.len(), "difference"),
            ("messages", _) if comparison.same_exchange => "the same exchange, other contents".to_owned(),
            ("messages", _) => counted(comparison.messages.len(), "difference") + " in who speaks to whom",
            ("topology", _) => counted(comparison.topology.len(), "line") + " on one side only",
            ("random", _) => "other draws".to_owned(),
            _ => times(&comparison.timing),
        };
        let ink = if same { Ink::Dim } else { Ink::Plain };
        page.row(&[(ink, padded(part, 11))], 11, ink, &told);
    }
}

/// How many events moved, and how much longer it takes.
fn times(timing: &TimingChange) -> String {
    let later = match timing.later {
        Span::ZERO => "the end is at the same time".to_owned(),
        span if span > Span::ZERO => format!("the end is {span} later"),
        span => format!("the end is {} sooner", -span),
    };
    format!("{} at another time, {later}", counted(timing.moved, "event"))
}

fn answers(page: &mut Page, comparison: &Comparison<'_>) {
    if comparison.answers.is_empty() {
        return;
    }
    page.gap();
    page.heading("answers");
    for change in &comparison.answers {
        let told = |answer: &Option<Answer>| answer.as_ref().map_or("not asked".to_owned(), in_words);
        let text = format!("{}; now {}", told(&change.before), told(&change.after));
        page.row(&[(Ink::Name, format!("“{}”: ", change.step))], 4, Ink::Plain, &text);
    }
}

fn in_words(answer: &Answer) -> String {
    match (&answer.identity, &answer.refused_by) {
        (Some(identity), _) if answer.granted => format!("granted as {identity}"),
        _ if answer.granted => "granted".to_owned(),
        (_, Some((rule, at))) => format!("refused by {rule} at {at}"),
        _ => "refused".to_owned(),
    }
}

fn decisions(page: &mut Page, comparison: &Comparison<'_>) {
    if comparison.decisions.is_empty() {
        return;
    }
    page.gap();
    page.heading("decisions");
    // That a host was reached needs no line of its own beside what was decided there.
    let (reached, decided): (Vec<_>, Vec<_>) = comparison.decisions.iter().partition(|change| {
        let rule = change.what.rule.as_str();
        change.what.ruling == Ruling::Allowed && (rule.starts_with("network.") || rule.starts_with("tls."))
    });
    let ordered: Vec<&Surplus<Decided>> = decided.into_iter().chain(reached).collect();
    for change in ordered.iter().take(SHOWN) {
        decision(page, change);
    }
    left_out(page, ordered.len());
}

fn decision(page: &mut Page, change: &Surplus<Decided>) {
    let (ink, mark) = mark(change.only);
    let Decided { step, at, rule, ruling, about: (who, on) } = &change.what;
    let ruling = match ruling {
        Ruling::Allowed => "allowed",
        Ruling::Curtailed => "not met, goes on",
        Ruling::Refused => "refused",
        Ruling::Suspended => "suspended",
    };
    let times = if change.times > 1 { format!(", {} times", change.times) } else { String::new() };
    let text = format!("{rule} {ruling}{times}, at {at}: {who} on {on} ({})", during(step));
    page.row(&[(ink, mark.to_owned())], 4, Ink::Plain, &text);
}

fn messages(page: &mut Page, comparison: &Comparison<'_>) {
    if comparison.messages.is_empty() {
        return;
    }
    page.gap();
    page.heading("messages");
    // What applications say comes before what only carries it.
    let (carriers, told): (Vec<_>, Vec<_>) = comparison
        .messages
        .iter()
        .partition(|change| matches!(&*change.what.protocol, "TLS" | "TCP" | "DNS"));
    let ordered: Vec<&Surplus<Spoken>> = told.into_iter().chain(carriers).collect();
    for change in ordered.iter().take(SHOWN) {
        let (ink, mark) = mark(change.only);
        let s = if change.times == 1 { "" } else { "s" };
        let Spoken { step, from, to, protocol } = &change.what;
        let messages = format!("{} {protocol} message{s}", change.times);
        let text = format!("{messages} from {from} to {to} ({})", during(step));
        page.row(&[(ink, mark.to_owned())], 4, Ink::Plain, &text);
    }
    left_out(page, ordered.len());
}

/// What stands before a line that only one side holds.
fn mark(only: Side) -> (Ink, &'static str) {
    match only {
        Side::Before => (Ink::Bad, "- "),
        Side::After => (Ink::Good, "+ "),
    }
}

fn during(step: &Step) -> String {
    step.as_ref().map_or("start".to_owned(), |(_, name)| format!("“{name}”"))
}

fn topology(page: &mut Page, comparison: &Comparison<'_>) {
    if comparison.topology.is_empty() {
        return;
    }
    page.gap();
    page.heading("topology");
    for change in comparison.topology.iter().take(SHOWN) {
        let (ink, mark) = mark(change.only);
        page.row(&[(ink, mark.to_owned())], 4, Ink::Plain, &change.what);
    }
    left_out(page, comparison.topology.len());
}

fn left_out(page: &mut Page, all: usize) {
    if all > SHOWN {
        page.line(Ink::Dim, &format!("  and {} more", all - SHOWN));
    }
}

/// Where the two part, and what led to it.
fn first(page: &mut Page, parting: &Parting<'_>) {
    page.gap();
    page.heading(if parting.only_time {
        "the first event at another time"
    } else {
        "the first event that differs"
    });
    let told = |event: Option<&crate::trace::Event>| match event {
        Some(event) => format!("{}, {}: {}", event.number, event.at, phrase(event)),
        None => "nothing more happens".to_owned(),
    };
    page.row(&[(Ink::Bad, "- ".into())], 4, Ink::Plain, &told(parting.before));
    page.row(&[(Ink::Good, "+ ".into())], 4, Ink::Plain, &told(parting.after));
    if let Some(remedy) = refusal(parting) {
        page.row(&[(Ink::Plain, "  ".into())], 4, Ink::Dim, &remedy);
    }
    let cause = match parting.cause {
        Some(cause) => format!("because of {}: {}", cause.number, phrase(cause)),
        None => "no message led to it: a timer, a person or the scenario began it".to_owned(),
    };
    page.row(&[(Ink::Plain, "  ".into())], 4, Ink::Dim, &cause);
}

/// The remedy, where the second run newly refuses.
fn refusal(parting: &Parting<'_>) -> Option<String> {
    let crate::trace::Happening::Verdict(verdict) = &parting.after?.happening else { return None };
    let rule = rule::find(verdict.rule.as_str()).filter(|_| verdict.ruling == Ruling::Refused)?;
    Some(format!("remedy: {}", rule.remedy))
}
