//! The columns of the sequence diagram: one for each host, hosts of one forest and zone beside each
//! other.

use std::collections::BTreeMap;

use crate::name::HostName;
use crate::trace::{Event, Happening};
use crate::view::place::Places;

/// The hosts from left to right, with what they are grouped by.
pub struct Columns {
    /// The hosts.
    pub hosts: Vec<HostName>,
    /// The forests, each with how many columns it has; no name for hosts in no forest.
    pub forests: Vec<(String, usize)>,
    /// The zones within the forests, each with how many columns it has.
    pub zones: Vec<(String, usize)>,
    by_host: BTreeMap<HostName, usize>,
}

impl Columns {
    /// The columns for these events. Forests, zones and hosts come in the order in which `first` tells
    /// of them, and then in the order of the trace.
    pub fn of<'t>(events: &'t [Event], places: &Places<'_>, first: impl Fn(&Event) -> bool) -> Self {
        let mut order: Vec<&'t HostName> = Vec::new();
        let foremost = events.iter().filter(|event| event.step.is_some() && first(event));
        for host in foremost.chain(events).flat_map(hosts) {
            if !order.contains(&host) {
                order.push(host);
            }
        }
        let place = |host: &HostName| {
            let forest = places.forest_of_host(host.as_str()).unwrap_or_default().to_owned();
            (forest, places.zone(host.as_str()).to_owned())
        };
        let at: Vec<(String, String)> = order.iter().map(|host| place(host)).collect();
        let rank = |index: usize| {
            let forest = at.iter().position(|(forest, _)| *forest == at[index].0);
            let zone = at.iter().position(|place| *place == at[index]);
            (forest, zone, index)
        };
        let mut sorted: Vec<usize> = (0..order.len()).collect();
        sorted.sort_by_key(|index| rank(*index));
        let hosts: Vec<HostName> = sorted.iter().map(|index| order[*index].clone()).collect();
        let forests = groups(sorted.iter().map(|index| (at[*index].0.clone(), String::new())));
        let zones = groups(sorted.iter().map(|index| at[*index].clone()));
        Self {
            by_host: hosts.iter().cloned().enumerate().map(|(index, host)| (host, index)).collect(),
            hosts,
            forests: forests.into_iter().map(|((forest, _), count)| (forest, count)).collect(),
            zones: zones.into_iter().map(|((_, zone), count)| (zone, count)).collect(),
        }
    }

    /// The column of a host.
    pub fn find(&self, host: &HostName) -> Option<usize> {
        self.by_host.get(host).copied()
    }
}

fn groups(places: impl Iterator<Item = (String, String)>) -> Vec<((String, String), usize)> {
    let mut groups: Vec<((String, String), usize)> = Vec::new();
    for place in places {
        match groups.last_mut() {
            Some((last, count)) if *last == place => *count += 1,
            _ => groups.push((place, 1)),
        }
    }
    groups
}

/// The hosts that an event is about.
fn hosts(event: &Event) -> impl Iterator<Item = &HostName> {
    let other = match &event.happening {
        Happening::Sent(sent) => Some(&sent.to),
        Happening::Connection(connection) => connection.to.as_ref(),
        Happening::Verdict(verdict) => Some(&verdict.at),
        _ => None,
    };
    event.host.iter().chain(other)
}
