//! How far a right to impersonate reaches (domain page C, case A3). Whoever grants it sees one object and
//! one account; that everybody with a mailbox below the object is meant, now and later, is told to nobody.
//! The ground truth tells it.

use super::DomainController;
use super::administration::PermissionChange;
use crate::directory::exchange::{attribute, right};
use crate::directory::{Account, AceKind, DistinguishedName, Domain};
use crate::sim::Host;
use crate::trace::{Happening, Truth};

impl DomainController {
    /// Notes whom a change lets somebody impersonate. Of several controllers one does.
    pub(super) fn note_reach(&self, host: &Host, change: &PermissionChange) {
        let own = self.domain.borrow();
        if !self.primary || own.forest().root != *own.dns_name() {
            return;
        }
        let grants =
            |kind, object_type| kind == AceKind::Allow && object_type == Some(right::EPI_MAY_IMPERSONATE);
        for ace in change.add.iter().filter(|ace| grants(ace.kind, ace.object_type)) {
            let replicas = self.replicas.borrow();
            let reached: Vec<String> = std::iter::once(&*own)
                .chain(replicas.iter())
                .flat_map(Domain::accounts)
                .filter(|account| has_mailbox_below(account, &change.object))
                .map(|account| account.sam.clone())
                .collect();
            if reached.is_empty() {
                continue;
            }
            let mailboxes = if reached.len() == 1 { "mailbox" } else { "mailboxes" };
            let text = format!(
                "{} may act for whoever has a mailbox in {}, now and later: {} {mailboxes}, of {}",
                own.display(ace.trustee),
                change.object.name().unwrap_or_default(),
                reached.len(),
                reached.join(", ")
            );
            host.record(Happening::Truth(Truth { text }));
        }
    }
}

fn has_mailbox_below(account: &Account, object: &DistinguishedName) -> bool {
    let database = account.attributes.get(attribute::HOME_DATABASE).and_then(|values| values.first());
    database.and_then(|name| name.parse().ok()).is_some_and(|name: DistinguishedName| name.is_within(object))
}
