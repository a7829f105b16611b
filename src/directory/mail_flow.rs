//! What an Exchange organization configures about the flow of mail, as objects of its Configuration
//! partition: accepted domains, remote domains and Send connectors.
//!
//! An Edge Transport server that is not subscribed keeps objects of its own in AD LDS, laid out alike;
//! one that is subscribed is given those of the organization (domain page B3 and B7). Names alone: who
//! may write them is for the roles and the deployment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::exchange::{ADMINISTRATIVE_GROUP, Organization};
use super::{AttributeValue, Attributes, DistinguishedName};
use crate::name::DnsName;

/// The routing group that Exchange 2007 and later put their connectors into.
const ROUTING_GROUP: &str = "Exchange Routing Group (DWBGZMFD01QNBJR)";
/// The organization that an Edge Transport server believes itself in before it is subscribed.
pub const FIRST_ORGANIZATION: &str = "First Organization";

/// The domain that an accepted domain stands for.
pub const ACCEPTED_DOMAIN_NAME: &str = "msExchAcceptedDomainName";
/// The class of accepted domains.
pub const ACCEPTED_DOMAIN_CLASS: &str = "msExchAcceptedDomain";
/// The class of Send connectors.
pub const SEND_CONNECTOR_CLASS: &str = "msExchRoutingSMTPConnector";
/// The servers that a Send connector sends from, by their distinguished names.
pub const SOURCE_SERVERS: &str = "msExchSourceBridgeheadServersDN";

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
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::AcceptedDomain(domain) => domain.as_str(),
            Self::RemoteDomain(domain) => domain,
            Self::SendConnector(connector) => &connector.name,
        }
    }

    /// Where its kind stands in an organization.
    fn container(&self, organization: &Organization) -> DistinguishedName {
        match self {
            Self::AcceptedDomain(_) => accepted_domains(organization),
            Self::RemoteDomain(_) => remote_domains(organization),
            Self::SendConnector(_) => connections(organization),
        }
    }

    /// Its name in the directory.
    pub fn dn(&self, organization: &Organization) -> DistinguishedName {
        self.container(organization).child("CN", self.name())
    }

    /// What stands on its object.
    pub fn attributes(&self) -> Attributes {
        match self {
            Self::AcceptedDomain(domain) => Attributes::new([
                ("objectClass", ACCEPTED_DOMAIN_CLASS),
                (ACCEPTED_DOMAIN_NAME, domain.as_str()),
            ]),
            Self::RemoteDomain(domain) => {
                Attributes::new([("objectClass", "msExchDomainContentConfig"), ("domainName", domain)])
            }
            Self::SendConnector(connector) => {
                let mut attributes = Attributes::new([("objectClass", SEND_CONNECTOR_CLASS)]);
                let texts = |texts: &[String]| texts.iter().map(|text| text.as_str().into()).collect();
                attributes.set("routingList", texts(&connector.address_spaces));
                let smart_host = connector.smart_host.as_deref().map(AttributeValue::from);
                attributes.set("msExchSmtpSmartHost", smart_host.into_iter().collect());
                let sources: Vec<AttributeValue> =
                    connector.sources.iter().map(|dn| dn.to_string().into()).collect();
                attributes.set(SOURCE_SERVERS, sources);
                attributes
            }
        }
    }
}

impl fmt::Display for MailFlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.noun(), self.name())
    }
}

/// The container of an organization's accepted domains.
pub fn accepted_domains(organization: &Organization) -> DistinguishedName {
    organization.container().child("CN", "Transport Settings").child("CN", "Accepted Domains")
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

/// All three containers.
pub fn containers(organization: &Organization) -> [DistinguishedName; 3] {
    [accepted_domains(organization), remote_domains(organization), connections(organization)]
}
