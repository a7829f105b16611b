//! Every message survives the wire, and no frame, however corrupted, does more than fail to decode.

use std::fmt::Debug;

use forestsim::crypto::authority::{CertificateRequest, Usage, Validity, self_signed};
use forestsim::crypto::{key::PrivateKey, random, secret::Secret, symmetric::SymmetricKey};
use forestsim::directory::{Attributes, DistinguishedName, Guid, KerberosCode, Modification, Usn, Win32Code};
use forestsim::protocol::http::{Authorization, Body, Page, Request, Response, SetCookie};
use forestsim::protocol::kerberos::{
    ApRequest, AsRequest, Authenticator, KerberosReply, KerberosRequest, KrbError, TgsRequest, Ticket,
};
use forestsim::protocol::ldap::{BindMechanism, Entry, Filter, LdapReply, LdapRequest, Search};
use forestsim::protocol::soap::{
    Call, Credential, FsTrustInformation, PolicyVersion, Reply, RstrResult, RstrStatus,
};
use forestsim::protocol::{Message, url::Url, wire};
use forestsim::time::{Span, VirtualTime};
use rand_core::Rng;

fn noon() -> VirtualTime {
    "2008-03-03T12:00:00Z".parse().unwrap()
}

fn url() -> Url {
    "https://fs.example/adfs/ls/?wa=wsignin1.0&wctx=%5c".parse().unwrap()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn certificate() -> forestsim::crypto::certificate::Certificate {
    let key = PrivateKey::derive(1, "fs-a");
    let validity = Validity { not_before: noon(), not_after: noon() + Span::days(1) };
    let request = CertificateRequest {
        subject: "FS-A",
        key: &key.public(),
        dns_names: &[],
        email: None,
        usage: Usage::TokenSigning,
        validity,
        crl_url: None,
    };
    self_signed(&key, &request).unwrap()
}

fn shown() -> ApRequest {
    let mut random = random::stream(1, "client", "kerberos");
    let key = SymmetricKey::random(&mut random);
    let ticket =
        Ticket { realm: "corp.example".into(), service: "HTTP/fs.example".into(), sealed: vec![1, 2, 3] };
    let authenticator = Authenticator { client: "sally@corp.example".into(), time: noon() };
    ApRequest::new(ticket, &key, &authenticator, &mut random)
}

/// The message comes back as it was; 500 corrupted copies do not panic, nor do their descriptions.
fn survives<M: Message + PartialEq + Debug>(message: &M) {
    let bytes = wire::encode(message);
    assert_eq!(&wire::decode::<M>(&bytes).unwrap(), message);
    assert!(!message.title().is_empty());
    let mut random = random::stream(1, "wire", "corruption");
    for _ in 0..500 {
        let mut corrupted = bytes.clone();
        for _ in 0..=random.next_u32() % 3 {
            let at = random.next_u64() as usize % corrupted.len();
            corrupted[at] = random.next_u32() as u8;
        }
        if let Ok(message) = wire::decode::<M>(&corrupted) {
            message.title();
            message.details();
        }
    }
    for length in 0..bytes.len() {
        assert!(wire::decode::<M>(&bytes[..length]).is_err(), "{length} bytes of {}", bytes.len());
    }
}

#[test]
fn http_and_soap() {
    let mut request = Request::get(url(), vec![pair("_WebSsoAuth", "x")]);
    request.authorization = Some(Authorization::Negotiate(shown()));
    survives(&request);
    survives(&Request::post(url(), Vec::new(), vec![pair("wresult", "<t/>"), pair("password", "hunter2")]));
    let credentials = [
        Credential::Certificate(certificate()),
        Credential::Password { user: "sally".to_owned(), password: Secret::new("hunter2") },
    ];
    for credential in credentials {
        survives(&Request::call(
            url(),
            Call::LsRequestSecurityToken { credential, target_realm: "r".to_owned() },
        ));
    }

    let post = Page::AutoPost { action: url(), fields: vec![pair("wresult", "<t/>")] };
    survives(&Response::page(post).with_cookies([SetCookie::session("_LSRealm", "urn:corp", "/adfs/ls/")]));
    survives(&Response::redirect(url()));
    let trust = FsTrustInformation {
        version: PolicyVersion { guid: Guid::ALLOWED_TO_AUTHENTICATE, version: 7 },
        trusted_certificates: vec![certificate()],
        check_revocation: true,
        hosted_realm_uri: "urn:perimeter".to_owned(),
        ls_url: url(),
    };
    let failure = RstrResult::failure(RstrStatus::InvalidTarget, Win32Code::SUCCESS);
    for reply in [Reply::FsTrustInformation(trust), Reply::RstrResult(failure)] {
        survives(&Response::new(200, Body::Soap(reply)));
    }
}

#[test]
fn kerberos_and_ldap() {
    survives(&KerberosRequest::As(AsRequest {
        client: "s@corp.example".into(),
        realm: "corp.example".into(),
        preauth: None,
    }));
    let ApRequest { ticket, authenticator } = shown();
    let for_user = Some("sally@corp.example".into());
    survives(&KerberosRequest::Tgs(TgsRequest {
        ticket,
        authenticator,
        service: "HTTP/ws".to_owned(),
        for_user,
    }));
    survives(&KerberosReply::Error(KrbError::new(KerberosCode::SKEW, "six minutes")));

    survives(&LdapRequest::Bind { mechanism: BindMechanism::Kerberos(shown()) });
    let filter =
        Filter::Or(vec![Filter::equals("cn", "ü"), Filter::And(vec![Filter::Present("mail".to_owned())])]);
    let base: DistinguishedName = r"CN=Sales\, EU,DC=corp,DC=example".parse().unwrap();
    survives(&LdapRequest::Search(Search::subtree(base.clone(), filter).only(["mail"]).since(Some(Usn(7)))));
    let mut attributes = Attributes::new([("mail", "s@corp.example")]);
    attributes.set("msExchEdgeSyncCredential", vec![vec![0, 255].into(), vec![].into()]);
    survives(&LdapRequest::Add { dn: base.clone(), attributes: attributes.clone() });
    let changes = vec![
        Modification::Replace("mail".to_owned(), Vec::new()),
        Modification::Add("description".to_owned(), vec!["text".into()]),
    ];
    survives(&LdapRequest::Modify { dn: base.clone(), changes });
    survives(&LdapRequest::Delete { dn: base.clone(), tree: true });
    let entry = Entry { dn: base, deleted: false, attributes };
    survives(&LdapReply::Search { code: 0, entries: vec![entry.clone()], cookie: Some(Usn(8)) });
    survives(&LdapReply::Changed(entry));
    survives(&LdapReply::Written { code: 50, text: "no".to_owned() });
}
