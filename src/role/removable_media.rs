//! Removable media: what a person carries from one machine to another, past every firewall.
//!
//! A file on it is bytes. Whoever plays the scenario moves it, copies it, alters it, loses it; the
//! machines only read and write it. Nothing here knows what the bytes mean.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A file on removable media.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// Its name, without a folder: `edge-1.xml`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// All removable media of a run, by what is written on them: `usb-stick`. Clones are the same media.
///
/// ```
/// use forestsim::role::removable_media::{MediaFile, RemovableMedia};
/// let media = RemovableMedia::default();
/// media.write("usb stick", MediaFile { name: "edge-1.xml".to_owned(), bytes: b"<a/>".to_vec() });
/// assert!(media.copy("usb stick", "Mallory's stick"));
/// media.erase("usb stick");
/// assert!(media.read("usb stick").is_none());
/// assert_eq!(media.read("Mallory's stick").unwrap().name, "edge-1.xml");
/// ```
#[derive(Debug, Clone, Default)]
pub struct RemovableMedia(Rc<RefCell<Content>>);

#[derive(Debug, Default)]
struct Content {
    now: BTreeMap<String, MediaFile>,
    ever: Vec<MediaFile>,
}

impl RemovableMedia {
    /// Puts a file on a medium, in place of what was there.
    pub fn write(&self, medium: &str, file: MediaFile) {
        let mut content = self.0.borrow_mut();
        if content.ever.iter().all(|other| other.bytes != file.bytes) {
            content.ever.push(file.clone());
        }
        content.now.insert(medium.to_owned(), file);
    }

    /// The file on a medium.
    pub fn read(&self, medium: &str) -> Option<MediaFile> {
        self.0.borrow().now.get(medium).cloned()
    }

    /// Copies what is on one medium to another; whether there was anything.
    pub fn copy(&self, from: &str, to: &str) -> bool {
        let file = self.read(from);
        let found = file.is_some();
        if let Some(file) = file {
            self.write(to, file);
        }
        found
    }

    /// Deletes what is on a medium; whether there was anything.
    pub fn erase(&self, medium: &str) -> bool {
        self.0.borrow_mut().now.remove(medium).is_some()
    }

    /// Every file that was ever on a medium, in the order in which it came there, copies left out.
    pub fn ever(&self) -> Vec<MediaFile> {
        self.0.borrow().ever.clone()
    }
}
