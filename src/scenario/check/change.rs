//! Changes of what is there, and not of what has been changed away.

use super::Checker;
use super::known::Kind;
use super::step::Past;
use crate::name::HostName;
use crate::scenario::at::At;
use crate::scenario::change::{
    AccountSetting, Change, ChangeAccount, ChangeDns, ChangeFirewall, ChangePartner, ChangeTrust,
    PartnerSetting, TrustSetting,
};
use crate::scenario::federation::FederationService;
use crate::scenario::value::Principal;

impl Checker<'_> {
    pub fn change(&mut self, change: &Change, past: &mut Past) {
        let topology = self.topology;
        match change {
            Change::Account(change) => self.change_account(change),
            Change::Firewall(change) => self.change_firewall(change, past),
            Change::Link(change) => {
                self.known("link", &change.link, &topology.links);
                self.latency(&change.latency);
            }
            Change::Dns(change) => self.change_dns(change),
            Change::Revoke(revoke) => {
                let certificate = self.known("certificate", &revoke.certificate, &topology.certificates);
                if certificate.is_some_and(|certificate| certificate.authority().is_none()) {
                    let message = format!("`{}` is self-signed, so nobody can revoke it", revoke.certificate);
                    self.note(revoke.certificate.spot, message, "revoke one that an authority issued");
                }
            }
            Change::Partner(change) => self.change_partner(change, past),
            Change::TokenSigning(change) => {
                self.with_federation_service(&change.federation_service);
                self.known("certificate", &change.certificate, &topology.certificates);
            }
            Change::Permission(change) => {
                let Some(exchange) =
                    self.known("Exchange organization in", &change.exchange, &topology.exchange)
                else {
                    return;
                };
                for grant in change.grant.iter().chain(&change.revoke) {
                    self.grant(&change.exchange, exchange, grant);
                }
                if change.grant.is_empty() && change.revoke.is_empty() {
                    let cure = "write the rights to `grant` or to `revoke`";
                    self.note(change.exchange.spot, "this changes nothing", cure);
                }
            }
            Change::Availability(change) => self.change_availability(change),
            Change::Mailbox(change) => {
                self.known("Exchange organization in", &change.exchange, &topology.exchange);
                self.principal(&change.mailbox, None);
            }
            Change::Application(change) => {
                self.running(&change.server, "application server", |host| {
                    host.runs.application_server.is_some()
                });
            }
            Change::Talk(change) => self.enter_talk(change),
            Change::Recipient(change) => {
                self.running(&change.at, "domain controller", |host| host.runs.domain_controller.is_some());
            }
            Change::Site(change) => {
                self.running(&change.server, "hub transport", |host| host.runs.hub_transport.is_some());
            }
            Change::EdgeSyncServiceConfig(change) => {
                self.running(&change.server, "hub transport", |host| host.runs.hub_transport.is_some());
            }
            Change::SecureLdapPort(change) => {
                self.running(&change.edge, "edge transport", |host| host.runs.edge_transport.is_some());
            }
            Change::TransportCertificate(change) => {
                self.running(&change.server, "hub transport", |host| {
                    host.runs.hub_transport.is_some() || host.runs.edge_transport.is_some()
                });
            }
            Change::Trust(change) => self.change_trust(change, past),
            Change::UpnSuffix(change) => {
                self.known("domain", &change.forest, &topology.domains);
                self.dns_name(&change.add, change.add.spot);
            }
            Change::BackUp(change) => {
                self.controller(&change.domain_controller);
                past.backups.insert(change.domain_controller.value.clone());
            }
            Change::Restore(change) => {
                let host = &change.domain_controller;
                self.controller(host);
                if !past.backups.contains(&host.value) {
                    let message = format!("no step before this one has backed up {host}");
                    let cure = format!("add a step with `back_up: {{ domain_controller: {host} }}`");
                    self.note(host.spot, message, cure);
                }
            }
        }
    }

    fn controller(&mut self, host: &At<HostName>) {
        self.running(host, "domain controller", |host| host.runs.domain_controller.is_some());
    }

    fn change_trust(&mut self, change: &ChangeTrust, past: &mut Past) {
        let name = &change.trust;
        let Some(trust) = self.known("trust", name, &self.topology.trusts) else { return };
        if let Some(side) = &change.only_at {
            let sides = [trust.trusting.as_str(), trust.trusted.as_str()];
            if !sides.contains(&side.as_str()) {
                self.unknown(&format!("side of {name} named"), side.spot, side.as_str(), sides);
            }
        }
        let there = trust.made || past.trusts_made.contains(&name.value);
        match &change.set {
            TrustSetting::Made if there => {
                let cure = "leave this step out, or write `made: false` to the trust";
                self.note(name.spot, format!("the trust `{name}` is there already"), cure);
            }
            TrustSetting::Made => {
                past.trusts_made.insert(name.value.clone());
            }
            _ if !there => {
                let cure = "add a step before this one that makes it: `set: made`";
                self.note(name.spot, format!("the trust `{name}` is not made yet"), cure);
            }
            TrustSetting::SuffixEnabled(suffix) | TrustSetting::SuffixDisabled(suffix) => {
                self.dns_name(suffix, suffix.spot);
            }
            _ => {}
        }
    }

    fn change_account(&mut self, change: &ChangeAccount) {
        self.of_kind(&change.user, "an account", |kind| kind == Kind::Account);
        if change.set.is_empty() {
            self.note(change.user.spot, "this changes nothing", "write what it becomes: set: [disabled]");
        }
        for setting in &change.set {
            if let AccountSetting::MemberOf(group) | AccountSetting::NotMemberOf(group) = &setting.value {
                self.of_kind(group, "a group", |kind| matches!(kind, Kind::Group(_)));
            }
        }
    }

    fn of_kind(&mut self, name: &At<Principal>, what: &str, fits: impl Fn(Kind) -> bool) {
        if self.principal(name, None).is_some_and(|(_, kind)| !fits(kind)) {
            self.note(name.spot, format!("`{}` is not {what}", name.value), format!("name {what}"));
        }
    }

    fn change_firewall(&mut self, change: &ChangeFirewall, past: &mut Past) {
        let Some(firewall) = self.known("firewall", &change.firewall, &self.topology.firewalls) else {
            return;
        };
        if change.close.is_empty() && change.open.is_empty() {
            self.note(
                change.firewall.spot,
                "this changes nothing",
                "write the rules to `close` or to `open`",
            );
        }
        for rule in &change.close {
            let opened = past.opened.contains(&(change.firewall.value.clone(), rule.value.clone()));
            if !opened && !firewall.allow.contains_key(rule.as_str()) {
                let what = format!("rule of {} named", change.firewall);
                self.unknown(&what, rule.spot, rule, firewall.allow.keys());
            }
        }
        for (name, rule) in &change.open {
            self.rule(name, rule);
            past.opened.insert((change.firewall.value.clone(), name.value.clone()));
        }
    }

    fn change_dns(&mut self, change: &ChangeDns) {
        self.dns_server(&change.server);
        if change.set.is_empty() && change.remove.is_empty() {
            self.note(
                change.server.spot,
                "this changes nothing",
                "write the records to `set` or to `remove`",
            );
        }
        for (name, record) in &change.set {
            self.record(name, record);
        }
        for name in &change.remove {
            self.dns_name(name, name.spot);
        }
    }

    fn with_federation_service(&mut self, name: &At<HostName>) {
        self.running(name, "federation service", |host| host.runs.federation_service.is_some());
    }

    fn change_partner(&mut self, change: &ChangePartner, past: &mut Past) {
        let name = &change.federation_service;
        self.with_federation_service(name);
        if let PartnerSetting::AddVerification(certificate)
        | PartnerSetting::RemoveVerification(certificate) = &change.set
        {
            self.known("certificate", certificate, &self.topology.certificates);
            let resource = |service: &FederationService| {
                service.resource_partners.contains_key(change.partner.as_str())
                    && !service.account_partners.contains_key(change.partner.as_str())
            };
            let host = self.topology.hosts.get(name.as_str());
            if host.and_then(|host| host.runs.federation_service.as_deref()).is_some_and(resource) {
                let message =
                    format!("`{}` sends no tokens, so no certificate verifies them", change.partner);
                self.note(change.partner.spot, message, "name an account partner");
            }
        }
        let host = self.topology.hosts.get(name.as_str());
        let Some(service) = host.and_then(|host| host.runs.federation_service.as_ref()) else { return };
        let mut valid: Vec<&str> = service
            .account_partners
            .keys()
            .chain(service.resource_partners.keys())
            .map(|partner| partner.as_str())
            .collect();
        let own = (name.value.clone(), change.partner.value.clone());
        if let PartnerSetting::Added(partner) = &change.set {
            let partner = partner.clone();
            self.resource_partner(&partner, service);
            if valid.contains(&change.partner.as_str()) || !past.partners.insert(own) {
                let message = format!("there is a partner `{}` already", change.partner);
                self.note(change.partner.spot, message, "give the new one another name");
            }
            return;
        }
        if past.partners.contains(&own) {
            valid.push(change.partner.as_str());
        }
        if !valid.contains(&change.partner.as_str()) {
            self.unknown("partner", change.partner.spot, &change.partner, valid);
        }
    }
}
