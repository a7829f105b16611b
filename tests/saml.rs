//! Security tokens: what is written is read again, what is altered is noticed, and what is moved
//! about is no token.

mod token;

use forestsim::protocol::saml::{
    self, Claim, IdentityKind, SignedAssertion, TokenShapeError, TokenSignatureError, UnwritableAssertion,
    rstr,
};
use proptest::prelude::*;
use token::{FS_A, Issuer, any_assertion, sally, wrapped};

fn signature(token: &str) -> &str {
    let from = token.find("<Signature ").unwrap();
    let to = token.find("</Signature>").unwrap() + "</Signature>".len();
    &token[from..to]
}

/// Both ways to take a token in: on its own, and in a response. They must agree.
fn read(token: &str) -> Result<SignedAssertion, TokenShapeError> {
    let alone = SignedAssertion::read(token);
    let carried = rstr::read(&rstr::write(token, "urn:federation:perimeter"));
    assert_eq!(alone.as_ref().ok(), carried.as_ref().ok());
    alone
}

fn verified(token: &str) -> Result<Result<(), TokenSignatureError>, TokenShapeError> {
    read(token).map(|received| received.verify())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(assertion in any_assertion()) {
        let token = FS_A.sign(&assertion);
        let received = read(&token).unwrap();
        prop_assert_eq!(received.assertion(), &assertion);
        prop_assert_eq!(received.signer(), &FS_A.certificate);
        prop_assert_eq!(received.verify(), Ok(()));
        prop_assert_eq!(received.to_xml(), token);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A changed, an added or a missing byte is refused, or means the very same assertion (a space
    /// inside a tag, another certificate beside the key, …).
    #[test]
    fn no_altered_byte_changes_what_a_verified_token_says(
        at in any::<proptest::sample::Index>(), byte in any::<u8>(), kind in 0..3,
    ) {
        let mut bytes = FS_A.sign(&sally()).into_bytes();
        let at = at.index(bytes.len());
        match kind {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => { bytes.remove(at); }
        }
        if let Ok(Ok(received)) = String::from_utf8(bytes).map(|token| SignedAssertion::read(&token))
            && received.verify().is_ok()
        {
            prop_assert_eq!(received.assertion(), &sally());
        }
    }
}

#[test]
fn the_two_sums_of_a_signature_fail_for_their_own_reasons() {
    let genuine = FS_A.sign(&sally());
    assert_eq!(verified(&genuine), Ok(Ok(())));
    for (find, put) in [
        ("sally@corp", "admin@corp"),
        ("Purchasers", "Owners"),
        (r"CORP\sally", r"CORP\admin"),
        ("T13:00", "T23:00"),
    ] {
        let altered = genuine.replace(find, put);
        assert_ne!(altered, genuine);
        assert_eq!(verified(&altered), Ok(Err(TokenSignatureError::Digest)), "{find}");
    }

    let rogue = Issuer::new(2);
    assert_eq!(rogue.root.subject(), FS_A.root.subject(), "only the keys differ");
    let forged = rogue.sign(&sally()).replace(
        signature(&rogue.sign(&sally())).split_once("<KeyInfo>").unwrap().1,
        signature(&genuine).split_once("<KeyInfo>").unwrap().1,
    );
    let forged = read(&forged).unwrap();
    assert_eq!(forged.signer(), &FS_A.certificate);
    assert_eq!(
        (forged.check_digest(), forged.check_signature()),
        (Ok(()), Err(TokenSignatureError::Signature))
    );
}

#[test]
fn a_signature_moved_about_makes_no_token() {
    let genuine = FS_A.sign(&sally());
    let moved = signature(&genuine);
    let bare = genuine.replace(moved, "");
    let second = |within: &str| Err(TokenShapeError::SecondAssertion { within: within.to_owned() });

    let inside_advice = wrapped(&genuine);
    assert_eq!(verified(&inside_advice), second("Advice"));
    let end = "</saml:Assertion>";
    let evil_open = inside_advice.strip_suffix(end).unwrap();
    assert_eq!(verified(&format!("{evil_open}{moved}{end}")), second("Advice"));
    let same_id = format!("{evil_open}{moved}{end}")
        .replace("_00000000-0000-4000-8000-000000000000", sally().id.as_str());
    assert_eq!(verified(&same_id), second("Advice"));

    let in_object = moved.replace("</KeyInfo>", &format!("</KeyInfo><Object>{bare}</Object>"));
    let evil = bare.replace("sally@corp", "admin@corp");
    let evil_open = evil.strip_suffix(end).unwrap();
    assert_eq!(verified(&format!("{evil_open}{in_object}{end}")), second("Object"));
    let other_id = format!("{evil_open}{moved}{end}").replacen(
        sally().id.as_str(),
        "_00000000-0000-4000-8000-000000000000",
        1,
    );
    assert!(matches!(verified(&other_id), Err(TokenShapeError::ForeignReference { .. })));
    assert_eq!(verified(&format!("{evil_open}{moved}{end}")), Ok(Err(TokenSignatureError::Digest)));
}

#[test]
fn a_response_carries_one_token_and_only_one_is_read() {
    let genuine = FS_A.sign(&sally());
    let response = rstr::write(&genuine, "urn:federation:perimeter");
    let with_extra =
        |extra: &str| rstr::read(&response.replace("<wsp:AppliesTo", &format!("{extra}<wsp:AppliesTo")));
    assert_eq!(with_extra("<x>ignored</x>\n").unwrap().assertion(), &sally());
    let another = format!("<wst:RequestedSecurityToken>{genuine}</wst:RequestedSecurityToken>");
    for second in [another, format!("<x><y>{genuine}</y></x>"), genuine.clone()] {
        assert!(matches!(with_extra(&second), Err(TokenShapeError::SecondAssertion { .. })), "{second}");
    }
    assert!(matches!(
        rstr::read(&response.replace(&genuine, &format!("{genuine}{genuine}"))),
        Err(TokenShapeError::SecondAssertion { .. })
    ));
    let encrypted = r#"<e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#"/>"#;
    assert_eq!(rstr::read(&response.replace(&genuine, encrypted)), Err(TokenShapeError::Encrypted));
    assert!(matches!(rstr::read(&response.replace(&genuine, "")), Err(TokenShapeError::Missing { .. })));
    assert!(rstr::read(&genuine).is_err());
}

#[test]
fn what_is_not_of_the_shape_has_a_name() {
    let genuine = FS_A.sign(&sally());
    let altered = |find: &str, put: &str| {
        let altered = genuine.replacen(find, put, 1);
        assert_ne!(altered, genuine, "{find} is in the token");
        read(&altered).expect_err("the shape is fixed")
    };
    use TokenShapeError as Shape;
    assert!(matches!(
        altered("sally@corp.example", "sally@corp.example<!-- -->.evil"),
        Shape::Forbidden { .. }
    ));
    assert!(matches!(
        altered("<saml:Assertion", "<!DOCTYPE x><saml:Assertion"),
        Shape::NotXml { .. } | Shape::Forbidden { .. }
    ));
    assert!(matches!(
        altered("urn:oasis:names:tc:SAML:1.0:assertion", "urn:other"),
        Shape::Unexpected { .. }
    ));
    assert!(matches!(altered("http://schemas.xmlsoap.org/claims\"", "urn:other\""), Shape::Value { .. }));
    assert!(matches!(altered("MinorVersion=\"1\"", "MinorVersion=\"0\""), Shape::Value { .. }));
    assert!(matches!(altered("2008-03-03T13:00:00Z", "2008-03-03T13:00:00.5Z"), Shape::Value { .. }));
    assert!(matches!(altered("MinorVersion", "x=\"\" MinorVersion"), Shape::Attributes { .. }));
    assert!(matches!(altered("</saml:Conditions>", " </saml:Conditions>"), Shape::Text(_)));
    assert!(matches!(
        altered("<saml:Attribute ", "<saml:Attribute2/><saml:Attribute "),
        Shape::Unexpected { .. }
    ));
    assert!(matches!(altered(signature(&genuine), ""), Shape::Missing { .. }));
    assert!(matches!(altered("sally@corp", "admin@corp"), Shape::TwoSubjects { .. }));
    assert!(matches!(altered("\"CommonName\"", "\"UPN\""), Shape::RepeatedIdentity("UPN")));
    assert!(matches!(altered("ecdsa-sha256", "hmac-sha256"), Shape::Value { .. }));
    assert!(matches!(altered("xmlenc#sha256", "xmlenc#sha512"), Shape::Value { .. }));
    assert!(matches!(altered("AAAAAAEAAAAB", "AAAAAAEAAAAC"), Shape::PackedSids(_)));
}

#[test]
fn what_cannot_be_read_again_is_not_signed() {
    let sign = |assertion| saml::sign(&assertion, &FS_A.key, &FS_A.certificate);
    let mut assertion = sally();
    assertion.claims.push(Claim::group("bell\u{7}"));
    assert!(matches!(sign(assertion), Err(UnwritableAssertion::Character { character: '\u{7}', .. })));
    let mut assertion = sally();
    assertion.claims.push(Claim::identity(IdentityKind::Upn, "another@corp.example"));
    assert_eq!(sign(assertion), Err(UnwritableAssertion::RepeatedIdentity("UPN")));
}
