//! The attributes of a directory's entry: names that compare without regard to case, each with its
//! values.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Modification;
use crate::crypto::{digest, octets};

/// A value of an attribute.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AttributeValue {
    /// A text; it compares without regard to case where a filter or a deletion looks for it.
    Text(Arc<str>),
    /// Bytes, which mean something to whoever wrote them.
    Bytes(#[serde(with = "octets")] Arc<[u8]>),
}

/// The attributes of an entry, by name; a name has at least one value. Names compare without regard
/// to case and keep the spelling in which they came first.
///
/// ```
/// use forestsim::directory::{AttributeValue, Attributes};
/// let mut server = Attributes::new([("networkAddress", "hub1.corp.example")]);
/// server.set("msExchEdgeSyncCredential", vec![AttributeValue::from(vec![1, 2])]);
/// assert_eq!(server.first("NETWORKADDRESS"), Some("hub1.corp.example"));
/// assert_eq!(server.bytes("msexchedgesynccredential").next(), Some(&[1, 2][..]));
/// server.set("networkAddress", vec![]);
/// assert!(!server.has("networkAddress"));
/// ```
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Spelled>")]
pub struct Attributes(
    /// In the order of the names in lower case.
    Vec<Spelled>,
);

/// The name as it is spelled, and the values.
type Spelled = (Arc<str>, Vec<AttributeValue>);

impl AttributeValue {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }

    /// The bytes, where it is such.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(_) => None,
            Self::Bytes(bytes) => Some(bytes),
        }
    }

    /// Whether a directory takes the two for the same value.
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.to_lowercase() == other.to_lowercase(),
            _ => self == other,
        }
    }
}

impl Attributes {
    /// These attributes, each with one value.
    pub fn new<N: AsRef<str>, V: Into<AttributeValue>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut attributes = Self::default();
        for (name, value) in pairs {
            attributes.set(name, vec![value.into()]);
        }
        attributes
    }

    /// Where an attribute stands, or would stand.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| folded(held).cmp(folded(name)))
    }

    /// The values of an attribute; none where it is not there.
    pub fn get(&self, name: &str) -> &[AttributeValue] {
        self.find(name).map_or(&[], |at| &self.0[at].1)
    }

    /// The first value of an attribute, where it is a text.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.get(name).first()?.text()
    }

    /// The values of an attribute that are texts.
    pub fn texts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.get(name).iter().filter_map(AttributeValue::text)
    }

    /// The values of an attribute that are bytes.
    pub fn bytes<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.get(name).iter().filter_map(AttributeValue::bytes)
    }

    /// Whether an attribute is there.
    pub fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Replaces the values of an attribute; without values it is there no longer.
    pub fn set(&mut self, name: impl AsRef<str>, values: Vec<AttributeValue>) {
        match self.find(name.as_ref()) {
            Ok(at) if values.is_empty() => drop(self.0.remove(at)),
            Ok(at) => self.0[at].1 = values,
            Err(_) if values.is_empty() => {}
            Err(at) => self.0.insert(at, (name.as_ref().into(), values)),
        }
    }

    /// Adds a value to an attribute. Returns whether it was not there before.
    pub fn add(&mut self, name: &str, value: AttributeValue) -> bool {
        match self.find(name) {
            Err(at) => self.0.insert(at, (name.into(), vec![value])),
            Ok(at) if self.0[at].1.iter().any(|held| held.matches(&value)) => return false,
            Ok(at) => self.0[at].1.push(value),
        }
        true
    }

    /// Takes a value from an attribute. Returns whether it was there.
    pub fn remove(&mut self, name: &str, value: &AttributeValue) -> bool {
        let Ok(at) = self.find(name) else { return false };
        let values = &mut self.0[at].1;
        let before = values.len();
        values.retain(|held| !held.matches(value));
        let (found, empty) = (values.len() < before, values.is_empty());
        if empty {
            self.0.remove(at);
        }
        found
    }

    /// Keeps only the attributes whose name will do.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    /// Every attribute with its values, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[AttributeValue])> {
        self.0.iter().map(|(name, values)| (&**name, values.as_slice()))
    }

    /// The changes that give an entry these attributes, and none of the optional ones besides.
    ///
    /// ```
    /// use forestsim::directory::Attributes;
    /// let mut connector = Attributes::new([("cost", "1"), ("smartHost", "mail.fabrikam.example")]);
    /// let by_dns = Attributes::new([("cost", "2")]);
    /// let dn = "CN=out".parse().unwrap();
    /// for change in by_dns.replacements(&["smartHost"]) {
    ///     change.apply(&dn, &mut connector).unwrap();
    /// }
    /// assert_eq!(connector, by_dns);
    /// ```
    pub fn replacements(&self, optional: &[&str]) -> Vec<Modification> {
        let all = self.iter().map(|(name, values)| Modification::Replace(name.to_owned(), values.to_vec()));
        let gone = optional.iter().filter(|name| !self.has(name));
        all.chain(gone.map(|name| Modification::Replace((*name).to_owned(), Vec::new()))).collect()
    }

    /// How many attributes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|letter| letter.to_ascii_lowercase())
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for AttributeValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Vec<u8>> for AttributeValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<Vec<Spelled>> for Attributes {
    fn from(pairs: Vec<Spelled>) -> Self {
        let mut attributes = Self::default();
        for (name, values) in pairs {
            attributes.set(name, values);
        }
        attributes
    }
}

impl fmt::Display for AttributeValue {
    /// A text as it is; of bytes how many there are and how their SHA-256 begins.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Bytes(bytes) => {
                let digest = digest::hex(&digest::sha256(bytes));
                write!(formatter, "{} bytes ({}…)", bytes.len(), &digest[..8])
            }
        }
    }
}

impl fmt::Debug for AttributeValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}
