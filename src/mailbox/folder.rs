//! Folders: where items lie, and who may do what with them.

use serde::{Deserialize, Serialize};

use super::id::{ChangeKey, FolderId};
use super::permission::{Permission, PermissionSet};
use super::rights::EffectiveRights;

/// The folders that every mailbox has, under names that every client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WellKnownFolder {
    /// The top of what a person sees.
    Root,
    /// Where mail arrives.
    Inbox,
    /// The person's appointments.
    Calendar,
    /// What is being written.
    Drafts,
    /// What was sent.
    SentItems,
    /// What was thrown away.
    DeletedItems,
}

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FolderClass {
    /// Messages (IPF.Note).
    Mail,
    /// Appointments (IPF.Appointment).
    Calendar,
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Its id, for ever.
    pub id: FolderId,
    /// The folder that it is in; none for the top.
    pub parent: Option<FolderId>,
    /// What people read.
    pub name: String,
    /// What it is for.
    pub class: FolderClass,
    /// Who may do what.
    pub permissions: PermissionSet,
    /// How often it was changed.
    pub version: u32,
}

/// A folder as someone is shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderView {
    /// Its id.
    pub id: FolderId,
    /// Its present state.
    pub change_key: ChangeKey,
    /// The folder that it is in.
    pub parent: Option<FolderId>,
    /// What people read.
    pub name: String,
    /// What it is for.
    pub class: FolderClass,
    /// How many items are in it.
    pub items: u32,
    /// What the one who asked may do with it.
    pub rights: EffectiveRights,
    /// Who may do what; shown to the folder's owners.
    pub permissions: Option<Vec<Permission>>,
}

/// How each folder of [`WellKnownFolder`] is called in a request, and in a mailbox.
const NAMES: [(WellKnownFolder, &str, &str); 6] = [
    (WellKnownFolder::Root, "msgfolderroot", "Top of Information Store"),
    (WellKnownFolder::Inbox, "inbox", "Inbox"),
    (WellKnownFolder::Calendar, "calendar", "Calendar"),
    (WellKnownFolder::Drafts, "drafts", "Drafts"),
    (WellKnownFolder::SentItems, "sentitems", "Sent Items"),
    (WellKnownFolder::DeletedItems, "deleteditems", "Deleted Items"),
];

impl WellKnownFolder {
    /// All of them, the top first.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(folder, _, _)| *folder)
    }

    /// Its name in a request: `inbox`.
    pub fn id(self) -> &'static str {
        NAMES.iter().find(|(folder, _, _)| *folder == self).map_or("", |(_, id, _)| id)
    }

    /// Its name in a mailbox: `Inbox`.
    pub fn display_name(self) -> &'static str {
        NAMES.iter().find(|(folder, _, _)| *folder == self).map_or("", |(_, _, name)| name)
    }

    /// The folder of this name in a request.
    pub fn find(id: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(id)).map(|(folder, _, _)| *folder)
    }

    /// What it is for.
    pub fn class(self) -> FolderClass {
        if self == WellKnownFolder::Calendar { FolderClass::Calendar } else { FolderClass::Mail }
    }
}
