//! What is asked of domain controllers directly: a Kerberos ticket, or an attribute over LDAP.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::host::Credentials;
use super::value::EntryName;
use crate::name::HostName;

/// A desktop asks for a Kerberos ticket to a service: at its own domain first, then wherever it is
/// referred to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// The host that asks.
    pub client: At<HostName>,
    /// As whom; the session at the desktop where nothing is said.
    pub credentials: Option<Credentials>,
    /// The service principal name: HTTP/ws.perimeter.adventure-works.example.
    pub service: At<String>,
}

impl fmt::Display for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} asks for a ticket to {}", self.client, self.service)
    }
}

/// A host binds to a directory with LDAP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bind {
    /// The host that binds.
    pub client: At<HostName>,
    /// The domain controller.
    pub directory: At<HostName>,
    /// As whom; the session at the desktop where nothing is said.
    pub credentials: Option<Credentials>,
    /// An attribute that is read then.
    pub read: Option<ReadAttribute>,
    /// An attribute that is written then.
    pub write: Option<At<WriteAttribute>>,
}

impl fmt::Display for Bind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} binds to {}", self.client, self.directory)?;
        if let Some(read) = &self.read {
            write!(formatter, " and reads {} of {}", read.attribute, read.entry.value)?;
        }
        if let Some(write) = &self.write {
            write!(formatter, " and writes {} of {}", write.attribute, write.entry.value)?;
        }
        Ok(())
    }
}

/// An attribute of an entry in a directory is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAttribute {
    /// The entry's distinguished name.
    pub entry: At<EntryName>,
    /// The attribute.
    pub attribute: String,
}

/// An attribute of an entry in a directory is given another value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteAttribute {
    /// The entry's distinguished name.
    pub entry: At<EntryName>,
    /// The attribute.
    pub attribute: String,
    /// The value.
    pub value: String,
}
