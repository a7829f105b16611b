//! The graph of all that trusts: domains, applications, federation services, certificates.
//!
//! Every arrow goes from the one who trusts to the one who is trusted, and can be read both ways:
//! `perimeter.example trusts corp.example`, and `users of corp.example may enter perimeter.example`.
//! All that comes out of the graph is sorted by name.

use std::collections::BTreeMap;
use std::fmt;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{Boundary, ForestTrustInfo, TrustKind, TrustRecord};
use crate::name::DnsName;

/// Someone or something that trusts or is trusted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A domain of Active Directory.
    Domain(DnsName),
    /// A federation service, by its realm.
    FederationService(String),
    /// An application.
    Application(String),
    /// A certificate, by its name in the topology.
    Certificate(String),
    /// A server, by its host name.
    Server(String),
    /// A person or a service account.
    Account(String),
    /// A mailbox database, or whatever else holds what belongs to people.
    Store(String),
}

impl Node {
    /// Its name, without its kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Domain(name) => name.as_str(),
            Self::FederationService(name)
            | Self::Application(name)
            | Self::Certificate(name)
            | Self::Server(name)
            | Self::Account(name)
            | Self::Store(name) => name,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// Why one trusts the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// A trust between domains.
    Windows(TrustKind),
    /// A resource federation service accepts tokens of an account federation service.
    FederationPartner,
    /// An application accepts tokens of a federation service.
    Application,
    /// A federation service accepts requests of a proxy that has a certificate.
    ProxyCertificate,
    /// A signature or a peer is accepted for this certificate and no other.
    PinnedCertificate,
    /// A server, or a store, lets an account act as others.
    ImpersonationGrant,
    /// An organization and an edge server took each other's certificates.
    EdgeSubscription,
}

impl EdgeKind {
    /// The kind in words: `forest trust`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows(kind) => kind.name(),
            Self::FederationPartner => "federation partner",
            Self::Application => "application of the trust policy",
            Self::ProxyCertificate => "proxy certificate",
            Self::PinnedCertificate => "pinned certificate",
            Self::ImpersonationGrant => "impersonation grant",
            Self::EdgeSubscription => "edge subscription",
        }
    }
}

/// An arrow of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Why.
    pub kind: EdgeKind,
    /// What refines it, for reading: `selective authentication`.
    pub notes: Vec<String>,
    /// Why nothing goes this way for now: the two halves do not agree.
    pub broken: Option<String>,
    /// With a forest trust: the names of the trusting forest, as the trusted side routes them.
    pub routes: Option<ForestTrustInfo>,
    /// With a forest trust: the names and domains of the trusted forest, as the trusting side accepts
    /// them.
    pub accepts: Option<ForestTrustInfo>,
    /// Whether a path may go on before or after it.
    pub transitive: bool,
}

impl Trust {
    /// An arrow of this kind that is not a trust between domains.
    pub fn new(kind: EdgeKind) -> Self {
        Self { kind, notes: Vec::new(), broken: None, routes: None, accepts: None, transitive: false }
    }
}

/// An arrow with its two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow<'a> {
    /// The one who trusts.
    pub truster: &'a Node,
    /// The one who is trusted.
    pub trusted: &'a Node,
    /// How.
    pub trust: &'a Trust,
}

impl Arrow<'_> {
    /// The arrow read along its direction.
    ///
    /// ```
    /// use forestsim::trust::{EdgeKind, Node, Trust, TrustGraph};
    /// let mut graph = TrustGraph::default();
    /// let (app, service) = (Node::Application("orders".into()), Node::FederationService("urn:fs".into()));
    /// graph.add(app, service, Trust::new(EdgeKind::Application));
    /// let arrow = graph.arrows()[0];
    /// assert_eq!(arrow.trusts(), "orders trusts urn:fs");
    /// assert_eq!(arrow.lets_in(), "who has a token of urn:fs may enter orders");
    /// ```
    pub fn trusts(&self) -> String {
        format!("{} trusts {}", self.truster, self.trusted)
    }

    /// The arrow read against its direction: whom it lets in.
    pub fn lets_in(&self) -> String {
        let (truster, trusted) = (self.truster, self.trusted);
        match self.trust.kind {
            EdgeKind::Windows(_) => format!("users of {trusted} may enter {truster}"),
            EdgeKind::FederationPartner => format!("who has a token of {trusted} may have one of {truster}"),
            EdgeKind::Application => format!("who has a token of {trusted} may enter {truster}"),
            EdgeKind::ProxyCertificate => format!("who holds {trusted} may ask {truster} for tokens"),
            EdgeKind::PinnedCertificate => format!("what {trusted} signs counts at {truster}"),
            EdgeKind::ImpersonationGrant => match truster {
                Node::Account(_) => format!("{trusted} may act as {truster}"),
                Node::Store(_) => format!("{trusted} may act as whoever has a mailbox in {truster}"),
                _ => format!("{trusted} may act as others at {truster}"),
            },
            EdgeKind::EdgeSubscription => format!("{trusted} may exchange with {truster}"),
        }
    }
}

/// All that trusts, and whom.
#[derive(Debug, Clone, Default)]
pub struct TrustGraph {
    graph: DiGraph<Node, Trust>,
    places: BTreeMap<Node, NodeIndex>,
}

impl TrustGraph {
    /// Adds someone, if not there yet.
    pub fn add_node(&mut self, node: Node) {
        self.place(node);
    }

    /// Adds an arrow from the one who trusts to the one who is trusted.
    pub fn add(&mut self, truster: Node, trusted: Node, trust: Trust) {
        let (truster, trusted) = (self.place(truster), self.place(trusted));
        self.graph.add_edge(truster, trusted, trust);
    }

    fn place(&mut self, node: Node) -> NodeIndex {
        let graph = &mut self.graph;
        *self.places.entry(node).or_insert_with_key(|node| graph.add_node(node.clone()))
    }

    /// Adds the trusts between domains, from their half-records, each with the domain that keeps it.
    /// Where the other half is missing or does not agree, the arrow is there, but broken.
    pub fn add_trusts<'a>(&mut self, halves: impl IntoIterator<Item = (&'a DnsName, &'a TrustRecord)>) {
        let halves: Vec<(&DnsName, &TrustRecord)> = halves.into_iter().collect();
        for (holder, record) in &halves {
            let mirror = |(other, half): &&(&DnsName, &TrustRecord)| {
                **other == record.partner && half.partner == **holder && half.kind == record.kind
            };
            let other = halves.iter().find(mirror).map(|(_, half)| *half);
            self.add_node(Node::Domain((*holder).clone()));
            if record.direction.is_outbound() {
                self.add_half(holder, &record.partner, Some(record), other);
            } else if record.direction.is_inbound() && !other.is_some_and(|half| half.direction.is_outbound())
            {
                self.add_half(&record.partner, holder, other, Some(record));
            }
        }
    }

    fn add_half(
        &mut self,
        truster: &DnsName,
        trusted: &DnsName,
        outbound: Option<&TrustRecord>,
        inbound: Option<&TrustRecord>,
    ) {
        let Some(known) = outbound.or(inbound) else { return };
        let agrees = outbound.is_some_and(|half| half.direction.is_outbound());
        let broken = if !agrees {
            Some(format!("{truster} has no outbound half of it"))
        } else if !inbound.is_some_and(|half| half.direction.is_inbound()) {
            Some(format!("{trusted} has no inbound half of it"))
        } else {
            None
        };
        let trust = Trust {
            kind: EdgeKind::Windows(known.kind),
            notes: notes(known),
            broken,
            routes: inbound.and_then(|half| half.forest_info.clone()),
            accepts: outbound.and_then(|half| half.forest_info.clone()),
            transitive: [outbound, inbound].into_iter().flatten().all(TrustRecord::is_transitive),
        };
        self.add(Node::Domain(truster.clone()), Node::Domain(trusted.clone()), trust);
    }

    /// Everyone, sorted.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.places.keys()
    }

    /// Every arrow, sorted by the one who trusts, the one who is trusted, and the kind.
    pub fn arrows(&self) -> Vec<Arrow<'_>> {
        let arrow = |edge: petgraph::graph::EdgeReference<'_, Trust>| edge.id();
        let mut arrows: Vec<Arrow<'_>> =
            self.graph.edge_references().map(arrow).filter_map(|id| self.arrow(id)).collect();
        arrows.sort_by_key(|arrow| (arrow.truster, arrow.trusted, arrow.trust.kind));
        arrows
    }

    fn arrow(&self, id: petgraph::graph::EdgeIndex) -> Option<Arrow<'_>> {
        let (truster, trusted) = self.graph.edge_endpoints(id)?;
        Some(Arrow {
            truster: self.graph.node_weight(truster)?,
            trusted: self.graph.node_weight(trusted)?,
            trust: self.graph.edge_weight(id)?,
        })
    }

    /// The arrows that touch someone, at either end, sorted as [`TrustGraph::arrows`].
    pub fn arrows_of(&self, node: &Node) -> Vec<Arrow<'_>> {
        let Some(place) = self.places.get(node) else { return Vec::new() };
        let directions = [petgraph::Direction::Outgoing, petgraph::Direction::Incoming];
        let edges = directions.into_iter().flat_map(|direction| self.graph.edges_directed(*place, direction));
        let mut arrows: Vec<Arrow<'_>> = edges.filter_map(|edge| self.arrow(edge.id())).collect();
        arrows.sort_by_key(|arrow| (arrow.truster, arrow.trusted, arrow.trust.kind));
        arrows
    }
}

/// What refines a trust, as the side that keeps this record sees it: who lets someone in filters SIDs.
fn notes(record: &TrustRecord) -> Vec<String> {
    use super::TrustAttributes as Bits;
    let all =
        [(Bits::NON_TRANSITIVE, "not transitive"), (Bits::CROSS_ORGANIZATION, "selective authentication")];
    let held = all.iter().filter(|(bits, _)| record.attributes.contains(*bits));
    let filter = match Boundary::of(record) {
        Boundary::WithinForest => None,
        Boundary::CrossForest => Some("SIDs of that forest pass"),
        Boundary::CrossForestRelaxed => Some("SID history passes, but for built-in groups"),
        Boundary::External => Some("all SIDs but the own forest's pass"),
        Boundary::Quarantined => Some("quarantined: SIDs of that domain pass"),
    };
    held.map(|(_, note)| *note).chain(filter).map(str::to_owned).collect()
}
