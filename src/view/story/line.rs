//! How one event reads: a numbered line for a message, a marked line below it for what a host
//! decided, kept, logged or saw.

use super::{Depth, message, shows};
use crate::name::HostName;
use crate::rule;
use crate::time::Span;
use crate::trace::{Conclusion, Connection, Detail, Event, Happening, Ruling, Sent, Trace, Verdict};
use crate::view::page::{Cell, Ink, Page, padded, width};

/// Where the columns of the story stand, in characters.
pub struct Columns {
    number: usize,
    time: usize,
    host: usize,
    protocol: usize,
}

impl Columns {
    /// Columns wide enough for every line that will be told.
    pub fn fit(trace: &Trace, depth: Depth) -> Self {
        let mut columns = Self { number: 1, time: 5, host: 1, protocol: 1 };
        for event in trace.events.iter().filter(|event| shows(event, depth)) {
            let mut hosts = vec![event.host.as_ref()];
            match &event.happening {
                Happening::Sent(sent) => {
                    columns.number = columns.number.max(event.number.to_string().len());
                    columns.time = columns.time.max(since_start(event.at - trace.start).len());
                    columns.protocol = columns.protocol.max(width(&spoken(sent)));
                    hosts.push(Some(&sent.to));
                }
                Happening::Verdict(verdict) => hosts.push(Some(&verdict.at)),
                _ => {}
            }
            let widest = hosts.into_iter().flatten().map(|host| width(host.as_str())).max();
            columns.host = columns.host.max(widest.unwrap_or_default());
        }
        columns
    }

    /// Where notes begin.
    fn indent(&self) -> usize {
        self.number + self.time + 4
    }

    /// A line below a message: a mark, the host, and a text that wraps under itself.
    pub fn note(&self, page: &mut Page, mark: (Ink, &str), host: Option<&HostName>, ink: Ink, text: &str) {
        let host = host.map(HostName::as_str).unwrap_or_default();
        let lead = [
            (Ink::Plain, " ".repeat(self.indent())),
            (mark.0, format!("{} ", mark.1)),
            (Ink::Name, format!("{}  ", padded(host, self.host))),
        ];
        page.row(&lead, self.indent() + self.host + 4, ink, text);
    }

    /// A further line of a note.
    fn more(&self, page: &mut Page, ink: Ink, text: &str) {
        let hang = self.indent() + self.host + 4;
        page.row(&[(Ink::Plain, " ".repeat(hang))], hang, ink, text);
    }
}

/// Tells one event.
pub fn tell(page: &mut Page, columns: &Columns, trace: &Trace, event: &Event, depth: Depth) {
    let host = event.host.as_ref();
    let mut note =
        |ink: Ink, mark: &str, text: String| columns.note(page, (ink, mark), host, Ink::Plain, &text);
    match &event.happening {
        Happening::StepBegan { .. } => {}
        Happening::Sent(sent) => tell_message(page, columns, trace, event, sent, depth),
        Happening::Lost(loss) => {
            let what = match message(trace, loss.message) {
                Some((_, sent)) => format!("message {} to {} is lost", loss.message, sent.to),
                None => format!("message {} is lost", loss.message),
            };
            note(Ink::Bad, "×", format!("{what}: {}", loss.why));
        }
        Happening::Connection(connection) => tell_connection(&mut note, connection),
        Happening::Document(line) => note(Ink::Strong, "§", format!("{}: {}", line.number, line.text)),
        Happening::Verdict(verdict) => tell_verdict(page, columns, verdict, depth),
        Happening::State(change) => match &change.value {
            Some(value) => note(Ink::Name, "+", format!("{}: {} = {value}", change.store, change.item)),
            None => note(Ink::Name, "-", format!("{}: {} is gone", change.store, change.item)),
        },
        Happening::Log(entry) => {
            let id = entry.id.map(|id| format!(" {id}")).unwrap_or_default();
            note(Ink::Dim, "#", format!("{} log{id}: {}", entry.log, entry.text));
        }
        Happening::Truth(truth) => note(Ink::Warning, "=", format!("in truth: {}", truth.text)),
        Happening::Conclusion(conclusion) => tell_conclusion(page, columns, event, conclusion, depth),
        Happening::Fault { name, what } => note(Ink::Warning, "*", format!("fault “{name}”: {what}")),
    }
}

fn tell_message(page: &mut Page, columns: &Columns, trace: &Trace, event: &Event, sent: &Sent, depth: Depth) {
    let from = event.host.as_ref().map(HostName::as_str).unwrap_or_default();
    let number = event.number.to_string();
    let time = since_start(event.at - trace.start);
    let lead: [Cell; 5] = [
        (Ink::Dim, format!("{number:>0$}  {time:>1$}  ", columns.number, columns.time)),
        (Ink::Name, padded(from, columns.host)),
        (Ink::Plain, " → ".to_owned()),
        (Ink::Name, format!("{}  ", padded(sent.to.as_str(), columns.host))),
        (Ink::Dim, format!("{}  ", padded(&spoken(sent), columns.protocol))),
    ];
    let hang = lead.iter().map(|(_, text)| width(text)).sum();
    page.row(&lead, hang, Ink::Plain, &sent.title);
    if depth == Depth::All {
        let under_way = sent.latency.map(|span| format!("{span} under way, ")).unwrap_or_default();
        let because = event.cause.map(|cause| format!(", because of {cause}")).unwrap_or_default();
        let carriage =
            format!("{under_way}{} {} bytes, digest {}{because}", sent.transport, sent.size, sent.digest);
        columns.more(page, Ink::Dim, &carriage);
        for detail in &sent.details {
            columns.more(page, Ink::Dim, &format!("{}: {}", detail.name, detail.value));
        }
    }
}

fn tell_connection(note: &mut impl FnMut(Ink, &str, String), connection: &Connection) {
    let name = connection.name.as_ref().map(|name| name.as_str());
    let to = match (name, &connection.to) {
        (Some(name), Some(to)) => format!("{name} ({to})"),
        (Some(name), None) => name.to_owned(),
        (None, Some(to)) => to.to_string(),
        (None, None) => "an unknown host".to_owned(),
    };
    match &connection.outcome {
        Ok(()) => note(Ink::Dim, "·", format!("connects to {to}, port {}", connection.port)),
        Err(why) => note(Ink::Bad, "×", format!("cannot connect to {to}, port {}: {why}", connection.port)),
    }
}

/// A decision; at the usual depth one that allows is told without what it looked at.
fn tell_verdict(page: &mut Page, columns: &Columns, verdict: &Verdict, depth: Depth) {
    let (ink, mark, word) = match verdict.ruling {
        Ruling::Allowed => (Ink::Good, "✓", ""),
        Ruling::Curtailed => (Ink::Warning, "~", ", not met"),
        Ruling::Refused => (Ink::Bad, "✗", ", refused"),
        Ruling::Suspended => (Ink::Warning, "!", ", not met but suspended"),
    };
    let rule = rule::find(verdict.rule.as_str());
    let title = rule.map(|rule| rule.title).unwrap_or_default();
    let body = if verdict.ruling == Ruling::Refused { Ink::Bad } else { Ink::Plain };
    let text = format!("{}{word}: {title}", verdict.rule);
    columns.note(page, (ink, mark), Some(&verdict.at), body, &text);
    if verdict.ruling == Ruling::Allowed && depth != Depth::All {
        return;
    }
    let mut facts = Vec::new();
    match (&*verdict.who, &*verdict.on) {
        ("", "") => {}
        ("", on) => facts.push(format!("on {on}")),
        (who, "") => facts.push(who.to_owned()),
        (who, on) => facts.push(format!("{who} on {on}")),
    }
    facts.extend(verdict.facts.iter().map(fact));
    if !facts.is_empty() {
        columns.more(page, Ink::Dim, &facts.join(" · "));
    }
    if let (Ruling::Refused, Some(rule)) = (verdict.ruling, rule) {
        columns.more(page, Ink::Plain, &format!("remedy: {}", rule.remedy));
    }
}

fn tell_conclusion(page: &mut Page, columns: &Columns, event: &Event, conclusion: &Conclusion, depth: Depth) {
    let ink = if conclusion.granted { Ink::Good } else { Ink::Bad };
    let identity = conclusion.identity.as_ref().map(|who| format!(" (as {who})")).unwrap_or_default();
    let text = format!("sees: {}{identity}", conclusion.shown);
    columns.note(page, (ink, "»"), event.host.as_ref(), ink, &text);
    if depth == Depth::All {
        columns.more(page, Ink::Dim, &format!("asked for {}", conclusion.asked));
        for detail in &conclusion.details {
            columns.more(page, Ink::Dim, &fact(detail));
        }
    }
}

/// A fact as name and value.
pub fn fact(detail: &Detail) -> String {
    format!("{} {}", detail.name, detail.value)
}

/// The protocol with its port, `HTTP/TLS 443`.
fn spoken(sent: &Sent) -> String {
    let secured = if sent.secured && sent.protocol != "TLS" { "/TLS" } else { "" };
    format!("{}{secured} {}", sent.protocol, sent.port)
}

/// Time since the start of the run, to the millisecond: `0.031`, `5:00.031`, `2d 1:05:00.031`.
pub fn since_start(span: Span) -> String {
    let millis = span.as_micros().div_euclid(1_000);
    let (seconds, millis) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    let (minutes, second) = (seconds.div_euclid(60), seconds.rem_euclid(60));
    let (hours, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    let (days, hour) = (hours.div_euclid(24), hours.rem_euclid(24));
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{second}.{millis:03}"),
        (0, 0, _) => format!("{minute}:{second:02}.{millis:03}"),
        (0, _, _) => format!("{hour}:{minute:02}:{second:02}.{millis:03}"),
        _ => format!("{days}d {hour}:{minute:02}:{second:02}.{millis:03}"),
    }
}
