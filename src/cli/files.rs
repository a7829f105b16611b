//! Which scenario files a path names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::exit::InputError;

/// The folder that holds what scenarios share; its files are no scenarios.
const TOPOLOGIES: &str = "topologies";

/// The scenario files that these paths name, sorted: a file is itself, a folder is every `.yaml` file
/// below it that is not in a `topologies` folder.
///
/// # Errors
/// Where a path names nothing, or a folder cannot be read.
pub fn scenarios(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    let mut found = BTreeSet::new();
    for path in paths {
        if path.is_dir() {
            list(path, &mut found)?;
        } else {
            found.insert(existing(path)?.to_owned());
        }
    }
    Ok(found.into_iter().collect())
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

fn list(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), InputError> {
    let unlisted = |why| InputError::Unlisted { path: folder.to_owned(), why };
    for entry in fs::read_dir(folder).map_err(unlisted)? {
        let entry = entry.map_err(unlisted)?;
        let path = entry.path();
        // A link to a folder is not followed: it might lead back up.
        if entry.file_type().map_err(unlisted)?.is_dir() {
            if entry.file_name() != TOPOLOGIES {
                list(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.insert(path);
        }
    }
    Ok(())
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
        let found = scenarios(&[root.path().to_owned(), root.path().join("b.yaml")]).unwrap();
        assert_eq!(found, [root.path().join("a/c.yml"), root.path().join("b.yaml")]);
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
