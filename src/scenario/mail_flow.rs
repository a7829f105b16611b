//! The flow of mail: what administrators configure about it, and mail that somebody offers at an edge.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use crate::name::{DnsName, HostName};

/// A cmdlet of what is configured about the flow of mail, on a hub or on an edge: one of `new`, `set` and
/// `remove`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigureMailFlow {
    /// The hub or edge on which the cmdlet is run.
    pub server: At<HostName>,
    /// What is made.
    pub new: Option<MailFlow>,
    /// What is changed, with all its settings as they are to be.
    pub set: Option<MailFlow>,
    /// What is deleted.
    pub remove: Option<MailFlow>,
}

/// Something that is configured about the flow of mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailFlow {
    /// A domain for whose addresses mail is taken.
    AcceptedDomain(At<DnsName>),
    /// A domain outside, with settings of its own; `*` for all.
    RemoteDomain(String),
    /// A way on which mail leaves.
    SendConnector(SendConnector),
    /// A label that senders put on messages; of the organization, so on a hub.
    MessageClassification(MessageClassification),
    /// What holds for all transport servers; of the organization, so on a hub, and only changed.
    TransportConfig(TransportConfig),
}

/// A message classification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageClassification {
    /// Its name.
    pub name: String,
    /// What senders see it as (-DisplayName); its name where nothing is said.
    pub display_name: Option<String>,
    /// What is said to them about it (-SenderDescription).
    #[serde(default)]
    pub sender_description: String,
}

/// What holds for all transport servers of an organization, as far as edges are given it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransportConfig {
    /// The addresses of servers whose word on where mail came from is taken (-InternalSMTPServers).
    #[serde(default)]
    pub internal_smtp_servers: Vec<String>,
    /// The domains from which mail is taken over mutual TLS only (-TLSReceiveDomainSecureList).
    #[serde(default)]
    pub tls_receive_domain_secure_list: Vec<String>,
    /// The domains to which mail is sent over mutual TLS only (-TLSSendDomainSecureList).
    #[serde(default)]
    pub tls_send_domain_secure_list: Vec<String>,
}

impl MailFlow {
    /// Whether an edge has none of its own.
    pub fn is_of_the_organization(&self) -> bool {
        matches!(self, MailFlow::MessageClassification(_) | MailFlow::TransportConfig(_))
    }
}

/// A Send connector.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendConnector {
    /// Its name.
    pub name: String,
    /// The address spaces that it serves, with their cost: `SMTP:*;100`.
    #[serde(default)]
    pub address_spaces: Vec<String>,
    /// Where it hands mail over; by DNS where nothing is said.
    pub smart_host: Option<String>,
}

/// Somebody offers mail at an edge, over SMTP, and sees for which of the addresses it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferMail {
    /// The machine with the SMTP client.
    pub client: At<HostName>,
    /// The edge, by its name in DNS.
    pub server: At<DnsName>,
    /// The sender's address.
    pub from: String,
    /// The recipients' addresses.
    pub to: Vec<String>,
}

impl fmt::Display for MailFlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AcceptedDomain(domain) => write!(formatter, "AcceptedDomain {domain}"),
            Self::RemoteDomain(domain) => write!(formatter, "RemoteDomain {domain}"),
            Self::SendConnector(connector) => write!(formatter, "SendConnector {}", connector.name),
            Self::MessageClassification(one) => write!(formatter, "MessageClassification {}", one.name),
            Self::TransportConfig(_) => formatter.write_str("TransportConfig"),
        }
    }
}

impl fmt::Display for ConfigureMailFlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "on {},", self.server)?;
        let verbs = [("New", &self.new), ("Set", &self.set), ("Remove", &self.remove)];
        for (verb, object) in verbs {
            if let Some(object) = object {
                write!(formatter, " {verb}-{object}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for OfferMail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, server, from, to } = self;
        write!(formatter, "{client} offers {server} mail from {from} to {}", to.join(", "))
    }
}
