//! What a broker keeps: the talks of a conference, each an item of its speaker's calendar, with who
//! may change what of it (domain page A8 S4: the grant table).
//!
//! Exchange knows nothing of this table.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::{AccessToken, Sid};
use crate::mailbox::{ChangeKey, Field, ItemId};
use crate::protocol::ews::{FolderRef, ItemChange, Operation};

/// A talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// Who gives it.
    pub speaker: Sid,
    /// The speaker's e-mail address.
    pub address: String,
    /// The accounts and groups that arrange it.
    pub arranged_by: BTreeSet<Sid>,
    /// The properties that they may change.
    pub fields: BTreeSet<Field>,
    /// The item in the speaker's calendar, once it is entered.
    pub item: Option<ItemId>,
    /// The state of the item that the broker has seen last.
    pub seen: Option<ChangeKey>,
}

/// The talks, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talks(BTreeMap<String, Talk>);

impl Talks {
    /// These talks.
    pub fn new(talks: impl IntoIterator<Item = (String, Talk)>) -> Self {
        Self(talks.into_iter().collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Enters which item a talk is. A talk that is not in the table stays out of it.
    pub fn enter(&mut self, talk: &str, item: ItemId) {
        if let Some(talk) = self.0.get_mut(talk) {
            (talk.item, talk.seen) = (Some(item), None);
        }
    }

    /// Remembers the state of a talk's item.
    pub fn remember(&mut self, talk: &str, seen: ChangeKey) {
        if let Some(talk) = self.0.get_mut(talk) {
            talk.seen = Some(seen);
        }
    }

    /// The talk that this item is, with its name.
    pub fn of_item(&self, item: ItemId) -> Option<(&String, &Talk)> {
        self.0.iter().find(|(_, talk)| talk.item == Some(item))
    }

    /// A talk of the speaker whose mailbox the operation is about.
    pub fn of_mailbox(&self, operation: &Operation) -> Option<(&String, &Talk)> {
        let mailbox = match operation {
            Operation::GetItem { items, .. } => items.first().map(|id| id.mailbox),
            Operation::UpdateItem { changes, .. } => changes.first().map(|change| change.id.mailbox),
            Operation::DeleteItem { items, .. } => items.first().map(|(id, _)| id.mailbox),
            _ => None,
        };
        let address = match operation {
            Operation::FindItem { folder: FolderRef::Distinguished { mailbox, .. }, .. }
            | Operation::FindFolder { parent: FolderRef::Distinguished { mailbox, .. } } => {
                mailbox.as_deref()
            }
            Operation::GetUserAvailability { mailboxes, .. } => mailboxes.first().map(String::as_str),
            _ => None,
        };
        self.0.iter().find(|(_, talk)| {
            let same = talk.item.zip(mailbox).is_some_and(|(item, mailbox)| item.mailbox == mailbox);
            same || address == Some(talk.address.as_str())
        })
    }
}

impl Talk {
    /// Whether someone arranges the talk.
    pub fn is_arranged_by(&self, token: &AccessToken) -> bool {
        self.arranged_by.iter().any(|sid| token.holds(*sid))
    }

    /// The first property in a change that may not be changed.
    pub fn forbidden(&self, change: &ItemChange) -> Option<Field> {
        change.changes.iter().map(|change| change.field()).find(|field| !self.fields.contains(field))
    }
}
