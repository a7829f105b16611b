//! Hosts, and the services that need no federation: domain controllers, DNS, desktops, browsers.

use super::Checker;
use crate::name::{DnsName, HostName};
use crate::scenario::at::At;
use crate::scenario::host::{Browser, DistributionPoint, Dns, DnsRecord, Host};

impl Checker<'_> {
    pub fn hosts(&mut self) {
        let topology = self.topology;
        for (name, host) in &topology.hosts {
            self.file = host.file;
            self.host_name(name, host.spot);
            self.known("zone", &host.zone, &topology.zones);
            if let Some(server) = &host.asks {
                self.dns_server(server);
            }
            if let Some(domain) = &host.joined {
                self.known("domain", domain, &topology.domains);
            }
            for (name, target) in &host.hosts_file {
                self.dns_name(name, name.spot);
                self.known("host", target, &topology.hosts);
            }
            for name in &host.trusts {
                self.trusted_root(name);
            }
            self.services(name, host);
        }
    }

    /// Checks a name in a store of trusted roots: an authority, or a certificate that none issued.
    fn trusted_root(&mut self, name: &At<String>) {
        let topology = self.topology;
        match topology.certificates.get(name.as_str()) {
            _ if topology.authorities.contains_key(name.as_str()) => {}
            Some(certificate) if certificate.authority().is_none() => {}
            Some(certificate) => {
                let message = format!("`{name}` is no root: {} issued it", certificate.issued_by);
                self.note(name.spot, message, format!("trust `{}`", certificate.issued_by));
            }
            None => {
                self.known("authority", name, &topology.authorities);
            }
        }
    }

    fn services(&mut self, name: &HostName, host: &Host) {
        let topology = self.topology;
        let runs = &host.runs;
        if let Some(controller) = &runs.domain_controller {
            self.known("domain", &controller.domain, &topology.domains);
            if let Some(joined) = host.joined.as_ref().filter(|joined| **joined != controller.domain) {
                let message = format!("a controller of {} cannot be joined to {joined}", controller.domain);
                self.note(joined.spot, message, "a controller is joined to its own domain");
            }
        }
        if let Some(dns) = &runs.dns {
            self.dns(name, dns);
        }
        if let Some(point) = &runs.distribution_point {
            self.distribution_point(point);
        }
        if let Some(hub) = &runs.hub_transport {
            self.hub_transport(hub);
        }
        if let Some(edge) = &runs.edge_transport {
            self.dns_name(&edge.fqdn, edge.fqdn.spot);
        }
        if let Some(desktop) = &runs.desktop {
            self.credentials(&desktop.session);
            if host.joined.is_none() {
                let message = format!(
                    "`{name}` is joined to no domain, so nobody can have a session of a domain there"
                );
                self.note(desktop.spot, message, "add `joined:` with the domain");
            }
        }
        self.exchange_services(name, host);
        if let Some(browser) = &runs.browser {
            self.browser(browser);
        }
        if let Some(service) = &runs.federation_service {
            self.federation_service(service);
        }
        if let Some(proxy) = &runs.federation_service_proxy {
            self.federation_service_proxy(proxy);
        }
        if let Some(server) = &runs.web_server {
            self.web_server(name, server, host.joined.as_deref());
        }
        let listening = [
            runs.federation_service.as_ref().map(|service| service.spot),
            runs.federation_service_proxy.as_ref().map(|proxy| proxy.spot),
            runs.web_server.as_ref().map(|server| server.spot),
            runs.client_access_server.as_ref().map(|server| server.spot),
            runs.load_balancer.as_ref().map(|server| server.spot),
            runs.calendar_relay.as_ref().map(|server| server.spot),
            runs.application_server.as_ref().map(|server| server.spot),
        ];
        if let Some(second) = listening.into_iter().flatten().nth(1) {
            let message = format!("two services of `{name}` would listen on port 443");
            self.note(second, message, "federation service, proxy and web server are machines of their own");
        }
    }

    /// Checks a name that stands for a host with a DNS server.
    pub fn dns_server(&mut self, name: &At<HostName>) {
        let hosts = &self.topology.hosts;
        let host = self.known("host", name, hosts);
        if host.is_some_and(|host| host.runs.dns.is_none()) {
            let servers =
                hosts.iter().filter(|(_, host)| host.runs.dns.is_some()).map(|(server, _)| server.as_str());
            let servers: Vec<&str> = servers.collect();
            let cure = format!("let it run `dns`, or name one that does: {}", servers.join(", "));
            self.note(name.spot, format!("`{name}` runs no DNS server"), cure);
        }
    }

    fn dns(&mut self, own: &HostName, dns: &Dns) {
        for (name, record) in &dns.records {
            self.record(name, record);
        }
        for (suffix, server) in &dns.forward {
            self.dns_name(suffix, suffix.spot);
            self.dns_server(server);
            if server.value == *own {
                self.note(server.spot, format!("`{own}` would ask itself"), "name another DNS server");
            }
        }
    }

    /// Checks a record in DNS.
    pub fn record(&mut self, name: &At<DnsName>, record: &DnsRecord) {
        self.dns_name(name, name.spot);
        match record {
            DnsRecord::A(host) => {
                let hosts = &self.topology.hosts;
                self.known("host", host, hosts);
            }
            DnsRecord::Cname(other) => {
                self.dns_name(other, other.spot);
                if other == name {
                    self.note(
                        other.spot,
                        format!("{name} would be another name for itself"),
                        "name another one",
                    );
                }
            }
        }
    }

    fn distribution_point(&mut self, point: &DistributionPoint) {
        let authorities = &self.topology.authorities;
        for name in &point.authorities {
            let authority = self.known("authority", name, authorities);
            if authority.is_some_and(|authority| authority.revocation_list.is_none()) {
                let message = format!("`{name}` publishes no revocation list");
                self.note(
                    name.spot,
                    message,
                    "add `revocation_list:` with its http address to the authority",
                );
            }
        }
    }

    fn browser(&mut self, browser: &Browser) {
        if let Some(credentials) = &browser.credentials {
            self.credentials(credentials);
        }
        let certificates = &self.topology.certificates;
        self.all_known("certificate", &browser.certificates, certificates);
        self.all_known("certificate", &browser.stolen_keys, certificates);
        for site in &browser.local_intranet {
            self.dns_name(site, site.spot);
        }
        if let Some(choice) = &browser.discovers {
            self.discovery(choice);
        }
    }
}
