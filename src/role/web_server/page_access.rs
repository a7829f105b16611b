//! Who may do what with the pages of an application: a tree of access control lists.
//!
//! Each page may have entries of its own, and inherits the others from the pages above it, unless it is
//! protected (MS-DTYP §2.5.3.4). The list of a page is its own entries as they were written, then those
//! of the page above, and so on upwards. Nothing is sorted.

use std::collections::BTreeMap;

use crate::directory::{Ace, Inheritor, SecurityDescriptor, Sid};

/// The access control lists of an application's pages.
#[derive(Debug, Clone, Default)]
pub struct PageAccess {
    /// The lists as they were written, by the path of the page.
    lists: BTreeMap<String, WrittenList>,
}

/// What is written at one page.
#[derive(Debug, Clone, Default)]
pub struct WrittenList {
    /// Its own entries, in their order.
    pub entries: Vec<Ace>,
    /// Whether it inherits nothing from above.
    pub protected: bool,
}

/// What counts for one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// Its descriptor, with all that it inherits.
    pub descriptor: SecurityDescriptor,
    /// For each entry, the page that it is written at.
    pub written_at: Vec<String>,
}

impl PageAccess {
    /// These lists, by the path of the page.
    pub fn new(lists: BTreeMap<String, WrittenList>) -> Self {
        Self { lists }
    }

    /// What counts for the page at this path.
    ///
    /// ```
    /// use forestsim::directory::{AccessMask, Ace};
    /// use forestsim::role::web_server::page_access::{PageAccess, WrittenList};
    /// let reads = |sid: &str| Ace::allow(sid.parse().unwrap(), AccessMask::FILE_READ).inheritable();
    /// let list = |sid: &str| WrittenList { entries: vec![reads(sid)], protected: false };
    /// let pages = PageAccess::new(
    ///     [("/".to_owned(), list("S-1-5-11")), ("/stock".to_owned(), list("S-1-1-0"))].into(),
    /// );
    /// let bikes = pages.effective("/stock/bikes");
    /// assert_eq!(bikes.written_at, ["/stock", "/"]);
    /// assert_eq!(bikes.descriptor.to_string(), "O:BAD:(A;OICIID;FR;;;WD)(A;OICIID;FR;;;AU)");
    /// ```
    pub fn effective(&self, path: &str) -> Effective {
        let own = self.lists.get(path).cloned().unwrap_or_default();
        let mut written_at = vec![path.to_owned(); own.entries.len()];
        let mut entries = own.entries;
        let mut protected = own.protected;
        for (above, list) in self.above(path) {
            if protected {
                break;
            }
            let handed_down = handed_down(list);
            written_at.extend(std::iter::repeat_n(above.clone(), handed_down.len()));
            entries.extend(handed_down);
            protected = list.protected;
        }
        let descriptor = SecurityDescriptor {
            owner: Some(Sid::ADMINISTRATORS),
            group: None,
            dacl: Some(entries),
            protected: self.lists.get(path).is_some_and(|list| list.protected),
        };
        Effective { descriptor, written_at }
    }

    /// The lists at the pages above a path, the nearest first.
    fn above(&self, path: &str) -> impl Iterator<Item = (&String, &WrittenList)> {
        let is_above = |above: &str| {
            let rest = path.strip_prefix(above.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
        };
        let mut above: Vec<_> = self.lists.iter().filter(|(page, _)| is_above(page)).collect();
        above.sort_by_key(|(page, _)| std::cmp::Reverse(page.len()));
        above.into_iter()
    }
}

/// The entries that pages below inherit. Every page may have others below it.
fn handed_down(list: &WrittenList) -> Vec<Ace> {
    let parent = SecurityDescriptor { dacl: Some(list.entries.clone()), ..SecurityDescriptor::default() };
    let below = SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() };
    below.inheriting(&parent, Inheritor::Container, None).dacl.unwrap_or_default()
}
