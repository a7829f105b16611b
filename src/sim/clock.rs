//! What a host's clock shows: the true time, an offset, and a drift.

use crate::time::{Span, VirtualTime};

/// How far a host's clock is off.
///
/// ```
/// use forestsim::sim::Clock;
/// use forestsim::time::{Span, VirtualTime};
/// let set_at = VirtualTime::from_micros(0);
/// let clock = Clock { offset: Span::hours(1), drift_ppm: -100, since: set_at };
/// assert_eq!(clock.read(set_at), set_at + Span::hours(1));
/// assert_eq!(clock.read(set_at + Span::seconds(10)), set_at + Span::hours(1) + Span::micros(9_999_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// How far it was ahead of the true time when it went wrong.
    pub offset: Span,
    /// By how many microseconds it gains on the true time in each second since then.
    pub drift_ppm: i32,
    /// The true time at which it went wrong.
    pub since: VirtualTime,
}

impl Clock {
    /// A clock that shows the true time.
    pub const TRUE: Self = Self { offset: Span::ZERO, drift_ppm: 0, since: VirtualTime::from_micros(0) };

    /// What the clock shows at this true time.
    pub fn read(&self, now: VirtualTime) -> VirtualTime {
        let elapsed = i128::from((now - self.since).as_micros());
        let gained = (elapsed * i128::from(self.drift_ppm)).div_euclid(1_000_000);
        // A drift of at most 2,147 seconds in each second keeps every reachable time within range.
        let gained = gained.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        now + self.offset + Span::micros(gained)
    }

    /// Whether it shows the true time always.
    pub fn is_true(&self) -> bool {
        self.offset == Span::ZERO && self.drift_ppm == 0
    }
}
