//! What the EffectiveRights element of a folder or an item says to the one who asked.

use serde::{Deserialize, Serialize};

use super::level::{ReadAccess, Rights};

/// What someone may do with a folder or an item (EffectiveRights of Exchange Web Services).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectiveRights {
    /// Make hidden items in the folder.
    pub create_associated: bool,
    /// Make items in the folder.
    pub create_contents: bool,
    /// Make folders in the folder.
    pub create_hierarchy: bool,
    /// Delete it.
    pub delete: bool,
    /// Change it.
    pub modify: bool,
    /// Read it; for a folder, what is in it.
    pub read: bool,
    /// Read what concerns its owner alone.
    pub view_private_items: bool,
}

impl EffectiveRights {
    /// Those of a folder, for someone with these rights in it.
    pub fn of_folder(rights: &Rights, owns_mailbox: bool) -> Self {
        Self {
            create_associated: rights.owner,
            create_contents: rights.create_items,
            create_hierarchy: rights.create_subfolders,
            delete: rights.owner,
            modify: rights.owner,
            read: rights.read == ReadAccess::FullDetails,
            view_private_items: owns_mailbox,
        }
    }

    /// Those of an item, for someone with these rights in its folder.
    pub fn of_item(rights: &Rights, own: bool, owns_mailbox: bool) -> Self {
        Self {
            create_associated: false,
            create_contents: false,
            create_hierarchy: false,
            delete: rights.delete.holds(own),
            modify: rights.edit.holds(own),
            read: rights.read == ReadAccess::FullDetails,
            view_private_items: owns_mailbox,
        }
    }
}
