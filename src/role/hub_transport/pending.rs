//! How the bootstrap account reaches the hubs that did not import the file.
//!
//! The document says that every hub of the site takes ESRA.Edge when it is notified, and not where
//! from: only the hub that imports the file has it in the clear. Here the importing hub notes on the
//! edge's object which hubs are to take part. A hub that is noted makes its Hub-Cert first (I3); then
//! the importing hub seals the account to that certificate and leaves it on the edge's object, where
//! the other takes it and wipes the note. So the password stands nowhere in the clear, and a hub that
//! joins the site later is not noted, and takes no part.

use serde::{Deserialize, Serialize};

use crate::name::DnsName;
use crate::protocol::edge_credential::{EdgeSyncAccount, EdgeSyncCredential};
use crate::protocol::wire::{self, WireError};

/// A hub that has not yet taken the bootstrap account of an edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The hub.
    pub hub: DnsName,
    /// The hub that imported the file, and is to hand the account on.
    pub from: DnsName,
    /// The account, apart from its password.
    pub account: EdgeSyncAccount,
    /// The account with its password, sealed to that hub's certificate, once this is known.
    pub sealed: Option<EdgeSyncCredential>,
}

impl Pending {
    /// The value of the attribute.
    pub fn to_octets(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// The note in a value of the attribute.
    ///
    /// # Errors
    /// Where the bytes hold none.
    pub fn from_octets(bytes: &[u8]) -> Result<Self, WireError> {
        wire::decode(bytes)
    }
}
