//! Checks of single names and spans, wherever they stand: each is known, or what is noted says which
//! name is nearest.

use std::borrow::Borrow;
use std::fmt::Display;
use std::hash::Hash;

use super::Checker;
use super::known::Kind;
use crate::directory::Sid;
use crate::name::{DnsName, HostName};
use crate::scenario::at::{At, Section, Spot};
use crate::scenario::explain::nearest;
use crate::scenario::host::Credentials;
use crate::scenario::topology::End;
use crate::scenario::value::{Duration, Principal};
use crate::time::Span;

impl Checker<'_> {
    /// The entry of this name; where there is none, that is noted: `there is no zone `perimetr``.
    pub fn known<'s, K, T>(
        &mut self,
        what: &str,
        name: &At<impl Display>,
        section: &'s Section<K, T>,
    ) -> Option<&'s T>
    where
        K: Borrow<str> + Hash + Eq + Display,
    {
        let written = name.to_string();
        let entry = section.get(written.as_str());
        if entry.is_none() {
            self.unknown(what, name.spot, &written, section.keys());
        }
        entry.map(|entry| &entry.value)
    }

    /// Notes that there is no such thing.
    pub fn unknown<T: Display>(
        &mut self,
        what: &str,
        spot: Spot,
        name: &str,
        valid: impl IntoIterator<Item = T>,
    ) {
        if !self.findings.enough() {
            self.note(spot, format!("there is no {what} `{name}`"), nearest(name, valid));
        }
    }

    /// Checks a list of names of the same kind.
    pub fn all_known<K, T>(&mut self, what: &str, names: &[At<impl Display>], section: &Section<K, T>)
    where
        K: Borrow<str> + Hash + Eq + Display,
    {
        for name in names {
            self.known(what, name, section);
        }
    }

    /// Checks a name that stands for a zone, a host or any.
    pub fn end(&mut self, name: &At<String>) {
        let topology = self.topology;
        if topology.end(name).is_none() {
            let zones = topology.zones.keys().map(String::as_str);
            let hosts = topology.hosts.keys().map(HostName::as_str);
            self.unknown("zone or host", name.spot, name, zones.chain(hosts).chain([End::ANY]));
        }
    }

    /// Checks a name that stands for where something was decided: a host or a firewall.
    pub fn deciding(&mut self, name: &At<HostName>) {
        let topology = self.topology;
        if !topology.hosts.contains_key(name.as_str()) && !topology.firewalls.contains_key(name.as_str()) {
            let hosts = topology.hosts.keys().map(HostName::as_str);
            let firewalls = topology.firewalls.keys().map(String::as_str);
            self.unknown("host or firewall", name.spot, name.as_str(), hosts.chain(firewalls));
        }
    }

    /// Checks the form of a DNS name.
    pub fn dns_name(&mut self, name: &DnsName, spot: Spot) {
        let label_is_fine = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        if name.as_str().len() > 253 || !name.as_str().split('.').all(label_is_fine) {
            let cure = "write words of letters, digits and hyphens with points between them: fs.adventure-works.example";
            self.note(spot, format!("`{name}` is not a name in DNS"), cure);
        }
    }

    /// Checks a span that must not point backwards, and must be some time where `some` says so.
    pub fn forwards(&mut self, span: &At<Duration>, some: bool) {
        if span.0 < Span::ZERO || (some && span.0 == Span::ZERO) {
            self.note(
                span.spot,
                format!("`{}` is no time to wait", span.value),
                "write a longer one, without a minus",
            );
        }
    }

    /// Checks a list of people and groups. Names without a domain belong to `home`.
    pub fn principals(&mut self, names: &[At<Principal>], home: Option<&DnsName>) {
        for name in names {
            self.principal(name, home);
        }
    }

    /// Whom a name means: in which domain, and what it is. None where that is unknown, which is
    /// noted, or where it is a SID.
    pub fn principal(&mut self, name: &At<Principal>, home: Option<&DnsName>) -> Option<(DnsName, Kind)> {
        if name.is_sid() {
            if let Err(error) = name.name.parse::<Sid>() {
                self.note(name.spot, error.to_string(), "");
            }
            return None;
        }
        let domain = self.domain_of(name, home)?;
        let found = self.known.kind(&domain, &name.name);
        if found.is_none() {
            let what = format!("account or group in {domain} named");
            let known = self.known.clone();
            self.unknown(&what, name.spot, &name.name, known.names(&domain));
        }
        found.map(|kind| (domain, kind))
    }

    fn domain_of(&mut self, name: &At<Principal>, home: Option<&DnsName>) -> Option<DnsName> {
        let topology = self.topology;
        match (&name.domain, home) {
            (Some(netbios), _) => {
                let found = self.known.domains.get(netbios).cloned();
                if found.is_none() {
                    let known = self.known.clone();
                    self.unknown("domain", name.spot, netbios.as_str(), known.domains.keys());
                }
                found
            }
            // An unknown home is noted where it is written.
            (None, Some(home)) => topology.domains.contains_key(home).then(|| home.clone()),
            (None, None) => {
                let message = format!("`{}` does not say of which domain", name.value);
                self.note(name.spot, message, r"write it with its domain's short name: CORP\Salesmen");
                None
            }
        }
    }

    /// Checks a user name and a password. Without a password, the right one is meant, so there must
    /// be such a user.
    pub fn credentials(&mut self, credentials: &Credentials) {
        if credentials.password.is_some() {
            return;
        }
        let user = &credentials.user;
        if !self.known.users.contains_key(&user.to_lowercase()) && !self.findings.enough() {
            let cure = nearest(user, self.known.users.values());
            let cure = format!("{cure} — or write a password, if nobody is to know this user");
            self.note(user.spot, format!("there is no user `{user}`, so no right password"), cure);
        }
    }

    /// Checks what a person chooses on a page that asks where they come from.
    pub fn discovery(&mut self, choice: &At<String>) {
        if !self.known.titles.contains(choice.as_str()) {
            let known = self.known.clone();
            self.unknown("account partner titled", choice.spot, choice, &known.titles);
        }
    }
}
