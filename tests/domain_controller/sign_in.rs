//! Signing in, and how long a ticket is good for whom.

use forestsim::crypto::secret::Secret;
use forestsim::crypto::symmetric::SymmetricKey;
use forestsim::directory::{AccountChange, DirectoryChange, KerberosCode};
use forestsim::name::Upn;
use forestsim::protocol::kerberos::{AsRequest, KerberosReply, KerberosRequest};
use forestsim::time::Span;
use forestsim::trust::TrustKind;

use super::world::*;

#[test]
fn clocks_may_differ_by_five_minutes() {
    let signed_in = |offset: Span| {
        let outcome = world(TrustKind::Forest, false).play(None, move |seat| async move {
            let client = Upn::new("sally@corp.example");
            let salt = "CORP.EXAMPLEsally";
            let key = SymmetricKey::derive_from_password(salt, &Secret::new("sally's password"));
            let request = AsRequest { client, realm: CORP.into(), preauth: None };
            let time = seat.host.now() + offset;
            let request = request.preauthenticate(&key, &mut seat.host.random("test"), time);
            seat.ask(CORP, KerberosRequest::As(request)).await
        });
        match &outcome.value {
            KerberosReply::As(_) => Ok(()),
            KerberosReply::Error(error) => Err((error.code, outcome.refused_by().0)),
            KerberosReply::Tgs(_) => panic!("a TGS-REP to an AS-REQ"),
        }
    };
    let skewed = Err((KerberosCode::SKEW, "kerberos.clock-skew".to_owned()));
    assert_eq!(signed_in(Span::minutes(4)), Ok(()));
    assert_eq!(signed_in(Span::minutes(-4)), Ok(()));
    assert_eq!(signed_in(Span::minutes(6)), skewed);
    assert_eq!(signed_in(Span::minutes(-6)), skewed);
}

#[test]
fn wrong_passwords_count_lock_and_can_be_forgiven() {
    let unlock = DirectoryChange::Account { name: "sally".to_owned(), change: AccountChange::Unlock };
    let world = world(TrustKind::Forest, false);
    let outcome = world.play(Some(&unlock), |seat| async move {
        let mut codes = Vec::new();
        for password in ["one", "two", "three", "sally's password"] {
            codes.push(seat.sign_in_with("sally@corp.example", password).await.err().map(|error| error.code));
        }
        seat.host.sleep(Span::minutes(1)).await;
        codes.push(seat.sign_in("sally@corp.example").await.err().map(|error| error.code));
        codes
    });
    let wrong = Some(KerberosCode::PREAUTH_FAILED);
    assert_eq!(outcome.value, [wrong, wrong, wrong, Some(KerberosCode::CLIENT_REVOKED), None]);
    let states = outcome.states();
    assert_eq!(states[..2], ["CORP\\sally: 1 wrong password", "CORP\\sally: 2 wrong passwords"]);
    assert!(states[2].starts_with("CORP\\sally: 3 wrong passwords, locked out at 2008-03-03T09:00:00"));
    assert_eq!(states[3..], ["CORP\\sally: unlocked"]);
}

/// A ticket outlives the account for a while: the account is looked at again once the ticket is
/// twenty minutes old, and at home only.
#[test]
fn a_disabled_account_keeps_its_tickets_for_a_while() {
    let disable = DirectoryChange::Account { name: "sally".to_owned(), change: AccountChange::Disable };
    let world = world(TrustKind::Forest, false);
    let outcome = world.play(Some(&disable), |seat| async move {
        let granting = seat.sign_in("sally@corp.example").await.unwrap();
        let mut codes = Vec::new();
        for pause in [Span::ZERO, Span::minutes(15), Span::minutes(15), Span::hours(10)] {
            seat.host.sleep(pause).await;
            let answer = refusal(seat.kerberos.service_ticket(&granting, "cifs/files.corp.example").await);
            codes.push(answer.err().map(|error| error.code));
        }
        codes.push(seat.sign_in("sally@corp.example").await.err().map(|error| error.code));
        codes
    });
    let revoked = Some(KerberosCode::CLIENT_REVOKED);
    let expired = Some(KerberosCode::TICKET_EXPIRED);
    assert_eq!(outcome.value, [None, None, revoked, expired, revoked]);
}

#[test]
fn a_ticket_is_good_for_its_holder_only() {
    let outcome = world(TrustKind::Forest, false).play(None, |seat| async move {
        let granting = seat.sign_in("sally@corp.example").await.unwrap();
        let mut renamed = granting.clone();
        renamed.client = "emil@corp.example".into();
        let mut altered = granting.clone();
        altered.ticket.sealed[20] ^= 1;
        let mut other_key = granting;
        other_key.part.session_key = key("attacker");
        let mut codes = Vec::new();
        for shown in [renamed, altered, other_key] {
            let answer = refusal(seat.kerberos.service_ticket(&shown, "cifs/files.corp.example").await);
            codes.push(answer.err().map(|error| error.code));
        }
        codes
    });
    assert_eq!(outcome.value, [Some(KerberosCode::BAD_INTEGRITY); 3]);
}
