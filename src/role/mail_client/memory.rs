//! What a mail program remembers: the ids of the items and folders that it has seen, by their names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::mailbox::{ChangeKey, FolderClass, FolderId, FolderView, ItemId, ItemView};
use crate::protocol::ews::{Answer, Payload};

/// The ids that a program has seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Memory {
    pub(super) items: BTreeMap<String, (ItemId, ChangeKey)>,
    pub(super) folders: BTreeMap<String, (FolderId, FolderClass)>,
}

impl Memory {
    /// The item with this subject.
    pub fn item(&self, subject: &str) -> Option<ItemId> {
        self.items.get(subject).map(|(id, _)| *id)
    }

    /// What another program has seen.
    pub(super) fn learn(&mut self, other: &Memory) {
        for (name, (id, key)) in &other.items {
            let known = self.items.get(name).filter(|(known, seen)| known == id && seen > key);
            if known.is_none() {
                self.items.insert(name.clone(), (*id, *key));
            }
        }
        self.folders.extend(other.folders.iter().map(|(name, seen)| (name.clone(), *seen)));
    }

    /// What an answer shows.
    pub(super) fn learn_from(&mut self, answer: &Answer) {
        let Answer::Reply(reply) = answer else { return };
        for payload in reply.messages.iter().flatten() {
            match payload {
                Payload::Items(items) => items.iter().for_each(|item: &ItemView| {
                    if let Some(subject) = &item.subject {
                        self.items.insert(subject.clone(), (item.id, item.change_key));
                    }
                }),
                Payload::Folders(folders) => folders.iter().for_each(|folder: &FolderView| {
                    self.folders.insert(folder.name.to_lowercase(), (folder.id, folder.class));
                }),
                Payload::Done | Payload::FreeBusy(_) => {}
            }
        }
    }
}
