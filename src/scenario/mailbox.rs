//! What people do in mailboxes, as a step of a scenario: one operation of Exchange Web Services.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::host::Credentials;
use super::impersonation::Authentication;
use super::value::{Instant, Principal, WebAddress};
use crate::mailbox::{Level, ReadAccess, Scope};
use crate::name::HostName;

/// Someone does something in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseMailbox {
    /// The host with the mail program.
    pub client: At<HostName>,
    /// The server: an application server, or a Client Access server's /EWS/Exchange.asmx.
    pub at: At<WebAddress>,
    /// As whom, this time; the program's person where nothing is said.
    pub credentials: Option<Credentials>,
    /// How that is proved, this time.
    pub authenticates_by: Option<Authentication>,
    /// The names in an ExchangeImpersonation header; `[]` writes the header with no name.
    pub acting_as: Option<Vec<At<ClientName>>>,
    /// The account whose token is handed in, as Exchange servers do for each other.
    pub token_of: Option<At<TokenOf>>,
    /// The host whose mail program has told this one the ids that it has seen.
    pub told_by: Option<At<HostName>>,
    /// What is done.
    #[serde(rename = "do")]
    pub task: At<Task>,
}

/// A name in an ExchangeImpersonation header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientName {
    /// A user principal name.
    PrincipalName(String),
    /// The SID of this account.
    SidOf(At<Principal>),
    /// A SID as it is written.
    Sid(String),
    /// A primary e-mail address.
    PrimarySmtpAddress(String),
}

/// Whose token is handed in, and by which header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenOf {
    /// By SerializedSecurityContext.
    Serialized(At<Principal>),
    /// By ProxySecurityContext.
    Proxy(At<Principal>),
}

/// What is done in a mailbox. Items go by their subjects, folders by their names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A folder is looked at.
    GetFolder(Place),
    /// The folders that may be seen are listed.
    FindFolder(MailboxOf),
    /// The items of a folder are listed.
    FindItem(Place),
    /// An item that the program has seen is opened.
    GetItem(ItemNamed),
    /// An item is written.
    CreateItem(CreateItem),
    /// An item that the program has seen is changed.
    UpdateItem(UpdateItem),
    /// An item that the program has seen is deleted for good.
    DeleteItem(ItemNamed),
    /// A folder is made.
    CreateFolder(CreateFolder),
    /// The permissions of a folder are set, all of them.
    UpdateFolder(UpdateFolder),
    /// It is asked when people are busy.
    GetUserAvailability(Availability),
    /// A text is sent as it is, whatever it may be.
    Raw(String),
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name: inbox, calendar, drafts, sentitems, deleteditems, or one that someone gave it.
    pub folder: String,
    /// Whose it is, by e-mail address; one's own where nothing is said.
    pub of: Option<String>,
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxOf {
    /// Whose it is, by e-mail address; one's own where nothing is said.
    pub of: Option<String>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemNamed {
    /// Its subject.
    pub item: String,
}

/// An item that is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateItem {
    /// The folder.
    pub folder: String,
    /// Whose it is, by e-mail address; one's own where nothing is said.
    pub of: Option<String>,
    /// What it is about.
    pub subject: String,
    /// Its text.
    #[serde(default)]
    pub body: String,
    /// When and where, for an appointment.
    pub appointment: Option<Appointment>,
    /// Whether it concerns its owner alone.
    #[serde(default)]
    pub private: bool,
}

/// When and where an appointment takes place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// When it begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// Where.
    #[serde(default)]
    pub location: String,
}

/// A change to an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateItem {
    /// Its subject.
    pub item: String,
    /// What changes, in order.
    pub set: Vec<FieldSetting>,
    /// What becomes of it if someone else was faster; it fails where nothing is said.
    #[serde(default)]
    pub conflict: Conflict,
    /// Whether the program says which state it has seen; it does where nothing is said.
    #[serde(default = "super::domain::yes")]
    pub change_key: bool,
}

/// What becomes of a property.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldSetting {
    /// Another subject.
    Subject(String),
    /// Another text.
    Body(String),
    /// More text.
    AppendBody(String),
    /// Another place.
    Location(String),
    /// Another beginning.
    Start(Instant),
    /// Another end.
    End(Instant),
}

/// What becomes of a change that someone else was faster with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// It fails.
    #[default]
    NeverOverwrite,
    /// It is made where it concerns other properties.
    AutoResolve,
    /// It is made.
    AlwaysOverwrite,
}

/// A folder that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateFolder {
    /// Its name.
    pub name: String,
    /// The folder that it is to be in.
    pub folder: String,
    /// Whose that is, by e-mail address; one's own where nothing is said.
    pub of: Option<String>,
}

/// The permissions of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateFolder {
    /// The folder.
    pub folder: String,
    /// Whose it is, by e-mail address; one's own where nothing is said.
    pub of: Option<String>,
    /// Who may do what; whoever is not named may do nothing.
    pub permissions: Vec<Permission>,
}

/// An entry of a permission set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Whom it is for: an e-mail address, `Default` or `Anonymous`.
    pub user: String,
    /// What it grants.
    pub level: Level,
    /// The rights one by one, with the level Custom and no other.
    pub rights: Option<SingleRights>,
}

/// Rights in a folder one by one. What is not written is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SingleRights {
    /// To make items in it.
    #[serde(default)]
    pub create_items: bool,
    /// To make folders in it.
    #[serde(default)]
    pub create_subfolders: bool,
    /// To change the folder itself and its permissions.
    #[serde(default)]
    pub folder_owner: bool,
    /// To see that it is there.
    #[serde(default)]
    pub folder_visible: bool,
    /// To be told of what goes wrong with it.
    #[serde(default)]
    pub folder_contact: bool,
    /// Which items to change.
    #[serde(default)]
    pub edit_items: Scope,
    /// Which items to delete.
    #[serde(default)]
    pub delete_items: Scope,
    /// How much to read of the items.
    #[serde(default)]
    pub read_items: ReadAccess,
}

/// A question when people are busy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Availability {
    /// Whose calendars, by e-mail address.
    pub of: Vec<String>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// How much is asked for; the times where nothing is said.
    #[serde(default)]
    pub view: View,
    /// How many minutes a digit of the merged view stands for.
    #[serde(default = "half_an_hour")]
    pub interval: u32,
}

fn half_an_hour() -> u32 {
    30
}

/// How much of a calendar is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// One digit for each interval.
    MergedOnly,
    /// Each appointment with its times.
    #[default]
    FreeBusy,
    /// Each appointment with its subject and location.
    Detailed,
}

impl fmt::Display for UseMailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} asks {} for {}", self.client, self.at, self.task.value)?;
        if let Some(credentials) = &self.credentials {
            write!(formatter, ", with the credentials of {}", credentials.user)?;
        }
        match &self.acting_as {
            None => Ok(()),
            Some(names) if names.is_empty() => write!(formatter, ", in nobody's name"),
            Some(names) => {
                let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
                write!(formatter, ", in the name of {}", names.join(" and "))
            }
        }
    }
}

impl fmt::Display for ClientName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrincipalName(name) | Self::Sid(name) | Self::PrimarySmtpAddress(name) => {
                formatter.write_str(if name.is_empty() { "nobody" } else { name })
            }
            Self::SidOf(account) => account.fmt(formatter),
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |folder: &str, of: &Option<String>| match of {
            Some(of) => format!("{folder} of {of}"),
            None => folder.to_owned(),
        };
        match self {
            Task::GetFolder(at) => write!(formatter, "GetFolder {}", place(&at.folder, &at.of)),
            Task::FindFolder(at) => write!(formatter, "FindFolder in {}", place("the folders", &at.of)),
            Task::FindItem(at) => write!(formatter, "FindItem in {}", place(&at.folder, &at.of)),
            Task::GetItem(at) => write!(formatter, "GetItem “{}”", at.item),
            Task::CreateItem(new) => {
                write!(formatter, "CreateItem “{}” in {}", new.subject, place(&new.folder, &new.of))
            }
            Task::UpdateItem(change) => write!(formatter, "UpdateItem “{}”", change.item),
            Task::DeleteItem(at) => write!(formatter, "DeleteItem “{}”", at.item),
            Task::CreateFolder(new) => {
                write!(formatter, "CreateFolder “{}” in {}", new.name, place(&new.folder, &new.of))
            }
            Task::UpdateFolder(change) => {
                write!(formatter, "UpdateFolder {}", place(&change.folder, &change.of))
            }
            Task::Raw(_) => formatter.write_str("what no program would ask"),
            Task::GetUserAvailability(ask) => {
                write!(formatter, "GetUserAvailability of {}", ask.of.join(", "))
            }
        }
    }
}
