//! The why-tree for reading: for a refusal the decisive rule first, then the chain from the person to
//! the resource.

use super::change::{self, Changes};
use super::tree::{Decision, Exchange, Line, Reason, Why, links, own_decisions, sign};
use crate::trace::{Event, Happening, Ruling};
use crate::view::page::{Cell, Ink, Look, Page, counted};
use crate::view::phrase::phrase;

/// The why-tree as a page of text.
pub fn render(why: &Why<'_>, look: Look) -> String {
    render_with(why, None, look)
}

/// The same with the changes that would have let a refused request through, where somebody looked for
/// them.
pub fn render_with(why: &Why<'_>, changes: Option<&Changes>, look: Look) -> String {
    let mut page = Page::new(look);
    answer(&mut page, why);
    if let Some(changes) = changes {
        change::tell(&mut page, why, changes);
    }
    chain(&mut page, why);
    tree(&mut page, why);
    page.finish()
}

/// What was asked, what came of it, and for a refusal the decisive rule.
pub fn answer(page: &mut Page, why: &Why<'_>) {
    page.line(Ink::Strong, &format!("{}. {}", why.step + 1, why.name));
    page.row(&[], 0, Ink::Plain, why.action);
    page.gap();
    let decisive = why.decisive();
    let (ink, told) = match (&why.answer.identity, decisive) {
        (Some(identity), _) if why.answer.granted => (Ink::Good, format!("granted, as {identity}")),
        _ if why.answer.granted => (Ink::Good, "granted".to_owned()),
        (_, Some(decision)) => {
            let verdict = decision.verdict;
            (Ink::Bad, format!("refused by {} at {}", verdict.rule, verdict.at))
        }
        (_, None) => (Ink::Bad, "not to be had, though no rule refused it".to_owned()),
    };
    page.row(&[(ink, told)], 2, Ink::Plain, &format!(" (event {})", why.answered));
    page.row(&[(Ink::Dim, "» ".to_owned())], 2, Ink::Plain, &why.answer.shown);
    if let Some(decision) = decisive {
        page.gap();
        page.heading("the decisive rule");
        decisive_rule(page, &decision);
    }
}

/// A decision with everything that is known about it, on rows of its own.
fn decisive_rule(page: &mut Page, decision: &Decision<'_>) {
    let verdict = decision.verdict;
    let lead = [(Ink::Bad, "✗ ".to_owned()), (Ink::Strong, verdict.rule.to_string())];
    let title = decision.rule.map(|rule| format!(": {}", rule.title)).unwrap_or_default();
    page.row(&lead, 2, Ink::Plain, &title);
    let mut row = |name: &str, text: &str| {
        if !text.is_empty() {
            page.row(&[(Ink::Dim, format!("  {name:<8}"))], 10, Ink::Plain, text);
        }
    };
    row("where", &format!("{}, event {}, {}", verdict.at, decision.event.number, decision.event.at));
    row("who", &verdict.who);
    row("on", &verdict.on);
    row("facts", &facts(decision).join(" · "));
    if let Some(rule) = decision.rule {
        row("source", rule.source);
        row("remedy", rule.remedy);
    }
}

/// The chain from the person to the resource in short: a row for each server in turn.
pub fn chain(page: &mut Page, why: &Why<'_>) {
    page.gap();
    page.heading("the chain from the person to the resource");
    page.row(&[(Ink::Name, why.asker.to_string())], 2, Ink::Plain, &ruled(own_decisions(&why.reasons)));
    tell_links(page, &why.reasons, 1);
}

/// What was asked of the same server in a row is one link.
fn tell_links(page: &mut Page, list: &[Reason<'_>], depth: usize) {
    for link in links(list) {
        let Some(first) = link.first() else { continue };
        let number = (Ink::Dim, format!("{} → ", first.event.number));
        let lead = [(Ink::Plain, indent(depth)), number, (Ink::Name, first.to.to_string())];
        page.row(&lead, hang(depth + 1), Ink::Plain, &ruled(link.iter().flat_map(|one| one.decisions())));
        let inner: Vec<Reason<'_>> = link.iter().flat_map(|one| one.reasons.clone()).collect();
        tell_links(page, &inner, depth + 1);
    }
}

/// The rules of some decisions in a row: what was met from the first to the last, what was not by name.
fn ruled<'t>(decisions: impl Iterator<Item = Decision<'t>>) -> String {
    let decisions: Vec<Decision<'t>> = decisions.collect();
    let mut parts = Vec::new();
    for run in decisions.chunk_by(|one, next| one.verdict.ruling == next.verdict.ruling) {
        let mark = run.first().map_or("", |one| sign(one.verdict.ruling));
        let names: Vec<&str> = run.iter().map(|one| one.verdict.rule.as_str()).collect();
        parts.push(match names.as_slice() {
            [first, _, .., last] if mark == "✓" => format!("{mark} {first} … {last} ({})", names.len()),
            all => format!("{mark} {}", all.join(", ")),
        });
    }
    if parts.is_empty() { String::new() } else { format!("  {}", parts.join("  ")) }
}

/// The whole tree, with every decision on the way and what it looked at.
pub fn tree(page: &mut Page, why: &Why<'_>) {
    page.gap();
    page.heading(&format!("link by link, {}", counted(why.decisions().len(), "decision")));
    page.row(&[(Ink::Name, why.asker.to_string())], 2, Ink::Plain, "");
    reasons(page, &why.reasons, 1, why.decisive().map(|decision| decision.event.number));
}

fn reasons(page: &mut Page, list: &[Reason<'_>], depth: usize, decisive: Option<u64>) {
    for reason in list {
        match reason {
            Reason::Decision(one) => decision(page, one, depth, decisive),
            Reason::Line(one) => line(page, one, depth),
            Reason::Exchange(one) => exchange(page, one, depth, decisive),
        }
    }
}

fn exchange(page: &mut Page, exchange: &Exchange<'_>, depth: usize, decisive: Option<u64>) {
    let question = exchange.question;
    let secured = if question.secured { "/TLS" } else { "" };
    let lead = [
        (Ink::Plain, indent(depth)),
        (Ink::Dim, format!("{} ", exchange.event.number)),
        (Ink::Name, exchange.to.to_string()),
        (
            Ink::Plain,
            format!(" is asked by {}, {}{secured} {}: ", exchange.from, question.protocol, question.port),
        ),
    ];
    page.row(&lead, hang(depth + 1), Ink::Plain, &question.title);
    if let (Some(first), Some(last)) = (exchange.reached.first(), exchange.reached.last()) {
        let checks = counted(exchange.reached.len(), "check");
        let events = format!("events {} to {}", first.event.number, last.event.number);
        let text = format!("reached and answering: {checks}, {events}");
        page.row(
            &[(Ink::Plain, indent(depth + 1)), (Ink::Good, "✓ ".into())],
            hang(depth + 1),
            Ink::Dim,
            &text,
        );
    }
    reasons(page, &exchange.reasons, depth + 1, decisive);
    let (number, text) = match exchange.answer {
        Some(answer) => (format!("{} ", answer.number), said(answer)),
        None => (String::new(), "nothing".to_owned()),
    };
    let lead = [(Ink::Plain, indent(depth + 1)), (Ink::Dim, format!("{number}answers: "))];
    page.row(&lead, hang(depth + 2), Ink::Plain, &text);
}

fn said(answer: &Event) -> String {
    match &answer.happening {
        Happening::Sent(sent) => sent.title.to_string(),
        _ => phrase(answer),
    }
}

fn line(page: &mut Page, line: &Line<'_>, depth: usize) {
    let lead: [Cell; 3] = [
        (Ink::Plain, indent(depth)),
        (Ink::Strong, "§ ".to_owned()),
        (Ink::Dim, format!("{} ", line.event.number)),
    ];
    let who = line.event.host.as_ref().map(|host| format!("{host} ")).unwrap_or_default();
    page.row(&lead, hang(depth), Ink::Plain, &format!("{}: {who}{}", line.line.number, line.line.text));
}

fn decision(page: &mut Page, decision: &Decision<'_>, depth: usize, decisive: Option<u64>) {
    let verdict = decision.verdict;
    let (ink, word) = match verdict.ruling {
        Ruling::Allowed => (Ink::Good, ""),
        Ruling::Curtailed => (Ink::Warning, ", not met, goes on"),
        Ruling::Refused if decisive == Some(decision.event.number) => (Ink::Bad, ", refused, decisive"),
        Ruling::Refused => (Ink::Bad, ", refused"),
        Ruling::Suspended => (Ink::Warning, ", not met but suspended"),
    };
    let lead = [
        (Ink::Plain, indent(depth)),
        (ink, format!("{} ", sign(verdict.ruling))),
        (Ink::Dim, format!("{} ", decision.event.number)),
        (Ink::Name, format!("{} ", verdict.at)),
    ];
    let title = decision.rule.map(|rule| format!(": {}", rule.title)).unwrap_or_default();
    let body = if verdict.ruling == Ruling::Refused { Ink::Bad } else { Ink::Plain };
    page.row(&lead, hang(depth), body, &format!("{}{word}{title}", verdict.rule));
    let mut looked_at = vec![about(decision)];
    looked_at.extend(facts(decision));
    looked_at.retain(|text| !text.is_empty());
    let source = decision.rule.map(|rule| format!("[{}]", rule.source)).unwrap_or_default();
    let text = format!("{} {source}", looked_at.join(" · "));
    page.row(&[(Ink::Plain, hanging(depth))], hang(depth), Ink::Dim, text.trim());
    if let Some(since) = decision.since {
        let step =
            since.step.map_or("as the hosts started".to_owned(), |step| format!("in step {}", step + 1));
        let text = format!("since event {}, {step}: {}", since.number, phrase(since));
        page.row(&[(Ink::Plain, hanging(depth))], hang(depth), Ink::Dim, &text);
    }
}

/// Whom a decision is about, and on what.
pub(super) fn about(decision: &Decision<'_>) -> String {
    match (&*decision.verdict.who, &*decision.verdict.on) {
        ("", on) => on.to_owned(),
        (who, "") => who.to_owned(),
        (who, on) => format!("{who} on {on}"),
    }
}

fn facts(decision: &Decision<'_>) -> Vec<String> {
    decision.verdict.facts.iter().map(|fact| format!("{} {}", fact.name, fact.value)).collect()
}

/// Deeper than this, rows are not indented further, so that something is left of the width.
const DEEPEST: usize = 10;

fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(DEEPEST))
}

fn hang(depth: usize) -> usize {
    2 * depth.min(DEEPEST) + 2
}

fn hanging(depth: usize) -> String {
    " ".repeat(hang(depth))
}
