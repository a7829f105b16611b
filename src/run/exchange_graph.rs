//! What Exchange organizations add to the graph of trusts: the rights to act for others, and the edge
//! servers that may be subscribed.

use crate::name::{DnsName, HostName};
use crate::scenario::impersonation::{ExchangeRight, Grant};
use crate::scenario::{Exchange, Topology};
use crate::trust::{EdgeKind, Node, Trust, TrustGraph};

/// Adds the grants of impersonation, each from the server, database or account that lets somebody act.
pub fn add_grants(graph: &mut TrustGraph, topology: &Topology) {
    for exchange in topology.exchange.values() {
        let acting = |grant: &&Grant| grant.right != ExchangeRight::EpiTokenSerialization;
        for grant in exchange.grants.iter().map(|grant| &grant.value).filter(acting) {
            for truster in trusters(topology, exchange, grant) {
                let mut trust = Trust::new(EdgeKind::ImpersonationGrant);
                trust.notes.push(grant.right.to_string());
                graph.add(truster, Node::Account(grant.to.value.to_string()), trust);
            }
        }
    }
}

/// Who lets somebody act by a grant. Servers and databases inherit what the organization grants.
fn trusters(topology: &Topology, exchange: &Exchange, grant: &Grant) -> Vec<Node> {
    let on = grant.on.value.as_str();
    let store = |name: &String| Node::Store(name.clone());
    let is_access = |host: &&HostName| {
        topology.hosts.get(*host).is_some_and(|host| host.runs.client_access_server.is_some())
    };
    let servers = exchange.servers.keys().map(|host| &host.value);
    match (on, grant.right) {
        ("organization", ExchangeRight::EpiImpersonation) => {
            servers.filter(is_access).map(|host| Node::Server(host.to_string())).collect()
        }
        ("organization", _) => exchange.databases.keys().map(|name| store(&name.value)).collect(),
        _ if on.contains('\\') => vec![Node::Account(on.to_owned())],
        _ if exchange.databases.contains_key(on) => vec![Node::Store(on.to_owned())],
        _ => vec![Node::Server(on.to_owned())],
    }
}

/// Adds what an Edge Subscription will make of each edge server and each organization with hubs: each
/// keeps the other's certificate. No topology has one at the start; a step of the scenario makes it.
pub fn add_edges(graph: &mut TrustGraph, topology: &Topology) {
    let edges = topology.hosts.iter().filter(|(_, host)| host.runs.edge_transport.is_some());
    for (edge, _) in edges {
        for (root, _) in topology.exchange.iter().filter(|(_, exchange)| has_hub(topology, exchange)) {
            subscribe(graph, root, edge.as_str());
        }
    }
}

fn has_hub(topology: &Topology, exchange: &Exchange) -> bool {
    let is_hub = |host| topology.hosts.get(host).is_some_and(|host| host.runs.hub_transport.is_some());
    exchange.servers.keys().any(|host| is_hub(&host.value))
}

fn subscribe(graph: &mut TrustGraph, organization: &DnsName, edge: &str) {
    let ends = [Node::Domain(organization.clone()), Node::Server(edge.to_owned())];
    for (truster, trusted) in [(&ends[0], &ends[1]), (&ends[1], &ends[0])] {
        let mut trust = Trust::new(EdgeKind::EdgeSubscription);
        trust.broken = Some("it is not made before the scenario's first step".to_owned());
        graph.add(truster.clone(), trusted.clone(), trust);
    }
}
