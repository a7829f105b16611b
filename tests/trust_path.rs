//! Paths of trusts, against a reference that tries every way, and against what domain controllers do
//! one after the other, each by what its own domain knows.

use std::collections::BTreeMap;

use forestsim::directory::{Forest, Sid};
use forestsim::name::DnsName;
use forestsim::trust::{
    DomainTrusts, ForestRoute, Party, Referral, TrustGraph, TrustKind, TrustRecord, make_trust,
    trusts_within, walk,
};
use proptest::prelude::*;

/// The worlds that are drawn: three forests of at most four domains each, one of them with a second
/// tree, and trusts between any of them. Numbers index the nine names.
const NAMES: [(&str, Option<usize>); 9] = [
    ("corp.example", None),
    ("eu.corp.example", Some(0)),
    ("de.eu.corp.example", Some(1)),
    ("us.corp.example", Some(0)),
    ("shop.test", None),
    ("b2b.shop.test", Some(4)),
    ("outlet.test", Some(4)), // the root of a second tree
    ("lab.invalid", None),
    ("x.lab.invalid", Some(7)),
];

fn name(number: usize) -> DnsName {
    DnsName::new(NAMES[number].0)
}

fn root(number: usize) -> usize {
    NAMES[number].1.map_or(number, root)
}

/// A trust that an administrator makes: the trusting domain, the trusted one, the kind, two-way.
type Made = (usize, usize, TrustKind, bool);

/// A drawn world. `excluded` is a domain whose name forest trusts do not route; `lost` takes away the
/// inbound half of one of the trusts.
#[derive(Debug, Clone)]
struct World {
    made: Vec<Made>,
    excluded: Option<usize>,
    lost: Option<usize>,
}

fn worlds() -> impl Strategy<Value = World> {
    let made = (0usize..9, 0usize..9, 0usize..3, any::<bool>()).prop_filter_map("no such trust", |drawn| {
        let (from, to, kind, two_way) = drawn;
        let same = root(from) == root(to);
        match kind {
            0 if same && from != to => Some((from, to, TrustKind::Shortcut, two_way)),
            1 if !same => Some((root(from), root(to), TrustKind::Forest, two_way)),
            2 if !same => Some((from, to, TrustKind::External, two_way)),
            _ => None,
        }
    });
    let made = prop::collection::vec(made, 0..7).prop_map(|made| {
        // One trust between two domains, whatever its kind, as the directory keeps them by partner;
        // and none where the forest has one of itself.
        let mut pairs = BTreeMap::new();
        for trust in made {
            let pair = (trust.0.min(trust.1), trust.0.max(trust.1));
            let own = NAMES[pair.1].1 == Some(pair.0);
            if !own {
                pairs.entry(pair).or_insert(trust);
            }
        }
        pairs.into_values().collect()
    });
    (made, prop::option::weighted(0.2, 0usize..9), prop::option::weighted(0.2, 0usize..7))
        .prop_map(|(made, excluded, lost)| World { made, excluded, lost })
}

fn forest_of(number: usize) -> Forest {
    let top = root(number);
    let sid = |domain: usize| Sid::of_domain(1, &name(domain));
    let netbios = |domain: usize| name(domain).first_label().into();
    let mut forest = Forest::of_one(name(top), netbios(top), sid(top));
    for domain in (0..9).filter(|domain| root(*domain) == top && *domain != top) {
        let parent = NAMES[domain].1.map(name).unwrap();
        forest.add(name(domain), netbios(domain), sid(domain), parent);
    }
    forest
}

/// The half-records of a world, by the domain that keeps them.
fn halves(world: &World) -> Vec<(DnsName, TrustRecord)> {
    let mut all = Vec::new();
    for top in [0, 4, 7] {
        all.extend(trusts_within(1, &forest_of(top)).unwrap());
    }
    for (index, (trusting, trusted, kind, two_way)) in world.made.iter().enumerate() {
        let (here, there) = (forest_of(*trusting), forest_of(*trusted));
        let (trusting, trusted) = (name(*trusting), name(*trusted));
        let party = |forest, domain| Party { forest, domain };
        let made = make_trust(1, *kind, party(&here, &trusting), party(&there, &trusted), *two_way).unwrap();
        let exclude = |mut record: TrustRecord| {
            if let (Some(info), Some(excluded)) = (&mut record.forest_info, world.excluded) {
                info.exclusions.insert(name(excluded));
            }
            record
        };
        all.push((trusting, exclude(made.trusting)));
        if world.lost != Some(index) {
            all.push((trusted, exclude(made.trusted)));
        }
    }
    all
}

/// Every way without circles, by recursion over the plain list of arrows; the shortest, and of those
/// the first by name.
fn reference(world: &World, account: usize, resource: usize) -> Option<Vec<usize>> {
    let mut arrows: Vec<(usize, usize, TrustKind)> = Vec::new();
    for (child, parent) in
        NAMES.iter().enumerate().filter_map(|(child, (_, parent))| Some((child, (*parent)?)))
    {
        arrows.extend([(child, parent, TrustKind::ParentChild), (parent, child, TrustKind::ParentChild)]);
    }
    for (index, (trusting, trusted, kind, two_way)) in world.made.iter().enumerate() {
        if world.lost == Some(index) {
            continue;
        }
        arrows.push((*trusting, *trusted, *kind));
        if *two_way {
            arrows.push((*trusted, *trusting, *kind));
        }
    }
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut way = vec![account];
    try_all(&arrows, resource, &mut way, &mut Vec::new(), &mut |way, kinds| {
        let forests = kinds.iter().filter(|kind| **kind == TrustKind::Forest).count();
        let externals = kinds.iter().filter(|kind| **kind == TrustKind::External).count();
        let below_excluded =
            world.excluded.is_some_and(|excluded| NAMES[resource].0.ends_with(NAMES[excluded].0));
        let legal = match (forests, externals) {
            (0, 0) => true,
            (1, 0) => !below_excluded,
            (0, 1) => kinds.len() == 1,
            _ => false,
        };
        if legal {
            found.push(way.to_vec());
        }
    });
    found.into_iter().min_by_key(|way| (way.len(), way.iter().map(|at| NAMES[*at].0).collect::<Vec<_>>()))
}

fn try_all(
    arrows: &[(usize, usize, TrustKind)],
    resource: usize,
    way: &mut Vec<usize>,
    kinds: &mut Vec<TrustKind>,
    found: &mut impl FnMut(&[usize], &[TrustKind]),
) {
    let here = way[way.len() - 1];
    if here == resource {
        found(way, kinds);
        return;
    }
    for (trusting, trusted, kind) in arrows {
        if *trusted == here && !way.contains(trusting) {
            way.push(*trusting);
            kinds.push(*kind);
            try_all(arrows, resource, way, kinds, found);
            way.pop();
            kinds.pop();
        }
    }
}

/// Where the domain controllers on the way send a client, one after the other.
fn referrals(world: &World, account: usize, resource: usize) -> Result<Vec<DnsName>, String> {
    let all = halves(world);
    let trusts_of = |domain: usize| {
        let own = |holder: &DnsName| *holder == name(domain);
        let of_root = |holder: &DnsName| *holder == name(root(domain));
        DomainTrusts {
            domain: name(domain),
            forest: forest_of(domain),
            records: all.iter().filter(|half| own(&half.0)).map(|half| half.1.clone()).collect(),
            forest_routes: all
                .iter()
                .filter(|half| of_root(&half.0))
                .filter_map(|half| ForestRoute::of(&half.1))
                .collect(),
        }
    };
    let mut visited = vec![name(account)];
    let mut before: Option<DnsName> = None;
    loop {
        let here = visited[visited.len() - 1].clone();
        let trusts = trusts_of((0..9).find(|number| name(*number) == here).unwrap());
        let came_over = before.as_ref().and_then(|before| trusts.with(before));
        let destination = trusts.destination(&name(account), &name(resource));
        match trusts.refer(&name(account), came_over, &destination) {
            Referral::Local => return Ok(visited),
            Referral::Next(record) => visited.push(record.partner.clone()),
            Referral::NotRouted(why) | Referral::NoPath(why) => return Err(why),
        }
        assert!(visited.len() <= 9, "in circles: {visited:?}");
        before = Some(here);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_shortest_legal_way_is_found_or_there_is_none(world in worlds(), account in 0usize..9, resource in 0usize..9) {
        let all = halves(&world);
        let mut graph = TrustGraph::default();
        graph.add_trusts(all.iter().map(|(holder, record)| (holder, record)));
        let expected = reference(&world, account, resource);
        match (walk(&graph, &name(account), &name(resource)), expected) {
            (Ok(hops), Some(way)) => {
                let visited: Vec<DnsName> =
                    std::iter::once(name(account)).chain(hops.iter().map(|hop| hop.to.clone())).collect();
                prop_assert_eq!(visited, way.into_iter().map(name).collect::<Vec<_>>());
                prop_assert!(hops.windows(2).all(|pair| pair[0].to == pair[1].from));
            }
            (Err(blocked), None) => {
                prop_assert_eq!(&blocked.from, &name(account));
                prop_assert!(!blocked.why.is_empty());
            }
            (found, expected) => prop_assert!(false, "found {found:?}, expected {expected:?}"),
        }
    }

    /// Domain controllers, each knowing its own halves only, lead a client to the resource exactly
    /// where a path exists, if not always by the shortest: nobody knows another domain's shortcuts.
    #[test]
    fn referrals_arrive_exactly_where_a_path_leads(world in worlds(), account in 0usize..9, resource in 0usize..9) {
        let world = World { lost: None, ..world };
        let all = halves(&world);
        let mut graph = TrustGraph::default();
        graph.add_trusts(all.iter().map(|(holder, record)| (holder, record)));
        let path = walk(&graph, &name(account), &name(resource));
        let referred = referrals(&world, account, resource);
        prop_assert_eq!(path.is_ok(), referred.is_ok(), "path {:?}, referrals {:?}", path, referred);
        if let Ok(visited) = referred {
            prop_assert_eq!(visited.last(), Some(&name(resource)));
        }
    }
}

#[test]
fn the_nearest_obstacle_is_named() {
    let blocked = |world: World, account: usize, resource: usize| {
        let all = halves(&world);
        let mut graph = TrustGraph::default();
        graph.add_trusts(all.iter().map(|(holder, record)| (holder, record)));
        walk(&graph, &name(account), &name(resource)).unwrap_err().to_string()
    };
    let one_way = |made| World { made, excluded: None, lost: None };
    // shop.test trusts corp.example, and lab.invalid trusts shop.test.
    let chain = one_way(vec![(4, 0, TrustKind::Forest, false), (7, 4, TrustKind::Forest, false)]);
    assert_eq!(
        blocked(chain.clone(), 5, 1),
        "users of b2b.shop.test cannot get from shop.test to corp.example: \
         shop.test trusts corp.example, but corp.example does not trust shop.test"
    );
    assert!(blocked(chain.clone(), 1, 8).contains("do not reach a third forest"));
    assert!(blocked(one_way(vec![(4, 0, TrustKind::External, false)]), 0, 5).contains("not transitive"));
    assert!(
        blocked(World { excluded: Some(5), ..chain.clone() }, 1, 5).contains("b2b.shop.test is excluded")
    );
    assert!(blocked(World { lost: Some(0), ..chain }, 0, 4).contains("has no inbound half"));
    assert!(blocked(one_way(vec![]), 0, 4).contains("no trust leads there"));
}
