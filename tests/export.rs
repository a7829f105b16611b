//! What a run exports, judged by programs that share no code with forestsim: openssl for the
//! certificates, xmlsec1 for the security tokens.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin_cmd;

/// Whether a judge is installed; a test without one says so and passes over it.
fn installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

fn export(folder: &Path) {
    cargo_bin_cmd!("forestsim")
        .args(["run", "scenarios/federation/traveling-salesman.yaml", "--export"])
        .arg(folder)
        .assert()
        .success();
}

fn file(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    assert!(path.is_file(), "the run exports {name}");
    path.display().to_string()
}

fn tokens(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path().display().to_string());
    let mut tokens: Vec<String> = paths.filter(|path| path.ends_with(".xml")).collect();
    tokens.sort();
    assert!(tokens.len() >= 2, "the salesman posts one token to each federation server and Web server");
    tokens
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().unwrap().status.success()
}

#[test]
fn openssl_verifies_the_exported_certificates() {
    if !installed("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    export(folder.path());
    let verify = |authority: &str, certificate: &str| {
        let (authority, certificate) = (file(folder.path(), authority), file(folder.path(), certificate));
        // Three days after the run began.
        succeeds("openssl", &["verify", "-attime", "1204794000", "-CAfile", &authority, &certificate])
    };
    let company = "certificate-adventure-works-ca.pem";
    for leaf in ["certificate-fs-a-signing.pem", "certificate-fs-r-signing.pem", "certificate-sally.pem"] {
        assert!(verify(company, leaf), "{leaf}");
    }
    assert!(verify("certificate-public-ca.pem", "certificate-ws-web.pem"));
    assert!(!verify("certificate-public-ca.pem", "certificate-sally.pem"), "the wrong authority");
}

#[test]
fn xmlsec1_verifies_the_exported_tokens_and_no_altered_one() {
    if !installed("xmlsec1") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    export(folder.path());
    let authority = file(folder.path(), "certificate-adventure-works-ca.pem");
    let verify = |token: &str| {
        let assertion = "urn:oasis:names:tc:SAML:1.0:assertion:Assertion";
        let at = "2008-03-03 09:00:00";
        let arguments = [
            "--verify",
            "--id-attr:AssertionID",
            assertion,
            "--verification-time",
            at,
            "--trusted-pem",
            &authority,
            token,
        ];
        succeeds("xmlsec1", &arguments)
    };
    for token in tokens(folder.path()) {
        assert!(verify(&token), "{token}");
        let altered = std::fs::read_to_string(&token).unwrap().replace("sally@corp", "peter@corp");
        std::fs::write(&token, altered).unwrap();
        assert!(!verify(&token), "{token}, altered");
    }
}
