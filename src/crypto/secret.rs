//! A text that must not be seen: passwords and shared phrases.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// A secret text. It prints nothing of itself, not even its length; only [`Secret::reveal`] shows it.
///
/// Its serialized form is the plain text, as it must cross a channel: sealing that channel is the
/// protocol's duty.
///
/// ```
/// use forestsim::crypto::secret::Secret;
/// let password = Secret::new("Pa$$w0rd");
/// assert_eq!(format!("{password} {password:?}"), "… …");
/// assert_eq!(password.reveal(), "Pa$$w0rd");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// This text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A secret text; no output of forestsim shows it."
        })
    }
}
