//! Distinguished names: where in a directory an entry stands, as RFC 4514 writes it.
//!
//! A name knows its place in the tree: its parent, and what lies below it. It knows no entry. Names
//! compare without regard to case and order with each entry just before what lies below it.

mod text;

pub use text::DistinguishedNameError;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::name::DnsName;
use text::component;

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
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct DistinguishedName {
    /// None for the root.
    written: Option<Arc<Written>>,
    /// How many components of what is written belong to it, from the root.
    depth: usize,
}

/// A name and, as parts of it, all that stand above it.
#[derive(Default)]
struct Written {
    /// As RFC 4514 writes it: what stands above comes last.
    text: String,
    /// In lower case, by which names compare: what stands above comes first, and a NUL, which no
    /// component has, ends each component.
    path: String,
    /// The values one after another, from the root.
    values: String,
    /// How far the three reach for each component from the root.
    reach: Vec<Reach>,
}

#[derive(Clone, Copy, Default)]
struct Reach {
    text: usize,
    path: usize,
    values: usize,
}

impl DistinguishedName {
    /// The root above all naming contexts.
    pub const ROOT: Self = Self { written: None, depth: 0 };

    /// The name of a domain: `DC=corp,DC=example`.
    pub fn of_domain(domain: &DnsName) -> Self {
        Self::from_root(domain.as_str().rsplit('.').map(|label| ("DC", label)))
    }

    /// The name with these components: attributes and values.
    fn from_root<A: AsRef<str>, V: AsRef<str>>(components: impl IntoIterator<Item = (A, V)>) -> Self {
        let mut written = Written::default();
        for (attribute, value) in components {
            written.push(&component(attribute.as_ref(), value.as_ref()), value.as_ref());
        }
        Self::of(written)
    }

    fn of(written: Written) -> Self {
        let depth = written.reach.len();
        Self { depth, written: (depth > 0).then(|| Arc::new(written)) }
    }

    /// The name of an entry just below this one.
    #[must_use]
    pub fn child(&self, attribute: &str, value: &str) -> Self {
        let mut written = self.copied();
        written.push(&component(attribute, value), value);
        Self::of(written)
    }

    /// The name that this one has where `from` has become `to`; none where it does not lie within `from`.
    ///
    /// ```
    /// use forestsim::directory::DistinguishedName;
    /// let name = |text: &str| text.parse::<DistinguishedName>().unwrap();
    /// let moved = name("CN=hub1,CN=Servers,DC=corp").moved(&name("DC=corp"), &name("DC=lab,DC=corp"));
    /// assert_eq!(moved, Some(name("CN=hub1,CN=Servers,DC=lab,DC=corp")));
    /// ```
    pub fn moved(&self, from: &Self, to: &Self) -> Option<Self> {
        if !self.is_within(from) {
            return None;
        }
        let mut written = to.copied();
        if let Some(all) = &self.written {
            (from.depth..self.depth).for_each(|index| written.push(all.component(index), all.value(index)));
        }
        Some(Self::of(written))
    }

    /// The name just above; none above the root.
    pub fn parent(&self) -> Option<Self> {
        match self.depth {
            0 => None,
            1 => Some(Self::ROOT),
            depth => Some(Self { written: self.written.clone(), depth: depth - 1 }),
        }
    }

    /// The value of the first component: `hub1` of `CN=hub1,CN=Servers`; none for the root.
    pub fn name(&self) -> Option<&str> {
        Some(self.written.as_ref()?.value(self.depth - 1))
    }

    /// Whether this name is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.path().starts_with(other.path())
    }

    /// How many components it has; none for the root.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The name as it is written; nothing for the root.
    pub fn as_str(&self) -> &str {
        let length = self.reach().text;
        self.written.as_ref().map_or("", |all| &all.text[all.text.len() - length..])
    }

    fn path(&self) -> &str {
        self.written.as_ref().map_or("", |all| &all.path[..self.reach().path])
    }

    /// What is written of this name, apart from whatever shares it.
    fn copied(&self) -> Written {
        let Some(all) = &self.written else { return Written::default() };
        let reach = self.reach();
        Written {
            text: self.as_str().to_owned(),
            path: self.path().to_owned(),
            values: all.values[..reach.values].to_owned(),
            reach: all.reach[..self.depth].to_vec(),
        }
    }

    fn reach(&self) -> Reach {
        self.written.as_ref().map_or_else(Reach::default, |all| all.reach[self.depth - 1])
    }
}

impl Written {
    /// Adds a component, which has this value, below all that there are.
    fn push(&mut self, component: &str, value: &str) {
        let comma = if self.text.is_empty() { "" } else { "," };
        self.text.insert_str(0, comma);
        self.text.insert_str(0, component);
        if component.is_ascii() {
            let start = self.path.len();
            self.path.push_str(component);
            self.path[start..].make_ascii_lowercase();
        } else {
            self.path.push_str(&component.to_lowercase());
        }
        self.path.push('\0');
        self.values.push_str(value);
        let (text, path, values) = (self.text.len(), self.path.len(), self.values.len());
        self.reach.push(Reach { text, path, values });
    }

    /// A component as it is written, by its number from the root.
    fn component(&self, index: usize) -> &str {
        let below = &self.text[self.text.len() - self.reach[index].text..];
        match index.checked_sub(1) {
            None => below,
            Some(above) => &below[..below.len() - self.reach[above].text - ",".len()],
        }
    }

    /// The value of a component, by its number from the root.
    fn value(&self, index: usize) -> &str {
        let before = index.checked_sub(1).map_or(0, |above| self.reach[above].values);
        &self.values[before..self.reach[index].values]
    }
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
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
        self.path().cmp(other.path())
    }
}

impl Hash for DistinguishedName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path().hash(state);
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

impl FromStr for DistinguishedName {
    type Err = DistinguishedNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::from_root(text::read(text)?.into_iter().rev()))
    }
}

impl TryFrom<String> for DistinguishedName {
    type Error = DistinguishedNameError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Serialize for DistinguishedName {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values so much alike that names often share some.
    fn components() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[ab,A ]{1,2}", 0..4)
    }

    fn named(values: &[String]) -> DistinguishedName {
        values.iter().fold(DistinguishedName::ROOT, |above, value| above.child("CN", value))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(values in prop::collection::vec("[^\\x00]{1,8}", 0..4)) {
            let name = named(&values);
            let read: DistinguishedName = name.to_string().parse().unwrap();
            prop_assert_eq!(read.to_string(), name.to_string());
            prop_assert_eq!(read.depth(), values.len());
            prop_assert_eq!(read.name(), values.last().map(String::as_str));
        }

        /// A name is the list of its components from the root, without regard to case.
        #[test]
        fn names_compare_as_their_components(one in components(), other in components(), top in components()) {
            let (a, b, c) = (named(&one), named(&other), named(&top));
            let folded = |list: &[String]| list.iter().map(|value| value.to_lowercase()).collect::<Vec<_>>();
            let (one, other) = (folded(&one), folded(&other));
            prop_assert_eq!(a.cmp(&b), one.cmp(&other));
            prop_assert_eq!(a.is_within(&b), one.starts_with(&other));
            prop_assert_eq!(a.parent(), one.split_last().map(|(_, above)| named(above)));
            let moved = one.strip_prefix(&other[..]).map(|rest| named(&[&folded(&top), rest].concat()));
            prop_assert_eq!(a.moved(&b, &c), moved);
        }
    }
}
