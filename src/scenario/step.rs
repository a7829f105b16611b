//! The steps of a scenario: what people, administrators and misfortune do.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::ask::{Bind, Ticket};
use super::at::{At, Spot};
use super::attack::{AskAsProxy, Forge, Steal};
use super::browser::{Browse, CloseBrowser, Repost, SignOut};
use super::change::Change;
use super::edge_attack::{UseEdgeSubscription, UseStoredCredentials};
use super::edge_sync::{
    EdgeSyncAct, ImportEdgeSubscription, NewEdgeSubscription, RemoveEdgeSubscription,
    StartEdgeSynchronization, TestEdgeSynchronization,
};
use super::expect::Expect;
use super::fault::Fault;
use super::mail_flow::{ConfigureMailFlow, OfferMail};
use super::mailbox::UseMailbox;
use super::removable_media::MediaAct;
use super::value::{Duration, not_null};
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
    /// Someone uses EdgeSync credentials that are stored in Active Directory.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "UseStoredCredentials")]
    pub use_stored_credentials: Option<UseStoredCredentials>,
    /// A cmdlet of accepted domains, remote domains or Send connectors.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "ConfigureMailFlow")]
    pub configure_mail_flow: Option<ConfigureMailFlow>,
    /// Somebody offers mail at an edge.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "OfferMail")]
    pub offer_mail: Option<OfferMail>,
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
pub const ACTIONS: [&str; 24] = [
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
    "use_stored_credentials",
    "configure_mail_flow",
    "offer_mail",
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

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Browse(step) => step.fmt(formatter),
            Action::SignOut(step) => step.fmt(formatter),
            Action::CloseBrowser(step) => step.fmt(formatter),
            Action::Repost(step) => step.fmt(formatter),
            Action::Steal(step) => step.fmt(formatter),
            Action::Forge(step) => step.fmt(formatter),
            Action::AskAsProxy(step) => step.fmt(formatter),
            Action::Ticket(step) => step.fmt(formatter),
            Action::Bind(step) => step.fmt(formatter),
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
