//! What others may learn of a calendar without opening it: when its owner is busy, and perhaps with
//! what (GetUserAvailability; domain page A3, A5 and A8 S3).
//!
//! A view never fails for asking too much: it shows the most that the one who asks may see.

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::item::Item;
use super::level::ReadAccess;
use crate::time::{Span, VirtualTime};

/// How an appointment shows to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Busy {
    /// As free time.
    Free,
    /// As time that may be taken.
    Tentative,
    /// As time that is taken.
    Busy,
    /// As time away from the office.
    #[serde(rename = "OOF")]
    OutOfOffice,
}

/// How much of a calendar is asked for, or shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ViewKind {
    /// One digit for each interval of the window.
    MergedOnly,
    /// Each appointment with its times.
    FreeBusy,
    /// Each appointment with its subject and location.
    Detailed,
}

/// What is asked of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeBusyQuery {
    /// From when.
    pub start: VirtualTime,
    /// Until when.
    pub end: VirtualTime,
    /// How many minutes a digit of the merged view stands for.
    pub interval: u32,
    /// How much is asked for.
    pub view: ViewKind,
}

/// An appointment as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEvent {
    /// When it begins.
    pub start: VirtualTime,
    /// When it ends.
    pub end: VirtualTime,
    /// How it shows.
    pub busy: Busy,
    /// Its subject and location, where they may be seen.
    pub details: Option<(String, String)>,
}

/// What someone learns of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeBusyView {
    /// How much is shown: no more than was asked for, and than may be seen.
    pub kind: ViewKind,
    /// One digit for each interval, 0 for free to 3 for out of office.
    pub merged: String,
    /// The appointments; none in a merged view.
    pub events: Vec<CalendarEvent>,
}

/// The longest window.
const LONGEST: Span = Span::days(42);

impl FreeBusyQuery {
    /// Whether it is a query that can be answered at all.
    ///
    /// # Errors
    /// Where the window is longer than 42 days or ends before it begins, or the interval is not
    /// between 5 minutes and a day.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.end < self.start || self.end - self.start > LONGEST {
            return Err(StoreError::TimeIntervalTooBig);
        }
        if !(5..=1440).contains(&self.interval) {
            return Err(StoreError::InvalidMergedFreeBusyInterval);
        }
        Ok(())
    }

    /// The view of these appointments for someone who may read so much of them.
    ///
    /// # Errors
    /// Where nothing may be read, or the query is none.
    pub(super) fn answer<'a>(
        &self,
        items: impl Iterator<Item = &'a Item>,
        read: ReadAccess,
        sees_private: bool,
    ) -> Result<FreeBusyView, StoreError> {
        self.check()?;
        let most = match read {
            ReadAccess::None => return Err(StoreError::NoFreeBusyAccess),
            ReadAccess::TimeOnly => ViewKind::FreeBusy,
            ReadAccess::TimeAndSubjectAndLocation | ReadAccess::FullDetails => ViewKind::Detailed,
        };
        let kind = self.view.min(most);
        let event = |item: &Item| {
            let stamp = item.content.appointment.as_ref()?;
            let told = kind == ViewKind::Detailed && (sees_private || !item.content.private);
            let details = told.then(|| (item.content.subject.clone(), stamp.location.clone()));
            Some(CalendarEvent { start: stamp.start, end: stamp.end, busy: stamp.busy, details })
        };
        let within = |event: &CalendarEvent| event.start < self.end && event.end > self.start;
        let mut events: Vec<CalendarEvent> = items.filter_map(event).filter(within).collect();
        events.sort_by_key(|event| (event.start, event.end));
        let merged = self.merged(&events);
        if kind == ViewKind::MergedOnly {
            events.clear();
        }
        Ok(FreeBusyView { kind, merged, events })
    }

    /// For each interval the digit of the busiest appointment in it.
    fn merged(&self, events: &[CalendarEvent]) -> String {
        let step = Span::minutes(i64::from(self.interval));
        let mut digits = String::new();
        let mut from = self.start;
        while from < self.end {
            let until = from + step;
            let touching = events.iter().filter(|event| event.start < until && event.end > from);
            let digit = touching.map(|event| event.busy.digit()).max().unwrap_or(0);
            digits.push(char::from(b'0' + digit));
            from = until;
        }
        digits
    }
}

impl Busy {
    /// Its digit in a merged view.
    pub fn digit(self) -> u8 {
        match self {
            Busy::Free => 0,
            Busy::Tentative => 1,
            Busy::Busy => 2,
            Busy::OutOfOffice => 3,
        }
    }
}
