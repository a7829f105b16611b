//! Free and busy times between forests: accounts of the forests that are asked, and relays on the way.

use super::Checker;
use crate::name::{DnsName, HostName};
use crate::scenario::availability::{AccessMethod, CalendarRelay};
use crate::scenario::change::{AvailabilitySetting, ChangeAvailability};
use crate::scenario::exchange::Exchange;
use crate::scenario::host::Host;

impl Checker<'_> {
    pub fn availability(&mut self, forest: &DnsName, exchange: &Exchange) {
        if let Some(account) = &exchange.availability.org_wide_account {
            self.principal(account, Some(forest));
        }
        for (domain, space) in &exchange.availability.address_spaces {
            self.dns_name(domain, domain.spot);
            match &space.credentials {
                Some(credentials) => self.credentials(credentials),
                None if space.access_method.value == AccessMethod::OrgWideFreeBusy => {
                    let message = "OrgWideFB asks as an account of the other forest, and none is named";
                    self.note(space.access_method.spot, message, "add `credentials` with its user name");
                }
                None => {}
            }
            if space.at.is_empty() {
                let message = format!("nobody is asked for free and busy times of {domain}");
                self.note(
                    domain.spot,
                    message,
                    "write the address to `at`: [\"https://…/EWS/Exchange.asmx\"]",
                );
            }
        }
    }

    pub fn calendar_relay(&mut self, name: &HostName, host: &Host, relay: &CalendarRelay) {
        self.known("certificate", &relay.certificate, &self.topology.certificates);
        let Some(asks_as) = &relay.asks_as else { return };
        self.principal(&asks_as.lets_in, host.joined.as_ref().map(|joined| &joined.value));
        self.credentials(&asks_as.service_account);
        if host.joined.is_none() {
            let message = format!("`{name}` is joined to no domain, so nobody can authenticate to it");
            self.note(asks_as.lets_in.spot, message, "add `joined:` with the domain");
        }
    }

    pub fn change_availability(&mut self, change: &ChangeAvailability) {
        let organizations = &self.topology.exchange;
        let Some(exchange) = self.known("Exchange organization in", &change.exchange, organizations) else {
            return;
        };
        match &change.set {
            AvailabilitySetting::OrgWideAccount(account) => {
                self.principal(account, Some(&change.exchange));
                self.configured(change, exchange);
            }
            AvailabilitySetting::AsEachPerson(domain) => {
                let spaces = &exchange.availability.address_spaces;
                if !spaces.contains_key(domain) {
                    let valid = spaces.keys().map(|domain| domain.as_str());
                    self.unknown("availability address space", domain.spot, domain.as_str(), valid);
                }
            }
        }
    }

    /// The object that the change is made to comes with the topology's own configuration.
    fn configured(&mut self, change: &ChangeAvailability, exchange: &Exchange) {
        if exchange.availability == Default::default() {
            let message = format!("{} has no availability configuration to change", change.exchange);
            self.note(
                change.exchange.spot,
                message,
                "add `availability:` to the organization in the topology",
            );
        }
    }
}
