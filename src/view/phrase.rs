//! One event in one phrase, for lists, titles and comparisons.

use crate::name::HostName;
use crate::trace::{Event, Happening, Ruling};

/// What happened, with the host that it happened on: `ws → sally-laptop HTTP: 302 Found`.
pub fn phrase(event: &Event) -> String {
    let host = event.host.as_ref().map(HostName::as_str).unwrap_or("the run");
    match &event.happening {
        Happening::StepBegan { name, action } => format!("step “{name}”: {action}"),
        Happening::Sent(sent) => format!("{host} → {} {}: {}", sent.to, sent.protocol, sent.title),
        Happening::Lost(loss) => format!("message {} is lost: {}", loss.message, loss.why),
        Happening::Connection(connection) => {
            let to = connection.to.as_ref().map(HostName::as_str);
            let to = to.or(connection.name.as_ref().map(|name| name.as_str())).unwrap_or("nowhere");
            match &connection.outcome {
                Ok(()) => format!("{host} connects to {to}, port {}", connection.port),
                Err(why) => format!("{host} cannot connect to {to}, port {}: {why}", connection.port),
            }
        }
        Happening::Document(line) => format!("{host} § {}: {}", line.number, line.text),
        Happening::Verdict(verdict) => {
            let ruling = match verdict.ruling {
                Ruling::Allowed => "met",
                Ruling::Curtailed => "not met, goes on",
                Ruling::Refused => "refuses",
                Ruling::Suspended => "not met, but suspended",
            };
            let facts: Vec<String> =
                verdict.facts.iter().map(|fact| format!("{} {}", fact.name, fact.value)).collect();
            format!("{} at {} {ruling}: {}", verdict.rule, verdict.at, facts.join(", "))
        }
        Happening::State(change) => match &change.value {
            Some(value) => format!("{host} keeps {}: {} = {value}", change.store, change.item),
            None => format!("{host} keeps no longer {}: {}", change.store, change.item),
        },
        Happening::Log(entry) => format!("{host}, {} log: {}", entry.log, entry.text),
        Happening::Truth(truth) => format!("in truth: {}", truth.text),
        Happening::Conclusion(conclusion) => format!("{host} sees: {}", conclusion.shown),
        Happening::Fault { name, what } => format!("fault “{name}”: {what}"),
    }
}
