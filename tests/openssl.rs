//! OpenSSL, which shares no code with us, accepts our certificates, revocation lists and signatures,
//! and refuses what we refuse. Skipped, with a line that says so, where it is not installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use forestsim::crypto::*;
use forestsim::name::DnsName;
use forestsim::time::{Span, VirtualTime};

/// The program, at work in a directory of its own.
struct Openssl(tempfile::TempDir);

impl Openssl {
    fn new() -> Option<Self> {
        let found = Command::new("openssl").arg("version").output().is_ok_and(|run| run.status.success());
        if !found {
            println!("skipped: no openssl here");
            return None;
        }
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Whether it succeeds, and everything it says.
    fn run(&self, arguments: &[&str], file: &Path) -> (bool, String) {
        let run = Command::new("openssl").args(arguments).arg(file).current_dir(&self.0).output().unwrap();
        let said = [run.stdout, run.stderr].concat();
        (run.status.success(), String::from_utf8_lossy(&said).into_owned())
    }
}

fn noon() -> VirtualTime {
    "2008-03-03T12:00:00Z".parse().unwrap()
}

fn year() -> Validity {
    Validity { not_before: noon() - Span::days(180), not_after: noon() + Span::days(180) }
}

fn issue(authority: &Authority, subject: &str) -> Certificate {
    let request = CertificateRequest {
        subject,
        key: &PrivateKey::derive(1, subject).public(),
        dns_names: &[DnsName::new(format!("{subject}.contoso.example"))],
        email: Some("sally@contoso.example"),
        usage: Usage::Server,
        validity: year(),
        crl_url: Some("http://ca.contoso.example/root.crl"),
    };
    authority.issue(&request).unwrap()
}

#[test]
fn openssl_judges_our_certificates_as_we_do() {
    let Some(openssl) = Openssl::new() else { return };
    let root = Authority::root(1, "Contoso Root", year());
    let impostor = Authority::with_key(PrivateKey::derive(1, "mallory"), "Contoso Root", year());
    let leaf = issue(&root, "ws");
    openssl.file("root.pem", root.certificate().to_pem());
    let good = openssl.file("good.pem", leaf.to_pem());
    let forged = openssl.file("forged.pem", issue(&impostor, "ws").to_pem());
    let verify = |at: VirtualTime, more: &[&str], file: &Path| {
        let at = at.as_seconds().to_string();
        let first = ["verify", "-x509_strict", "-CAfile", "root.pem", "-attime", at.as_str()];
        openssl.run(&[&first, more].concat(), file)
    };

    let named = ["-purpose", "sslserver", "-verify_hostname", "ws.contoso.example"];
    let (accepted, said) = verify(noon(), &named, &good);
    assert!(accepted, "{said}");
    let (accepted, said) = verify(noon(), &["-verify_hostname", "ws.fabrikam.example"], &good);
    assert!(!accepted && said.contains("hostname mismatch"), "{said}");
    let (accepted, said) = verify(noon(), &["-purpose", "sslclient"], &good);
    assert!(!accepted && said.contains("certificate purpose"), "{said}");
    let (accepted, said) = verify(year().not_after + Span::seconds(1), &[], &good);
    assert!(!accepted && said.contains("has expired"), "{said}");
    let (accepted, said) = verify(noon(), &[], &forged);
    assert!(!accepted && said.contains("unable to get local issuer certificate"), "{said}");

    let (read, said) = openssl.run(&["x509", "-noout", "-serial", "-fingerprint", "-in"], &good);
    assert!(read && said.contains(&leaf.serial().to_uppercase()), "{said}");
    assert!(said.replace(':', "").contains(leaf.thumbprint()), "{said}");
}

#[test]
fn openssl_reads_our_revocation_lists() {
    let Some(openssl) = Openssl::new() else { return };
    let root = Authority::root(1, "Contoso Root", year());
    let (good, revoked) = (issue(&root, "ws"), [issue(&root, "sally")]);
    let list = root.revocation_list(&revoked, noon(), noon() + Span::days(7), 1).unwrap();
    openssl.file("root.pem", root.certificate().to_pem());
    openssl.file("list.pem", list.to_pem());
    let verify = |at: VirtualTime, certificate: &Certificate| {
        let at = at.as_seconds().to_string();
        let file = openssl.file("certificate.pem", certificate.to_pem());
        let lists = ["-crl_check", "-CRLfile", "list.pem", "-CAfile", "root.pem"];
        openssl.run(&[&["verify", "-attime", at.as_str()], &lists[..]].concat(), &file)
    };
    let (accepted, said) = verify(noon(), &good);
    assert!(accepted, "{said}");
    let (accepted, said) = verify(noon(), &revoked[0]);
    assert!(!accepted && said.contains("certificate revoked"), "{said}");
    let (accepted, said) = verify(noon() + Span::days(8), &good);
    assert!(!accepted && said.contains("CRL has expired"), "{said}");
}

#[test]
fn openssl_verifies_our_signatures_and_reads_our_keys() {
    let Some(openssl) = Openssl::new() else { return };
    let key = PrivateKey::derive(1, "fs-a");
    let signature = p256::ecdsa::Signature::from_slice(key.sign(b"an assertion").to_bytes()).unwrap();
    openssl.file("public.pem", key.public().to_pem());
    openssl.file("signature", signature.to_der());
    let private = openssl.file("private.pem", key.to_pem());
    let message = openssl.file("message", b"an assertion");
    let other = openssl.file("other", b"an assertiom");
    let verify = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature"];
    let (accepted, said) = openssl.run(&verify, &message);
    assert!(accepted && said.contains("Verified OK"), "{said}");
    let (accepted, said) = openssl.run(&verify, &other);
    assert!(!accepted && said.to_lowercase().contains("verification failure"), "{said}");
    let (read, said) = openssl.run(&["pkey", "-pubout", "-in"], &private);
    assert!(read);
    assert_eq!(said, key.public().to_pem());
}
