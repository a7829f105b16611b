//! Distinguished names: where in a directory an entry stands, as RFC 4514 writes it.
//!
//! A name knows its place in the tree: its parent, and what lies below it. It knows no entry. Names
//! compare without regard to case and order with each entry just before what lies below it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

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
pub struct DistinguishedName(Option<Arc<Level>>);

/// One component, with all that stands above it; names below one entry share it.
struct Level {
    above: DistinguishedName,
    /// The value of the component.
    value: String,
    /// The component in lower case, by which components compare.
    folded: String,
    /// The whole name as it is written.
    text: String,
    depth: usize,
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
    pub const ROOT: Self = Self(None);

    /// The name of a domain: `DC=corp,DC=example`.
    pub fn of_domain(domain: &DnsName) -> Self {
        domain.as_str().rsplit('.').fold(Self::ROOT, |above, label| above.child("DC", label))
    }

    /// The name of an entry just below this one.
    #[must_use]
    pub fn child(&self, attribute: &str, value: &str) -> Self {
        let comma = if self.0.is_some() { "," } else { "" };
        Self(Some(Arc::new(Level {
            text: format!("{attribute}={}{comma}{self}", escape(value)),
            folded: format!("{attribute}={value}").to_lowercase(),
            value: value.to_owned(),
            depth: self.depth() + 1,
            above: self.clone(),
        })))
    }

    /// The name just above; none above the root.
    pub fn parent(&self) -> Option<Self> {
        Some(self.0.as_ref()?.above.clone())
    }

    /// The value of the first component: `hub1` of `CN=hub1,CN=Servers`; none for the root.
    pub fn name(&self) -> Option<&str> {
        Some(&self.0.as_ref()?.value)
    }

    /// Whether this name is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.depth() >= other.depth() && self.at_depth(other.depth()) == other
    }

    /// How many components it has; none for the root.
    pub fn depth(&self) -> usize {
        self.0.as_ref().map_or(0, |level| level.depth)
    }

    /// The name as it is written; nothing for the root.
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", |level| &level.text)
    }

    /// This name, or the one above it that has so many components.
    fn at_depth(&self, depth: usize) -> &Self {
        match &self.0 {
            Some(level) if level.depth > depth => level.above.at_depth(depth),
            _ => self,
        }
    }
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => {
                Arc::ptr_eq(one, other)
                    || one.depth == other.depth && one.folded == other.folded && one.above == other.above
            }
            _ => false,
        }
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
        let shared = self.depth().min(other.depth());
        let components = match (&self.at_depth(shared).0, &other.at_depth(shared).0) {
            (Some(one), Some(other)) if !Arc::ptr_eq(one, other) => {
                one.above.cmp(&other.above).then_with(|| one.folded.cmp(&other.folded))
            }
            _ => Ordering::Equal,
        };
        components.then_with(|| self.depth().cmp(&other.depth()))
    }
}

impl Hash for DistinguishedName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(level) = &self.0 {
            level.above.hash(state);
            level.folded.hash(state);
        }
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
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
            components.push((attribute, value));
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        let from_the_root = components.into_iter().rev();
        Ok(from_the_root.fold(Self::ROOT, |above, (attribute, value)| above.child(attribute, &value)))
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
        name.as_str().to_owned()
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
