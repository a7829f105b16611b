//! Groups: what may be in what, and what a token holds of them.

use std::collections::BTreeSet;

use forestsim::crypto::secret::Secret;
use forestsim::directory::membership::{account_groups, resource_groups};
use forestsim::directory::{
    AccountChange, AccountKind, AccountPolicy, Credential, DirectoryChange, DirectoryError, Domain, Forest,
    GlobalCatalog, GroupScope, NewAccount, Sid,
};
use forestsim::name::DnsName;
use forestsim::time::VirtualTime;
use proptest::prelude::*;

/// A forest of two domains, and the SID of someone far away.
struct World {
    root: Domain,
    child: Domain,
    stranger: Sid,
}

fn sid_of(domain: &str) -> Sid {
    Sid::of_domain(1, &DnsName::new(domain))
}

fn world() -> World {
    let mut forest = Forest::of_one("corp.example".into(), "CORP".into(), sid_of("corp.example"));
    forest.add("eu.corp.example".into(), "EU".into(), sid_of("eu.corp.example"), "corp.example".into());
    let domain = |name: &str| {
        let policy = AccountPolicy::default();
        Domain::new(1, &DnsName::new(name), forest.clone(), policy, VirtualTime::default()).unwrap()
    };
    let (root, child) = (domain("corp.example"), domain("eu.corp.example"));
    World { root, child, stranger: sid_of("far.example").with_rid(1107) }
}

fn user(domain: &mut Domain, sam: &str) -> Sid {
    let password = Secret::new("x");
    let credential = Credential::Password(&password);
    let created = VirtualTime::default();
    domain.add_account(&NewAccount { sam, upn: None, kind: AccountKind::User, credential, created }).unwrap()
}

#[test]
fn a_group_takes_the_members_that_its_scope_allows() {
    use GroupScope::{DomainLocal, Global, Universal};
    let World { mut root, mut child, stranger } = world();
    let cousin = user(&mut child, "cousin");
    let own = user(&mut root, "own");
    let mut group =
        |scope: GroupScope, name: &str| root.add_group(&format!("{scope:?} {name}"), scope).unwrap();
    let groups = [DomainLocal, Global, Universal].map(|scope| group(scope, "one"));
    let [local, global, universal] = [DomainLocal, Global, Universal].map(|scope| group(scope, "two"));
    let members = [own, local, global, universal, cousin, stranger];
    // Rows: the scope of the group. Columns: account, domain-local, global, universal group of the
    // domain, someone of another domain of the forest, someone of another forest.
    let table = [
        [true, true, true, true, true, true],
        [true, false, true, false, false, false],
        [true, false, true, true, true, false],
    ];
    for (group, row) in groups.into_iter().zip(table) {
        for (member, allowed) in members.into_iter().zip(row) {
            let outcome = root.add_member(group, member);
            let what = format!("{} in {}", root.display(member), root.display(group));
            assert_eq!(outcome.is_ok(), allowed, "{what}");
            assert_eq!(root.group(group).unwrap().members.contains(&member), allowed, "{what}");
            if !allowed {
                assert!(matches!(outcome, Err(DirectoryError::ScopeForbids { .. })), "{what}: {outcome:?}");
            }
        }
    }
}

#[test]
fn a_token_holds_nested_groups_even_in_circles_and_domain_local_ones_only_at_the_resource() {
    let World { mut root, mut child, stranger } = world();
    let sally = user(&mut child, "sally");
    let team = child.add_group("Team", GroupScope::Global).unwrap();
    let staff = child.add_group("Staff", GroupScope::Global).unwrap();
    let readers = child.add_group("Readers", GroupScope::DomainLocal).unwrap();
    let everywhere = root.add_group("Everywhere", GroupScope::Universal).unwrap();
    let wider = root.add_group("Wider", GroupScope::Universal).unwrap();
    let buyers = root.add_group("Buyers", GroupScope::DomainLocal).unwrap();
    let purchasing = root.add_group("Purchasing", GroupScope::DomainLocal).unwrap();
    let guests = root.add_group("Guests", GroupScope::DomainLocal).unwrap();
    for (group, member) in [(team, sally), (staff, team), (team, staff), (readers, staff)] {
        child.add_member(group, member).unwrap();
    }
    for (group, member) in [
        (everywhere, staff),
        (wider, everywhere),
        (everywhere, wider),
        (buyers, wider),
        (guests, stranger),
        (purchasing, buyers),
        (buyers, purchasing),
    ] {
        root.add_member(group, member).unwrap();
    }
    child.update(sally, |account| account.sid_history.push(stranger)).unwrap();

    let catalog = GlobalCatalog::of([&root, &child]);
    let token = account_groups(&child, &catalog, child.account(sally).unwrap());
    let users = child.sid().with_rid(513);
    assert_eq!(token.primary, users);
    assert_eq!(token.groups, BTreeSet::from([users, team, staff]));
    assert_eq!(token.extra, BTreeSet::from([everywhere, wider, stranger]));

    let brought: BTreeSet<Sid> = token.groups.iter().chain(&token.extra).copied().chain([sally]).collect();
    assert_eq!(resource_groups(&root, &brought), BTreeSet::from([buyers, purchasing, guests]));
    assert_eq!(resource_groups(&child, &brought), BTreeSet::from([readers]));
    assert_eq!(resource_groups(&root, &BTreeSet::from([stranger])), BTreeSet::from([guests]));
}

#[test]
fn names_find_accounts_and_stay_unique() {
    let World { mut root, .. } = world();
    let sally = user(&mut root, "sally");
    let sam = user(&mut root, "sam");
    let change = |name: &str, change| DirectoryChange::Account { name: name.into(), change };
    let now = VirtualTime::default();
    change("sally", AccountChange::Upn("s.sales@sales.example".into())).apply(&mut root, now).unwrap();
    change("sally", AccountChange::MapCertificate("ab12".into())).apply(&mut root, now).unwrap();
    for name in ["SALLY", r"corp\Sally", "S.Sales@sales.example", "sally@corp.example"] {
        assert_eq!(root.find(name).map(|account| account.sid), Some(sally), "{name}");
    }
    for name in [r"EU\sally", "sally@eu.corp.example", "sal", ""] {
        assert_eq!(root.find(name).map(|account| account.sid), None, "{name}");
    }
    let taken = change("sam", AccountChange::Upn("s.sales@sales.example".into())).apply(&mut root, now);
    assert!(matches!(taken, Err(DirectoryError::NameTaken { .. })), "{taken:?}");
    assert_eq!(root.find("sam@corp.example").map(|account| account.sid), Some(sam), "nothing was changed");
    assert!(matches!(root.add_group("Sally", GroupScope::Global), Err(DirectoryError::NameTaken { .. })));

    change("sam", AccountChange::MapCertificate("AB12".into())).apply(&mut root, now).unwrap();
    assert_eq!(root.find_by_certificate("aB12").len(), 2, "one certificate may stand for two accounts");
    change("sally", AccountChange::UnmapCertificate("AB12".into())).apply(&mut root, now).unwrap();
    assert_eq!(root.find_by_certificate("AB12").iter().map(|account| account.sid).collect::<Vec<_>>(), [sam]);
    let unmapped = change("sally", AccountChange::UnmapCertificate("AB12".into())).apply(&mut root, now);
    assert!(matches!(unmapped, Err(DirectoryError::NotMapped { .. })), "{unmapped:?}");
}

/// A drawn forest of two domains: the scope of each of its groups (the first half in the root, the
/// others in the child), and who is to be a member of which. Number 12 is the person, of the child.
type Drawn = (Vec<u8>, Vec<(usize, usize)>);

fn drawn() -> impl Strategy<Value = Drawn> {
    (prop::collection::vec(0u8..3, 12), prop::collection::vec((0usize..12, 0usize..13), 0..40))
}

/// Whether the person is in a group, by trying every chain of memberships whose links may count.
fn is_in(
    links: &[(usize, usize)],
    counts: &dyn Fn(usize) -> bool,
    group: usize,
    way: &mut Vec<usize>,
) -> bool {
    if way.contains(&group) || !counts(group) {
        return false;
    }
    way.push(group);
    let members = links.iter().filter(|(holder, _)| *holder == group).map(|(_, member)| *member);
    let found = members.into_iter().any(|member| member == 12 || is_in(links, counts, member, way));
    way.pop();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Groups nested at random, across domains and in circles: a token holds those that a chain of
    /// memberships leads to, as far as each stage of a sign-in may see it.
    #[test]
    fn a_token_holds_what_a_chain_of_memberships_leads_to((scopes, wanted) in drawn()) {
        let World { mut root, mut child, .. } = world();
        let person = user(&mut child, "person");
        let scope = |number: u8| match number {
            0 => GroupScope::DomainLocal,
            1 => GroupScope::Global,
            _ => GroupScope::Universal,
        };
        let mut sids = Vec::new();
        for (number, kind) in scopes.iter().enumerate() {
            let domain = if number < 6 { &mut root } else { &mut child };
            sids.push(domain.add_group(&format!("group {number}"), scope(*kind)).unwrap());
        }
        sids.push(person);
        // What the directory refuses, because a scope forbids it, is no membership.
        let mut links = Vec::new();
        for (group, member) in wanted {
            let domain = if group < 6 { &mut root } else { &mut child };
            // A domain sees of another one's group only that it is not its own; Active Directory knows
            // better, and lets nobody put a domain-local group elsewhere.
            let foreign_local = member < 12 && (member < 6) != (group < 6) && scopes[member] == 0;
            if group != member && !foreign_local && domain.add_member(sids[group], sids[member]).is_ok() {
                links.push((group, member));
            }
        }

        let catalog = GlobalCatalog::of([&root, &child]);
        let token = account_groups(&child, &catalog, child.account(person).unwrap());
        let brings = |group: usize| scopes[group] == 2 || scopes[group] == 1 && group >= 6;
        let expected: BTreeSet<Sid> = (0..12)
            .filter(|group| is_in(&links, &brings, *group, &mut Vec::new()))
            .map(|group| sids[group])
            .chain([child.sid().with_rid(513)])
            .collect();
        let brought: BTreeSet<Sid> = token.groups.iter().chain(&token.extra).copied().collect();
        prop_assert_eq!(&brought, &expected);
        prop_assert!(token.groups.iter().all(|sid| sid.domain() == Some(child.sid())));
        prop_assert!(token.extra.iter().all(|sid| sid.domain() == Some(root.sid())));

        // At a resource, its own domain-local groups come on top, and only they.
        let all: BTreeSet<Sid> = brought.iter().copied().chain([person]).collect();
        for (domain, own) in [(&root, 0..6), (&child, 6..12)] {
            let counts = |group: usize| brings(group) || scopes[group] == 0 && own.contains(&group);
            let local: BTreeSet<Sid> = own
                .clone()
                .filter(|group| scopes[*group] == 0 && is_in(&links, &counts, *group, &mut Vec::new()))
                .map(|group| sids[group])
                .collect();
            prop_assert_eq!(resource_groups(domain, &all), local);
        }
    }
}
