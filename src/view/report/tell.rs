//! How an event reads in the story: one sentence, and below it what it holds in detail.

use maud::{Markup, html};
use url::Url;

use super::lane::stroke;
use crate::rule;
use crate::trace::{Conclusion, Connection, Detail, Event, Happening, Ruling, Sent, StateChange, Verdict};

/// The kind of a row, for its looks.
pub fn class(event: &Event) -> String {
    match &event.happening {
        Happening::Sent(sent) => format!("message {}", stroke(&sent.protocol)),
        Happening::Verdict(verdict) => format!("verdict {}", ruling_class(verdict.ruling)),
        Happening::Document(_) => "document".to_owned(),
        Happening::State(_) => "state".to_owned(),
        Happening::Conclusion(conclusion) => match conclusion.granted {
            true => "conclusion granted".to_owned(),
            false => "conclusion refused".to_owned(),
        },
        Happening::Lost(_) => "loss refused".to_owned(),
        Happening::Connection(connection) if connection.outcome.is_err() => "loss refused".to_owned(),
        Happening::Fault { .. } | Happening::Truth(_) => "fault warning".to_owned(),
        _ => "note".to_owned(),
    }
}

fn ruling_class(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Allowed => "granted",
        Ruling::Curtailed | Ruling::Suspended => "warning",
        Ruling::Refused => "refused",
    }
}

/// The sentence of an event.
pub fn sentence(event: &Event) -> Markup {
    let host = event.host.as_ref().map(|host| host.as_str()).unwrap_or("the run");
    match &event.happening {
        Happening::StepBegan { name, .. } => html! { (name) },
        Happening::Sent(sent) => html! {
            b { (host) } " → " b { (sent.to) } " "
            span class={ "protocol " (stroke(&sent.protocol)) } { (sent.protocol) } " " (sent.title)
        },
        Happening::Lost(loss) => html! { "× message " (link(loss.message)) " is lost: " (loss.why) },
        Happening::Connection(connection) => connects(host, connection),
        Happening::Document(line) => html! { "§ " b { (host) } " " (line.text) " " small { (line.number) } },
        Happening::Verdict(verdict) => decides(verdict),
        Happening::State(change) => keeps(host, change),
        Happening::Log(entry) => html! {
            "# " b { (host) } ", " (entry.log) " log" @if let Some(id) = entry.id { " " (id) } ": " (entry.text)
        },
        Happening::Truth(truth) => html! { "= in truth: " (truth.text) },
        Happening::Conclusion(conclusion) => html! {
            @if conclusion.granted { "✓ " } @else { "✗ " }
            b { (host) } " sees: " (conclusion.shown)
            @if let Some(who) = &conclusion.identity { ", as " b { (who) } }
        },
        Happening::Fault { name, what } => html! { "* fault “" (name) "”: " (what) },
    }
}

fn connects(host: &str, connection: &Connection) -> Markup {
    let name = connection.name.as_ref().map(|name| name.as_str());
    let to = name.or(connection.to.as_ref().map(|to| to.as_str())).unwrap_or("an unknown host");
    html! {
        @match &connection.outcome {
            Ok(()) => { "· " b { (host) } " connects to " b { (to) } ", port " (connection.port) }
            Err(why) => { "× " b { (host) } " cannot connect to " b { (to) } ", port " (connection.port) ": " (why) }
        }
    }
}

fn decides(verdict: &Verdict) -> Markup {
    let (sign, words) = match verdict.ruling {
        Ruling::Allowed => ("✓", ""),
        Ruling::Curtailed => ("~", "not met, goes on: "),
        Ruling::Suspended => ("!", "not met, but suspended: "),
        Ruling::Refused => ("✗", "refuses: "),
    };
    let title = rule::find(verdict.rule.as_str()).map_or("", |rule| rule.title);
    html! { (sign) " " b { (verdict.at) } " " (words) (title) " " small { (verdict.rule) } }
}

fn keeps(host: &str, change: &StateChange) -> Markup {
    html! {
        @if change.value.is_some() { "+ " } @else { "− " }
        b { (host) } ", " span class="store" { (change.store) } ": " span class="item" { (change.item) }
        @match &change.value {
            Some(value) => { " = " span class="value" { (value) } }
            None => { " is gone" }
        }
    }
}

/// A link to an event.
pub fn link(number: u64) -> Markup {
    html! { a href={ "#e" (number) } { "event " (number) } }
}

/// What an event holds in detail; none where its sentence says all.
pub fn details(event: &Event) -> Option<Markup> {
    let own = match &event.happening {
        Happening::Sent(sent) => content(sent),
        Happening::Verdict(verdict) => grounds(verdict),
        Happening::Conclusion(conclusion) => answer(conclusion),
        _ => return None,
    };
    Some(own)
}

/// A message, decoded: its fields, and how it travelled.
fn content(sent: &Sent) -> Markup {
    let secured = if sent.secured { ", opaque to anyone else on the wire" } else { "" };
    html! {
        dl class="fields" {
            @for detail in &sent.details { (field(detail)) }
            dt { "carried by" }
            dd {
                (sent.transport) " port " (sent.port) (secured) ", " (sent.size) " bytes, digest " (sent.digest)
                @match sent.latency {
                    Some(latency) => { ", " (latency) " under way" }
                    None => { ", lost" }
                }
            }
        }
    }
}

/// A field; an address is taken apart into its parameters, and XML stands in a block of its own.
fn field(detail: &Detail) -> Markup {
    let parameters: Vec<(String, String)> =
        Url::parse(&detail.value).map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default();
    html! {
        dt { (detail.name) }
        @if detail.value.starts_with('<') {
            dd { details class="source" { summary { (detail.value.len()) " bytes of XML" } pre { (lines(&detail.value)) } } }
        } @else if parameters.is_empty() {
            dd { (detail.value) }
        } @else {
            dd {
                (detail.value.split('?').next().unwrap_or_default())
                dl { @for (name, value) in &parameters { dt { (name) } dd { (value) } } }
            }
        }
    }
}

/// XML with a line for each element, as far as it is easy: between a closing bracket and an opening one.
fn lines(xml: &str) -> String {
    xml.replace("><", ">\n<")
}

/// What a decision rests on.
fn grounds(verdict: &Verdict) -> Markup {
    let known = rule::find(verdict.rule.as_str());
    html! {
        dl class="fields" {
            @if !verdict.who.is_empty() { dt { "about" } dd { (verdict.who) } }
            @if !verdict.on.is_empty() { dt { "on" } dd { (verdict.on) } }
            @for fact in &verdict.facts { dt { (fact.name) } dd { (fact.value) } }
            dt { "rule" }
            dd { a href={ "#rule-" (verdict.rule) } { (verdict.rule) } }
            @if let (Ruling::Refused, Some(rule)) = (verdict.ruling, known) {
                dt { "source" } dd { (rule.source) }
                dt { "remedy" } dd { (rule.remedy) }
            }
        }
    }
}

fn answer(conclusion: &Conclusion) -> Markup {
    html! {
        dl class="fields" {
            dt { "asked for" } dd { (conclusion.asked) }
            @for detail in &conclusion.details { (field(detail)) }
        }
    }
}
