//! Reading one file: its bytes, its text, its shape.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::at::{FileId, Spot};
use super::error::Findings;
use super::explain::explain;
use super::shelf::Shelf;

/// The largest file that is read, in bytes.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// A file to read, and where another file names it.
pub(super) struct Named {
    pub path: PathBuf,
    pub by: Option<(FileId, Spot)>,
}

impl Named {
    /// A file that a person named.
    pub fn given(path: &Path) -> Self {
        Self { path: path.to_owned(), by: None }
    }
}

/// Reads a file into its type. None where that fails; the findings say why.
pub(super) fn read<T: DeserializeOwned>(named: &Named, findings: &mut Findings) -> Option<(FileId, T)> {
    let name = named.path.display().to_string();
    let changed = findings.changed.get(&named.path).map(|text| text.clone().into_bytes());
    let bytes = match changed.map_or_else(|| bytes(findings.shelf, &named.path), Ok) {
        Ok(bytes) => bytes,
        Err(Unread { message, cure }) => {
            match named.by {
                Some((file, spot)) => findings.note(file, spot, format!("{name}: {message}"), cure),
                None => findings.note_file(format!("{name}: {message}"), cure),
            }
            return None;
        }
    };
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => Arc::<str>::from(text),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
            let spot = end_of(&good);
            let id = findings.keep(name, String::from_utf8_lossy(&bytes).into());
            let cure = "save the file as UTF-8";
            findings.note(id, spot, "the file is not UTF-8 text from here on", cure);
            return None;
        }
    };
    let id = findings.keep(name, text.clone());
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        let cure = "begin with `title:`; `forestsim new` writes a starting scenario";
        // There is no line to show, so the message itself names the file.
        let message = format!("{} is empty", named.path.display());
        findings.note(id, Spot { line: 1, column: 1, length: 0 }, message, cure);
        return None;
    }
    match serde_saphyr::from_str_with_options(&text, options()) {
        Ok(value) => Some((id, value)),
        Err(error) => {
            let explanation = explain(&error);
            findings.note(id, explanation.spot, explanation.message, explanation.cure);
            None
        }
    }
}

struct Unread {
    message: String,
    cure: String,
}

fn bytes(shelf: Shelf, path: &Path) -> Result<Vec<u8>, Unread> {
    let refuse = |message: &str, cure: &str| Unread { message: message.into(), cure: cure.into() };
    let too_large = || {
        let message = format!("the file is larger than {} MiB", LARGEST_FILE / 1024 / 1024);
        refuse(&message, "a scenario is a text of some pages; name another file, or split this one")
    };
    let missing =
        || refuse("there is no such file", "correct the path; it is relative to the file that names it");
    if let Some(found) = shelf.within(path) {
        return found.map(|text| text.as_bytes().to_vec()).ok_or_else(missing);
    }
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(),
        _ => refuse(&format!("the file cannot be read: {error}"), "check the path and its permissions"),
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(refuse("this is a folder", "name a file in it"));
    }
    if metadata.len() > LARGEST_FILE {
        return Err(too_large());
    }
    // A pipe or a device does not tell its length.
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST_FILE) {
        return Err(too_large());
    }
    Ok(bytes)
}

/// The spot behind the last character of a text.
fn end_of(text: &str) -> Spot {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    Spot {
        line: count(text.matches('\n').count() + 1),
        column: count(last_line.chars().count() + 1),
        length: 1,
    }
}

/// Limits that no honest scenario comes near, against files that are made to exhaust a reader.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 64,
            flow_nesting_limit: 64,
            max_documents: 2,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_recorded_anchor_events: 50_000,
            max_nodes: 60_000,
            max_events: 240_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 50_000,
            max_replay_stack_depth: 8,
        },
        strict_booleans: true,
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
    }
}
