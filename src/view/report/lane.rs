//! The drawings of the sequence diagram: the head with the hosts, the lines below them, and for each
//! event a row. Positions are whole numbers; every protocol has a colour and a stroke of its own, and is
//! named on its arrow.

use maud::{Markup, html};

use super::columns::Columns;
use crate::trace::{Event, Happening, Ruling, Verdict};
use crate::view::text::cut;

/// The width of a column.
const COLUMN: usize = 104;
/// The height of a row.
const ROW: usize = 34;
/// The height of the head.
const HEAD: usize = 68;
/// How wide a letter is, on the safe side.
const LETTER: usize = 6;

/// The protocols that have a stroke of their own; what the others share is told by their names.
const STROKES: [&str; 10] =
    ["HTTP", "SOAP", "EWS", "MAPI", "Kerberos", "LDAP", "Netlogon", "RPC", "DNS", "TLS"];

/// The class by which a protocol has its colour and its stroke.
pub fn stroke(protocol: &str) -> String {
    match STROKES.contains(&protocol) {
        true => protocol.to_lowercase(),
        false => "other".to_owned(),
    }
}

/// The x of the middle of a column.
fn middle(column: usize) -> usize {
    column * COLUMN + COLUMN / 2
}

/// How wide the diagram is.
pub fn width(columns: &Columns) -> usize {
    columns.hosts.len().max(1) * COLUMN
}

/// The head: forests, zones and hosts.
pub fn head(columns: &Columns) -> Markup {
    html! {
        svg class="heads" width=(width(columns)) height=(HEAD) role="img" aria-label=(spoken(columns)) {
            @for (forest, left, count) in spans(&columns.forests) {
                rect class="forest" x=(left * COLUMN + 2) y="2" width=(count * COLUMN - 4) height=(HEAD) rx="6" {}
                @let label = if forest.is_empty() { "in no forest".to_owned() } else { format!("forest {forest}") };
                text class="strong" x=(left * COLUMN + 10) y="17" { title { (label) } (cut(&label, count * COLUMN / LETTER - 2)) }
            }
            @for (zone, left, count) in spans(&columns.zones) {
                text class="dim" x=(left * COLUMN + 10) y="34" { (cut(&format!("zone {zone}"), count * COLUMN / LETTER - 2)) }
            }
            @for (index, host) in columns.hosts.iter().enumerate() {
                rect class="host" x=(index * COLUMN + 5) y="42" width=(COLUMN - 10) height="22" rx="4" {}
                text class="strong" x=(middle(index)) y="57" text-anchor="middle" {
                    title { (host) }
                    (cut(host.as_str(), COLUMN / LETTER - 1))
                }
            }
        }
    }
}

/// The lines below the hosts, behind all rows.
pub fn lines(columns: &Columns) -> Markup {
    html! {
        svg class="lines" width=(width(columns)) height="100%" aria-hidden="true" {
            @for (_, left, count) in spans(&columns.forests) {
                rect class="forest" x=(left * COLUMN + 2) y="0" width=(count * COLUMN - 4) height="100%" {}
            }
            @for index in 0..columns.hosts.len() {
                line class="life" x1=(middle(index)) x2=(middle(index)) y1="0" y2="100%" {}
            }
        }
    }
}

fn spoken(columns: &Columns) -> String {
    let hosts: Vec<&str> = columns.hosts.iter().map(|host| host.as_str()).collect();
    format!("Columns: {}", hosts.join(", "))
}

/// Groups with the column at which each begins.
fn spans(groups: &[(String, usize)]) -> impl Iterator<Item = (&str, usize, usize)> {
    let mut next = 0;
    groups.iter().map(move |(name, count)| {
        let left = next;
        next += count;
        (name.as_str(), left, *count)
    })
}

/// The row of an event. A message that is lost ends half-way.
pub fn row(columns: &Columns, event: &Event, lost: bool) -> Markup {
    let width = width(columns);
    html! {
        svg class="lane" width=(width) height=(ROW) aria-hidden="true" { (mark(columns, event, lost, width)) }
    }
}

fn mark(columns: &Columns, event: &Event, lost: bool, width: usize) -> Markup {
    let own = event.host.as_ref().and_then(|host| columns.find(host));
    match &event.happening {
        Happening::Sent(sent) => match (own, columns.find(&sent.to)) {
            (Some(from), Some(to)) => arrow([from, to], &sent.protocol, &sent.title, lost),
            _ => html! {},
        },
        Happening::Verdict(verdict) => decision(columns, verdict, width),
        Happening::Connection(connection) => match (&connection.outcome, own) {
            (Ok(()), Some(at)) => sign(at, "quiet", "·"),
            (Err(_), Some(at)) => sign(at, "refused", "×"),
            _ => html! {},
        },
        Happening::Document(line) => {
            own.map_or(html! {}, |at| pill(at, "document", &format!("§ {}", line.number)))
        }
        Happening::State(change) => {
            own.map_or(html! {}, |at| sign(at, "state", if change.value.is_some() { "+" } else { "−" }))
        }
        Happening::Log(_) => own.map_or(html! {}, |at| sign(at, "quiet", "#")),
        Happening::Truth(_) => own.map_or(html! {}, |at| sign(at, "warning", "=")),
        Happening::Conclusion(conclusion) => match (conclusion.granted, own) {
            (true, Some(at)) => pill(at, "granted", "✓ granted"),
            (false, Some(at)) => pill(at, "refused", "✗ refused"),
            _ => html! {},
        },
        Happening::Fault { name, .. } => bar("warning", &format!("* fault “{name}”"), None, width),
        Happening::Lost(_) => own.map_or(html! {}, |at| sign(at, "refused", "×")),
        Happening::StepBegan { .. } => html! {},
    }
}

/// A decision; a refusal is a bar across all columns, which nobody should read past.
fn decision(columns: &Columns, verdict: &Verdict, width: usize) -> Markup {
    let at = columns.find(&verdict.at);
    match (verdict.ruling, at) {
        (Ruling::Refused, at) => bar("refused", &format!("✗ refused by {}", verdict.rule), at, width),
        (Ruling::Allowed, Some(at)) => sign(at, "granted", "✓"),
        (Ruling::Curtailed, Some(at)) => sign(at, "warning", "~"),
        (Ruling::Suspended, Some(at)) => sign(at, "warning", "!"),
        (_, None) => html! {},
    }
}

fn arrow([from, to]: [usize; 2], protocol: &str, title: &str, lost: bool) -> Markup {
    let (start, end) = (middle(from), middle(to));
    let class = format!("mark {}", stroke(protocol));
    if from == to {
        return html! { g class=(class) {
            path class="way" d={ "M" (start) " 16h26v10H" (start + 9) } {}
            path class="tip" d={ "M" (start + 1) " 26l9 -5v10z" } {}
            text x=(start + 32) y="24" { (protocol) }
        } };
    }
    let rightwards = end > start;
    let stop = if lost { (start + end) / 2 } else { end };
    let (tail, point, back) = if rightwards { (stop - 8, stop - 1, "-9") } else { (stop + 8, stop + 1, "9") };
    let left = start.min(stop) + 7;
    let room = (start.abs_diff(stop).saturating_sub(16)) / LETTER;
    html! { g class=(class) {
        path class="way" d={ "M" (start) " 25H" (tail) } {}
        @if lost {
            text class="strong" x=(stop) y="30" text-anchor="middle" { "✗" }
        } @else {
            path class="tip" d={ "M" (point) " 25l" (back) " -5v10z" } {}
        }
        text x=(left) y="17" { (cut(&format!("{protocol} {title}"), room)) }
    } }
}

/// A small sign on the line of a host.
fn sign(at: usize, class: &str, sign: &str) -> Markup {
    html! { g class={ "mark " (class) } {
        circle cx=(middle(at)) cy="17" r="9" {}
        text class="strong" x=(middle(at)) y="21" text-anchor="middle" { (sign) }
    } }
}

/// A sign with a word.
fn pill(at: usize, class: &str, words: &str) -> Markup {
    let words = cut(words, COLUMN / LETTER);
    let wide = words.chars().count() * (LETTER + 1) + 12;
    let left = middle(at).saturating_sub(wide / 2);
    html! { g class={ "mark " (class) } {
        rect x=(left) y="6" width=(wide) height="22" rx="5" {}
        text class="strong" x=(left + wide / 2) y="21" text-anchor="middle" { (words) }
    } }
}

/// A bar across all columns: its words at the left, a sign on the line of the host.
fn bar(class: &str, words: &str, at: Option<usize>, width: usize) -> Markup {
    let sign = words.chars().next().unwrap_or_default();
    html! { g class={ "mark " (class) } {
        rect class="bar" x="2" y="4" width=(width.saturating_sub(4)) height="26" rx="4" {}
        text class="strong" x="12" y="21" { (words) }
        @if let Some(at) = at {
            circle cx=(middle(at)) cy="17" r="9" {}
            text class="strong" x=(middle(at)) y="21" text-anchor="middle" data-at="" { (sign) }
        }
    } }
}
