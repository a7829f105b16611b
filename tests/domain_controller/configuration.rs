//! The Configuration partition over LDAP: each server writes its own object, and no other's.

use std::rc::Rc;

use forestsim::directory::exchange::{Organization, SERVER_CLASS, attribute};
use forestsim::directory::{
    AccessMask, Ace, Attributes, DistinguishedName, Filter, GroupScope, Guid, Modification, Partition,
    SecurityDescriptor, Sid,
};
use forestsim::name::Upn;
use forestsim::protocol::ldap::{self, Search};
use forestsim::role::directory_client::{DirectoryClient, DirectoryFailure};
use forestsim::role::kerberos_client::KerberosClient;
use forestsim::role::logon_session::{LogonSession, Proof};
use forestsim::time::Span;
use forestsim::trust::TrustKind;

use super::world::*;

fn organization() -> Organization {
    Organization::new("Contoso", &CORP.into())
}

fn descriptor(dacl: Vec<Ace>) -> SecurityDescriptor {
    SecurityDescriptor { dacl: Some(dacl), ..SecurityDescriptor::default() }
}

/// Two servers of an organization. Everyone may read; each may write its own credential; their group
/// may add objects, and do with them what it likes.
fn with_servers() -> World {
    let mut world = world(TrustKind::Forest, false);
    world.computer(CORP, "hub-1$", &[]);
    world.computer(CORP, "hub-2$", &[]);
    let hubs = [world.sid(CORP, "hub-1$"), world.sid(CORP, "hub-2$")];
    let group = world.group(CORP, "Exchange Servers", GroupScope::Universal, &hubs);

    let read = AccessMask::READ_PROPERTY | AccessMask::LIST_OBJECT | AccessMask::LIST_CHILDREN;
    let everyone = Ace::allow(Sid::AUTHENTICATED_USERS, read).inheritable();
    let servers = organization().servers();
    let mut partition = Partition::new(organization().configuration, descriptor(vec![everyone]));
    let mut missing = vec![];
    let mut above = servers.parent();
    while let Some(dn) = above.filter(|dn| dn != partition.base()) {
        above = dn.parent();
        missing.push(dn);
    }
    for dn in missing.iter().rev() {
        partition.add(dn, Attributes::new([("objectClass", "container")]), descriptor(vec![])).unwrap();
    }
    let create = Ace::allow(group, AccessMask::CREATE_CHILD);
    partition
        .add(&servers, Attributes::new([("objectClass", "container")]), descriptor(vec![create]))
        .unwrap();
    let all = AccessMask::WRITE_PROPERTY | AccessMask::DELETE | AccessMask::DELETE_TREE;
    partition.set_default_descriptor(SERVER_CLASS, descriptor(vec![Ace::allow(group, all)]));
    for (name, sid) in ["hub-1", "hub-2"].into_iter().zip(hubs) {
        let credential = Guid::of_schema_name(attribute::EDGE_SYNC_CREDENTIAL);
        let own = Ace::allow(sid, AccessMask::WRITE_PROPERTY).limited_to(credential);
        let attributes = Attributes::new([("objectClass", SERVER_CLASS), ("networkAddress", name)]);
        partition.add(&organization().server(name), attributes, descriptor(vec![own])).unwrap();
    }
    world.configuration = Some(partition);
    world
}

fn client(seat: &Seat, machine: &str) -> DirectoryClient {
    let account = Upn::new(format!("{machine}@{CORP}"));
    let session = Rc::new(LogonSession::new(account, CORP.into(), Proof::Key(key(machine))));
    let kerberos = KerberosClient::new(&seat.host, &seat.dialer);
    DirectoryClient::new(CORP.into(), &session, &kerberos, &seat.dialer)
}

fn credential(bytes: &[u8]) -> Vec<Modification> {
    vec![Modification::Add(attribute::EDGE_SYNC_CREDENTIAL.to_owned(), vec![bytes.to_vec().into()])]
}

fn refused(outcome: Result<(), DirectoryFailure>) -> u32 {
    match outcome {
        Err(DirectoryFailure::Refused { code, .. }) => code,
        other => panic!("no refusal by the directory: {other:?}"),
    }
}

#[test]
fn a_server_writes_its_own_credential_and_not_another_s() {
    let outcome = with_servers().play(None, |seat| async move {
        let mut session = client(&seat, "hub-2$").connect().await.unwrap();
        let (own, other) = (organization().server("hub-2"), organization().server("hub-1"));
        session.modify(&own, credential(b"sealed")).await.unwrap();
        let elsewhere = refused(session.modify(&other, credential(b"forged")).await);
        let site = Modification::Replace("networkAddress".to_owned(), vec!["evil.example".into()]);
        let not_that = refused(session.modify(&own, vec![site]).await);
        let own = session.read(&own).await.unwrap().unwrap();
        let other = session.read(&other).await.unwrap().unwrap();
        (elsewhere, not_that, own, other)
    });
    let (elsewhere, not_that, own, other) = &outcome.value;
    assert_eq!([elsewhere, not_that], [&ldap::INSUFFICIENT_ACCESS_RIGHTS; 2]);
    assert_eq!(own.attributes.bytes(attribute::EDGE_SYNC_CREDENTIAL).collect::<Vec<_>>(), [b"sealed"]);
    assert!(!other.attributes.has(attribute::EDGE_SYNC_CREDENTIAL), "but it may be read");
    let rules: Vec<String> = outcome.objections().into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["ldap.write", "ldap.write"]);
}

/// Everyone may read the whole object, and one attribute of it is denied to one server.
#[test]
fn an_attribute_that_is_denied_is_withheld_from_whom_it_is_denied() {
    let mut world = with_servers();
    let other = world.sid(CORP, "hub-2$");
    let address = Guid::of_schema_name(attribute::NETWORK_ADDRESS);
    let denied = Ace::deny(other, AccessMask::READ_PROPERTY).limited_to(address);
    let object = organization().server("hub-1");
    let partition = world.configuration.as_mut().unwrap();
    partition.set_descriptor(&object, descriptor(vec![denied])).unwrap();
    let outcome = world.play(None, move |seat| {
        let object = object.clone();
        async move {
            let mut shown = vec![];
            for machine in ["hub-1$", "hub-2$"] {
                let mut session = client(&seat, machine).connect().await.unwrap();
                shown.push(session.read(&object).await.unwrap().unwrap().attributes);
            }
            shown
        }
    });
    let [own, others] = outcome.value.as_slice() else { panic!("two have read it") };
    assert!(own.has(attribute::NETWORK_ADDRESS) && !others.has(attribute::NETWORK_ADDRESS));
    assert!(own.has("objectClass") && others.has("objectClass"), "the rest is for both");
}

#[test]
fn who_watches_is_told_of_each_change_and_a_cookie_of_all_since() {
    let edge = organization().server("edge-1");
    let outcome = with_servers().play(None, move |seat| {
        let edge = edge.clone();
        async move {
            let everything = || Search::subtree(organization().configuration, Filter::everything());
            let watcher = client(&seat, "hub-1$");
            let mut reader = watcher.connect().await.unwrap();
            let before = reader.search(everything().since(None)).await.unwrap();
            let mut watch =
                watcher.connect().await.unwrap().watch(everything(), Span::minutes(5)).await.unwrap();

            let mut writer = client(&seat, "hub-2$").connect().await.unwrap();
            let attributes = Attributes::new([("objectClass", SERVER_CLASS), ("networkAddress", "edge-1")]);
            writer.add(&edge, attributes.clone()).await.unwrap();
            let twice = refused(writer.add(&edge, attributes).await);
            // The group may write what one of it has added, as the class' own descriptor says.
            reader.modify(&edge, credential(b"sealed")).await.unwrap();
            writer.delete(&edge, false).await.unwrap();

            let mut told = vec![];
            for _ in 0..3 {
                let entry = watch.next(Span::seconds(1)).await.unwrap().expect("a change is told of at once");
                told.push((entry.dn.clone(), entry.deleted, entry.attributes.len()));
            }
            let since = reader.search(everything().since(before.cookie)).await.unwrap();
            (twice, before, told, since)
        }
    });
    let (twice, before, told, since) = outcome.value;
    assert_eq!(twice, ldap::ENTRY_ALREADY_EXISTS);
    assert_eq!(before.entries.len(), 9, "the base, six containers, two servers");
    let of_edge = |dn: &DistinguishedName| *dn == organization().server("edge-1");
    assert!(told.iter().all(|(dn, ..)| of_edge(dn)));
    assert_eq!(told.iter().map(|(_, deleted, _)| *deleted).collect::<Vec<_>>(), [false, false, true]);
    let [only] = since.entries.as_slice() else { panic!("{:?}", since.entries) };
    assert!(of_edge(&only.dn) && only.deleted);
    assert!(since.cookie > before.cookie);
}
