//! What a decision relied on that was there before the step: a cookie or a ticket that the one who
//! asked had kept, a token that was issued then.

use std::collections::BTreeMap;

use crate::name::HostName;
use crate::trace::{Event, EventNumber, Happening, Trace, Verdict};

/// What hosts kept, and which tokens had been named, when the step began. Each is told once.
#[derive(Debug, Default)]
pub struct Kept<'t> {
    items: BTreeMap<(&'t HostName, &'t str), &'t Event>,
    tokens: BTreeMap<&'t str, &'t Event>,
}

impl<'t> Kept<'t> {
    /// What was there before this event.
    pub fn before(trace: &'t Trace, first: EventNumber) -> Self {
        let mut kept = Self::default();
        for event in trace.events.iter().take_while(|event| event.number < first) {
            match (&event.happening, &event.host) {
                (Happening::State(change), Some(host)) if change.value.is_some() => {
                    kept.items.insert((host, change.item.as_str()), event);
                }
                (Happening::State(change), Some(host)) => {
                    kept.items.remove(&(host, change.item.as_str()));
                }
                (Happening::Log(entry), _) => {
                    for token in entry.text.split(' ').filter_map(token) {
                        kept.tokens.entry(token).or_insert(event);
                    }
                }
                _ => {}
            }
        }
        kept
    }

    /// What this decision relied on, unless another has been told to rely on it before.
    pub fn taken(&mut self, requester: &'t HostName, verdict: &'t Verdict) -> Option<&'t Event> {
        let texts = || std::iter::once(&*verdict.on).chain(verdict.facts.iter().map(|fact| &*fact.value));
        let item = texts().find_map(|text| {
            let (key, _) = self.items.get_key_value(&(requester, text))?;
            Some(*key)
        });
        if let Some(key) = item {
            return self.items.remove(&key);
        }
        let word =
            texts().flat_map(|text| text.split(' ')).find_map(|word| self.tokens.get_key_value(token(word)?));
        let word = *word?.0;
        self.tokens.remove(word)
    }
}

/// The identifier of a token, if a word is one: an underscore and a GUID.
fn token(word: &str) -> Option<&str> {
    let word = word.trim_end_matches([':', ',', '.']);
    let guid = word.strip_prefix('_').filter(|rest| rest.len() == 36)?;
    guid.chars().all(|each| each.is_ascii_hexdigit() || each == '-').then_some(word)
}
