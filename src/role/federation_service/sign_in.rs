//! How a person proves to this federation server itself who they are, where no proxy has asked.
//!
//! By integrated authentication (AD FS example, warehouse manager access; domain page §5.2, B7 to B11):
//! the browser is sent to a page of its own, which wants a Kerberos ticket for this server. Or by the
//! server's own logon form (U1). A person whom the server's cookie makes known is asked for nothing.

use super::policy::TrustPolicy;
use super::{Desk, Failure};
use crate::crypto::secret::Secret;
use crate::document;
use crate::facts;
use crate::protocol::http::{Authorization, NEGOTIATE, NTLM, Request, RequestBody, Response};
use crate::protocol::kerberos::ApReply;
use crate::protocol::page::{PASSWORD, USER_NAME};
use crate::protocol::soap::Credential;
use crate::protocol::uri::AuthenticationMethod;
use crate::role::federation_service::issue::Person;
use crate::role::judge::Refused;
use crate::role::pages;
use crate::role::serve::Received;
use crate::rule;
use crate::trace::{Happening, LogEntry};

/// How far a sign-in has come.
pub(super) enum SignIn {
    /// The person is known; with a ticket, the server's own proof goes back.
    Done(Person, Option<ApReply>),
    /// Something is asked of the browser first, or it is told what went wrong.
    Asked(Response),
}

impl Desk {
    /// Who sends the request. `wanted` is the way to sign in that it asks for, where it does.
    pub(super) async fn sign_in_person(
        &self,
        received: &Received,
        wanted: Option<AuthenticationMethod>,
    ) -> Result<SignIn, Failure> {
        let (request, typed) = (&received.request, typed(&received.request));
        if typed.is_none()
            && let Some(person) = self.signed_in(request)
        {
            return Ok(SignIn::Done(person, None));
        }
        let policy = self.policy();
        let on_its_page = request.url.path() == policy.integrated_page().path();
        let wanted = match &typed {
            _ if on_its_page => Some(AuthenticationMethod::Windows),
            Some(_) => Some(AuthenticationMethod::Password),
            None => wanted,
        };
        match (self.method(received, &policy, wanted)?, typed) {
            (AuthenticationMethod::Windows, _) if on_its_page => self.integrated(received, &policy).await,
            (AuthenticationMethod::Windows, _) => {
                let page = policy.integrated_page().with_query(request.url.query().to_vec());
                Ok(SignIn::Asked(Response::redirect(page)))
            }
            (_, Some(credential)) => Ok(match self.authenticate(&credential).await {
                Ok(person) => SignIn::Done(person, None),
                Err(failure) => SignIn::Asked(pages::logon_form(&request.url, Some(failure.to_string()))),
            }),
            (_, None) => {
                self.judge.carries_out(&document::federation::U1);
                Ok(SignIn::Asked(pages::logon_form(&request.url, None)))
            }
        }
    }

    /// The way in which the person is to sign in: the one that is wanted, or the first that is offered.
    fn method(
        &self,
        received: &Received,
        policy: &TrustPolicy,
        wanted: Option<AuthenticationMethod>,
    ) -> Result<AuthenticationMethod, Refused> {
        let chosen = wanted.or_else(|| policy.sign_in.first().copied());
        let holds = chosen.is_some_and(|method| policy.sign_in.contains(&method));
        let offered: Vec<&str> = policy.sign_in.iter().map(|method| method.uri()).collect();
        let facts = facts![
            "wanted" => wanted.map_or("any", AuthenticationMethod::uri),
            "offered" => if offered.is_empty() { "none but through the proxy".to_owned() } else { offered.join(", ") },
        ];
        let (who, on) = (received.from.to_string(), policy.realm.clone());
        self.judge.require(&rule::SIGN_IN_METHOD, who, on, holds, facts)?;
        Ok(chosen.unwrap_or(AuthenticationMethod::Password))
    }

    /// Integrated authentication: without a ticket, 401 and the ways to authenticate; with one, the
    /// person whom it names, as the account store knows them.
    async fn integrated(&self, received: &Received, policy: &TrustPolicy) -> Result<SignIn, Failure> {
        let shown = match &received.request.authorization {
            Some(Authorization::Negotiate(shown)) => Some(shown),
            Some(Authorization::Basic { .. }) | None => None,
        };
        let facts = facts!["authorization" => shown.map_or("none", |_| NEGOTIATE)];
        let (who, on) = (received.from.to_string(), policy.realm.clone());
        self.judge.curtail(&rule::INTEGRATED_AUTHENTICATION, who, on, shown.is_some(), facts);
        let Some(shown) = shown else {
            return Ok(SignIn::Asked(Response::unauthorized(&[NEGOTIATE, NTLM])));
        };
        let Some(store) = &self.store else {
            let text = "integrated logon without an Active Directory account store".to_owned();
            self.host.record(Happening::Log(LogEntry { log: "AD FS".into(), id: Some(700), text }));
            return Ok(SignIn::Asked(Response::error(
                500,
                "The sign-in failed",
                "there is no account store",
            )));
        };
        let (content, proof) = match store.accept(shown) {
            Ok(accepted) => accepted,
            Err(refused) => return Ok(SignIn::Asked(pages::refusal(401, &refused))),
        };
        self.judge.carries_out(&document::federation::U3A);
        Ok(match store.describe(&content.pac, &policy.organization_claims).await {
            Ok(person) => SignIn::Done(person, Some(proof)),
            Err(failure) => SignIn::Asked(Response::error(500, "The sign-in failed", failure.to_string())),
        })
    }
}

/// What has been typed into a logon form.
fn typed(request: &Request) -> Option<Credential> {
    let RequestBody::Form(fields) = &request.body else { return None };
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    Some(Credential::Password { user: field(USER_NAME)?, password: Secret::new(field(PASSWORD)?) })
}
