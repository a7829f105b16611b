//! A domain controller: keeps a domain, signs people in over Kerberos, and answers questions about
//! accounts over LDAP.
//!
//! Its durable state is the domain, its own halves of the domain's trusts, what the global catalog
//! told it of its forest, and the forest's Configuration partition where it has one. It decides from these and from what it is sent; of other domains it
//! knows what their tickets say and what a trust lets count of it.
//!
//! - `account`: the checks of a sign-in, each with its verdict
//! - `authentication`: the AS exchange, a ticket-granting ticket for a proof of the password
//! - `granting`: the TGS exchange, a service ticket or a referral for a ticket-granting ticket
//! - `border`: what comes over a trust, and what is let count of it
//! - `on_behalf`: S4U2Self, a ticket that says who someone is, for a service that asks for itself
//! - `ldap`, `entry`: the directory as its readers see it

mod account;
mod authentication;
mod border;
mod entry;
mod granting;
mod ldap;
mod on_behalf;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::Future;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::directory_service::PartitionStore;
use super::judge::{Judge, Refused};
use super::stimulus;
use crate::directory::{DirectoryChange, Domain, GlobalCatalog, KerberosCode, Partition, SignInRefusal};
use crate::protocol::kerberos::{KerberosReply, KerberosRequest, KrbError};
use crate::rule::{Rule, RuleId};
use crate::sim::{Channel, Host, Role};
use crate::time::Span;
use crate::trace::{Fact, Happening, LogEntry, StateChange};
use crate::trust::{DomainTrusts, TrustChange};

/// The name by which an administrator's acts find this role.
const ROLE: &str = "domain controller";

/// The port of Kerberos.
pub const KERBEROS_PORT: u16 = 88;
/// The port of LDAP.
pub const LDAP_PORT: u16 = 389;
/// The port of the global catalog. It answers as LDAP does, about the controller's own domain.
pub const GLOBAL_CATALOG_PORT: u16 = 3268;

/// By how much clocks may differ (MaxClockSkew).
const MAXIMUM_SKEW: Span = Span::minutes(5);
/// How long tickets are good.
const TICKET_LIFETIME: Span = Span::hours(10);

/// What an administrator does at a domain controller.
#[derive(Serialize, Deserialize)]
enum Administration {
    /// Changes an account or a group.
    Directory(DirectoryChange),
    /// Changes this domain's half of a trust.
    Trust(TrustChange),
}

/// A change of the directory, as a stimulus for the domain controller's host.
pub fn directory_stimulus(change: &DirectoryChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Directory(change.clone()))
}

/// A change of a trust, as a stimulus for the domain controller's host.
pub fn trust_stimulus(change: &TrustChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Trust(change.clone()))
}

/// A domain controller.
pub struct DomainController {
    domain: RefCell<Domain>,
    trusts: RefCell<DomainTrusts>,
    catalog: GlobalCatalog,
    configuration: Option<Rc<PartitionStore>>,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl DomainController {
    /// A domain controller of this domain, in a run that does without the suspended rules. It is told
    /// what the domain knows of trusts, and what the global catalog knows of its forest.
    pub fn new(
        domain: Domain,
        catalog: GlobalCatalog,
        trusts: DomainTrusts,
        suspended: &Rc<BTreeSet<RuleId>>,
    ) -> Self {
        let suspended = suspended.clone();
        let (domain, trusts) = (RefCell::new(domain), RefCell::new(trusts));
        Self { domain, trusts, catalog, configuration: None, suspended }
    }

    /// The same controller, which also serves the Configuration partition of its forest.
    #[must_use]
    pub fn with_configuration(self, partition: Partition) -> Self {
        let configuration = Some(Rc::new(PartitionStore::new("Configuration", partition)));
        Self { configuration, ..self }
    }

    fn administer(&self, host: &Host, administration: &Administration) {
        let outcome = match administration {
            Administration::Directory(change) => change
                .apply(&mut self.domain.borrow_mut(), host.now())
                .map(|(item, value)| ("account", item, value))
                .map_err(|why| why.to_string()),
            Administration::Trust(change) => change
                .apply(&mut self.trusts.borrow_mut())
                .map(|value| ("trust", change.partner.to_string(), value))
                .map_err(|why| why.to_string()),
        };
        host.record_with(|| match outcome {
            Ok((store, item, value)) => {
                Happening::State(StateChange { store: store.into(), item, value: Some(value) })
            }
            Err(why) => Happening::Log(LogEntry { log: "Directory Service".into(), id: None, text: why }),
        });
    }
}

impl Role for DomainController {
    fn boot(self: Rc<Self>, host: Host) {
        let kdc = self.clone();
        serve(&host, KERBEROS_PORT, move |host, channel| kdc.clone().serve_kerberos(host, channel));
        for port in [LDAP_PORT, GLOBAL_CATALOG_PORT] {
            let directory = self.clone();
            serve(&host, port, move |host, channel| directory.clone().serve_ldap(host, channel));
        }
    }

    fn stimulate(self: Rc<Self>, host: Host, bytes: Vec<u8>) {
        if let Some(administration) = stimulus::decode::<Administration>(ROLE, &bytes) {
            self.administer(&host, &administration);
        }
    }
}

/// Holds a conversation with each who connects to this port.
fn serve<Conversation>(host: &Host, port: u16, conversation: impl Fn(Host, Channel) -> Conversation + 'static)
where
    Conversation: Future<Output = ()> + 'static,
{
    let mut listener = host.listen(port);
    let host = host.clone();
    host.clone().spawn(async move {
        loop {
            let channel = listener.accept().await;
            host.spawn(conversation(host.clone(), channel));
        }
    });
}

impl DomainController {
    async fn serve_kerberos(self: Rc<Self>, host: Host, mut channel: Channel) {
        let session = Session { judge: Judge::new(&host, &self.suspended), controller: &self };
        while let Ok(request) = channel.receive::<KerberosRequest>().await {
            let answer = match &request {
                KerberosRequest::As(request) => session.authenticate(request).map(KerberosReply::As),
                KerberosRequest::Tgs(request) => session.grant(request).map(KerberosReply::Tgs),
            };
            if channel.send(&answer.unwrap_or_else(KerberosReply::Error)).await.is_err() {
                return;
            }
        }
    }
}

/// A refused sign-in as Kerberos says it.
fn as_error(refusal: SignInRefusal) -> KrbError {
    let status = Some(refusal.status);
    KrbError { status, ..KrbError::new(refusal.kerberos, refusal.reason) }
}

/// A domain controller at work on its host.
struct Session<'a> {
    controller: &'a DomainController,
    judge: Judge,
}

impl Session<'_> {
    fn host(&self) -> &Host {
        self.judge.host()
    }

    fn domain(&self) -> std::cell::Ref<'_, Domain> {
        self.controller.domain.borrow()
    }

    /// Requires a rule, and answers with this code where it does not hold.
    fn require(
        &self,
        rule: &'static Rule,
        code: KerberosCode,
        who: &str,
        on: &str,
        holds: bool,
        facts: Vec<Fact>,
    ) -> Result<(), KrbError> {
        let answer = |refused: Refused| KrbError::new(code, refused.to_string());
        self.judge.require(rule, who.to_owned(), on.to_owned(), holds, facts).map_err(answer)
    }

    fn log(&self, id: Option<u32>, text: impl FnOnce() -> String) {
        let entry = || LogEntry { log: "Security".into(), id, text: text() };
        self.host().record_with(|| Happening::Log(entry()));
    }
}
