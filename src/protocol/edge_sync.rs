//! What EdgeSync writes where in the AD LDS of an edge, so that hubs and edges mean the same by it.
//!
//! Hubs write over secure LDAP; there is no protocol of EdgeSync's own. In AD LDS there are two
//! naming contexts: one with the organization's configuration, laid out as in Active Directory, and
//! one with the recipients. Of a recipient an edge learns its GUID and the hashes of its addresses,
//! nothing that could be read (domain page B7).
//!
//! The names of the naming contexts and of the attributes below are our reading.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::wire::{self, WireError};
use crate::crypto::digest;
use crate::directory::DistinguishedName;
use crate::time::VirtualTime;

/// The port of secure LDAP on an edge unless another is chosen before subscribing.
pub const SECURE_LDAP_PORT: u16 = 50_636;
/// The port of LDAP within an edge; no firewall opens it.
pub const LOCAL_LDAP_PORT: u16 = 50_389;

/// The class of a recipient in AD LDS.
pub const RECIPIENT_CLASS: &str = "mailRecipient";

/// The attribute of a recipient in AD LDS that holds the hashes of its addresses.
pub const PROXY_ADDRESS_HASHES: &str = "msExchProxyAddressHashes";
/// The attribute of the edge's own object in AD LDS that holds a [`Cookie`] for each naming context.
pub const COOKIES: &str = "msExchEdgeSyncCookies";

/// A naming context of AD LDS.
///
/// ```
/// use forestsim::protocol::edge_sync::NamingContext;
/// assert_eq!(NamingContext::Configuration.dn().to_string(), "CN=Configuration,CN=AD LDS");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamingContext {
    /// The organization's configuration: what `CN=Configuration,<forest>` becomes.
    Configuration,
    /// The recipients.
    Recipients,
}

/// The SHA-256 by which an edge knows an address: of `smtp:` and the address in lower case. The form
/// that is hashed is our choice.
///
/// ```
/// use forestsim::protocol::edge_sync::address_hash;
/// assert_eq!(address_hash("Sally@Contoso.example"), address_hash("smtp:sally@contoso.example"));
/// ```
pub fn address_hash(address: &str) -> [u8; 32] {
    let lower = address.to_lowercase();
    let bare = lower.strip_prefix("smtp:").unwrap_or(&lower);
    digest::sha256(format!("smtp:{bare}").as_bytes())
}

impl NamingContext {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Configuration, Self::Recipients];

    /// The name of the entry at its top.
    pub fn dn(self) -> DistinguishedName {
        match self {
            Self::Configuration => DistinguishedName::ROOT.child("CN", "AD LDS").child("CN", "Configuration"),
            Self::Recipients => DistinguishedName::ROOT.child("OU", "MSExchangeGateway"),
        }
    }
}

/// How far one naming context of Active Directory has been synchronized to an edge. It is kept in the
/// edge's AD LDS, so that any hub can go on where another stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// The naming context in Active Directory, as text.
    pub context: String,
    /// The latest change that has reached the edge.
    pub through: u64,
    /// When the cookie was given, by the hub's clock.
    pub given: VirtualTime,
}

impl Cookie {
    /// The value of the attribute.
    pub fn to_octets(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// The cookie in a value of the attribute.
    ///
    /// # Errors
    /// Where the bytes hold none.
    pub fn from_octets(bytes: &[u8]) -> Result<Self, WireError> {
        wire::decode(bytes)
    }
}

impl fmt::Display for Cookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} through change {}, given {}", self.context, self.through, self.given)
    }
}
