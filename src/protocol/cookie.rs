//! Cookies: what a server asks a browser to keep, and what a browser sends back where.
//!
//! A [`CookieJar`] follows RFC 6265 as far as AD FS uses it: cookies belong to the very host that
//! set them (no Domain attribute), and path, Secure and expiry decide what goes with a request. It
//! knows nothing of what the values mean, and never shows them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::url::{Scheme, Url, path_within};
use crate::name::DnsName;
use crate::time::VirtualTime;

/// A `Set-Cookie` header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCookie {
    /// The cookie's name.
    pub name: String,
    /// Its value, for the server alone to understand.
    pub value: String,
    /// The path at or below which it is sent back; compared with regard to case.
    pub path: String,
    /// Whether it goes only through TLS.
    pub secure: bool,
    /// Whether it is kept from scripts.
    pub http_only: bool,
    /// Until when it is kept; none for a cookie that ends with the browser session.
    pub expires: Option<VirtualTime>,
}

impl SetCookie {
    /// A cookie for the browser session, Secure and HttpOnly, as AD FS sets all of its own.
    pub fn session(name: impl Into<String>, value: impl Into<String>, path: impl Into<String>) -> Self {
        let (name, value, path) = (name.into(), value.into(), path.into());
        Self { name, value, path, secure: true, http_only: true, expires: None }
    }

    /// The header that makes a browser forget a cookie: no value, and an expiry long past.
    pub fn deletion(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { expires: Some(VirtualTime::from_micros(0)), ..Self::session(name, "", path) }
    }

    /// Whether the cookie has expired by this time, so that to set it is to remove it.
    pub fn is_removal(&self, now: VirtualTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// The header without its value.
impl fmt::Display for SetCookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}=…; path={}", self.name, self.path)?;
        if let Some(expires) = self.expires {
            write!(formatter, "; expires={expires}")?;
        }
        if self.secure {
            formatter.write_str("; secure")?;
        }
        if self.http_only {
            formatter.write_str("; HttpOnly")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SetCookie({self})")
    }
}

/// What one browser keeps.
///
/// ```
/// use forestsim::name::DnsName;
/// use forestsim::protocol::cookie::{CookieJar, SetCookie};
/// use forestsim::time::VirtualTime;
/// let (host, now) = (DnsName::new("ws.example"), VirtualTime::from_micros(0));
/// let mut jar = CookieJar::default();
/// jar.store(&host, SetCookie::session("_WebSsoAuth", "…", "/orders"), now);
/// let sent_to = |url: &str| jar.matching(&url.parse().unwrap(), now).len();
/// assert_eq!(sent_to("https://ws.example/orders/7"), 1);
/// assert_eq!(sent_to("https://ws.example/stock"), 0);
/// assert_eq!(sent_to("http://ws.example/orders"), 0);
/// assert_eq!(sent_to("https://evil.ws.example/orders"), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CookieJar {
    cookies: BTreeMap<DnsName, Vec<SetCookie>>,
}

impl CookieJar {
    /// Keeps a cookie that this host has set, in place of one with the same name and path. One that
    /// has already expired is only removed.
    pub fn store(&mut self, host: &DnsName, set: SetCookie, now: VirtualTime) {
        let kept = self.cookies.entry(host.clone()).or_default();
        kept.retain(|cookie| (&cookie.name, &cookie.path) != (&set.name, &set.path));
        if !set.is_removal(now) {
            kept.push(set);
            // RFC 6265 §5.4 sends longer paths first; names in order make the rest reproducible.
            kept.sort_by(|a, b| (b.path.len(), &a.path, &a.name).cmp(&(a.path.len(), &b.path, &b.name)));
        }
        if kept.is_empty() {
            self.cookies.remove(host);
        }
    }

    /// The names and values that go with a request for this page, the longest path first.
    pub fn matching(&self, url: &Url, now: VirtualTime) -> Vec<(String, String)> {
        let host_only = self.cookies.get(url.host()).into_iter().flatten();
        host_only
            .filter(|cookie| !cookie.is_removal(now) && path_within(url.path(), &cookie.path))
            .filter(|cookie| !cookie.secure || url.scheme() == Scheme::Https)
            .map(|cookie| (cookie.name.clone(), cookie.value.clone()))
            .collect()
    }

    /// Forgets what lasts only as long as the browser is open.
    pub fn end_session(&mut self) {
        for kept in self.cookies.values_mut() {
            kept.retain(|cookie| cookie.expires.is_some());
        }
        self.cookies.retain(|_, kept| !kept.is_empty());
    }

    /// Every cookie with the host that set it, by host. [`SetCookie`] shows itself without its value.
    pub fn list(&self) -> impl Iterator<Item = (&DnsName, &SetCookie)> {
        self.cookies.iter().flat_map(|(host, kept)| kept.iter().map(move |cookie| (host, cookie)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    #[test]
    fn a_jar_replaces_expires_and_forgets() {
        let (host, now) = (DnsName::new("fs.example"), VirtualTime::from_micros(1));
        let page: Url = "https://fs.example/adfs/ls/".parse().unwrap();
        let mut jar = CookieJar::default();
        let realm = SetCookie {
            expires: Some(now + Span::days(30)),
            ..SetCookie::session("_LSRealm", "urn:corp", "/adfs/ls/")
        };
        jar.store(&host, SetCookie::session("_WebSsoAuth", "old", "/adfs/ls/"), now);
        jar.store(&host, SetCookie::session("_WebSsoAuth", "new", "/adfs/ls/"), now);
        jar.store(&host, SetCookie::session("_WebSsoAuth", "top", "/"), now);
        jar.store(&host, realm, now);

        let sent = |jar: &CookieJar, now| {
            jar.matching(&page, now)
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(sent(&jar, now), ["_LSRealm=urn:corp", "_WebSsoAuth=new", "_WebSsoAuth=top"]);
        assert_eq!(sent(&jar, now + Span::days(30)), ["_WebSsoAuth=new", "_WebSsoAuth=top"]);
        assert!(jar.list().all(|(_, cookie)| !cookie.to_string().contains("new")));

        jar.store(&host, SetCookie::deletion("_WebSsoAuth", "/adfs/ls/"), now);
        assert_eq!(sent(&jar, now), ["_LSRealm=urn:corp", "_WebSsoAuth=top"]);
        jar.end_session();
        assert_eq!(sent(&jar, now), ["_LSRealm=urn:corp"]);
    }
}
