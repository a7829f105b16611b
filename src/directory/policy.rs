//! A domain's policy for the accounts in it.

use serde::{Deserialize, Serialize};

use super::Failures;
use crate::time::{Span, VirtualTime};

/// The end of a lock that only an administrator ends.
pub(super) const FOREVER: VirtualTime = VirtualTime::from_micros(i64::MAX);

/// When wrong passwords lock an account, and when passwords grow too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPolicy {
    /// How many wrong passwords lock an account; 0 where none do.
    pub lockout_threshold: u32,
    /// After how long a wrong password is forgotten.
    pub lockout_window: Span,
    /// How long a lock lasts; zero where only an administrator ends it.
    pub lockout_duration: Span,
    /// After how long a password expires; none where it never does.
    pub password_age: Option<Span>,
}

impl Default for AccountPolicy {
    /// The defaults of a new domain of 2003 and 2008: no lockout, passwords that last 42 days. The
    /// window and the duration are those that Windows suggests once a threshold is set.
    fn default() -> Self {
        Self {
            lockout_threshold: 0,
            lockout_window: Span::minutes(30),
            lockout_duration: Span::minutes(30),
            password_age: Some(Span::days(42)),
        }
    }
}

impl AccountPolicy {
    /// When the lock of an account with these failures ends: none where it is not locked, the end
    /// of time where only an administrator ends it.
    pub fn locked_until(&self, failures: &Failures, now: VirtualTime) -> Option<VirtualTime> {
        let locked_at = failures.locked_at?;
        if self.lockout_duration == Span::ZERO {
            return Some(FOREVER);
        }
        Some(locked_at + self.lockout_duration).filter(|end| now < *end)
    }

    /// The failures of an account after one more wrong password.
    pub fn after_wrong_password(&self, failures: &Failures, now: VirtualTime) -> Failures {
        let lock_over = failures.locked_at.is_some();
        let forgotten = failures.last.is_none_or(|last| now - last > self.lockout_window);
        let count = if lock_over || forgotten { 1 } else { failures.count.saturating_add(1) };
        let locks = self.lockout_threshold > 0 && count >= self.lockout_threshold;
        Failures { count, last: Some(now), locked_at: locks.then_some(now) }
    }
}
