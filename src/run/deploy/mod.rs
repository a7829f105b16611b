//! From a topology to a simulated world: hosts with their roles, a network, directories, keys.
//!
//! Everything is set up in the order of the file, and depends on nothing but the file and the seed.
//!
//! - [`availability`]: free and busy times between forests, and relays for them
//! - [`keys`]: authorities and certificates
//! - [`directory`]: forests, domains, accounts and groups
//! - [`trusts`]: the half-records of trusts
//! - [`network`]: zones, links, firewalls, names
//! - [`application`]: application servers and brokers
//! - `edge_transport`: Edge Transport servers
//! - `exchange`: the Configuration partition, with an Exchange organization
//! - `federation`, `web_server`: the AD FS roles
//! - [`impersonation`]: mailboxes and rights on them, and the roles that have to do with them
//! - `transport`: hubs and recipients

pub mod application;
pub mod availability;
pub mod directory;
mod edge_transport;
pub mod exchange;
pub mod federation;
pub mod impersonation;
pub mod keys;
pub mod network;
mod transport;
pub mod trusts;
mod web_server;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::options::RunOptions;
use crate::crypto::certificate::CertificateError;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::directory::{DirectoryError, PartitionError};
use crate::name::{DnsName, HostName, Upn};
use crate::role::browser::{Answers, Browser, BrowserConfig};
use crate::role::desktop::{Desktop, DesktopConfig};
use crate::role::distribution_point::{DistributionPoint, Publication};
use crate::role::domain_controller::DomainController;
use crate::role::intranet::Intranet;
use crate::role::ldap_tool::LdapTool;
use crate::role::logon_session::LogonSession;
use crate::role::mail_client::MailClient;
use crate::role::removable_media::RemovableMedia;
use crate::role::smtp_client::SmtpClient;
use crate::rule::RuleId;
use crate::scenario::{self, Credentials, Scenario, Topology};
use crate::sim::{DnsServer, HostConfig, NetworkError, Role, SimError, Simulation, SimulationConfig};
use crate::trust::TrustError;
use directory::Directories;
use keys::KeyRing;
pub use transport::TransportServers;
use trusts::Trusts;

/// Why a topology cannot be deployed. What a check of the file can find, it finds before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeployError {
    /// Something is named that is not there.
    #[error("there is no {what} `{name}`; `forestsim check` shows where it is named")]
    Missing {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A certificate cannot be issued.
    #[error("certificate `{name}`: {why}")]
    Certificate {
        /// Its name.
        name: String,
        /// Why not.
        why: CertificateError,
    },
    /// A directory refuses what is to be stored in it.
    #[error(transparent)]
    Directory(DirectoryError),
    /// A trust cannot be made so.
    #[error(transparent)]
    Trust(TrustError),
    /// The Configuration partition refuses what is to be stored in it.
    #[error(transparent)]
    Configuration(PartitionError),
    /// The network cannot be built so.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A host cannot be added.
    #[error(transparent)]
    Host(#[from] SimError),
    /// An address is none.
    #[error("{0}")]
    Address(String),
}

impl DeployError {
    fn missing(what: &'static str, name: &str) -> Self {
        Self::Missing { what, name: name.to_owned() }
    }
}

/// A deployed topology.
pub struct Deployed {
    /// The simulated world.
    pub simulation: Simulation,
    /// The browsers, by host.
    pub browsers: BTreeMap<HostName, Rc<Browser>>,
    /// The seed of every key.
    pub seed: u64,
    /// The domain controllers, by host.
    pub controllers: Vec<(HostName, Rc<DomainController>)>,
    /// The mail programs, by host.
    pub mail_clients: BTreeMap<HostName, Rc<MailClient>>,
    /// Keys and certificates.
    pub keys: KeyRing,
    /// The directories as they were deployed.
    pub directories: Directories,
    /// Removable media, empty at first.
    pub media: RemovableMedia,
    /// The transport servers.
    pub transport: TransportServers,
    /// The topology as canonical lines of text.
    pub topology: Vec<String>,
}

/// Deploys the topology of a scenario.
///
/// # Errors
/// Where something that is named is missing, or the world cannot be built so.
pub fn deploy(scenario: &Scenario, options: &RunOptions) -> Result<Deployed, DeployError> {
    let topology = &scenario.topology;
    let keys = KeyRing::new(topology, options.seed)?;
    let directories = Directories::new(topology, &keys, options.seed, scenario.start)?;
    let trusts = Trusts::new(topology, &directories, options.seed)?;
    let mut simulation = Simulation::new(SimulationConfig {
        seed: options.seed,
        start: scenario.start,
        network: network::network(topology)?,
        tracing: options.tracing,
    });
    let suspended = Rc::new(options.without.clone());
    let deployment = Deployment {
        topology,
        keys: &keys,
        directories: &directories,
        trusts: &trusts,
        suspended,
        seed: options.seed,
        media: RemovableMedia::default(),
        transport: RefCell::default(),
    };
    let media = deployment.media.clone();
    let mut programs = Programs::default();
    for (name, host) in &topology.hosts {
        let roles = deployment.roles(name, host, &mut programs)?;
        let config = HostConfig {
            name: name.clone(),
            zone: host.zone.value.as_str().into(),
            dns_server: host.asks.as_ref().map(|server| server.value.clone()),
            hosts_file: host
                .hosts_file
                .iter()
                .map(|(name, host)| (name.value.clone(), host.value.clone()))
                .collect(),
        };
        simulation.add_host(config, roles)?;
    }
    let transport = deployment.transport.take();
    let lines = topology.lines();
    let Programs { controllers, browsers, mail_clients } = programs;
    Ok(Deployed {
        simulation,
        controllers,
        browsers,
        mail_clients,
        seed: options.seed,
        keys,
        directories,
        media,
        transport,
        topology: lines,
    })
}

/// The programs of people, and the directories, that a run looks into.
#[derive(Default)]
struct Programs {
    controllers: Vec<(HostName, Rc<DomainController>)>,
    browsers: BTreeMap<HostName, Rc<Browser>>,
    mail_clients: BTreeMap<HostName, Rc<MailClient>>,
}

/// What the roles of a topology are made from.
struct Deployment<'a> {
    topology: &'a Topology,
    keys: &'a KeyRing,
    directories: &'a Directories,
    trusts: &'a Trusts,
    suspended: Rc<BTreeSet<RuleId>>,
    seed: u64,
    media: RemovableMedia,
    transport: RefCell<TransportServers>,
}

impl Deployment<'_> {
    /// The roles of one host: a new server role has one line here.
    fn roles(
        &self,
        name: &HostName,
        host: &scenario::Host,
        programs: &mut Programs,
    ) -> Result<Vec<Rc<dyn Role>>, DeployError> {
        let runs = &host.runs;
        let mut roles: Vec<Rc<dyn Role>> = Vec::new();
        if let Some(dns) = &runs.dns {
            roles.push(Rc::new(DnsServer::new(network::dns_zone(dns))));
        }
        if let Some(controller) = &runs.domain_controller {
            let controller = Rc::new(self.domain_controller(name, &controller.domain)?);
            programs.controllers.push((name.clone(), controller.clone()));
            roles.push(controller);
        }
        if let Some(point) = &runs.distribution_point {
            roles.push(Rc::new(self.distribution_point(point)?));
        }
        if let Some(service) = &runs.federation_service {
            roles.push(Rc::new(self.federation_service(name, host, service)?));
        }
        if let Some(proxy) = &runs.federation_service_proxy {
            roles.push(Rc::new(self.federation_service_proxy(host, proxy)?));
        }
        if let Some(server) = &runs.web_server {
            roles.push(Rc::new(self.web_server(name, host, server)?));
        }
        if let Some(edge) = &runs.edge_transport {
            let edge = Rc::new(self.edge_transport(name, edge));
            self.transport.borrow_mut().edges.push((name.clone(), edge.clone()));
            roles.push(edge);
        }
        if let Some(hub) = &runs.hub_transport {
            let hub = Rc::new(self.hub_transport(name, host, hub)?);
            self.transport.borrow_mut().hubs.push((name.clone(), hub.clone()));
            roles.push(hub);
        }
        if runs.smtp_client.is_some() {
            roles.push(Rc::new(SmtpClient::new(&self.suspended)));
        }
        if runs.ldap_tool.is_some() {
            roles.push(Rc::new(LdapTool::new(&self.suspended)));
        }
        if runs.mailbox_server.is_some() {
            roles.push(Rc::new(self.mailbox_server(name, host)?));
        }
        if let Some(server) = &runs.client_access_server {
            roles.push(Rc::new(self.client_access_server(name, host, server)?));
        }
        if let Some(relay) = &runs.calendar_relay {
            roles.push(Rc::new(self.calendar_relay(name, host, relay)?));
        }
        if let Some(balancer) = &runs.load_balancer {
            roles.push(Rc::new(self.load_balancer(host, balancer)?));
        }
        if let Some(server) = &runs.application_server {
            roles.push(Rc::new(self.application_server(name, host, server)?));
        }
        if let Some(client) = &runs.mail_client {
            let client = self.mail_client(host, client)?;
            programs.mail_clients.insert(name.clone(), client.clone());
            roles.push(client);
        }
        let session = runs.desktop.as_ref().map(|desktop| self.logon_session(&desktop.session));
        if let Some((desktop, session)) = runs.desktop.as_ref().zip(session.as_ref()) {
            let (_, password) = self.directories.credentials(&desktop.session);
            let config = DesktopConfig { session: session.clone(), password };
            roles.push(Rc::new(Desktop::new(config, &self.suspended)));
        }
        if let Some(browser) = &runs.browser {
            let browser = Rc::new(self.browser(host, browser, session)?);
            programs.browsers.insert(name.clone(), browser.clone());
            roles.push(browser);
        }
        Ok(roles)
    }

    /// The first controller of a domain is its PDC emulator.
    fn domain_controller(&self, host: &HostName, name: &DnsName) -> Result<DomainController, DeployError> {
        let domain = self.directories.domain(name)?.clone();
        let catalog = self.directories.catalog(&domain);
        let configuration = self.configuration(&domain)?;
        let siblings = self.directories.siblings(&domain);
        let recipients = self.recipients(&domain)?;
        let controller =
            DomainController::new(domain, catalog, self.trusts.of(name)?.clone(), &self.suspended)
                .with_replicas(siblings);
        let first = self.topology.controllers(name).next() == Some(host);
        let controller = if first { controller } else { controller.secondary() };
        let controller = match configuration {
            Some(partition) => controller.with_configuration(partition),
            None => controller,
        };
        Ok(match recipients {
            Some(partition) => controller.with_recipients(partition),
            None => controller,
        })
    }

    fn distribution_point(
        &self,
        written: &scenario::host::DistributionPoint,
    ) -> Result<DistributionPoint, DeployError> {
        let mut publications = Vec::new();
        for name in &written.authorities {
            let authority = self.topology.authorities.get(name.as_str());
            let authority = authority.ok_or_else(|| DeployError::missing("authority", name))?;
            if let Some(address) = &authority.revocation_list {
                publications.push(Publication {
                    authority: self.keys.authority(name)?.clone(),
                    address: federation::url(address)?,
                    lifetime: authority.list_lifetime(),
                });
            }
        }
        Ok(DistributionPoint::new(publications))
    }

    /// The session that the desktop and the browser of one machine share.
    fn logon_session(&self, written: &Credentials) -> Rc<LogonSession> {
        let (user, password) = self.directories.credentials(written);
        let realm = self.directories.home(&written.user.value);
        let user = Upn::new(user);
        let realm = realm.cloned().or_else(|| user.suffix()).unwrap_or_else(|| DnsName::new(user.as_str()));
        Rc::new(LogonSession::of_person(user, realm, password))
    }

    fn browser(
        &self,
        host: &scenario::Host,
        written: &scenario::Browser,
        session: Option<Rc<LogonSession>>,
    ) -> Result<Browser, DeployError> {
        let mut certificates = Vec::new();
        for name in &written.certificates {
            certificates.push(self.keys.identity(name)?);
        }
        let stolen: Result<_, _> = written.stolen_keys.iter().map(|name| self.keys.identity(name)).collect();
        let first = certificates.first().map(|identity| identity.chain[0].thumbprint().to_owned());
        let credentials =
            written.credentials.as_ref().map(|credentials| self.directories.credentials(credentials));
        let answers = Answers {
            credentials,
            discovers: written.discovers.as_ref().map(|title| title.value.clone()),
            certificate: first,
        };
        let roots: Rc<TrustAnchors> = self.keys.anchors(&host.trusts)?;
        let sites = written.local_intranet.iter().map(|site| site.value.clone()).collect();
        let config = BrowserConfig {
            answers,
            certificates,
            stolen: stolen?,
            roots,
            intranet: Intranet { session, sites },
        };
        Ok(Browser::new(config, &self.suspended))
    }
}

impl Deployed {
    /// The credentials that someone types: those written in the scenario, with the account's own
    /// password where none is written.
    pub fn typed(&self, written: &Option<Credentials>) -> Option<(String, Secret)> {
        Some(self.directories.credentials(written.as_ref()?))
    }
}
