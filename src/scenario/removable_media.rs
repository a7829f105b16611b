//! What happens to an Edge Subscription file on its way: removable media are copied, altered, renamed
//! and deleted by whoever has them in hand.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;

/// What happens to a file on removable media.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaAct {
    /// Someone copies it.
    Copy(MediaCopy),
    /// Someone deletes it, as the document demands.
    Delete(At<String>),
    /// Someone gives it another name.
    Rename(MediaRename),
    /// Someone changes a text in it.
    Alter(MediaAlteration),
    /// Someone puts an element of another file in the place of its own.
    Graft(MediaGraft),
    /// A file from outside the simulation is put on it.
    Bring(MediaFile),
}

/// A file is copied from one medium to another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaCopy {
    /// The medium with the file.
    pub from: At<String>,
    /// The other one.
    pub to: String,
}

/// A file is given another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaRename {
    /// The medium with the file.
    pub on: At<String>,
    /// The name.
    pub to: String,
}

/// A text in a file is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaAlteration {
    /// The medium with the file.
    pub on: At<String>,
    /// The text that is replaced, each time that it occurs.
    pub replace: String,
    /// The text in its place.
    pub with: String,
}

/// Elements of a file are replaced by those of another file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaGraft {
    /// The medium with the file.
    pub on: At<String>,
    /// The medium with the other file.
    pub from: At<String>,
    /// The elements: EdgeCertificateBlob.
    pub elements: Vec<String>,
}

/// A file from outside the simulation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaFile {
    /// The medium that it is put on.
    pub on: At<String>,
    /// Its path, relative to the scenario.
    pub file: At<String>,
}

impl fmt::Display for MediaAct {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copy(MediaCopy { from, to }) => write!(formatter, "the file on {from} is copied to {to}"),
            Self::Delete(on) => write!(formatter, "the file on {on} is deleted"),
            Self::Rename(MediaRename { on, to }) => write!(formatter, "the file on {on} is renamed to {to}"),
            Self::Alter(MediaAlteration { on, replace, with }) => {
                write!(formatter, "in the file on {on}, `{replace}` is replaced by `{with}`")
            }
            Self::Graft(MediaGraft { on, from, elements }) => {
                write!(formatter, "the file on {on} is given {} of the file on {from}", elements.join(", "))
            }
            Self::Bring(MediaFile { on, file }) => write!(formatter, "{file} is put on {on}"),
        }
    }
}
