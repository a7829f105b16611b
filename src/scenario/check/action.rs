//! Actions: hosts that can do what they are to do, faults that touch something, changes of what is
//! there.

use super::Checker;
use super::known::Kind;
use super::step::Past;
use crate::name::HostName;
use crate::protocol::saml::UniqueId;
use crate::scenario::at::At;
use crate::scenario::attack::{Forge, Steal};
use crate::scenario::change::{
    AccountSetting, Change, ChangeAccount, ChangeDns, ChangeFirewall, ChangePartner, ChangeTrust,
    PartnerSetting, TrustSetting,
};
use crate::scenario::fault::{Fault, Traffic};
use crate::scenario::federation::FederationService;
use crate::scenario::host::{Credentials, Host};
use crate::scenario::step::{Action, Bind, Browse, CloseBrowser, NO_CERTIFICATE, Repost, SignOut, Ticket};
use crate::scenario::value::Principal;

impl Checker<'_> {
    pub fn action(&mut self, step: &str, action: &Action, past: &mut Past) {
        match action {
            Action::Browse(browse) => self.browse(browse),
            Action::SignOut(SignOut { client, .. }) | Action::CloseBrowser(CloseBrowser { client }) => {
                self.with_browser(client);
            }
            Action::Repost(Repost { client, captured_by, .. }) => {
                self.with_browser(client);
                if let Some(other) = captured_by {
                    self.with_browser(other);
                }
            }
            Action::Steal(Steal { client, cookies_of }) => {
                self.with_browser(client);
                self.with_browser(cookies_of);
            }
            Action::Forge(forge) => self.forge(forge),
            Action::AskAsProxy(ask) => {
                self.thief(&ask.client, &ask.key);
                self.known("certificate", &ask.holder_of, &self.topology.certificates);
            }
            Action::Ticket(Ticket { client, credentials, service }) => {
                self.someone_at(client, credentials.as_ref());
                self.service_name(service);
            }
            Action::Bind(Bind { client, directory, credentials, read, write }) => {
                if let (Some(_), Some(write)) = (read, write) {
                    let cure = "make two steps of it";
                    self.note(write.spot, "a step either reads or writes", cure);
                }
                self.someone_at(client, credentials.as_ref());
                self.running(directory, "domain controller", |host| host.runs.domain_controller.is_some());
            }
            Action::Mailbox(step) => {
                let runs_one = |host: &Host| host.runs.mail_client.is_some();
                self.running(&step.client, "mail client", runs_one);
                if let Some(credentials) = &step.credentials {
                    self.credentials(credentials);
                }
                if let Some(other) = &step.told_by {
                    self.running(other, "mail client", runs_one);
                }
            }
            Action::Fault { fault, .. } => {
                past.faults.insert(step.to_owned(), false);
                self.fault(fault);
            }
            Action::Heal(name) => match past.faults.get_mut(name.as_str()) {
                Some(ended) if !*ended => *ended = true,
                Some(_) => self.note(name.spot, format!("`{name}` has ended already"), "leave this step out"),
                None => self.unknown("earlier step with a fault named", name.spot, name, past.faults.keys()),
            },
            Action::Wait(_) => {}
            Action::Change(change) => self.change(change, past),
            Action::EdgeSync(act) => self.edge_sync_act(act, past),
        }
    }

    fn browse(&mut self, browse: &Browse) {
        self.with_browser(&browse.client);
        if let Some(credentials) = &browse.credentials {
            self.credentials(credentials);
        }
        if let Some(name) = browse.certificate.as_ref().filter(|name| name.value != NO_CERTIFICATE) {
            let topology = self.topology;
            if !topology.certificates.contains_key(name.as_str()) {
                let valid = topology.certificates.keys().map(String::as_str).chain([NO_CERTIFICATE]);
                self.unknown("certificate", name.spot, name, valid);
            }
        }
        if let Some(choice) = &browse.discovers {
            self.discovery(choice);
        }
        for swap in &browse.swap_cookies {
            self.with_browser(&swap.unsigned_part_of);
        }
        let forms = browse.alter.iter().map(|one| (one.spot, &one.replace, "form"));
        let cookies = browse.alter_cookies.iter().map(|one| (one.spot, &one.replace, "cookie"));
        for (spot, _, what) in forms.chain(cookies).filter(|(_, replaced, _)| replaced.is_empty()) {
            let cure = format!("write the text that the {what} holds");
            self.note(spot, "an empty text cannot be replaced", cure);
        }
    }

    fn forge(&mut self, forge: &Forge) {
        self.thief(&forge.client, &forge.key);
        if let Some(shown) = &forge.shows {
            self.known("certificate", shown, &self.topology.certificates);
        }
        if let Some(id) = forge.id.as_ref().filter(|id| id.parse::<UniqueId>().is_err()) {
            let cure = "write an underscore and a GUID: _00000000-0000-4000-8000-000000000001";
            self.note(id.spot, format!("`{id}` is no AssertionID"), cure);
        }
        for principal in
            forge.windows.iter().flat_map(|windows| [&windows.user].into_iter().chain(&windows.groups))
        {
            self.principal(principal, None);
        }
        if let Some(lifetime) = &forge.lifetime {
            self.forwards(lifetime, true);
        }
    }

    /// Checks that a key has been stolen by someone at this host.
    fn thief(&mut self, client: &At<HostName>, key: &At<String>) {
        self.with_browser(client);
        let browser = self.topology.hosts.get(client.as_str()).and_then(|host| host.runs.browser.as_ref());
        let stolen: Vec<&str> =
            browser.iter().flat_map(|browser| &browser.stolen_keys).map(|name| name.as_str()).collect();
        if browser.is_some() && !stolen.contains(&key.as_str()) {
            let message = format!("nobody at `{client}` has the key of `{key}`");
            self.note(key.spot, message, format!("add it to `stolen_keys` of the browser at {client}"));
        }
    }

    fn with_browser(&mut self, client: &At<HostName>) {
        self.running(client, "browser", |host| host.runs.browser.is_some());
    }

    /// Checks that a host is known and runs something.
    pub fn running(&mut self, name: &At<HostName>, what: &str, runs: impl Fn(&Host) -> bool) {
        let hosts = &self.topology.hosts;
        let host = self.known("host", name, hosts);
        if host.is_some_and(|host| !runs(host)) && !self.findings.enough() {
            let able = hosts.iter().filter(|(_, host)| runs(host)).map(|(name, _)| name.as_str());
            let able: Vec<&str> = able.take(24).collect();
            let cure = match able.is_empty() {
                true => format!("no host does; add it to a host's `runs`: {}", what.replace(' ', "_")),
                false => format!("these do: {}", able.join(", ")),
            };
            self.note(name.spot, format!("`{name}` runs no {what}"), cure);
        }
    }

    /// Checks that someone is at a host: with credentials, or with a session at the desktop.
    fn someone_at(&mut self, client: &At<HostName>, credentials: Option<&Credentials>) {
        let host = self.known("host", client, &self.topology.hosts);
        match credentials {
            Some(credentials) => self.credentials(credentials),
            None if host.is_some_and(|host| host.runs.desktop.is_none()) => {
                let message = format!("nobody has a session at `{client}`");
                self.note(client.spot, message, "write `credentials`, or let the host run `desktop`");
            }
            None => {}
        }
    }

    fn fault(&mut self, fault: &Fault) {
        match fault {
            Fault::Loss(traffic)
            | Fault::Duplicate(traffic)
            | Fault::Reorder(traffic)
            | Fault::Corrupt(traffic) => {
                self.traffic(traffic);
            }
            Fault::Delay(delay) => {
                self.end(&delay.from);
                self.end(&delay.to);
                self.forwards(&delay.by, true);
            }
            Fault::Cut(cut) => {
                self.end(cut.between.one());
                self.end(cut.between.other());
                self.distinct(&cut.between);
            }
            Fault::Crash(crash) => {
                self.known("host", &crash.host, &self.topology.hosts);
            }
            Fault::Clock(clock) => {
                self.known("host", &clock.host, &self.topology.hosts);
                if clock.offset.is_none() && clock.drift.is_none() {
                    let message = "nothing is wrong with this clock";
                    self.note(
                        clock.host.spot,
                        message,
                        "add `offset: 1h`, or `drift` in microseconds per second",
                    );
                }
            }
        }
    }

    fn traffic(&mut self, traffic: &Traffic) {
        self.end(&traffic.from);
        self.end(&traffic.to);
        if let Some(percent) = traffic.percent.as_ref().filter(|percent| !(1..=100).contains(&percent.value))
        {
            self.note(
                percent.spot,
                format!("{percent} is no share of a hundred"),
                "write a number from 1 to 100",
            );
        }
        if let Some(next) = traffic.next.as_ref().filter(|next| next.value == 0) {
            self.note(next.spot, "the next 0 messages are none", "write at least 1");
        }
        if let (Some(percent), Some(next)) = (&traffic.percent, &traffic.next) {
            let message = "`percent` and `next` cannot both say how many messages";
            self.note(percent.spot.max(next.spot), message, "leave one of the two out");
        }
    }

    fn change(&mut self, change: &Change, past: &mut Past) {
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
            Change::Mailbox(change) => {
                self.known("Exchange organization in", &change.exchange, &topology.exchange);
                self.principal(&change.mailbox, None);
            }
            Change::Application(change) => {
                self.running(&change.server, "application server", |host| {
                    host.runs.application_server.is_some()
                });
            }
            Change::Recipient(change) => {
                self.running(&change.at, "domain controller", |host| host.runs.domain_controller.is_some());
            }
            Change::Site(change) => {
                self.running(&change.server, "hub transport", |host| host.runs.hub_transport.is_some());
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
