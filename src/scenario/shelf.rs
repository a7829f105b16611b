//! Where scenario and topology files stand: on the disk, or within the program.

use std::path::Path;

/// Where the files stand that a scenario is made of.
///
/// ```
/// use forestsim::scenario::{Shelf, load_from};
/// const FILES: &[(&str, &str)] = &[("a/b.yaml", "title: A minute\nsteps: [{ wait: 1m }]\n")];
/// let scenario = load_from(Shelf::Within(FILES), "a/b.yaml".as_ref()).unwrap();
/// assert_eq!(scenario.title, "A minute");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shelf {
    /// On the disk.
    #[default]
    Disk,
    /// Within the program: the path of each file, with `/` between its parts, and its text.
    Within(&'static [(&'static str, &'static str)]),
}

impl Shelf {
    /// The text of a file that stands within the program; none where files stand on the disk, and
    /// nothing within where the program lacks the file.
    pub(super) fn within(self, path: &Path) -> Option<Option<&'static str>> {
        let Shelf::Within(files) = self else { return None };
        Some(files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| *text))
    }
}
