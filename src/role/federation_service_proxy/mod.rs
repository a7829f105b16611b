//! The account federation server proxy: collects credentials on the edge of the network and asks
//! the federation service for a token on the person's behalf.
//!
//! In the order of the AD FS example: it prompts for credentials (U1), requests a security token
//! over SOAP and HTTPS (U2), receives cookie and token (U4) and has the browser post the token on
//! (U5). The cookie that it writes is opaque to it; of the trust policy it knows no more than the
//! federation service tells it (`trust_configuration`). It must not know what is in a token. It signs
//! people out by itself (`sign_out`).

mod sign_out;
mod trust_configuration;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::dial::{Dialer, Unreachable};
use super::judge::{Judge, Refused};
use super::pages;
use super::revocation::{RevocationChecking, RevocationLists};
use super::serve::{self, Received};
use super::trust_information::TrustInformation;
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::directory::Win32Code;
use crate::document;
use crate::facts;
use crate::protocol::authentication_cookie::{join, split};
use crate::protocol::clean_up::{CleanUpList, Party};
use crate::protocol::http::{Method, Request, Response};
use crate::protocol::page::{PASSWORD, USER_NAME};
use crate::protocol::soap::{Call, Credential, ProxyTrustConfiguration, Reply, RstrResult, RstrStatus};
use crate::protocol::url::Url;
use crate::protocol::wsfed::{Passive, PassiveError, SignInRequest, SignInResponse};
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};

/// How a proxy has people prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// A client certificate in the TLS handshake.
    Certificate,
    /// A form for user name and password.
    Forms,
}

/// What a proxy is set up with.
pub struct ProxyConfig {
    /// The federation service's interface for proxies.
    pub federation_service: Url,
    /// Its own TLS server certificate, for the name of the federation service's endpoint.
    pub server: Rc<Identity>,
    /// Its client certificate, which the federation service must list.
    pub client: Rc<Identity>,
    /// How people prove who they are.
    pub sign_in: SignIn,
    /// The authorities whose client certificates are accepted.
    pub accepts: Rc<TrustAnchors>,
    /// How far client certificates are checked for revocation.
    pub revocation: RevocationChecking,
    /// The authorities whose server certificates are trusted.
    pub roots: Rc<TrustAnchors>,
}

/// A federation service proxy.
pub struct FederationServiceProxy {
    config: ProxyConfig,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl FederationServiceProxy {
    /// A proxy of this configuration.
    pub fn new(config: ProxyConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone() }
    }
}

impl Role for FederationServiceProxy {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let lists = RevocationLists::new(&host, &dialer, self.config.accepts.clone());
        let clients = (self.config.sign_in == SignIn::Certificate).then(|| self.config.accepts.clone());
        let server = self.config.server.clone();
        let desk = Rc::new(Desk {
            proxy: self,
            judge: judge.clone(),
            dialer,
            lists,
            trust: RefCell::new(TrustInformation::unknown(None)),
        });
        host.spawn(desk.clone().start());
        serve::https(&judge, 443, server, clients, move |received| desk.clone().answer(received));
    }
}

/// What a running proxy works with; gone at a crash.
struct Desk {
    proxy: Rc<FederationServiceProxy>,
    judge: Judge,
    dialer: Dialer,
    lists: RevocationLists,
    trust: RefCell<TrustInformation<ProxyTrustConfiguration>>,
}

/// Why a person gets no token.
enum Failure {
    /// A rule was not met.
    Refused(Refused),
    /// The federation service cannot be asked, or answers something else.
    Unanswered(String),
    /// The federation service refuses the credentials or the request.
    Answered(Box<RstrResult>),
    /// The browser's request is no request of the protocol.
    Malformed(String),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<PassiveError> for Failure {
    fn from(error: PassiveError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<Unreachable> for Failure {
    fn from(error: Unreachable) -> Self {
        match error {
            Unreachable::Refused(refused) => Self::Refused(refused),
            Unreachable::Broken(why) => Self::Unanswered(why),
        }
    }
}

impl Desk {
    async fn answer(self: Rc<Self>, received: Received) -> Response {
        match self.serve(&received).await {
            Ok(response) => response,
            Err(Failure::Refused(refused)) => pages::refusal(500, &refused),
            Err(Failure::Answered(result)) => {
                let text = format!("{:?}, error {}", result.status, result.error_code);
                Response::error(500, "The federation service refuses the sign-in", text)
            }
            Err(Failure::Unanswered(why)) => {
                Response::error(500, "The federation service does not answer", why)
            }
            Err(Failure::Malformed(why)) => Response::error(500, "The request is not a sign-in", why),
        }
    }

    async fn serve(&self, received: &Received) -> Result<Response, Failure> {
        match Passive::read(&received.request) {
            Ok(Passive::SignOut | Passive::SignOutCleanUp) => self.sign_out(&received.request).await,
            _ => self.sign_in(received).await,
        }
    }

    /// U1 to U5: prompt, request the token, have it posted to the partner that asked.
    async fn sign_in(&self, received: &Received) -> Result<Response, Failure> {
        let request = &received.request;
        let asked = asked(request)?;
        let realm = asked.target_realm()?.to_owned();
        let trust = self.trust_configuration().await?;
        let cookie = (request.method == Method::Get).then(|| join(&request.cookies)).flatten();
        let result = match cookie {
            Some(Ok(cookie)) => {
                self.request_token(Call::LsRequestSecurityTokenWithCookie {
                    cookie,
                    target_realm: realm.clone(),
                })
                .await?
            }
            _ => RstrResult::failure(RstrStatus::NoAcceptableCredential, Win32Code::LOGON_FAILURE),
        };
        let result = match result.status {
            RstrStatus::Success => result,
            _ => match self.credential(received).await? {
                Some(credential) => {
                    let call = Call::LsRequestSecurityToken { credential, target_realm: realm.clone() };
                    self.request_token(call).await?
                }
                None => {
                    self.judge.carries_out(&document::federation::U1);
                    return Ok(pages::logon_form(&request.url, None));
                }
            },
        };
        let trust = self.renewed(trust, result.policy_version).await;
        match (&result.status, &result.security_token) {
            (RstrStatus::Success, Some(token)) => {
                let partner = trust.partners.iter().find(|partner| partner.uri == realm);
                let receiver = partner.map_or(&trust.ls_url, |partner| &partner.url).clone();
                self.judge.carries_out(&document::federation::U5);
                let posted = SignInResponse { result: token.clone(), context: asked.context };
                let cookie = result.logon_accelerator_token.as_deref().unwrap_or_default();
                let clean_up = CleanUpList::of(&request.cookies).with(Party::Realm(realm));
                let clean_up = clean_up.to_cookie(self.judge.host().now(), &trust.cookie_path);
                Ok(Response::page(posted.to_page(receiver))
                    .with_cookies(split(cookie, &trust.cookie_path))
                    .with_cookies([clean_up]))
            }
            (RstrStatus::NoAcceptableCredential, _) if self.proxy.config.sign_in == SignIn::Forms => {
                let message =
                    format!("the user name or password is not accepted (error {})", result.error_code);
                Ok(pages::logon_form(&request.url, Some(message)))
            }
            _ => Err(Failure::Answered(Box::new(result))),
        }
    }

    /// What the person has shown: a certificate in the handshake, or a filled-in form.
    async fn credential(&self, received: &Received) -> Result<Option<Credential>, Failure> {
        match self.proxy.config.sign_in {
            SignIn::Certificate => {
                // The handshake has asked for it, before there was a request.
                self.judge.carries_out(&document::federation::U1);
                let Some(certificate) = &received.certificate else {
                    let facts = facts!["certificate" => "none was presented"];
                    let on = self.judge.host().name().to_string();
                    let who = received.from.to_string();
                    self.judge.require(&rule::TLS_CLIENT_CERTIFICATE, who, on, false, facts)?;
                    return Err(Failure::Malformed("there is no certificate to sign in with".to_owned()));
                };
                self.not_revoked(certificate).await?;
                Ok(Some(Credential::Certificate(certificate.clone())))
            }
            SignIn::Forms => {
                let field = |name: &str| received.request.parameter(name).map(str::to_owned);
                Ok(field(USER_NAME)
                    .zip(field(PASSWORD))
                    .map(|(user, password)| Credential::Password { user, password: Secret::new(password) }))
            }
        }
    }

    async fn not_revoked(&self, certificate: &Certificate) -> Result<(), Refused> {
        if self.proxy.config.revocation == RevocationChecking::None {
            return Ok(());
        }
        let checked = self.lists.check(certificate).await;
        let facts = match &checked {
            Ok(()) => facts!["issued by" => certificate.issuer()],
            Err(why) => facts!["issued by" => certificate.issuer(), "why" => why],
        };
        let who = certificate.subject().to_string();
        self.judge.require(&rule::CLIENT_CERTIFICATE_REVOCATION, who, "the sign-in", checked.is_ok(), facts)
    }

    async fn request_token(&self, call: Call) -> Result<RstrResult, Failure> {
        self.judge.carries_out(&document::federation::U2);
        match self.call(call).await? {
            Reply::RstrResult(result) => Ok(result),
            Reply::Fault { reason } => Err(Failure::Unanswered(reason)),
            _ => Err(Failure::Unanswered("the federation service answers something else".to_owned())),
        }
    }

    async fn call(&self, call: Call) -> Result<Reply, Unreachable> {
        let config = &self.proxy.config;
        self.dialer.call(&config.federation_service, call, Some(&config.client)).await
    }
}

/// The sign-in request: from the address, also where the proxy's own logon form comes back.
fn asked(request: &Request) -> Result<SignInRequest, Failure> {
    match Passive::read(&Request::get(request.url.clone(), Vec::new()))? {
        Passive::SignIn(asked) => Ok(asked),
        _ => Err(Failure::Malformed("this proxy serves sign-in requests".to_owned())),
    }
}
