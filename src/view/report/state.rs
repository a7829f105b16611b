//! What hosts keep: cookies in a jar, tickets, credentials that live, locks.

use std::collections::BTreeMap;

use crate::name::HostName;
use crate::trace::{Event, Happening};

/// Everything that hosts keep, so far.
#[derive(Default)]
pub struct Kept<'t>(BTreeMap<&'t HostName, BTreeMap<(&'t str, &'t str), &'t str>>);

/// What one host keeps: store, item and value.
pub type Shelf<'t> = BTreeMap<(&'t str, &'t str), &'t str>;

impl<'t> Kept<'t> {
    /// Takes up the changes of some events, and gives back what the hosts that changed keep now.
    pub fn after(&mut self, events: impl IntoIterator<Item = &'t Event>) -> Vec<(&'t HostName, Shelf<'t>)> {
        let mut changed: Vec<&'t HostName> = Vec::new();
        for event in events {
            let (Happening::State(change), Some(host)) = (&event.happening, &event.host) else { continue };
            let shelf = self.0.entry(host).or_default();
            let key = (&*change.store, change.item.as_str());
            match &change.value {
                Some(value) => shelf.insert(key, value),
                None => shelf.remove(&key),
            };
            if !changed.contains(&host) {
                changed.push(host);
            }
        }
        changed.into_iter().map(|host| (host, self.0.get(host).cloned().unwrap_or_default())).collect()
    }
}
