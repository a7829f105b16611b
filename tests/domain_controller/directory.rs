//! The directory over LDAP.

use forestsim::crypto::secret::Secret;
use forestsim::directory::{Account, GroupScope};
use forestsim::protocol::ldap::{BindMechanism, Entry, Filter, LdapReply, LdapRequest, Search};
use forestsim::trust::TrustKind;

use super::world::*;

async fn converse(seat: &Seat, requests: Vec<LdapRequest>) -> Vec<LdapReply> {
    converse_at(389, seat, requests).await
}

async fn converse_at(port: u16, seat: &Seat, requests: Vec<LdapRequest>) -> Vec<LdapReply> {
    let mut channel = seat.dialer.connect(&CORP.into(), port).await.unwrap();
    let mut replies = Vec::new();
    for request in &requests {
        replies.push(seat.dialer.converse(&mut channel, request).await.unwrap());
    }
    replies
}

fn bind(name: &str, password: &str) -> LdapRequest {
    let (name, password) = (name.to_owned(), Secret::new(password));
    LdapRequest::Bind { mechanism: BindMechanism::Simple { name, password } }
}

fn search(base: &str, filter: Filter, attributes: &[&str]) -> LdapRequest {
    LdapRequest::Search(Search::subtree(base.parse().unwrap(), filter).only(attributes.iter().copied()))
}

#[test]
fn the_directory_answers_those_who_have_bound() {
    let world = world(TrustKind::Forest, false);
    let everyone = || search("DC=corp,DC=example", Filter::Present("objectSid".into()), &["objectSid"]);
    let outcome = world.play(None, move |seat| async move {
        let steps = vec![
            everyone(),
            bind("sally@corp.example", "wrong"),
            everyone(),
            bind("CN=sally,CN=Users,DC=corp,DC=example", "sally's password"),
            everyone(),
        ];
        converse(&seat, steps).await
    });
    let codes: Vec<u32> = outcome
        .value
        .iter()
        .map(|reply| match reply {
            LdapReply::Bind { code, .. } | LdapReply::Search { code, .. } => *code,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, [1, 49, 1, 0, 0]);
    let LdapReply::Bind { text, .. } = &outcome.value[1] else { panic!("a bind was asked for") };
    assert!(text.contains("data 52e"), "{text}");
    let rules: Vec<String> = outcome.objections().into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["ldap.bind", "account.password-matches", "ldap.bind", "ldap.bind"]);
    let without = world
        .without("ldap.bind")
        .play(None, move |seat| async move { converse(&seat, vec![everyone()]).await });
    let LdapReply::Search { code: 0, entries, .. } = &without.value[0] else { panic!("{:?}", without.value) };
    assert!(entries.len() > 5, "everything lies open without the rule");
}

#[test]
fn a_ticket_binds_too_and_searches_find_what_they_say() {
    let mut world = world(TrustKind::Forest, false);
    let sally = world.sid(CORP, "sally");
    world.group(CORP, "Salesmen", GroupScope::Global, &[sally]);
    let fill = |account: &mut Account| {
        account.mail = Some("sally@sales.example".to_owned());
        account.mapped_certificates.push("AB12".to_owned());
        account.attributes.insert("title".to_owned(), vec!["Salesman".to_owned()]);
    };
    world.domain(CORP).update(sally, fill).unwrap();
    let outcome = world.play(None, |seat| async move {
        let ticket = seat.ticket("sally@corp.example", "ldap/corp.example").await.unwrap();
        let bind = LdapRequest::Bind { mechanism: BindMechanism::Kerberos(seat.kerberos.show(&ticket)) };
        let base = "DC=corp,DC=example";
        let equals = |name: &str, value: &str| Filter::equals(name, value);
        let steps = vec![
            bind,
            search(base, equals("altsecurityidentities", "ab12"), &[]),
            search(base, equals("title", "salesman"), &["mail"]),
            search(
                base,
                Filter::And(vec![equals("objectClass", "group"), equals("sAMAccountName", "salesmen")]),
                &["member"],
            ),
            search(
                base,
                Filter::Or(vec![equals("mail", "nobody@x"), equals("sAMAccountName", "sally")]),
                &["objectsid"],
            ),
            search("CN=Computers,DC=corp,DC=example", equals("sAMAccountName", "sally"), &[]),
            search("DC=orp,DC=example", equals("sAMAccountName", "sally"), &[]),
        ];
        converse(&seat, steps).await
    });
    assert_eq!(outcome.objections(), []);
    let found = |step: usize| -> (u32, &[Entry]) {
        let LdapReply::Search { code, entries, .. } = &outcome.value[step] else {
            panic!("{:?}", outcome.value)
        };
        (*code, entries)
    };
    let dn = "CN=sally,CN=Users,DC=corp,DC=example";
    let (0, [entry]) = found(1) else { panic!("{:?}", found(1)) };
    assert_eq!(entry.dn.to_string(), dn);
    for (name, value) in [
        ("objectSid", sally.to_string().as_str()),
        ("msDS-PrincipalName", "CORP\\sally"),
        ("userPrincipalName", "sally@corp.example"),
        ("mail", "sally@sales.example"),
        ("displayName", "sally"),
        ("memberOf", "CN=Salesmen,CN=Users,DC=corp,DC=example"),
        ("altSecurityIdentities", "AB12"),
        ("userAccountControl", "512"),
    ] {
        assert_eq!(entry.first(name), Some(value), "{name}");
    }
    // Token groups are for members of the Windows Authorization Access Group, and she is none.
    assert_eq!(entry.attributes.get("tokenGroupsGlobalAndUniversal").len(), 0);
    let only = |step, name: &str, value: &str| {
        let (0, [entry]) = found(step) else { panic!("{:?}", found(step)) };
        assert_eq!((entry.attributes.len(), entry.first(name)), (1, Some(value)), "{step}");
    };
    only(2, "mail", "sally@sales.example");
    only(3, "member", dn);
    only(4, "objectSid", &sally.to_string());
    assert_eq!(found(5), (0, &[][..]));
    assert_eq!(found(6), (32, &[][..]));
}

#[test]
fn the_global_catalog_answers_for_the_whole_forest() {
    let found = |port: u16, base: &'static str, sam: &'static str| {
        let outcome = world(TrustKind::Forest, false).play(None, move |seat| async move {
            let steps = vec![
                bind("sally@corp.example", "sally's password"),
                search(base, Filter::equals("sAMAccountName", sam), &["userPrincipalName"]),
            ];
            converse_at(port, &seat, steps).await
        });
        match &outcome.value[1] {
            LdapReply::Search { code: 0, entries, .. } => entries.len(),
            LdapReply::Search { code: 32, .. } => 0,
            other => panic!("{other:?}"),
        }
    };
    // Emil is of the child domain, Paula of another forest.
    assert_eq!(found(389, "DC=corp,DC=example", "emil"), 0);
    assert_eq!(found(3268, "DC=corp,DC=example", "emil"), 1);
    assert_eq!(found(3268, "DC=eu,DC=corp,DC=example", "emil"), 1);
    assert_eq!(found(3268, "DC=eu,DC=corp,DC=example", "sally"), 0);
    assert_eq!(found(3268, "DC=corp,DC=example", "sally"), 1);
    assert_eq!(found(3268, "DC=perimeter,DC=example", "paula"), 0);
}
