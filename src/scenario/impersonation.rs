//! Server-to-server authorization: mailbox databases, mailboxes and rights on them, and the servers and
//! programs that have to do with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::host::Credentials;
use super::value::{Principal, WebAddress};
use crate::name::{DnsName, HostName};

/// A mailbox database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The host that runs the mailbox server with it.
    pub server: At<HostName>,
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The database that it is in.
    pub database: At<String>,
    /// The account of another forest that it belongs to, for a linked mailbox.
    pub linked_to: Option<At<Principal>>,
}

/// A contact that stands for an account of another forest, which has no mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedContact {
    /// The account, whose SID the contact has as its msExchMasterAccountSid.
    pub linked_to: At<Principal>,
}

/// A right that an administrator has granted: Add-ADPermission -Identity ON -User TO -ExtendedRights RIGHT.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// To whom: CORP\svc-portal.
    pub to: At<Principal>,
    /// Which right.
    pub right: ExchangeRight,
    /// On what: a server, by its host; a mailbox database, by its name; an account, as CORP\sally; or
    /// `organization`, from which every server and database inherits it.
    pub on: At<String>,
}

/// A right on objects of Exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ExchangeRight {
    /// To impersonate through a Client Access server.
    #[serde(rename = "ms-Exch-EPI-Impersonation")]
    EpiImpersonation,
    /// To impersonate an account, or those whose mailboxes are in a database.
    #[serde(rename = "ms-Exch-EPI-May-Impersonate")]
    EpiMayImpersonate,
    /// To hand in another account's token.
    #[serde(rename = "ms-Exch-EPI-Token-Serialization")]
    EpiTokenSerialization,
}

impl std::fmt::Display for ExchangeRight {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::EpiImpersonation => "ms-Exch-EPI-Impersonation",
            Self::EpiMayImpersonate => "ms-Exch-EPI-May-Impersonate",
            Self::EpiTokenSerialization => "ms-Exch-EPI-Token-Serialization",
        })
    }
}

impl Identifier {
    /// What it is called in the header.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrincipalName => "PrincipalName",
            Self::Sid => "SID",
            Self::PrimarySmtpAddress => "PrimarySmtpAddress",
        }
    }
}

/// Where impersonation is denied to administrators' groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdministratorsDenied {
    /// On each Client Access server, explicitly.
    #[default]
    OnEachServer,
    /// On the organization, from which the servers inherit it.
    ByOrganization,
}

/// A mailbox server. Its databases name it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxServer {}

/// A Client Access server, with Exchange Web Services at /EWS/Exchange.asmx.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientAccessServer {
    /// Its certificate in TLS.
    pub certificate: At<String>,
    /// Whether it takes the first of several names of a client; it refuses them where nothing is said.
    #[serde(default)]
    pub lenient: bool,
}

/// A load balancer: each request goes to the next server in turn. One that cannot be reached is passed
/// over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Its certificate in TLS.
    pub certificate: At<String>,
    /// The servers behind it, in the order of their turns.
    pub members: Vec<At<DnsName>>,
    /// Whether a client stays with the server that has served it; it does not where nothing is said.
    #[serde(default)]
    pub keeps_clients: bool,
}

/// An application server, which asks Exchange on behalf of the clients that authenticate with it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationServer {
    /// Its certificate in TLS.
    pub certificate: At<String>,
    /// Its service account.
    pub service_account: Credentials,
    /// How it proves to Exchange that it has that account; by Negotiate where nothing is said.
    #[serde(default)]
    pub authenticates_by: Authentication,
    /// Where Exchange Web Services are.
    pub exchange: At<WebAddress>,
    /// How it names its clients to Exchange; by principal name where nothing is said.
    #[serde(default)]
    pub names_clients: Naming,
    /// The talks that it is a broker for, by name. A broker changes these and does nothing else; an
    /// application without any passes on whatever its clients ask.
    #[serde(default)]
    pub talks: Entries<String, Talk>,
}

/// A talk of a conference: an item in its speaker's calendar that others arrange, through a broker.
/// Which item it is is entered by a step (`change: { talk: … }`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// Who gives it: an account with an e-mail address.
    pub speaker: At<Principal>,
    /// The accounts and groups that arrange it.
    pub arranged_by: Vec<At<Principal>>,
    /// The properties of the item that they may change.
    pub fields: Vec<TalkField>,
}

/// A property of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TalkField {
    /// What it is about.
    Subject,
    /// Its text.
    Body,
    /// Where it takes place.
    Location,
    /// When it begins.
    Start,
    /// When it ends.
    End,
}

/// How an application names its clients to Exchange.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// By these; one, if it is as it should be.
    By(Vec<Identifier>),
    /// Not at all: it leaves the header out.
    Forgotten,
    /// As the client's own request says.
    AsTheClientSays,
    /// Not them, but the speaker of the talk that is to be changed; for brokers.
    AsTheTableSays,
}

impl Default for Naming {
    fn default() -> Self {
        Self::By(vec![Identifier::PrincipalName])
    }
}

/// By what an application names a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// The user principal name.
    PrincipalName,
    /// The security identifier.
    Sid,
    /// The primary e-mail address.
    PrimarySmtpAddress,
}

/// How someone proves who they are to a web server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// By a Kerberos ticket.
    #[default]
    Negotiate,
    /// By user name and password, inside TLS.
    Basic,
    /// By what a page asks for; programs of people only.
    Form,
}

/// A person's mail program, which speaks Exchange Web Services.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailClient {
    /// Who sits there.
    pub person: Credentials,
    /// How the program proves who that is; by Negotiate where nothing is said.
    #[serde(default)]
    pub authenticates_by: Authentication,
}
