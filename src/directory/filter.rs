//! Search filters: what entries of a directory must match (RFC 4515).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AttributeValue, Attributes};

/// What entries must match. It is written as RFC 4515 says.
///
/// ```
/// use forestsim::directory::Filter;
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
    /// This does not match.
    Not(Box<Filter>),
}

impl Filter {
    /// The filter for entries whose attribute has this value.
    pub fn equals(attribute: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Equals(attribute.into(), value.into())
    }

    /// The filter that every entry matches, as every entry is of some class.
    pub fn everything() -> Self {
        Self::Present("objectClass".to_owned())
    }

    /// Whether an entry with these attributes matches. Names and values compare without regard to case.
    pub fn matches(&self, attributes: &Attributes) -> bool {
        match self {
            Filter::Equals(attribute, value) => {
                let value = AttributeValue::from(value.as_str());
                attributes.get(attribute).iter().any(|held| held.matches(&value))
            }
            Filter::Present(attribute) => attributes.has(attribute),
            Filter::And(all) => all.iter().all(|filter| filter.matches(attributes)),
            Filter::Or(any) => any.iter().any(|filter| filter.matches(attributes)),
            Filter::Not(filter) => !filter.matches(attributes),
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
            Filter::Not(filter) => write!(formatter, "(!{filter})"),
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
