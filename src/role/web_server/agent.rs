//! The AD FS Web agent: it lets nobody near an application without a good token.
//!
//! AD FS example R2, U9 to U11. Its cookie is the token that it was posted, and the token is
//! validated anew at every request (domain page §5.1 step A26).

use super::Desk;
use super::application::{Application, ExpiredCookie};
use crate::document;
use crate::facts;
use crate::protocol::authentication_cookie::{AuthenticationCookie, join, split};
use crate::protocol::http::{Request, Response};
use crate::protocol::saml::{SignedAssertion, rstr};
use crate::protocol::soap::{Call, FsTrustInformation, Reply};
use crate::protocol::url::Url;
use crate::protocol::wsfed::{Passive, SignInRequest};
use crate::role::judge::Refused;
use crate::role::revocation::RevocationChecking;
use crate::role::token_check::{Receiver, TrustedIssuer, in_time};
use crate::rule;

impl Desk {
    /// The service starts: the agent fetches the trust information of its federation service
    /// (domain page §4). What cannot be had now stays unknown until the service is started again.
    pub(super) async fn start(self: std::rc::Rc<Self>) {
        let address = self.server.config.federation_service.clone();
        let answer = self.dialer.call(&address, Call::GetFsTrustInformation, None).await;
        let (trust, facts) = match answer {
            Ok(Reply::FsTrustInformation(trust)) => {
                let facts = facts!["realm" => trust.hosted_realm_uri];
                (Some(trust), facts)
            }
            Ok(_) => (None, facts!["why" => "the federation service answers something else"]),
            Err(why) => (None, facts!["why" => why]),
        };
        let on = address.to_string();
        self.judge.curtail(&rule::TRUST_INFORMATION, "the Web agent", on, trust.is_some(), facts);
        *self.trust.borrow_mut() = trust;
    }

    /// R2, U11 to U13: a request for a page. Without a good cookie the browser is sent to the
    /// federation server; with one the application decides.
    pub(super) async fn guard(
        &self,
        application: &Application,
        request: &Request,
    ) -> Result<Response, Refused> {
        let trust = self.trust_information(application)?;
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
                self.serve_page(application, request, &assertion)
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
        let trust = self.trust_information(application)?;
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

    fn trust_information(&self, application: &Application) -> Result<FsTrustInformation, Refused> {
        let trust = self.trust.borrow().clone();
        trust.ok_or(()).or_else(|()| {
            let facts = facts!["why" => "it could not be had when the service started"];
            let on = application.name.clone();
            self.judge.require(&rule::TRUST_INFORMATION, "the Web agent", on, false, facts.clone())?;
            // Without it there is no federation server to send anyone to, suspended rule or not.
            Err(Refused { rule: &rule::TRUST_INFORMATION, facts })
        })
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
