//! Distinguished names: where in a directory an entry stands, as RFC 4514 writes it.
//!
//! A name knows its place in the tree: its parent, and what lies below it. It knows no entry. Names
//! compare without regard to case and order with each entry just before what lies below it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::DnsName;

/// A distinguished name (RFC 4514), such as `CN=hub1,CN=Servers,DC=corp,DC=example`.
///
/// The empty name is the root above all naming contexts. A component has one attribute and one
/// value, as everywhere in Active Directory.
///
/// ```
/// use forestsim::directory::DistinguishedName;
/// let servers: DistinguishedName = "CN=Servers, DC=corp, DC=example".parse().unwrap();
/// let hub = servers.child("CN", "Hub, the first");
/// assert_eq!(hub.to_string(), r"CN=Hub\, the first,CN=Servers,DC=corp,DC=example");
/// assert_eq!(hub, r"cn=hub\2c the first,cn=servers,dc=CORP,dc=example".parse().unwrap());
/// assert_eq!(hub.parent(), Some(servers.clone()));
/// assert!(hub.is_within(&servers) && !servers.is_within(&hub));
/// assert_eq!(hub.name(), Some("Hub, the first"));
/// assert!("CN=a+OU=b".parse::<DistinguishedName>().is_err());
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DistinguishedName {
    /// From the root to the entry.
    components: Vec<Component>,
}

#[derive(Clone)]
struct Component {
    attribute: String,
    value: String,
    /// Both in lower case, by which components compare.
    folded: (String, String),
}

/// Why a text is not a distinguished name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a distinguished name ({why}); write it as CN=hub1,CN=Servers,DC=corp,DC=example")]
pub struct DistinguishedNameError {
    text: String,
    why: &'static str,
}

impl DistinguishedName {
    /// The root above all naming contexts.
    pub const ROOT: Self = Self { components: Vec::new() };

    /// The name of a domain: `DC=corp,DC=example`.
    pub fn of_domain(domain: &DnsName) -> Self {
        domain.as_str().rsplit('.').fold(Self::ROOT, |above, label| above.child("DC", label))
    }

    /// The name of an entry just below this one.
    #[must_use]
    pub fn child(&self, attribute: &str, value: &str) -> Self {
        let mut components = self.components.clone();
        components.push(Component::new(attribute.to_owned(), value.to_owned()));
        Self { components }
    }

    /// The name just above; none above the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.components.split_last()?;
        Some(Self { components: above.to_vec() })
    }

    /// The value of the first component: `hub1` of `CN=hub1,CN=Servers`; none for the root.
    pub fn name(&self) -> Option<&str> {
        self.components.last().map(|component| component.value.as_str())
    }

    /// Whether this name is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.components.starts_with(&other.components)
    }

    /// How many components it has; none for the root.
    pub fn depth(&self) -> usize {
        self.components.len()
    }
}

impl Component {
    fn new(attribute: String, value: String) -> Self {
        let folded = (attribute.to_lowercase(), value.to_lowercase());
        Self { attribute, value, folded }
    }
}

impl PartialEq for Component {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        self.components == other.components
    }
}

impl Eq for DistinguishedName {}

impl PartialOrd for DistinguishedName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DistinguishedName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.components
            .iter()
            .map(|component| &component.folded)
            .cmp(other.components.iter().map(|component| &component.folded))
    }
}

impl Hash for DistinguishedName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.components.iter().for_each(|component| component.folded.hash(state));
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, component) in self.components.iter().rev().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(formatter, "{comma}{}={}", component.attribute, escape(&component.value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

/// A value as RFC 4514 §2.4 writes it.
fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (index, letter) in value.chars().enumerate() {
        match letter {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', letter]),
            '#' if index == 0 => text.push_str("\\#"),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            '\0' => text.push_str("\\00"),
            _ => text.push(letter),
        }
    }
    text
}

impl FromStr for DistinguishedName {
    type Err = DistinguishedNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| DistinguishedNameError { text: text.to_owned(), why };
        if text.trim().is_empty() {
            return Ok(Self::ROOT);
        }
        let mut components = Vec::new();
        let mut rest = text;
        loop {
            let (attribute, after) = rest.split_once('=').ok_or_else(|| refuse("a component has no `=`"))?;
            let attribute = attribute.trim();
            let legal = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.';
            if attribute.is_empty() || !attribute.chars().all(legal) {
                return Err(refuse("an attribute is named by letters, digits, - and ."));
            }
            let (value, after) = read_value(after).map_err(refuse)?;
            components.push(Component::new(attribute.to_owned(), value));
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        components.reverse();
        Ok(Self { components })
    }
}

/// The value at the beginning of a text, unescaped, and what follows its comma.
fn read_value(text: &str) -> Result<(String, Option<&str>), &'static str> {
    let text = text.trim_start_matches(' ');
    if text.starts_with('#') {
        return Err("a value in hexadecimal form is not read");
    }
    let mut value: Vec<u8> = Vec::new();
    // How much of the value stays when unescaped spaces at its end are cut off.
    let mut keep = 0;
    let mut letters = text.char_indices();
    let mut rest = None;
    while let Some((at, letter)) = letters.next() {
        match letter {
            ',' => {
                rest = Some(&text[at + 1..]);
                break;
            }
            '\\' => {
                let after = &text[at + 1..];
                let digits = after.get(..2).filter(|two| two.bytes().all(|digit| digit.is_ascii_hexdigit()));
                let octet = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match (octet, after.chars().next()) {
                    (Some(octet), _) => {
                        value.push(octet);
                        letters.nth(1);
                    }
                    (None, Some(escaped)) => {
                        value.extend(escaped.to_string().as_bytes());
                        letters.next();
                    }
                    (None, None) => return Err("it ends in a backslash"),
                }
                keep = value.len();
            }
            '+' => return Err("a component has one attribute"),
            '"' | ';' | '<' | '>' | '\0' => return Err("a character must be escaped with a backslash"),
            _ => {
                value.extend(letter.to_string().as_bytes());
                if letter != ' ' {
                    keep = value.len();
                }
            }
        }
    }
    value.truncate(keep);
    let value = String::from_utf8(value).map_err(|_| "escaped octets are not UTF-8")?;
    if value.is_empty() { Err("a component has no value") } else { Ok((value, rest)) }
}

impl TryFrom<String> for DistinguishedName {
    type Error = DistinguishedNameError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DistinguishedName> for String {
    fn from(name: DistinguishedName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(values in prop::collection::vec("[^\\x00]{1,8}", 0..4)) {
            let name = values.iter().fold(DistinguishedName::ROOT, |above, value| above.child("CN", value));
            let read: DistinguishedName = name.to_string().parse().unwrap();
            prop_assert_eq!(read.to_string(), name.to_string());
            prop_assert_eq!(read.depth(), values.len());
        }
    }
}
