//! Values that know where in a file they were written.
//!
//! Every reference to something else, and every value that can be wrong, is an [`At`], so that an
//! error can point at it. What stands in a file by name is in [`Entries`]; what is left of a
//! [`Section`] after one file was laid over another remembers, for each [`Entry`], its file.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where something stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Spot {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How many characters it takes on that line; 0 where it is not a single word.
    pub length: u32,
}

impl Spot {
    pub(super) fn of(location: serde_saphyr::Location) -> Self {
        let number = |wide: u64| u32::try_from(wide).unwrap_or(u32::MAX);
        Self {
            line: number(location.line()),
            column: number(location.column()),
            length: number(location.span().len()),
        }
    }
}

/// A value and where it stands. It compares, hashes and reads as the value alone.
///
/// ```
/// use forestsim::scenario::At;
/// let value: At<String> = serde_saphyr::from_str("  hello").unwrap();
/// assert_eq!(value.as_str(), "hello");
/// assert_eq!((value.spot.line, value.spot.column, value.spot.length), (1, 3, 5));
/// ```
#[derive(Clone)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands, in the file that holds it.
    pub spot: Spot,
}

impl<T> Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for At<T> {}

impl<T: Hash> Hash for At<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: std::borrow::Borrow<str>> std::borrow::Borrow<str> for At<T> {
    fn borrow(&self) -> &str {
        self.value.borrow()
    }
}

impl<T: fmt::Debug> fmt::Debug for At<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

impl<T: fmt::Display> fmt::Display for At<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = serde_saphyr::Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { value: spanned.value, spot: Spot::of(spanned.referenced) })
    }
}

impl<T: Serialize> Serialize for At<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Things by name, in the order of the file. A name that stands twice, in whatever case where
/// case does not matter, is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<K: Hash + Eq, T>(IndexMap<At<K>, T>);

impl<K: Hash + Eq, T> Default for Entries<K, T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<K: Hash + Eq, T> Deref for Entries<K, T> {
    type Target = IndexMap<At<K>, T>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K: Hash + Eq, T> IntoIterator for Entries<K, T> {
    type Item = (At<K>, T);
    type IntoIter = indexmap::map::IntoIter<At<K>, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K: Hash + Eq, T> IntoIterator for &'a Entries<K, T> {
    type Item = (&'a At<K>, &'a T);
    type IntoIter = indexmap::map::Iter<'a, At<K>, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, K, T> Deserialize<'de> for Entries<K, T>
where
    K: Deserialize<'de> + Hash + Eq + fmt::Display,
    T: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName<K, T>(PhantomData<(K, T)>);

        impl<'de, K, T> Visitor<'de> for ByName<K, T>
        where
            K: Deserialize<'de> + Hash + Eq + fmt::Display,
            T: Deserialize<'de>,
        {
            type Value = Entries<K, T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("entries by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = IndexMap::new();
                while let Some(name) = map.next_key::<At<K>>()? {
                    if entries.contains_key(&name) {
                        return Err(A::Error::custom(format!("`{name}` stands here twice")));
                    }
                    let value = map.next_value()?;
                    entries.insert(name, value);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(ByName(PhantomData))
    }
}

impl<K: Hash + Eq + fmt::Display, T: Serialize> Serialize for Entries<K, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name.to_string(), value)))
    }
}

impl<K: Hash + Eq, T: JsonSchema> JsonSchema for Entries<K, T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Entries_of_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        std::collections::BTreeMap::<String, T>::json_schema(generator)
    }
}

/// Which of the files that make up a scenario: an index into its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub(super) usize);

/// An entry of a section, and where its name stands. Every [`Spot`] inside it is of the same file.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// The entry.
    pub value: T,
    /// The file that it comes from.
    pub file: FileId,
    /// Where its name stands.
    pub spot: Spot,
}

impl<T> Deref for Entry<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A section of a topology: its entries by name, in the order of the files.
pub type Section<K, T> = IndexMap<K, Entry<T>>;
