//! The network of a topology, in the terms of the simulated one.

use super::DeployError;
use crate::name::{HostName, ZoneName};
use crate::scenario::{self, AllowRule, DnsRecord, End, Topology};
use crate::sim::{DnsZone, Firewall, FirewallRule, Latency, Network, Place, Ports, Record};
use crate::trace::Transport;

/// Zones, links and firewalls.
pub fn network(topology: &Topology) -> Result<Network, DeployError> {
    let mut network = Network::default();
    for (name, zone) in &topology.zones {
        network.add_zone(name.as_str(), latency(&zone.latency));
    }
    for link in topology.links.values() {
        let (one, other) = (link.between.one().as_str(), link.between.other().as_str());
        network.link(one, other, latency(&link.latency))?;
    }
    for (name, firewall) in &topology.firewalls {
        let mut allow = std::collections::BTreeMap::new();
        for (rule, written) in &firewall.allow {
            allow.extend(rules(topology, rule, written)?);
        }
        let (one, other) = (firewall.between.one().as_str(), firewall.between.other().as_str());
        let between = (ZoneName::new(one), ZoneName::new(other));
        network.add_firewall(Firewall { name: HostName::new(name), between, allow })?;
    }
    Ok(network)
}

/// A written rule as one rule for each transport that it names.
pub fn rules(
    topology: &Topology,
    name: &str,
    written: &AllowRule,
) -> Result<Vec<(String, FirewallRule)>, DeployError> {
    let (from, to) = (place(topology, &written.from)?, place(topology, &written.to)?);
    let mut rules = Vec::new();
    for (transport, ports) in [(Transport::Tcp, &written.tcp), (Transport::Udp, &written.udp)] {
        if !ports.is_empty() {
            let ports = Ports::Within(ports.iter().map(|ports| ports.first..=ports.last).collect());
            let rule = FirewallRule { from: from.clone(), to: to.clone(), transport, ports };
            rules.push((rule_name(name, transport), rule));
        }
    }
    Ok(rules)
}

/// The name of the part of a written rule that is about one transport.
pub fn rule_name(name: &str, transport: Transport) -> String {
    format!("{name} ({transport})")
}

/// A host, a zone, or anywhere.
pub fn place(topology: &Topology, name: &str) -> Result<Place, DeployError> {
    match topology.end(name) {
        Some(End::Any) => Ok(Place::Any),
        Some(End::Zone(zone)) => Ok(Place::Zone(ZoneName::new(zone))),
        Some(End::Host(host)) => Ok(Place::Host(host)),
        None => Err(DeployError::missing("host or zone", name)),
    }
}

/// A latency as the network has it.
pub fn latency(written: &scenario::Latency) -> Latency {
    Latency::between(written.min.0, written.max.0)
}

/// What a DNS server knows.
pub fn dns_zone(written: &scenario::Dns) -> DnsZone {
    DnsZone {
        records: written.records.iter().map(|(name, entry)| (name.value.clone(), record(entry))).collect(),
        forwarders: written
            .forward
            .iter()
            .map(|(name, host)| (name.value.clone(), host.value.clone()))
            .collect(),
    }
}

/// A record as a DNS server keeps it.
pub fn record(written: &DnsRecord) -> Record {
    match written {
        DnsRecord::A(host) => Record::address(host.value.clone()),
        DnsRecord::Cname(name) => Record::Alias(name.value.clone()),
    }
}
