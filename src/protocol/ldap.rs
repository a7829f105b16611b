//! LDAP: how servers find accounts in a directory and read their attributes (RFC 4511).
//!
//! Bind, search and unbind are what an AD FS account store needs. Who may read what is for the
//! directory to say.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Message;
use super::kerberos::ApRequest;
use crate::crypto::secret::Secret;
use crate::trace::Detail;

/// The result code of success (RFC 4511 §4.1.9).
pub const SUCCESS: u32 = 0;
/// The result code of an operation that needs a bind first: `operationsError` in Active Directory.
pub const OPERATIONS_ERROR: u32 = 1;
/// The result code for a base that does not exist.
pub const NO_SUCH_OBJECT: u32 = 32;
/// The result code for a bind with wrong credentials.
pub const INVALID_CREDENTIALS: u32 = 49;

/// A request to a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LdapRequest {
    /// Says who asks.
    Bind {
        /// By which proof.
        mechanism: BindMechanism,
    },
    /// Asks for the entries below a base that match a filter.
    Search {
        /// The distinguished name of the base.
        base: String,
        /// What the entries must match.
        filter: Filter,
        /// The attributes to give; none for all.
        attributes: Vec<String>,
    },
    /// Ends the conversation; there is no reply.
    Unbind,
}

/// How one who binds proves who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BindMechanism {
    /// A name and a password.
    Simple {
        /// The name: a user principal name or a distinguished name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// A Kerberos ticket for the directory (SASL GSS-SPNEGO).
    Kerberos(ApRequest),
}

/// An answer of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LdapReply {
    /// Whether the directory takes the one who binds for whom they say.
    Bind {
        /// The result code; 0 is success.
        code: u32,
        /// More of it, for people.
        text: String,
    },
    /// What was found.
    Search {
        /// The result code; 0 is success.
        code: u32,
        /// The entries, in the directory's order.
        entries: Vec<Entry>,
    },
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its distinguished name.
    pub dn: String,
    /// The values of each attribute, in the directory's order.
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl Entry {
    /// The first value of an attribute.
    pub fn first(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute)?.first().map(String::as_str)
    }
}

/// What entries must match. It is written as RFC 4515 says.
///
/// ```
/// use forestsim::protocol::ldap::Filter;
/// let filter = Filter::And(vec![Filter::equals("sAMAccountName", "o*(brien)"), Filter::Present("mail".into())]);
/// assert_eq!(filter.to_string(), r"(&(sAMAccountName=o\2a\28brien\29)(mail=*))");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filter {
    /// The attribute has this value.
    Equals(String, String),
    /// The attribute has any value.
    Present(String),
    /// All of these match.
    And(Vec<Filter>),
    /// One of these matches.
    Or(Vec<Filter>),
}

impl Filter {
    /// The filter for entries whose attribute has this value.
    pub fn equals(attribute: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Equals(attribute.into(), value.into())
    }

    /// Whether it matches an entry of which `has` says which values its attributes have; without a
    /// value, whether it has the attribute at all.
    pub fn matches(&self, has: &impl Fn(&str, Option<&str>) -> bool) -> bool {
        match self {
            Filter::Equals(attribute, value) => has(attribute, Some(value)),
            Filter::Present(attribute) => has(attribute, None),
            Filter::And(all) => all.iter().all(|filter| filter.matches(has)),
            Filter::Or(any) => any.iter().any(|filter| filter.matches(has)),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = |formatter: &mut fmt::Formatter<'_>, sign: char, filters: &[Filter]| {
            write!(formatter, "({sign}")?;
            filters.iter().try_for_each(|filter| filter.fmt(formatter))?;
            formatter.write_str(")")
        };
        match self {
            Filter::Equals(attribute, value) => write!(formatter, "({attribute}={})", escape(value)),
            Filter::Present(attribute) => write!(formatter, "({attribute}=*)"),
            Filter::And(filters) => several(formatter, '&', filters),
            Filter::Or(filters) => several(formatter, '|', filters),
        }
    }
}

fn escape(value: &str) -> String {
    value.chars().fold(String::with_capacity(value.len()), |mut text, character| {
        match character {
            '*' | '(' | ')' | '\\' | '\0' => text.push_str(&format!("\\{:02x}", u32::from(character))),
            _ => text.push(character),
        }
        text
    })
}

impl Message for LdapRequest {
    fn protocol(&self) -> &'static str {
        "LDAP"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Bind { mechanism: BindMechanism::Simple { name, .. } } => format!("bind as {name}").into(),
            Self::Bind { mechanism: BindMechanism::Kerberos(_) } => "bind with a Kerberos ticket".into(),
            Self::Search { filter, .. } => format!("search for {filter}").into(),
            Self::Unbind => "unbind".into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::Bind { mechanism: BindMechanism::Kerberos(shown) } => {
                vec![Detail::new("shows", shown.ticket.to_string())]
            }
            Self::Search { base, attributes, .. } => {
                vec![Detail::new("base", base.clone()), Detail::new("attributes", attributes.join(", "))]
            }
            Self::Bind { .. } | Self::Unbind => Vec::new(),
        }
    }
}

impl Message for LdapReply {
    fn protocol(&self) -> &'static str {
        "LDAP"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Bind { code: SUCCESS, .. } => "bound".into(),
            Self::Bind { code, text } => format!("bind refused, code {code}: {text}").into(),
            Self::Search { code: SUCCESS, entries } => match entries.len() {
                0 => "nothing found".into(),
                1 => format!("found {}", entries[0].dn).into(),
                count => format!("found {count} entries").into(),
            },
            Self::Search { code, .. } => format!("search refused, code {code}").into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        let Self::Search { entries, .. } = self else { return Vec::new() };
        let mut details = Vec::new();
        for entry in entries {
            details.push(Detail::new("dn", entry.dn.clone()));
            details.extend(
                entry.attributes.iter().map(|(name, values)| Detail::new(name.clone(), values.join("; "))),
            );
        }
        details
    }
}
