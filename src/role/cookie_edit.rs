//! What an attacker does to the cookies in their own browser's jar.
//!
//! The AD FS authentication cookie is encoded, not encrypted, and its trailer is not signed (domain page
//! §3.6), so whoever holds it can read it and write it anew. The cookie that remembers the account
//! partner is plain text. What that is worth is for the federation server to say.

use serde::{Deserialize, Serialize};

use crate::name::HostName;
use crate::protocol::authentication_cookie::{AuthenticationCookie, Trailer, join, split};
use crate::protocol::cookie::{CookieJar, SetCookie};
use crate::protocol::url::Url;
use crate::time::VirtualTime;

/// An edit of what the browser sends as a cookie to an address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CookieEdit {
    /// The address that the cookie is sent to; its path is the cookie's.
    pub sent_to: Url,
    /// What is done to it.
    pub what: What,
}

/// What is done to a cookie.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum What {
    /// A text in the unsigned part of an authentication cookie gives way to another.
    Replaced {
        /// The text to find in it.
        replace: String,
        /// What to put in its place.
        with: String,
    },
    /// The unsigned part of an authentication cookie gives way to that of another browser's.
    Grafted {
        /// The other browser.
        of: HostName,
        /// The cookies that it sends to this address.
        cookies: Vec<(String, String)>,
    },
    /// A cookie is written by hand.
    Planted {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

impl CookieEdit {
    /// Makes the edit; what was done, or nothing where there was nothing to edit.
    pub fn make(&self, jar: &mut CookieJar, now: VirtualTime) -> Option<String> {
        let (cookies, done) = match &self.what {
            What::Replaced { replace, with } => {
                let edit = |trailer: &Trailer| {
                    let text = trailer.to_string();
                    text.contains(replace).then(|| text.replace(replace, with))?.parse().ok()
                };
                (self.edited(jar, now, edit)?, format!("`{replace}` became `{with}`"))
            }
            What::Grafted { of, cookies } => {
                let other = held(cookies)?.trailer?;
                (self.edited(jar, now, |_| Some(other))?, format!("its unsigned part became that of {of}"))
            }
            What::Planted { name, value } => {
                let cookie = SetCookie::session(name, value, self.sent_to.path());
                (vec![cookie], format!("{name} was written by hand: {value}"))
            }
        };
        for cookie in cookies {
            jar.store(self.sent_to.host(), cookie, now);
        }
        Some(done)
    }

    fn edited(
        &self,
        jar: &CookieJar,
        now: VirtualTime,
        edit: impl FnOnce(&Trailer) -> Option<Trailer>,
    ) -> Option<Vec<SetCookie>> {
        let held = held(&jar.matching(&self.sent_to, now))?;
        let trailer = edit(held.trailer.as_ref()?)?;
        let edited = AuthenticationCookie { trailer: Some(trailer), ..held };
        Some(split(&edited.to_bytes(), self.sent_to.path()))
    }
}

/// The authentication cookie among these.
fn held(cookies: &[(String, String)]) -> Option<AuthenticationCookie> {
    AuthenticationCookie::from_bytes(&join(cookies)?.ok()?).ok()
}
