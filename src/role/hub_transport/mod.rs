//! A Hub Transport server, as far as Edge Subscriptions go: it imports the file, provisions accounts,
//! and synchronizes edges ("Understanding Edge Subscription Credentials").
//!
//! Its durable state is the private key of its Hub-Cert. Everything else stands in Active Directory:
//! the subscriptions, the credentials, the lease on each edge; and in the AD LDS of each edge how far
//! that one has come. A hub that was down reads both and goes on.
//!
//! An idle pair costs nothing. The hub is notified of every change in Active Directory, and the lease
//! tells what each edge was given last. So at a time of the schedule at which an edge already has what
//! it should have, no connection is made, and the cookie, which such a connection would have renewed,
//! counts as renewed.
//!
//! - [`settings`]: the parameters, and their defaults
//! - [`timeline`]: when accounts begin, are renewed, and end
//! - [`lease`]: which hub synchronizes an edge; `lock`: how that is taken, kept and given back
//! - [`pending`]: how the bootstrap account reaches the other hubs
//! - [`view`]: what the hub knows of Active Directory; [`image`]: what of it an edge is to hold
//! - `import`: the import of a subscription file (I1)
//! - `provision`: what each hub does when it is notified (I2 to I6), and renewal
//! - `service`: the EdgeSync service: notifications, topology scan; `service_config`: whether it is
//!   configured for the site
//! - `plan`: what is to be done for each edge, and when in its schedule
//! - `session`, `push`: one synchronization (R1 to R8, and each that follows)
//! - `command`: what an administrator asks for; `mail_flow`: the Send connectors of a subscription, and
//!   the cmdlets of what is configured about mail; `test`: Test-EdgeSynchronization

mod command;
pub mod image;
mod import;
pub mod lease;
mod lock;
mod mail_flow;
pub mod pending;
mod plan;
mod provision;
mod push;
mod service;
mod service_config;
mod session;
pub mod settings;
mod test;
pub mod timeline;
pub mod view;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::Dialer;
use super::domain_member::{DomainMember, Membership};
use super::judge::Judge;
use super::stimulus;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::{CertificateRequest, Identity, PrivateKey, Usage, Validity, self_signed};
use crate::directory::DistinguishedName;
use crate::directory::exchange::Organization;
use crate::directory::mail_flow::{MailFlow, Verb};
use crate::name::{DnsName, NetbiosName};
use crate::protocol::edge_credential::EdgeSyncCredential;
use crate::rule::RuleId;
use crate::sim::{Host, Role};
use crate::trace::{Happening, LogEntry, StateChange};
use service::EdgeSync;
pub use settings::EdgeSyncSettings;

/// The name by which an administrator's acts find this role.
const ROLE: &str = "hub transport";

/// What an administrator does at a hub.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Request {
    /// New-EdgeSubscription: imports a file that removable media brought.
    Import {
        /// The file's name.
        file_name: String,
        /// Its content.
        bytes: Vec<u8>,
        /// The Active Directory site that the edge is subscribed to.
        site: String,
        /// Which Send connectors are made.
        connectors: Connectors,
    },
    /// Start-EdgeSynchronization.
    Start {
        /// The edge (-TargetServer); none for every edge of the site.
        edge: Option<NetbiosName>,
        /// Whether everything is sent anew (-ForceFullSync).
        full: bool,
        /// Whether the cookie goes ahead despite errors (-ForceUpdateCookie).
        force_update_cookie: bool,
    },
    /// Test-EdgeSynchronization.
    Test {
        /// The edge (-TargetServer); none for every edge of the site.
        edge: Option<NetbiosName>,
        /// What is tested.
        what: Tested,
    },
    /// Remove-EdgeSubscription.
    Remove {
        /// The edge.
        edge: NetbiosName,
    },
    /// A cmdlet of accepted domains, remote domains or Send connectors.
    Configure {
        /// What it does.
        verb: Verb,
        /// With what.
        object: MailFlow,
    },
    /// The service configuration object of the hub's site is made (New-EdgeSyncServiceConfig), or deleted.
    ServiceConfig {
        /// Whether it is there from then on.
        exists: bool,
    },
    /// The hub is moved to another Active Directory site.
    JoinSite {
        /// The site.
        site: String,
    },
    /// The hub is given another self-signed certificate.
    NewCertificate {
        /// Whether it is for the same key.
        same_key: bool,
    },
}

/// Which Send connectors an import makes, or adds its edge to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connectors {
    /// The one from the site to the Internet.
    pub internet: bool,
    /// The one from the edge to the hubs of the site.
    pub inbound: bool,
}

/// What Test-EdgeSynchronization looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tested {
    /// The cookies, which say how far the edge has come.
    Cookies {
        /// Whether that of the recipients is among them.
        recipients: bool,
    },
    /// Each object (-FullCompareMode).
    Objects {
        /// Whether recipients are among them.
        recipients: bool,
        /// How many differences are reported (-MaxReportSize).
        report: usize,
    },
    /// One recipient, by address (-VerifyRecipient).
    Recipient(String),
}

impl Request {
    /// The request as a stimulus for the hub's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

/// What a hub is set up with.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// Its name in DNS.
    pub fqdn: DnsName,
    /// Its NetBIOS name.
    pub name: NetbiosName,
    /// Its own object in Active Directory.
    pub object: DistinguishedName,
    /// The Active Directory site that it stands in at first.
    pub site: String,
    /// The organization that it belongs to.
    pub organization: Organization,
    /// The container of the forest's recipients.
    pub recipients: DistinguishedName,
    /// What it knows of the domain that it is joined to.
    pub membership: Membership,
    /// The root domain of its forest, whose directory it works with.
    pub root: DnsName,
    /// The parameters of the EdgeSync service.
    pub settings: EdgeSyncSettings,
}

/// A Hub Transport server.
pub struct HubTransport {
    config: HubConfig,
    /// The Hub-Cert with its private key, in the local computer store.
    identity: RefCell<Option<Identity>>,
    /// The service of this run of the host.
    service: RefCell<Option<Rc<EdgeSync>>>,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl HubTransport {
    /// A hub with these settings.
    pub fn new(config: HubConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let (identity, service) = (RefCell::default(), RefCell::default());
        Self { config, identity, service, suspended: suspended.clone() }
    }

    /// The Hub-Cert with its private key, where there is one.
    pub fn identity(&self) -> Option<Identity> {
        self.identity.borrow().clone()
    }

    /// The credentials on the objects of all servers, as far as this hub knows them, each with the name
    /// of the object.
    pub fn stored_credentials(&self) -> Vec<(NetbiosName, EdgeSyncCredential)> {
        let service = self.service.borrow();
        let servers = service.iter().flat_map(|service| service.view().servers());
        let of_server = |server: Rc<view::Server>| {
            let credentials = server.credentials.clone().into_iter();
            credentials.map(move |one| (server.name.clone(), one))
        };
        servers.flat_map(of_server).collect()
    }

    /// Makes a self-signed certificate, for the key at hand or for a new one.
    fn make_certificate(&self, host: &Host, key: Option<PrivateKey>) -> Identity {
        let now = host.now();
        let key = key.unwrap_or_else(|| PrivateKey::generate(&mut host.random("Hub-Cert")));
        let request = CertificateRequest {
            subject: self.config.fqdn.first_label(),
            key: &key.public(),
            dns_names: std::slice::from_ref(&self.config.fqdn),
            email: None,
            usage: Usage::Server,
            validity: Validity {
                not_before: now.whole_second(),
                not_after: now.whole_second() + self.config.settings.certificate_lifetime,
            },
            crl_url: None,
        };
        let certificate = self_signed(&key, &request).expect("the file's check has read the host's name");
        let identity = Identity { key, chain: vec![certificate] };
        let thumbprint = identity.chain[0].thumbprint().to_owned();
        host.record_with(|| {
            Happening::State(StateChange {
                store: "local computer store".into(),
                item: "Hub-Cert".to_owned(),
                value: Some(format!("certificate {thumbprint} with its private key")),
            })
        });
        *self.identity.borrow_mut() = Some(identity.clone());
        identity
    }
}

impl Role for HubTransport {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, Rc::new(TrustAnchors::new([])));
        let member = DomainMember::new(self.config.membership.clone(), &judge, &dialer);
        let directory = member.directory_of(self.config.root.clone());
        let service = Rc::new(EdgeSync::new(self.clone(), judge, dialer, directory));
        *self.service.borrow_mut() = Some(service.clone());
        host.spawn(service.run());
    }

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(request) = stimulus::decode::<Request>(ROLE, &stimulus) else { return };
        let Some(service) = self.service.borrow().clone() else { return };
        host.spawn(service.obey(request));
    }
}

/// Writes a line of the EdgeSync service into the hub's event log; only documented events have an id.
fn log(host: &Host, id: Option<u32>, text: impl FnOnce() -> String) {
    host.record_with(|| Happening::Log(LogEntry { log: "MSExchange EdgeSync".into(), id, text: text() }));
}
