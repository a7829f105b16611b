//! The steps of a scenario: what people, administrators and misfortune do.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::{At, Spot};
use super::attack::{AskAsProxy, Forge, Steal};
use super::change::Change;
use super::edge_sync::{
    EdgeSyncAct, ImportEdgeSubscription, MediaAct, NewEdgeSubscription, RemoveEdgeSubscription,
    StartEdgeSynchronization, TestEdgeSynchronization, UseEdgeSubscription,
};
use super::expect::Expect;
use super::fault::Fault;
use super::host::Credentials;
use super::mailbox::UseMailbox;
use super::value::{Duration, EntryName, WebAddress, not_null};
use crate::name::HostName;
use crate::time::Span;

/// One step of a scenario: exactly one action, and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step", transform = one_action)]
pub struct StepFile {
    /// Its name; `step 3` and the like where nothing is said.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "String")]
    pub name: Option<At<String>>,
    /// A person opens a page.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Browse")]
    pub browse: Option<Browse>,
    /// A person signs out at an application.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "SignOut")]
    pub sign_out: Option<SignOut>,
    /// A person closes the browser.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "CloseBrowser")]
    pub close_browser: Option<CloseBrowser>,
    /// A form that a browser has posted is posted again, perhaps elsewhere.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Repost")]
    pub repost: Option<Repost>,
    /// The cookies of one browser are copied into another.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Steal")]
    pub steal: Option<Steal>,
    /// A thief writes a security token, signs it with a stolen key, and posts it.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Forge")]
    pub forge: Option<Forge>,
    /// A thief asks a federation server for a token, as its proxy does.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "AskAsProxy")]
    pub ask_as_proxy: Option<AskAsProxy>,
    /// A desktop asks for a Kerberos ticket to a service.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Ticket")]
    pub ticket: Option<Ticket>,
    /// A host binds to a directory with LDAP.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Bind")]
    pub bind: Option<Bind>,
    /// New-EdgeSubscription on an edge: it writes an Edge Subscription file.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "NewEdgeSubscription")]
    pub new_edge_subscription: Option<NewEdgeSubscription>,
    /// New-EdgeSubscription on a hub: it imports an Edge Subscription file.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "ImportEdgeSubscription")]
    pub import_edge_subscription: Option<ImportEdgeSubscription>,
    /// Start-EdgeSynchronization on a hub.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "StartEdgeSynchronization")]
    pub start_edge_synchronization: Option<StartEdgeSynchronization>,
    /// Test-EdgeSynchronization on a hub.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "TestEdgeSynchronization")]
    pub test_edge_synchronization: Option<TestEdgeSynchronization>,
    /// Remove-EdgeSubscription, on a hub or on the edge.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "RemoveEdgeSubscription")]
    pub remove_edge_subscription: Option<RemoveEdgeSubscription>,
    /// Someone uses the credentials in an Edge Subscription file.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "UseEdgeSubscription")]
    pub use_edge_subscription: Option<UseEdgeSubscription>,
    /// Something happens to a file on removable media.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "MediaAct")]
    pub media: Option<MediaAct>,
    /// Someone does something in a mailbox.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "UseMailbox")]
    pub mailbox: Option<UseMailbox>,
    /// Something breaks.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Fault")]
    pub fault: Option<Fault>,
    /// A fault ends, by the name of the step that began it; a crashed host starts again.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "String")]
    pub heal: Option<At<String>>,
    /// Time passes.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Duration")]
    pub wait: Option<At<Duration>>,
    /// An administrator changes something.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Change")]
    pub change: Option<Change>,
    /// How long the fault lasts; until it is healed where nothing is said.
    #[serde(default, rename = "for", deserialize_with = "not_null")]
    #[schemars(with = "Duration")]
    pub lasts: Option<At<Duration>>,
    /// Whether the fault may touch nothing. One that must, and does not, fails the run.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "bool")]
    pub optional: Option<At<bool>>,
    /// What must come of the step.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Expect")]
    pub expect: Option<At<Expect>>,
}

/// The keys of a step that are actions.
pub const ACTIONS: [&str; 21] = [
    "browse",
    "sign_out",
    "close_browser",
    "repost",
    "steal",
    "forge",
    "ask_as_proxy",
    "ticket",
    "bind",
    "fault",
    "heal",
    "wait",
    "change",
    "new_edge_subscription",
    "import_edge_subscription",
    "start_edge_synchronization",
    "test_edge_synchronization",
    "remove_edge_subscription",
    "use_edge_subscription",
    "media",
    "mailbox",
];

/// Says in the JSON Schema that a step has exactly one action.
fn one_action(schema: &mut schemars::Schema) {
    let choices = ACTIONS.map(|action| serde_json::json!({ "required": [action] }));
    schema.insert("oneOf".into(), choices.to_vec().into());
}

/// One step of a checked scenario.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name, which no other step has.
    pub name: String,
    /// Where it stands in the scenario's file.
    pub spot: Spot,
    /// What is done.
    pub action: Action,
    /// What must come of it.
    pub expect: Expect,
}

/// What is done in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A person opens a page.
    Browse(Browse),
    /// A person signs out at an application.
    SignOut(SignOut),
    /// A person closes the browser.
    CloseBrowser(CloseBrowser),
    /// A form that a browser has posted is posted again, perhaps elsewhere.
    Repost(Repost),
    /// The cookies of one browser are copied into another.
    Steal(Steal),
    /// A thief writes a security token and posts it.
    Forge(Box<Forge>),
    /// A thief asks for a token as a proxy does.
    AskAsProxy(Box<AskAsProxy>),
    /// A desktop asks for a Kerberos ticket to a service.
    Ticket(Ticket),
    /// A host binds to a directory with LDAP.
    Bind(Bind),
    /// Someone does something in a mailbox.
    Mailbox(UseMailbox),
    /// Something breaks. The fault bears the name of its step.
    Fault {
        /// What breaks.
        fault: Fault,
        /// How long; until it is healed where there is none.
        lasts: Option<Span>,
        /// Whether it may touch nothing.
        optional: bool,
    },
    /// The fault that the step of this name began ends.
    Heal(At<String>),
    /// Time passes.
    Wait(Span),
    /// An administrator changes something.
    Change(Change),
    /// Something is done with an Edge Subscription.
    EdgeSync(EdgeSyncAct),
}

impl Action {
    /// Whether someone asks for something, so that the answer is yes or no.
    pub fn asks(&self) -> bool {
        match self {
            Action::Browse(_)
            | Action::SignOut(_)
            | Action::Repost(_)
            | Action::Ticket(_)
            | Action::Bind(_)
            | Action::Mailbox(_) => true,
            Action::Forge(_) | Action::AskAsProxy(_) => true,
            Action::EdgeSync(act) => act.asks(),
            _ => false,
        }
    }
}

/// A person opens a page and follows wherever the browser is sent, signing in on the way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Browse {
    /// The host with the browser.
    pub client: At<HostName>,
    /// The page.
    pub url: At<WebAddress>,
    /// Whether the page is looked at or something is changed on it.
    #[serde(default)]
    pub method: Method,
    /// What is typed into a logon form this time, instead of what the browser's person would.
    pub credentials: Option<Credentials>,
    /// The certificate that is presented this time, or `none`.
    pub certificate: Option<At<String>>,
    /// What is chosen this time on a page that asks where the person comes from.
    pub discovers: Option<At<String>>,
    /// What the person alters in the forms that the browser posts on the way.
    #[serde(default)]
    pub alter: Vec<At<Alteration>>,
    /// Cookies that the person has written by hand before the page is opened.
    #[serde(default)]
    pub plant_cookies: Vec<At<PlantedCookie>>,
    /// AD FS authentication cookies in which the person has put another browser's unsigned part in the
    /// place of their own, before the page is opened.
    #[serde(default)]
    pub swap_cookies: Vec<At<CookieSwap>>,
    /// What the person has altered in the browser's AD FS authentication cookies before the page is opened.
    #[serde(default)]
    pub alter_cookies: Vec<At<CookieAlteration>>,
}

/// A person signs out at an application, and the browser loads whatever the page for it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// The host with the browser.
    pub client: At<HostName>,
    /// The application, or any page of it.
    pub url: At<WebAddress>,
}

/// A person closes the browser: cookies of the session are gone, those with an expiry stay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBrowser {
    /// The host with the browser.
    pub client: At<HostName>,
}

/// What stands in `certificate` for presenting none.
pub const NO_CERTIFICATE: &str = "none";

/// Whether a page is looked at or something is changed on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// It is looked at (GET).
    #[default]
    Get,
    /// Something is changed on it (POST).
    Post,
    /// It is taken away (DELETE).
    Delete,
}

/// A change that the person makes to a form before the browser posts it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alteration {
    /// The address that the form is posted to.
    pub posting_to: At<WebAddress>,
    /// The field.
    pub field: String,
    /// The text in the field that is replaced, each time that it occurs.
    pub replace: String,
    /// The text in its place.
    pub with: String,
    /// Where the signed assertion goes, untouched, while an altered copy of it without a signature takes
    /// its place; where nothing is said, the assertion itself is altered.
    pub signed_goes: Option<Wrapping>,
}

/// Where the signed assertion goes when an altered one takes its place (signature wrapping).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wrapping {
    /// Into the Advice of the altered one.
    InAdvice,
    /// Behind the altered one.
    Behind,
    /// Before the altered one.
    Before,
    /// Behind the altered one, which bears the same AssertionID.
    BehindWithSameId,
}

/// A cookie that a person writes by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlantedCookie {
    /// The address that the cookie is sent to.
    pub sent_to: At<WebAddress>,
    /// Its name: `_LSRealm`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The unsigned part of an AD FS authentication cookie gives way to that of another browser's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CookieSwap {
    /// The address that the cookie is sent to.
    pub sent_to: At<WebAddress>,
    /// The host with the other browser.
    pub unsigned_part_of: At<HostName>,
}

/// A change that the person makes to the unsigned part of an AD FS authentication cookie: what its
/// federation server notes about the person for the next time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CookieAlteration {
    /// The address that the cookie is sent to: `https://resource-fs.adventure-works.example/adfs/ls/`.
    pub sent_to: At<WebAddress>,
    /// The text in it that is replaced, each time that it occurs.
    pub replace: String,
    /// The text in its place.
    pub with: String,
}

/// A form that a browser has posted is posted again, perhaps elsewhere, perhaps by another host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repost {
    /// The host that posts.
    pub client: At<HostName>,
    /// The host whose browser posted the form before; the same one where nothing is said.
    pub captured_by: Option<At<HostName>>,
    /// The address that the form was posted to; the latest such form counts.
    pub captured: At<WebAddress>,
    /// The address that it is posted to now; the same one where nothing is said.
    pub to: Option<At<WebAddress>>,
}

/// A desktop asks for a Kerberos ticket to a service: at its own domain first, then wherever it is
/// referred to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// The host that asks.
    pub client: At<HostName>,
    /// As whom; the session at the desktop where nothing is said.
    pub credentials: Option<Credentials>,
    /// The service principal name: HTTP/ws.perimeter.adventure-works.example.
    pub service: At<String>,
}

/// A host binds to a directory with LDAP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bind {
    /// The host that binds.
    pub client: At<HostName>,
    /// The domain controller.
    pub directory: At<HostName>,
    /// As whom; the session at the desktop where nothing is said.
    pub credentials: Option<Credentials>,
    /// An attribute that is read then.
    pub read: Option<ReadAttribute>,
    /// An attribute that is written then.
    pub write: Option<At<WriteAttribute>>,
}

/// An attribute of an entry in a directory is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAttribute {
    /// The entry's distinguished name.
    pub entry: At<EntryName>,
    /// The attribute.
    pub attribute: String,
}

/// An attribute of an entry in a directory is given another value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteAttribute {
    /// The entry's distinguished name.
    pub entry: At<EntryName>,
    /// The attribute.
    pub attribute: String,
    /// The value.
    pub value: String,
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Browse(Browse { client, url, method: Method::Get, .. }) => {
                write!(formatter, "{client} opens {url}")
            }
            Action::Browse(Browse { client, url, method: Method::Post, .. }) => {
                write!(formatter, "{client} changes something at {url}")
            }
            Action::Browse(Browse { client, url, method: Method::Delete, .. }) => {
                write!(formatter, "{client} takes away {url}")
            }
            Action::SignOut(SignOut { client, url }) => write!(formatter, "{client} signs out at {url}"),
            Action::CloseBrowser(CloseBrowser { client }) => {
                write!(formatter, "{client} closes the browser")
            }
            Action::Repost(repost) => {
                let to = repost.to.as_ref().unwrap_or(&repost.captured);
                write!(
                    formatter,
                    "{} posts again to {to} what was posted to {}",
                    repost.client, repost.captured
                )
            }
            Action::Steal(Steal { client, cookies_of }) => {
                write!(formatter, "{client} gets copies of the cookies of {cookies_of}")
            }
            Action::Forge(forge) => {
                let (key, subject, to) = (&forge.key, &forge.subject, &forge.posts_to);
                write!(
                    formatter,
                    "{} posts a token about {subject} to {to}, of its own making, ",
                    forge.client
                )?;
                write!(formatter, "signed with the key of {key}")
            }
            Action::AskAsProxy(ask) => {
                let (key, person) = (&ask.key, &ask.holder_of);
                write!(formatter, "{} asks for a token about the holder of {person}, ", ask.client)?;
                write!(formatter, "with the key of {key}")
            }
            Action::Ticket(Ticket { client, service, .. }) => {
                write!(formatter, "{client} asks for a ticket to {service}")
            }
            Action::Bind(Bind { client, directory, read, write, .. }) => {
                write!(formatter, "{client} binds to {directory}")?;
                if let Some(read) = read {
                    write!(formatter, " and reads {} of {}", read.attribute, read.entry.value)?;
                }
                if let Some(write) = write {
                    write!(formatter, " and writes {} of {}", write.attribute, write.entry.value)?;
                }
                Ok(())
            }
            Action::Mailbox(step) => step.fmt(formatter),
            Action::Fault { fault, lasts: Some(span), .. } => write!(formatter, "for {span}, {fault}"),
            Action::Fault { fault, .. } => fault.fmt(formatter),
            Action::Heal(name) => write!(formatter, "`{name}` ends"),
            Action::Wait(span) => write!(formatter, "{span} pass"),
            Action::Change(change) => change.fmt(formatter),
            Action::EdgeSync(act) => act.fmt(formatter),
        }
    }
}
