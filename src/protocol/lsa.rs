//! The translation of names and SIDs (MS-LSAT): who has a name, and what the account with a SID is
//! called. A member of a domain asks a controller of its own domain; that one knows its forest, and
//! asks a domain that its own trusts about the rest, over the secure channel of the trust.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Message;
use super::kerberos::ApRequest;
use crate::directory::Sid;
use crate::name::Upn;

/// The name of the interface, as the endpoint mapper knows it.
pub const INTERFACE: &str = "lsarpc";

/// What is to be translated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// Who has this name?
    Name(Upn),
    /// What is the account with this SID called?
    Sid(Sid),
}

/// An account, by both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountName {
    /// Its user principal name.
    pub name: Upn,
    /// Its SID.
    pub sid: Sid,
}

/// A question of a member of the domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUp {
    /// The member's ticket for the controller.
    pub shown: Box<ApRequest>,
    /// What it wants to know.
    pub wanted: Wanted,
}

/// The controller's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Translated {
    /// The account; none where nobody who could be asked knows one.
    Account(Option<AccountName>),
    /// The member may not ask.
    Refused {
        /// Why.
        why: String,
    },
}

impl fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(formatter, "LsarLookupNames: who is {name}?"),
            Self::Sid(sid) => write!(formatter, "LsarLookupSids: who is {sid}?"),
        }
    }
}

impl Message for LookUp {
    fn protocol(&self) -> &'static str {
        "LSA"
    }

    fn title(&self) -> Cow<'static, str> {
        self.wanted.to_string().into()
    }
}

impl Message for Translated {
    fn protocol(&self) -> &'static str {
        "LSA"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Account(Some(account)) => format!("{} is {}", account.name, account.sid).into(),
            Self::Account(None) => "nobody who is known here".into(),
            Self::Refused { why } => format!("refused: {why}").into(),
        }
    }
}
