//! Hosts and what runs on them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::availability::CalendarRelay;
use super::edge_sync::{EdgeTransport, HubTransport};
use super::federation::{FederationService, FederationServiceProxy, WebServer};
use super::impersonation::{ApplicationServer, ClientAccessServer, LoadBalancer, MailClient, MailboxServer};
use super::value::hidden;
use crate::crypto::secret::Secret;
use crate::name::{DnsName, HostName};

/// A machine on the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// The zone that it stands in.
    pub zone: At<String>,
    /// The host that it asks about names in DNS.
    pub asks: Option<At<HostName>>,
    /// The domain that it is joined to.
    pub joined: Option<At<DnsName>>,
    /// Names that its own hosts file answers, before DNS is asked.
    #[serde(default)]
    pub hosts_file: Entries<DnsName, At<HostName>>,
    /// What is in its store of trusted roots: authorities, and certificates that no authority issued.
    #[serde(default)]
    pub trusts: Vec<At<String>>,
    /// What runs on it.
    #[serde(default)]
    pub runs: Services,
}

/// What can run on a host, each at most once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// A domain controller.
    pub domain_controller: Option<At<DomainController>>,
    /// A DNS server.
    pub dns: Option<At<Dns>>,
    /// A Federation Service.
    pub federation_service: Option<At<FederationService>>,
    /// A Federation Service Proxy.
    pub federation_service_proxy: Option<At<FederationServiceProxy>>,
    /// A web server with the AD FS Web Agent.
    pub web_server: Option<At<WebServer>>,
    /// A web server that gives away revocation lists over HTTP on port 80.
    pub distribution_point: Option<At<DistributionPoint>>,
    /// A Hub Transport server of an Exchange organization.
    pub hub_transport: Option<At<HubTransport>>,
    /// An Edge Transport server.
    pub edge_transport: Option<At<EdgeTransport>>,
    /// An LDAP tool, with which someone looks into directories.
    pub ldap_tool: Option<At<LdapTool>>,
    /// An SMTP client, with which someone offers mail to mail servers.
    pub smtp_client: Option<At<SmtpClient>>,
    /// A mailbox server of Exchange.
    pub mailbox_server: Option<At<MailboxServer>>,
    /// A Client Access server of Exchange.
    pub client_access_server: Option<At<ClientAccessServer>>,
    /// A relay for questions for free and busy times.
    pub calendar_relay: Option<At<CalendarRelay>>,
    /// A load balancer before several web servers.
    pub load_balancer: Option<At<LoadBalancer>>,
    /// An application server that asks Exchange on behalf of its clients.
    pub application_server: Option<At<ApplicationServer>>,
    /// A person's mail program.
    pub mail_client: Option<At<MailClient>>,
    /// A person's session on a desktop of a domain.
    pub desktop: Option<At<Desktop>>,
    /// A person's web browser.
    pub browser: Option<At<Browser>>,
}

/// A domain controller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainController {
    /// Its domain.
    pub domain: At<DnsName>,
}

/// A DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// What it answers itself.
    #[serde(default)]
    pub records: Entries<DnsName, At<DnsRecord>>,
    /// Whom it asks about names in or below a domain.
    #[serde(default)]
    pub forward: Entries<DnsName, At<HostName>>,
}

/// A record in DNS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DnsRecord {
    /// The name leads to a host.
    A(At<HostName>),
    /// The name is another name for this one.
    Cname(At<DnsName>),
}

/// A web server that gives away revocation lists.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistributionPoint {
    /// The authorities whose revocation lists it serves.
    pub authorities: Vec<At<String>>,
}

/// An LDAP tool, with which someone looks into directories. It asks no server for a certificate that
/// it would trust.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapTool {}

/// An SMTP client, with which someone offers mail to mail servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpClient {}

/// A person's session on a desktop of a domain: logged on to Windows when the machine starts. A browser
/// on the same machine uses it for integrated authentication.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Desktop {
    /// Who is signed in.
    pub session: Credentials,
}

/// A person's web browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// Who sits there, in words.
    pub person: String,
    /// What the person types into a logon form.
    pub credentials: Option<Credentials>,
    /// The person's certificates on this machine; the first that a server accepts is presented.
    #[serde(default)]
    pub certificates: Vec<At<String>>,
    /// Certificates of others whose private keys the person has got hold of, for `forge` and `ask_as_proxy`.
    #[serde(default)]
    pub stolen_keys: Vec<At<String>>,
    /// The names of the sites in its Local intranet zone, which it shows tickets of the desktop's session
    /// where they ask for integrated authentication: fs.adventure-works.example.
    #[serde(default)]
    pub local_intranet: Vec<At<DnsName>>,
    /// What the person chooses on a page that asks where they come from: the partner's title.
    pub discovers: Option<At<String>>,
}

/// A user name and a password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user name as it is typed: sally@corp.adventure-works.example or CORP\sally.
    pub user: At<String>,
    /// The password; the right one where nothing is said.
    #[serde(serialize_with = "hidden")]
    pub password: Option<Secret>,
}
