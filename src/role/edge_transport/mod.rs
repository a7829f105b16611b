//! An Edge Transport server, as far as Edge Subscriptions go ("Understanding Edge Subscription
//! Credentials").
//!
//! Its durable state is what stands in AD LDS (two partitions and the replication accounts) and the
//! private key of its Edge-Cert. It is joined to no domain and opens no connection inwards: it is
//! spoken to, and decides by its own clock.
//!
//! - [`request`]: what an administrator asks of it
//! - [`accounts`]: the replication accounts of AD LDS
//! - `ad_lds`: AD LDS as an LDAP server of its own, over TLS
//! - `subscription`: New-EdgeSubscription (P1 to P3) and Remove-EdgeSubscription
//! - `credential_service`: the Microsoft Exchange Credential Service (R7)
//! - `mail_flow`: the cmdlets that a subscription disables; `smtp`: mail that is offered here

pub mod accounts;
mod ad_lds;
mod credential_service;
mod mail_flow;
pub mod request;
mod smtp;
mod subscription;

pub use request::Request;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use futures::future::AbortHandle;

use super::directory_service::PartitionStore;
use super::judge::Judge;
use super::removable_media::RemovableMedia;
use crate::crypto::{CertificateRequest, Identity, PrivateKey, Usage, Validity, self_signed};
use crate::directory::Partition;
use crate::name::{DnsName, NetbiosName};
use crate::protocol::edge_sync::NamingContext;
use crate::rule::RuleId;
use crate::sim::{Host, Role};
use crate::time::Span;
use crate::trace::{Happening, LogEntry, StateChange};
use accounts::ReplicationAccounts;

/// What an edge is set up with.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// Its NetBIOS name, which becomes the name of its subscription.
    pub name: NetbiosName,
    /// Its name in DNS.
    pub fqdn: DnsName,
    /// The port of secure LDAP.
    pub port: u16,
    /// What it is licensed as.
    pub product_id: String,
    /// How long a self-signed certificate of it is valid.
    pub certificate_lifetime: Span,
    /// Whether the bootstrap account stays good for its 1,440 minutes, or is retired once hubs have
    /// accounts of their own.
    pub keep_bootstrap: bool,
}

/// An Edge Transport server.
pub struct EdgeTransport {
    config: EdgeConfig,
    /// The Edge-Cert with its private key, in the local computer store.
    identity: RefCell<Option<Rc<Identity>>>,
    configuration: Rc<PartitionStore>,
    recipients: Rc<PartitionStore>,
    accounts: RefCell<ReplicationAccounts>,
    /// Whether a subscription has been made here, so that what is replicated is no longer local.
    subscribed: Cell<bool>,
    media: RemovableMedia,
    /// The port of secure LDAP by now.
    port: Cell<u16>,
    /// Ends the service of secure LDAP, for it to begin anew at another port.
    listening: RefCell<Option<AbortHandle>>,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl EdgeTransport {
    /// An edge that is not subscribed, with an empty AD LDS, in a run that does without the suspended
    /// rules. A person carries its subscription files away on these media.
    pub fn new(config: EdgeConfig, media: &RemovableMedia, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let partition = |context: NamingContext| {
            let partition = Partition::new(context.dn(), ad_lds::descriptor());
            Rc::new(PartitionStore::new("AD LDS", partition))
        };
        Self {
            port: Cell::new(config.port),
            listening: RefCell::default(),
            config,
            identity: RefCell::default(),
            configuration: partition(NamingContext::Configuration),
            recipients: partition(NamingContext::Recipients),
            accounts: RefCell::default(),
            subscribed: Cell::new(false),
            media: media.clone(),
            suspended: suspended.clone(),
        }
    }

    /// The Edge-Cert with its private key, where there is one.
    pub fn identity(&self) -> Option<Rc<Identity>> {
        self.identity.borrow().clone()
    }

    /// The replication accounts of AD LDS.
    pub fn accounts(&self) -> std::cell::Ref<'_, ReplicationAccounts> {
        self.accounts.borrow()
    }

    /// The partitions of AD LDS: configuration, then recipients.
    pub fn partitions(&self) -> [&Rc<PartitionStore>; 2] {
        [&self.configuration, &self.recipients]
    }

    /// Makes a self-signed certificate, for this key or for a new one, in place of the one before.
    fn make_certificate(&self, host: &Host, key: Option<PrivateKey>) -> Rc<Identity> {
        let key = key.unwrap_or_else(|| PrivateKey::generate(&mut host.random("Edge-Cert")));
        let public = key.public();
        let not_before = host.now().whole_second();
        let certificate = self_signed(
            &key,
            &CertificateRequest {
                subject: self.config.name.as_str(),
                key: &public,
                dns_names: std::slice::from_ref(&self.config.fqdn),
                email: None,
                usage: Usage::Server,
                validity: Validity { not_before, not_after: not_before + self.config.certificate_lifetime },
                crl_url: None,
            },
        );
        let certificate = certificate.expect("a host's name in DNS can stand in a certificate");
        let thumbprint = certificate.thumbprint().to_owned();
        let identity = Rc::new(Identity { key, chain: vec![certificate] });
        *self.identity.borrow_mut() = Some(identity.clone());
        self.note(host, "certificate", "Edge-Cert", Some(thumbprint));
        identity
    }

    fn judge(&self, host: &Host) -> Judge {
        Judge::new(host, &self.suspended)
    }

    /// Enters a change to what the edge keeps.
    fn note(&self, host: &Host, store: &'static str, item: impl Into<String>, value: Option<String>) {
        host.record_with(|| Happening::State(StateChange { store: store.into(), item: item.into(), value }));
    }
}

/// Writes a line into the edge's Application log.
fn log(host: &Host, id: Option<u32>, text: impl FnOnce() -> String) {
    host.record_with(|| Happening::Log(LogEntry { log: "Application".into(), id, text: text() }));
}

impl Role for EdgeTransport {
    fn boot(self: Rc<Self>, host: Host) {
        self.serve_ad_lds(&host);
        self.clone().serve_smtp(&host);
        self.run_credential_service(&host);
    }

    fn stimulate(self: Rc<Self>, host: Host, bytes: Vec<u8>) {
        if let Some(request) = Request::of_stimulus(&bytes) {
            self.obey(&host, &request);
        }
    }
}
