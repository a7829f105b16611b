//! Walking trusts: how users of one domain get to the resources of another, or what is in the way.
//!
//! This is the central view, which knows the trusts of all domains; what a single key distribution
//! centre can tell is [`super::referral`]. Within a forest every trust is transitive. One forest
//! trust may be on the way, not two. An external trust leads from its one domain to the other, with
//! nothing before it and nothing after it. The shortest way counts, and of equally short ones the one
//! that is first by the names of its domains (domain page §6.2).

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::graph::Arrow;
use super::{EdgeKind, Node, Routing, TrustGraph, TrustKind};
use crate::name::DnsName;

/// One step of a path, in the direction of access: the second domain trusts the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hop {
    /// The domain that is trusted; its domain controller refers on.
    pub from: DnsName,
    /// The domain that trusts.
    pub to: DnsName,
    /// By which kind of trust.
    pub kind: TrustKind,
}

/// Why there is no path, at the one of all blocked paths that has the fewest obstacles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("users of {from} cannot get from {at} to {to}: {why}")]
pub struct Blocked {
    /// The account's domain.
    pub from: DnsName,
    /// How far one gets.
    pub at: DnsName,
    /// Where the next step would lead.
    pub to: DnsName,
    /// What is in the way.
    pub why: String,
}

/// What has been passed so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Passed {
    Nothing,
    OwnForest,
    ForestTrust,
    Intransitive,
}

/// A way so far. The derived order is the order of preference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    /// How many steps of it cannot be taken.
    obstacles: usize,
    length: usize,
    names: Vec<DnsName>,
    passed: Passed,
    hops: Vec<Hop>,
    /// The first obstacle: after how many hops, and what it is.
    first: Option<(usize, String)>,
}

/// The way of users of `account` to resources of `resource`; no hops where both are the same.
///
/// # Errors
/// Where there is none: the nearest obstacle.
pub fn walk(graph: &TrustGraph, account: &DnsName, resource: &DnsName) -> Result<Vec<Hop>, Blocked> {
    let start = Way {
        obstacles: 0,
        length: 0,
        names: vec![account.clone()],
        passed: Passed::Nothing,
        hops: Vec::new(),
        first: None,
    };
    let mut waiting = BinaryHeap::from([Reverse(start)]);
    let mut seen: BTreeSet<(DnsName, Passed)> = BTreeSet::new();
    while let Some(Reverse(way)) = waiting.pop() {
        let here = way.hops.last().map_or(account, |hop| &hop.to).clone();
        if here == *resource {
            return match way.first {
                None => Ok(way.hops),
                Some((step, why)) => {
                    let Hop { from, to, .. } = way.hops[step].clone();
                    Err(Blocked { from: account.clone(), at: from, to, why })
                }
            };
        }
        if !seen.insert((here.clone(), way.passed)) {
            continue;
        }
        let arrows = graph.arrows_of(&Node::Domain(here.clone()));
        waiting.extend(
            arrows.iter().filter_map(|arrow| step(&way, &here, account, resource, arrow)).map(Reverse),
        );
    }
    let (at, why) = (account.clone(), "no trust leads there, in either direction".to_owned());
    Err(Blocked { from: at.clone(), at, to: resource.clone(), why })
}

/// The way with one step more, along or against an arrow that touches where it has come to.
fn step(way: &Way, here: &DnsName, account: &DnsName, resource: &DnsName, arrow: &Arrow<'_>) -> Option<Way> {
    let EdgeKind::Windows(kind) = arrow.trust.kind else { return None };
    let (Node::Domain(truster), Node::Domain(trusted)) = (arrow.truster, arrow.trusted) else { return None };
    let along = trusted == here;
    let to = if along { truster } else { trusted };
    let passes = arrow.trust.transitive;
    let (passed, misplaced) = match (kind, way.passed) {
        (_, Passed::Intransitive) => {
            (Passed::Intransitive, Some("the trust before it is not transitive".to_owned()))
        }
        (_, Passed::Nothing) if !passes => (Passed::Intransitive, None),
        _ if !passes => (Passed::Intransitive, Some(format!("a {} is not transitive", kind.name()))),
        (TrustKind::Forest, Passed::ForestTrust) => (
            Passed::ForestTrust,
            Some("a second forest trust: forest trusts do not reach a third forest".to_owned()),
        ),
        (TrustKind::Forest, _) => (Passed::ForestTrust, None),
        (_, Passed::ForestTrust) => (Passed::ForestTrust, None),
        _ => (Passed::OwnForest, None),
    };
    let reversed = (!along).then(|| format!("{here} trusts {to}, but {to} does not trust {here}"));
    let obstacles = [
        reversed,
        arrow.trust.broken.as_ref().filter(|_| along).cloned(),
        misplaced,
        unrouted(arrow, account, resource).filter(|_| along),
    ];
    let mut next = way.clone();
    for obstacle in obstacles.into_iter().flatten() {
        next.obstacles += 1;
        next.first.get_or_insert((way.hops.len(), obstacle));
    }
    next.length += 1;
    next.names.push(to.clone());
    next.passed = passed;
    next.hops.push(Hop { from: here.clone(), to: to.clone(), kind });
    Some(next)
}

/// Why a forest trust does not let someone of the account's domain through to the resource's.
fn unrouted(arrow: &Arrow<'_>, account: &DnsName, resource: &DnsName) -> Option<String> {
    match arrow.trust.routes.as_ref().map(|names| names.route(resource)) {
        None | Some(Routing::Routed(_)) => {}
        Some(Routing::Unknown) => {
            let (trusted, truster) = (arrow.trusted, arrow.truster);
            return Some(format!(
                "no suffix that {trusted} routes to {truster} covers {resource}, \
                 and forest trusts do not reach a third forest"
            ));
        }
        Some(routing) => return Some(format!("{} does not route {resource}: {routing}", arrow.trusted)),
    }
    let refuses = arrow.trust.accepts.as_ref().is_some_and(|names| !names.claims_realm(account));
    refuses.then(|| format!("{} does not take {account} for a domain of that forest", arrow.truster))
}
