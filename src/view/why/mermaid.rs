//! The why-tree as a Mermaid flowchart, which GitHub and GitLab draw in Markdown: one box for each
//! server that was asked, in the order of asking, with what it decided.

use std::fmt::Write as _;

use super::tree::{Decision, Reason, Why, links, own_decisions, sign};
use crate::name::HostName;
use crate::trace::Ruling;

/// How many boxes are drawn; GitHub draws no more than 500 arrows, and nobody reads that many.
const BOXES: usize = 60;
/// How many decisions a box names before it counts the rest.
const NAMED: usize = 4;
/// The longest text of a label; the rest is cut.
const LABEL: usize = 70;

/// The flowchart.
pub fn render(why: &Why<'_>) -> String {
    let mut chart = Chart { text: String::from("flowchart TD\n"), boxes: 0, left_out: 0 };
    let decisive = why.decisive().map(|decision| decision.event.number);
    let own: Vec<Decision<'_>> = own_decisions(&why.reasons).collect();
    let person = chart.node(why.asker, why.action, &own, decisive);
    if let Some(person) = person {
        chart.asks(person, &why.reasons, decisive);
    }
    chart.end(why, decisive.is_some());
    chart.text
}

struct Chart {
    text: String,
    boxes: usize,
    left_out: usize,
}

impl Chart {
    /// Draws whom a server asked; what it asked the same other in a row is one box.
    fn asks(&mut self, from: usize, reasons: &[Reason<'_>], decisive: Option<u64>) {
        for link in links(reasons) {
            let Some(first) = link.first() else { continue };
            let decisions: Vec<Decision<'_>> = link.iter().flat_map(|one| one.decisions()).collect();
            let Some(node) = self.node(first.to, "", &decisions, decisive) else { continue };
            let times = if link.len() > 1 { format!(" and {} more", link.len() - 1) } else { String::new() };
            let question = first.question;
            let label = format!("{} {}: {}", first.event.number, question.protocol, question.title);
            self.line(format_args!("n{from} -->|\"{}{times}\"| n{node}", label_of(&label)));
            for exchange in link {
                self.asks(node, &exchange.reasons, decisive);
            }
        }
    }

    /// Draws a box, and returns its number; none where there are too many.
    fn node(
        &mut self,
        host: &HostName,
        first: &str,
        decisions: &[Decision<'_>],
        decisive: Option<u64>,
    ) -> Option<usize> {
        if self.boxes == BOXES {
            self.left_out += 1;
            return None;
        }
        let number = self.boxes;
        self.boxes += 1;
        let mut rows = vec![format!("<b>{}</b>", label_of(host.as_str()))];
        rows.extend((!first.is_empty()).then(|| label_of(first)));
        // What was not met is never among those that are only counted.
        let (met, other): (Vec<&Decision<'_>>, Vec<_>) = decisions
            .iter()
            .filter(|decision| !decision.only_reaches())
            .partition(|decision| decision.verdict.ruling == Ruling::Allowed);
        let skipped = met.len().saturating_sub(NAMED);
        let mut named: Vec<&Decision<'_>> = met[skipped..].iter().copied().chain(other).collect();
        named.sort_by_key(|decision| decision.event.number);
        rows.extend((skipped > 0).then(|| format!("✓ {skipped} more")));
        for decision in named {
            let Decision { event, verdict, .. } = decision;
            let rule = label_of(verdict.rule.as_str());
            rows.push(format!("{} {} {rule}", sign(verdict.ruling), event.number));
        }
        let class =
            if decisions.iter().any(|one| Some(one.event.number) == decisive) { ":::refused" } else { "" };
        self.line(format_args!("n{number}[\"{}\"]{class}", rows.join("<br/>")));
        Some(number)
    }

    fn end(&mut self, why: &Why<'_>, refused: bool) {
        let (mark, class) = if why.answer.granted { ("✓", "granted") } else { ("✗", "refused") };
        let text = label_of(&format!("{mark} {} {}", why.answered, why.answer.shown));
        self.line(format_args!("answer([\"{text}\"]):::{class}"));
        self.line(format_args!("n0 ==> answer"));
        if self.left_out > 0 {
            let count = self.left_out;
            self.line(format_args!("more[\"{count} more are left out\"]"));
        }
        if why.answer.granted {
            self.line(format_args!("classDef granted stroke:#2a7d2a,stroke-width:3px"));
        }
        if refused || !why.answer.granted {
            self.line(format_args!("classDef refused stroke:#c62828,stroke-width:3px,stroke-dasharray:6 3"));
        }
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        writeln!(self.text, "    {text}").expect("a String takes every text");
    }
}

/// A text between quotation marks, cut; Mermaid writes entities with `#`, and reads some HTML.
fn label_of(text: &str) -> String {
    let mut short: String = text.chars().take(LABEL).collect();
    if text.chars().nth(LABEL).is_some() {
        short.push('…');
    }
    short
        .replace('#', "#35;")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
        .replace('\\', "#92;")
        .replace(['\n', '\r'], " ")
}
