//! The trust graph for programs.

use serde_json::{Value, json};

use super::kind;
use crate::trust::{Arrow, Node, TrustGraph};

/// One object: `nodes`, each with `kind` and `name`, and `edges`, each from its `truster` to its
/// `trusted`, with `kind`, `transitive`, `notes`, `broken` (why nothing goes this way, or null) and
/// the two readings `trusts` and `lets_in`.
pub fn render(graph: &TrustGraph) -> Value {
    json!({
        "nodes": graph.nodes().map(node).collect::<Vec<_>>(),
        "edges": graph.arrows().iter().map(edge).collect::<Vec<_>>(),
    })
}

fn node(node: &Node) -> Value {
    json!({ "kind": kind(node), "name": node.name() })
}

fn edge(arrow: &Arrow<'_>) -> Value {
    json!({
        "truster": node(arrow.truster),
        "trusted": node(arrow.trusted),
        "kind": arrow.trust.kind.name(),
        "transitive": arrow.trust.transitive,
        "notes": arrow.trust.notes,
        "broken": arrow.trust.broken,
        "trusts": arrow.trusts(),
        "lets_in": arrow.lets_in(),
    })
}
