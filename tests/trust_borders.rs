//! What passes over a trust: names, SIDs, and who may authenticate to a server.

use std::collections::BTreeSet;

use forestsim::directory::{AccessMask, Ace, Forest, Guid, SecurityDescriptor, Sid};
use forestsim::name::DnsName;
use forestsim::trust::selective::{mark, may_authenticate};
use forestsim::trust::{
    Boundary, Dropped, ForestTrustInfo, NameSuffix, Party, Routing, SuffixState, TrustAttributes, TrustError,
    TrustKind, TrustRecord, filter, make_trust, trusts_within,
};

fn sid(domain: &str) -> Sid {
    Sid::of_domain(1, &DnsName::new(domain))
}

/// A forest of two domains.
fn forest(root: &str, child: &str) -> Forest {
    let (root, child) = (DnsName::new(root), DnsName::new(child));
    let mut forest = Forest::of_one(root.clone(), root.first_label().into(), sid(root.as_str()));
    forest.add(child.clone(), child.first_label().into(), sid(child.as_str()), root);
    forest
}

fn perimeter() -> Forest {
    forest("perimeter.example", "web.perimeter.example")
}

fn corp() -> Forest {
    forest("corp.example", "eu.corp.example")
}

/// Perimeter's half of a trust in corp, with these bits instead of the usual ones where given.
fn record(kind: TrustKind, attributes: Option<TrustAttributes>) -> TrustRecord {
    let (here, there) = (perimeter(), corp());
    let party = |forest| -> Party<'_> { Party { forest, domain: &forest.root } };
    let mut record = make_trust(1, kind, party(&here), party(&there), false).unwrap().trusting;
    if let Some(attributes) = attributes {
        record.attributes = attributes;
        record.check().unwrap();
    }
    record
}

/// The domain page's table, a row for each boundary: whether each SID passes.
#[test]
fn each_boundary_lets_through_what_the_table_says() {
    let (corp, eu, third) = (sid("corp.example"), sid("eu.corp.example"), sid("third.example"));
    let own = sid("web.perimeter.example");
    let sids = [
        corp.with_rid(1105),
        corp.with_rid(513),
        eu.with_rid(1200),
        eu.with_rid(512),
        third.with_rid(1300),
        third.with_rid(512),
        own.with_rid(1400),
        own.with_rid(512),
        Sid::ENTERPRISE_DOMAIN_CONTROLLERS,
        Sid::OTHER_ORGANIZATION,
        Sid::THIS_ORGANIZATION,
    ];
    let never = [
        Sid::EVERYONE,
        Sid::CREATOR_OWNER,
        Sid::new(0, &[0]),
        Sid::new(2, &[0]),
        Sid::NETWORK,
        Sid::AUTHENTICATED_USERS,
        Sid::LOCAL_SYSTEM,
        Sid::ADMINISTRATORS,
        Sid::new(5, &[21, 1, 2]),
        corp,
        Sid::new(5, &[21, 1, 2, 3, 4, 5]),
    ];
    let relaxed = TrustAttributes::of(TrustKind::Forest).with(TrustAttributes::TREAT_AS_EXTERNAL);
    let quarantined = TrustAttributes::of(TrustKind::Forest).with(TrustAttributes::QUARANTINED);
    let within = {
        let forest = perimeter();
        trusts_within(1, &forest).unwrap().remove(0).1
    };
    let (y, n) = (true, false);
    let rows = [
        //                                    corp  eu    third own   EDC org
        (within, Boundary::WithinForest, [y, y, y, y, y, y, y, y, y, y, y]),
        (record(TrustKind::Forest, None), Boundary::CrossForest, [y, y, y, y, n, n, n, n, n, y, y]),
        (
            record(TrustKind::Forest, Some(relaxed)),
            Boundary::CrossForestRelaxed,
            [y, y, y, y, y, n, n, n, n, y, y],
        ),
        (
            record(TrustKind::External, Some(TrustAttributes::default())),
            Boundary::External,
            [y, y, y, y, y, y, n, n, n, y, y],
        ),
        (record(TrustKind::External, None), Boundary::Quarantined, [y, y, n, n, n, n, n, n, n, y, y]),
        (
            record(TrustKind::Forest, Some(quarantined)),
            Boundary::Quarantined,
            [y, y, n, n, n, n, n, n, n, y, y],
        ),
    ];
    for (record, boundary, passes) in rows {
        let filtered = filter(&record, &perimeter().sids(), corp, &sids);
        assert_eq!(filtered.boundary, boundary);
        let kept: Vec<bool> = sids.iter().map(|sid| filtered.kept.contains(sid)).collect();
        assert_eq!(kept, passes, "{boundary:?}: {:?}", filtered.dropped);
        assert_eq!(filtered.kept.len() + filtered.dropped.len(), sids.len());
        assert_eq!(filtered.refused, None, "{boundary:?}");
        let filtered = filter(&record, &perimeter().sids(), corp, &never);
        assert_eq!(filtered.kept, [], "{boundary:?}");
    }
}

#[test]
fn a_disabled_domain_record_silences_the_domain() {
    let mut record = record(TrustKind::Forest, None);
    let eu = sid("eu.corp.example").with_rid(1200);
    let info = record.forest_info.as_mut().unwrap();
    for domain in info.domains.iter_mut().filter(|domain| domain.dns_name.as_str() == "eu.corp.example") {
        domain.sid_state = SuffixState::Disabled;
    }
    let filtered = filter(&record, &perimeter().sids(), sid("corp.example"), &[eu]);
    assert_eq!(filtered.dropped, [(eu, Dropped::NotSpokenFor)]);
}

#[test]
fn whose_own_domain_does_not_pass_is_refused_as_a_whole() {
    let refused =
        |record: &TrustRecord, domain: &str| filter(record, &perimeter().sids(), sid(domain), &[]).refused;
    let forest = record(TrustKind::Forest, None);
    assert_eq!(refused(&forest, "eu.corp.example"), None);
    assert_eq!(refused(&forest, "perimeter.example"), Some(Dropped::OwnForest));
    assert_eq!(refused(&forest, "web.perimeter.example"), Some(Dropped::OwnForest));
    assert_eq!(refused(&forest, "third.example"), Some(Dropped::NotSpokenFor));
    let external = record(TrustKind::External, None);
    assert_eq!(refused(&external, "eu.corp.example"), Some(Dropped::NotSpokenFor));
    let open = record(TrustKind::External, Some(TrustAttributes::default()));
    assert_eq!(refused(&open, "perimeter.example"), Some(Dropped::OwnForest));
}

#[test]
fn selective_authentication_asks_for_a_right_on_the_server() {
    let user = sid("corp.example").with_rid(1105);
    let team = sid("corp.example").with_rid(1106);
    let right = |trustee| {
        let ace = Ace::allow(trustee, AccessMask::CONTROL_ACCESS).limited_to(Guid::ALLOWED_TO_AUTHENTICATE);
        let mut server = SecurityDescriptor::of_account(sid("perimeter.example"));
        server.dacl.as_mut().unwrap().push(ace);
        server
    };
    let attributes = TrustAttributes::of(TrustKind::Forest).with(TrustAttributes::CROSS_ORGANIZATION);
    for (attributes, asked) in [(TrustAttributes::of(TrustKind::Forest), false), (attributes, true)] {
        let mut sids = vec![team, Sid::THIS_ORGANIZATION];
        mark(&record(TrustKind::Forest, Some(attributes)), &mut sids);
        assert_eq!(sids.contains(&Sid::OTHER_ORGANIZATION), asked);
        assert_eq!(sids.contains(&Sid::THIS_ORGANIZATION), !asked);
        let sids: BTreeSet<Sid> = sids.into_iter().collect();
        let allowed =
            |trustee| may_authenticate(&right(trustee), user, &sids).map(|decision| decision.allowed);
        assert_eq!(allowed(team), asked.then_some(true));
        assert_eq!(allowed(user), asked.then_some(true));
        assert_eq!(allowed(sid("corp.example").with_rid(1)), asked.then_some(false));
    }
}

#[test]
fn the_longest_record_routes_a_name() {
    let suffix = |name: &str, state| NameSuffix { name: name.into(), state };
    let info = ForestTrustInfo {
        suffixes: vec![
            suffix("example", SuffixState::Enabled),
            suffix("off.example", SuffixState::Disabled),
            suffix("on.off.example", SuffixState::Enabled),
            suffix("fresh.example", SuffixState::New),
            suffix("twice.example", SuffixState::Enabled),
        ],
        exclusions: ["out.example".into(), "twice.example".into(), "deep.on.off.example".into()].into(),
        domains: Vec::new(),
    };
    let cases = [
        ("example", Routing::Routed("example".into())),
        ("a.b.example", Routing::Routed("example".into())),
        ("a.off.example", Routing::Off("off.example".into(), SuffixState::Disabled)),
        ("a.on.off.example", Routing::Routed("on.off.example".into())),
        ("a.deep.on.off.example", Routing::Excluded("deep.on.off.example".into())),
        ("fresh.example", Routing::Off("fresh.example".into(), SuffixState::New)),
        ("a.out.example", Routing::Excluded("out.example".into())),
        ("twice.example", Routing::Excluded("twice.example".into())),
        ("about.example", Routing::Routed("example".into())),
        ("counterexample", Routing::Unknown),
    ];
    for (name, expected) in cases {
        assert_eq!(info.route(&name.into()), expected, "{name}");
    }
}

#[test]
fn newcomers_wait_and_collisions_silence_the_newcomer() {
    let mut partner = forest("corp.example", "eu.corp.example");
    let mut info = ForestTrustInfo::of(&partner);
    assert_eq!(info.suffixes.len(), 1, "a child lies below its root: {:?}", info.suffixes);
    partner.upn_suffixes.insert("sales.test".into());
    let new = info.learn(&ForestTrustInfo::of(&partner));
    assert_eq!(new, ["sales.test".into()]);
    assert_eq!(info.route(&"sales.test".into()), Routing::Off("sales.test".into(), SuffixState::New));
    info.suffixes[1].state = SuffixState::Enabled;
    assert!(info.learn(&ForestTrustInfo::of(&partner)).is_empty());
    assert_eq!(
        info.route(&"sales.test".into()),
        Routing::Routed("sales.test".into()),
        "nothing is learned twice"
    );

    // Another forest claims a name below the first one's, a name above it, and its short name.
    let rival = {
        let mut rival = forest("us.corp.example", "CORP.rival.test");
        rival.upn_suffixes.extend(["example".into(), "fine.test".into()]);
        rival
    };
    let mut newcomer = ForestTrustInfo::of(&rival);
    newcomer.suffixes.push(NameSuffix { name: "us.corp.example".into(), state: SuffixState::Enabled });
    newcomer.mark_conflicts(&perimeter(), [&info]);
    let state =
        |name: &str| newcomer.suffixes.iter().find(|suffix| suffix.name.as_str() == name).unwrap().state;
    assert_eq!(state("us.corp.example"), SuffixState::Conflict);
    assert_eq!(state("example"), SuffixState::Enabled);
    assert_eq!(state("fine.test"), SuffixState::Enabled);
    let clash = newcomer.domains.iter().find(|domain| domain.netbios.as_str() == "CORP").unwrap();
    assert_eq!((clash.netbios_state, clash.sid_state), (SuffixState::Conflict, SuffixState::Enabled));
}

#[test]
fn impossible_trusts_are_refused() {
    let (perimeter, corp) = (perimeter(), corp());
    let web: DnsName = "web.perimeter.example".into();
    let make = |kind, trusting: (&Forest, &DnsName), trusted: (&Forest, &DnsName)| {
        let party = |(forest, domain)| Party { forest, domain };
        make_trust(1, kind, party(trusting), party(trusted), true).map(|_| ()).unwrap_err()
    };
    let (p, c) = ((&perimeter, &perimeter.root), (&corp, &corp.root));
    assert!(matches!(make(TrustKind::Forest, (&perimeter, &web), c), TrustError::NotRoot { .. }));
    assert!(matches!(make(TrustKind::Forest, p, (&perimeter, &web)), TrustError::SameForest(..)));
    assert!(matches!(make(TrustKind::Shortcut, p, c), TrustError::DifferentForests(..)));
    assert!(matches!(make(TrustKind::Shortcut, p, p), TrustError::Itself(_)));
    assert!(matches!(make(TrustKind::Forest, (&perimeter, &corp.root), c), TrustError::UnknownDomain { .. }));

    let mut within = trusts_within(1, &perimeter).unwrap().remove(0).1;
    within.attributes = within.attributes.with(TrustAttributes::CROSS_ORGANIZATION);
    assert!(matches!(within.check(), Err(TrustError::Attributes(_))));
    let mut external = record(TrustKind::External, None);
    external.attributes = external.attributes.with(TrustAttributes::FOREST_TRANSITIVE);
    assert!(matches!(external.check(), Err(TrustError::ForestBit { .. })));
}
