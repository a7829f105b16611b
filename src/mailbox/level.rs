//! What a person may do in a folder, and the levels that Exchange has names for (domain page A5).
//!
//! The levels stand in one table. Rights that are no level's are called custom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of which items in a folder a right holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default, JsonSchema)]
pub enum Scope {
    /// Of none.
    #[default]
    None,
    /// Of those that the person made.
    Owned,
    /// Of all.
    All,
}

/// How much a person may read of what is in a folder. The two in the middle are for calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default, JsonSchema)]
pub enum ReadAccess {
    /// Nothing.
    #[default]
    None,
    /// When its owner is busy.
    TimeOnly,
    /// When, with what and where.
    TimeAndSubjectAndLocation,
    /// Everything.
    FullDetails,
}

/// What a person may do in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Whether to make items in it.
    pub create_items: bool,
    /// Whether to make folders in it.
    pub create_subfolders: bool,
    /// Whether to change the folder itself and its permissions.
    pub owner: bool,
    /// Whether to see that it is there.
    pub visible: bool,
    /// Whether to be told of what goes wrong with it.
    pub contact: bool,
    /// Which items to change.
    pub edit: Scope,
    /// Which items to delete.
    pub delete: Scope,
    /// How much to read.
    pub read: ReadAccess,
}

/// A named set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Level {
    /// No right.
    None,
    /// Every right.
    Owner,
    /// Every right on items, and to make folders.
    PublishingEditor,
    /// Every right on items.
    Editor,
    /// To read all items, change one's own and make folders.
    PublishingAuthor,
    /// To read all items and change one's own.
    Author,
    /// To read all items and delete one's own.
    NoneditingAuthor,
    /// To read.
    Reviewer,
    /// To put items in, unseen.
    Contributor,
    /// To learn when a calendar's owner is busy.
    FreeBusyTimeOnly,
    /// To learn when, with what and where.
    FreeBusyTimeAndSubjectAndLocation,
    /// What no other level is. Only the server says so.
    Custom,
}

/// Every level that has rights of its own, with them.
pub const LEVELS: [(Level, Rights); 11] = {
    use ReadAccess::{FullDetails, TimeAndSubjectAndLocation, TimeOnly};
    use Scope::{All, Owned};
    let none = Rights::NONE;
    let reviewer = Rights { visible: true, read: FullDetails, ..none };
    let noneditor = Rights { create_items: true, delete: Owned, ..reviewer };
    let author = Rights { edit: Owned, ..noneditor };
    let editor = Rights { edit: All, delete: All, ..author };
    let publisher = Rights { create_subfolders: true, ..editor };
    [
        (Level::None, none),
        (Level::Owner, Rights { owner: true, contact: true, ..publisher }),
        (Level::PublishingEditor, publisher),
        (Level::Editor, editor),
        (Level::PublishingAuthor, Rights { create_subfolders: true, ..author }),
        (Level::Author, author),
        (Level::NoneditingAuthor, noneditor),
        (Level::Reviewer, reviewer),
        (Level::Contributor, Rights { create_items: true, visible: true, ..none }),
        (Level::FreeBusyTimeOnly, Rights { read: TimeOnly, ..none }),
        (Level::FreeBusyTimeAndSubjectAndLocation, Rights { read: TimeAndSubjectAndLocation, ..none }),
    ]
};

impl Rights {
    /// No right.
    pub const NONE: Self = Self {
        create_items: false,
        create_subfolders: false,
        owner: false,
        visible: false,
        contact: false,
        edit: Scope::None,
        delete: Scope::None,
        read: ReadAccess::None,
    };

    /// The name of these rights.
    pub fn level(&self) -> Level {
        LEVELS.iter().find(|(_, rights)| rights == self).map_or(Level::Custom, |(level, _)| *level)
    }

    /// All that one or the other grants.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            create_items: self.create_items || other.create_items,
            create_subfolders: self.create_subfolders || other.create_subfolders,
            owner: self.owner || other.owner,
            visible: self.visible || other.visible,
            contact: self.contact || other.contact,
            edit: self.edit.max(other.edit),
            delete: self.delete.max(other.delete),
            read: self.read.max(other.read),
        }
    }
}

impl Scope {
    /// Whether an item is in it that the person made, or that someone else did.
    pub fn holds(self, own: bool) -> bool {
        self == Scope::All || (own && self == Scope::Owned)
    }
}

impl Level {
    /// What the level grants; none for [`Level::Custom`], which stands for no rights in particular.
    ///
    /// ```
    /// use forestsim::mailbox::{Level, Scope};
    /// let author = Level::Author.rights().unwrap();
    /// assert_eq!((author.edit, author.create_subfolders), (Scope::Owned, false));
    /// assert_eq!(author.level(), Level::Author);
    /// ```
    pub fn rights(self) -> Option<Rights> {
        LEVELS.iter().find(|(level, _)| *level == self).map(|(_, rights)| *rights)
    }

    /// Whether only calendars have this level.
    pub fn is_for_calendars(self) -> bool {
        matches!(self, Level::FreeBusyTimeOnly | Level::FreeBusyTimeAndSubjectAndLocation)
    }
}
