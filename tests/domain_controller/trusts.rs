//! Tickets across trusts, and what attackers get through.

use forestsim::crypto::random;
use forestsim::crypto::symmetric::SymmetricKey;
use forestsim::directory::{AccessMask, Account, Ace, GroupScope, Guid, KerberosCode, Sid};
use forestsim::protocol::kerberos::{KdcReplyPart, Pac, Ticket, TicketContent};
use forestsim::role::kerberos_client::Credentials;
use forestsim::time::Span;
use forestsim::trace::Ruling;
use forestsim::trust::{TrustAttributes, TrustKind, TrustRecord};

use super::world::*;

#[test]
fn a_ticket_crosses_the_forest_trust_and_collects_groups_where_they_are_kept() {
    let mut world = world(TrustKind::Forest, false);
    let emil = world.sid(EU, "emil");
    let team = world.group(EU, "Team", GroupScope::Global, &[emil]);
    let everyone = world.group(CORP, "Everyone at corp", GroupScope::Universal, &[team]);
    world.group(EU, "Local", GroupScope::DomainLocal, &[emil]);
    let buyers = world.group(PERIMETER, "Buyers", GroupScope::DomainLocal, &[everyone]);
    let outcome = world.ticket("emil@eu.corp.example", WS);
    let content = outcome.value.as_ref().unwrap();
    assert_eq!(outcome.asked(), ["dc-eu", "dc-corp", "dc-perimeter"]);
    assert_eq!((content.client.as_str(), content.client_realm.as_str()), ("emil@eu.corp.example", EU));
    assert_eq!(content.pac.user, emil);
    assert_eq!(content.pac.groups, [world.domains[EU].sid().with_rid(513), team]);
    assert_eq!(content.pac.extra_sids, [everyone]);
    assert_eq!(content.pac.resource_groups, [buyers]);
    assert_eq!(outcome.objections(), []);
}

#[test]
fn a_trust_leads_one_way() {
    let outcome =
        world(TrustKind::Forest, false).ticket("paula@perimeter.example", "cifs/files.corp.example");
    assert_eq!(outcome.value.unwrap_err().code, KerberosCode::S_PRINCIPAL_UNKNOWN);
    let both = world(TrustKind::Forest, true).ticket("paula@perimeter.example", "cifs/files.corp.example");
    assert!(both.value.is_ok());
    // With a suspended rule there is still no key to seal a referral with.
    let suspended = world(TrustKind::Forest, false).without("trust.path");
    let outcome_suspended = suspended.ticket("paula@perimeter.example", "cifs/files.corp.example");
    assert!(outcome_suspended.value.is_err());
    let outcome = Outcome { value: (), events: outcome.events };
    assert_eq!(outcome.refused_by(), refused("trust.path", "dc-perimeter"));
}

#[test]
fn an_external_trust_is_for_its_two_domains() {
    let world = world(TrustKind::External, false);
    assert!(world.ticket("sally@corp.example", WS).value.is_ok());
    let outcome = world.ticket("emil@eu.corp.example", WS);
    assert_eq!(outcome.refused_by(), refused("kerberos.service-known", "dc-eu"));
}

#[test]
fn an_unknown_service_and_an_unrouted_name_are_different_things() {
    let forest = || world(TrustKind::Forest, false);
    let outcome = forest().ticket("sally@corp.example", "HTTP/no.perimeter.example");
    assert_eq!(outcome.refused_by(), refused("kerberos.service-known", "dc-perimeter"));
    let outcome = forest().ticket("sally@corp.example", "HTTP/ws.nowhere.example");
    assert_eq!(outcome.refused_by(), refused("kerberos.service-known", "dc-corp"));
    let exclude = |record: &mut TrustRecord| {
        record.forest_info.as_mut().unwrap().exclusions.insert("ws.perimeter.example".into());
    };
    let outcome = forest().trust(exclude).ticket("sally@corp.example", WS);
    assert_eq!(outcome.refused_by(), refused("trust.name-routed", "dc-corp"));
    let outcome = forest().trust(exclude).without("trust.name-routed").ticket("sally@corp.example", WS);
    assert!(outcome.value.is_ok(), "without the rule the referral is made: {:?}", outcome.objections());
}

#[test]
fn sid_history_of_the_trusting_forest_is_filtered_and_logged() {
    let mut world = world(TrustKind::Forest, false);
    let admins = world.domains[PERIMETER].sid().with_rid(512);
    let sally = world.sid(CORP, "sally");
    world.domain(CORP).update(sally, |account| account.sid_history.push(admins)).unwrap();
    let outcome = world.ticket("sally@corp.example", WS);
    let pac = &outcome.value.as_ref().unwrap().pac;
    assert!(!pac.sids().any(|sid| sid == admins), "{pac:?}");
    let filtered = ("trust.sid-filter".to_owned(), Ruling::Curtailed, "dc-perimeter".to_owned());
    assert_eq!(outcome.objections(), [filtered]);
    let line = outcome.logged(4675).expect("event 4675 lists what was filtered");
    assert!(line.contains(&admins.to_string()) && line.contains("CORP\\sally"), "{line}");

    let outcome = world.without("trust.sid-filter").ticket("sally@corp.example", WS);
    let pac = &outcome.value.as_ref().unwrap().pac;
    assert!(pac.sids().any(|sid| sid == admins), "the attack that the filter stops");
    assert_eq!(outcome.logged(4675), None);
}

/// Whoever has the trust's key can write any referral. The filter leaves them their own forest's
/// people.
#[test]
fn a_forged_referral_cannot_speak_for_the_trusting_forest() {
    let forged = |world: &World, user: Sid, logon_domain: Sid| {
        let (_, record) = world.halves.iter().find(|(holder, _)| holder.as_str() == PERIMETER).unwrap();
        let trust_key = record.outgoing.as_ref().unwrap().current.clone();
        let mut random = random::stream(1, "attacker", "forgery");
        let session_key = SymmetricKey::random(&mut random);
        let part =
            KdcReplyPart { session_key, auth_time: start(), start: start(), end: start() + Span::hours(10) };
        let content = TicketContent {
            client: "sally@corp.example".into(),
            client_realm: CORP.into(),
            session_key: part.session_key.clone(),
            auth_time: part.auth_time,
            start: part.start,
            end: part.end,
            pac: Pac {
                user,
                user_name: "sally".to_owned(),
                netbios: "CORP".into(),
                logon_domain,
                groups: vec![world.domains[PERIMETER].sid().with_rid(512)],
                extra_sids: Vec::new(),
                resource_groups: Vec::new(),
            },
        };
        let granting = Ticket::granting_service(&PERIMETER.into());
        let ticket = Ticket::seal(&CORP.into(), &granting, &trust_key, &mut random, &content);
        let credentials = Credentials { client: content.client, ticket, part };
        let outcome = world.play(None, move |seat| {
            let credentials = credentials.clone();
            async move { refusal(seat.kerberos.service_ticket(&credentials, WS).await) }
        });
        let open = |ticket: Credentials| ticket.ticket.open(&world.key_of(WS)).unwrap();
        Outcome { value: outcome.value.map(open), events: outcome.events }
    };
    let world = world(TrustKind::Forest, false);
    let (corp, perimeter) = (world.domains[CORP].sid(), world.domains[PERIMETER].sid());
    let administrator = perimeter.with_rid(500);

    let own = forged(&world, corp.with_rid(500), corp);
    let pac = own.value.as_ref().unwrap().pac.clone();
    assert_eq!(
        (pac.user, pac.groups),
        (corp.with_rid(500), vec![]),
        "corp's people, without perimeter's groups"
    );
    for logon_domain in [perimeter, corp] {
        let outcome = forged(&world, administrator, logon_domain);
        assert_eq!(outcome.refused_by(), refused("trust.sid-filter", "dc-perimeter"));
        assert_eq!(outcome.value.unwrap_err().code, KerberosCode::POLICY);
    }
    let outcome = forged(&world.without("trust.sid-filter"), administrator, perimeter);
    assert_eq!(outcome.value.unwrap().pac.user, administrator, "the attack that the filter stops");
}

#[test]
fn selective_authentication_asks_for_leave_at_the_server() {
    let selective = || {
        world(TrustKind::Forest, false)
            .trust(|record| record.attributes = record.attributes.with(TrustAttributes::CROSS_ORGANIZATION))
    };
    let outcome = selective().ticket("sally@corp.example", WS);
    assert_eq!(outcome.refused_by(), refused("trust.selective-authentication", "dc-perimeter"));
    assert_eq!(outcome.value.unwrap_err().code, KerberosCode::POLICY);
    assert!(selective().ticket("paula@perimeter.example", WS).value.is_ok(), "own people need no leave");

    let mut granted = selective();
    let (sally, ws) = (granted.sid(CORP, "sally"), granted.sid(PERIMETER, "ws$"));
    let leave = Ace::allow(sally, AccessMask::CONTROL_ACCESS).limited_to(Guid::ALLOWED_TO_AUTHENTICATE);
    let grant = |account: &mut Account| {
        account.descriptor.dacl.as_mut().unwrap().push(leave);
    };
    granted.domain(PERIMETER).update(ws, grant).unwrap();
    let content = granted.ticket("sally@corp.example", WS).value.unwrap();
    assert!(content.pac.extra_sids.contains(&Sid::OTHER_ORGANIZATION));
    let suspended = selective().without("trust.selective-authentication").ticket("sally@corp.example", WS);
    assert!(suspended.value.is_ok());
}
