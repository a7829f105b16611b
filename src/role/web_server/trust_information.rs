//! What the Web agent knows of its federation service: fetched when the service starts, and again every
//! hour, as a federation server looks for changes of its own policy (the period is an inference;
//! MS-ADFSWAP, domain page §4).

use std::rc::Rc;

use super::Desk;
use super::application::Application;
use crate::facts;
use crate::protocol::soap::{Call, FsTrustInformation, Reply};
use crate::role::judge::Refused;
use crate::rule;
use crate::time::Span;
use crate::trace::{Happening, LogEntry};

/// How long what was fetched is used without asking again.
pub const REFRESH: Span = Span::minutes(60);
const WHO: &str = "the Web agent";

impl Desk {
    /// The service starts.
    pub(super) async fn start(self: Rc<Self>) {
        self.fetch().await;
    }

    /// What is at hand; older information serves as long as no newer can be had (event 619).
    pub(super) async fn trust_information(
        &self,
        application: &Application,
    ) -> Result<FsTrustInformation, Refused> {
        let due = self.trust.borrow().is_due(self.judge.host().now());
        if due {
            self.fetch().await;
        }
        let trust = self.trust.borrow().at_hand();
        trust.ok_or(()).or_else(|()| {
            let facts = facts!["why" => "it could not be had when the service started, nor since"];
            let on = application.name.clone();
            self.judge.require(&rule::TRUST_INFORMATION, WHO, on, false, facts.clone())?;
            // Without it there is no federation server to send anyone to, suspended rule or not.
            Err(Refused { rule: &rule::TRUST_INFORMATION, facts })
        })
    }

    async fn fetch(&self) {
        let address = self.server.config.federation_service.clone();
        let answer = self.dialer.call(&address, Call::GetFsTrustInformation, None).await;
        let (trust, facts) = match answer {
            Ok(Reply::FsTrustInformation(trust)) => {
                let facts = facts!["realm" => trust.hosted_realm_uri, "version" => trust.version];
                (Some(trust), facts)
            }
            Ok(_) => (None, facts!["why" => "the federation service answers something else"]),
            Err(why) => (None, facts!["why" => why]),
        };
        let on = address.to_string();
        self.judge.curtail(&rule::TRUST_INFORMATION, WHO, on, trust.is_some(), facts);
        if trust.is_none() {
            let kept = self.trust.borrow().at_hand().is_some();
            let then = if kept { "what is known already goes on to serve" } else { "nobody can sign in" };
            let text = format!("the trust information of {address} could not be had; {then}");
            self.judge.host().record(Happening::Log(LogEntry { log: "AD FS".into(), id: Some(619), text }));
        }
        self.trust.borrow_mut().learn(trust, self.judge.host().now());
    }
}
