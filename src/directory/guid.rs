//! Globally unique identifiers, by which an ACE names a right, a property or a class.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Sid;
use crate::crypto::digest::sha256;

/// A GUID, written `68b1d179-0d15-4d4f-ab71-46152e79a7bc`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Guid(u128);

/// Why a text is not a GUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a GUID; write it as 68b1d179-0d15-4d4f-ab71-46152e79a7bc")]
pub struct GuidError(String);

impl Guid {
    /// The control-access right Allowed-To-Authenticate, which selective authentication asks for
    /// (MS-ADTS §5.1.3.2.1).
    pub const ALLOWED_TO_AUTHENTICATE: Self = Self::new(0x68b1d179_0d15_4d4f_ab71_46152e79a7bc);

    /// The GUID by which an ACE names an attribute or a class of this name, whatever its case. The
    /// schema's own GUIDs are not in the documents, so it is drawn from the name (inference).
    pub fn of_schema_name(name: &str) -> Self {
        let digest = sha256(format!("schema {}", name.to_lowercase()).as_bytes());
        Self(u128::from_be_bytes(std::array::from_fn(|index| digest[index])))
    }

    /// The objectGUID of an account: what it is for ever, drawn from its SID.
    pub fn of_principal(sid: Sid) -> Self {
        let digest = sha256(format!("principal {sid}").as_bytes());
        Self(u128::from_be_bytes(std::array::from_fn(|index| digest[index])))
    }

    /// The GUID whose written digits make up this number.
    pub const fn new(digits: u128) -> Self {
        Self(digits)
    }

    /// The number that its written digits make up.
    pub const fn digits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let (a, b, c) = (&digits[..8], &digits[8..12], &digits[12..16]);
        write!(formatter, "{a}-{b}-{c}-{}-{}", &digits[16..20], &digits[20..])
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Guid {
    type Err = GuidError;
    fn from_str(text: &str) -> Result<Self, GuidError> {
        let malformed = || GuidError(text.to_owned());
        let groups: Vec<&str> = text.split('-').collect();
        let hexadecimal = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !hexadecimal || groups.iter().map(|group| group.len()).ne([8, 4, 4, 4, 12]) {
            return Err(malformed());
        }
        u128::from_str_radix(&groups.concat(), 16).map(Self).map_err(|_| malformed())
    }
}

impl TryFrom<String> for Guid {
    type Error = GuidError;
    fn try_from(text: String) -> Result<Self, GuidError> {
        text.parse()
    }
}

impl From<Guid> for String {
    fn from(guid: Guid) -> Self {
        guid.to_string()
    }
}
