//! Folder ids, item ids and change keys. They carry their mailbox, so that a client that has seen one
//! needs not say whose it is (domain page A5, implicit access); holding one grants nothing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::directory::Guid;

/// A mailbox, for ever: the GUID that the directory keeps as msExchMailboxGuid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MailboxId(pub Guid);

/// A folder of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FolderId {
    /// Whose it is.
    pub mailbox: MailboxId,
    /// Which of the mailbox.
    pub number: u32,
}

/// An item of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemId {
    /// Whose it is.
    pub mailbox: MailboxId,
    /// Which of the mailbox.
    pub number: u32,
}

/// A state of a folder or an item: each change makes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeKey(pub u32);

/// A text that is no id or change key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no {1}")]
pub struct MalformedId(pub String, pub &'static str);

const FOLDER: u8 = b'F';
const ITEM: u8 = b'I';
const CHANGE: u8 = b'C';

fn write(kind: u8, mailbox: Option<MailboxId>, number: u32) -> String {
    let mut bytes = vec![kind];
    bytes.extend(mailbox.into_iter().flat_map(|mailbox| mailbox.0.digits().to_be_bytes()));
    bytes.extend(number.to_be_bytes());
    STANDARD.encode(bytes)
}

fn read(kind: u8, text: &str) -> Option<(Option<MailboxId>, u32)> {
    let bytes = STANDARD.decode(text).ok()?;
    let (first, rest) = bytes.split_first()?;
    let (mailbox, number) = rest.split_at_checked(rest.len().checked_sub(4)?)?;
    let mailbox = match mailbox.len() {
        0 => None,
        16 => Some(MailboxId(Guid::new(u128::from_be_bytes(mailbox.try_into().ok()?)))),
        _ => return None,
    };
    (*first == kind).then_some((mailbox, u32::from_be_bytes(number.try_into().ok()?)))
}

macro_rules! id_text {
    ($type:ident, $kind:ident, $what:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&write($kind, Some(self.mailbox), self.number))
            }
        }
        impl std::str::FromStr for $type {
            type Err = MalformedId;
            fn from_str(text: &str) -> Result<Self, MalformedId> {
                match read($kind, text) {
                    Some((Some(mailbox), number)) => Ok(Self { mailbox, number }),
                    _ => Err(MalformedId(text.to_owned(), $what)),
                }
            }
        }
    };
}

id_text!(FolderId, FOLDER, "folder id");
id_text!(ItemId, ITEM, "item id");

impl fmt::Display for ChangeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&write(CHANGE, None, self.0))
    }
}

impl std::str::FromStr for ChangeKey {
    type Err = MalformedId;
    fn from_str(text: &str) -> Result<Self, MalformedId> {
        match read(CHANGE, text) {
            Some((None, number)) => Ok(Self(number)),
            _ => Err(MalformedId(text.to_owned(), "change key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_mailbox_and_are_not_taken_for_one_another() {
        let mailbox = MailboxId("8db0795c-df3a-4aca-a97d-100162998dfa".parse().unwrap());
        let folder = FolderId { mailbox, number: 7 };
        let item = ItemId { mailbox, number: 7 };
        assert_eq!(folder.to_string().parse::<FolderId>().unwrap(), folder);
        assert_eq!(item.to_string().parse::<ItemId>().unwrap(), item);
        assert_eq!(ChangeKey(9).to_string().parse::<ChangeKey>().unwrap(), ChangeKey(9));
        assert!(folder.to_string().parse::<ItemId>().is_err());
        assert!(ChangeKey(9).to_string().parse::<ItemId>().is_err());
        for text in ["", "====", "RgAA", "not base64"] {
            assert!(text.parse::<FolderId>().is_err(), "{text}");
        }
    }
}
