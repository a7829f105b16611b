//! The network as an administrator draws it: zones, the links between them, and the firewalls on the
//! links.
//!
//! A frame between two hosts of one zone takes the zone's own latency; one to another zone takes the
//! path with the fewest links, and of equal ones the first by name, and passes the firewalls on it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use petgraph::algo::dijkstra;
use petgraph::graphmap::UnGraphMap;

use crate::name::{HostName, ZoneName};
use crate::time::Span;
use crate::trace::Transport;

/// How long frames are under way: every whole number of microseconds between the two, both included,
/// is as likely as the other. A frame is never under way for less than a microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// The shortest.
    pub min: Span,
    /// The longest.
    pub max: Span,
}

impl Latency {
    /// Always the same latency.
    pub const fn fixed(span: Span) -> Self {
        Self { min: span, max: span }
    }

    /// A latency between two spans.
    pub const fn between(min: Span, max: Span) -> Self {
        Self { min, max }
    }
}

/// One end of an exchange, as a firewall's rule or a fault names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Whoever it is.
    Any,
    /// Any host of a zone.
    Zone(ZoneName),
    /// One host.
    Host(HostName),
}

impl Place {
    /// Whether the place takes in this host of this zone.
    pub fn holds(&self, host: &HostName, zone: &ZoneName) -> bool {
        match self {
            Self::Any => true,
            Self::Zone(name) => name == zone,
            Self::Host(name) => name == host,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => formatter.pad("anywhere"),
            Self::Zone(name) => name.fmt(formatter),
            Self::Host(name) => name.fmt(formatter),
        }
    }
}

/// The ports that a firewall's rule opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ports {
    /// All of them.
    Any,
    /// Those in one of these ranges.
    Within(Vec<RangeInclusive<u16>>),
}

impl Ports {
    /// These ports and no others.
    pub fn only(ports: impl IntoIterator<Item = u16>) -> Self {
        Self::Within(ports.into_iter().map(|port| port..=port).collect())
    }

    fn hold(&self, port: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Within(ranges) => ranges.iter().any(|range| range.contains(&port)),
        }
    }
}

/// What a firewall lets through: the first packet of an exchange from one place to another. What
/// answers it passes too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallRule {
    /// Who may begin.
    pub from: Place,
    /// With whom.
    pub to: Place,
    /// Over TCP or UDP.
    pub transport: Transport,
    /// To which of the server's ports.
    pub ports: Ports,
}

/// A firewall on the link between two zones. It lets nothing through but what a rule allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall {
    /// The firewall's name.
    pub name: HostName,
    /// The zones that it stands between.
    pub between: (ZoneName, ZoneName),
    /// What it allows, by name.
    pub allow: BTreeMap<String, FirewallRule>,
}

/// An exchange that wants to pass a firewall.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub from: (&'a HostName, &'a ZoneName),
    pub to: (&'a HostName, &'a ZoneName),
    pub transport: Transport,
    pub port: u16,
}

impl Firewall {
    pub(super) fn allows(&self, exchange: &Exchange<'_>) -> bool {
        self.allow.values().any(|rule| {
            rule.transport == exchange.transport
                && rule.ports.hold(exchange.port)
                && rule.from.holds(exchange.from.0, exchange.from.1)
                && rule.to.holds(exchange.to.0, exchange.to.1)
        })
    }
}

/// Why the network cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// No such zone.
    #[error("the network has no zone `{0}`; it has {1}")]
    UnknownZone(ZoneName, String),
    /// No link between these zones.
    #[error("no link joins `{0}` and `{1}`; link them first")]
    UnknownLink(ZoneName, ZoneName),
    /// No such firewall.
    #[error("the network has no firewall `{0}`; it has {1}")]
    UnknownFirewall(HostName, String),
    /// The firewall has no such rule.
    #[error("firewall `{0}` has no rule `{1}`; it has {2}")]
    UnknownRule(HostName, String, String),
}

/// Zones, links and firewalls.
///
/// ```
/// use forestsim::sim::{Latency, Network};
/// use forestsim::time::Span;
/// let mut network = Network::default();
/// network.add_zone("corporate", Latency::fixed(Span::millis(1)));
/// network.add_zone("perimeter", Latency::fixed(Span::millis(1)));
/// network.link("corporate", "perimeter", Latency::between(Span::millis(2), Span::millis(4))).unwrap();
/// assert!(network.link("corporate", "internet", Latency::fixed(Span::millis(20))).is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    zones: BTreeMap<ZoneName, Latency>,
    links: BTreeMap<(ZoneName, ZoneName), Latency>,
    firewalls: BTreeMap<HostName, Firewall>,
}

/// The way from one zone to another: the latencies that add up, and the firewalls to pass, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub latencies: Vec<Latency>,
    pub firewalls: Vec<HostName>,
}

impl Network {
    /// Adds a zone whose hosts are this far apart, or replaces it.
    pub fn add_zone(&mut self, name: impl Into<ZoneName>, inner: Latency) {
        self.zones.insert(name.into(), inner);
    }

    /// Links two zones both ways, or sets the latency of their link.
    ///
    /// # Errors
    /// Where one of the zones does not exist.
    pub fn link(
        &mut self,
        one: impl Into<ZoneName>,
        other: impl Into<ZoneName>,
        latency: Latency,
    ) -> Result<(), NetworkError> {
        let (one, other) = (one.into(), other.into());
        self.require_zone(&one)?;
        self.require_zone(&other)?;
        self.links.insert(unordered(one, other), latency);
        Ok(())
    }

    /// Takes the link between two zones away.
    ///
    /// # Errors
    /// Where there is none.
    pub fn unlink(
        &mut self,
        one: impl Into<ZoneName>,
        other: impl Into<ZoneName>,
    ) -> Result<(), NetworkError> {
        let (one, other) = (one.into(), other.into());
        match self.links.remove(&unordered(one.clone(), other.clone())) {
            Some(_) => Ok(()),
            None => Err(NetworkError::UnknownLink(one, other)),
        }
    }

    /// Puts a firewall on the link between its two zones, or replaces it.
    ///
    /// # Errors
    /// Where no link joins the zones.
    pub fn add_firewall(&mut self, firewall: Firewall) -> Result<(), NetworkError> {
        let (one, other) = firewall.between.clone();
        if !self.links.contains_key(&unordered(one.clone(), other.clone())) {
            return Err(NetworkError::UnknownLink(one, other));
        }
        self.firewalls.insert(firewall.name.clone(), firewall);
        Ok(())
    }

    /// Adds a rule to a firewall, or replaces it.
    ///
    /// # Errors
    /// Where the firewall does not exist.
    pub fn open(
        &mut self,
        firewall: &HostName,
        rule: impl Into<String>,
        allow: FirewallRule,
    ) -> Result<(), NetworkError> {
        self.firewall_mut(firewall)?.allow.insert(rule.into(), allow);
        Ok(())
    }

    /// Removes a rule from a firewall. Connections that it let through go on.
    ///
    /// # Errors
    /// Where the firewall or the rule does not exist.
    pub fn close(&mut self, firewall: &HostName, rule: &str) -> Result<FirewallRule, NetworkError> {
        let allow = &mut self.firewall_mut(firewall)?.allow;
        let rules = listed(allow.keys());
        let removed = allow.remove(rule);
        removed.ok_or_else(|| NetworkError::UnknownRule(firewall.clone(), rule.to_owned(), rules))
    }

    /// Whether the network has this zone.
    pub fn has_zone(&self, name: &ZoneName) -> bool {
        self.zones.contains_key(name)
    }

    pub(super) fn firewall(&self, name: &HostName) -> Option<&Firewall> {
        self.firewalls.get(name)
    }

    /// The way from one zone to another; none where no links lead there.
    pub(super) fn route(&self, from: &ZoneName, to: &ZoneName) -> Option<Route> {
        if from == to {
            let inner = *self.zones.get(from)?;
            return Some(Route { latencies: vec![inner], firewalls: Vec::new() });
        }
        let graph: UnGraphMap<&str, ()> =
            self.links.keys().map(|(one, other)| (one.as_str(), other.as_str())).collect();
        if !graph.contains_node(from.as_str()) || !graph.contains_node(to.as_str()) {
            return None;
        }
        let distances = dijkstra(&graph, to.as_str(), None, |_| 1u32);
        let mut here = from.as_str();
        let mut left = *distances.get(here)?;
        let mut route = Route { latencies: Vec::new(), firewalls: Vec::new() };
        while left > 0 {
            left -= 1;
            let nearer = graph.neighbors(here).filter(|zone| distances.get(zone) == Some(&left));
            let next = nearer.min()?;
            let link = unordered(ZoneName::new(here), ZoneName::new(next));
            route.latencies.push(*self.links.get(&link)?);
            let on_link =
                self.firewalls.values().filter(|wall| unordered_of(&wall.between) == (&link.0, &link.1));
            route.firewalls.extend(on_link.map(|wall| wall.name.clone()));
            here = next;
        }
        Some(route)
    }

    fn require_zone(&self, name: &ZoneName) -> Result<(), NetworkError> {
        match self.zones.contains_key(name) {
            true => Ok(()),
            false => Err(NetworkError::UnknownZone(name.clone(), listed(self.zones.keys()))),
        }
    }

    fn firewall_mut(&mut self, name: &HostName) -> Result<&mut Firewall, NetworkError> {
        let known = listed(self.firewalls.keys());
        self.firewalls.get_mut(name).ok_or_else(|| NetworkError::UnknownFirewall(name.clone(), known))
    }
}

fn unordered(one: ZoneName, other: ZoneName) -> (ZoneName, ZoneName) {
    if one <= other { (one, other) } else { (other, one) }
}

fn unordered_of(pair: &(ZoneName, ZoneName)) -> (&ZoneName, &ZoneName) {
    if pair.0 <= pair.1 { (&pair.0, &pair.1) } else { (&pair.1, &pair.0) }
}

fn listed<T: ToString>(names: impl Iterator<Item = T>) -> String {
    let names: BTreeSet<String> = names.map(|name| format!("`{}`", name.to_string())).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.into_iter().collect::<Vec<_>>().join(", "),
    }
}
