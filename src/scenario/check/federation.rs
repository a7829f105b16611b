//! Federation services, their proxies, and web servers with their applications.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use super::known::organization_claims;
use crate::name::{DnsName, HostName, NetbiosName};
use crate::protocol::uri;
use crate::scenario::at::{At, Spot};
use crate::scenario::federation::{
    AccessEntry, Application, ApplicationKind, FederationService, FederationServiceProxy, ResourcePartner,
    WebServer,
};
use crate::scenario::value::{Duration, Principal};
use crate::time::Span;

/// Where an access control list stands: a Web server on its machine.
struct Place<'p> {
    host: NetbiosName,
    server: &'p WebServer,
    joined: Option<&'p DnsName>,
}

impl Checker<'_> {
    pub fn federation_service(&mut self, service: &FederationService) {
        let topology = self.topology;
        let certificates = &topology.certificates;
        self.realm(&service.realm);
        self.known("certificate", &service.certificate, certificates);
        self.known("certificate", &service.token_signing, certificates);
        self.all_known("certificate", &service.proxies, certificates);
        self.all_known("authority", &service.accepts, &topology.authorities);
        if let Some(store) = &service.account_store {
            self.known("domain", store, &topology.domains);
        }
        for (claim, groups) in &service.organization_claims {
            self.principals(groups, service.account_store.as_deref());
            if groups.is_empty() {
                self.note(
                    claim.spot,
                    format!("no group has the claim `{claim}`"),
                    r"add groups: ['CORP\Salesmen']",
                );
            }
        }
        for name in service.custom_claims.keys() {
            self.custom_name(name);
        }
        self.lifetime(service.cookie_lifetime.as_ref());
        let offered = service.sign_in.iter().flatten();
        if let (Some(first), None) = (offered.map(|way| way.spot).next(), &service.account_store) {
            let message = "nobody can sign in at a federation service that keeps no accounts";
            self.note(first, message, "add `account_store:` with the domain, or leave `sign_in` out");
        }
        self.partners(service);
        let own: BTreeSet<String> = organization_claims(service).map(str::to_owned).collect();
        self.distinct_addresses(service.applications.iter().map(|(name, app)| (name, app.address.as_str())));
        for application in service.applications.values() {
            self.lifetime(application.token_lifetime.as_ref());
            self.claims(&application.claims, &own);
        }
    }

    fn partners(&mut self, service: &FederationService) {
        let topology = self.topology;
        let claims: BTreeSet<String> = organization_claims(service).map(str::to_owned).collect();
        for claim in service.resource_groups.keys() {
            self.claim(claim, claim.spot, &claims);
        }
        let mut realms = BTreeMap::new();
        for (name, partner) in &service.account_partners {
            self.partner_realm(name, &partner.realm, &mut realms);
            self.all_known("certificate", &partner.verification, &topology.certificates);
            for suffix in &partner.suffixes {
                self.dns_name(suffix, suffix.spot);
            }
            for suffix in partner.email_suffixes.iter().flatten() {
                self.dns_name(suffix, suffix.spot);
            }
            for name in partner.incoming_custom_claims.values() {
                self.custom_name(name);
            }
            for claim in partner.group_to_upn.keys() {
                self.claim(claim, claim.spot, &claims);
            }
            if let Some(domain) = &partner.windows_trust {
                self.known("domain", domain, &topology.domains);
            }
        }
        let mut realms = BTreeMap::new();
        for (name, partner) in &service.resource_partners {
            self.partner_realm(name, &partner.realm, &mut realms);
            self.resource_partner(partner, service);
        }
    }

    /// Checks what a resource partner is told.
    pub fn resource_partner(&mut self, partner: &ResourcePartner, service: &FederationService) {
        let own: BTreeSet<String> = organization_claims(service).map(str::to_owned).collect();
        self.lifetime(partner.token_lifetime.as_ref());
        for claim in partner.outgoing_claims.keys().chain(partner.outgoing_custom_claims.keys()) {
            self.claim(claim, claim.spot, &own);
        }
        for name in partner.outgoing_custom_claims.values() {
            self.custom_name(name);
        }
        for suffix in partner.upn_suffix.iter().chain(&partner.email_suffix) {
            self.dns_name(suffix, suffix.spot);
        }
    }

    /// Checks the name of a custom claim: none that means something to every receiver already.
    fn custom_name(&mut self, name: &At<String>) {
        if [uri::UPN, uri::EMAIL, uri::COMMON_NAME, uri::GROUP].contains(&name.as_str()) {
            let message = format!("`{name}` is no custom claim");
            self.note(name.spot, message, "give the claim a name of its own: CostCenter");
        }
    }

    fn partner_realm<'p>(
        &mut self,
        name: &'p At<String>,
        realm: &'p At<String>,
        realms: &mut BTreeMap<&'p str, &'p str>,
    ) {
        self.realm(realm);
        if let Some(other) = realms.insert(realm, name) {
            let message = format!("the partner `{other}` has this realm as well");
            self.note(realm.spot, message, "each partner has its own Federation Service URI");
        }
    }

    /// Checks the form of a Federation Service URI.
    fn realm(&mut self, realm: &At<String>) {
        if url::Url::parse(realm).is_err() {
            let message = format!("`{realm}` is not a URI");
            self.note(realm.spot, message, "write it as urn:federation:adventure-works");
        }
    }

    fn lifetime(&mut self, lifetime: Option<&At<Duration>>) {
        if let Some(lifetime) = lifetime {
            self.forwards(lifetime, true);
            if lifetime.0 > Span::ZERO && lifetime.0 < Span::minutes(1) {
                let message = "shorter than the shortest lifetime that AD FS takes";
                self.note(lifetime.spot, message, "write at least 1m");
            }
        }
    }

    fn claims(&mut self, claims: &[At<String>], known: &BTreeSet<String>) {
        for claim in claims {
            self.claim(claim, claim.spot, known);
        }
    }

    fn claim(&mut self, claim: &str, spot: Spot, known: &BTreeSet<String>) {
        if !known.contains(claim) {
            self.unknown("organization claim", spot, claim, known);
        }
    }

    pub fn federation_service_proxy(&mut self, proxy: &FederationServiceProxy) {
        let topology = self.topology;
        self.known("certificate", &proxy.certificate, &topology.certificates);
        self.known("certificate", &proxy.client_certificate, &topology.certificates);
        self.all_known("authority", &proxy.accepts, &topology.authorities);
    }

    pub fn web_server(&mut self, host: &HostName, server: &WebServer, joined: Option<&DnsName>) {
        let topology = self.topology;
        self.known("certificate", &server.certificate, &topology.certificates);
        self.distinct_addresses(server.applications.iter().map(|(name, app)| (name, app.address.as_str())));
        let place = Place { host: NetbiosName::new(host.as_str()), server, joined };
        for members in server.local_groups.values() {
            for member in members {
                self.local_member(member, &place);
            }
        }
        let known = self.known.clone();
        for (name, application) in &server.applications {
            self.application(name, application, &place, &known.claims);
        }
    }

    /// Checks a member of a group of a machine: of a domain, as such a group holds none of its own kind.
    fn local_member(&mut self, member: &At<Principal>, place: &Place<'_>) {
        if member.domain.as_ref() == Some(&place.host) {
            let message = format!("`{}` is a group of the machine itself", member.value);
            self.note(member.spot, message, "a machine's groups hold accounts and groups of domains only");
        } else {
            self.principal(member, place.joined);
        }
    }

    /// Checks who stands on an access control list: a group of the machine, or someone of a domain.
    fn trustee(&mut self, who: &At<Principal>, place: &Place<'_>) {
        if who.domain.as_ref() != Some(&place.host) {
            self.principal(who, place.joined);
            return;
        }
        let own = place.server.local_groups.keys().map(|group| group.as_str());
        let known: Vec<&str> = ["Administrators", "Users"].into_iter().chain(own).collect();
        if !known.iter().any(|group| group.eq_ignore_ascii_case(&who.name)) {
            self.unknown(&format!("group of {} named", place.host), who.spot, &who.name, known);
        }
    }

    /// Checks an access control list.
    fn access(&mut self, entries: &[At<AccessEntry>], place: &Place<'_>) {
        for entry in entries {
            self.trustee(&entry.rights().who, place);
            if entry.rights().to.is_empty() {
                self.note(
                    entry.spot,
                    "this entry is about no right",
                    "write to: [read], or to: [read, write]",
                );
            }
        }
    }

    /// Checks the access control lists of single pages.
    fn page_access(&mut self, application: &Application, place: &Place<'_>) {
        for (path, list) in &application.page_access {
            self.access(&list.entries, place);
            let below = format!("{}/", path.trim_end_matches('/'));
            let is_about = |page: &str| page == path.as_str() || page.starts_with(&below);
            if path.as_str() == "/" {
                let message = "the list of the topmost page is written twice";
                self.note(path.spot, message, "write it under `access`");
            } else if !application.pages.keys().any(|page| is_about(page)) {
                let message = format!("there is no page at or below `{path}`");
                self.note(path.spot, message, "add the page to `pages`, or correct the path");
            }
        }
    }

    fn application(
        &mut self,
        name: &At<String>,
        application: &Application,
        place: &Place<'_>,
        claims: &BTreeSet<String>,
    ) {
        self.claims(&application.admits, claims);
        for claim in application.admits_custom.keys() {
            self.claim(claim, claim.spot, claims);
        }
        self.access(&application.access, place);
        self.page_access(application, place);
        match application.kind {
            ApplicationKind::ClaimsAware
                if !application.access.is_empty() || !application.page_access.is_empty() =>
            {
                let message = format!("`{name}` reads claims, so nobody asks its access control list");
                self.note(name.spot, message, "use `admits`, or `kind: windows_token`");
            }
            ApplicationKind::WindowsToken
                if !application.admits.is_empty() || !application.admits_custom.is_empty() =>
            {
                let message = format!("`{name}` takes a Windows token, so nobody asks what it admits");
                self.note(name.spot, message, "use `access`, or `kind: claims_aware`");
            }
            _ => {}
        }
        if let Some(path) = application.cookie_path.as_ref().filter(|path| !path.starts_with('/')) {
            self.note(path.spot, format!("`{path}` is not the path of a cookie"), "begin it with /");
        }
        for page in application.pages.keys().filter(|page| !page.starts_with('/')) {
            self.note(page.spot, format!("`{page}` is not the path of a page"), "begin it with /: /orders");
        }
    }

    fn distinct_addresses<'p>(&mut self, addresses: impl Iterator<Item = (&'p At<String>, &'p str)>) {
        let mut taken = BTreeMap::new();
        for (name, address) in addresses {
            if let Some(other) = taken.insert(address, name) {
                let message = format!("`{name}` has the same address as `{other}`");
                self.note(name.spot, message, "each application has its own");
            }
        }
    }
}
