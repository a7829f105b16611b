//! A domain controller: keeps a domain, signs people in over Kerberos, and answers questions about
//! accounts over LDAP.
//!
//! Its durable state is the domain, its own halves of the domain's trusts, what the global catalog
//! told it of its forest, and the forest's Configuration partition where it has one. It decides from
//! these and from what it is sent; of other domains it knows what their tickets say and what a trust
//! lets count of it. Of several controllers of a domain, the first is the PDC emulator, which changes the
//! passwords of trusts; the others are not told of the new ones.
//!
//! - `administration`: what is done at its console
//! - `account`: the checks of a sign-in, each with its verdict
//! - `authentication`: the AS exchange, a ticket-granting ticket for a proof of the password
//! - `granting`: the TGS exchange, a service ticket or a referral for a ticket-granting ticket
//! - `border`: what comes over a trust, and what is let count of it
//! - `netlogon`, `trust_password`: the two ends of the secure channel over which a trust's password is
//!   changed, and names are asked for
//! - `translation`: who has a name, and what the account with a SID is called, also in trusted domains
//! - `reach`: whom a right to impersonate lets somebody act for
//! - `on_behalf`: S4U2Self, a ticket that says who someone is, for a service that asks for itself
//! - [`recipients`]: the mail recipients of the forest
//! - `ldap`, `entry`, `naming`: the directory as its readers see it; `global_catalog`: the whole forest's

mod account;
mod administration;
mod authentication;
mod border;
mod entry;
mod global_catalog;
mod granting;
mod ldap;
mod naming;
mod netlogon;
mod on_behalf;
mod reach;
pub mod recipients;
mod translation;
mod trust_password;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::Future;
use std::rc::Rc;

use administration::Administration;
pub use administration::{
    back_up_stimulus, directory_stimulus, recipient_stimulus, refresh_stimulus, replica_stimulus,
    restore_stimulus, suffix_stimulus, trust_stimulus,
};
use netlogon::{ENDPOINT_MAPPER_PORT, NETLOGON_PORT};
use translation::LSA_PORT;

use super::directory_service::PartitionStore;
use super::judge::{Judge, Refused};
use super::stimulus;
use crate::directory::{Domain, GlobalCatalog, KerberosCode, Partition, SignInRefusal};
use crate::protocol::kerberos::{KerberosReply, KerberosRequest, KrbError, MAXIMUM_SKEW};
use crate::rule::{Rule, RuleId};
use crate::sim::{Channel, Host, Role};
use crate::time::Span;
use crate::trace::{Fact, Happening, LogEntry};
use crate::trust::DomainTrusts;

pub use administration::{
    ConfigurationChange, PermissionChange, configuration_stimulus, permission_stimulus,
};

/// The name by which an administrator's acts find this role.
const ROLE: &str = "domain controller";

/// The port of Kerberos.
pub const KERBEROS_PORT: u16 = 88;
/// The port of LDAP.
pub const LDAP_PORT: u16 = 389;
/// The port of the global catalog. It answers as LDAP does, about every domain of the forest.
pub const GLOBAL_CATALOG_PORT: u16 = 3268;

/// How long tickets are good.
const TICKET_LIFETIME: Span = Span::hours(10);

/// A domain controller.
pub struct DomainController {
    domain: RefCell<Domain>,
    trusts: RefCell<DomainTrusts>,
    catalog: GlobalCatalog,
    /// The other domains of the forest, as the global catalog has them.
    replicas: RefCell<Vec<Domain>>,
    configuration: Option<Rc<PartitionStore>>,
    recipients: Option<Rc<PartitionStore>>,
    suspended: Rc<BTreeSet<RuleId>>,
    /// Whether it is the one that changes the passwords of trusts (the PDC emulator).
    primary: bool,
    /// What was last copied from its disk.
    backup: RefCell<Option<(Domain, DomainTrusts)>>,
    /// Which care for the trusts' passwords is the present one.
    term: Cell<u64>,
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
        Self {
            domain: RefCell::new(domain),
            trusts: RefCell::new(trusts),
            catalog,
            replicas: RefCell::default(),
            configuration: None,
            recipients: None,
            suspended,
            primary: true,
            backup: RefCell::default(),
            term: Cell::default(),
        }
    }

    /// The same controller, whose global catalog has these other domains of its forest.
    #[must_use]
    pub fn with_replicas(self, domains: Vec<Domain>) -> Self {
        Self { replicas: RefCell::new(domains), ..self }
    }

    /// The same controller, which also serves the Configuration partition of its forest.
    #[must_use]
    pub fn with_configuration(self, partition: Partition) -> Self {
        let configuration = Some(Rc::new(PartitionStore::new("Configuration", partition)));
        Self { configuration, ..self }
    }

    /// The same controller, which also serves the recipients of its forest.
    #[must_use]
    pub fn with_recipients(self, partition: Partition) -> Self {
        let recipients = Some(Rc::new(PartitionStore::new("Recipients", partition)));
        Self { recipients, ..self }
    }

    /// What it serves besides its domain: the Configuration partition of its forest, and the recipients.
    pub fn partitions(&self) -> impl Iterator<Item = &Rc<PartitionStore>> {
        self.configuration.iter().chain(&self.recipients)
    }

    /// The same as a further controller of its domain, which leaves the passwords of trusts alone.
    pub fn secondary(self) -> Self {
        Self { primary: false, ..self }
    }
}

impl Role for DomainController {
    fn boot(self: Rc<Self>, host: Host) {
        let kdc = self.clone();
        serve(&host, KERBEROS_PORT, move |host, channel| kdc.clone().serve_kerberos(host, channel));
        let directory = self.clone();
        serve(&host, LDAP_PORT, move |host, channel| directory.clone().serve_ldap(host, channel));
        let catalog = self.clone();
        serve(&host, GLOBAL_CATALOG_PORT, move |host, channel| {
            catalog.clone().serve_global_catalog(host, channel)
        });
        let mapper = self.clone();
        serve(&host, ENDPOINT_MAPPER_PORT, move |host, channel| {
            mapper.clone().serve_endpoint_mapper(host, channel)
        });
        let trusting = self.clone();
        serve(&host, NETLOGON_PORT, move |host, channel| trusting.clone().serve_netlogon(host, channel));
        let translator = self.clone();
        serve(&host, LSA_PORT, move |host, channel| translator.clone().serve_translation(host, channel));
        self.look_after_trusts(&host, false);
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
