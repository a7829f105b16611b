//! What a Client Access server says to a mailbox server: it logs on to one mailbox as someone, then
//! works in it (domain page A8 S1, step 6).
//!
//! The real protocol is MAPI over RPC and binary; here its calls are the operations of a mailbox
//! store, typed. A Client Access server proves who it is, and is believed as to whom it acts for.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Message;
use super::ews::Payload;
use super::kerberos::ApRequest;
use crate::directory::Sid;
use crate::mailbox::{
    ChangeKey, ConflictResolution, FieldChange, FolderClass, FolderName, FreeBusyQuery, ItemId, MailboxId,
    NewItem, Permission, StoreError,
};
use crate::trace::Detail;

/// The port of the endpoint mapper, which here stands for the ports that it would lead to.
pub const PORT: u16 = 135;

/// The service of mailbox servers, before the `/` of a service principal name.
pub const SERVICE: &str = "exchangeMDB";

/// Whom a Client Access server acts for, as the mailbox server gets to know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The name under which acts are logged.
    pub name: String,
    /// The account.
    pub user: Sid,
    /// The groups of its token.
    pub groups: Vec<Sid>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreCall {
    /// Opens a mailbox as someone.
    Logon {
        /// The calling server's ticket.
        server: Box<ApRequest>,
        /// Whom it acts for.
        actor: Actor,
        /// The mailbox.
        mailbox: MailboxId,
    },
    /// Works in the mailbox that is open.
    Work(StoreOperation),
}

/// What is done in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreOperation {
    /// Shows a folder.
    GetFolder(FolderName),
    /// Lists the folders that may be seen.
    FindFolder,
    /// Lists the items of a folder.
    FindItem(FolderName),
    /// Shows an item.
    GetItem(ItemId),
    /// Makes an item.
    CreateItem(FolderName, NewItem),
    /// Changes an item.
    UpdateItem(ItemId, Option<ChangeKey>, Vec<FieldChange>, ConflictResolution),
    /// Deletes an item, for good or not.
    DeleteItem(ItemId, Option<ChangeKey>, bool),
    /// Makes a folder.
    CreateFolder(FolderName, String, FolderClass),
    /// Replaces a folder's permission set.
    UpdateFolder(FolderName, Option<ChangeKey>, Vec<Permission>),
    /// Asks when the mailbox's owner is busy.
    FreeBusy(FreeBusyQuery),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreReply {
    /// The mailbox is open.
    Open,
    /// The mailbox is not opened.
    Closed {
        /// Why not.
        why: String,
    },
    /// What came of the work.
    Done(Result<Payload, StoreError>),
}

impl StoreOperation {
    /// Its name, as Exchange Web Services call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::GetFolder(_) => "GetFolder",
            Self::FindFolder => "FindFolder",
            Self::FindItem(_) => "FindItem",
            Self::GetItem(_) => "GetItem",
            Self::CreateItem(..) => "CreateItem",
            Self::UpdateItem(..) => "UpdateItem",
            Self::DeleteItem(..) => "DeleteItem",
            Self::CreateFolder(..) => "CreateFolder",
            Self::UpdateFolder(..) => "UpdateFolder",
            Self::FreeBusy(_) => "GetUserAvailability",
        }
    }
}

impl Message for StoreCall {
    fn protocol(&self) -> &'static str {
        "MAPI"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Logon { actor, .. } => format!("open a mailbox as {}", actor.name).into(),
            Self::Work(operation) => operation.name().into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::Logon { server, actor, mailbox } => {
                let groups: Vec<String> = actor.groups.iter().map(Sid::to_string).collect();
                vec![
                    Detail::new("server shows", server.ticket.to_string()),
                    Detail::new("user", actor.user.to_string()),
                    Detail::new("groups", groups.join(", ")),
                    Detail::new("mailbox", mailbox.0.to_string()),
                ]
            }
            Self::Work(_) => Vec::new(),
        }
    }
}

impl Message for StoreReply {
    fn protocol(&self) -> &'static str {
        "MAPI"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Open => "the mailbox is open".into(),
            Self::Closed { why } => format!("the mailbox is not opened: {why}").into(),
            Self::Done(Ok(_)) => "done".into(),
            Self::Done(Err(why)) => why.to_string().into(),
        }
    }
}
