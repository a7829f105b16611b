//! Single values as a person writes them: durations, instants, addresses, ports, accounts, hours.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::crypto::secret::Secret;
use crate::directory::DistinguishedName;
use crate::name::{DnsName, HostName, NetbiosName, Upn};
use crate::time::{Span, VirtualTime};

/// Declares how a text that is one value looks in the JSON Schema.
macro_rules! text_schema {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

/// Reads a value from its text, with the error that its `FromStr` gives, and writes it as text.
macro_rules! read_from_text {
    ($type:ty) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

text_schema!(HostName, "HostName", {
    "type": "string",
    "description": "The name of a host, as `hosts` has it."
});
text_schema!(DnsName, "DnsName", {
    "type": "string",
    "description": "A name in DNS, such as fs.adventure-works.example."
});
text_schema!(NetbiosName, "NetbiosName", {
    "type": "string",
    "description": "A domain's short name, such as CORP."
});
text_schema!(Upn, "UserPrincipalName", {
    "type": "string",
    "description": "A user principal name, such as sally@corp.adventure-works.example."
});

/// A length of time: `250ms`, `30s`, `5m`, `1h 30m`, `30d`; with a leading `-`, backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub Span);

impl Deref for Duration {
    type Target = Span;
    fn deref(&self) -> &Span {
        &self.0
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Duration {
    type Err = crate::time::TimeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

read_from_text!(Duration);
text_schema!(Duration, "Duration", {
    "type": "string",
    "pattern": r"^\s*-?(\d+(w|d|h|m|s|ms|us)\s*)+$",
    "description": "A length of time: 250ms, 30s, 5m, 1h 30m, 30d; with a leading -, backwards."
});

/// An instant in UTC: `2008-03-03T09:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub VirtualTime);

impl Deref for Instant {
    type Target = VirtualTime;
    fn deref(&self) -> &VirtualTime {
        &self.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Instant {
    type Err = crate::time::TimeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

read_from_text!(Instant);
text_schema!(Instant, "Instant", {
    "type": "string",
    "format": "date-time",
    "description": "An instant in UTC: 2008-03-03T09:00:00Z."
});

/// The address of something on the Web: `https://purchasing.adventure-works.example/orders`.
///
/// ```
/// use forestsim::scenario::WebAddress;
/// let address: WebAddress = "https://Purchasing.adventure-works.example/orders".parse().unwrap();
/// assert_eq!(address.server().as_str(), "purchasing.adventure-works.example");
/// assert_eq!((address.port(), address.path()), (443, "/orders"));
/// assert!("purchasing/orders".parse::<WebAddress>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAddress(Url);

impl WebAddress {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
    /// The name of the server in it.
    pub fn server(&self) -> DnsName {
        DnsName::new(self.0.host_str().unwrap_or_default())
    }
    /// The port, written or implied: 443 for https, 80 for http.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }
    /// What follows the server's name, up to a question mark: `/orders`.
    pub fn path(&self) -> &str {
        self.0.path()
    }
    /// Whether it is reached over TLS.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// Why a text is not a web address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a web address ({why}); write it as https://purchasing.adventure-works.example/orders"
)]
pub struct NotAnAddress {
    text: String,
    why: String,
}

impl FromStr for WebAddress {
    type Err = NotAnAddress;
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let refuse = |why: &str| NotAnAddress { text: text.to_owned(), why: why.to_owned() };
        let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(refuse("it begins with neither https:// nor http://"));
        }
        match url.host() {
            // What browsers and servers cannot read has no place in a file either.
            Some(url::Host::Domain(_)) => match url.as_str().parse::<crate::protocol::url::Url>() {
                Ok(_) => Ok(Self(url)),
                Err(error) => Err(refuse(&error.to_string())),
            },
            _ => Err(refuse("it names no server by its DNS name")),
        }
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

read_from_text!(WebAddress);
text_schema!(WebAddress, "WebAddress", {
    "type": "string",
    "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://",
    "description": "The address of something on the Web: https://purchasing.adventure-works.example/orders."
});

/// One port, `443`, or a range of them, `49152-65535`.
///
/// ```
/// use forestsim::scenario::Ports;
/// assert_eq!("443".parse(), Ok(Ports { first: 443, last: 443 }));
/// assert_eq!("49152-65535".parse(), Ok(Ports { first: 49152, last: 65535 }));
/// assert!("9-1".parse::<Ports>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ports {
    /// The first port.
    pub first: u16,
    /// The last port; the same where there is only one.
    pub last: u16,
}

/// Why a text is no port and no range of ports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a port; write one from 1 to 65535, or a range such as 49152-65535")]
pub struct NotPorts(String);

impl FromStr for Ports {
    type Err = NotPorts;
    fn from_str(text: &str) -> Result<Self, NotPorts> {
        let refuse = || NotPorts(text.to_owned());
        let port = |digits: &str| digits.trim().parse::<u16>().ok().filter(|port| *port > 0);
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let ports = Self { first: port(first).ok_or_else(refuse)?, last: port(last).ok_or_else(refuse)? };
        if ports.first > ports.last {
            return Err(refuse());
        }
        Ok(ports)
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(formatter, "{}", self.first),
            false => write!(formatter, "{}-{}", self.first, self.last),
        }
    }
}

read_from_text!(Ports);
text_schema!(Ports, "Ports", {
    "anyOf": [
        { "type": "integer", "minimum": 1, "maximum": 65535 },
        { "type": "string", "pattern": r"^\s*\d+\s*(-\s*\d+\s*)?$" }
    ],
    "description": "One port, 443, or a range of them, 49152-65535."
});

/// Someone who can be granted something: `CORP\sally`, `sally` of the domain at hand, or a SID.
///
/// ```
/// use forestsim::scenario::Principal;
/// let salesmen: Principal = r"CORP\Salesmen".parse().unwrap();
/// assert_eq!(salesmen.domain.unwrap().as_str(), "CORP");
/// assert_eq!(salesmen.name, "Salesmen");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    /// The short name of the domain, where it is written.
    pub domain: Option<NetbiosName>,
    /// The account's or group's name in it, or a SID as text.
    pub name: String,
}

impl Principal {
    /// Whether it is a SID, written out.
    pub fn is_sid(&self) -> bool {
        self.domain.is_none() && self.name.starts_with("S-1-")
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.domain {
            Some(domain) => write!(formatter, "{domain}\\{}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

impl FromStr for Principal {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('\\') {
            Some((domain, name)) => Self { domain: Some(NetbiosName::new(domain)), name: name.to_owned() },
            None => Self { domain: None, name: text.to_owned() },
        })
    }
}

read_from_text!(Principal);
text_schema!(Principal, "Principal", {
    "type": "string",
    "description": "A user, computer or group: CORP\\Salesmen, or just its name within its own domain, or a SID."
});

/// The distinguished name of an entry in a directory: `CN=hub-1,CN=Servers,DC=corp,DC=example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryName(pub DistinguishedName);

impl fmt::Display for EntryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for EntryName {
    type Err = crate::directory::DistinguishedNameError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

read_from_text!(EntryName);
text_schema!(EntryName, "EntryName", {
    "type": "string",
    "description": "A distinguished name in a directory: CN=hub-1,CN=Servers,DC=corp,DC=example."
});

/// The hours of the week, in UTC, in which an account may sign in: `mon-fri 8-18, sat 9-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogonHours(pub crate::directory::LogonHours);

impl fmt::Display for LogonHours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for LogonHours {
    type Err = crate::directory::LogonHoursError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

read_from_text!(LogonHours);
text_schema!(LogonHours, "LogonHours", {
    "type": "string",
    "description": "The hours of the week, in UTC, in which the account may sign in: mon-fri 8-18, sat 9-12."
});

/// Writes that there is a password, and not which.
pub(super) fn hidden<S: Serializer>(password: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    password.as_ref().map(|_| "…").serialize(serializer)
}

/// Reads what must not be left empty: `granted:` with nothing behind it is a slip, not an absence.
pub(super) fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::WebAddress;

    #[test]
    fn an_address_is_one_that_a_browser_can_open() {
        assert!("https://ws.example/orders?x=1".parse::<WebAddress>().is_ok());
        for wrong in ["https://sally:secret@ws.example/", "https://192.0.2.7/", "ftp://ws.example/", "ws"] {
            assert!(wrong.parse::<WebAddress>().is_err(), "{wrong}");
        }
    }
}
