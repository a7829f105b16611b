//! Zones, links and firewalls.

use super::Checker;
use super::known::in_order;
use crate::name::HostName;
use crate::scenario::at::At;
use crate::scenario::network::{AllowRule, Latency, Pair};
use crate::scenario::topology::End;
use crate::time::Span;

impl Checker<'_> {
    pub fn network(&mut self) {
        let topology = self.topology;
        for (name, zone) in &topology.zones {
            self.file = zone.file;
            if name == End::ANY || topology.hosts.contains_key(name.as_str()) {
                let taken = if name == End::ANY { "stands for every host" } else { "is a host as well" };
                self.note(
                    zone.spot,
                    format!("a zone cannot be named `{name}`, which {taken}"),
                    "give it another name",
                );
            }
            self.latency(&zone.latency);
        }
        for link in topology.links.values() {
            self.file = link.file;
            self.zones(&link.between);
            self.latency(&link.latency);
        }
        for (name, firewall) in &topology.firewalls {
            self.file = firewall.file;
            if topology.hosts.contains_key(name.as_str()) {
                self.note(
                    firewall.spot,
                    format!("`{name}` is a host as well"),
                    "give the firewall another name",
                );
            }
            self.zones(&firewall.between);
            if !self.known.linked.contains(&in_order(&firewall.between)) {
                let pair = format!("{} and {}", firewall.between.one(), firewall.between.other());
                let message = format!("no link joins {pair}, so this firewall stands nowhere");
                self.note(firewall.between.spot, message, "add the link under `links`, or correct the zones");
            }
            for (name, rule) in &firewall.allow {
                self.rule(name, rule);
            }
        }
    }

    /// Checks a firewall rule.
    pub fn rule(&mut self, name: &At<String>, rule: &AllowRule) {
        self.end(&rule.from);
        self.end(&rule.to);
        if rule.tcp.is_empty() && rule.udp.is_empty() {
            let message = format!("the rule `{name}` lets nothing through");
            self.note(name.spot, message, "add ports: tcp: [443], or udp: [53]");
        }
    }

    /// Checks how long messages take.
    pub fn latency(&mut self, latency: &At<Latency>) {
        if latency.min.0 < Span::ZERO {
            self.note(
                latency.spot,
                "no message arrives before it is sent",
                "write latencies without a minus",
            );
        }
        if latency.min > latency.max {
            let message = format!("`min` is {} and `max` is only {}", latency.min, latency.max);
            self.note(latency.spot, message, "the shorter of the two is `min`");
        }
    }

    fn zones(&mut self, pair: &At<Pair>) {
        let zones = &self.topology.zones;
        for name in [pair.one(), pair.other()] {
            self.known("zone", name, zones);
        }
        self.distinct(pair);
    }

    /// Checks that two names are not the same.
    pub fn distinct(&mut self, pair: &At<Pair>) {
        if pair.one() == pair.other() {
            let message = format!("`{}` stands here twice", pair.one());
            self.note(pair.other().spot, message, "name two different ones");
        }
    }

    /// Checks the form of a host's name.
    pub fn host_name(&mut self, name: &HostName, spot: crate::scenario::Spot) {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.as_str().is_empty() || name.as_str().len() > 63 || !name.as_str().chars().all(fine) {
            let message = format!("`{name}` is not a name for a host");
            self.note(spot, message, "use letters, digits and hyphens: fs-a");
        }
    }
}
