//! Keys, seals and certificates: the same seed gives the same bytes, and no change of a bit passes.

use forestsim::crypto::*;
use forestsim::name::DnsName;
use forestsim::protocol::wire;
use forestsim::time::{Span, VirtualTime};
use proptest::prelude::*;
use rand_core::Rng;

fn noon() -> VirtualTime {
    "2008-03-03T12:00:00Z".parse().unwrap()
}

/// The year around [`noon`].
fn year() -> Validity {
    Validity { not_before: noon() - Span::days(180), not_after: noon() + Span::days(180) }
}

fn issue(authority: &Authority, subject: &str, usage: Usage, validity: Validity) -> Certificate {
    let request = CertificateRequest {
        subject,
        key: &PrivateKey::derive(1, subject).public(),
        dns_names: &[DnsName::new(format!("{subject}.contoso.example"))],
        email: Some("Sally@Contoso.example"),
        usage,
        validity,
        crl_url: Some("http://ca.contoso.example/root.crl"),
    };
    authority.issue(&request).unwrap()
}

fn self_issue(subject: &str, usage: Usage, validity: Validity) -> Certificate {
    let key = PrivateKey::derive(1, subject);
    let request = CertificateRequest {
        subject,
        key: &key.public(),
        dns_names: &[DnsName::new(format!("{subject}.contoso.example"))],
        email: None,
        usage,
        validity,
        crl_url: None,
    };
    self_signed(&key, &request).unwrap()
}

fn anchors(of: &[&Authority]) -> TrustAnchors {
    TrustAnchors::new(of.iter().map(|authority| authority.certificate().clone()))
}

fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

#[test]
fn a_seed_gives_the_same_bytes_twice_and_another_seed_gives_others() {
    let world = |seed| {
        let key = PrivateKey::derive(seed, "fs-a");
        let root = Authority::root(seed, "Contoso Root", year());
        let leaf = issue(&root, "fs-a", Usage::Server, year());
        let list =
            root.revocation_list(std::slice::from_ref(&leaf), noon(), noon() + Span::days(7), 1).unwrap();
        let mut random = random::stream(seed, "hub", "seal");
        let password = SymmetricKey::derive_from_password("CONTOSO.EXAMPLEsally", &Secret::new("Pa$$w0rd"));
        vec![
            key.to_pem().into_bytes(),
            key.sign(b"message").to_bytes().to_vec(),
            root.certificate().to_der().to_vec(),
            leaf.to_der().to_vec(),
            list.to_der().to_vec(),
            wire::encode(&seal(&key.public(), b"context", b"plain", &mut random)),
            password.seal(&mut random, b"context", b"plain"),
        ]
    };
    assert_eq!(world(1), world(1));
    for (one, other) in world(1).iter().zip(world(2)) {
        assert_ne!(*one, other);
    }
}

#[test]
fn a_certificate_tells_what_was_asked_for_and_crosses_the_wire() {
    let root = Authority::root(1, "Contoso Root", year());
    let leaf = issue(&root, "fs-a", Usage::Server, year());
    assert_eq!((leaf.subject(), leaf.issuer()), ("fs-a", "Contoso Root"));
    assert_eq!(leaf.dns_names(), [DnsName::new("fs-a.contoso.example")]);
    assert_eq!(leaf.upn().unwrap().as_str(), "sally@contoso.example");
    assert_eq!(leaf.crl_url(), Some("http://ca.contoso.example/root.crl"));
    assert_eq!((leaf.not_before(), leaf.not_after()), (year().not_before, year().not_after));
    assert_eq!(leaf.public_key().unwrap(), PrivateKey::derive(1, "fs-a").public());
    assert_eq!(leaf.thumbprint(), digest::hex(&digest::sha1(leaf.to_der())).to_uppercase());
    assert!(root.certificate().is_authority() && !leaf.is_authority());
    assert!(leaf.allows(Usage::Server) && !leaf.allows(Usage::Client));
    let longer = Validity { not_after: noon() + Span::days(181), ..year() };
    assert_ne!(leaf.serial(), issue(&root, "fs-a", Usage::Server, longer).serial());

    assert_eq!(Certificate::from_pem(&leaf.to_pem()).unwrap(), leaf);
    assert_eq!(wire::decode::<Certificate>(&wire::encode(&leaf)).unwrap(), leaf);
    assert_eq!(serde_json::from_value::<Certificate>(serde_json::to_value(&leaf).unwrap()).unwrap(), leaf);
    let garbage = wire::decode::<Certificate>(&wire::encode(&vec![7u8; 40])).unwrap_err().to_string();
    assert!(garbage.contains("not an X.509 certificate"), "{garbage}");
    let nowhere = wire::decode::<PublicKey>(&wire::encode(&vec![4u8; 65])).unwrap_err().to_string();
    assert!(nowhere.contains("no point of the curve"), "{nowhere}");
}

#[test]
fn names_that_no_certificate_can_hold_are_refused() {
    let request = CertificateRequest {
        subject: "Müller",
        key: &PrivateKey::derive(1, "müller").public(),
        dns_names: &[DnsName::new("müller.example")],
        email: None,
        usage: Usage::Server,
        validity: year(),
        crl_url: None,
    };
    let root = Authority::root(1, "Wurzel für Müller", year());
    let refused = root.issue(&request).unwrap_err().to_string();
    assert!(refused.contains("`müller.example`") && refused.contains("ASCII"), "{refused}");
    assert!(root.issue(&CertificateRequest { dns_names: &[], email: Some("ü@x"), ..request }).is_err());
    assert!(root.issue(&CertificateRequest { dns_names: &[], crl_url: Some("ü"), ..request }).is_err());
    let written = root.issue(&CertificateRequest { dns_names: &[], ..request }).unwrap();
    assert_eq!((written.subject(), written.issuer()), ("Müller", "Wurzel für Müller"));
}

#[test]
fn a_chain_is_refused_for_each_thing_that_can_be_wrong_with_it() {
    let root = Authority::root(1, "Contoso Root", year());
    let anchors = anchors(&[&root]);
    let server = issue(&root, "ws", Usage::Server, year());
    let client = issue(&root, "sally", Usage::Client, year());
    let signer = issue(&root, "fs-a", Usage::TokenSigning, year());
    let name = DnsName::new("ws.contoso.example");
    let serve = |leaf: &Certificate, name: &DnsName, now| {
        verify_server(std::slice::from_ref(leaf), &anchors, name, now)
    };

    let whole = [server.clone(), root.certificate().clone()];
    assert_eq!(verify_server(&whole, &anchors, &name, noon()), Ok(()));
    assert_eq!(verify_client(std::slice::from_ref(&client), &anchors, noon()), Ok(()));
    assert_eq!(verify_signer(&signer, &anchors, noon()), Ok(()));
    assert_eq!(verify_signer(&server, &anchors, noon()), Ok(()));
    assert_eq!(verify_server(&[], &anchors, &name, noon()), Err(ChainError::Empty));

    // The last second belongs to the validity, whole; the next does not.
    let Validity { not_before, not_after } = year();
    let subject = || "ws".to_owned();
    assert_eq!(serve(&server, &name, not_after + Span::millis(999)), Ok(()));
    let now = not_after + Span::seconds(1);
    assert_eq!(serve(&server, &name, now), Err(ChainError::Expired { subject: subject(), not_after, now }));
    assert_eq!(serve(&server, &name, not_before), Ok(()));
    let now = not_before - Span::micros(1);
    let early = ChainError::NotYetValid { subject: subject(), not_before, now };
    assert_eq!(serve(&server, &name, now), Err(early));

    let wanted = DnsName::new("ws.fabrikam.example");
    let elsewhere = ChainError::WrongName { wanted: wanted.clone(), holds: vec![name] };
    assert_eq!(serve(&server, &wanted, noon()), Err(elsewhere));
    let unspeakable = serve(&server, &DnsName::new("no such name"), noon());
    assert!(matches!(unspeakable, Err(ChainError::WrongName { .. })), "{unspeakable:?}");

    let misused = |subject: &str, purpose| {
        let subject = subject.to_owned();
        Err(ChainError::WrongUsage { subject, purpose })
    };
    assert_eq!(verify_client(&[server], &anchors, noon()), misused("ws", "by a TLS client"));
    let sallys = DnsName::new("sally.contoso.example");
    assert_eq!(serve(&client, &sallys, noon()), misused("sally", "by a TLS server"));
    let by_root = verify_signer(root.certificate(), &anchors, noon());
    assert_eq!(by_root, misused("Contoso Root", "to sign tokens"));
}

#[test]
fn an_authority_of_the_same_name_is_another_authority() {
    let root = Authority::root(1, "Contoso Root", year());
    let impostor = Authority::with_key(PrivateKey::derive(1, "mallory"), "Contoso Root", year());
    let stranger = Authority::root(1, "Fabrikam Root", year());
    let name = DnsName::new("ws.contoso.example");
    let verify = |authority: &Authority, anchors: &TrustAnchors| {
        let chain = [issue(authority, "ws", Usage::Server, year()), authority.certificate().clone()];
        verify_server(&chain, anchors, &name, noon())
    };
    let trusted = anchors(&[&root]);
    assert_eq!(verify(&root, &trusted), Ok(()));
    let (subject, issuer) = ("ws".to_owned(), "Contoso Root".to_owned());
    assert_eq!(verify(&impostor, &trusted), Err(ChainError::BadSignature { subject, issuer }));
    let (subject, issuer) = ("ws".to_owned(), "Fabrikam Root".to_owned());
    assert_eq!(verify(&stranger, &trusted), Err(ChainError::UnknownIssuer { subject, issuer }));

    let both = anchors(&[&root, &impostor, &root]);
    assert_eq!(both.names(), ["Contoso Root"]);
    assert_eq!((verify(&root, &both), verify(&impostor, &both)), (Ok(()), Ok(())));
}

#[test]
fn an_authority_expires_until_it_is_renewed_with_the_same_key() {
    let last_year = Validity { not_before: noon() - Span::days(900), not_after: noon() - Span::days(1) };
    let old = Authority::root(1, "Contoso Root", last_year);
    let renewed = Authority::root(1, "Contoso Root", year());
    let leaf = issue(&old, "sally", Usage::Client, year());
    let verify = |of: &[&Authority]| verify_client(std::slice::from_ref(&leaf), &anchors(of), noon());
    let (subject, not_after, now) = ("Contoso Root".to_owned(), last_year.not_after, noon());
    assert_eq!(verify(&[&old]), Err(ChainError::Expired { subject, not_after, now }));
    assert_eq!(verify(&[&old, &renewed]), Ok(()));
    assert_eq!(verify(&[&renewed]), Ok(()));
}

#[test]
fn a_pinned_certificate_is_trusted_for_itself_alone() {
    let signer = self_issue("fs-a", Usage::TokenSigning, year());
    let server = [self_issue("hub", Usage::Server, year())];
    let anchors = TrustAnchors::new([signer.clone(), server[0].clone()]);
    let hub = DnsName::new("hub.contoso.example");
    assert_eq!(verify_signer(&signer, &anchors, noon()), Ok(()));
    assert_eq!(verify_server(&server, &anchors, &hub, noon()), Ok(()));

    let late = verify_signer(&signer, &anchors, noon() + Span::days(181));
    assert!(matches!(late, Err(ChainError::Expired { .. })), "{late:?}");
    let elsewhere = verify_server(&server, &anchors, &DnsName::new("edge.contoso.example"), noon());
    assert!(matches!(elsewhere, Err(ChainError::WrongName { .. })), "{elsewhere:?}");
    let misused = verify_client(&server, &anchors, noon());
    assert!(matches!(misused, Err(ChainError::WrongUsage { .. })), "{misused:?}");

    // The holder of the pinned key issues a certificate under the pinned name: it is no authority.
    let posing = Authority::with_key(PrivateKey::derive(1, "fs-a"), "fs-a", year());
    let forged = [issue(&posing, "sally", Usage::Client, year()), signer.clone()];
    let refused = verify_client(&forged, &anchors, noon()).unwrap_err().to_string();
    assert!(refused.contains("`fs-a` may not be used to issue certificates"), "{refused}");
    let refused = verify_client(&forged[..1], &anchors, noon());
    assert!(matches!(refused, Err(ChainError::UnknownIssuer { .. })), "{refused:?}");

    // Another certificate of the same name and key is not the pinned one.
    let tomorrow = Validity { not_after: noon() + Span::days(1), ..year() };
    let sibling = verify_signer(&self_issue("fs-a", Usage::TokenSigning, tomorrow), &anchors, noon());
    assert!(matches!(sibling, Err(ChainError::UnknownIssuer { .. })), "{sibling:?}");
}

#[test]
fn a_revocation_list_counts_only_if_it_is_current_and_the_issuers_own() {
    let root = Authority::root(1, "Contoso Root", year());
    let impostor = Authority::with_key(PrivateKey::derive(1, "mallory"), "Contoso Root", year());
    let stranger = Authority::root(1, "Fabrikam Root", year());
    let anchors = anchors(&[&root, &stranger]);
    let good = issue(&root, "ws", Usage::Server, year());
    let bad = [issue(&root, "sally", Usage::Client, year())];
    let list = |by: &Authority| by.revocation_list(&bad, noon(), noon() + Span::days(7), 1).unwrap();
    let why = |list: &RevocationList, now| match check_revocation(&good, &anchors, list, now) {
        Err(ChainError::RevocationUnknown { why, .. }) => why,
        other => panic!("not unknown but {other:?}"),
    };

    let current = list(&root);
    assert_eq!((current.issuer(), current.this_update()), ("Contoso Root", noon()));
    assert_eq!(current.next_update(), noon() + Span::days(7));
    assert_eq!(check_revocation(&good, &anchors, &current, noon()), Ok(()));
    let revoked = ChainError::Revoked { subject: "sally".to_owned(), serial: bad[0].serial() };
    assert_eq!(check_revocation(&bad[0], &anchors, &current, noon()), Err(revoked));
    assert_eq!(wire::decode::<RevocationList>(&wire::encode(&current)).unwrap(), current);

    assert!(why(&current, noon() + Span::days(8)).contains("to be renewed by 2008-03-10T12:00:00Z"));
    assert!(why(&current, noon() - Span::days(1)).contains("later than"));
    assert!(why(&list(&stranger), noon()).contains("`Fabrikam Root`, not of `Contoso Root`"));
    assert!(why(&list(&impostor), noon()).contains("not signed with the trusted key"));
    let of_impostor = issue(&impostor, "ws", Usage::Server, year());
    let unknown = check_revocation(&of_impostor, &anchors, &list(&impostor), noon());
    assert!(matches!(unknown, Err(ChainError::BadSignature { .. })), "{unknown:?}");
    assert!(root.revocation_list(&[], noon(), noon(), 1).is_err());
}

#[test]
fn no_bit_of_a_certificate_or_a_list_can_change() {
    let root = Authority::root(1, "Contoso Root", year());
    let anchors = anchors(&[&root]);
    let leaf = issue(&root, "ws", Usage::Server, year());
    let revoked = [issue(&root, "sally", Usage::Client, year())];
    let list = root.revocation_list(&revoked, noon(), noon() + Span::days(7), 1).unwrap();
    assert_eq!(verify_signer(&leaf, &anchors, noon()), Ok(()));
    assert_eq!(check_revocation(&leaf, &anchors, &list, noon()), Ok(()));
    for bit in 0..leaf.to_der().len() * 8 {
        if let Ok(forged) = Certificate::from_der(flip(leaf.to_der(), bit)) {
            assert!(verify_signer(&forged, &anchors, noon()).is_err(), "bit {bit} of the certificate");
        }
    }
    for bit in 0..list.to_der().len() * 8 {
        if let Ok(forged) = RevocationList::from_der(flip(list.to_der(), bit)) {
            assert!(check_revocation(&leaf, &anchors, &forged, noon()).is_err(), "bit {bit} of the list");
        }
    }
}

#[test]
fn hosts_that_saw_different_handshakes_share_no_key() {
    let mut random = random::stream(1, "ws", "tls");
    let [client, server, other, last] = [(); 4].map(|()| EphemeralKey::generate(&mut random));
    let (of_client, of_server) = (client.public(), server.public());
    let keys = client.agree(&of_server, &[1; 32]).unwrap();
    let elsewhere = server.agree(&of_client, &[2; 32]).unwrap();
    assert!(keys.client_write != elsewhere.client_write && keys.server_write != elsewhere.server_write);
    assert!(other.agree(&of_client, &[1; 32]).unwrap() != keys);
    assert_eq!(last.agree(&[4; 65], &[1; 32]), Err(BadKey));
}

#[test]
fn what_is_secret_prints_nothing() {
    let secret = Secret::new("Pa$$w0rd");
    let key = PrivateKey::derive(1, "fs-a");
    let printed = format!("{secret} {secret:?} {key:?} {:?}", SymmetricKey::from_bytes([0xa7; 32]));
    let public = digest::hex(key.public().to_sec1());
    assert_eq!(printed, format!("… … PrivateKey(… of PublicKey({public})) SymmetricKey(…)"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_signature_is_for_one_message_by_one_key(
        seed: u64, message in prop::collection::vec(any::<u8>(), 1..200), at: prop::sample::Index,
    ) {
        let key = PrivateKey::derive(seed, "signer");
        let signature = key.sign(&message);
        prop_assert!(key.public().verify(&message, &signature).is_ok());
        prop_assert!(PrivateKey::derive(seed, "other").public().verify(&message, &signature).is_err());
        let other_message = flip(&message, at.index(message.len() * 8));
        prop_assert!(key.public().verify(&other_message, &signature).is_err());
        let other_signature = Signature::from_bytes(&flip(signature.to_bytes(), at.index(512))).unwrap();
        prop_assert!(key.public().verify(&message, &other_signature).is_err());
    }

    #[test]
    fn a_seal_opens_for_one_key_and_one_context_or_not_at_all(
        seed: u64, plain in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index,
    ) {
        let mut random = random::stream(seed, "hub", "seal");
        let key = PrivateKey::derive(seed, "edge");
        let sealed = seal(&key.public(), b"context", &plain, &mut random);
        prop_assert_eq!(open(&key, b"context", &sealed), Ok(plain.clone()));
        prop_assert!(open(&key, b"another", &sealed).is_err());
        prop_assert!(open(&PrivateKey::derive(seed, "hub"), b"context", &sealed).is_err());
        let bytes = wire::encode(&sealed);
        if let Ok(forged) = wire::decode::<Sealed>(&flip(&bytes, at.index(bytes.len() * 8))) {
            prop_assert!(open(&key, b"context", &forged).is_err());
        }

        let key = SymmetricKey::random(&mut random);
        let sealed = key.seal(&mut random, b"context", &plain);
        prop_assert_eq!(key.open(b"context", &sealed), Ok(plain));
        prop_assert!(key.open(b"another", &sealed).is_err());
        prop_assert!(SymmetricKey::random(&mut random).open(b"context", &sealed).is_err());
        prop_assert!(key.open(b"context", &flip(&sealed, at.index(sealed.len() * 8))).is_err());
        prop_assert!(key.open(b"context", &sealed[..at.index(sealed.len())]).is_err());
    }

    #[test]
    fn garbage_is_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Certificate::from_der(bytes.clone()).is_err());
        prop_assert!(RevocationList::from_der(bytes.clone()).is_err());
        prop_assert!(PublicKey::from_sec1(&bytes).is_err());
        prop_assert!(Certificate::from_pem(&String::from_utf8_lossy(&bytes)).is_err());
    }

    #[test]
    fn a_stream_belongs_to_its_coordinates(seed: u64, owner in "[a-z]{0,4}", purpose in "[a-z]{0,4}") {
        let first = |seed, owner: &str, purpose: &str| random::stream(seed, owner, purpose).next_u64();
        let drawn = first(seed, &owner, &purpose);
        prop_assert_eq!(drawn, first(seed, &owner, &purpose));
        prop_assert_ne!(drawn, first(seed.wrapping_add(1), &owner, &purpose));
        prop_assert_ne!(drawn, first(seed, &format!("{owner}x"), &purpose));
        prop_assert_ne!(drawn, first(seed, &owner, &format!("x{purpose}")));
    }
}
