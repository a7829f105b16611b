//! Whole worlds of trusts, played: the answer to a real ticket request over deployed domain controllers
//! is that of a reference, which decides centrally from the list of trusts and shares no code with them.
//!
//! The reference knows the tables of Active Directory as a person would look them up: which trust leads
//! there, whether it reaches further domains, what its SID filter drops, whom the server admits.

use std::fmt::Write as _;

use forestsim::run::{RunOptions, play};
use forestsim::scenario;
use forestsim::trace::{Happening, Ruling};
use proptest::prelude::*;

/// The domains: three forests, one of them with a grandchild and a second tree.
const DOMAINS: [(&str, Option<usize>); 8] = [
    ("corp.example", None),
    ("eu.corp.example", Some(0)),
    ("de.eu.corp.example", Some(1)),
    ("outlet.invalid", Some(0)), // the root of a second tree
    ("shop.test", None),
    ("b2b.shop.test", Some(4)),
    ("lab.invalid", None),
    ("x.lab.invalid", Some(6)),
];

fn root(domain: usize) -> usize {
    DOMAINS[domain].1.map_or(domain, root)
}

fn within(domain: usize, above: usize) -> bool {
    domain == above || DOMAINS[domain].0.ends_with(&format!(".{}", DOMAINS[above].0))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Forest,
    External,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filtering {
    Default,
    Relaxed,
    Quarantine,
    None,
}

/// A trust between two forests, or two of their domains.
#[derive(Debug, Clone)]
struct Trust {
    trusting: usize,
    trusted: usize,
    kind: Kind,
    two_way: bool,
    selective: bool,
    filtering: Filtering,
    /// A domain of the trusted forest whose name a forest trust leaves out.
    excluded: Option<usize>,
}

/// The one person of a domain: whose SID they carry besides, if anyone's, and whether it is a built-in
/// group's.
#[derive(Debug, Clone)]
struct Person {
    former: Option<(usize, bool)>,
}

#[derive(Debug, Clone)]
struct World {
    trusts: Vec<Trust>,
    people: Vec<Person>,
    /// Who is Allowed to Authenticate to the server of each domain.
    admitted: Vec<Vec<usize>>,
    /// A shortcut within the largest forest changes the way, and never the answer.
    shortcut: Option<(usize, usize)>,
    /// Who asks for a ticket to whose server.
    asks: Vec<(usize, usize)>,
}

fn trusts() -> impl Strategy<Value = Vec<Trust>> {
    let filtering = prop_oneof![
        3 => Just(Filtering::Default),
        1 => Just(Filtering::Relaxed),
        1 => Just(Filtering::Quarantine),
        1 => Just(Filtering::None),
    ];
    let one = (
        (0usize..8, 0usize..8, any::<bool>(), any::<bool>()),
        (prop::bool::weighted(0.3), filtering, prop::option::weighted(0.3, 0usize..8)),
    )
        .prop_filter_map(
            "within one forest",
            |((a, b, forest, two_way), (selective, filtering, out))| {
                let (trusting, trusted) = if forest { (root(a), root(b)) } else { (a, b) };
                let kind = if forest { Kind::Forest } else { Kind::External };
                let excluded =
                    out.filter(|out| forest && root(*out) == trusted && ![trusted, 3].contains(out));
                let trust = Trust { trusting, trusted, kind, two_way, selective, filtering, excluded };
                (root(a) != root(b)).then_some(trust)
            },
        );
    // Two domains have one trust at most, as each keeps it under the other's name.
    prop::collection::vec(one, 1..6).prop_map(|drawn| {
        let mut kept: Vec<Trust> = Vec::new();
        for trust in drawn {
            let pair = |one: &Trust| [one.trusting.min(one.trusted), one.trusting.max(one.trusted)];
            if kept.iter().all(|other| pair(other) != pair(&trust)) {
                kept.push(trust);
            }
        }
        kept
    })
}

fn worlds() -> impl Strategy<Value = World> {
    let person = prop::option::of((0usize..8, any::<bool>())).prop_map(|former| Person { former });
    let shortcut = prop_oneof![Just(None), Just(Some((2, 3))), Just(Some((3, 2))), Just(Some((0, 2)))];
    (
        trusts(),
        prop::collection::vec(person, 8),
        prop::collection::vec(prop::collection::vec(0usize..8, 0..4), 8),
        shortcut,
        prop::collection::vec((0usize..8, 0usize..8), 12),
    )
        .prop_map(|(trusts, mut people, mut admitted, shortcut, asks)| {
            for (own, person) in people.iter_mut().enumerate() {
                person.former = person.former.filter(|(domain, _)| *domain != own);
            }
            for admitted in &mut admitted {
                admitted.sort_unstable();
                admitted.dedup();
            }
            World { trusts, people, admitted, shortcut, asks }
        })
}

// ---- the reference

/// What must come of a request: none where it is refused, and otherwise whether SIDs were filtered.
fn expected(world: &World, account: usize, resource: usize) -> Option<bool> {
    if root(account) == root(resource) {
        return Some(false);
    }
    let leads = |trust: &&Trust, from: usize, to: usize| {
        (trust.trusted, trust.trusting) == (from, to)
            || trust.two_way && (trust.trusting, trust.trusted) == (from, to)
    };
    let find = |kind: Kind, from: usize, to: usize| {
        world.trusts.iter().find(|trust| trust.kind == kind && leads(trust, from, to))
    };
    // The trust between the two domains themselves comes first.
    let trust = match find(Kind::External, account, resource) {
        Some(trust) => trust,
        None => {
            let trust = find(Kind::Forest, root(account), root(resource))?;
            // Names are left out where the trusting side's people look for them.
            let backwards = trust.trusted == root(resource);
            let out = trust.excluded.is_some_and(|out| within(resource, out));
            if backwards && out {
                return None;
            }
            trust
        }
    };
    // Filter and gate are the trusting side's, as the file sets them; the way back is as Windows sets it.
    let forwards = trust.trusting == root(resource) || trust.trusting == resource;
    let (selective, filtering) = match forwards {
        true => (trust.selective, trust.filtering),
        false => (false, Filtering::Default),
    };
    let quarantined = match (trust.kind, filtering) {
        (Kind::External, Filtering::None) => false,
        (Kind::External, _) => true,
        (Kind::Forest, filtering) => filtering == Filtering::Quarantine,
    };
    if quarantined && account != trust.trusted && account != trust.trusting {
        return None;
    }
    let dropped = world.people[account].former.is_some_and(|(former, low)| {
        let own = root(former) == root(resource);
        let sister = root(former) == root(account);
        match (trust.kind, filtering) {
            _ if own || quarantined => true,
            (Kind::External, _) => false,
            (Kind::Forest, Filtering::Default) => !sister,
            (Kind::Forest, _) => !sister && low,
        }
    });
    // A SID in the history that passes the filter opens the gate like the account's own.
    let carried = world.people[account].former.filter(|(_, low)| !low && !dropped);
    let admitted = |who: usize| world.admitted[resource].contains(&who);
    let opens = admitted(account) || carried.is_some_and(|(former, _)| admitted(former));
    (!selective || opens).then_some(dropped)
}

// ---- the world as a scenario

fn written(world: &World) -> String {
    let mut text = String::from(
        "title: drawn\nzones:\n  net: { latency: { min: 1ms, max: 1ms } }\nhosts:\n  names:\n    zone: net\n    runs:\n      dns:\n        records:\n",
    );
    let put = |text: &mut String, line: std::fmt::Arguments<'_>| writeln!(text, "{line}").unwrap();
    for (number, (domain, _)) in DOMAINS.iter().enumerate() {
        put(&mut text, format_args!("          {domain}: {{ a: dc{number} }}"));
    }
    for (number, (domain, _)) in DOMAINS.iter().enumerate() {
        put(
            &mut text,
            format_args!(
                "  dc{number}: {{ zone: net, asks: names, joined: {domain}, runs: {{ domain_controller: {{ domain: {domain} }} }} }}\n  srv{number}: {{ zone: net, asks: names, joined: {domain} }}"
            ),
        );
    }
    let (home, _) = DOMAINS[0];
    put(
        &mut text,
        format_args!(
            "  desk: {{ zone: net, asks: names, joined: {home}, runs: {{ desktop: {{ session: {{ user: 'N0\\u0' }} }} }} }}\ndomains:"
        ),
    );
    for (number, (domain, above)) in DOMAINS.iter().enumerate() {
        put(&mut text, format_args!("  {domain}:\n    netbios: N{number}"));
        if let Some(above) = above {
            let key = if within(number, *above) { "parent" } else { "tree_of" };
            put(&mut text, format_args!("    {key}: {}", DOMAINS[*above].0));
        }
        let history = match world.people[number].former {
            Some((former, true)) => format!("sid_history: ['N{former}\\Domain Admins']"),
            Some((former, false)) => format!("sid_history: ['N{former}\\u{former}']"),
            None => String::new(),
        };
        put(&mut text, format_args!("    users: {{ u{number}: {{ {history} }} }}"));
        let admitted: Vec<String> =
            world.admitted[number].iter().map(|who| format!("'N{who}\\u{who}'")).collect();
        put(
            &mut text,
            format_args!(
                "    computers: {{ srv{number}: {{ allowed_to_authenticate: [{}] }} }}",
                admitted.join(", ")
            ),
        );
    }
    put(&mut text, format_args!("trusts:"));
    for (number, trust) in world.trusts.iter().enumerate() {
        let kind = if trust.kind == Kind::Forest { "forest" } else { "external" };
        let filtering = format!("{:?}", trust.filtering).to_lowercase();
        let suffixes = trust.excluded.map_or_else(String::new, |out| {
            // The suffix above the name that is left out is the root of its tree.
            let tree = (0..8).find(|top| within(out, *top) && (root(*top) == *top || *top == 3)).unwrap();
            match tree == out {
                true => String::new(),
                false => format!(
                    ", suffixes: {{ enabled: [{}], excluded: [{}] }}",
                    DOMAINS[tree].0, DOMAINS[out].0
                ),
            }
        });
        put(
            &mut text,
            format_args!(
                "  t{number}: {{ trusting: {}, trusted: {}, kind: {kind}, two_way: {}, selective_authentication: {}, sid_filtering: {filtering}{suffixes} }}",
                DOMAINS[trust.trusting].0, DOMAINS[trust.trusted].0, trust.two_way, trust.selective
            ),
        );
    }
    if let Some((trusting, trusted)) = world.shortcut {
        put(
            &mut text,
            format_args!(
                "  shortcut: {{ trusting: {}, trusted: {}, kind: shortcut }}",
                DOMAINS[trusting].0, DOMAINS[trusted].0
            ),
        );
    }
    put(&mut text, format_args!("steps:"));
    for (number, (account, resource)) in world.asks.iter().enumerate() {
        put(
            &mut text,
            format_args!(
                "  - name: ask {number}\n    ticket: {{ client: desk, credentials: {{ user: u{account}@{} }}, service: host/srv{resource}.{} }}\n    expect: {{ granted: {{}} }}",
                DOMAINS[*account].0, DOMAINS[*resource].0
            ),
        );
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tickets_are_granted_and_filtered_as_the_tables_say(world in worlds()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drawn.yaml");
        std::fs::write(&path, written(&world)).unwrap();
        let drawn = scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)));
        let outcome = play(&drawn, &RunOptions::default()).unwrap();
        for (step, (account, resource)) in outcome.steps.iter().zip(&world.asks) {
            let asked = step.asked.as_ref().expect("every step asks for a ticket");
            let filtered = outcome.trace.step(step.index).any(|event| match &event.happening {
                Happening::Verdict(verdict) => {
                    verdict.rule.as_str() == "trust.sid-filter" && verdict.ruling == Ruling::Curtailed
                }
                _ => false,
            });
            let played = asked.granted.then_some(filtered);
            let (from, to) = (DOMAINS[*account].0, DOMAINS[*resource].0);
            let expected = expected(&world, *account, *resource);
            prop_assert_eq!(played, expected, "from {} to {}: {:?}", from, to, asked);
        }
    }
}

/// The partner is away for a week when a trust's password is due. The old one stays good, a new one is
/// tried four times an hour, and is set once the partner is back.
#[test]
fn a_trust_outlives_a_week_without_its_partner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("week.yaml");
    let topology = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/topologies/two-forests.yaml");
    let steps = "
  - wait: 29d
  - name: away
    fault: { crash: { host: dc-contoso } }
    for: 7d
  - name: the week
    wait: 6d 23h
  - name: the return
    wait: 2h
  - name: Anna
    ticket: { client: anna-desktop, service: host/files-fabrikam.fabrikam.example }
    expect: { granted: {} }
";
    std::fs::write(&path, format!("title: a week\ntopology: {topology}\nsteps:{steps}")).unwrap();
    let week = scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)));
    let outcome = play(&week, &RunOptions::default()).unwrap();
    assert!(outcome.passed(), "{:?}", outcome.steps);
    let lines = |step: u32, text: &str| {
        let logged = |event: &&forestsim::trace::Event| match &event.happening {
            Happening::Log(entry) => entry.text.contains(text),
            Happening::State(change) => change.value.as_ref().is_some_and(|value| value.contains(text)),
            _ => false,
        };
        outcome.trace.step(step).filter(logged).count()
    };
    // Due after a day of the week; an attempt and its time-outs take a little more than a quarter.
    let attempts = lines(2, "will be tried again");
    assert!((500..=6 * 24 * 4).contains(&attempts), "{attempts} attempts");
    assert_eq!((lines(2, "which the partner has too"), lines(3, "which the partner has too")), (0, 1));
}
