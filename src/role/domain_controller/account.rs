//! The checks of a sign-in, each with its verdict, whatever protocol it comes by.

use super::Session;
use crate::directory::sign_in::{Check, Proof, sign_in};
use crate::directory::{Account, Failures, Sid, SignInRefusal};
use crate::protocol::kerberos::Pac;
use crate::trace::{Fact, Happening, StateChange};

impl Session<'_> {
    /// Whether the account of this name may sign in (MS-APDS §3.1.5, MS-KILE §3.3.5.6.3). Wrong
    /// passwords count, and the trace says so.
    pub(super) fn sign_in(&self, name: &str, proof: &Proof<'_>) -> Result<Sid, SignInRefusal> {
        let realm = self.domain().dns_name().to_string();
        let decide = |check: &Check| {
            let facts = check.facts.iter().map(|(name, value)| Fact::new(*name, value.clone())).collect();
            self.judge.require(check.rule, name.to_owned(), realm.clone(), check.holds, facts).is_ok()
        };
        let outcome =
            sign_in(&mut self.controller.domain.borrow_mut(), name, proof, self.host().now(), decide);
        if let Some((sid, failures)) = outcome.failures {
            let change = || StateChange {
                store: "account".into(),
                item: self.domain().display(sid),
                value: Some(describe(&failures)),
            };
            self.host().record_with(|| Happening::State(change()));
        }
        if let Err(refusal) = &outcome.result {
            self.log(None, || format!("the sign-in of {name} failed: {}", refusal.status));
        }
        outcome.result
    }

    /// What a ticket of this domain says about an account (MS-PAC §2.5): its SIDs of this domain, the
    /// universal groups of its forest, and its SID history. Domain-local groups come later, from the
    /// domain of the resource.
    pub(super) fn authorization_data(&self, account: &Account) -> Pac {
        let domain = self.domain();
        let groups = crate::directory::membership::account_groups(&domain, &self.controller.catalog, account);
        Pac {
            user: account.sid,
            user_name: account.sam.clone(),
            netbios: domain.netbios().clone(),
            logon_domain: domain.sid(),
            groups: groups.groups.into_iter().collect(),
            extra_sids: groups.extra.into_iter().collect(),
            resource_groups: Vec::new(),
        }
    }
}

fn describe(failures: &Failures) -> String {
    let wrong = match failures.count {
        0 => "no wrong password".to_owned(),
        1 => "1 wrong password".to_owned(),
        count => format!("{count} wrong passwords"),
    };
    match failures.locked_at {
        Some(at) => format!("{wrong}, locked out at {at}"),
        None => wrong,
    }
}
