//! Where two traces part.

use crate::trace::{Event, Happening, Trace};

/// Where two traces part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parting<'t> {
    /// The event of the first trace; none where it ended before.
    pub before: Option<&'t Event>,
    /// The event of the second.
    pub after: Option<&'t Event>,
    /// The message whose arrival led to it, which is the same in both.
    pub cause: Option<&'t Event>,
    /// Whether only the times differ.
    pub only_time: bool,
}

/// The first events that differ in what happened, else the first that differ in their times.
pub(super) fn parting<'t>(before: &'t Trace, after: &'t Trace) -> Option<Parting<'t>> {
    let longest = before.events.len().max(after.events.len());
    let pair = |index: usize| (before.events.get(index), after.events.get(index));
    let happened =
        |event: Option<&Event>| event.map(|event| (event.host.clone(), event.step, timeless(event)));
    let differs = (0..longest).find(|index| {
        let (first, second) = pair(*index);
        happened(first) != happened(second)
    });
    let (index, only_time) = match differs {
        Some(index) => (index, false),
        None => ((0..longest).find(|index| pair(*index).0 != pair(*index).1)?, true),
    };
    let (first, second) = pair(index);
    let cause = first.or(second).and_then(|event| event.cause);
    let cause = cause.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    let events = if first.is_some() { &before.events } else { &after.events };
    Some(Parting {
        before: first,
        after: second,
        cause: cause.and_then(|index| events.get(index)),
        only_time,
    })
}

/// What happened, without how long it took.
fn timeless(event: &Event) -> Happening {
    let mut happening = event.happening.clone();
    if let Happening::Sent(sent) = &mut happening {
        sent.latency = None;
    }
    happening
}
