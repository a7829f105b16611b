//! Certificates, domains and trusts.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use super::known::Kind;
use crate::directory::{GroupScope, MemberKind};
use crate::name::{DnsName, Upn};
use crate::scenario::at::{At, Entry, Spot};
use crate::scenario::certificate::{CertificateUse, ITSELF, Validity};
use crate::scenario::domain::{self, Domain, Group, Trust, TrustKind};

impl Checker<'_> {
    pub fn certificates(&mut self) {
        let topology = self.topology;
        for (name, authority) in &topology.authorities {
            self.file = authority.file;
            if name == ITSELF {
                self.note(
                    authority.spot,
                    "`itself` stands for self-signed",
                    "give the authority another name",
                );
            }
            if let Some(address) = authority.revocation_list.as_ref().filter(|address| address.is_secure()) {
                let cure = "write http://; to check https, its own revocation list would be needed first";
                self.note(address.spot, "a revocation list is not fetched over https", cure);
            }
            if let Some(lifetime) = &authority.revocation_list_lifetime {
                self.forwards(lifetime, true);
            }
            self.validity(authority.valid.as_ref());
        }
        for certificate in topology.certificates.values() {
            self.file = certificate.file;
            let issuer = &certificate.issued_by;
            if issuer.value != ITSELF && !topology.authorities.contains_key(issuer.as_str()) {
                let valid = topology.authorities.keys().map(String::as_str).chain([ITSELF]);
                self.unknown("authority", issuer.spot, issuer, valid);
            }
            for name in &certificate.names {
                self.dns_name(name, name.spot);
            }
            if certificate.usage == CertificateUse::Server && certificate.names.is_empty() {
                let message = "a server's certificate without a name convinces no client";
                self.note(certificate.spot, message, "add `names: [fs.adventure-works.example]`");
            }
            self.validity(certificate.valid.as_ref());
        }
    }

    fn validity(&mut self, valid: Option<&At<Validity>>) {
        if let Some(valid) = valid.filter(|valid| valid.from >= valid.until) {
            let message = format!("it would end, {}, before it begins, {}", valid.until, valid.from);
            self.note(valid.spot, message, "`from` is the earlier of the two");
        }
    }

    pub fn domains(&mut self) {
        let topology = self.topology;
        let mut short_names = BTreeMap::new();
        for (name, domain) in &topology.domains {
            self.file = domain.file;
            self.dns_name(name, domain.spot);
            let netbios = &domain.netbios;
            if netbios.as_str().len() > 15
                || !netbios.as_str().chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            {
                self.note(
                    netbios.spot,
                    format!("`{netbios}` is not a short name"),
                    "at most 15 letters and digits: CORP",
                );
            }
            if let Some(other) = short_names.insert(netbios.value.clone(), name) {
                let message = format!("`{netbios}` is the short name of {other} as well");
                self.note(netbios.spot, message, "give each domain its own");
            }
            self.place_in_forest(name, domain);
            self.policy(&domain.policy);
            self.accounts(name, domain);
        }
    }

    fn place_in_forest(&mut self, name: &DnsName, domain: &Domain) {
        let topology = self.topology;
        if let Some(parent) = &domain.parent {
            self.known("domain", parent, &topology.domains);
            if !name.is_within(parent) || *name == parent.value {
                let message = format!("{name} does not lie below {parent}");
                self.note(
                    parent.spot,
                    message,
                    format!("a child's name ends in its parent's: sales.{parent}"),
                );
            }
        }
        if let Some(root) = &domain.tree_of {
            let above = self.known("domain", root, &topology.domains);
            if above.is_some_and(|above| above.parent.is_some() || above.tree_of.is_some()) {
                let cure = format!("name the root of its forest, {}", topology.forest_root(root));
                self.note(root.spot, format!("{root} is not a forest root"), cure);
            }
            if let Some(parent) = &domain.parent {
                let message = "a domain is either a child or the root of a tree";
                self.note(parent.spot.max(root.spot), message, "leave one of `parent` and `tree_of` out");
            }
        }
    }

    /// Checks that further attributes are none that the directory keeps by itself.
    fn attributes(&mut self, user: &domain::User) {
        const OWN: [&str; 14] = [
            "objectClass",
            "objectSid",
            "sAMAccountName",
            "msDS-PrincipalName",
            "userPrincipalName",
            "displayName",
            "mail",
            "userAccountControl",
            "memberOf",
            "tokenGroupsGlobalAndUniversal",
            "sIDHistory",
            "servicePrincipalName",
            "altSecurityIdentities",
            "member",
        ];
        for name in user.attributes.keys().filter(|name| OWN.iter().any(|own| name.eq_ignore_ascii_case(own)))
        {
            let message = format!("the directory keeps `{name}` by itself");
            self.note(name.spot, message, "leave it out, or use the user's own key for it");
        }
    }

    fn policy(&mut self, policy: &domain::Policy) {
        let spans = [&policy.lockout_duration, &policy.lockout_window, &policy.maximum_password_age];
        for span in spans.into_iter().flatten() {
            self.forwards(span, false);
        }
    }

    fn accounts(&mut self, name: &DnsName, domain: &Entry<Domain>) {
        let topology = self.topology;
        let mut taken: BTreeMap<String, &str> =
            self.known.built_in.iter().map(|(group, _)| (group.to_lowercase(), "a built-in group")).collect();
        taken.insert("krbtgt".into(), "a built-in account");
        let users = domain.users.keys().map(|user| (user, "a user"));
        for (own, kind) in users.chain(domain.groups.keys().map(|group| (group, "a group"))) {
            if own.is_empty()
                || own.contains(['\\', '@', '/', ':', ';', '|', '=', '+', '*', '?', '<', '>', '"'])
            {
                self.note(
                    own.spot,
                    format!("`{own}` is not a name for {kind}"),
                    "use letters, digits, spaces, - and .",
                );
            }
            if let Some(other) = taken.insert(own.to_lowercase(), kind) {
                let message = format!("`{own}` is the name of {other} as well");
                self.note(
                    own.spot,
                    message,
                    "names of a domain's users and groups differ, whatever their case",
                );
            }
        }
        let mut upns = BTreeSet::new();
        for (sam, user) in &domain.users {
            self.attributes(user);
            let upn =
                user.upn.as_ref().map_or_else(|| Upn::new(format!("{sam}@{name}")), |upn| upn.value.clone());
            if !upns.insert(upn.clone()) {
                let spot = user.upn.as_ref().map_or(sam.spot, |upn| upn.spot);
                let message = format!("another user of {name} is {upn} already");
                self.note(spot, message, "give each user a user principal name of its own");
            }
            self.all_known("certificate", &user.certificates, &topology.certificates);
            self.principals(&user.sid_history, None);
            for service in &user.services {
                self.service_name(service);
            }
            self.principals(&user.allowed_to_authenticate, Some(name));
            if let Some(upn) = user.upn.as_ref().filter(|upn| upn.suffix().is_none()) {
                let message = format!("`{upn}` is not a user principal name");
                self.note(upn.spot, message, format!("write it as name@{name}"));
            }
        }
        for (own, group) in &domain.groups {
            self.members(name, own, group);
        }
        for (host, computer) in &domain.computers {
            let entry = self.known("host", host, &topology.hosts);
            if entry.is_some_and(|entry| entry.joined.as_deref() != Some(name)) {
                let cure = format!("add `joined: {name}` to the host");
                self.note(host.spot, format!("`{host}` is not joined to {name}"), cure);
            }
            for service in &computer.services {
                self.service_name(service);
            }
            self.principals(&computer.allowed_to_authenticate, Some(name));
        }
    }

    /// Checks that a group's members are known and of a kind that its scope takes.
    fn members(&mut self, home: &DnsName, name: &At<String>, group: &Group) {
        let topology = self.topology;
        let scope = GroupScope::from(group.scope);
        let mut taken = BTreeSet::new();
        for member in &group.members {
            if !taken.insert(member.to_string().to_lowercase()) {
                let message = format!("`{}` is a member of `{name}` already", member.value);
                self.note(member.spot, message, "leave one of the two out");
            }
            let Some((domain, kind)) = self.principal(member, Some(home)) else { continue };
            let same_forest = topology.forest_root(&domain) == topology.forest_root(home);
            let seen = match kind {
                Kind::Account if domain == *home => MemberKind::Account,
                Kind::Group(inner) if domain == *home => MemberKind::Group(inner),
                _ if same_forest => MemberKind::OtherDomain,
                _ => MemberKind::OtherForest,
            };
            if !scope.takes(seen) {
                let message = format!("`{name}` cannot have the member `{}`", member.value);
                let cure = match seen {
                    MemberKind::OtherForest => "only a domain_local group has members of another forest",
                    MemberKind::OtherDomain => "a global group has members of its own domain only",
                    _ => {
                        "a global group holds global groups, a universal one also universal, only a domain_local one any"
                    }
                };
                self.note(member.spot, message, cure);
            }
        }
    }

    /// Checks the form of a service principal name.
    pub fn service_name(&mut self, service: &At<String>) {
        let parts: Vec<&str> = service.split('/').collect();
        if parts.len() < 2 || parts.iter().any(|part| part.is_empty() || part.contains(' ')) {
            let message = format!("`{service}` is not a service principal name");
            self.note(service.spot, message, "write it as HTTP/fs.adventure-works.example");
        }
    }

    pub fn trusts(&mut self) {
        let topology = self.topology;
        let mut pairs: BTreeMap<[&DnsName; 2], &str> = BTreeMap::new();
        for (name, trust) in &topology.trusts {
            self.file = trust.file;
            let known = [&trust.trusting, &trust.trusted]
                .map(|domain| self.known("domain", domain, &topology.domains).is_some());
            if known == [true, true] {
                self.trust(trust.spot, trust);
            }
            let mut pair = [&trust.trusting.value, &trust.trusted.value];
            pair.sort();
            if !trust.made {
                continue;
            }
            if let Some(other) = pairs.insert(pair, name) {
                let message = format!("the trust `{other}` joins these two domains already");
                self.note(
                    trust.spot,
                    message,
                    "write one trust, with `two_way: true` if each trusts the other",
                );
            }
        }
    }

    fn trust(&mut self, spot: Spot, trust: &Trust) {
        let topology = self.topology;
        let (trusting, trusted) = (&trust.trusting, &trust.trusted);
        let same_forest = topology.forest_root(trusting) == topology.forest_root(trusted);
        let not_root =
            [trusting, trusted].into_iter().find(|domain| topology.forest_root(domain) != &domain.value);
        match trust.kind {
            _ if trusting == trusted => {
                self.note(trusted.spot, "a domain trusts itself anyway", "name two domains")
            }
            TrustKind::Shortcut if !same_forest => {
                let message = format!("{trusting} and {trusted} are of different forests");
                self.note(spot, message, "a shortcut lies within a forest; use forest or external");
            }
            TrustKind::Forest | TrustKind::External if same_forest => {
                let message =
                    format!("{trusting} and {trusted} are of the same forest, and trust each other anyway");
                self.note(spot, message, "use shortcut, to make the path shorter");
            }
            TrustKind::Forest => {
                if let Some(domain) = not_root {
                    let cure = format!("name {}, or use external", topology.forest_root(domain));
                    self.note(domain.spot, format!("{domain} is not a forest root"), cure);
                }
            }
            TrustKind::Shortcut if trust.selective_authentication => {
                self.note(
                    spot,
                    "a trust within a forest cannot be selective",
                    "leave `selective_authentication` out",
                );
            }
            TrustKind::Shortcut | TrustKind::External => {}
        }
        let Some(suffixes) = &trust.suffixes else { return };
        if trust.kind != TrustKind::Forest {
            self.note(suffixes.spot, "only a forest trust routes name suffixes", "leave `suffixes` out");
        }
        for name in suffixes.enabled.iter().chain(&suffixes.disabled).chain(&suffixes.excluded) {
            self.dns_name(name, name.spot);
        }
        for name in &suffixes.excluded {
            let inside = |suffix: &At<DnsName>| name.is_within(suffix) && name != suffix;
            if !suffixes.enabled.iter().chain(&suffixes.disabled).any(inside) {
                let message =
                    format!("{name} lies below none of the suffixes, so there is nothing to leave it out of");
                self.note(name.spot, message, "list the suffix above it under `enabled`");
            }
        }
    }
}
