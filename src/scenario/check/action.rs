//! Actions: hosts that can do what they are to do.

use super::Checker;
use super::step::Past;
use crate::name::HostName;
use crate::protocol::saml::UniqueId;
use crate::scenario::ask::{Bind, Ticket};
use crate::scenario::at::At;
use crate::scenario::attack::{Forge, Steal};
use crate::scenario::browser::{Browse, CloseBrowser, NO_CERTIFICATE, Repost, SignOut};
use crate::scenario::host::{Credentials, Host};
use crate::scenario::step::Action;

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
}
