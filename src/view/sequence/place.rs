//! Where hosts stand: read from the lines of the deployed topology.

use std::collections::BTreeMap;

use crate::name::HostName;
use crate::trace::Trace;

/// The settings of a topology, by their path.
pub struct Places<'t>(BTreeMap<&'t str, &'t str>);

impl<'t> Places<'t> {
    /// The settings of the topology that the trace was made in.
    pub fn of(trace: &'t Trace) -> Self {
        Self(trace.topology.iter().filter_map(|line| line.split_once(" = ")).collect())
    }

    /// The zone of a host, and its forest where it belongs to one: `perimeter, perimeter.example`.
    pub fn of_host(&self, host: &HostName) -> String {
        let zone = self.0.get(format!("hosts.{host}.zone").as_str()).copied().unwrap_or_default();
        match self.0.get(format!("hosts.{host}.joined").as_str()) {
            Some(domain) => format!("{zone}, {}", self.forest(domain)),
            None => zone.to_owned(),
        }
    }

    /// The root domain of the forest of a domain.
    fn forest<'a>(&'a self, domain: &'a str) -> &'a str {
        let mut root = domain;
        // No chain is longer than there are settings, even one that would go round in a circle.
        for _ in 0..self.0.len() {
            let above = ["parent", "forest"].map(|setting| format!("domains.{root}.{setting}"));
            match above.iter().find_map(|path| self.0.get(path.as_str())) {
                Some(up) => root = up,
                None => break,
            }
        }
        root
    }
}
