//! What a mail program shows its person of an answer.

use crate::mailbox::ItemView;
use crate::protocol::ews::Payload;
use crate::trace::Detail;

/// What is in the answer, for reading.
pub(super) fn contents(payload: &Payload) -> Vec<Detail> {
    match payload {
        Payload::Done => Vec::new(),
        Payload::Folders(folders) => {
            folders.iter().map(|folder| Detail::new("folder", folder.name.clone())).collect()
        }
        Payload::Items(items) => items.iter().map(|item| Detail::new("item", in_a_line(item))).collect(),
        Payload::FreeBusy(view) => view
            .events
            .iter()
            .map(|event| {
                let what = event.details.as_ref().map(|(subject, place)| format!(": {subject}, {place}"));
                let text =
                    format!("{} to {}, {:?}{}", event.start, event.end, event.busy, what.unwrap_or_default());
                Detail::new("event", text)
            })
            .collect(),
    }
}

/// An item for reading: what it is about, where and when, and its text.
fn in_a_line(item: &ItemView) -> String {
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let place = item.start.map(|start| format!(", {} at {start}", shown(&item.location)));
    format!("{}{}: {}", shown(&item.subject), place.unwrap_or_default(), shown(&item.body))
}
