//! The AD FS Web agent: it lets nobody near an application without a good token.
//!
//! AD FS example R2, U9 to U11. Its cookie is the token that it was posted, and the token is
//! validated anew at every request (domain page §5.1 step A26).

use super::Desk;
use super::application::{Application, ApplicationKind, ExpiredCookie};
use crate::directory::Privilege;
use crate::document;
use crate::facts;
use crate::protocol::authentication_cookie::{AuthenticationCookie, join, removal, split};
use crate::protocol::http::{Body, Request, Response};
use crate::protocol::saml::{SignedAssertion, rstr};
use crate::protocol::soap::FsTrustInformation;
use crate::protocol::url::Url;
use crate::protocol::wsfed::{Passive, SignInRequest, sign_out_url};
use crate::role::judge::Refused;
use crate::role::revocation::RevocationChecking;
use crate::role::token_check::{Receiver, TrustedIssuer, in_time};
use crate::rule;
use crate::trace::{Happening, LogEntry};

impl Desk {
    /// Event 128: the authentication service may not impersonate, so that no application that takes
    /// Windows NT tokens can be used.
    pub(super) fn look_at_own_privileges(&self) {
        let takes_tokens = |one: &Application| matches!(one.kind, ApplicationKind::WindowsToken { .. });
        let config = &self.server.config;
        let may = config.machine.privileges.contains(&Privilege::Impersonate);
        if !may && config.applications.iter().any(takes_tokens) {
            let text = "the AD FS Web Agent Authentication Service lacks SeImpersonatePrivilege".to_owned();
            self.judge.host().record(Happening::Log(LogEntry { log: "AD FS".into(), id: Some(128), text }));
        }
    }

    /// R2, U11 to U13: a request for a page. Without a good cookie the browser is sent to the
    /// federation server; with one the application decides.
    pub(super) async fn guard(
        &self,
        application: &Application,
        request: &Request,
    ) -> Result<Response, Refused> {
        let trust = self.trust_information(application).await?;
        let kept = kept_token(request);
        let expired = kept.as_ref().is_some_and(|token| self.has_expired(token));
        let why = match &kept {
            None => "there is none",
            Some(_) if expired => "its token has expired",
            Some(_) => "it is at hand",
        };
        let on = application.name.clone();
        let good = self.judge.curtail(
            &rule::AUTHENTICATION_COOKIE,
            "the browser",
            on,
            kept.is_some() && !expired,
            facts!["cookie" => why],
        );
        match kept {
            Some(token) if good => {
                let assertion = self.check.check(Ok(token), &self.receiver(application, &trust)).await?;
                self.serve_page(application, request, &assertion).await
            }
            Some(_) if application.expired_cookie == ExpiredCookie::Error => {
                Ok(Response::error(500, "The sign-in has expired", why))
            }
            _ => Ok(self.send_to_federation_server(application, request, &trust)),
        }
    }

    /// R2: the way to the logon page of the resource federation server.
    fn send_to_federation_server(
        &self,
        application: &Application,
        request: &Request,
        trust: &FsTrustInformation,
    ) -> Response {
        let asked = SignInRequest {
            reply: Some(application.address.clone()),
            context: Some(request.url.to_string()),
            time: Some(self.judge.host().now()),
            ..SignInRequest::default()
        };
        self.judge.carries_out(&document::federation::R2);
        Response::redirect(asked.to_url(&trust.ls_url))
    }

    /// U9, U10: the browser posts the token. It is validated and becomes the cookie, and the browser
    /// is sent to the address that it wanted in the first place.
    pub(super) async fn take_token(
        &self,
        application: &Application,
        request: &Request,
    ) -> Result<Response, Refused> {
        let trust = self.trust_information(application).await?;
        let Ok(Passive::SignInResponse(posted)) = Passive::read(request) else {
            return Ok(Response::error(500, "The request cannot be served", "it holds no security token"));
        };
        let token = rstr::read(&posted.result).map_err(|why| why.to_string());
        let kept = token.as_ref().map(SignedAssertion::to_xml).unwrap_or_default();
        self.check.check(token, &self.receiver(application, &trust)).await?;
        let wanted = posted.context.and_then(|context| context.parse::<Url>().ok());
        let wanted = wanted.filter(|url| url.is_within(&application.address));
        let cookie = AuthenticationCookie { assertion: kept, trailer: None };
        self.judge.carries_out(&document::federation::U10);
        Ok(Response::redirect(wanted.unwrap_or_else(|| application.address.clone()))
            .with_cookies(split(&cookie.to_bytes(), &application.cookie_path)))
    }

    /// A person signs out at the application: on to the federation server (domain page §2.4).
    pub(super) async fn sign_out(&self, application: &Application) -> Result<Response, Refused> {
        let trust = self.trust_information(application).await?;
        Ok(Response::redirect(sign_out_url(&trust.ls_url)))
    }

    /// The federation server's page tells the agent to forget the person, which whoever asks may do.
    pub(super) fn clean_up(&self, application: &Application, request: &Request) -> Response {
        Response::new(200, Body::Text("cleaned up".to_owned()))
            .with_cookies(removal(&request.cookies, &application.cookie_path))
    }

    fn receiver(&self, application: &Application, trust: &FsTrustInformation) -> Receiver {
        let thumbprints = trust.trusted_certificates.iter().map(|one| one.thumbprint().to_owned());
        let issuer = TrustedIssuer {
            realm: trust.hosted_realm_uri.clone(),
            enabled: true,
            verification: thumbprints.collect(),
        };
        Receiver {
            audience: application.return_url.to_string(),
            issuers: vec![issuer],
            revocation: match trust.check_revocation {
                true => RevocationChecking::ChainExcludeRoot,
                false => RevocationChecking::None,
            },
        }
    }

    fn has_expired(&self, token: &SignedAssertion) -> bool {
        let assertion = token.assertion();
        !in_time(self.judge.host().now(), assertion.not_before, assertion.not_on_or_after)
    }
}

/// The token in the agent's cookie; none where there is none that could be read.
fn kept_token(request: &Request) -> Option<SignedAssertion> {
    let cookie = AuthenticationCookie::from_bytes(&join(&request.cookies)?.ok()?).ok()?;
    SignedAssertion::read(&cookie.assertion).ok()
}
