//! The federation server: a security token service for browsers (passive requestors).
//!
//! Account side and resource side are one role; its [trust policy](policy) tells which it is. In the
//! order of the AD FS example, *Message flow for traveling salesman remote access*:
//!
//! | file | steps |
//! |---|---|
//! | `resource_side` | R3 to R5: the logon page, account partner discovery, the redirect; U7, U8: the new token |
//! | `windows_trust` | U7: the SIDs that the Windows trust lets count |
//! | `sign_in` | the manager's integrated authentication, and U1 where this server asks by form itself |
//! | `resource_mapping` | U7: who a person without SIDs is in the resource forest |
//! | `account_side` | U2 to U4: the proxy's request, the security token, the answer over SOAP and HTTPS |
//! | [`account_store`] | U3, first line: the certificate's account and its attributes, from Active Directory |
//! | [`issue`] | U3, second and third line: the security token and the authentication cookie |
//! | `sign_out` | a person's way out, and the clean-up behind them |
//! | [`change`] | what an administrator changes meanwhile |
//!
//! It keeps nothing about anybody between requests: what it must remember travels in cookies.
#![doc = ""]
#![doc = include_str!("../federation.md")]

mod account_side;
pub mod account_store;
pub mod change;
pub mod issue;
pub mod policy;
mod resource_mapping;
mod resource_side;
mod sign_in;
mod sign_out;
mod windows_trust;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::dial::Dialer;
use super::domain_member::{DomainMember, Membership};
use super::judge::{Judge, Refused};
use super::revocation::RevocationLists;
use super::serve::{self, Received};
use super::token_check::TokenCheck;
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::protocol::http::{Body, RequestBody, Response};
use crate::protocol::wsfed::PassiveError;
use crate::rule::RuleId;
use crate::sim::{Host, Role};
use crate::time::VirtualTime;
use account_store::{AccountStore, AccountStoreConfig};
use change::{PolicyChange, TokenSigning};
use policy::TrustPolicy;
use windows_trust::WindowsTrustCache;

/// What a federation server is set up with.
pub struct FederationServiceConfig {
    /// Its TLS server certificate.
    pub server: Rc<Identity>,
    /// The certificate and key that sign its tokens when it is first started.
    pub token_signing: Rc<Identity>,
    /// The authorities of its proxies' client certificates; it asks for certificates of these.
    pub proxy_authorities: Option<Rc<TrustAnchors>>,
    /// The authorities that it trusts, for servers and for signers.
    pub roots: Rc<TrustAnchors>,
    /// The domain that it is joined to, where it is.
    pub membership: Option<Membership>,
    /// How it uses that domain as its account store, where it does.
    pub store: Option<AccountStoreConfig>,
    /// Whether it uses the Windows trusts of that domain for account partners.
    pub windows_trusts: bool,
    /// Its trust policy when it is first started.
    pub policy: TrustPolicy,
}

/// A federation server.
pub struct FederationService {
    config: FederationServiceConfig,
    policy: RefCell<TrustPolicy>,
    token_signing: RefCell<TokenSigning>,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl FederationService {
    /// A federation server of this configuration.
    pub fn new(config: FederationServiceConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let policy = RefCell::new(config.policy.clone());
        let signing = TokenSigning { current: config.token_signing.clone(), former: Vec::new() };
        Self { config, policy, token_signing: RefCell::new(signing), suspended: suspended.clone() }
    }
}

impl Role for FederationService {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let lists = Rc::new(RevocationLists::new(&host, &dialer, self.config.roots.clone()));
        let check = TokenCheck::new(&judge, self.config.roots.clone(), lists);
        let member = self.config.membership.clone();
        let member = member.map(|member| Rc::new(DomainMember::new(member, &judge, &dialer)));
        let store = self.config.store.clone().zip(member.clone());
        let store = store.map(|(store, member)| AccountStore::new(store, member, &judge));
        let trusts = member.filter(|_| self.config.windows_trusts).map(|member| {
            let mapped = self.config.policy.resource_groups.iter().map(|(_, group)| group.clone());
            WindowsTrustCache::new(member, mapped.collect(), &host)
        });
        let (server, clients) = (self.config.server.clone(), self.config.proxy_authorities.clone());
        let seen = RefCell::default();
        let desk = Rc::new(Desk {
            service: self,
            host: host.clone(),
            judge: judge.clone(),
            check,
            store,
            trusts,
            seen,
        });
        let starting = desk.clone();
        host.spawn(async move { starting.start().await });
        serve::https(&judge, 443, server, clients, move |received| desk.clone().answer(received));
    }

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(change) = PolicyChange::from_stimulus(&stimulus) else { return };
        self.apply(&change, &host);
    }
}

/// What a running federation server works with; gone at a crash.
struct Desk {
    service: Rc<FederationService>,
    host: Host,
    judge: Judge,
    check: TokenCheck,
    store: Option<AccountStore>,
    trusts: Option<WindowsTrustCache>,
    /// The tokens that were accepted, by id, each until it has expired; empty without a replay cache.
    seen: RefCell<BTreeMap<String, VirtualTime>>,
}

/// Why a passive request gets no answer but an error page: always HTTP 500, never a SOAP fault
/// (domain page §2.1).
enum Failure {
    /// A rule was not met.
    Refused(Refused),
    /// It is no request of the protocol.
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

impl Desk {
    /// The machine starts: it signs in to its domain, as every joined machine does. Where that fails
    /// it tries again when somebody is to be authenticated. It also learns which Windows trusts there are.
    async fn start(&self) {
        if let Some(store) = &self.store {
            let _ = store.sign_in_itself().await;
        }
        if let Some(trusts) = &self.trusts {
            trusts.current().await;
        }
    }

    async fn answer(self: Rc<Self>, received: Received) -> Response {
        if let RequestBody::Soap(call) = &received.request.body {
            let reply = self.serve_call(call.clone(), &received).await;
            return Response::new(200, Body::Soap(reply));
        }
        match self.serve_browser(&received).await {
            Ok(response) => response,
            Err(Failure::Refused(refused)) => super::pages::refusal(500, &refused),
            Err(Failure::Malformed(why)) => Response::error(500, "The request cannot be served", why),
        }
    }

    /// A copy of the policy, so that an administrator's change meets whole requests only.
    fn policy(&self) -> TrustPolicy {
        self.service.policy.borrow().clone()
    }
}
