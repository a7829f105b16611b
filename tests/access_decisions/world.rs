//! A small world: people and groups of corp, of the perimeter and of the Web server; the pages of
//! Inventory; and what joins the two forests. It writes itself as a scenario file.

use std::fmt::Write;
use std::path::Path;

use proptest::prelude::*;

pub const PEOPLE: usize = 3;
pub const GROUPS: usize = 4;
pub const PAGES: [&str; 3] = ["/", "/stock", "/stock/bikes"];

/// Who can stand on an access list or in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// `CORP\p0`, `CORP\p1`, …
    Person(usize),
    /// `CORP\G0`, `CORP\G1`, …
    Group(usize),
    /// A group of a domain that is no longer there; a person of corp has its SID from the past.
    Former,
    /// `PERIMETER\L0`: a domain-local group of the Web server's domain.
    DomainLocal,
    /// `WS\M0`: a group of the Web server itself.
    Machine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Read,
    Write,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliesTo {
    ThisPage,
    ThisPageAndBelow,
    Below,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub allows: bool,
    pub who: Who,
    pub rights: Vec<Right>,
    pub applies_to: AppliesTo,
}

#[derive(Debug, Clone)]
pub struct World {
    /// Of each group of corp: whether it is universal, and its members. A group holds only groups that
    /// come before it, and a global one only global ones.
    pub groups: Vec<(bool, Vec<Who>)>,
    /// Who has the SID of the group of the past.
    pub former: usize,
    pub domain_local: Vec<Who>,
    pub machine: Vec<Who>,
    /// Of each page: its own entries, and whether it inherits.
    pub lists: Vec<(Vec<Entry>, bool)>,
    /// Whether the Windows trust is used at the account side, and at the resource side.
    pub windows_trust: [bool; 2],
    /// Whether the trust between the forests goes both ways.
    pub two_way: bool,
    /// Whether it lets SID history pass.
    pub relaxed: bool,
    /// Whether the Web server looks up the domain-local groups of its domain.
    pub adds_domain_local: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub person: usize,
    pub page: usize,
    pub right: Right,
}

pub fn any_visit() -> impl Strategy<Value = Visit> {
    (0..PEOPLE, 0..PAGES.len(), any_right()).prop_map(|(person, page, right)| Visit { person, page, right })
}

fn any_right() -> impl Strategy<Value = Right> {
    prop_oneof![3 => Just(Right::Read), 2 => Just(Right::Write), 1 => Just(Right::Delete)]
}

fn any_of_corp() -> impl Strategy<Value = Who> {
    prop_oneof![(0..PEOPLE).prop_map(Who::Person), (0..GROUPS).prop_map(Who::Group)]
}

fn any_trustee() -> impl Strategy<Value = Who> {
    prop_oneof![6 => any_of_corp(), 1 => Just(Who::Former), 2 => Just(Who::DomainLocal), 2 => Just(Who::Machine)]
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let applies_to = prop_oneof![
        1 => Just(AppliesTo::ThisPage), 3 => Just(AppliesTo::ThisPageAndBelow), 1 => Just(AppliesTo::Below)
    ];
    let rights =
        prop::collection::btree_set(any_right(), 1..=3).prop_map(|rights| rights.into_iter().collect());
    (prop::bool::weighted(0.7), any_trustee(), rights, applies_to)
        .prop_map(|(allows, who, rights, applies_to)| Entry { allows, who, rights, applies_to })
}

fn any_groups() -> impl Strategy<Value = Vec<(bool, Vec<Who>)>> {
    let group = (any::<bool>(), prop::collection::btree_set(any_of_corp(), 0..4));
    prop::collection::vec(group, GROUPS).prop_map(|drawn| {
        let universal: Vec<bool> = drawn.iter().map(|(universal, _)| *universal).collect();
        let fits = |holder: usize, who: &Who| match who {
            Who::Group(held) => *held < holder && (universal[holder] || !universal[*held]),
            _ => true,
        };
        let group = |(holder, (universal, members)): (usize, (bool, std::collections::BTreeSet<Who>))| {
            (universal, members.into_iter().filter(|who| fits(holder, who)).collect())
        };
        drawn.into_iter().enumerate().map(group).collect()
    })
}

pub fn any_world() -> impl Strategy<Value = World> {
    let members =
        || prop::collection::btree_set(any_of_corp(), 0..3).prop_map(|who| who.into_iter().collect());
    let list = (prop::collection::vec(any_entry(), 0..4), prop::bool::weighted(0.8));
    let windows_trust = prop_oneof![
        4 => Just([true, true]), 1 => Just([false, true]), 1 => Just([true, false])
    ];
    let lists = prop::collection::vec(list, PAGES.len());
    let settings = (windows_trust, any::<bool>(), any::<bool>(), any::<bool>());
    (any_groups(), 0..PEOPLE, members(), members(), lists, settings).prop_map(
        |(groups, former, domain_local, machine, lists, settings)| {
            let (windows_trust, two_way, relaxed, adds_domain_local) = settings;
            World {
                groups,
                former,
                domain_local,
                machine,
                lists,
                windows_trust,
                two_way,
                relaxed,
                adds_domain_local,
            }
        },
    )
}

impl Who {
    fn name(self) -> String {
        match self {
            Who::Person(number) => format!(r"CORP\p{number}"),
            Who::Group(number) => format!(r"CORP\G{number}"),
            Who::Former => r"FORMER\Buyers".to_owned(),
            Who::DomainLocal => r"PERIMETER\L0".to_owned(),
            Who::Machine => r"WS\M0".to_owned(),
        }
    }
}

fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

fn names(members: &[Who]) -> String {
    list(members.iter().map(|who| format!("'{}'", who.name())))
}

fn entries(entries: &[Entry], indent: &str) -> String {
    let mut text = String::new();
    for Entry { allows, who, rights, applies_to } in entries {
        let (verb, who) = (if *allows { "allow" } else { "deny" }, who.name());
        let rights = list(rights.iter().map(|right| format!("{right:?}").to_lowercase()));
        let applies_to = match applies_to {
            AppliesTo::ThisPage => "this_page",
            AppliesTo::ThisPageAndBelow => "this_page_and_below",
            AppliesTo::Below => "below",
        };
        writeln!(text, "{indent}- {verb}: {{ who: '{who}', to: {rights}, applies_to: {applies_to} }}")
            .unwrap();
    }
    if text.is_empty() { format!("{indent}[]\n") } else { text }
}

impl World {
    /// Whether SIDs come to the Web server at all.
    pub fn sids_travel(&self) -> bool {
        self.windows_trust == [true, true]
    }

    /// The scenario: each visit is by a browser of its own, which signs in first, and then does what the
    /// visit is for.
    pub fn scenario(&self, topologies: &Path, visits: &[Visit]) -> String {
        let mut text = format!(
            "title: A drawn world\ntopology: {}\n\ntrusts:\n  perimeter-trusts-corp:\n    trusting: perimeter.adventure-works.example\n    \
             trusted: corp.adventure-works.example\n    kind: forest\n    two_way: {}\n    sid_filtering: {}\n\n",
            topologies.join("adventure-works-forms.yaml").display(),
            self.two_way,
            if self.relaxed { "relaxed" } else { "default" },
        );
        self.write_domains(&mut text);
        self.write_hosts(&mut text, visits);
        text.push_str("\nsteps:\n");
        for (number, visit) in visits.iter().enumerate() {
            let page = format!("https://inventory.adventure-works.example{}", PAGES[visit.page]);
            let method = match visit.right {
                Right::Read => "get",
                Right::Write => "post",
                Right::Delete => "delete",
            };
            // Who has not signed in is sent round, and comes back to look at the page, whatever was asked
            // for: so there is a look first. What is expected here is of no account.
            for (name, method) in [("sign in", "get"), ("visit", method)] {
                writeln!(
                    text,
                    "  - name: {name} {number}\n    browse: {{ client: client{number}, url: \"{page}\", method: {method} }}\n    \
                     expect: {{ granted: {{}} }}"
                )
                .unwrap();
            }
        }
        text
    }

    fn write_domains(&self, text: &mut String) {
        text.push_str(
            "domains:\n  former.example:\n    netbios: FORMER\n    groups: { Buyers: { scope: global } }\n",
        );
        text.push_str("  corp.adventure-works.example:\n    netbios: CORP\n    users:\n      sally: {}\n      sam: {}\n      simon: {}\n      wanda: {}\n      peter: {}\n");
        for person in 0..PEOPLE {
            let former = if person == self.former { r"sid_history: ['FORMER\Buyers']" } else { "" };
            writeln!(text, "      p{person}: {{ {former} }}").unwrap();
        }
        text.push_str("    groups:\n      Salesmen: {}\n      Service Department: {}\n      Warehouse Managers: {}\n      Plant Managers: {}\n");
        for (number, (universal, members)) in self.groups.iter().enumerate() {
            let scope = if *universal { "universal" } else { "global" };
            writeln!(text, "      G{number}: {{ scope: {scope}, members: {} }}", names(members)).unwrap();
        }
        text.push_str("  perimeter.adventure-works.example:\n    netbios: PERIMETER\n    users: { paula: {} }\n    groups:\n");
        writeln!(text, "      L0: {{ scope: domain_local, members: {} }}\n", names(&self.domain_local))
            .unwrap();
    }

    fn write_hosts(&self, text: &mut String, visits: &[Visit]) {
        let [account, resource] = self.windows_trust;
        let windows_trust =
            if resource { "windows_trust: corp.adventure-works.example" } else { "enabled: true" };
        write!(
            text,
            r#"hosts:
  ws:
    zone: perimeter
    asks: dc-perimeter
    joined: perimeter.adventure-works.example
    trusts: [public-ca, adventure-works-ca]
    runs:
      web_server:
        certificate: ws-web
        federation_service: https://resource-fs.adventure-works.example/
        adds_domain_local_groups: {adds}
        local_groups: {{ M0: {machine} }}
        applications:
          inventory:
            address: https://inventory.adventure-works.example/
            kind: windows_token
            pages: {{ /: Inventory, /stock: Stock, /stock/bikes: Bikes }}
            access:
{topmost}            page_access:
"#,
            adds = self.adds_domain_local,
            machine = names(&self.machine),
            topmost = entries(&self.lists[0].0, "              "),
        )
        .unwrap();
        for (page, (own, inherits)) in PAGES.iter().zip(&self.lists).skip(1) {
            let own = entries(own, "                  ");
            write!(
                text,
                "              {page}:\n                inherits: {inherits}\n                entries:\n{own}"
            )
            .unwrap();
        }
        write!(
            text,
            r#"  fs-r:
    zone: perimeter
    asks: dc-perimeter
    joined: perimeter.adventure-works.example
    trusts: [public-ca, adventure-works-ca]
    runs:
      federation_service:
        realm: urn:federation:adventure-works:perimeter
        address: https://resource-fs.adventure-works.example/adfs/ls/
        certificate: fs-r-web
        token_signing: fs-r-signing
        account_partners:
          corp:
            title: Adventure Works corporate
            realm: urn:federation:adventure-works:corporate
            address: https://fs.adventure-works.example/adfs/ls/
            verification: [fs-a-signing]
            suffixes: [corp.adventure-works.example]
            {windows_trust}
        applications:
          inventory: {{ address: "https://inventory.adventure-works.example/", kind: windows_token }}
  fs-a:
    zone: corporate
    asks: dc-corp
    joined: corp.adventure-works.example
    trusts: [public-ca, adventure-works-ca]
    runs:
      federation_service:
        realm: urn:federation:adventure-works:corporate
        address: https://fs.adventure-works.example/adfs/ls/
        certificate: fs-a-web
        token_signing: fs-a-signing
        account_store: corp.adventure-works.example
        resource_partners:
          perimeter:
            realm: urn:federation:adventure-works:perimeter
            address: https://resource-fs.adventure-works.example/adfs/ls/
            windows_trust: {account}
        proxies: [fsp-a-client]
  sally-laptop: null
  sam-laptop: null
  simon-laptop: null
  wanda-desktop: null
  peter-desktop: null
  paula-desktop: null
"#
        )
        .unwrap();
        // A two-way trust needs the way back through the inner firewall, for the Web server's tickets.
        for (number, visit) in visits.iter().enumerate() {
            writeln!(
                text,
                "  client{number}:\n    zone: internet\n    asks: dns-ext\n    trusts: [public-ca]\n    runs:\n      \
                 browser: {{ person: p{0}, credentials: {{ user: p{0}@corp.adventure-works.example }} }}",
                visit.person
            )
            .unwrap();
        }
        text.push_str("\nfirewalls:\n  fw-in:\n    between: [perimeter, corporate]\n    allow:\n      everything: { from: any, to: any, tcp: [1-65535], udp: [1-65535] }\n");
    }
}
