//! What an Exchange mailbox store keeps, and how it decides from what it keeps.
//!
//! Nothing here knows a message, a host or a caller: whoever asks is an
//! [`AccessToken`](crate::directory::AccessToken), and the store neither knows nor asks whether its
//! holder signed in or is impersonated. The domain page is the page on Exchange among this project's
//! design documents.
//!
//! - [`level`]: what a person may do in a folder, and the named levels of it
//! - [`permission`]: the permission set of a folder, and what it grants to someone
//! - [`id`]: folder ids, item ids and change keys, which carry their mailbox
//! - [`item`]: messages and appointments, and what can be changed of them
//! - [`folder`]: folders and their classes
//! - [`store`]: a [`Mailbox`], and every operation on it
//! - [`rights`]: what the EffectiveRights element says
//! - [`free_busy`]: what others may learn of a calendar
//! - [`error`]: why an operation fails

pub mod error;
pub mod folder;
pub mod free_busy;
pub mod id;
pub mod item;
pub mod level;
pub mod permission;
pub mod rights;
pub mod store;

pub use error::StoreError;
pub use folder::{Folder, FolderClass, FolderView, WellKnownFolder};
pub use free_busy::{Busy, CalendarEvent, FreeBusyQuery, FreeBusyView, ViewKind};
pub use id::{ChangeKey, FolderId, ItemId, MailboxId};
pub use item::{Field, FieldChange, Item, ItemClass, ItemView, NewItem, Stamp};
pub use level::{Level, ReadAccess, Rights, Scope};
pub use permission::{Permission, PermissionSet, PermissionUser};
pub use rights::EffectiveRights;
pub use store::{ConflictResolution, FolderName, Mailbox, Viewer};
