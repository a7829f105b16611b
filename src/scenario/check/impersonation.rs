//! Exchange: databases on servers, mailboxes in databases, rights for people on things, and the
//! servers and programs that have to do with them.

use std::collections::BTreeSet;

use super::Checker;
use crate::name::{DnsName, HostName};
use crate::scenario::at::At;
use crate::scenario::change::EnterTalk;
use crate::scenario::exchange::Exchange;
use crate::scenario::host::{Host, Services};
use crate::scenario::impersonation::{ApplicationServer, Database, ExchangeRight, Grant, Naming};

impl Checker<'_> {
    pub fn mailboxes(&mut self) {
        let topology = self.topology;
        for (forest, entry) in &topology.exchange {
            self.file = entry.file;
            for database in entry.databases.values() {
                self.running(&database.server, "mailbox server", |host| host.runs.mailbox_server.is_some());
            }
            for (account, mailbox) in &entry.mailboxes {
                self.principal(account, Some(forest));
                if !entry.databases.contains_key(mailbox.database.as_str()) {
                    let valid = entry.databases.keys().map(|name| name.value.as_str());
                    self.unknown("database", mailbox.database.spot, &mailbox.database, valid);
                }
                if let Some(master) = &mailbox.linked_to {
                    self.principal(master, None);
                }
            }
            for contact in entry.contacts.values() {
                self.principal(&contact.linked_to, None);
            }
            self.warn_of_open_account(entry);
            for grant in &entry.grants {
                self.grant(forest, entry, grant);
            }
            self.availability(forest, entry);
        }
    }

    /// Checks a right: for whom it is, and on what.
    pub fn grant(&mut self, forest: &DnsName, exchange: &Exchange, grant: &Grant) {
        self.principal(&grant.to, Some(forest));
        let on = grant.on.value.as_str();
        self.warn_of_reach(exchange, grant);
        let hosts = &self.topology.hosts;
        let server = hosts.get(on).is_some_and(|host| is_server(&host.runs));
        if on.contains('\\') || on == "organization" || server || exchange.databases.contains_key(on) {
            return;
        }
        let servers = hosts.iter().filter(|(_, host)| is_server(&host.runs)).map(|(name, _)| name.as_str());
        let databases = exchange.databases.keys().map(|name| name.value.as_str());
        let valid: Vec<&str> = servers.chain(databases).chain(["organization"]).collect();
        self.unknown("server, database or account", grant.on.spot, on, valid);
    }

    /// Another forest has the credentials of the account that it asks for free and busy times with.
    fn warn_of_open_account(&mut self, exchange: &Exchange) {
        let Some(account) = &exchange.availability.org_wide_account else { return };
        if exchange.mailboxes.keys().any(|owner| owner.value == account.value) {
            let message = format!(
                "`{}` has a mailbox, which other forests hold the password of: it is the OrgWideAccount",
                account.value
            );
            self.warn(
                account.spot,
                message,
                "set an account without a mailbox, and without rights, as the OrgWideAccount",
            );
        }
    }

    /// A right on the organization or on a mailbox server is one on every mailbox.
    fn warn_of_reach(&mut self, exchange: &Exchange, grant: &Grant) {
        let on = grant.on.value.as_str();
        let below = |database: &Database| on == "organization" || database.server.as_str() == on;
        let databases = exchange.databases.iter().filter(|(_, database)| below(database));
        let databases: BTreeSet<&str> = databases.map(|(name, _)| name.value.as_str()).collect();
        if grant.right != ExchangeRight::EpiMayImpersonate || databases.is_empty() {
            return;
        }
        let reached =
            exchange.mailboxes.iter().filter(|(_, mailbox)| databases.contains(mailbox.database.as_str()));
        let reached: Vec<String> = reached.map(|(account, _)| account.to_string()).collect();
        let message = format!(
            "`{}` may act for everybody with a mailbox in {}, now and later: {}, of {}",
            grant.to,
            databases.into_iter().collect::<Vec<_>>().join(", "),
            reached.len(),
            reached.join(", ")
        );
        let cure = "grant the right on the accounts that are meant, or on a database with no others in it";
        self.warn(grant.on.spot, message, cure);
    }

    pub fn exchange_services(&mut self, name: &HostName, host: &Host) {
        let runs = &host.runs;
        let certificates = &self.topology.certificates;
        if let Some(server) = &runs.client_access_server {
            self.known("certificate", &server.certificate, certificates);
        }
        if let Some(balancer) = &runs.load_balancer {
            self.known("certificate", &balancer.certificate, certificates);
        }
        if let Some(server) = &runs.application_server {
            self.known("certificate", &server.certificate, certificates);
            self.credentials(&server.service_account);
            self.talks(server);
        }
        if let Some(relay) = &runs.calendar_relay {
            self.calendar_relay(name, host, relay);
        }
        if let Some(client) = &runs.mail_client {
            self.credentials(&client.person);
        }
        let member = is_server(runs) || runs.application_server.is_some();
        if member && host.joined.is_none() {
            let spots = [
                runs.client_access_server.as_ref().map(|server| server.spot),
                runs.mailbox_server.as_ref().map(|server| server.spot),
                runs.application_server.as_ref().map(|server| server.spot),
            ];
            let message = format!("`{name}` is joined to no domain, so it has no account");
            if let Some(spot) = spots.into_iter().flatten().next() {
                self.note(spot, message, "add `joined:` with the domain");
            }
        }
        if is_server(runs) {
            self.server_of_organization(name, host);
        }
    }

    /// The table of a broker: people with calendars, and who arranges their talks.
    fn talks(&mut self, server: &At<ApplicationServer>) {
        if server.talks.is_empty() && server.names_clients == Naming::AsTheTableSays {
            let message = "there is no table that could say whom to name";
            self.note(server.spot, message, "add `talks:`, or name clients in another way");
        }
        for talk in server.talks.values() {
            self.principal(&talk.speaker, None);
            for arranger in &talk.arranged_by {
                self.principal(arranger, None);
            }
        }
    }

    /// Checks that a broker has the talk that it is told of.
    pub fn enter_talk(&mut self, change: &EnterTalk) {
        let hosts = &self.topology.hosts;
        self.running(&change.told_by, "mail client", |host| host.runs.mail_client.is_some());
        let table = |host: &Host| host.runs.application_server.as_ref().map(|server| server.talks.clone());
        let broker = |host: &Host| table(host).is_some_and(|talks| !talks.is_empty());
        self.running(&change.broker, "application server with talks", broker);
        let talks = hosts.get(change.broker.as_str()).and_then(|entry| table(entry)).unwrap_or_default();
        if !talks.is_empty() && !talks.contains_key(change.talk.as_str()) {
            self.unknown(
                "talk",
                change.talk.spot,
                &change.talk,
                talks.keys().map(|name| name.value.as_str()),
            );
        }
    }

    /// A server of Exchange stands among the servers of its forest's organization.
    fn server_of_organization(&mut self, name: &HostName, host: &Host) {
        let Some(joined) = &host.joined else { return };
        let topology = self.topology;
        if !topology.domains.contains_key(joined.as_str()) {
            return;
        }
        let organization = topology.exchange.get(topology.forest_root(joined));
        if organization.is_none_or(|organization| !organization.servers.contains_key(name.as_str())) {
            let message = format!("`{name}` is no server of an Exchange organization");
            self.note(
                joined.spot,
                message,
                format!("add it to the `servers:` of the forest's `exchange:`: {name}: {{ site: … }}"),
            );
        }
    }
}

fn is_server(runs: &Services) -> bool {
    runs.client_access_server.is_some() || runs.mailbox_server.is_some()
}
