//! Which arrows of the trust graph are in use at an event: those that a decision rests on.
//!
//! A decision names the ends of a trust among whom and what it is about and the facts that it looked
//! at, or one of them, and then the other is at the host that decides. A refusal rests on no trust.

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::{Event, EventNumber, Happening, Ruling, Trace, Verdict};
use crate::trust::{Arrow, EdgeKind, Node, TrustGraph};
use crate::view::place::Places;

/// Where a decision names an end.
#[derive(Clone, Copy)]
enum Part {
    Who,
    On,
    Fact(&'static str),
    /// The host that decides is at one end.
    Here,
}

/// What kind of trust a rule is about, and where its verdicts name the ends.
const SPEAKS_OF: &[(&str, Kind, &[Part])] = &[
    ("trust.path", Kind::Windows, &[Part::Fact("next step")]),
    ("trust.name-routed", Kind::Windows, &[Part::Here, Part::Fact("trust")]),
    ("trust.sid-filter", Kind::Windows, &[Part::Here, Part::On]),
    ("trust.selective-authentication", Kind::Windows, &[Part::Here, Part::Who]),
    ("trust.password", Kind::Windows, &[Part::Who, Part::On]),
    ("adfs.windows-trust-cache", Kind::Windows, &[Part::Here, Part::On]),
    ("adfs.token-issuer", Kind::Partner, &[Part::Here, Part::Fact("issuer")]),
    ("adfs.partner-discovery", Kind::Partner, &[Part::Here, Part::On]),
    ("adfs.known-resource-partner", Kind::Partner, &[Part::Here, Part::Who]),
    ("adfs.name-suffix", Kind::Partner, &[Part::Here, Part::Who]),
    ("adfs.windows-trust", Kind::Partner, &[Part::Here, Part::On]),
    ("adfs.token-signer", Kind::Pinned, &[Part::Here, Part::Fact("signed by")]),
    ("adfs.proxy-certificate", Kind::Proxy, &[Part::Here, Part::Fact("certificate")]),
    ("adfs.known-application", Kind::Application, &[Part::On]),
    ("adfs.application-claims", Kind::Application, &[Part::On]),
    ("adfs.authentication-cookie", Kind::Application, &[Part::On]),
    ("adfs.access-check", Kind::Application, &[Part::On]),
    ("adfs.token-audience", Kind::Application, &[Part::Fact("audience")]),
    ("s2s.calling-server-may-impersonate", Kind::Grant, &[Part::Here, Part::Who]),
    ("s2s.may-impersonate-client", Kind::Grant, &[Part::Who, Part::On, Part::Fact("object")]),
    ("edge.certificate-matches", Kind::Edge, &[Part::Here, Part::Who]),
    ("edge.credential-opens", Kind::Edge, &[Part::Here, Part::On]),
    ("edge.account-valid", Kind::Edge, &[Part::Here, Part::On]),
    ("edge.password-matches", Kind::Edge, &[Part::Here, Part::On]),
    ("edge.subscription-exists", Kind::Edge, &[Part::Here, Part::On]),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Windows,
    Partner,
    Application,
    Proxy,
    Pinned,
    Grant,
    Edge,
}

impl Kind {
    fn of(edge: EdgeKind) -> Self {
        match edge {
            EdgeKind::Windows(_) => Self::Windows,
            EdgeKind::FederationPartner => Self::Partner,
            EdgeKind::Application => Self::Application,
            EdgeKind::ProxyCertificate => Self::Proxy,
            EdgeKind::PinnedCertificate => Self::Pinned,
            EdgeKind::ImpersonationGrant => Self::Grant,
            EdgeKind::EdgeSubscription => Self::Edge,
        }
    }
}

/// The arrows in use at each event, by their places among the graph's arrows.
#[derive(Debug, Default)]
pub struct Uses(BTreeMap<EventNumber, BTreeSet<usize>>);

impl Uses {
    /// What the decisions of a trace rest on. A message uses what is decided because of it.
    pub fn of(trace: &Trace, graph: &TrustGraph, places: &Places<'_>) -> Self {
        let arrows: Vec<(Arrow<'_>, Named, Named)> = graph
            .arrows()
            .into_iter()
            .map(|arrow| (arrow, Named::of(arrow.truster, places), Named::of(arrow.trusted, places)))
            .collect();
        let mut uses = Self::default();
        for (event, verdict) in trace.verdicts().filter(|(_, verdict)| verdict.ruling != Ruling::Refused) {
            for index in used(verdict, &arrows, places) {
                uses.0.entry(event.number).or_default().insert(index);
                if let Some(cause) = event.cause {
                    uses.0.entry(cause).or_default().insert(index);
                }
            }
        }
        uses
    }

    /// The arrows in use at an event.
    pub fn at(&self, event: &Event) -> impl Iterator<Item = usize> + '_ {
        let quiet = matches!(event.happening, Happening::StepBegan { .. });
        self.0.get(&event.number).filter(|_| !quiet).into_iter().flatten().copied()
    }
}

fn used(verdict: &Verdict, arrows: &[(Arrow<'_>, Named, Named)], places: &Places<'_>) -> Vec<usize> {
    let rows = SPEAKS_OF.iter().filter(|(rule, _, _)| *rule == verdict.rule.as_str());
    let mut found = Vec::new();
    for (_, kind, parts) in rows {
        let at_host = parts.iter().any(|part| matches!(part, Part::Here));
        let said: Vec<String> = parts.iter().filter_map(|part| said(verdict, *part)).collect();
        for (index, (arrow, truster, trusted)) in arrows.iter().enumerate() {
            if Kind::of(arrow.trust.kind) != *kind {
                continue;
            }
            let whole = said.iter().any(|text| *text == arrow.trusts().to_lowercase());
            let truster_is = truster.is_named(&said);
            let trusted_is = trusted.is_named(&said);
            let here = |node: &Named| at_host && node.is_at(verdict.at.as_str(), places);
            let both = (truster_is && (trusted_is || here(trusted))) || (trusted_is && here(truster));
            // Hub and edge each keep the other's certificate; the one who decides is the one who trusts.
            let both = match kind {
                Kind::Edge => (truster_is || trusted_is) && here(truster),
                _ => both,
            };
            // An application trusts one federation service, so it is enough that it is named.
            let enough = *kind == Kind::Application && truster_is;
            if whole || both || enough {
                found.push(index);
            }
        }
    }
    found
}

fn said(verdict: &Verdict, part: Part) -> Option<String> {
    let text = match part {
        Part::Who => verdict.who.to_string(),
        Part::On => verdict.on.to_string(),
        Part::Here => return None,
        Part::Fact(name) => verdict.facts.iter().find(|fact| fact.name == name)?.value.clone(),
    };
    Some(text.to_lowercase())
}

/// The names under which a decision may speak of a node.
struct Named {
    names: BTreeSet<String>,
    hosts: BTreeSet<String>,
    /// The domain, where the node is one.
    domain: Option<String>,
}

impl Named {
    fn of(node: &Node, places: &Places<'_>) -> Self {
        let name = node.name();
        let mut names: BTreeSet<String> = [name.to_lowercase()].into();
        let mut hosts: BTreeSet<String> = BTreeSet::new();
        let mut domain = None;
        match node {
            Node::Domain(_) => domain = Some(name.to_owned()),
            Node::FederationService(_) => {
                hosts.extend(places.hosts_with("runs.federation_service.realm", name).map(str::to_owned));
            }
            Node::Application(_) => names.extend(application(places, name)),
            Node::Certificate(_) => {
                let subject = format!("{name}.subject");
                let known = places.section("certificates").find(|(path, _)| *path == subject);
                names.extend(known.map(|(_, subject)| subject.trim_start_matches("CN=").to_lowercase()));
            }
            Node::Server(host) => {
                hosts.insert(host.clone());
                names.extend(places.of_setting(host, "runs.edge_transport.fqdn").map(str::to_lowercase));
            }
            Node::Account(_) => names.extend(principal(places, name)),
            Node::Store(_) => {}
        }
        Self { names, hosts, domain }
    }

    fn is_named(&self, said: &[String]) -> bool {
        said.iter().any(|text| self.names.iter().any(|name| names(text, name, self.domain.is_some())))
    }

    /// Whether the node is at this host: it runs there, or the host is joined to it.
    fn is_at(&self, host: &str, places: &Places<'_>) -> bool {
        let joined = places.domain(host);
        self.hosts.contains(host)
            || self
                .domain
                .as_deref()
                .is_some_and(|own| joined.is_some_and(|joined| joined == own || places.forest(joined) == own))
    }
}

/// Whether a text that a decision names is this name, begins with it as the address of a page does, is
/// an account of it, or is a directory's name for it.
fn names(text: &str, name: &str, domain: bool) -> bool {
    text == name
        || (name.ends_with('/') && text.starts_with(name))
        || text.starts_with(&format!("cn={name},"))
        || text.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
        || (domain && text.rsplit_once('@').is_some_and(|(_, after)| after == name))
}

/// The name of an application in its Web server's configuration.
fn application(places: &Places<'_>, address: &str) -> Option<String> {
    let own = |(path, value): &(&str, &str)| *value == address && path.contains(".web_server.applications.");
    let (path, _) = places.section("hosts").find(own)?;
    Some(path.strip_suffix(".address")?.rsplit_once('.')?.1.to_lowercase())
}

/// The principal name of an account that is written `CORP\sally`.
fn principal(places: &Places<'_>, account: &str) -> Vec<String> {
    let Some((netbios, user)) = account.split_once('\\') else { return Vec::new() };
    let named = |(path, value): &(&str, &str)| path.ends_with(".netbios") && *value == netbios;
    let domain = places.section("domains").find(named).and_then(|(path, _)| path.strip_suffix(".netbios"));
    let full = domain.map(|domain| format!("{user}@{domain}").to_lowercase());
    full.into_iter().chain([user.to_lowercase()]).collect()
}
