//! A scenario as its files stand, to be changed in one place and read again.
//!
//! A changed draft is checked like any scenario, so that no change can make what a person could not
//! have written.

use std::path::{Path, PathBuf};

use super::error::{Findings, ScenarioError};
use super::load::{Scenario, beside, load_with};
use super::read::{Named, read};
use super::tree::{Branch, Tree};

/// The files of a scenario: itself, its topology, and what that extends, the uppermost first.
///
/// ```
/// use forestsim::scenario::draft::Draft;
/// let draft = Draft::read("scenarios/trusts/trust-reversed.yaml".as_ref()).unwrap();
/// let trust = draft.files()[0].tree.get("trusts").unwrap();
/// assert_eq!(trust.entries()[0].0.as_str(), "perimeter-trusts-corp");
/// assert_eq!(draft.load().unwrap().steps.len(), 3);
/// ```
#[derive(Debug, Clone)]
pub struct Draft {
    files: Vec<File>,
}

/// One of the files.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path, as it was given or as another file leads to it.
    pub path: PathBuf,
    /// What it holds.
    pub tree: Tree,
    changed: bool,
}

impl Draft {
    /// Reads the files of a scenario. Nothing is checked; [`Draft::load`] does that.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let mut findings = Findings::default();
        let mut files: Vec<File> = Vec::new();
        let mut next = Some(Named::given(path));
        while let Some(named) = next {
            let Some((id, tree)) = read::<Tree>(&named, &mut findings) else {
                return Err(findings.into_error());
            };
            let base = tree.get("topology").or_else(|| tree.get("extends"));
            let again = files.iter().any(|file| file.path == named.path);
            next = match base.map(|base| (&base.branch, base.spot)) {
                Some((Branch::Text(name), spot)) if !again => Some(beside(&named.path, name, id, spot)),
                _ => None,
            };
            files.push(File { path: named.path, tree, changed: false });
        }
        Ok(Self { files })
    }

    /// The files, the scenario itself first.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The same with another tree in the place of a file's.
    pub fn with(&self, file: usize, tree: Tree) -> Self {
        let mut draft = self.clone();
        if let Some(file) = draft.files.get_mut(file) {
            file.tree = tree;
            file.changed = true;
        }
        draft
    }

    /// Reads and checks the scenario as it stands in the draft.
    ///
    /// # Errors
    /// As [`load`](super::load()); places in changed files mean nothing.
    pub fn load(&self) -> Result<Scenario, ScenarioError> {
        let changed = self.files.iter().filter(|file| file.changed);
        // What is JSON is YAML too.
        let texts = changed.map(|file| (file.path.clone(), file.tree.value().to_string()));
        let mut findings = Findings::default();
        findings.changed = texts.collect();
        let path = self.files.first().map(|file| file.path.as_path()).unwrap_or(Path::new(""));
        load_with(findings, path)
    }
}
