//! A file as a tree of plain values, each with its place: for whoever changes one fact of a scenario
//! and reads it again. What the values mean only the types know.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::at::{At, Spot};

/// A value and where it stands.
///
/// ```
/// use forestsim::scenario::tree::{Branch, Tree};
/// let tree: Tree = serde_saphyr::from_str("ws: { zone: perimeter, ports: [80, 443] }").unwrap();
/// let ws = tree.get("ws").unwrap();
/// assert_eq!(ws.get("zone").unwrap().branch, Branch::Text("perimeter".into()));
/// assert_eq!(ws.get("ports").unwrap().spot.column, 31);
/// assert_eq!(tree.value().to_string(), r#"{"ws":{"zone":"perimeter","ports":[80,443]}}"#);
/// ```
#[derive(Debug, Clone)]
pub struct Tree {
    /// Where it stands in its file.
    pub spot: Spot,
    /// What it is.
    pub branch: Branch,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Branch {
    /// Nothing, which removes an entry of a file below.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(serde_json::Number),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Tree>),
    /// Values by name, in the order of the file.
    Map(Vec<(At<String>, Tree)>),
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.branch == other.branch
    }
}

/// A value that stands in no file yet.
impl From<&Value> for Tree {
    fn from(value: &Value) -> Self {
        let branch = match value {
            Value::Null => Branch::Null,
            Value::Bool(flag) => Branch::Flag(*flag),
            Value::Number(number) => Branch::Number(number.clone()),
            Value::String(text) => Branch::Text(text.clone()),
            Value::Array(items) => Branch::List(items.iter().map(Tree::from).collect()),
            Value::Object(entries) => {
                let at = |name: &String| At { value: name.clone(), spot: Spot::default() };
                Branch::Map(entries.iter().map(|(name, value)| (at(name), Tree::from(value))).collect())
            }
        };
        Tree { spot: Spot::default(), branch }
    }
}

impl Tree {
    /// The value of this name, in a map.
    pub fn get(&self, name: &str) -> Option<&Tree> {
        self.entries().iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[(At<String>, Tree)] {
        if let Branch::Map(entries) = &self.branch { entries } else { &[] }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Tree] {
        if let Branch::List(items) = &self.branch { items } else { &[] }
    }

    /// The text of a value without parts.
    pub fn scalar(&self) -> Option<String> {
        match &self.branch {
            Branch::Flag(flag) => Some(flag.to_string()),
            Branch::Number(number) => Some(number.to_string()),
            Branch::Text(text) => Some(text.clone()),
            Branch::Null | Branch::List(_) | Branch::Map(_) => None,
        }
    }

    /// How many values without parts it holds.
    pub fn leaves(&self) -> usize {
        match &self.branch {
            Branch::List(items) => items.iter().map(Tree::leaves).sum(),
            Branch::Map(entries) => entries.iter().map(|(_, value)| value.leaves()).sum(),
            _ => 1,
        }
    }

    /// The same without places, which a file can be written from.
    pub fn value(&self) -> Value {
        match &self.branch {
            Branch::Null => Value::Null,
            Branch::Flag(flag) => Value::Bool(*flag),
            Branch::Number(number) => Value::Number(number.clone()),
            Branch::Text(text) => Value::String(text.clone()),
            Branch::List(items) => items.iter().map(Tree::value).collect(),
            Branch::Map(entries) => {
                entries.iter().map(|(name, value)| (name.value.clone(), value.value())).collect()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let At { value, spot } = At::<Branch>::deserialize(deserializer)?;
        Ok(Self { spot, branch: value })
    }
}

impl<'de> Deserialize<'de> for Branch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyBranch)
    }
}

struct AnyBranch;

impl<'de> Visitor<'de> for AnyBranch {
    type Value = Branch;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Branch, E> {
        Ok(Branch::Null)
    }

    fn visit_none<E>(self) -> Result<Branch, E> {
        Ok(Branch::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Branch, D::Error> {
        Branch::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Branch, E> {
        Ok(Branch::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Branch, E> {
        Ok(Branch::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Branch, E> {
        Ok(Branch::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Branch, E> {
        Ok(serde_json::Number::from_f64(number).map_or(Branch::Null, Branch::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Branch, E> {
        Ok(Branch::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Branch, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Branch::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Branch, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Branch::Map(entries))
    }
}
