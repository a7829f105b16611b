//! What serde-saphyr finds wrong with a file's shape, in words for the person who wrote the file.

use std::fmt::Display;

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, MessageFormatter, UserMessageFormatter};

use super::at::Spot;

/// What is wrong with the shape of a file.
pub(super) struct Explanation {
    pub spot: Spot,
    pub message: String,
    pub cure: String,
}

/// Puts an error into words.
pub(super) fn explain(error: &Error) -> Explanation {
    let mut inner = error;
    while let Error::AliasError { error, .. } | Error::WithSnippet { error, .. } = inner {
        inner = error;
    }
    let spot = error.location().or(inner.location()).map(Spot::of).unwrap_or_default();
    // A file that ends too early, or is wrong as a whole, is marked at its beginning.
    let spot = if spot.line == 0 { Spot { line: 1, column: 1, length: 0 } } else { spot };
    let (message, cure) = words(inner);
    Explanation { spot, message, cure }
}

fn words(error: &Error) -> (String, String) {
    match error {
        Error::SerdeUnknownField { field, expected, .. } => unknown_key(field, expected),
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            (format!("`{variant}` is not possible here"), nearest(variant, expected))
        }
        Error::SerdeMissingField { field, .. } => {
            (format!("`{field}` is missing here"), format!("add a line `{field}: …`"))
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("this key");
            (format!("`{key}` stands here twice"), "leave one of the two out, or rename it".into())
        }
        Error::MultipleDocuments { .. } => (
            "a second document begins here".into(),
            "a file holds one; remove the line ---, or put the rest into a file of its own".into(),
        ),
        Error::NullIntoString { .. } => {
            ("a value is missing here".into(), "write it behind the colon, or leave the line out".into())
        }
        Error::InvalidBooleanStrict { .. } => {
            ("this is neither true nor false".into(), "write true or false".into())
        }
        Error::InvalidScalar { ty, .. } => number(ty),
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            ("the file is nested too deeply".into(), "close a bracket, or indent less".into())
        }
        Error::Budget { breach: BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. }, .. } => (
            "the file holds more entries than are read".into(),
            "describe fewer hosts or steps; a part can go into a topology that this one extends".into(),
        ),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => {
            ("the file repeats too much by anchors (&, *)".into(), "write the values out".into())
        }
        Error::UnknownAnchor { .. } => (
            "no anchor of this name stands before".into(),
            "write the value out, or put it into quotes if it begins with a star".into(),
        ),
        Error::MergeKeyNotAllowed { .. } => (
            "merge keys (<<) are not read".into(),
            "write the entry out; a topology is changed by `extends:`".into(),
        ),
        Error::Message { msg, .. } => match msg.split_once("; ") {
            Some((message, cure)) => (message.into(), cure.into()),
            None => (msg.clone(), String::new()),
        },
        Error::Unexpected { expected, .. } => match *expected {
            "mapping start" => {
                ("entries belong here".into(), "write `key: value` lines, or { key: value }, or {}".into())
            }
            "sequence start" => (
                "a list belongs here".into(),
                "write [one, two], or lines that begin with a dash, or []".into(),
            ),
            "string scalar" | "scalar" => {
                ("a single value belongs here".into(), "write it without brackets and without `key:`".into())
            }
            other => (format!("{other} belongs here"), "write it, or leave the line out".into()),
        },
        other => (plain(other), cure_of(&plain(other))),
    }
}

/// An unknown key; most often a slip, sometimes the other kind of file.
fn unknown_key(key: &str, expected: &[&str]) -> (String, String) {
    let cure = match key {
        "steps" if expected.contains(&"extends") => "this file is a scenario; name a topology here".into(),
        "extends" if expected.contains(&"steps") => {
            "a scenario names its `topology:`; if this file is one, name a scenario that uses it".into()
        }
        _ => nearest(key, expected),
    };
    (format!("there is no key `{key}` here"), cure)
}

fn number(kind: &str) -> (String, String) {
    let range = match kind {
        "u8" => "from 0 to 255",
        "u16" => "from 0 to 65535",
        "u32" => "from 0 to 4294967295",
        "i32" => "from -2147483648 to 2147483647",
        _ => "in digits",
    };
    ("this is no number that fits here".into(), format!("write a whole number {range}"))
}

fn plain(error: &Error) -> String {
    UserMessageFormatter.format_message(error).into_owned()
}

/// Cures for what only the parser's own words tell apart.
fn cure_of(message: &str) -> String {
    let cures = [
        ("tab", "indent with spaces; YAML takes no tabs"),
        ("quote", "close the quotation mark that stands open"),
        ("unclosed bracket", "close the bracket"),
        ("sequence", "write a list here: [one, two], or lines that begin with a dash"),
        ("tag", "leave the tag (!…) out, or put the value into quotes"),
    ];
    let found = cures.iter().find(|(word, _)| message.contains(word));
    found
        .map_or("check the indentation and the brackets of this line and the one before", |(_, cure)| cure)
        .into()
}

/// Longer words, and more names, are not compared letter by letter: nobody mistypes those.
const LONGEST_WORD: usize = 80;
const MOST_NAMES: usize = 500;

/// The nearest of the valid names, or all of them where they are few.
pub(super) fn nearest<T: Display>(wrong: &str, valid: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = valid.into_iter().map(|name| name.to_string()).collect();
    let folded = wrong.to_lowercase();
    let near = 1 + folded.chars().count() / 4;
    let distance = |name: &str| match folded.len() >= 4 && name.starts_with(&folded) {
        true => 1,
        false => strsim::osa_distance(&folded, name),
    };
    let comparable =
        names.iter().filter(|name| name.len().max(folded.len()) <= LONGEST_WORD).take(MOST_NAMES);
    let best =
        comparable.map(|name| (distance(&name.to_lowercase()), name)).min_by_key(|(distance, _)| *distance);
    match best {
        Some((distance, name)) if distance <= near => format!("did you mean `{name}`?"),
        _ if names.is_empty() => "there is none yet; add one".into(),
        _ if names.len() <= 24 => format!("possible are: {}", names.join(", ")),
        Some((_, name)) => format!("the nearest of {} names is `{name}`", names.len()),
        None => format!("{} names are possible", names.len()),
    }
}
