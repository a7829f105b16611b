//! What an Exchange organization configures about the flow of mail, as objects of its Configuration
//! partition: accepted domains, remote domains, Send connectors, message classifications, and what holds
//! for all transport servers.
//!
//! An Edge Transport server that is not subscribed keeps objects of its own in AD LDS, laid out alike;
//! one that is subscribed is given those of the organization (domain page B3 and B7). Names alone: who
//! may write them is for the roles and the deployment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::exchange::{ADMINISTRATIVE_GROUP, Organization};
use super::{AttributeValue, Attributes, DistinguishedName, Modification};
use crate::name::DnsName;

/// The routing group that Exchange 2007 and later put their connectors into.
const ROUTING_GROUP: &str = "Exchange Routing Group (DWBGZMFD01QNBJR)";
/// The organization that an Edge Transport server believes itself in before it is subscribed.
pub const FIRST_ORGANIZATION: &str = "First Organization";

/// The domain that an accepted domain stands for.
pub const ACCEPTED_DOMAIN_NAME: &str = "msExchAcceptedDomainName";
/// The class of remote domains.
const REMOTE_DOMAIN_CLASS: &str = "msExchDomainContentConfig";
/// The class of message classifications.
const MESSAGE_CLASSIFICATION_CLASS: &str = "msExchMessageClassification";
/// The class of accepted domains.
pub const ACCEPTED_DOMAIN_CLASS: &str = "msExchAcceptedDomain";
/// The class of Send connectors.
pub const SEND_CONNECTOR_CLASS: &str = "msExchRoutingSMTPConnector";
/// The servers that a Send connector sends from, by their distinguished names.
pub const SOURCE_SERVERS: &str = "msExchSourceBridgeheadServersDN";
/// Where a Send connector hands mail over.
const SMART_HOST: &str = "msExchSmtpSmartHost";
/// The address spaces of a Send connector.
const ADDRESS_SPACES: &str = "routingList";
/// The class of the container that holds for all transport servers.
const TRANSPORT_SETTINGS_CLASS: &str = "msExchTransportSettings";
/// The lists of a [`TransportConfig`]; their names are inferred.
const TRANSPORT_LISTS: [&str; 3] =
    ["msExchInternalSMTPServers", "msExchTlsReceiveDomainSecureList", "msExchTlsSendDomainSecureList"];

/// Something that is configured about the flow of mail.
///
/// ```
/// use forestsim::directory::exchange::Organization;
/// use forestsim::directory::mail_flow::MailFlow;
/// let contoso = Organization::new("Contoso", &"contoso.example".into());
/// let accepted = MailFlow::AcceptedDomain("fabrikam.example".into());
/// assert!(accepted.dn(&contoso).to_string().starts_with(
///     "CN=fabrikam.example,CN=Accepted Domains,CN=Transport Settings,CN=Contoso,"
/// ));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailFlow {
    /// A domain for whose addresses the organization takes mail.
    AcceptedDomain(DnsName),
    /// A domain outside, with settings of its own for mail that goes there; `*` for all.
    RemoteDomain(String),
    /// A way on which mail leaves.
    SendConnector(SendConnector),
    /// A label that senders put on messages.
    MessageClassification(MessageClassification),
    /// What holds for all transport servers; there is one, which is only changed.
    TransportConfig(TransportConfig),
}

/// A message classification. The names of its attributes are inferred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageClassification {
    /// Its name.
    pub name: String,
    /// What senders see it as.
    pub display_name: String,
    /// What is said to them about it.
    pub sender_description: String,
}

/// What holds for all transport servers of an organization, as far as edges are given it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TransportConfig {
    /// The addresses of servers whose word on where mail came from is taken.
    pub internal_smtp_servers: Vec<String>,
    /// The domains from which mail is taken over mutual TLS only.
    pub tls_receive_domain_secure_list: Vec<String>,
    /// The domains to which mail is sent over mutual TLS only.
    pub tls_send_domain_secure_list: Vec<String>,
}

/// A Send connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendConnector {
    /// Its name.
    pub name: String,
    /// The address spaces that it serves, with their cost: `SMTP:*;100`.
    pub address_spaces: Vec<String>,
    /// Where it hands mail over; by DNS where there is none. `--` stands for all hubs of the site.
    pub smart_host: Option<String>,
    /// The servers that it sends from.
    pub sources: Vec<DistinguishedName>,
}

/// What a cmdlet does with such an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// It is made.
    New,
    /// It is changed.
    Set,
    /// It is deleted.
    Remove,
}

impl fmt::Display for Verb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::New => "New",
            Self::Set => "Set",
            Self::Remove => "Remove",
        })
    }
}

impl SendConnector {
    /// `EdgeSync - Inbound to Redmond`: from an edge to the hubs of its site.
    pub fn inbound(site: &str, edge: &DistinguishedName) -> Self {
        Self {
            name: format!("EdgeSync - Inbound to {site}"),
            address_spaces: vec!["SMTP:--;1".to_owned()],
            smart_host: Some("--".to_owned()),
            sources: vec![edge.clone()],
        }
    }

    /// `EdgeSync - Redmond to Internet`: from the edges of a site to everywhere, by DNS.
    pub fn to_internet(site: &str, edge: &DistinguishedName) -> Self {
        Self {
            name: format!("EdgeSync - {site} to Internet"),
            address_spaces: vec!["SMTP:*;100".to_owned()],
            smart_host: None,
            sources: vec![edge.clone()],
        }
    }
}

impl MailFlow {
    /// What the cmdlets call it: `AcceptedDomain`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::AcceptedDomain(_) => "AcceptedDomain",
            Self::RemoteDomain(_) => "RemoteDomain",
            Self::SendConnector(_) => "SendConnector",
            Self::MessageClassification(_) => "MessageClassification",
            Self::TransportConfig(_) => "TransportConfig",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::AcceptedDomain(domain) => domain.as_str(),
            Self::RemoteDomain(domain) => domain,
            Self::SendConnector(connector) => &connector.name,
            Self::MessageClassification(classification) => &classification.name,
            Self::TransportConfig(_) => "",
        }
    }

    /// Its name in the directory.
    pub fn dn(&self, organization: &Organization) -> DistinguishedName {
        let container = match self {
            Self::AcceptedDomain(_) => accepted_domains(organization),
            Self::RemoteDomain(_) => remote_domains(organization),
            Self::SendConnector(_) => connections(organization),
            Self::MessageClassification(_) => message_classifications(organization),
            Self::TransportConfig(_) => return transport_settings(organization),
        };
        container.child("CN", self.name())
    }

    /// The changes that make its object what it says. The servers that a Send connector sends from stay.
    pub fn replacements(&self) -> Vec<Modification> {
        let mut attributes = self.attributes();
        attributes.set(SOURCE_SERVERS, Vec::new());
        attributes.replacements(optional_attributes(self.class()))
    }

    fn class(&self) -> &'static str {
        match self {
            Self::AcceptedDomain(_) => ACCEPTED_DOMAIN_CLASS,
            Self::RemoteDomain(_) => REMOTE_DOMAIN_CLASS,
            Self::SendConnector(_) => SEND_CONNECTOR_CLASS,
            Self::MessageClassification(_) => MESSAGE_CLASSIFICATION_CLASS,
            Self::TransportConfig(_) => TRANSPORT_SETTINGS_CLASS,
        }
    }

    /// What stands on its object.
    pub fn attributes(&self) -> Attributes {
        let mut attributes = Attributes::new([("objectClass", self.class())]);
        let mut set = |name: &str, texts: &[&str]| {
            attributes.set(name, texts.iter().map(|text| AttributeValue::from(*text)).collect());
        };
        match self {
            Self::AcceptedDomain(domain) => set(ACCEPTED_DOMAIN_NAME, &[domain.as_str()]),
            Self::RemoteDomain(domain) => set("domainName", &[domain]),
            Self::SendConnector(connector) => {
                set(ADDRESS_SPACES, &texts(&connector.address_spaces));
                set(SMART_HOST, connector.smart_host.as_deref().as_slice());
                set(
                    SOURCE_SERVERS,
                    &connector.sources.iter().map(DistinguishedName::as_str).collect::<Vec<_>>(),
                );
            }
            Self::MessageClassification(classification) => {
                set("displayName", &[&classification.display_name]);
                set("msExchMessageClassificationBanner", &[&classification.sender_description]);
            }
            Self::TransportConfig(config) => {
                let lists = [
                    &config.internal_smtp_servers,
                    &config.tls_receive_domain_secure_list,
                    &config.tls_send_domain_secure_list,
                ];
                TRANSPORT_LISTS.iter().zip(lists).for_each(|(name, list)| set(name, &texts(list)));
            }
        }
        attributes
    }
}

impl fmt::Display for MailFlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.noun(), self.name())
    }
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// The attributes that an object of this class may have and need not.
pub fn optional_attributes(class: &str) -> &'static [&'static str] {
    match class {
        SEND_CONNECTOR_CLASS => &[ADDRESS_SPACES, SMART_HOST],
        TRANSPORT_SETTINGS_CLASS => &TRANSPORT_LISTS,
        _ => &[],
    }
}

/// The container of what holds for all transport servers of an organization.
pub fn transport_settings(organization: &Organization) -> DistinguishedName {
    organization.container().child("CN", "Transport Settings")
}

/// The container of an organization's message classifications.
pub fn message_classifications(organization: &Organization) -> DistinguishedName {
    transport_settings(organization).child("CN", "Message Classifications")
}

/// The container of an organization's accepted domains.
pub fn accepted_domains(organization: &Organization) -> DistinguishedName {
    transport_settings(organization).child("CN", "Accepted Domains")
}

/// The container of an organization's remote domains.
pub fn remote_domains(organization: &Organization) -> DistinguishedName {
    organization.container().child("CN", "Global Settings").child("CN", "Internet Message Formats")
}

/// The container of an organization's Send connectors.
pub fn connections(organization: &Organization) -> DistinguishedName {
    let groups = organization.container().child("CN", "Administrative Groups");
    let routing = groups.child("CN", ADMINISTRATIVE_GROUP).child("CN", "Routing Groups");
    routing.child("CN", ROUTING_GROUP).child("CN", "Connections")
}

/// All the containers, each before those in it.
pub fn containers(organization: &Organization) -> [DistinguishedName; 5] {
    [
        transport_settings(organization),
        accepted_domains(organization),
        message_classifications(organization),
        remote_domains(organization),
        connections(organization),
    ]
}
