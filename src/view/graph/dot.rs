//! The trust graph in the language of Graphviz.

use std::fmt::Write as _;

use super::{kind, label, short_names};
use crate::trust::{Node, TrustGraph};

/// A directed graph: arrows from the one who trusts; dashed where nothing goes that way for now.
pub fn render(graph: &TrustGraph) -> String {
    let names = short_names(graph);
    let mut out = String::from("digraph trusts {\n    rankdir=LR;\n");
    for (node, name) in &names {
        let label = quoted(&format!("{}\n{}", kind(node), node.name()));
        line(&mut out, format_args!("{name} [label={label}, shape={}];", shape(node)));
    }
    for arrow in graph.arrows() {
        let style = if arrow.trust.broken.is_some() { ", style=dashed" } else { "" };
        let (from, to) = (&names[arrow.truster], &names[arrow.trusted]);
        line(&mut out, format_args!("{from} -> {to} [label={}{style}];", quoted(&label(&arrow))));
    }
    out.push_str("}\n");
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "    {text}").expect("a String takes every text");
}

fn shape(node: &Node) -> &'static str {
    match node {
        Node::Domain(_) => "triangle",
        Node::FederationService(_) => "component",
        Node::Application(_) => "box",
        Node::Certificate(_) => "note",
        Node::Server(_) => "box3d",
        Node::Account(_) => "ellipse",
        Node::Store(_) => "cylinder",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
