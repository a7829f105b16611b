//! xmlsec1, which shares no code with forestsim, about our tokens: it verifies what we sign, refuses
//! what was altered, and signs what we verify. It accepts a wrapped token, which is why we read none.

mod token;

use std::io::Write;
use std::path::Path;
use std::process::Command;

use forestsim::protocol::saml::{Assertion, SignedAssertion, TokenShapeError, rstr};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tempfile::NamedTempFile;
use token::{FS_A, Issuer, any_assertion, sally, wrapped};

const XMLSEC1: &str = "/usr/bin/xmlsec1";
const ID: [&str; 2] = ["--id-attr:AssertionID", "urn:oasis:names:tc:SAML:1.0:assertion:Assertion"];

/// Whether xmlsec1 can be asked; where it cannot, a line says so.
fn xmlsec1_is_here() -> bool {
    let here = Path::new(XMLSEC1).exists();
    if !here {
        println!("skipped: {XMLSEC1} is not installed");
    }
    here
}

fn file(content: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

/// Whether xmlsec1 accepts a token at a time, when it trusts only this authority.
fn accepts_at(token: &str, authority: &Issuer, time: &str) -> bool {
    let (token, root) = (file(token), file(&authority.root.to_pem()));
    let output = Command::new(XMLSEC1)
        .arg("--verify")
        .args(ID)
        .args(["--verification-time", time, "--trusted-pem"])
        .args([root.path(), token.path()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() || !said.contains("Usage"), "{said}");
    output.status.success()
}

fn accepts(token: &str) -> bool {
    accepts_at(token, &FS_A, "2008-03-03 12:00:00")
}

#[test]
fn it_verifies_our_tokens_and_refuses_altered_ones() {
    if !xmlsec1_is_here() {
        return;
    }
    let genuine = FS_A.sign(&sally());
    assert!(accepts(&genuine));
    assert!(accepts(&rstr::write(&genuine, "urn:federation:perimeter")));
    assert!(!accepts(&genuine.replace("sally@corp", "admin@corp")));
    assert!(!accepts(&genuine.replace("Purchasers", "Owners")));
    assert!(!accepts(&Issuer::new(2).sign(&sally())), "a rogue issuer of the same names");
    assert!(!accepts_at(&genuine, &FS_A, "2010-03-03 12:00:00"), "its certificate has expired");
}

#[test]
fn it_agrees_on_the_canonical_form_of_any_token() {
    if !xmlsec1_is_here() {
        return;
    }
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let any_token = any_assertion().prop_map(|assertion| (FS_A.sign(&assertion), assertion));
    TestRunner::new_with_rng(config, seed)
        .run(&any_token, |(token, assertion)| {
            prop_assert!(accepts(&token), "{:?}", assertion);
            Ok(())
        })
        .unwrap();
}

#[test]
fn it_accepts_a_wrapped_token_and_we_do_not() {
    if !xmlsec1_is_here() {
        return;
    }
    let wrapped = wrapped(&FS_A.sign(&sally()));
    assert!(accepts(&wrapped), "the attack is real: the signature inside is good");
    let refused = TokenShapeError::SecondAssertion { within: "Advice".to_owned() };
    assert_eq!(SignedAssertion::read(&wrapped), Err(refused));
}

/// A token signed by xmlsec1: the assertion as we would write it, but with other spellings of the
/// same XML, and empty places for xmlsec1 to fill in.
fn signed_by_xmlsec1(assertion: &Assertion) -> String {
    let ours = FS_A.sign(assertion);
    let emptied = ["DigestValue", "SignatureValue", "X509Certificate"].iter().fold(ours, |xml, name| {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let (from, to) = (xml.find(&open).unwrap() + open.len(), xml.find(&close).unwrap());
        format!("{}{}", &xml[..from], &xml[to..])
    });
    let respelled = emptied
        .replace(
            r#" MajorVersion="1" MinorVersion="1""#,
            "\n  MinorVersion='1' MajorVersion='&#49;' xmlns:x='urn:unused'",
        )
        .replace("Purchasers", "Purch&#x61;sers");
    let (token, key) = (file(&respelled), file(&FS_A.key.to_pem()));
    let certificate = file(&FS_A.certificate.to_pem());
    let pair = format!("{},{}", key.path().display(), certificate.path().display());
    let output = Command::new(XMLSEC1)
        .arg("--sign")
        .args(ID)
        .arg("--privkey-pem")
        .arg(pair)
        .arg(token.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let signed = String::from_utf8(output.stdout).unwrap();
    // xmlsec1 writes a document, with a declaration; a token is an element.
    let declaration = signed.find("?>").unwrap() + 2;
    signed[declaration..].trim().to_owned()
}

#[test]
fn it_signs_what_we_verify() {
    if !xmlsec1_is_here() {
        return;
    }
    let token = signed_by_xmlsec1(&sally());
    let received = SignedAssertion::read(&token).unwrap();
    assert_eq!((received.assertion(), received.signer()), (&sally(), &FS_A.certificate));
    assert_eq!(received.verify(), Ok(()));
    let altered = SignedAssertion::read(&token.replace("sally@corp", "admin@corp")).unwrap();
    assert!(altered.verify().is_err());
}
