//! Firewalls, links, names, and the revocation lists that are published.

use super::at;
use crate::name::HostName;
use crate::role::distribution_point;
use crate::run::deploy::Deployed;
use crate::run::deploy::network::{self, rule_name};
use crate::scenario::change::{ChangeDns, ChangeFirewall, ChangeLink, Revoke};
use crate::scenario::{Host, Topology};
use crate::sim::DnsChange;
use crate::trace::Transport;

pub(super) fn firewall(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeFirewall,
) -> Result<(), Box<dyn std::error::Error>> {
    let firewall = HostName::new(&change.firewall.value);
    for name in &change.close {
        let closed: Vec<bool> = [Transport::Tcp, Transport::Udp]
            .into_iter()
            .map(|transport| {
                world.simulation.network_mut().close(&firewall, &rule_name(name, transport)).is_ok()
            })
            .collect();
        if !closed.contains(&true) {
            return Err(format!("the firewall {firewall} has no rule {name}").into());
        }
    }
    for (name, rule) in &change.open {
        for (name, rule) in network::rules(topology, name, rule)? {
            world.simulation.network_mut().open(&firewall, name, rule)?;
        }
    }
    Ok(())
}

pub(super) fn link(world: &mut Deployed, topology: &Topology, change: &ChangeLink) -> Result<(), String> {
    let link = topology
        .links
        .get(change.link.as_str())
        .ok_or_else(|| format!("there is no link {}", change.link))?;
    let (one, other) = (link.between.one().as_str(), link.between.other().as_str());
    let latency = network::latency(&change.latency);
    world.simulation.network_mut().link(one, other, latency).map_err(|why| why.to_string())
}

pub(super) async fn dns(world: &mut Deployed, change: &ChangeDns) -> Result<(), String> {
    for (name, record) in &change.set {
        let change_record = DnsChange::Set(name.value.clone(), network::record(record));
        at(world, &change.server, change_record.stimulus()).await?;
    }
    for name in &change.remove {
        at(world, &change.server, DnsChange::Remove(name.value.clone()).stimulus()).await?;
    }
    Ok(())
}

/// At every host that publishes a list of the certificate's authority.
pub(super) async fn revoke(world: &mut Deployed, topology: &Topology, change: &Revoke) -> Result<(), String> {
    let name = change.certificate.as_str();
    let certificate = world.keys.certificate(name).map_err(|why| why.to_string())?;
    let authority = topology.certificates.get(name).and_then(|written| written.authority());
    let publishes = |host: &Host| {
        let point = host.runs.distribution_point.as_ref();
        point.is_some_and(|point| point.authorities.iter().any(|one| Some(one) == authority))
    };
    let points: Vec<HostName> =
        topology.hosts.iter().filter(|(_, host)| publishes(host)).map(|(name, _)| name.clone()).collect();
    if points.is_empty() {
        return Err(format!("no host publishes a revocation list on which `{name}` could stand"));
    }
    for point in points {
        at(world, &point, distribution_point::revoke(&certificate)).await?;
    }
    Ok(())
}
