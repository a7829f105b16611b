//! Addresses on the web, as browsers and servers of the simulated world write and compare them.
//!
//! An address is kept in one normal form, so that two that mean the same page are equal: the host in
//! lower case, no needless escapes in the path, no default port, no fragment (which never travels).
//! Written out, escapes have lower-case hexadecimal digits and a space in a query is a `+`, as AD FS
//! writes its Location headers. What a path means is for the server to know.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::DnsName;

/// Whether a connection is in the clear or inside TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// In the clear, port 80 unless the address says otherwise.
    Http,
    /// Inside TLS, port 443 unless the address says otherwise.
    Https,
}

impl Scheme {
    /// The scheme as it stands before `://`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that an address of this scheme means when it names none.
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// An absolute address of a page.
///
/// ```
/// use forestsim::protocol::url::Url;
/// let url: Url = "https://FS.corp.example/adfs/ls/?wa=wsignin1.0&wctx=a%20b%2Fc".parse().unwrap();
/// assert_eq!(url.path(), "/adfs/ls/");
/// assert_eq!(url.parameter("wctx"), Some("a b/c"));
/// assert_eq!(url.to_string(), "https://fs.corp.example/adfs/ls/?wa=wsignin1.0&wctx=a+b%2fc");
/// assert_eq!(url.origin(), "https://fs.corp.example");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Url {
    scheme: Scheme,
    host: DnsName,
    port: u16,
    path: String,
    query: Vec<(String, String)>,
}

/// Why a text is not an address of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The text is not an absolute address at all.
    #[error("`{text}` is not a web address ({why}); write it as https://host.example/path")]
    Malformed {
        /// The text.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The scheme is another one than http and https.
    #[error("`{0}` begins with neither http:// nor https://")]
    Scheme(String),
    /// The host is a number, or there is none.
    #[error("`{0}` does not name its host; write a DNS name, not an address")]
    Host(String),
    /// The address carries a user name or a password.
    #[error("the address of a page on `{0}` carries a user name or password; leave them out")]
    Credentials(String),
}

impl Url {
    /// The `https` address of a path on a host, without a query. Characters that cannot stand in a
    /// path are escaped.
    pub fn https(host: &DnsName, path: &str) -> Self {
        let scheme = Scheme::Https;
        Self {
            scheme,
            host: host.clone(),
            port: scheme.default_port(),
            path: normal_path(path),
            query: Vec::new(),
        }
    }

    /// In the clear or inside TLS.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The server's name.
    pub fn host(&self) -> &DnsName {
        &self.host
    }

    /// The server's port, the scheme's own where the address names none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path, escaped, from the first `/` to before the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The parameters after the `?`, unescaped, in their order.
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The first parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Scheme, host and any unusual port: what two pages of one server share.
    pub fn origin(&self) -> String {
        let mut text = format!("{}://{}", self.scheme.as_str(), self.host);
        if self.port != self.scheme.default_port() {
            text.push_str(&format!(":{}", self.port));
        }
        text
    }

    /// The same page with these parameters instead of its own.
    #[must_use]
    pub fn with_query(&self, query: Vec<(String, String)>) -> Self {
        Self { query, ..self.clone() }
    }

    /// The same page with this parameter, in place of any of the same name.
    ///
    /// ```
    /// use forestsim::protocol::url::Url;
    /// let url: Url = "https://fs.example/adfs/ls/?whr=a&wa=wsignin1.0".parse().unwrap();
    /// assert_eq!(url.with_parameter("whr", "b").to_string(), "https://fs.example/adfs/ls/?wa=wsignin1.0&whr=b");
    /// ```
    #[must_use]
    pub fn with_parameter(&self, name: &str, value: &str) -> Self {
        let mut query = self.query.clone();
        query.retain(|(key, _)| key != name);
        query.push((name.to_owned(), value.to_owned()));
        self.with_query(query)
    }

    /// Another page of the same server, without parameters.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        Self { path: normal_path(path), query: Vec::new(), ..self.clone() }
    }

    /// Whether this page lies at or below `top`: same server, and a path that continues it by whole
    /// segments. Paths are compared with regard to case (MS-MWBF §3.1.5: host without, path with).
    ///
    /// ```
    /// use forestsim::protocol::url::Url;
    /// let app: Url = "https://ws.example/orders".parse().unwrap();
    /// let within = |text: &str| text.parse::<Url>().unwrap().is_within(&app);
    /// assert!(within("https://WS.example/orders/7?full=yes"));
    /// assert!(!within("https://ws.example/orders-old") && !within("https://ws.example/Orders"));
    /// ```
    pub fn is_within(&self, top: &Url) -> bool {
        (self.scheme, &self.host, self.port) == (top.scheme, &top.host, top.port)
            && path_within(&self.path, &top.path)
    }

    /// The address for a headline: in full where it is short, otherwise cut after its first parameter.
    ///
    /// ```
    /// use forestsim::protocol::url::Url;
    /// let url: Url = "https://fs.example/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3afederation%3aperimeter&wctx=x"
    ///     .parse().unwrap();
    /// assert_eq!(url.short(), "https://fs.example/adfs/ls/?wa=wsignin1.0…");
    /// ```
    pub fn short(&self) -> String {
        const LONGEST: usize = 72;
        const LONGEST_PARAMETER: usize = 24;
        let page = format!("{}{}", self.origin(), self.path);
        let Some((name, value)) = self.query.first() else { return page };
        let whole = self.to_string();
        if whole.len() <= LONGEST {
            return whole;
        }
        let first = format!("{}={}", escape(name), escape(value));
        if first.len() <= LONGEST_PARAMETER { format!("{page}?{first}…") } else { format!("{page}?…") }
    }
}

/// Whether a path equals another or continues it by whole segments (RFC 6265 §5.1.4).
pub(super) fn path_within(path: &str, top: &str) -> bool {
    match path.strip_prefix(top) {
        Some(rest) => rest.is_empty() || top.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.origin(), self.path)?;
        let mut joint = '?';
        for (name, value) in &self.query {
            write!(formatter, "{joint}{}={}", escape(name), escape(value))?;
            joint = '&';
        }
        Ok(())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

impl FromStr for Url {
    type Err = UrlError;
    fn from_str(text: &str) -> Result<Self, UrlError> {
        let parsed = url::Url::parse(text)
            .map_err(|why| UrlError::Malformed { text: text.to_owned(), why: why.to_string() })?;
        let scheme = match parsed.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(UrlError::Scheme(text.to_owned())),
        };
        let Some(url::Host::Domain(host)) = parsed.host() else {
            return Err(UrlError::Host(text.to_owned()));
        };
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(UrlError::Credentials(host.to_owned()));
        }
        Ok(Self {
            scheme,
            host: DnsName::new(host),
            port: parsed.port().unwrap_or(scheme.default_port()),
            path: normal_path(parsed.path()),
            query: parsed
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        })
    }
}

impl TryFrom<String> for Url {
    type Error = UrlError;
    fn try_from(text: String) -> Result<Self, UrlError> {
        text.parse()
    }
}

impl From<Url> for String {
    fn from(url: Url) -> Self {
        url.to_string()
    }
}

/// Escapes a text for a query or a form (`application/x-www-form-urlencoded`).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => escaped.push(byte as char),
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02x}")),
        }
    }
    escaped
}

/// A path with a leading `/`, unreserved characters plain and all other escapes in lower case
/// (RFC 3986 §6.2.2), so that no escape lets a page pass for another one.
fn normal_path(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut normal = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        normal.push('/');
    }
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match bytes[at..] {
            [b'%', high, low, ..] => hex_digit(high).zip(hex_digit(low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        let byte = escaped.unwrap_or(bytes[at]);
        at += if escaped.is_some() { 3 } else { 1 };
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let separates = escaped.is_none() && b"/!$&'()*+,;=:@".contains(&byte);
        if unreserved || separates {
            normal.push(byte as char);
        } else {
            normal.push_str(&format!("%{byte:02x}"));
        }
    }
    normal
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn escapes_cannot_disguise_a_path() {
        for disguise in ["/%6frders", "/x/../orders", "/x/%2e%2E/orders", "/orders#top"] {
            assert_eq!(url(&format!("https://ws.example{disguise}")), url("https://ws.example/orders"));
        }
        assert_ne!(url("https://ws.example/a%2fb"), url("https://ws.example/a/b"));
        assert_eq!(url("https://ws.example/a%2Fb").path(), "/a%2fb");
        assert_eq!(url("https://ws.example:443"), url("https://ws.example/"));
        assert_eq!(url("http://ws.example:8080/x").origin(), "http://ws.example:8080");
    }

    #[test]
    fn what_is_no_page_is_refused_and_says_why() {
        let refusal = |text: &str| text.parse::<Url>().unwrap_err();
        assert!(matches!(refusal("ftp://ws.example/"), UrlError::Scheme(_)));
        assert!(matches!(refusal("https://10.0.0.1/"), UrlError::Host(_)));
        assert!(matches!(refusal("/orders"), UrlError::Malformed { .. }));
        let credentials = refusal("https://sally:hunter2@ws.example/");
        assert!(matches!(credentials, UrlError::Credentials(_)));
        assert!(!credentials.to_string().contains("hunter2"));
    }

    proptest! {
        #[test]
        fn written_and_read_again_it_is_the_same(
            path in "[ -~é]{0,12}",
            query in proptest::collection::vec((".{0,6}", ".{0,12}"), 0..4),
        ) {
            let url = Url::https(&DnsName::new("ws.example"), "/").with_path(&path).with_query(query);
            let again: Url = url.to_string().parse().unwrap();
            prop_assert_eq!(again.query(), url.query());
            prop_assert_eq!(again.to_string().parse::<Url>().unwrap(), again);
        }
    }
}
