//! Virtual time: what every clock in a simulated world shows.
//!
//! Time is an integer count of microseconds since 1970-01-01T00:00:00Z. Nothing in forestsim reads
//! the wall clock; a run begins at the instant that its scenario names. A host reads time from its
//! own, possibly skewed, clock ([`crate::sim::Host::now`]); only the engine knows the true time.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An instant, in microseconds since the Unix epoch, UTC.
///
/// ```
/// use forestsim::time::{Span, VirtualTime};
/// let start: VirtualTime = "2008-03-03T09:00:00Z".parse().unwrap();
/// assert_eq!((start + Span::minutes(5)).to_string(), "2008-03-03T09:05:00Z");
/// assert_eq!((start + Span::micros(1_500)).to_string(), "2008-03-03T09:00:00.0015Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct VirtualTime(i64);

/// A signed length of time, in microseconds.
///
/// Written `1h`, `90m`, `30d`, `250ms`, `4m 30s` in scenario files; a leading `-` turns it back.
///
/// ```
/// use forestsim::time::Span;
/// assert_eq!("1h 30m".parse::<Span>().unwrap(), Span::minutes(90));
/// assert_eq!(Span::minutes(-6).to_string(), "-6m");
/// assert!("99999999999999d".parse::<Span>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Span(i64);

/// Why a text is not an instant or a span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The text is not RFC 3339 in UTC.
    #[error("`{0}` is not a time; write it as 2008-03-03T09:00:00Z")]
    Instant(String),
    /// The text is not a span.
    #[error("`{0}` is not a duration; write it as 250ms, 30s, 5m, 1h or 30d, or several of them: 1h 30m")]
    Span(String),
    /// The span is too long to be counted in microseconds.
    #[error("`{0}` is too long a duration; the longest is about 290,000 years")]
    Overflow(String),
}

impl VirtualTime {
    /// The instant this many microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded towards the past.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant without its fraction of a second: what formats of whole seconds can carry.
    pub const fn whole_second(self) -> Self {
        Self(self.as_seconds() * 1_000_000)
    }

    /// The same instant as jiff knows it, for formatting.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of microseconds.
    pub const fn micros(count: i64) -> Self {
        Self(count)
    }
    /// A span of milliseconds.
    pub const fn millis(count: i64) -> Self {
        Self(count * 1_000)
    }
    /// A span of seconds.
    pub const fn seconds(count: i64) -> Self {
        Self(count * 1_000_000)
    }
    /// A span of minutes.
    pub const fn minutes(count: i64) -> Self {
        Self::seconds(count * 60)
    }
    /// A span of hours.
    pub const fn hours(count: i64) -> Self {
        Self::minutes(count * 60)
    }
    /// A span of days of 24 hours.
    pub const fn days(count: i64) -> Self {
        Self::hours(count * 24)
    }
    /// The span in microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
    /// The span in whole seconds, towards zero.
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000
    }
    /// The span's length whichever way it points.
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl Add<Span> for VirtualTime {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for VirtualTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for VirtualTime {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for VirtualTime {
    type Output = Span;
    fn sub(self, other: Self) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Neg for Span {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl fmt::Display for VirtualTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.timestamp())
    }
}

impl FromStr for VirtualTime {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse::<Timestamp>()
            .map(|timestamp| Self(timestamp.as_microsecond()))
            .map_err(|_| TimeError::Instant(text.to_owned()))
    }
}

/// Units of a written span, longest first, in microseconds.
const UNITS: [(&str, i64); 7] = [
    ("w", 604_800_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return formatter.write_str("0s");
        }
        if self.0 < 0 {
            formatter.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        let mut first = true;
        for (unit, micros) in UNITS {
            let count = rest / micros.unsigned_abs();
            rest %= micros.unsigned_abs();
            if count > 0 {
                let gap = if first { "" } else { " " };
                write!(formatter, "{gap}{count}{unit}")?;
                first = false;
            }
        }
        Ok(())
    }
}

impl FromStr for Span {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let malformed = || TimeError::Span(text.to_owned());
        let overflow = || TimeError::Overflow(text.to_owned());
        let (sign, mut rest) = match text.trim().strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.trim()),
        };
        if rest.is_empty() {
            return Err(malformed());
        }
        let mut total: i64 = 0;
        while !rest.is_empty() {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, tail) = rest.split_at(digits);
            let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let (unit, tail) = tail.split_at(letters);
            let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(malformed)?;
            if number.is_empty() {
                return Err(malformed());
            }
            let count: i64 = number.parse().map_err(|_| overflow())?;
            let part = count.checked_mul(*scale).ok_or_else(overflow)?;
            total = total.checked_add(part).ok_or_else(overflow)?;
            rest = tail.trim_start();
        }
        Ok(Self(sign * total))
    }
}
