//! What a client asks of mailboxes: the operations, typed (domain page A5, A8).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shape::ItemShape;
use crate::directory::Sid;
use crate::mailbox::{
    ChangeKey, ConflictResolution, FieldChange, FolderClass, FolderId, FreeBusyQuery, ItemId, Level, NewItem,
    Rights, WellKnownFolder,
};

/// How a request names a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FolderRef {
    /// By a name that every mailbox has.
    Distinguished {
        /// Which.
        folder: WellKnownFolder,
        /// Whose, by e-mail address; the actor's own where nothing is said.
        mailbox: Option<String>,
    },
    /// By its id, which carries the mailbox.
    Id {
        /// Its id.
        id: FolderId,
        /// The state that the client knows.
        change_key: Option<ChangeKey>,
    },
}

/// Whom an entry of a permission set names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserId {
    /// Everybody who has no other entry.
    Default,
    /// Who has not signed in.
    Anonymous,
    /// A user or group, by SID.
    Sid(Sid),
    /// A user or group, by e-mail address.
    PrimarySmtpAddress(String),
    /// Default or Anonymous together with someone: an error that the server names.
    Contradictory,
}

/// An entry of a permission set, as a client writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenPermission {
    /// Whom it is for.
    pub user: UserId,
    /// The level.
    pub level: Level,
    /// The rights one by one.
    pub rights: Option<Rights>,
}

/// Changes to one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChange {
    /// The item.
    pub id: ItemId,
    /// The state that the client knows.
    pub change_key: Option<ChangeKey>,
    /// What changes, in order.
    pub changes: Vec<FieldChange>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Show folders.
    GetFolder {
        /// Which.
        folders: Vec<FolderRef>,
    },
    /// List all folders of a mailbox that may be seen.
    FindFolder {
        /// The top of the mailbox.
        parent: FolderRef,
    },
    /// List the items of a folder.
    FindItem {
        /// What is to be shown of them.
        shape: ItemShape,
        /// Which.
        folder: FolderRef,
    },
    /// Show items.
    GetItem {
        /// What is to be shown of them.
        shape: ItemShape,
        /// Which.
        items: Vec<ItemId>,
    },
    /// Make items.
    CreateItem {
        /// In which folder.
        folder: FolderRef,
        /// What they hold.
        items: Vec<NewItem>,
    },
    /// Change items.
    UpdateItem {
        /// What changes.
        changes: Vec<ItemChange>,
        /// What becomes of changes that someone else was faster with.
        resolution: ConflictResolution,
    },
    /// Delete items.
    DeleteItem {
        /// Which, with the states that the client knows.
        items: Vec<(ItemId, Option<ChangeKey>)>,
        /// Whether for good, or into Deleted Items.
        for_good: bool,
    },
    /// Make folders.
    CreateFolder {
        /// In which folder.
        parent: FolderRef,
        /// Their names and what they are for.
        folders: Vec<(String, FolderClass)>,
    },
    /// Set who may do what in a folder.
    UpdateFolder {
        /// Which.
        folder: FolderRef,
        /// What it is for.
        class: FolderClass,
        /// The permission set in place of the present one.
        permissions: Vec<WrittenPermission>,
    },
    /// Ask when people are busy.
    GetUserAvailability {
        /// Whose calendars, by e-mail address.
        mailboxes: Vec<String>,
        /// What of them.
        query: FreeBusyQuery,
    },
}

impl Operation {
    /// Its name: `GetFolder`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::GetFolder { .. } => "GetFolder",
            Self::FindFolder { .. } => "FindFolder",
            Self::FindItem { .. } => "FindItem",
            Self::GetItem { .. } => "GetItem",
            Self::CreateItem { .. } => "CreateItem",
            Self::UpdateItem { .. } => "UpdateItem",
            Self::DeleteItem { .. } => "DeleteItem",
            Self::CreateFolder { .. } => "CreateFolder",
            Self::UpdateFolder { .. } => "UpdateFolder",
            Self::GetUserAvailability { .. } => "GetUserAvailability",
        }
    }
}

impl FolderRef {
    /// A folder that every mailbox has, of the actor's own mailbox or of another's.
    pub fn distinguished(folder: WellKnownFolder, mailbox: Option<String>) -> Self {
        Self::Distinguished { folder, mailbox }
    }
}

impl fmt::Display for FolderRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Distinguished { folder, mailbox: Some(mailbox) } => {
                write!(formatter, "{} of {mailbox}", folder.id())
            }
            Self::Distinguished { folder, mailbox: None } => formatter.write_str(folder.id()),
            Self::Id { .. } => formatter.write_str("a folder by its id"),
        }
    }
}

/// The operation in one line: `FindItem in inbox`.
impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::GetFolder { folders } => {
                let folders: Vec<String> = folders.iter().map(ToString::to_string).collect();
                write!(formatter, "{name} {}", folders.join(", "))
            }
            Self::FindFolder { parent } => write!(formatter, "{name} below {parent}"),
            Self::FindItem { shape, folder } => write!(formatter, "{name} in {folder}{shape}"),
            Self::GetItem { shape, items } => {
                write!(formatter, "{name}, {}{shape}", items_by_id(items.len()))
            }
            Self::CreateItem { folder, items } => {
                let subjects: Vec<String> = items.iter().map(|item| format!("“{}”", item.subject)).collect();
                write!(formatter, "{name} {} in {folder}", subjects.join(", "))
            }
            Self::UpdateItem { changes, .. } => {
                let fields = changes.iter().flat_map(|change| &change.changes);
                let fields: Vec<String> = fields.map(|change| format!("{:?}", change.field())).collect();
                write!(formatter, "{name}: {}", fields.join(", "))
            }
            Self::DeleteItem { items, .. } => write!(formatter, "{name}, {}", items_by_id(items.len())),
            Self::CreateFolder { parent, folders } => {
                let names: Vec<String> = folders.iter().map(|(name, _)| format!("“{name}”")).collect();
                write!(formatter, "{name} {} in {parent}", names.join(", "))
            }
            Self::UpdateFolder { folder, permissions, .. } => {
                write!(formatter, "{name} {folder}: {} permissions", permissions.len())
            }
            Self::GetUserAvailability { mailboxes, .. } => {
                write!(formatter, "{name} of {}", mailboxes.join(", "))
            }
        }
    }
}

fn items_by_id(count: usize) -> String {
    if count == 1 { "an item by its id".to_owned() } else { format!("{count} items by their ids") }
}
