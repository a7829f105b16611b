use super::*;
use crate::trust::{EdgeKind, Trust, TrustKind};
use crate::view::page::Look;

/// A forest trust that works, a partnership that does not, and someone alone.
fn graph() -> TrustGraph {
    let mut graph = TrustGraph::default();
    let domain = |name: &str| Node::Domain(name.into());
    let mut forest = Trust::new(EdgeKind::Windows(TrustKind::Forest));
    forest.notes.push("selective authentication".to_owned());
    forest.transitive = true;
    graph.add(domain("perimeter.example"), domain("corp.example"), forest);
    let mut partner = Trust::new(EdgeKind::FederationPartner);
    partner.broken = Some("it is disabled".to_owned());
    let service = |name: &str| Node::FederationService(name.to_owned());
    graph.add(service("urn:r"), service("urn:\"a\""), partner);
    graph.add_node(domain("alone.example"));
    graph
}

#[test]
fn the_text_reads_every_arrow_both_ways() {
    insta::assert_snapshot!(text::render(&graph(), Look::PLAIN), @r#"
    perimeter.example trusts corp.example
        users of corp.example may enter perimeter.example
        forest trust, selective authentication, transitive

    urn:r trusts urn:"a"
        who has a token of urn:"a" may have one of urn:r
        federation partner
        ✗ nothing goes this way: it is disabled

    domain alone.example: neither trusts nor is trusted

    2 trusts
    "#);
}

#[test]
fn the_drawings_name_every_node_once_and_dash_what_is_broken() {
    insta::assert_snapshot!(mermaid::render(&graph()), @r#"
    flowchart LR
        n0["alone.example"]
        n1["corp.example"]
        n2["perimeter.example"]
        n3(["urn:#quot;a#quot;"])
        n4(["urn:r"])
        n2 -->|"forest trust, selective authentication"| n1
        n4 -.->|"federation partner"| n3
    "#);
    insta::assert_snapshot!(dot::render(&graph()), @r#"
    digraph trusts {
        rankdir=LR;
        n0 [label="domain\nalone.example", shape=triangle];
        n1 [label="domain\ncorp.example", shape=triangle];
        n2 [label="domain\nperimeter.example", shape=triangle];
        n3 [label="federation service\nurn:\"a\"", shape=component];
        n4 [label="federation service\nurn:r", shape=component];
        n2 -> n1 [label="forest trust, selective authentication"];
        n4 -> n3 [label="federation partner", style=dashed];
    }
    "#);
}

#[test]
fn the_json_holds_every_node_and_both_readings() {
    let value = json::render(&graph());
    assert_eq!(value["nodes"].as_array().map(Vec::len), Some(5));
    let edge = &value["edges"][0];
    assert_eq!(edge["truster"]["name"], "perimeter.example");
    assert_eq!(edge["trusts"], "perimeter.example trusts corp.example");
    assert_eq!(edge["lets_in"], "users of corp.example may enter perimeter.example");
    assert_eq!(value["edges"][1]["broken"], "it is disabled");
}
