//! The ids of assertions and sessions.

use std::fmt;
use std::str::FromStr;

use rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::crypto::digest;

/// An underscore and a GUID: the id of an assertion, or of a session in an authentication cookie.
///
/// ```
/// use forestsim::crypto::random;
/// use forestsim::protocol::saml::UniqueId;
/// let id = UniqueId::random(&mut random::stream(1, "fs-a", "assertion ids"));
/// assert_eq!(id.to_string().parse::<UniqueId>().unwrap(), id);
/// assert!("_7".parse::<UniqueId>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UniqueId(String);

/// The text is not an underscore and a GUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id; ids are an underscore and a GUID")]
pub struct BadId(String);

impl UniqueId {
    /// A new id (a GUID of version 4, RFC 4122 §4.4).
    pub fn random(random: &mut impl Rng) -> Self {
        let mut bytes = [0; 16];
        random.fill_bytes(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = digest::hex(&bytes);
        let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        Self(format!("_{a}-{b}-{c}-{d}-{e}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UniqueId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let groups: Vec<&str> = text.strip_prefix('_').unwrap_or_default().split('-').collect();
        let hex = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let sizes: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if hex && sizes == [8, 4, 4, 4, 12] { Ok(Self(text.to_owned())) } else { Err(BadId(text.to_owned())) }
    }
}

impl TryFrom<String> for UniqueId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<UniqueId> for String {
    fn from(id: UniqueId) -> Self {
        id.0
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for UniqueId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
