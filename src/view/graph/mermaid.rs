//! The trust graph as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

use std::fmt::Write as _;

use super::{label, short_names};
use crate::trust::{Node, TrustGraph};

/// A flowchart: arrows from the one who trusts; dotted where nothing goes that way for now.
pub fn render(graph: &TrustGraph) -> String {
    let names = short_names(graph);
    let mut out = String::from("flowchart LR\n");
    for (node, name) in &names {
        let (open, close) = shape(node);
        line(&mut out, format_args!("{name}{open}\"{}\"{close}", quoted(node.name())));
    }
    for arrow in graph.arrows() {
        let line_style = if arrow.trust.broken.is_some() { "-.->" } else { "-->" };
        let (from, to) = (&names[arrow.truster], &names[arrow.trusted]);
        line(&mut out, format_args!("{from} {line_style}|\"{}\"| {to}", quoted(&label(&arrow))));
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "    {text}").expect("a String takes every text");
}

fn shape(node: &Node) -> (&'static str, &'static str) {
    match node {
        Node::Domain(_) => ("[", "]"),
        Node::FederationService(_) => ("([", "])"),
        Node::Application(_) => ("[[", "]]"),
        Node::Certificate(_) => ("{{", "}}"),
        Node::Server(_) => ("[/", "/]"),
        Node::Account(_) => ("((", "))"),
        Node::Store(_) => ("[(", ")]"),
    }
}

/// A text between quotation marks; Mermaid writes entities with `#`.
fn quoted(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace(['\n', '\r'], " ")
}
