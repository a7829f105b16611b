//! What attackers do in a step, beyond opening pages: copy cookies, write tokens with a stolen key, and
//! speak as a proxy.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::value::{Duration, Principal, WebAddress};
use crate::name::HostName;

/// The cookies of one browser are copied into another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steal {
    /// The host with the thief's browser.
    pub client: At<HostName>,
    /// The host whose browser's cookies are copied, as they are now.
    pub cookies_of: At<HostName>,
}

impl fmt::Display for Steal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} gets copies of the cookies of {}", self.client, self.cookies_of)
    }
}

/// A thief writes a security token, signs it with a stolen key, and posts it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forge {
    /// The thief's host, whose browser has the key among its `stolen_keys`.
    pub client: At<HostName>,
    /// The certificate whose key signs.
    pub key: At<String>,
    /// The certificate that the token shows; that of the key where nothing is said.
    pub shows: Option<At<String>>,
    /// The AssertionID, an underscore and a GUID; any where nothing is said.
    pub id: Option<At<String>>,
    /// The realm in whose name it is issued.
    pub issuer: String,
    /// The realm, or the application's address, that it is for.
    pub audience: String,
    /// The user principal name of the person that it is about.
    pub subject: String,
    /// The group claims that it makes.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The SIDs that it carries.
    pub windows: Option<ForgedWindows>,
    /// How long it is good; 60 minutes where nothing is said.
    pub lifetime: Option<At<Duration>>,
    /// Where it is posted.
    pub posts_to: At<WebAddress>,
    /// The application that it is wanted for, where it is posted to a federation server.
    pub application: Option<At<WebAddress>>,
    /// The page that is wanted.
    pub page: At<WebAddress>,
}

impl fmt::Display for Forge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, key, subject, posts_to, .. } = self;
        write!(formatter, "{client} posts a token about {subject} to {posts_to}, of its own making, ")?;
        write!(formatter, "signed with the key of {key}")
    }
}

/// The SIDs in a forged token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgedWindows {
    /// The account that it speaks of.
    pub user: At<Principal>,
    /// Further accounts and groups whose SIDs it carries.
    #[serde(default)]
    pub groups: Vec<At<Principal>>,
}

/// A thief asks a federation server for a token, as its proxy does for people, and posts the token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskAsProxy {
    /// The thief's host, whose browser has the key among its `stolen_keys`.
    pub client: At<HostName>,
    /// The proxy's client certificate.
    pub key: At<String>,
    /// The federation server's interface for proxies.
    pub federation_service: At<WebAddress>,
    /// The certificate of the person whom the token is to be about. Its key is not needed.
    pub holder_of: At<String>,
    /// The realm that the token is to be for.
    pub realm: String,
    /// Where the token is posted.
    pub posts_to: At<WebAddress>,
    /// The application that it is wanted for.
    pub application: At<WebAddress>,
    /// The page that is wanted.
    pub page: At<WebAddress>,
}

impl fmt::Display for AskAsProxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, key, holder_of, .. } = self;
        write!(formatter, "{client} asks for a token about the holder of {holder_of}, ")?;
        write!(formatter, "with the key of {key}")
    }
}
