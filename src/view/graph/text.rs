//! The trust graph in words: each arrow read both ways.

use super::{kind, label};
use crate::trust::{Arrow, ForestTrustInfo, SuffixState, TrustGraph};
use crate::view::page::{Ink, Look, Page, counted};

/// Every arrow in words, then those whom nobody trusts and who trust nobody.
pub fn render(graph: &TrustGraph, look: Look) -> String {
    let mut page = Page::new(look);
    let arrows = graph.arrows();
    for arrow in &arrows {
        tell(&mut page, arrow);
        page.gap();
    }
    for node in graph.nodes().filter(|node| graph.arrows_of(node).is_empty()) {
        page.row(&[], 4, Ink::Dim, &format!("{} {node}: neither trusts nor is trusted", kind(node)));
    }
    page.gap();
    page.line(Ink::Dim, &counted(arrows.len(), "trust"));
    page.finish()
}

fn tell(page: &mut Page, arrow: &Arrow<'_>) {
    let indent = [(Ink::Plain, "    ".to_owned())];
    page.row(&[], 4, Ink::Name, &arrow.trusts());
    page.row(&indent, 4, Ink::Plain, &arrow.lets_in());
    let transitive = if arrow.trust.transitive { ", transitive" } else { "" };
    page.row(&indent, 4, Ink::Dim, &format!("{}{transitive}", label(arrow)));
    if let Some(accepts) = &arrow.trust.accepts {
        page.row(&indent, 4, Ink::Dim, &format!("names that it accepts: {}", names(accepts)));
    }
    if let Some(why) = &arrow.trust.broken {
        page.row(&indent, 4, Ink::Bad, &format!("✗ nothing goes this way: {why}"));
    }
}

/// The suffixes of a forest trust, each with what keeps it from being routed.
fn names(info: &ForestTrustInfo) -> String {
    let suffixes = info.suffixes.iter().map(|suffix| {
        let state = match suffix.state {
            SuffixState::Enabled => "",
            SuffixState::New => " (not enabled yet)",
            SuffixState::Disabled => " (disabled)",
            SuffixState::Conflict => " (in conflict)",
        };
        format!("*.{}{state}", suffix.name)
    });
    let exclusions = info.exclusions.iter().map(|name| format!("not *.{name}"));
    suffixes.chain(exclusions).collect::<Vec<_>>().join(", ")
}
