//! Where things stand: read from the lines of the deployed topology.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::name::HostName;

/// The settings of a topology, by their path.
#[derive(Debug)]
pub struct Places<'t>(BTreeMap<&'t str, &'t str>);

impl<'t> Places<'t> {
    /// The settings that these lines hold, as [`crate::trace::Trace::topology`] has them.
    pub fn of(topology: &'t [String]) -> Self {
        Self(topology.iter().filter_map(|line| line.split_once(" = ")).collect())
    }

    /// The zone of a host, and its forest where it belongs to one: `perimeter, perimeter.example`.
    pub fn of_host(&self, host: &HostName) -> String {
        let zone = self.zone(host.as_str());
        match self.forest_of_host(host.as_str()) {
            Some(forest) => format!("{zone}, {forest}"),
            None => zone.to_owned(),
        }
    }

    /// The zone that a host stands in.
    pub fn zone(&self, host: &str) -> &'t str {
        self.of_setting(host, "zone").unwrap_or_default()
    }

    /// The domain that a host is joined to.
    pub fn domain(&self, host: &str) -> Option<&'t str> {
        self.of_setting(host, "joined")
    }

    /// The root domain of the forest that a host belongs to.
    pub fn forest_of_host(&self, host: &str) -> Option<&str> {
        self.domain(host).map(|domain| self.forest(domain))
    }

    /// A setting of a host: `runs.federation_service.realm`.
    pub fn of_setting(&self, host: &str, setting: &str) -> Option<&'t str> {
        self.0.get(format!("hosts.{host}.{setting}").as_str()).copied()
    }

    /// The root domain of the forest of a domain.
    pub fn forest<'a>(&'a self, domain: &'a str) -> &'a str {
        let mut root = domain;
        // No chain is longer than there are settings, even one that would go round in a circle.
        for _ in 0..self.0.len() {
            let above = ["parent", "tree_of"].map(|setting| format!("domains.{root}.{setting}"));
            match above.iter().find_map(|path| self.0.get(path.as_str())) {
                Some(up) => root = up,
                None => break,
            }
        }
        root
    }

    /// The settings of one section, each with its path behind the section's name: `ws.zone` of `hosts`.
    pub fn section<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'t str, &'t str)> + 'a {
        let within = self
            .0
            .range::<str, _>((Bound::Included(name), Bound::Unbounded))
            .take_while(move |(path, _)| path.starts_with(name));
        within.filter_map(move |(path, value)| {
            let rest = path.get(name.len()..)?.strip_prefix('.')?;
            Some((rest, *value))
        })
    }

    /// The hosts with a setting of this end and value, in order: who runs the federation service of a
    /// realm, who holds a certificate.
    pub fn hosts_with<'a>(&'a self, end: &'a str, value: &'a str) -> impl Iterator<Item = &'t str> + 'a {
        let all = self.section("hosts").filter(move |(path, set)| *set == value && path.ends_with(end));
        all.filter_map(|(path, _)| Some(path.split_once('.')?.0))
    }
}
