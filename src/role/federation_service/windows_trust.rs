//! The Windows trusts behind account partners: what the resource federation server's own domain knows
//! of them, and what that lets count of the SIDs in a partner's token.
//!
//! The Windows trust cache is read from the domain controller when the service starts, and anew once an
//! hour has passed (domain page §3.2). Where the domain controller does not answer, what was known stays
//! (event 661); where nothing was ever known, no SIDs are taken from any token (event 662). The product
//! has a timer for it; here the first token after the hour waits for the answer, which lets time pass
//! without messages that nobody needs.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Desk;
use super::policy::AccountPartner;
use crate::directory::{DistinguishedName, Sid};
use crate::facts;
use crate::name::DnsName;
use crate::protocol::ldap::{Filter, Search};
use crate::protocol::saml::Assertion;
use crate::protocol::trusted_domain;
use crate::role::claims::Windows;
use crate::role::directory_client::DirectoryFailure;
use crate::role::domain_member::DomainMember;
use crate::rule;
use crate::sim::Host;
use crate::time::{Span, VirtualTime};
use crate::trace::{Detail, Happening, LogEntry, StateChange};
use crate::trust::{self, TrustRecord};

/// How long an answer of the domain controller is good (domain page §3.2).
const REFRESH_AFTER: Span = Span::minutes(60);
/// The cache could not be refreshed.
const STALE: u32 = 661;
/// The cache could never be built.
const NEVER_BUILT: u32 = 662;

/// What the federation server's domain knows of trusts, as of some time.
#[derive(Debug)]
pub(super) struct Known {
    /// Whose trusts they are.
    domain: DnsName,
    read: VirtualTime,
    trusts: Vec<TrustRecord>,
    /// The SIDs of the domains of the own forest.
    own: BTreeSet<Sid>,
    /// The resource groups of the trust policy, by name.
    groups: BTreeMap<String, Sid>,
}

/// The Windows trust cache of a running federation server.
pub(super) struct WindowsTrustCache {
    host: Host,
    member: Rc<DomainMember>,
    /// The names of the groups that the trust policy maps claims to.
    groups: Vec<String>,
    asked: Cell<Option<VirtualTime>>,
    known: RefCell<Option<Rc<Known>>>,
}

impl WindowsTrustCache {
    /// An empty cache of a federation server that is a member of the domain.
    pub fn new(member: Rc<DomainMember>, groups: Vec<String>, host: &Host) -> Self {
        Self { host: host.clone(), member, groups, asked: Cell::default(), known: RefCell::default() }
    }

    /// What is known now, after asking again where the last time was an hour ago.
    pub async fn current(&self) -> Option<Rc<Known>> {
        let now = self.host.now();
        if self.asked.get().is_none_or(|at| now - at >= REFRESH_AFTER) {
            self.asked.set(Some(now));
            self.refresh(now).await;
        }
        self.known.borrow().clone()
    }

    /// The SID of a resource group, as far as it is known.
    pub fn group(&self, name: &str) -> Option<Sid> {
        self.known.borrow().as_ref()?.groups.get(name).copied()
    }

    async fn refresh(&self, now: VirtualTime) {
        match self.read(now).await {
            Ok(known) => {
                for trust in &known.trusts {
                    self.host.record_with(|| Happening::State(described(trust)));
                }
                *self.known.borrow_mut() = Some(Rc::new(known));
            }
            Err(why) => {
                let (id, text) = match self.known.borrow().as_ref() {
                    Some(known) => (STALE, format!("stays as of {}", known.read)),
                    None => (NEVER_BUILT, "has never been built".to_owned()),
                };
                let text = format!("the Windows trust cache {text}, as the domain is of no help: {why}");
                self.host.record(Happening::Log(LogEntry { log: "AD FS".into(), id: Some(id), text }));
            }
        }
    }

    /// The trusts of the own domain from its directory, the domains of the own forest from the global
    /// catalog.
    async fn read(&self, now: VirtualTime) -> Result<Known, DirectoryFailure> {
        let member = &self.member;
        let class = |class: &str| Filter::equals("objectClass", class);
        let mut directory = member.directory().connect().await?;
        let trusts = Search::subtree(member.base().child("CN", "System"), class(trusted_domain::CLASS));
        let trusts = directory.search(trusts.only(trusted_domain::ATTRIBUTES)).await?.entries;
        let mut groups = BTreeMap::new();
        for name in &self.groups {
            let named = Filter::And(vec![class("group"), Filter::equals("sAMAccountName", name)]);
            let found = directory.search(Search::subtree(member.base(), named).only(["objectSid"])).await?;
            let sid = found.entries.first().and_then(|entry| entry.first("objectSid")?.parse().ok());
            groups.extend(sid.map(|sid| (name.clone(), sid)));
        }
        directory.close().await;
        let mut catalog = member.directory().connect_to_catalog().await?;
        let domains = Search::subtree(DistinguishedName::ROOT, class("domainDNS")).only(["objectSid"]);
        let domains = catalog.search(domains).await?.entries;
        catalog.close().await;
        Ok(Known {
            domain: member.domain().clone(),
            groups,
            read: now,
            // An entry that makes no sense is no trust, and no SID comes in by it.
            trusts: trusts.iter().filter_map(|entry| trusted_domain::read(entry).ok()).collect(),
            own: domains.iter().filter_map(|entry| entry.first("objectSid")?.parse().ok()).collect(),
        })
    }
}

fn described(trust: &TrustRecord) -> StateChange {
    let direction = match (trust.direction.is_outbound(), trust.direction.is_inbound()) {
        (true, true) => "trusted, and trusts back",
        (true, false) => "trusted",
        (false, true) => "not trusted, but trusts",
        (false, false) => "disabled",
    };
    let value = format!(
        "{direction}, {}, SID filter: {}, trustAttributes {:#x}",
        trust.kind.name(),
        trust::Boundary::of(trust).name(),
        trust.attributes.0
    );
    StateChange { store: "Windows trust cache".into(), item: trust.partner.to_string(), value: Some(value) }
}

impl Desk {
    /// The SIDs that the token brings, as far as the Windows trust lets its partner speak for them.
    pub(super) async fn windows_identity(
        &self,
        assertion: &Assertion,
        partner: Option<&AccountPartner>,
    ) -> Option<Windows> {
        let brought = Windows::of(assertion)?;
        let trusted = partner.and_then(|partner| partner.windows_trust.as_ref());
        let facts = match trusted {
            Some(domain) => facts!["trusted domain" => domain],
            None => facts!["why" => "the Windows trust is off for this partner"],
        };
        let (who, on) = (brought.name.clone(), assertion.issuer.clone());
        if !self.judge.curtail(&rule::WINDOWS_TRUST, who.clone(), on, trusted.is_some(), facts) {
            return None;
        }
        let Some(trusted) = trusted else { return Some(brought) };
        let known = match &self.trusts {
            Some(cache) => cache.current().await,
            None => None,
        };
        let facts = match &known {
            Some(known) => facts!["as of" => known.read],
            None => facts!["why" => "it has never been built"],
        };
        if !self.judge.curtail(&rule::TRUST_CACHE, who, trusted.to_string(), known.is_some(), facts) {
            return None;
        }
        match known {
            Some(known) => self.filter(brought, trusted, &known),
            None => Some(brought),
        }
    }

    /// The SID filter of the Windows trust, as a domain controller would apply it (MS-MWBE <2>, <25>).
    fn filter(&self, brought: Windows, trusted: &DnsName, known: &Known) -> Option<Windows> {
        let (who, on) = (brought.name.clone(), trusted.to_string());
        let outbound = |trust: &&TrustRecord| trust.partner == *trusted && trust.direction.is_outbound();
        let Some(record) = known.trusts.iter().find(outbound) else {
            let facts =
                facts!["why" => format!("{} does not trust {trusted}", known.domain), "as of" => known.read];
            return self.judge.curtail(&rule::SID_FILTER, who, on, false, facts).then_some(brought);
        };
        let filtered = trust::filter(record, &known.own, brought.user.domain()?, &brought.sids);
        let mut facts = facts!["border" => filtered.boundary.name(), "SIDs" => brought.sids.len()];
        facts.extend(
            filtered.dropped.iter().map(|(sid, why)| Detail::new("dropped", format!("{sid}: {why}"))),
        );
        let holds = filtered.dropped.is_empty() && filtered.refused.is_none();
        if self.judge.curtail(&rule::SID_FILTER, who, on, holds, facts) {
            return Some(brought);
        }
        let dropped: Vec<String> = filtered.dropped.iter().map(|(sid, _)| sid.to_string()).collect();
        self.host.record(Happening::Log(LogEntry {
            log: "Security".into(),
            id: Some(4675),
            text: format!("SIDs were filtered: {}", dropped.join(", ")),
        }));
        let sids = filtered.kept;
        (filtered.refused.is_none() && sids.contains(&brought.user)).then_some(Windows { sids, ..brought })
    }
}
