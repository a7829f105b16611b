//! Who trusts whom in a topology, read off the file without playing anything.
//!
//! The trusts between domains are the half-records that the domains would keep. The rest is what
//! federation servers, their proxies and web servers have in their configuration, and what Exchange
//! organizations grant; where one side relies on another that does not know of it, the arrow is there,
//! but broken.

use super::DeployError;
use super::deploy::directory::Directories;
use super::deploy::keys::KeyRing;
use super::deploy::trusts::Trusts;
use super::exchange_graph;
use super::options::RunOptions;
use crate::scenario::{self, AccountPartner, FederationService, Scenario, Topology, WebServer};
use crate::trust::{EdgeKind, Node, Trust, TrustGraph};

/// The graph of all trusts in a topology, before anything happens.
///
/// # Errors
/// Where the topology cannot be deployed.
pub fn trust_graph(topology: &Topology) -> Result<TrustGraph, DeployError> {
    // Who trusts whom depends on neither the seed nor the time; only keys and dates do.
    let (seed, start) = (RunOptions::DEFAULT_SEED, Scenario::DEFAULT_START);
    let keys = KeyRing::new(topology, seed)?;
    let directories = Directories::new(topology, &keys, seed, start)?;
    let trusts = Trusts::new(topology, &directories, seed)?;
    let mut graph = TrustGraph::default();
    for name in topology.domains.keys() {
        graph.add_node(Node::Domain(name.clone()));
    }
    graph.add_trusts(trusts.halves());
    for trust in topology.trusts.values().filter(|trust| !trust.made) {
        add_later(&mut graph, trust);
    }
    for service in services(topology) {
        add_service(&mut graph, topology, service);
    }
    for host in topology.hosts.values() {
        if let Some(server) = &host.runs.web_server {
            add_applications(&mut graph, topology, server);
        }
    }
    exchange_graph::add_grants(&mut graph, topology);
    exchange_graph::add_edges(&mut graph, topology);
    Ok(graph)
}

/// A trust that a step of the scenario makes.
fn add_later(graph: &mut TrustGraph, written: &scenario::Trust) {
    let domain = |name: &scenario::At<crate::name::DnsName>| Node::Domain(name.value.clone());
    let kind = EdgeKind::Windows(super::deploy::trusts::kind(written.kind));
    let mut arrows = vec![(domain(&written.trusting), domain(&written.trusted))];
    if written.two_way {
        arrows.push((domain(&written.trusted), domain(&written.trusting)));
    }
    for (truster, trusted) in arrows {
        let mut trust = Trust::new(kind);
        trust.broken = Some("it is not made before the scenario's first step".to_owned());
        graph.add(truster, trusted, trust);
    }
}

fn services(topology: &Topology) -> impl Iterator<Item = &FederationService> {
    topology
        .hosts
        .values()
        .filter_map(|host| host.runs.federation_service.as_ref())
        .map(|service| &service.value)
}

fn federation(realm: &str) -> Node {
    Node::FederationService(realm.to_owned())
}

fn add_service(graph: &mut TrustGraph, topology: &Topology, service: &FederationService) {
    let own = federation(service.realm.as_str());
    graph.add_node(own.clone());
    for partner in service.account_partners.values() {
        let mut trust = Trust::new(EdgeKind::FederationPartner);
        trust.notes.extend(
            partner.windows_trust.as_ref().map(|domain| format!("Windows trust to {}", domain.value)),
        );
        trust.broken = refused_partner(topology, service, partner);
        graph.add(own.clone(), federation(partner.realm.as_str()), trust);
        for certificate in &partner.verification {
            let pinned = Trust::new(EdgeKind::PinnedCertificate);
            graph.add(own.clone(), Node::Certificate(certificate.value.clone()), pinned);
        }
    }
    for certificate in &service.proxies {
        let proxy = Trust::new(EdgeKind::ProxyCertificate);
        graph.add(own.clone(), Node::Certificate(certificate.value.clone()), proxy);
    }
}

/// Why no token of an account partner arrives: it is disabled here, or does not know this service.
fn refused_partner(
    topology: &Topology,
    service: &FederationService,
    partner: &AccountPartner,
) -> Option<String> {
    if !partner.enabled {
        return Some(format!("it is disabled at {}", service.realm.value));
    }
    let other = services(topology).find(|other| other.realm.value == partner.realm.value)?;
    let known = other.resource_partners.values().find(|known| known.realm.value == service.realm.value);
    match known {
        None => Some(format!("{} has no such resource partner", other.realm.value)),
        Some(known) if !known.enabled => Some(format!("it is disabled at {}", other.realm.value)),
        Some(_) => None,
    }
}

fn add_applications(graph: &mut TrustGraph, topology: &Topology, server: &WebServer) {
    let own =
        services(topology).find(|service| service.address.server() == server.federation_service.server());
    for application in server.applications.values() {
        let address = application.address.value.to_string();
        let Some(service) = own else {
            graph.add_node(Node::Application(address));
            continue;
        };
        let mut trust = Trust::new(EdgeKind::Application);
        let listed =
            service.applications.values().find(|known| known.address.value == application.address.value);
        trust.broken = match listed {
            None => Some(format!("it is no application of {}", service.realm.value)),
            Some(known) if !known.enabled => Some(format!("it is disabled at {}", service.realm.value)),
            Some(_) => None,
        };
        graph.add(Node::Application(address), federation(service.realm.as_str()), trust);
    }
}
