//! The graph of all that trusts, as text and as drawings. Each arrow goes from the one who trusts to
//! the one who is trusted, so access flows against it.
//!
//! - [`text`]: each arrow in words, read both ways
//! - [`mermaid`]: a drawing in Markdown
//! - [`dot`]: a drawing by Graphviz
//! - [`svg`]: a drawing that stands by itself, or in a page
//! - [`json`]: for programs
//! - `home`, `layout`: where things stand in that drawing

pub mod dot;
mod home;
pub mod json;
mod layout;
pub mod mermaid;
pub mod svg;
pub mod text;

use std::collections::BTreeMap;

use crate::trust::{Arrow, Node, TrustGraph};

/// What kind of node it is, in words.
fn kind(node: &Node) -> &'static str {
    match node {
        Node::Domain(_) => "domain",
        Node::FederationService(_) => "federation service",
        Node::Application(_) => "application",
        Node::Certificate(_) => "certificate",
        Node::Server(_) => "server",
        Node::Account(_) => "account",
        Node::Store(_) => "store",
    }
}

/// A short name for each node, by which a drawing refers to it: `n0`, `n1`.
fn short_names(graph: &TrustGraph) -> BTreeMap<&Node, String> {
    graph.nodes().enumerate().map(|(index, node)| (node, format!("n{index}"))).collect()
}

/// An arrow's label in a drawing: its kind, and what refines it.
fn label(arrow: &Arrow<'_>) -> String {
    let mut label = arrow.trust.kind.name().to_owned();
    for note in &arrow.trust.notes {
        label.push_str(", ");
        label.push_str(note);
    }
    label
}

#[cfg(test)]
mod tests;
