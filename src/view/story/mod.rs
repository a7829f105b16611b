//! A run, told message by message: what was sent, what was decided and why, what was kept, and what
//! the person saw in the end.
//!
//! - `line`: how one event reads
//! - `fold`: connections and handshakes in one phrase, and the many checks of hosts that start in another
//! - `rounds`: what comes round again in a long step, told once
//! - `answer`: what a question about a step comes to
//! - `close`: how the run ended, and how to play it again

mod answer;
mod close;
mod fold;
mod line;
mod rounds;

pub use answer::answer;
pub use close::{closing, failures, reproduce};
pub use line::since_start;

use crate::trace::outcome::{Asked, Outcome};
use crate::trace::{Event, Happening, Ruling, Sent, Trace};

use super::page::{Ink, Look, Page};
use fold::{Fold, Passed};
use line::Columns;
use rounds::Rounds;

/// How much of a run to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// What applications say to each other, and what is decided; connections in a phrase.
    #[default]
    Application,
    /// Everything in the trace, with every field of every message.
    All,
}

/// The story of a run, from its title to the command that plays it again.
pub fn story(outcome: &Outcome, depth: Depth, look: Look) -> String {
    let mut page = Page::new(look);
    opening(&mut page, outcome);
    tell(&mut page, outcome, depth);
    closing(&mut page, outcome);
    page.finish()
}

fn opening(page: &mut Page, outcome: &Outcome) {
    page.line(Ink::Strong, &outcome.scenario);
    if let Some(document) = &outcome.document {
        page.line(Ink::Plain, &format!("after “{document}”"));
    }
    page.line(Ink::Dim, &format!("seed {}, starts {}", outcome.seed, outcome.trace.start));
    if !outcome.without.is_empty() {
        let rules: Vec<&str> = outcome.without.iter().map(|rule| rule.as_str()).collect();
        page.line(Ink::Warning, &format!("without {}", rules.join(", ")));
    }
    page.line(Ink::Dim, "✓ allowed   ~ not met, goes on   ✗ refused   ! not met, suspended by --without");
}

fn tell(page: &mut Page, outcome: &Outcome, depth: Depth) {
    let trace = &outcome.trace;
    if trace.events.first().is_some_and(|event| event.step.is_none() && shows(event, depth)) {
        page.gap();
        page.heading("the hosts start");
    }
    let last = tell_events(page, outcome, depth, trace.events.iter());
    close_step(page, outcome, last);
}

/// The events of one step, counted from 0, without its name and without what came of it.
pub fn step(page: &mut Page, outcome: &Outcome, step: u32, depth: Depth) {
    let begins = |event: &&Event| matches!(event.happening, Happening::StepBegan { .. });
    tell_events(page, outcome, depth, outcome.trace.step(step).filter(|event| !begins(event)));
}

/// Tells events in order, and gives back the step that is left to be closed.
fn tell_events<'t>(
    page: &mut Page,
    outcome: &'t Outcome,
    depth: Depth,
    events: impl Iterator<Item = &'t Event>,
) -> Option<u32> {
    let trace = &outcome.trace;
    let columns = Columns::fit(trace, depth);
    let events: Vec<&Event> = events.collect();
    let rounds = Rounds::of(&events, trace, depth);
    let mut fold = Fold::default();
    let mut passed = Passed::default();
    let mut step = None;
    for event in events {
        if let Some(note) = rounds.note(event) {
            fold.unfold(page, &columns, None);
            columns.note(page, (Ink::Dim, "≈"), None, Ink::Plain, note);
        }
        if rounds.pass_over(event) {
            continue;
        }
        if depth == Depth::Application && passed.take(event) {
            continue;
        }
        for event in passed.unfold(page, &columns) {
            line::tell(page, &columns, trace, event, depth);
        }
        if let Happening::StepBegan { name, action } = &event.happening {
            fold.unfold(page, &columns, None);
            fold = Fold::default();
            close_step(page, outcome, step);
            step = event.step;
            page.gap();
            page.heading(&format!("{}. {name}", step.unwrap_or_default() + 1));
            page.row(&[], 0, Ink::Plain, action);
            page.gap();
        } else if shows(event, depth) {
            if !is_lookup(event) {
                fold.unfold(page, &columns, event.host.as_ref());
            }
            line::tell(page, &columns, trace, event, depth);
        } else {
            fold.take(event);
        }
    }
    for event in passed.unfold(page, &columns) {
        line::tell(page, &columns, trace, event, depth);
    }
    fold.unfold(page, &columns, None);
    step
}

/// What came of a step, in one line below it.
fn close_step(page: &mut Page, outcome: &Outcome, step: Option<u32>) {
    let Some(outcome) = outcome.steps.iter().find(|outcome| Some(outcome.index) == step) else { return };
    let Some(asked) = &outcome.asked else { return };
    let mut text = in_words(asked);
    if !asked.visits.is_empty() {
        let visits: Vec<&str> = asked.visits.iter().map(|host| host.as_str()).collect();
        text.push_str(&format!("; visited {}", visits.join(", ")));
    }
    page.gap();
    page.row(&[], 2, if asked.granted { Ink::Good } else { Ink::Bad }, &text);
}

/// The answer to a request: `refused by adfs.token-time at ws`.
pub fn in_words(asked: &Asked) -> String {
    let mut text = match (&asked.identity, &asked.rule) {
        (Some(identity), _) if asked.granted => format!("granted, as {identity}"),
        (None, _) if asked.granted => "granted".to_owned(),
        (_, Some(rule)) => format!("refused by {rule}"),
        (_, None) => "refused".to_owned(),
    };
    if let (false, Some(at)) = (asked.granted, &asked.at) {
        text.push_str(&format!(" at {at}"));
    }
    text
}

/// Whether an event has a line of its own at this depth.
fn shows(event: &Event, depth: Depth) -> bool {
    if depth == Depth::All {
        return true;
    }
    match &event.happening {
        Happening::Sent(sent) => !is_transport(sent),
        Happening::Connection(connection) => connection.outcome.is_err(),
        Happening::Verdict(verdict) => verdict.ruling != Ruling::Allowed || fold::is_told(&verdict.rule),
        _ => true,
    }
}

/// Whether a message only carries others: the handshakes below an application's protocol.
fn is_transport(sent: &Sent) -> bool {
    matches!(&*sent.protocol, "TLS" | "TCP")
}

/// Whether an event belongs to the look-up of a name, which comes before the connection it is for.
fn is_lookup(event: &Event) -> bool {
    matches!(&event.happening, Happening::Sent(sent) if sent.protocol == "DNS")
}

/// The message of this number, where the trace holds one.
fn message(trace: &Trace, number: u64) -> Option<(&Event, &Sent)> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let event = trace.events.get(index)?;
    match &event.happening {
        Happening::Sent(sent) => Some((event, sent)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
