//! How the world outside reaches a role: a person at a keyboard, an administrator at a console.
//!
//! A host may have several roles, and each passes over what is meant for another, so a stimulus
//! begins with the name of the role that it is for.

use serde::{Serialize, de::DeserializeOwned};

use crate::protocol::wire;

/// The bytes that ask this of the role of this name.
///
/// ```
/// use forestsim::role::stimulus;
/// let bytes = stimulus::encode("browser", &7u32);
/// assert_eq!(stimulus::decode::<u32>("browser", &bytes), Some(7));
/// assert_eq!(stimulus::decode::<u32>("desktop", &bytes), None);
/// ```
pub fn encode<T: Serialize>(role: &str, value: &T) -> Vec<u8> {
    [role.as_bytes(), b":", &wire::encode(value)].concat()
}

/// What is asked of the role of this name; none where it is meant for another.
pub fn decode<T: DeserializeOwned>(role: &str, stimulus: &[u8]) -> Option<T> {
    let value = stimulus.strip_prefix(role.as_bytes())?.strip_prefix(b":")?;
    Some(wire::decode(value).expect("whoever names a role speaks its language"))
}
