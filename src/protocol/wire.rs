//! Values to bytes and back: the one file that knows bincode.

use serde::{Serialize, de::DeserializeOwned};

/// Bytes that are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a well-formed {what}: {why}")]
pub struct WireError {
    /// What they should have been.
    pub what: &'static str,
    /// What the decoder says.
    pub why: String,
}

const LIMIT: usize = 16 * 1024 * 1024;

fn configuration() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<LIMIT>()
}

/// A value as bytes.
///
/// ```
/// use forestsim::protocol::wire;
/// let bytes = wire::encode(&("orders", 7u32));
/// assert_eq!(wire::decode::<(String, u32)>(&bytes).unwrap(), ("orders".to_owned(), 7));
/// assert!(wire::decode::<(String, u32)>(&bytes[1..]).is_err());
/// ```
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Most messages fit; growing step by step from nothing costs more than the rest.
    let mut bytes = Vec::with_capacity(128);
    encode_into(value, &mut bytes);
    bytes
}

/// Appends a value as bytes.
pub fn encode_into<T: Serialize>(value: &T, bytes: &mut Vec<u8>) {
    bincode::serde::encode_into_std_write(value, bytes, configuration())
        .expect("every type that crosses the network has a plain serde form, shorter than the limit");
}

/// The value in these bytes, all of them.
///
/// # Errors
/// Where the bytes are cut, are too many, or hold no such value.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    let error = |why: String| WireError { what: std::any::type_name::<T>(), why };
    let (value, read) =
        bincode::serde::decode_from_slice(bytes, configuration()).map_err(|why| error(why.to_string()))?;
    if read < bytes.len() {
        return Err(error(format!("{} bytes too many", bytes.len() - read)));
    }
    Ok(value)
}
