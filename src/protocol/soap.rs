//! What federation servers, their proxies and Web agents call of each other by SOAP over HTTPS
//! (MS-ADFSPP and MS-ADFSWAP; domain page §4).
//!
//! Calls and replies are typed; the envelope is left out. A federation service takes its proxy's word
//! for a certificate: the proxy alone has seen the proof that its holder has the key.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::saml::rstr;
use super::uri::AuthenticationMethod;
use super::url::Url;
use crate::crypto::certificate::Certificate;
use crate::crypto::secret::Secret;
use crate::directory::{Guid, Win32Code};
use crate::trace::Detail;

/// A call to a federation service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// The proxy asks what it must know, when it starts and when the policy has become another.
    GetProxyTrustConfiguration {
        /// The policy that it knows already; all zeros at first.
        known: PolicyVersion,
    },
    /// The proxy asks for a token for someone who has given it credentials.
    LsRequestSecurityToken {
        /// The credentials.
        credential: Credential,
        /// The realm that the token is for (`wtrealm`).
        target_realm: String,
    },
    /// The proxy asks for a token for someone whose browser holds an authentication cookie.
    LsRequestSecurityTokenWithCookie {
        /// The logon accelerator token: what the cookie holds.
        cookie: Vec<u8>,
        /// The realm that the token is for (`wtrealm`).
        target_realm: String,
    },
    /// The Web agent asks whom to trust, when it starts.
    GetFsTrustInformation,
}

/// What a person has given to a federation server proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// A user name and a password.
    Password {
        /// The user name as typed: `sally@corp.example` or `CORP\sally`.
        user: String,
        /// The password.
        password: Secret,
    },
    /// The client certificate of a TLS handshake.
    Certificate(Certificate),
}

impl Credential {
    /// How the person has proved who they are.
    pub fn method(&self) -> AuthenticationMethod {
        match self {
            Credential::Password { .. } => AuthenticationMethod::Password,
            Credential::Certificate(_) => AuthenticationMethod::Certificate,
        }
    }
}

/// An answer of a federation service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// What a proxy must know.
    ProxyTrustConfiguration(ProxyTrustConfiguration),
    /// What came of a request for a token.
    RstrResult(RstrResult),
    /// Whom a Web agent is to trust.
    FsTrustInformation(FsTrustInformation),
    /// The call was not served.
    Fault {
        /// Why not.
        reason: String,
    },
}

/// Which trust policy it is, and in which version (MS-ADFSPP §2.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The policy's GUID.
    pub guid: Guid,
    /// How often it has been changed.
    pub version: u32,
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.version, self.guid)
    }
}

/// What a proxy must know of its federation service (MS-ADFSPP §2.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyTrustConfiguration {
    /// The policy that this was taken from.
    pub version: PolicyVersion,
    /// The federation service's own realm.
    pub hosted_realm_uri: String,
    /// The address of its passive endpoint.
    pub ls_url: Url,
    /// The path of its cookies.
    pub cookie_path: String,
    /// For how many days browsers remember their account partner.
    pub realm_cookie_lifetime: u32,
    /// The partners that the proxy posts tokens to.
    pub partners: Vec<Partner>,
}

/// A partner, as its federation service's proxy knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its title.
    pub display_name: String,
    /// Its realm.
    pub uri: String,
    /// The address of its passive endpoint.
    pub url: Url,
}

/// What came of a request for a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RstrResult {
    /// The outcome.
    pub status: RstrStatus,
    /// The trust policy by which it was decided.
    pub policy_version: PolicyVersion,
    /// What the account store says of the credentials.
    pub error_code: Win32Code,
    /// The URI of the account store that was asked, where one was.
    pub account_store: Option<String>,
    /// The realm that the person is of: [`super::uri::SELF_REALM`] for one of its own.
    pub foreign_realm: Option<String>,
    /// The request-security-token response to post to the target realm, as XML.
    pub security_token: Option<String>,
    /// What the browser is to keep as authentication cookie.
    pub logon_accelerator_token: Option<Vec<u8>>,
}

impl RstrResult {
    /// A result without a token.
    pub fn failure(status: RstrStatus, error_code: Win32Code) -> Self {
        Self {
            status,
            policy_version: PolicyVersion::default(),
            error_code,
            account_store: None,
            foreign_realm: None,
            security_token: None,
            logon_accelerator_token: None,
        }
    }
}

/// How a request for a token ended (MS-ADFSPP §2.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RstrStatus {
    /// A token was issued.
    Success,
    /// Token and cookie are about different people.
    WrongPrincipal,
    /// No credentials were given that the account store takes.
    NoAcceptableCredential,
    /// The target realm is no enabled partner.
    InvalidTarget,
    /// The credentials, or the cookie, are not good.
    ValidationFailure,
    /// The token could not be made.
    GenerationFailure,
    /// The person's groups could not be read.
    SidExpansionFailure,
    /// The federation service has no account store.
    NoAccountStores,
    /// SIDs are asked for, and the person is of no Active Directory.
    NoActiveDirectoryForSids,
    /// No account store takes certificates.
    NoAccountStoresForCert,
    /// Nothing was decided.
    Unset,
}

/// Whom a Web agent is to trust (MS-ADFSWAP).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FsTrustInformation {
    /// The policy that this was taken from.
    pub version: PolicyVersion,
    /// The certificates that sign the federation service's tokens; an agent pins their thumbprints.
    pub trusted_certificates: Vec<Certificate>,
    /// Whether the signer of a token is to be checked for revocation.
    pub check_revocation: bool,
    /// The federation service's own realm, the issuer of its tokens.
    pub hosted_realm_uri: String,
    /// The address of its passive endpoint.
    pub ls_url: Url,
}

impl Call {
    /// The call in one line, in the documents' words.
    pub fn title(&self) -> Cow<'static, str> {
        match self {
            Call::GetProxyTrustConfiguration { .. } => "GetProxyTrustConfiguration".into(),
            Call::LsRequestSecurityToken { credential, .. } => match credential {
                Credential::Password { user, .. } => {
                    format!("LsRequestSecurityToken for {user}, by password").into()
                }
                Credential::Certificate(certificate) => {
                    format!("LsRequestSecurityToken for the holder of certificate {}", certificate.subject())
                        .into()
                }
            },
            Call::LsRequestSecurityTokenWithCookie { .. } => "LsRequestSecurityTokenWithCookie".into(),
            Call::GetFsTrustInformation => "GetFsTrustInformation".into(),
        }
    }

    /// The call field by field, without passwords and cookies.
    pub fn details(&self) -> Vec<Detail> {
        match self {
            Call::GetProxyTrustConfiguration { known } => {
                vec![Detail::new("proxyVersion", known.to_string())]
            }
            Call::GetFsTrustInformation => Vec::new(),
            Call::LsRequestSecurityToken { credential, target_realm } => {
                let mut details = vec![
                    Detail::new("credentialTypeUri", credential.method().uri()),
                    Detail::new("targetRealmName", target_realm.clone()),
                ];
                match credential {
                    Credential::Password { user, .. } => details.push(Detail::new("Username", user.clone())),
                    Credential::Certificate(certificate) => details.extend(describe_certificate(certificate)),
                }
                details
            }
            Call::LsRequestSecurityTokenWithCookie { target_realm, .. } => {
                vec![Detail::new("targetRealmName", target_realm.clone())]
            }
        }
    }
}

impl Reply {
    /// The reply in one line, in the documents' words.
    pub fn title(&self) -> Cow<'static, str> {
        match self {
            Reply::ProxyTrustConfiguration(_) => "proxy trust configuration".into(),
            Reply::RstrResult(result) => match (result.status, result.security_token.is_some()) {
                (RstrStatus::Success, true) => "security token and authentication cookie".into(),
                (status, _) if result.error_code == Win32Code::SUCCESS => {
                    format!("no security token: {status:?}").into()
                }
                (status, _) => format!("no security token: {status:?}, {}", result.error_code).into(),
            },
            Reply::FsTrustInformation(_) => "trust information".into(),
            Reply::Fault { reason } => format!("fault: {reason}").into(),
        }
    }

    /// The reply field by field, without the cookie.
    pub fn details(&self) -> Vec<Detail> {
        match self {
            Reply::ProxyTrustConfiguration(configuration) => {
                let mut details = vec![
                    Detail::new("fsVersion", configuration.version.to_string()),
                    Detail::new("HostedRealmUriStr", configuration.hosted_realm_uri.clone()),
                    Detail::new("LsUrlStr", configuration.ls_url.to_string()),
                    Detail::new("CookiePath", configuration.cookie_path.clone()),
                    Detail::new("RealmCookieLifetime", configuration.realm_cookie_lifetime.to_string()),
                ];
                details.extend(configuration.partners.iter().map(|partner| {
                    Detail::new(
                        "partner",
                        format!("{} ({}) at {}", partner.display_name, partner.uri, partner.url),
                    )
                }));
                details
            }
            Reply::RstrResult(result) => describe_result(result),
            Reply::FsTrustInformation(information) => {
                let mut details = vec![
                    Detail::new("version", information.version.to_string()),
                    Detail::new("hostedRealmUri", information.hosted_realm_uri.clone()),
                    Detail::new("lsUrl", information.ls_url.to_string()),
                    Detail::new("checks revocation", if information.check_revocation { "yes" } else { "no" }),
                ];
                details.extend(information.trusted_certificates.iter().flat_map(describe_certificate));
                details
            }
            Reply::Fault { .. } => Vec::new(),
        }
    }
}

fn describe_result(result: &RstrResult) -> Vec<Detail> {
    let mut details = vec![
        Detail::new("Status", format!("{:?}", result.status)),
        Detail::new("ErrorCode", result.error_code.to_string()),
        Detail::new("PolicyVersion", result.policy_version.to_string()),
    ];
    let mut add = |name: &'static str, value: &Option<String>| {
        details.extend(value.iter().map(|value| Detail::new(name, value.clone())));
    };
    add("account store", &result.account_store);
    add("ForeignRealmUri", &result.foreign_realm);
    details.extend(result.security_token.iter().flat_map(|token| rstr::describe("SecurityToken", token)));
    details
}

fn describe_certificate(certificate: &Certificate) -> [Detail; 2] {
    [
        Detail::new("certificate", format!("{}, issued by {}", certificate.subject(), certificate.issuer())),
        Detail::new("thumbprint", certificate.thumbprint()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Message;
    use crate::protocol::http::{Body, Request, Response};

    #[test]
    fn calls_and_replies_say_what_they_mean_and_no_password() {
        let credential =
            Credential::Password { user: r"CORP\sally".to_owned(), password: Secret::new("hunter2") };
        let call = Call::LsRequestSecurityToken { credential, target_realm: "urn:perimeter".to_owned() };
        let request = Request::call("https://fs.example/adfs/fs/service.asmx".parse().unwrap(), call);
        assert_eq!(
            (request.protocol(), &*request.title()),
            ("SOAP", r"LsRequestSecurityToken for CORP\sally, by password")
        );
        assert!(request.details().contains(&Detail::new("targetRealmName", "urn:perimeter")));
        assert!(!format!("{request:?} {:?}", request.details()).contains("hunter2"));

        let failure = RstrResult::failure(RstrStatus::ValidationFailure, Win32Code::LOGON_FAILURE);
        let response = Response::new(200, Body::Soap(Reply::RstrResult(failure)));
        assert_eq!(response.protocol(), "SOAP");
        assert_eq!(response.title(), "no security token: ValidationFailure, ERROR_LOGON_FAILURE (1326)");
    }
}
