//! Steps and expectations: one action each, and names that lead somewhere.

use crate::scenario::at::{At, FileId};
use crate::scenario::error::Findings;
use crate::scenario::step::{ACTIONS, Action, Step, StepFile};
use crate::scenario::topology::Topology;

/// The steps, each with its one action and a name of its own.
pub fn steps(
    files: &[At<StepFile>],
    _topology: &Topology,
    file: FileId,
    findings: &mut Findings,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (index, written) in files.iter().enumerate() {
        let spot = written.name.as_ref().map_or(written.spot, |name| name.spot);
        let name =
            written.name.as_ref().map_or_else(|| format!("step {}", index + 1), |name| name.value.clone());
        if steps.iter().any(|step| step.name == name) {
            findings.note(
                file,
                spot,
                format!("another step is named `{name}` too"),
                "give each step its own name",
            );
        }
        let Some(action) = action(written, file, findings) else { continue };
        let expect = written.expect.as_deref().cloned().unwrap_or_default();
        steps.push(Step { name, spot: written.spot, action, expect });
    }
    steps
}

/// The one action of a step.
fn action(written: &At<StepFile>, file: FileId, findings: &mut Findings) -> Option<Action> {
    let step = &written.value;
    let fault = step.fault.clone().map(|fault| Action::Fault {
        fault,
        lasts: step.lasts.as_ref().map(|lasts| lasts.0),
        optional: step.optional.as_ref().is_some_and(|optional| optional.value),
    });
    let mut actions = [
        step.browse.clone().map(Action::Browse),
        step.repost.clone().map(Action::Repost),
        step.ticket.clone().map(Action::Ticket),
        step.bind.clone().map(Action::Bind),
        fault,
        step.heal.clone().map(Action::Heal),
        step.wait.as_ref().map(|wait| Action::Wait(wait.0)),
        step.change.clone().map(Action::Change),
    ]
    .into_iter()
    .flatten();
    match (actions.next(), actions.next()) {
        (Some(action), None) => Some(action),
        (None, _) => {
            let cure = format!("add one of: {}", ACTIONS.join(", "));
            findings.note(file, written.spot, "this step does nothing", cure);
            None
        }
        (Some(_), Some(_)) => {
            findings.note(file, written.spot, "this step does several things", "make a step of each of them");
            None
        }
    }
}
