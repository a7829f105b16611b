//! A difference for programs: one JSON object.

use serde_json::{Map, Value, json};

use super::Difference;
use crate::trace::compare::{Answer, Decided, Side, Spoken};

/// The difference as one object: `before`, `after`, `verdict`, `same` (an object of the parts), `lost`
/// and `won` (names of steps), `answers`, `decisions`, `messages`, `timing`, `topology`, and `first`, where
/// the two part: an event of each, the message that caused it, and whether only times differ.
pub fn difference(difference: &Difference<'_>) -> Value {
    let Difference { before, after, comparison, review } = difference;
    let same: Map<String, Value> =
        comparison.parts.iter().map(|(name, same)| ((*name).to_owned(), json!(same))).collect();
    let answers = comparison.answers.iter().map(|change| {
        let (before, after) = (change.before.as_ref().map(answer), change.after.as_ref().map(answer));
        json!({ "step": change.step, "before": before, "after": after })
    });
    let decisions = comparison.decisions.iter().map(|change| {
        let Decided { step, at, rule, ruling, about: (who, on) } = &change.what;
        json!({
            "step": step.as_ref().map(|(_, name)| name), "at": at, "rule": rule, "ruling": ruling,
            "who": who, "on": on, "only": side(change.only), "times": change.times,
        })
    });
    let topology =
        comparison.topology.iter().map(|change| json!({ "line": change.what, "only": side(change.only) }));
    let first = comparison.first.as_ref().map(|parting| {
        json!({
            "before": parting.before, "after": parting.after, "cause": parting.cause,
            "only_time": parting.only_time,
        })
    });
    let messages = comparison.messages.iter().map(|change| {
        let Spoken { step, from, to, protocol } = &change.what;
        json!({
            "step": step.as_ref().map(|(_, name)| name), "from": from, "to": to,
            "protocol": protocol, "only": side(change.only), "times": change.times,
        })
    });
    let timing = json!({
        "moved": comparison.timing.moved,
        "later_in_microseconds": comparison.timing.later.as_micros(),
    });
    json!({
        "before": before,
        "after": after,
        "verdict": review.verdict.words().0,
        "same": same,
        "lost": review.lost,
        "won": review.won,
        "answers": answers.collect::<Vec<_>>(),
        "decisions": decisions.collect::<Vec<_>>(),
        "messages": messages.collect::<Vec<_>>(),
        "timing": timing,
        "topology": topology.collect::<Vec<_>>(),
        "first": first,
    })
}

fn answer(answer: &Answer) -> Value {
    let (rule, at) = answer.refused_by.as_ref().map(|(rule, at)| (rule, at)).unzip();
    json!({ "granted": answer.granted, "identity": answer.identity, "rule": rule, "at": at })
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Before => "before",
        Side::After => "after",
    }
}
