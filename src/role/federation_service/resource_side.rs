//! The resource side: who comes from a Web server is sent to the right account partner, and the
//! partner's token becomes a token for the application.
//!
//! AD FS example, *Client application request* R3 to R5, and *Authenticating the user* U7 and U8;
//! the order within a step is that of the domain page, table 5.1, A5 to A7 and A19 to A21.

use super::issue::Person;
use super::policy::{AccountPartner, Application, PARTNER_COOKIE_LIFETIME, TOKEN_LIFETIME, TrustPolicy};
use super::sign_in::SignIn;
use super::{Desk, Failure};
use crate::document;
use crate::facts;
use crate::protocol::authentication_cookie::{REALM_COOKIE, split};
use crate::protocol::clean_up::{CleanUpList, Party};
use crate::protocol::cookie::SetCookie;
use crate::protocol::http::{Request, Response};
use crate::protocol::page::Page;
use crate::protocol::saml::{Assertion, Claim, IdentityKind};
use crate::protocol::uri;
use crate::protocol::url::Url;
use crate::protocol::wsfed::{Context, SignInRequest, SignInResponse};
use crate::role::claims::{self, ClaimMapping};
use crate::role::judge::Refused;
use crate::role::pages;
use crate::role::serve::Received;
use crate::role::token_check::{Receiver, TOLERANCE, TrustedIssuer};
use crate::rule;
use crate::trace::{Happening, LogEntry};

/// Where a person comes from, and so who is to vouch for them.
enum Home<'a> {
    /// An account partner.
    Partner(&'a AccountPartner),
    /// This federation server's own account store (`urn:federation:self`).
    OwnStore,
}

impl Desk {
    /// R3: the browser requests the logon page. It is sent on with a token at once where the
    /// federation server's own cookie is still good (single sign-on), else to an account partner. Who has
    /// an account in this server's own store signs in here.
    pub(super) async fn logon_page(
        &self,
        received: &Received,
        asked: &SignInRequest,
    ) -> Result<Response, Failure> {
        let (policy, request) = (self.policy(), &received.request);
        let application = self.known_application(&policy, asked.application()?)?;
        if let Some(person) = self.signed_in(request) {
            return self.send_to_application(request, &policy, &application, &person, asked.context.clone());
        }
        match self.discover(&policy, request, asked) {
            Some(Home::Partner(partner)) => {
                Ok(Response::redirect(self.logon_address(&policy, partner, &application, asked)))
            }
            Some(Home::OwnStore) => match self.sign_in_person(received, asked.method).await? {
                SignIn::Done(person, proof) => {
                    let context = asked.context.clone();
                    let page = self.send_to_application(request, &policy, &application, &person, context)?;
                    Ok(Response { negotiated: proof, ..page })
                }
                SignIn::Asked(response) => Ok(response),
            },
            None => {
                self.judge.carries_out(&document::federation::R4);
                Ok(Response::page(Page::Discovery {
                    action: request.url.clone(),
                    partners: self.homes(&policy),
                }))
            }
        }
    }

    /// What the discovery page offers: the account partners by their titles, and this server's own
    /// account store by the name of its domain.
    fn homes(&self, policy: &TrustPolicy) -> Vec<(String, String)> {
        let partners = policy.account_partners.iter().filter(|partner| partner.enabled);
        let partners = partners.map(|partner| (partner.title.clone(), partner.realm.clone()));
        let own = self.store.iter().map(|store| (store.domain().to_string(), uri::SELF_REALM.to_owned()));
        partners.chain(own).collect()
    }

    /// Whether the reply address is an application of the trust policy; its configured address is
    /// the one that is answered to, whatever the request says.
    fn known_application(&self, policy: &TrustPolicy, address: &Url) -> Result<Application, Refused> {
        let application = policy.application(address).cloned();
        let known = list(policy.applications.iter().map(|one| &one.address));
        let facts = facts!["wreply" => address, "applications" => known];
        let on = address.to_string();
        self.judge.require(&rule::KNOWN_APPLICATION, "the browser", on, application.is_some(), facts)?;
        Ok(application.unwrap_or(Application {
            address: address.clone(),
            claims: ClaimMapping::names(),
            windows_token: false,
            token_lifetime: TOKEN_LIFETIME,
        }))
    }

    /// R4: who is to vouch for the person. The request's `whr` comes first (the choice on the discovery
    /// page comes back as one), then the cookie of the last sign-in, then the only one there is;
    /// otherwise the person is asked. A hint that names nobody is ignored.
    fn discover<'a>(
        &self,
        policy: &'a TrustPolicy,
        request: &Request,
        asked: &SignInRequest,
    ) -> Option<Home<'a>> {
        let hints = [
            ("whr", asked.home_realm.as_deref()),
            ("the cookie of the last sign-in", request.cookie(REALM_COOKIE)),
        ];
        let own = self.store.as_ref().map(|_| uri::SELF_REALM);
        for (origin, hint) in hints {
            let Some(realm) = hint else { continue };
            let partner = policy.account_partner(realm);
            let home = match own {
                Some(own) if own == realm => Some(Home::OwnStore),
                _ => partner.map(Home::Partner),
            };
            let enabled = match &home {
                Some(Home::Partner(partner)) => partner.enabled,
                Some(Home::OwnStore) => true,
                None => false,
            };
            let known = policy.account_partners.iter().map(|one| one.realm.as_str()).chain(own);
            let facts = facts!["from" => origin, "partners" => list(known)];
            let known =
                self.judge.curtail(&rule::PARTNER_DISCOVERY, "the browser", realm.to_owned(), enabled, facts);
            if known && home.is_some() {
                return home;
            }
        }
        match (policy.account_partners.as_slice(), own) {
            ([only], None) if only.enabled => Some(Home::Partner(only)),
            ([], Some(_)) => Some(Home::OwnStore),
            _ => None,
        }
    }

    /// R5: the partner's logon page, with the application and its context packed into the context.
    fn logon_address(
        &self,
        policy: &TrustPolicy,
        partner: &AccountPartner,
        application: &Application,
        asked: &SignInRequest,
    ) -> Url {
        let inner = asked.context.clone().unwrap_or_default();
        let context = Context { application: application.address.clone(), inner };
        let onward = SignInRequest {
            realm: Some(policy.realm.clone()),
            context: Some(context.to_string()),
            time: Some(self.host.now()),
            ..SignInRequest::default()
        };
        self.judge.carries_out(&document::federation::R5);
        onward.to_url(&partner.address)
    }

    /// U6, U7: the browser posts the partner's token. It is checked, its SIDs and names are held
    /// against what the partner may say, and its claims become this organization's.
    pub(super) async fn accept_token(
        &self,
        request: &Request,
        posted: SignInResponse,
    ) -> Result<Response, Failure> {
        let policy = self.policy();
        let context: Context = posted.context.unwrap_or_default().parse()?;
        let application = self.known_application(&policy, &context.application)?;
        let assertion = self.check.check_response(&posted.result, &receiver(&policy)).await?;
        self.first_use(&assertion, &policy)?;
        let partner = policy.account_partner(&assertion.issuer);
        let claims = self.granted_names(&assertion, partner)?;
        let windows = self.windows_identity(&assertion, partner).await;
        let incoming = partner.map_or_else(ClaimMapping::names, |partner| partner.incoming_claims.clone());
        let person = Person {
            claims: incoming.apply(&claims),
            windows,
            authenticated: assertion.authenticated,
            method: assertion.method,
            source: assertion.issuer.clone(),
        };
        self.host.record(Happening::Log(LogEntry {
            log: "AD FS".into(),
            id: None,
            text: format!(
                "accepted token {} of {} for {}: {}",
                assertion.id,
                assertion.issuer,
                claims::name(&person.claims),
                claims::passage(&claims, &person.claims)
            ),
        }));
        self.send_to_application(request, &policy, &application, &person, Some(context.inner))
    }

    /// Whether the token is shown for the first time, where the policy asks. What has expired is
    /// refused for its time, so it need not be remembered.
    fn first_use(&self, assertion: &Assertion, policy: &TrustPolicy) -> Result<(), Failure> {
        if !policy.replay_cache {
            return Ok(());
        }
        let now = self.host.now();
        let mut seen = self.seen.borrow_mut();
        seen.retain(|_, until| now < *until);
        let end = assertion.not_on_or_after + TOLERANCE;
        let first = seen.insert(assertion.id.to_string(), end).is_none();
        let facts = facts!["token" => assertion.id, "tokens remembered" => seen.len()];
        let (who, on) = (assertion.subject.name.clone(), assertion.issuer.clone());
        Ok(self.judge.require(&rule::TOKEN_FIRST_USE, who, on, first, facts)?)
    }

    /// The claims of a token without the names that its partner may not give. A person called by such
    /// a name is not let in at all; another name of theirs, an e-mail address say, stays behind.
    fn granted_names(
        &self,
        assertion: &Assertion,
        partner: Option<&AccountPartner>,
    ) -> Result<Vec<Claim>, Failure> {
        let accepted = |kind| match (kind, partner) {
            (IdentityKind::Email, Some(partner)) => partner.email_suffixes.as_slice(),
            (_, Some(partner)) => partner.suffixes.as_slice(),
            (_, None) => &[],
        };
        let may_give = |kind, name: &str| match name.rsplit_once('@') {
            Some((_, suffix)) => accepted(kind).iter().any(|one| one.as_str().eq_ignore_ascii_case(suffix)),
            None => true,
        };
        let facts = |kind, name: &str| facts!["name" => name, "accepted suffixes" => list(accepted(kind))];
        let (rule, who) = (&rule::NAME_SUFFIX, assertion.issuer.clone());
        let (kind, subject) = (assertion.subject.kind, &assertion.subject.name);
        let holds = may_give(kind, subject);
        self.judge.require(rule, who.clone(), subject.clone(), holds, facts(kind, subject))?;
        let mut claims = claims::of(assertion);
        claims.retain(|claim| {
            let (Some(kind), name) = (claim.identity_kind(), &claim.value) else { return true };
            let foreign = name != subject && !may_give(kind, name);
            !foreign || self.judge.curtail(rule, who.clone(), name.clone(), false, facts(kind, name))
        });
        Ok(claims)
    }

    /// U7, U8: a new token for the application, a new cookie, and the page that posts the token on.
    fn send_to_application(
        &self,
        request: &Request,
        policy: &TrustPolicy,
        application: &Application,
        person: &Person,
        context: Option<String>,
    ) -> Result<Response, Failure> {
        self.judge.carries_out(&document::federation::U7);
        let issued = self.issue_for_application(person, application)?;
        self.judge.carries_out(&document::federation::U8);
        let path = policy.address.path();
        let home = match policy.account_partner(&person.source) {
            None if person.source == uri::ACTIVE_DIRECTORY => uri::SELF_REALM,
            _ => &person.source,
        };
        let remembered = SetCookie {
            expires: Some(self.host.now() + PARTNER_COOKIE_LIFETIME),
            ..SetCookie::session(REALM_COOKIE, home, path)
        };
        let party = Party::Application(application.address.clone());
        let clean_up = CleanUpList::of(&request.cookies).with(party).to_cookie(self.host.now(), path);
        Ok(pages::post_token(application.address.clone(), issued.token, context)
            .with_cookies(split(&issued.cookie, path))
            .with_cookies([remembered, clean_up]))
    }
}

fn receiver(policy: &TrustPolicy) -> Receiver {
    let issuer = |partner: &AccountPartner| TrustedIssuer {
        realm: partner.realm.clone(),
        enabled: partner.enabled,
        verification: partner.verification.clone(),
    };
    Receiver {
        audience: policy.realm.clone(),
        issuers: policy.account_partners.iter().map(issuer).collect(),
        revocation: policy.revocation,
    }
}

fn list<Item: ToString>(items: impl IntoIterator<Item = Item>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
