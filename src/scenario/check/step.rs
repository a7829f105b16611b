//! Steps: one action each, a name of its own, and an outcome where someone asks for something.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Checker;
use super::known::Known;
use crate::name::HostName;
use crate::scenario::at::{At, FileId, Spot};
use crate::scenario::edge_sync::EdgeSyncAct;
use crate::scenario::error::Findings;
use crate::scenario::step::{ACTIONS, Action, Step, StepFile};
use crate::scenario::topology::Topology;

/// Checks the steps. The result holds each that has one action.
pub fn steps(
    written: &[At<StepFile>],
    topology: &Topology,
    file: FileId,
    findings: &mut Findings,
) -> Vec<Step> {
    let known = Rc::new(Known::of(topology));
    let mut checker = Checker { topology, known, findings, file };
    if written.is_empty() {
        let message = "a scenario without steps shows nothing";
        checker.note(Spot { line: 1, column: 1, length: 0 }, message, "add a step under `steps:`");
    }
    let mut past = Past::default();
    let mut steps = Vec::new();
    for (index, step) in written.iter().enumerate() {
        let name =
            step.name.as_ref().map_or_else(|| format!("step {}", index + 1), |name| name.value.clone());
        let spot = step.name.as_ref().map_or(step.spot, |name| name.spot);
        if !past.names.insert(name.clone()) {
            checker.note(spot, format!("another step is named `{name}` too"), "give each step its own name");
        }
        if let Some(action) = checker.only_action(step) {
            checker.action(&name, &action, &mut past);
            let expect = step.expect.as_deref().cloned().unwrap_or_default();
            checker.outcome(step.spot, &action, step.expect.as_ref());
            steps.push(Step { name, spot: step.spot, action, expect });
        }
    }
    steps
}

/// What the steps so far have said.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// Their names.
    pub names: BTreeSet<String>,
    /// The faults, by name, and whether each has ended.
    pub faults: BTreeMap<String, bool>,
    /// The removable media that something was written to.
    pub media: BTreeSet<String>,
    /// The firewall rules that were opened, by firewall and rule.
    pub opened: BTreeSet<(String, String)>,
    /// The trusts that were made.
    pub trusts_made: BTreeSet<String>,
    /// The domain controllers that were backed up.
    pub backups: BTreeSet<HostName>,
    /// The partners that were added, by federation server and name.
    pub partners: BTreeSet<(HostName, String)>,
}

impl Checker<'_> {
    /// The one action of a step.
    fn only_action(&mut self, written: &At<StepFile>) -> Option<Action> {
        let step = &written.value;
        let fault = step.fault.clone().map(|fault| Action::Fault {
            fault,
            lasts: step.lasts.as_ref().map(|lasts| lasts.0),
            optional: step.optional.as_ref().is_some_and(|optional| optional.value),
        });
        if let Some(lasts) = &step.lasts {
            self.forwards(lasts, true);
        }
        if let Some(wait) = &step.wait {
            self.forwards(wait, true);
        }
        if fault.is_none() {
            let spots =
                [step.lasts.as_ref().map(|lasts| lasts.spot), step.optional.as_ref().map(|flag| flag.spot)];
            for spot in spots.into_iter().flatten() {
                self.note(
                    spot,
                    "only a fault lasts for a time or is optional",
                    "leave it out, or add `fault:`",
                );
            }
        }
        let mut actions = [
            step.browse.clone().map(Action::Browse),
            step.sign_out.clone().map(Action::SignOut),
            step.close_browser.clone().map(Action::CloseBrowser),
            step.repost.clone().map(Action::Repost),
            step.steal.clone().map(Action::Steal),
            step.forge.clone().map(Box::new).map(Action::Forge),
            step.ask_as_proxy.clone().map(Box::new).map(Action::AskAsProxy),
            step.ticket.clone().map(Action::Ticket),
            step.bind.clone().map(Action::Bind),
            step.mailbox.clone().map(Action::Mailbox),
            fault,
            step.heal.clone().map(Action::Heal),
            step.wait.as_ref().map(|wait| Action::Wait(wait.0)),
            step.change.clone().map(Action::Change),
            step.new_edge_subscription.clone().map(|act| Action::EdgeSync(EdgeSyncAct::New(act))),
            step.import_edge_subscription.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Import(act))),
            step.start_edge_synchronization.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Start(act))),
            step.test_edge_synchronization.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Test(act))),
            step.remove_edge_subscription.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Remove(act))),
            step.use_edge_subscription.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Use(act))),
            step.use_stored_credentials.clone().map(|act| Action::EdgeSync(EdgeSyncAct::UseStored(act))),
            step.configure_mail_flow.clone().map(|act| Action::EdgeSync(EdgeSyncAct::MailFlow(act))),
            step.offer_mail.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Mail(act))),
            step.media.clone().map(|act| Action::EdgeSync(EdgeSyncAct::Media(act))),
        ]
        .into_iter()
        .flatten();
        match (actions.next(), actions.next()) {
            (Some(action), None) => Some(action),
            (None, _) => {
                let cure = format!("add one of: {}", ACTIONS.join(", "));
                self.note(written.spot, "this step does nothing", cure);
                None
            }
            (Some(_), Some(_)) => {
                self.note(written.spot, "this step does several things", "make a step of each of them");
                None
            }
        }
    }
}
