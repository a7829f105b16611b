//! Which scenario files a path names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::exit::InputError;

/// The folder that holds what scenarios share; its files are no scenarios.
const TOPOLOGIES: &str = "topologies";

/// The files that some paths name, sorted: a file is itself, a folder is every `.yaml` file below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Those that are not in a `topologies` folder.
    pub scenarios: BTreeSet<PathBuf>,
    /// Those that are.
    pub topologies: BTreeSet<PathBuf>,
}

/// The files that these paths name.
///
/// # Errors
/// Where a path names nothing, or a folder cannot be read.
pub fn find(paths: &[PathBuf]) -> Result<Found, InputError> {
    let mut found = Found::default();
    for path in paths {
        if path.is_dir() {
            found.list(path, path.ends_with(TOPOLOGIES))?;
        } else {
            found.add(existing(path)?.to_owned(), is_topology(path));
        }
    }
    Ok(found)
}

/// The scenario files that these paths name.
///
/// # Errors
/// As [`find`].
pub fn scenarios(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    Ok(find(paths)?.scenarios.into_iter().collect())
}

impl Found {
    fn add(&mut self, file: PathBuf, shared: bool) {
        let kind = if shared { &mut self.topologies } else { &mut self.scenarios };
        kind.insert(file);
    }

    fn list(&mut self, folder: &Path, shared: bool) -> Result<(), InputError> {
        let unlisted = |why| InputError::Unlisted { path: folder.to_owned(), why };
        for entry in fs::read_dir(folder).map_err(unlisted)? {
            let entry = entry.map_err(unlisted)?;
            let path = entry.path();
            let path = path.strip_prefix(".").unwrap_or(&path);
            // A link to a folder is not followed: it might lead back up.
            if entry.file_type().map_err(unlisted)?.is_dir() {
                self.list(path, shared || entry.file_name() == TOPOLOGIES)?;
            } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
                self.add(path.to_owned(), shared);
            }
        }
        Ok(())
    }
}

/// Whether a file is a topology, which it is in a `topologies` folder.
pub fn is_topology(file: &Path) -> bool {
    file.parent().is_some_and(|folder| folder.ends_with(TOPOLOGIES))
}

/// The path, if there is a file at it.
///
/// # Errors
/// Where there is none, or a folder.
pub fn file(path: &Path) -> Result<&Path, InputError> {
    if path.is_dir() { Err(InputError::Folder { path: path.to_owned() }) } else { existing(path) }
}

fn existing(path: &Path) -> Result<&Path, InputError> {
    if path.exists() {
        return Ok(path);
    }
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    };
    let siblings: BTreeSet<String> = fs::read_dir(parent)
        .map(|entries| {
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        })
        .unwrap_or_default();
    let nearest = nearest(&wanted, siblings.iter().map(String::as_str))
        .map(|name| format!("did you mean `{}`?", path.with_file_name(name).display()));
    Err(InputError::NoSuchPath { path: path.to_owned(), nearest })
}

/// The name most like the wanted one, if any is like it at all.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .filter(|(distance, _)| *distance <= wanted.chars().count().div_ceil(3))
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_every_scenario_below_it_in_order_without_topologies() {
        let root = tempfile::tempdir().unwrap();
        for file in ["b.yaml", "a/c.yml", "a/topologies/t.yaml", "topologies/u.yaml", "notes.md"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = find(&[root.path().to_owned(), root.path().join("b.yaml")]).unwrap();
        let files = |names: [&str; 2]| names.map(|name| root.path().join(name)).into();
        assert_eq!(found.scenarios, files(["a/c.yml", "b.yaml"]));
        assert_eq!(found.topologies, files(["a/topologies/t.yaml", "topologies/u.yaml"]));
    }

    #[test]
    fn a_missing_file_is_answered_with_the_nearest_name() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("salesman.yaml"), "").unwrap();
        let error = file(&root.path().join("saleman.yaml")).unwrap_err();
        assert!(
            matches!(error, InputError::NoSuchPath { nearest: Some(text), .. } if text.contains("salesman"))
        );
        let error = file(&root.path().join("something-else.yaml")).unwrap_err();
        assert!(matches!(error, InputError::NoSuchPath { nearest: None, .. }));
        assert!(matches!(file(root.path()).unwrap_err(), InputError::Folder { .. }));
    }
}
