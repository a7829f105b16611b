//! The account side: a person of this organization gets a security token for a resource partner.
//!
//! AD FS example, *Authenticating the user*: the salesman's U2 to U4 through the proxy, and the
//! manager's U1 and U2 without one.

use super::account_store::StoreFailure;
use super::issue::Person;
use super::policy::{PARTNER_COOKIE_DAYS, ResourcePartner, TOKEN_LIFETIME, TrustPolicy};
use super::sign_in::SignIn;
use super::{Desk, Failure};
use crate::crypto::certificate::Certificate;
use crate::directory::Win32Code;
use crate::document;
use crate::facts;
use crate::protocol::authentication_cookie::split;
use crate::protocol::clean_up::{CleanUpList, Party};
use crate::protocol::http::{Method, Request, RequestBody, Response};
use crate::protocol::soap::{
    Call, Credential, FsTrustInformation, Partner, ProxyTrustConfiguration, Reply, RstrResult, RstrStatus,
};
use crate::protocol::uri;
use crate::protocol::wsfed::{Passive, PassiveError, SignInRequest};
use crate::role::claims::ClaimMapping;
use crate::role::judge::Refused;
use crate::role::pages;
use crate::role::revocation::RevocationChecking;
use crate::role::serve::Received;
use crate::rule;
use crate::trace::{Happening, LogEntry};

impl Desk {
    /// What browsers ask: a logon page of either side, or to take a posted token.
    pub(super) async fn serve_browser(&self, received: &Received) -> Result<Response, Failure> {
        let request = &received.request;
        match Passive::read(request) {
            Ok(Passive::SignInResponse(posted)) => self.accept_token(request, posted).await,
            Ok(Passive::SignIn(asked)) => self.sign_in(received, &asked).await,
            // A form of this server's own, the logon form or the discovery page, comes back to the
            // address that it was shown at.
            Err(PassiveError::NoAction) if request.method == Method::Post => {
                match Passive::read(&Request::get(request.url.clone(), Vec::new()))? {
                    Passive::SignIn(asked) => self.sign_in(received, &asked).await,
                    _ => Err(Failure::Malformed("a form was posted where none was shown".to_owned())),
                }
            }
            Ok(Passive::SignOut) => Ok(self.sign_out(request)),
            Ok(Passive::SignOutCleanUp) => Ok(self.clean_up(request)),
            Err(error) => Err(error.into()),
        }
    }

    async fn sign_in(&self, received: &Received, asked: &SignInRequest) -> Result<Response, Failure> {
        match &asked.realm {
            Some(realm) => self.sign_in_here(received, asked, realm).await,
            None => self.logon_page(received, asked).await,
        }
    }

    /// A person who comes without a proxy, and goes on to a resource partner with a token.
    async fn sign_in_here(
        &self,
        received: &Received,
        asked: &SignInRequest,
        realm: &str,
    ) -> Result<Response, Failure> {
        let policy = self.policy();
        let partner = self.known_resource_partner(&policy, realm)?;
        let (person, proof) = match self.sign_in_person(received, asked.method).await? {
            SignIn::Done(person, proof) => (person, proof),
            SignIn::Asked(response) => return Ok(response),
        };
        self.judge.carries_out(&document::federation::U3B);
        let issued = self.issue_for_partner(&person, &partner)?;
        self.judge.carries_out(&document::federation::MANAGER_U2);
        let path = policy.address.path();
        let clean_up = CleanUpList::of(&received.request.cookies).with(Party::Realm(partner.realm.clone()));
        let clean_up = clean_up.to_cookie(self.host.now(), path);
        let cookies = split(&issued.cookie, path).into_iter().chain([clean_up]);
        let page = pages::post_token(partner.address, issued.token, asked.context.clone());
        Ok(Response { negotiated: proof, ..page }.with_cookies(cookies))
    }

    /// What proxies and Web agents ask over SOAP.
    pub(super) async fn serve_call(&self, call: Call, received: &Received) -> Reply {
        let answer = match call {
            Call::GetFsTrustInformation => Ok(Reply::FsTrustInformation(self.trust_information())),
            Call::GetProxyTrustConfiguration { .. } => self
                .listed_proxy(received)
                .map(|()| Reply::ProxyTrustConfiguration(self.proxy_configuration())),
            Call::LsRequestSecurityToken { credential, target_realm } => {
                self.request_token(received, &target_realm, &credential).await
            }
            Call::LsRequestSecurityTokenWithCookie { cookie, target_realm } => {
                self.request_token_with_cookie(received, &target_realm, &cookie)
            }
        };
        answer.unwrap_or_else(|refused| Reply::Fault { reason: refused.to_string() })
    }

    /// U2 and U3 for a person who has just shown credentials to the proxy. The proxy's word that a
    /// certificate's holder proved possession of its key is taken (MS-ADFSPP §5.1).
    async fn request_token(
        &self,
        received: &Received,
        realm: &str,
        credential: &Credential,
    ) -> Result<Reply, Refused> {
        self.listed_proxy(received)?;
        self.note_caller(received);
        let policy = self.policy();
        let partner = self.known_resource_partner(&policy, realm)?;
        let result = match self.authenticate(credential).await {
            Ok(person) => self.success(&partner, &person),
            Err(failure) => RstrResult::failure(failure.status, failure.error_code),
        };
        Ok(Reply::RstrResult(RstrResult { policy_version: policy.version, ..result }))
    }

    /// The same for a person whom the federation server's own cookie makes known.
    fn request_token_with_cookie(
        &self,
        received: &Received,
        realm: &str,
        cookie: &[u8],
    ) -> Result<Reply, Refused> {
        self.listed_proxy(received)?;
        self.note_caller(received);
        let policy = self.policy();
        let partner = self.known_resource_partner(&policy, realm)?;
        let result = match self.known_by(cookie) {
            Some(person) => self.success(&partner, &person),
            None => RstrResult::failure(RstrStatus::NoAcceptableCredential, Win32Code::LOGON_FAILURE),
        };
        Ok(Reply::RstrResult(RstrResult { policy_version: policy.version, ..result }))
    }

    /// U4: the authentication cookie and the security token, for the proxy.
    fn success(&self, partner: &ResourcePartner, person: &Person) -> RstrResult {
        self.judge.carries_out(&document::federation::U3B);
        let issued = self.issue_for_partner(person, partner);
        self.judge.carries_out(&document::federation::U4);
        match issued {
            Ok(issued) => RstrResult {
                account_store: Some(person.source.clone()),
                foreign_realm: Some(uri::SELF_REALM.to_owned()),
                security_token: Some(issued.token),
                logon_accelerator_token: Some(issued.cookie),
                ..RstrResult::failure(RstrStatus::Success, Win32Code::SUCCESS)
            },
            Err(_) => RstrResult::failure(RstrStatus::GenerationFailure, Win32Code::SUCCESS),
        }
    }

    /// U3, first line: the account behind the credential and its attributes.
    pub(super) async fn authenticate(&self, credential: &Credential) -> Result<Person, StoreFailure> {
        self.judge.carries_out(&document::federation::U3A);
        let organization_claims = self.policy().organization_claims;
        match &self.store {
            Some(store) => store.authenticate(credential, &organization_claims).await,
            None => Err(StoreFailure { status: RstrStatus::NoAccountStores, error_code: Win32Code::SUCCESS }),
        }
    }

    fn listed_proxy(&self, received: &Received) -> Result<(), Refused> {
        let listed = self.service.policy.borrow().proxies.clone();
        let shown = received.certificate.as_ref();
        let holds = shown.is_some_and(|certificate| listed.iter().any(|one| one == certificate.thumbprint()));
        let subject =
            shown.map_or("no client certificate".to_owned(), |certificate| certificate.subject().to_owned());
        let facts = facts!["certificate" => subject, "listed" => listed.join(", ")];
        self.judge.require(
            &rule::PROXY_CERTIFICATE,
            received.from.to_string(),
            "the interface for proxies",
            holds,
            facts,
        )
    }

    /// Who asks for tokens, for whom, by the certificate and the address of the caller.
    fn note_caller(&self, received: &Received) {
        self.host.record_with(|| {
            let caller = received.certificate.as_ref().map_or("nobody", Certificate::subject);
            let asked = match &received.request.body {
                RequestBody::Soap(call) => call.title(),
                _ => "nothing".into(),
            };
            let text = format!("proxy {caller}, calling from {}: {asked}", received.from);
            Happening::Log(LogEntry { log: "AD FS".into(), id: None, text })
        });
    }

    fn known_resource_partner(&self, policy: &TrustPolicy, realm: &str) -> Result<ResourcePartner, Refused> {
        let partner = policy.resource_partner(realm);
        let enabled = partner.is_some_and(|partner| partner.enabled);
        let known: Vec<&str> =
            policy.resource_partners.iter().map(|partner| partner.realm.as_str()).collect();
        let facts = facts!["realm" => realm, "resource partners" => known.join(", ")];
        self.judge.require(
            &rule::KNOWN_RESOURCE_PARTNER,
            realm.to_owned(),
            policy.realm.clone(),
            enabled,
            facts,
        )?;
        // In a run that suspends the rule, a realm that nobody knows has no address: its token stays here.
        Ok(partner.cloned().unwrap_or_else(|| ResourcePartner {
            name: realm.to_owned(),
            realm: realm.to_owned(),
            address: policy.address.clone(),
            windows_trust: false,
            outgoing_claims: ClaimMapping::names(),
            token_lifetime: TOKEN_LIFETIME,
            enabled: true,
        }))
    }

    fn trust_information(&self) -> FsTrustInformation {
        let policy = self.policy();
        FsTrustInformation {
            version: policy.version,
            trusted_certificates: self.service.token_signing.borrow().verification(),
            check_revocation: policy.revocation != RevocationChecking::None,
            hosted_realm_uri: policy.realm,
            ls_url: policy.address,
        }
    }

    fn proxy_configuration(&self) -> ProxyTrustConfiguration {
        let policy = self.policy();
        let partner = |partner: &ResourcePartner| Partner {
            display_name: partner.name.clone(),
            uri: partner.realm.clone(),
            url: partner.address.clone(),
        };
        ProxyTrustConfiguration {
            version: policy.version,
            // Those that are switched off too: who gets a token is decided here, request by request. A
            // proxy looks up only where it is posted to, and whom a sign-out concerns.
            partners: policy.resource_partners.iter().map(partner).collect(),
            cookie_path: policy.address.path().to_owned(),
            realm_cookie_lifetime: PARTNER_COOKIE_DAYS,
            hosted_realm_uri: policy.realm,
            ls_url: policy.address,
        }
    }
}
