//! The Edge Subscription file and the sealed credentials, judged by programs that share no code with
//! forestsim: xmllint for the file's form, openssl for the certificate in it, pyhpke for the seals.
//!
//! Where a judge is not installed, its test says so and passes over it. `.ci/run` installs them all.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin_cmd;
use forestsim::crypto::{PrivateKey, random};
use forestsim::protocol::edge_credential::{EdgeSyncAccount, EdgeSyncCredential, random_password};

const SCHEMA: &str = "scenarios/edge-subscription.xsd";

/// Where `.ci/run` puts a Python with pyhpke.
const PYTHON: &str = "target/pyhpke/bin/python";

fn installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

/// The file that the edge wrote, although it was deleted from the medium later.
fn exported(folder: &Path) -> PathBuf {
    cargo_bin_cmd!("forestsim")
        .args(["run", "scenarios/edgesync/subscribe.yaml", "--export"])
        .arg(folder)
        .assert()
        .success();
    let file = folder.join("edge-subscription-1.xml");
    assert!(file.is_file(), "the run exports what was on removable media");
    file
}

fn has_the_form(file: &Path) -> bool {
    let run = Command::new("xmllint").args(["--noout", "--nonet", "--schema", SCHEMA]).arg(file).output();
    run.unwrap().status.success()
}

#[test]
fn xmllint_finds_the_file_in_the_form_of_our_schema() {
    if !installed("xmllint") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = exported(folder.path());
    assert!(has_the_form(&file));

    let text = std::fs::read_to_string(&file).unwrap();
    for (what, with) in [
        ("<Duration>1440</Duration>", "<Duration>1441</Duration>"),
        ("<Duration>1440</Duration>", ""),
        ("<ESRAUsername>ESRA.", "<ESRAUsername>"),
        ("<EdgeCertificateBlob>", "<EdgeCertificateBlob><More/>"),
        ("</EdgeSubscription>", "<EdgePrivateKey/></EdgeSubscription>"),
    ] {
        assert!(text.contains(what), "{what} stands in the file");
        let altered = folder.path().join("altered.xml");
        std::fs::write(&altered, text.replace(what, with)).unwrap();
        assert!(!has_the_form(&altered), "{what} became `{with}`");
    }
}

#[test]
fn openssl_reads_the_certificate_in_the_file_and_finds_no_private_key() {
    if !installed("xmllint") || !installed("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = exported(folder.path());
    let xpath = ["--xpath", "string(/EdgeSubscription/EdgeCertificateBlob)"];
    let blob = Command::new("xmllint").args(xpath).arg(&file).output().unwrap().stdout;
    let blob: String = String::from_utf8(blob).unwrap().split_whitespace().collect();
    let pem = folder.path().join("edge.pem");
    std::fs::write(
        &pem,
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", wrapped(&blob)),
    )
    .unwrap();

    let read = |arguments: &[&str]| {
        let run = Command::new("openssl").args(arguments).arg(&pem).output().unwrap();
        (run.status.success(), String::from_utf8_lossy(&run.stdout).into_owned())
    };
    let fields =
        ["x509", "-noout", "-subject", "-issuer", "-startdate", "-enddate", "-ext", "subjectAltName", "-in"];
    let (well_formed, said) = read(&fields);
    assert!(well_formed);
    for field in ["EDGE-1", "DNS:edge-1.contoso.example", "notBefore=Jan  3 09:00:00 2010 GMT", "2011 GMT"] {
        assert!(said.contains(field), "{field} in {said}");
    }
    let itself = pem.display().to_string();
    let (signed_by_itself, said) =
        read(&["verify", "-attime", "1262509200", "-check_ss_sig", "-partial_chain", "-trusted", &itself]);
    assert!(signed_by_itself, "{said}");
    assert!(!read(&["pkey", "-noout", "-in"]).0, "the private key stays on the edge");
}

fn wrapped(base64: &str) -> String {
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\n")
}

/// Opens what is sealed with each of several keys; prints the plain text, or `refused`.
const OPENER: &str = r#"
import base64, json, sys
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, OpenError
suite = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
asked = json.load(sys.stdin)
key, text = (base64.b64decode(asked["sealed"][part]) for part in ("encapsulated_key", "ciphertext"))
for pem in asked["keys"]:
    recipient = suite.create_recipient_context(key, KEMKey.from_pem(pem), info=asked["context"].encode())
    try:
        print(recipient.open(text).decode())
    except OpenError:
        print("refused")
"#;

fn opened_by_each(credential: &EdgeSyncCredential, keys: &[&PrivateKey], context: &str) -> Vec<String> {
    let keys: Vec<String> = keys.iter().map(|key| key.to_pem()).collect();
    let sealed = serde_json::to_value(&credential.password).unwrap();
    let asked = serde_json::json!({ "sealed": sealed, "keys": keys, "context": context });
    let mut python = Command::new(PYTHON);
    let piped = python.args(["-c", OPENER]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = piped.spawn().unwrap();
    running.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn another_implementation_of_hpke_opens_a_credential_with_the_right_key_and_with_no_other() {
    if !installed(PYTHON) {
        return;
    }
    let owners = ["hub-1", "hub-2", "hub-3", "edge-1", "edge-2"];
    let keys: Vec<PrivateKey> = owners.iter().map(|owner| PrivateKey::derive(1, owner)).collect();
    let all: Vec<&PrivateKey> = keys.iter().collect();
    let mut random = random::stream(1, "hub-1", "credentials");
    let account = EdgeSyncAccount {
        target: "edge-1.contoso.example".into(),
        source: Some("hub-1.contoso.example".into()),
        effective: "2010-01-03T00:00:00Z".parse().unwrap(),
        expires: "2010-02-02T00:00:00Z".parse().unwrap(),
        user_name: "ESRA.HUB-1.EDGE-1.01032010".to_owned(),
    };
    let password = random_password(&mut random);
    for (owner, key) in keys.iter().enumerate() {
        let credential = EdgeSyncCredential::seal(account.clone(), &password, &key.public(), &mut random);
        let opened = opened_by_each(&credential, &all, &account.context());
        let expected: Vec<&str> =
            (0..keys.len()).map(|other| if other == owner { password.reveal() } else { "refused" }).collect();
        assert_eq!(opened, expected, "sealed to {}", owners[owner]);

        let longer = EdgeSyncAccount { expires: "2099-01-01T00:00:00Z".parse().unwrap(), ..account.clone() };
        assert_eq!(opened_by_each(&credential, &[key], &longer.context()), ["refused"], "with a later end");
    }
}
