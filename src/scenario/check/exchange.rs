//! Exchange organizations: their forests, sites and servers.

use std::collections::BTreeSet;

use super::Checker;
use crate::name::DnsName;
use crate::scenario::at::Entry;
use crate::scenario::exchange::Exchange;

impl Checker<'_> {
    pub fn exchange(&mut self) {
        let topology = self.topology;
        for (root, organization) in &topology.exchange {
            self.file = organization.file;
            match topology.domains.get(root) {
                None => self.unknown("domain", organization.spot, root.as_str(), topology.domains.keys()),
                Some(_) if topology.forest_root(root) != root => {
                    let cure = format!("name the root of its forest, {}", topology.forest_root(root));
                    self.note(organization.spot, format!("{root} is not a forest root"), cure);
                }
                Some(_) => self.one_controller(root, organization),
            }
            self.sites_and_servers(organization);
        }
    }

    /// Directories do not replicate, so what is written at one controller is not seen at another.
    fn one_controller(&mut self, root: &DnsName, organization: &Entry<Exchange>) {
        if self.topology.controllers(root).nth(1).is_some() {
            let message =
                format!("{root} has several controllers, which would not agree on the organization");
            self.note(organization.spot, message, "leave one controller for the forest's root domain");
        }
    }

    fn sites_and_servers(&mut self, organization: &Entry<Exchange>) {
        let topology = self.topology;
        let sites: BTreeSet<&str> = organization.sites.iter().map(|site| site.as_str()).collect();
        for (host, server) in &organization.servers {
            let entry = self.known("host", host, &topology.hosts);
            if entry.is_some_and(|entry| entry.joined.is_none()) {
                let message = format!("`{host}` is joined to no domain");
                self.note(host.spot, message, "add `joined:` with a domain of the forest to the host");
            }
            if !sites.contains(server.site.as_str()) {
                self.unknown("site", server.site.spot, &server.site, sites.iter().copied());
            }
        }
    }
}
