//! The why-tree for programs: one JSON object.

use serde_json::{Value, json};

use super::tree::{Decision, Exchange, Reason, Why};
use crate::trace::{Event, Happening};
use crate::view::phrase::phrase;

/// The why-tree as one object.
///
/// It holds `step` (from 1), `name`, `action`, `asker`, `answer` (`granted`, `identity`, `shown`,
/// `event`), `decisive` (a decision, or null) and `reasons`. A reason has a `kind`:
///
/// - `decision`: `event`, `at`, `rule`, `title`, `ruling`, `who`, `on`, `facts` (each `name` and `value`),
///   `source`, `remedy`, and where it relied on what was there before the step, `since` (`event`, `step`,
///   `text`);
/// - `line` of the document: `event`, `at`, `number`, `text`;
/// - `exchange`: `event`, `from`, `to`, `protocol`, `port`, `asks`, `answer` (`event`, `text`, or null),
///   `reached` (decisions), `reasons`.
pub fn render(why: &Why<'_>) -> Value {
    json!({
        "step": why.step + 1,
        "name": why.name,
        "action": why.action,
        "asker": why.asker,
        "answer": {
            "granted": why.answer.granted,
            "identity": why.answer.identity,
            "shown": why.answer.shown,
            "event": why.answered,
        },
        "decisive": why.decisive().as_ref().map(decision),
        "reasons": why.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn reason(reason: &Reason<'_>) -> Value {
    match reason {
        Reason::Decision(one) => decision(one),
        Reason::Line(one) => json!({
            "kind": "line", "event": one.event.number, "at": one.event.host,
            "number": one.line.number, "text": one.line.text,
        }),
        Reason::Exchange(one) => exchange(one),
    }
}

/// A decision as an object.
pub fn decision(decision: &Decision<'_>) -> Value {
    let verdict = decision.verdict;
    let mut value = json!({
        "kind": "decision",
        "event": decision.event.number,
        "at": verdict.at,
        "rule": verdict.rule,
        "title": decision.rule.map(|rule| rule.title),
        "ruling": verdict.ruling,
        "who": verdict.who,
        "on": verdict.on,
        "facts": verdict.facts,
        "source": decision.rule.map(|rule| rule.source),
        "remedy": decision.rule.map(|rule| rule.remedy),
    });
    if let Some(since) = decision.since {
        let step = since.step.map(|step| step + 1);
        value["since"] = json!({ "event": since.number, "step": step, "text": phrase(since) });
    }
    value
}

fn exchange(exchange: &Exchange<'_>) -> Value {
    json!({
        "kind": "exchange",
        "event": exchange.event.number,
        "from": exchange.from,
        "to": exchange.to,
        "protocol": exchange.question.protocol,
        "port": exchange.question.port,
        "asks": exchange.question.title,
        "answer": exchange.answer.map(answer),
        "reached": exchange.reached.iter().map(decision).collect::<Vec<_>>(),
        "reasons": exchange.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn answer(event: &Event) -> Value {
    let text = match &event.happening {
        Happening::Sent(sent) => sent.title.to_string(),
        _ => phrase(event),
    };
    json!({ "event": event.number, "text": text })
}
