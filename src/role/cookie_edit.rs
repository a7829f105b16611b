//! What an attacker does to the AD FS authentication cookie in their own browser's jar.
//!
//! The cookie is encoded, not encrypted, and its trailer is not signed (domain page §3.6), so whoever
//! holds it can read it and write it anew. What that is worth is for the federation server to say.

use serde::{Deserialize, Serialize};

use crate::protocol::authentication_cookie::{AuthenticationCookie, join, split};
use crate::protocol::cookie::CookieJar;
use crate::protocol::url::Url;
use crate::time::VirtualTime;

/// An edit of the unsigned part of an authentication cookie.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CookieEdit {
    /// The address that the cookie is sent to; its path is the cookie's.
    pub sent_to: Url,
    /// The text to find in it.
    pub replace: String,
    /// What to put in its place.
    pub with: String,
}

impl CookieEdit {
    /// Makes the edit; whether there was anything to replace.
    pub fn make(&self, jar: &mut CookieJar, now: VirtualTime) -> bool {
        let Some(edited) = self.edited(&jar.matching(&self.sent_to, now)) else { return false };
        for part in split(&edited.to_bytes(), self.sent_to.path()) {
            jar.store(self.sent_to.host(), part, now);
        }
        true
    }

    fn edited(&self, cookies: &[(String, String)]) -> Option<AuthenticationCookie> {
        let held = AuthenticationCookie::from_bytes(&join(cookies)?.ok()?).ok()?;
        let trailer = held.trailer.as_ref()?.to_string();
        let edited = trailer.contains(&self.replace).then(|| trailer.replace(&self.replace, &self.with))?;
        Some(AuthenticationCookie { trailer: Some(edited.parse().ok()?), ..held })
    }
}
