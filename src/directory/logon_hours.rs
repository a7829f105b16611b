//! The hours of the week in which an account may sign in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::VirtualTime;

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The hours of the week, in UTC, in which an account may sign in (the attribute logonHours).
///
/// Written as ranges of days and hours; the last hour is not included: `mon-fri 8-18, sat 9-12`.
///
/// ```
/// use forestsim::directory::LogonHours;
/// let office: LogonHours = "mon-fri 8-18".parse().unwrap();
/// assert!(office.permits("2008-03-03T08:00:00Z".parse().unwrap())); // a Monday
/// assert!(!office.permits("2008-03-03T18:00:00Z".parse().unwrap()));
/// assert!(!office.permits("2008-03-02T12:00:00Z".parse().unwrap())); // a Sunday
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogonHours {
    /// One word a day from Sunday on, one bit an hour.
    days: [u32; 7],
}

/// Why a text does not name hours of the week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not name hours of the week; write them as `mon-fri 8-18, sat 9-12`, hours from 0 to 24")]
pub struct LogonHoursError(String);

impl LogonHours {
    /// Whether this instant lies within the hours.
    pub fn permits(&self, at: VirtualTime) -> bool {
        let hours = at.as_seconds().div_euclid(3600);
        // 1970-01-01 was a Thursday.
        let day = (hours.div_euclid(24) + 4).rem_euclid(7) as usize;
        self.days[day] >> hours.rem_euclid(24) & 1 == 1
    }

    fn add(&mut self, range: &str) -> Option<()> {
        let (days, hours) = range.trim().split_once(' ')?;
        let day = |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name.trim()));
        let (first, last) = match days.split_once('-') {
            Some((first, last)) => (day(first)?, day(last)?),
            None => (day(days)?, day(days)?),
        };
        let (from, to) = hours.trim().split_once('-')?;
        let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        if from >= to || to > 24 {
            return None;
        }
        let count = (last + 7 - first) % 7;
        for offset in 0..=count {
            self.days[(first + offset) % 7] |= (u32::MAX >> (32 - (to - from))) << from;
        }
        Some(())
    }
}

impl FromStr for LogonHours {
    type Err = LogonHoursError;
    fn from_str(text: &str) -> Result<Self, LogonHoursError> {
        let mut hours = Self { days: [0; 7] };
        for range in text.split(',') {
            hours.add(range).ok_or_else(|| LogonHoursError(text.to_owned()))?;
        }
        Ok(hours)
    }
}

impl fmt::Display for LogonHours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (day, bits) in DAYS.iter().zip(self.days) {
            let permitted = |hour: u32| hour < 24 && bits >> hour & 1 == 1;
            for from in (0..24).filter(|hour| permitted(*hour) && (*hour == 0 || !permitted(hour - 1))) {
                let to = (from..=24).find(|hour| !permitted(*hour)).unwrap_or(24);
                write!(formatter, "{gap}{day} {from}-{to}")?;
                gap = ", ";
            }
        }
        Ok(())
    }
}

impl fmt::Debug for LogonHours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl TryFrom<String> for LogonHours {
    type Error = LogonHoursError;
    fn try_from(text: String) -> Result<Self, LogonHoursError> {
        text.parse()
    }
}

impl From<LogonHours> for String {
    fn from(hours: LogonHours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_wrap_around_the_week_and_print_back() {
        let hours: LogonHours = "Fri-Mon 22-24, tue 0-1, tue 5-6".parse().unwrap();
        assert_eq!(hours.to_string(), "sun 22-24, mon 22-24, tue 0-1, tue 5-6, fri 22-24, sat 22-24");
        assert_eq!(hours.to_string().parse::<LogonHours>().unwrap(), hours);
        assert_eq!("mon 0-24".parse::<LogonHours>().unwrap().to_string(), "mon 0-24");
        for wrong in ["", "mon", "mon 8", "mon 8-8", "mon 9-25", "moon 8-9", "mon 8-9,"] {
            assert!(wrong.parse::<LogonHours>().is_err(), "{wrong}");
        }
    }
}
