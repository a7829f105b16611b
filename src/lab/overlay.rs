//! The facts of a scenario as they count, where files lie over each other, and the ways back to what a
//! lower file says.

use super::edit::{Act, Key};
use super::facts::{Survey, with};
use super::shape::Shape;
use crate::scenario::draft::Draft;
use crate::scenario::tree::{Branch, Tree};

/// What a file says beside the facts of its topology.
const NO_FACTS: [&str; 6] = ["title", "document", "teaches", "topology", "start", "steps"];

/// An entry of a section, as it counts once the files lie over each other.
pub(super) struct Effective<'d> {
    pub file: usize,
    pub path: Vec<Key>,
    pub tree: &'d Tree,
    pub shape: Shape<'d>,
    /// The entry of the same name that it lies over, and the file of that.
    pub below: Option<(&'d Tree, String)>,
}

/// The entries of all sections that state facts, each as the highest file has it.
pub(super) fn effective<'d>(draft: &'d Draft, whole: &Shape<'d>) -> Vec<Effective<'d>> {
    let mut entries: Vec<Effective<'d>> = Vec::new();
    for section in whole.settings().into_iter().filter(|section| !NO_FACTS.contains(section)) {
        let Some(shape) = whole.below(section) else { continue };
        for (file, source) in draft.files().iter().enumerate() {
            for (name, tree) in source.tree.get(section).map_or(&[][..], Tree::entries) {
                let path = vec![Key::Name(section.to_owned()), Key::Name(name.value.clone())];
                match entries.iter_mut().find(|entry| entry.path == path) {
                    Some(above) => {
                        let base = (tree, source.path.display().to_string());
                        above.below.get_or_insert(base);
                    }
                    None => {
                        let Some(shape) = shape.below(&name.value) else { continue };
                        entries.push(Effective { file, path, tree, shape, below: None });
                    }
                }
            }
        }
    }
    entries
}

impl Survey<'_> {
    /// The ways back from an entry to what it lies over.
    pub(super) fn overlaid(&mut self, entry: &Effective<'_>) {
        let Some((below, from)) = &entry.below else { return };
        match entry.tree.branch {
            Branch::Null => self.note(entry.file, &entry.path, Act::LeaveOut, Some(from)),
            _ => self.back(entry.file, &entry.path, entry.tree, below, from),
        }
    }

    fn back(&mut self, file: usize, path: &[Key], above: &Tree, below: &Tree, from: &str) {
        match (&above.branch, &below.branch) {
            (Branch::Map(upper), Branch::Map(lower)) => {
                for (name, value) in upper {
                    let path = with(path, Key::Name(name.value.clone()));
                    match below.get(name) {
                        Some(other) => self.back(file, &path, value, other, from),
                        None => self.note(file, &path, Act::LeaveOut, Some(from)),
                    }
                }
                for (name, value) in lower.iter().filter(|(name, _)| above.get(name).is_none()) {
                    self.note(file, path, Act::Enter(name.value.clone(), value.clone()), Some(from));
                }
            }
            (Branch::List(upper), Branch::List(lower)) => {
                for (index, _) in upper.iter().enumerate().filter(|(_, item)| !lower.contains(item)) {
                    self.note(file, &with(path, Key::Item(index)), Act::LeaveOut, Some(from));
                }
                for item in lower.iter().filter(|item| !upper.contains(item)) {
                    self.note(file, path, Act::Append(item.clone()), Some(from));
                }
            }
            _ if above != below => self.note(file, path, Act::Set(below.clone()), Some(from)),
            _ => {}
        }
    }
}
