//! A sequence diagram in Mermaid, which GitHub and GitLab draw in Markdown.

use std::fmt::Write as _;

use super::{Mark, Row, RowKind, Sequence};

/// The longest text of a label; the rest is cut, as Mermaid does not wrap arrows.
const LABEL: usize = 90;
/// The longest diagram that GitHub draws.
const LIMIT: usize = 50_000;

/// The diagram, never longer than GitHub draws: rows that do not fit are left out and counted.
pub fn render(sequence: &Sequence<'_>) -> String {
    let mut out = String::from("sequenceDiagram\n");
    let mut column = 0;
    for (place, count) in sequence.groups() {
        line(
            &mut out,
            format_args!("box transparent {}", escaped(if place.is_empty() { "nowhere" } else { place })),
        );
        for index in column..column + count {
            let host = &sequence.columns[index].host;
            line(&mut out, format_args!("    participant h{index} as {}", escaped(host.as_str())));
        }
        line(&mut out, format_args!("end"));
        column += count;
    }
    let mut left_out = sequence.left_out;
    for (index, row) in sequence.rows.iter().enumerate() {
        let drawn = draw(sequence, row);
        if out.len() + drawn.len() + 200 > LIMIT {
            left_out += sequence.rows[index..].iter().filter(|row| is_message(row)).count();
            break;
        }
        out.push_str(&drawn);
    }
    if left_out > 0 {
        across(&mut out, sequence, &format!("{left_out} more messages are left out"));
    }
    out
}

fn is_message(row: &Row<'_>) -> bool {
    matches!(row.kind, RowKind::Message { .. })
}

fn draw(sequence: &Sequence<'_>, row: &Row<'_>) -> String {
    let mut out = String::new();
    let times = if row.times > 1 { format!(" ({} times)", row.times) } else { String::new() };
    match &row.kind {
        RowKind::Step { name, .. } => across(&mut out, sequence, &format!("{name}{times}")),
        RowKind::Message { from, to, sent, lost } => {
            let arrow = if lost.is_some() { "-x" } else { "->>" };
            let why = lost.map(|why| format!(" (lost: {why})")).unwrap_or_default();
            let text = label(&format!("{} {} {}{why}{times}", row.event.number, sent.protocol, sent.title));
            line(&mut out, format_args!("h{from}{arrow}h{to}: {text}"));
        }
        RowKind::Note { at, mark, text } => {
            let text = label(&format!("{} {text}{times}", mark.sign()));
            match at {
                Some(at) if *mark == Mark::Refused => {
                    line(&mut out, format_args!("rect rgba(200, 40, 40, 0.25)"));
                    line(&mut out, format_args!("    Note over h{at}: {text}"));
                    line(&mut out, format_args!("end"));
                }
                Some(at) => line(&mut out, format_args!("Note over h{at}: {text}")),
                None => across(&mut out, sequence, &text),
            }
        }
    }
    out
}

/// A note across all columns.
fn across(out: &mut String, sequence: &Sequence<'_>, text: &str) {
    let last = sequence.columns.len().saturating_sub(1);
    let span = if last == 0 { "h0".to_owned() } else { format!("h0,h{last}") };
    line(out, format_args!("Note over {span}: {}", label(text)));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "    {text}").expect("a String takes every text");
}

fn label(text: &str) -> String {
    let mut short: String = text.chars().take(LABEL).collect();
    if text.chars().nth(LABEL).is_some() {
        short.push('…');
    }
    escaped(&short)
}

/// A text in which nothing means anything to Mermaid: it writes entities with `#`, a semicolon ends a
/// statement.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace(['\n', '\r'], " ").replace(';', "#59;").replace("#35#59;", "#35;")
}
