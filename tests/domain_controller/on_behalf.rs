//! S4U2Self: tickets about someone without a password.

use forestsim::directory::{GroupScope, KerberosCode};
use forestsim::name::{DnsName, Upn};
use forestsim::protocol::kerberos::{KrbError, TicketContent};
use forestsim::role::kerberos_client::{Credentials, LongTerm};
use forestsim::trust::TrustKind;

use super::world::*;

/// What `ws$` of perimeter gets when it asks for a ticket to a service about someone.
fn on_behalf(
    world: &World,
    service: &'static str,
    user: &'static str,
) -> Outcome<Result<TicketContent, KrbError>> {
    let outcome = world.play(None, move |seat| async move {
        let (account, realm) = (Upn::new("ws$@perimeter.example"), DnsName::new(PERIMETER));
        let own = refusal(seat.kerberos.sign_in(&account, &realm, LongTerm::Key(&key("ws$"))).await)?;
        refusal(seat.kerberos.ticket_for_user(&own, service, &user.into()).await)
    });
    let open = |ticket: Credentials| ticket.ticket.open(&world.key_of(service)).unwrap();
    Outcome { value: outcome.value.map(open), events: outcome.events }
}

#[test]
fn a_service_learns_who_someone_is_without_a_password() {
    let mut one_way = world(TrustKind::Forest, false);
    one_way.computer(PERIMETER, "other$", &["HTTP/other.perimeter.example"]);
    let content = on_behalf(&one_way, WS, "paula@perimeter.example").value.unwrap();
    assert_eq!(content.client.as_str(), "paula@perimeter.example");
    assert_eq!(content.pac.user, one_way.sid(PERIMETER, "paula"));

    let outcome = on_behalf(&one_way, "HTTP/other.perimeter.example", "paula@perimeter.example");
    assert_eq!(outcome.refused_by(), refused("kerberos.service-known", "dc-perimeter"));
    assert_eq!(outcome.value.unwrap_err().code, KerberosCode::BAD_OPTION);

    let paula = one_way.sid(PERIMETER, "paula");
    one_way.domain(PERIMETER).update(paula, |account| account.enabled = false).unwrap();
    let outcome = on_behalf(&one_way, WS, "paula@perimeter.example");
    assert_eq!(outcome.refused_by(), refused("account.enabled", "dc-perimeter"));
}

#[test]
fn a_service_needs_a_path_to_the_users_domain_and_back() {
    let one_way = world(TrustKind::Forest, false);
    let outcome = on_behalf(&one_way, WS, "sally@corp.example");
    assert_eq!(outcome.refused_by(), refused("trust.path", "dc-perimeter"));

    let mut two_way = world(TrustKind::Forest, true);
    let emil = two_way.sid(EU, "emil");
    let buyers = two_way.group(PERIMETER, "Buyers", GroupScope::DomainLocal, &[emil]);
    let outcome = on_behalf(&two_way, WS, "emil@eu.corp.example");
    assert_eq!(outcome.asked(), ["dc-perimeter", "dc-corp", "dc-eu", "dc-corp", "dc-perimeter"]);
    let content = outcome.value.unwrap();
    assert_eq!((content.client.as_str(), content.client_realm.as_str()), ("emil@eu.corp.example", EU));
    assert_eq!((content.pac.user, content.pac.user_name.as_str()), (emil, "emil"));
    assert_eq!(content.pac.resource_groups, [buyers]);

    // What came back is about emil, but only for the service that asked.
    let stolen = two_way.play(None, |seat| async move {
        let (account, realm) = (Upn::new("ws$@perimeter.example"), DnsName::new(PERIMETER));
        let own = refusal(seat.kerberos.sign_in(&account, &realm, LongTerm::Key(&key("ws$"))).await)?;
        let user = Upn::new("emil@eu.corp.example");
        refusal(seat.kerberos.ticket_for_user(&own, "cifs/files.corp.example", &user).await)
    });
    assert_eq!(stolen.refused_by(), refused("kerberos.service-known", "dc-perimeter"));
}
