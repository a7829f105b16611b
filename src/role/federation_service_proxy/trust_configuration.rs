//! What the proxy knows of its federation service: fetched when the service starts, and again when an
//! answer bears another policy version (MS-ADFSPP; domain page §4).

use std::rc::Rc;

use super::Desk;
use crate::facts;
use crate::protocol::soap::{Call, PolicyVersion, ProxyTrustConfiguration, Reply};
use crate::role::judge::Refused;
use crate::rule;
use crate::trace::{Happening, LogEntry};

const WHO: &str = "the federation service proxy";

impl Desk {
    /// The service starts.
    pub(super) async fn start(self: Rc<Self>) {
        self.fetch().await;
    }

    /// What is at hand. Where it could not be had when the service started, it is asked for again some
    /// time later.
    pub(super) async fn trust_configuration(&self) -> Result<ProxyTrustConfiguration, Refused> {
        let due = self.trust.borrow().is_due(self.judge.host().now());
        if due {
            self.fetch().await;
        }
        let trust = self.trust.borrow().at_hand();
        let facts = facts!["why" => "it could not be had when the service started, nor since"];
        trust.ok_or(()).or_else(|()| {
            let on = self.proxy.config.federation_service.to_string();
            self.judge.require(&rule::TRUST_INFORMATION, WHO, on, false, facts.clone())?;
            // Without the configuration there is no partner to post a token to, suspended rule or not.
            Err(Refused { rule: &rule::TRUST_INFORMATION, facts })
        })
    }

    /// The configuration of the policy by which a request was just decided: the one at hand, or a new
    /// one where the policy has been changed.
    pub(super) async fn renewed(
        &self,
        at_hand: ProxyTrustConfiguration,
        decided_by: PolicyVersion,
    ) -> ProxyTrustConfiguration {
        if decided_by == at_hand.version || decided_by == PolicyVersion::default() {
            return at_hand;
        }
        self.fetch().await;
        let new = self.trust.borrow().at_hand().unwrap_or(at_hand.clone());
        if new.version != at_hand.version {
            let text = format!("the policy was version {}, and is version {}", at_hand.version, new.version);
            self.judge.host().record(Happening::Log(LogEntry { log: "AD FS".into(), id: Some(674), text }));
        }
        new
    }

    async fn fetch(&self) {
        let known = self.trust.borrow().at_hand().map(|trust| trust.version).unwrap_or_default();
        let (trust, facts) = match self.call(Call::GetProxyTrustConfiguration { known }).await {
            Ok(Reply::ProxyTrustConfiguration(trust)) => {
                let facts = facts!["realm" => trust.hosted_realm_uri, "version" => trust.version];
                (Some(trust), facts)
            }
            Ok(_) => (None, facts!["why" => "the federation service answers something else"]),
            Err(why) => (None, facts!["why" => why]),
        };
        let on = self.proxy.config.federation_service.to_string();
        self.judge.curtail(&rule::TRUST_INFORMATION, WHO, on, trust.is_some(), facts);
        self.trust.borrow_mut().learn(trust, self.judge.host().now());
    }
}
