//! The permission set of a folder: one entry for each user or group, and what they come to for
//! someone (domain page A5).
//!
//! A person's own entry counts alone; without one the entries of the person's groups are taken
//! together; without those the entry for everybody else. Who has not signed in is anonymous.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::folder::FolderClass;
use super::level::{Level, Rights};
use super::store::Viewer;
use crate::directory::Sid;

/// Whom an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PermissionUser {
    /// Everybody who has no other entry.
    Default,
    /// Who has not signed in.
    Anonymous,
    /// A user or a group.
    Sid(Sid),
}

/// An entry of a permission set, as a client sends it and reads it: a level, and with the level
/// Custom the rights one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Whom it is for.
    pub user: PermissionUser,
    /// The level.
    pub level: Level,
    /// The rights one by one. A client sends them with the level Custom and with no other; a server
    /// says them with every level.
    pub rights: Option<Rights>,
}

impl Permission {
    /// The entry that grants a level.
    pub fn level(user: PermissionUser, level: Level) -> Self {
        Self { user, level, rights: None }
    }

    /// The entry that grants these rights.
    pub fn custom(user: PermissionUser, rights: Rights) -> Self {
        Self { user, level: Level::Custom, rights: Some(rights) }
    }
}

/// The permission set of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PermissionSet {
    entries: BTreeMap<PermissionUser, Rights>,
}

impl PermissionSet {
    /// The set that these entries make.
    ///
    /// # Errors
    /// Where a user stands in it twice, a level comes with rights one by one, or Custom without; and
    /// where a level for calendars is meant for another folder.
    pub fn of(entries: &[Permission], class: FolderClass) -> Result<Self, StoreError> {
        let mut set = Self::default();
        for entry in entries {
            let rights = match (entry.level, entry.rights) {
                (Level::Custom, Some(rights)) => rights,
                (level, None) => level.rights().ok_or(StoreError::InvalidPermissionSettings)?,
                (_, Some(_)) => return Err(StoreError::InvalidPermissionSettings),
            };
            if rights.level().is_for_calendars() && class != FolderClass::Calendar {
                return Err(StoreError::InvalidPermissionSettings);
            }
            if set.entries.insert(entry.user, rights).is_some() {
                return Err(StoreError::DuplicateUserIdsSpecified);
            }
        }
        Ok(set)
    }

    /// The same set with these rights for one user.
    #[must_use]
    pub fn with(mut self, user: PermissionUser, rights: Rights) -> Self {
        self.entries.insert(user, rights);
        self
    }

    /// What it grants to someone.
    pub fn granted_to(&self, viewer: Viewer<'_>) -> Rights {
        let of = |user: PermissionUser| self.entries.get(&user).copied();
        let Some(token) = viewer else {
            return of(PermissionUser::Anonymous).unwrap_or(Rights::NONE);
        };
        if let Some(own) = of(PermissionUser::Sid(token.user)) {
            return own;
        }
        let groups = token.groups.iter().filter_map(|group| of(PermissionUser::Sid(*group)));
        groups.reduce(Rights::or).or_else(|| of(PermissionUser::Default)).unwrap_or(Rights::NONE)
    }

    /// Its entries, as a client reads them.
    pub fn entries(&self) -> Vec<Permission> {
        let entry = |(user, rights): (&PermissionUser, &Rights)| Permission {
            user: *user,
            level: rights.level(),
            rights: Some(*rights),
        };
        self.entries.iter().map(entry).collect()
    }
}
