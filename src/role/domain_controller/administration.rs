//! What an administrator does at a domain controller's console: each act arrives as bytes from outside
//! the simulated network, and is carried out on what the controller keeps.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::entry::account_of_dn;
use super::recipients::RecipientChange;
use super::{DomainController, ROLE};
use crate::directory::{Ace, DirectoryChange, DistinguishedName, Modification, SecurityDescriptor};
use crate::name::DnsName;
use crate::role::stimulus;
use crate::sim::Host;
use crate::trace::{Happening, LogEntry, StateChange};
use crate::trust::TrustChange;

/// What an administrator does at a domain controller.
#[derive(Serialize, Deserialize)]
pub(super) enum Administration {
    /// Changes an account or a group.
    Directory(DirectoryChange),
    /// An account or a group has changed in another domain of the forest, of which the global catalog
    /// hears.
    Replica(DnsName, DirectoryChange),
    /// Changes a domain's half of a trust.
    Trust(TrustChange),
    /// Asks the other domain of a trust which names its forest has.
    RefreshNames(DnsName),
    /// The forest has a further suffix of user principal names.
    AddSuffix(DnsName),
    /// Changes the recipient of this name.
    Recipient(String, RecipientChange),
    /// Copies what the controller keeps.
    BackUp,
    /// Puts back what was last copied.
    Restore,
    /// Changes who may do what with an object.
    Permission(PermissionChange),
    /// Changes attributes of an object of the Configuration partition.
    Configuration(ConfigurationChange),
}

/// A change of attributes of an object of the Configuration partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationChange {
    /// The object.
    pub object: DistinguishedName,
    /// What becomes of its attributes.
    pub changes: Vec<Modification>,
}

/// A change of who may do what with an object: of an account, or in the Configuration partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionChange {
    /// The object.
    pub object: DistinguishedName,
    /// Entries that are added, where they belong in the canonical order.
    pub add: Vec<Ace>,
    /// Entries that are taken away.
    pub remove: Vec<Ace>,
}

/// A change of the directory, as a stimulus for the domain controller's host.
pub fn directory_stimulus(change: &DirectoryChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Directory(change.clone()))
}

/// A change of another domain's directory, as a stimulus for the host of a global catalog.
pub fn replica_stimulus(domain: &DnsName, change: &DirectoryChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Replica(domain.clone(), change.clone()))
}

/// A change of a trust, as a stimulus for the domain controller's host.
pub fn trust_stimulus(change: &TrustChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Trust(change.clone()))
}

/// The request to ask the other domain of a trust for its forest's names, as a stimulus.
pub fn refresh_stimulus(partner: &DnsName) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::RefreshNames(partner.clone()))
}

/// A further suffix of user principal names of the forest, as a stimulus for a domain controller.
pub fn suffix_stimulus(suffix: &DnsName) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::AddSuffix(suffix.clone()))
}

/// A change of a recipient, as a stimulus for the domain controller's host.
pub fn recipient_stimulus(name: &str, change: &RecipientChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Recipient(name.to_owned(), change.clone()))
}

/// A backup of what a domain controller keeps, as a stimulus for its host.
pub fn back_up_stimulus() -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::BackUp)
}

/// The return of a domain controller to its last backup, as a stimulus for its host.
pub fn restore_stimulus() -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Restore)
}

/// A change of permissions, as a stimulus for the domain controller's host.
pub fn permission_stimulus(change: &PermissionChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Permission(change.clone()))
}

/// A change in the Configuration partition, as a stimulus for the domain controller's host.
pub fn configuration_stimulus(change: &ConfigurationChange) -> Vec<u8> {
    stimulus::encode(ROLE, &Administration::Configuration(change.clone()))
}

impl DomainController {
    pub(super) fn administer(self: &Rc<Self>, host: &Host, administration: &Administration) {
        let outcome = match administration {
            Administration::Directory(change) => change
                .apply(&mut self.domain.borrow_mut(), host.now())
                .map(|(item, value)| Some(("account", item, value)))
                .map_err(|why| why.to_string()),
            Administration::Replica(domain, change) => {
                let mut replicas = self.replicas.borrow_mut();
                let replica = replicas.iter_mut().find(|replica| replica.dns_name() == domain);
                let applied = replica.map(|replica| change.apply(replica, host.now()));
                applied.transpose().map(|_| None).map_err(|why| why.to_string())
            }
            Administration::Trust(change) => {
                let state = change.apply(&mut self.trusts.borrow_mut(), host.now());
                self.look_after_trusts(host, false);
                state
                    .map(|value| value.map(|value| ("trust", change.partner.to_string(), value)))
                    .map_err(|why| why.to_string())
            }
            Administration::RefreshNames(partner) => {
                host.spawn(self.clone().refresh_names(host.clone(), partner.clone()));
                Ok(None)
            }
            Administration::AddSuffix(suffix) => {
                self.domain.borrow_mut().add_upn_suffix(suffix);
                self.trusts.borrow_mut().forest.upn_suffixes.insert(suffix.clone());
                let forest = self.domain.borrow().forest().root.to_string();
                Ok(Some(("forest", forest, format!("has the suffix {suffix} too"))))
            }
            Administration::Recipient(name, change) => {
                self.change_recipient(host, name, change).map(|()| None)
            }
            Administration::BackUp => {
                let copy = (self.domain.borrow().clone(), self.trusts.borrow().clone());
                *self.backup.borrow_mut() = Some(copy);
                Ok(Some(("backup", host.name().to_string(), "taken".to_owned())))
            }
            Administration::Restore => self.restore(host).map(Some),
            Administration::Permission(change) => {
                let permitted = self.permit(host, change).map(Some);
                if permitted.is_ok() {
                    self.note_reach(host, change);
                }
                permitted
            }
            Administration::Configuration(change) => self.configure(host, change).map(|()| None),
        };
        match outcome {
            Ok(None) => {}
            Ok(Some((store, item, value))) => {
                host.record(Happening::State(StateChange { store: store.into(), item, value: Some(value) }));
            }
            Err(text) => {
                host.record(Happening::Log(LogEntry { log: "Directory Service".into(), id: None, text }));
            }
        }
    }

    /// Changes who may do what with an object.
    fn permit(
        &self,
        host: &Host,
        change: &PermissionChange,
    ) -> Result<(&'static str, String, String), String> {
        let edit = |descriptor: &mut SecurityDescriptor| {
            let dacl = descriptor.dacl.get_or_insert_default();
            dacl.retain(|ace| !change.remove.contains(ace));
            dacl.extend(&change.add);
            descriptor.make_canonical();
            descriptor.to_string()
        };
        let name = change.object.to_string();
        let of_account = account_of_dn(&self.domain.borrow(), &name).map(|account| account.sid);
        let descriptor = match (of_account, &self.configuration) {
            (Some(sid), _) => self
                .domain
                .borrow_mut()
                .update(sid, |account| edit(&mut account.descriptor))
                .map_err(|why| why.to_string())?,
            (None, Some(store)) => {
                let object = store.read().object(&change.object).map(|object| object.descriptor.clone());
                let mut descriptor = object.ok_or_else(|| format!("there is no object {name}"))?;
                let text = edit(&mut descriptor);
                let changed =
                    store.change(host, |partition| partition.set_descriptor(&change.object, descriptor));
                changed.map_err(|why| why.to_string())?;
                text
            }
            (None, None) => return Err(format!("there is no object {name}")),
        };
        Ok(("security descriptor", name, descriptor))
    }

    /// Changes an object of the Configuration partition; the store itself enters what has changed.
    fn configure(&self, host: &Host, change: &ConfigurationChange) -> Result<(), String> {
        let store = self.configuration.as_ref().ok_or("this domain keeps no Configuration partition")?;
        let changed = store.change(host, |partition| partition.modify(&change.object, &change.changes));
        changed.map_err(|why| why.to_string())
    }

    /// Changes a recipient; the store itself enters what has changed.
    fn change_recipient(&self, host: &Host, name: &str, change: &RecipientChange) -> Result<(), String> {
        let store = self.recipients.as_ref().ok_or("this forest has no Exchange organization")?;
        store.change(host, |partition| change.apply(name, partition)).map_err(|why| why.to_string())
    }

    /// Goes back to the last backup. As a controller does after a long absence, it then opens its
    /// channels to the domains that it trusts, to see whether their passwords still fit.
    fn restore(self: &Rc<Self>, host: &Host) -> Result<(&'static str, String, String), String> {
        let copy = self.backup.borrow().clone();
        let (domain, trusts) = copy.ok_or_else(|| "there is no backup to go back to".to_owned())?;
        *self.domain.borrow_mut() = domain;
        *self.trusts.borrow_mut() = trusts;
        self.look_after_trusts(host, true);
        Ok(("backup", host.name().to_string(), "restored".to_owned()))
    }
}
