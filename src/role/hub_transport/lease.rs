//! Which hub synchronizes an edge: the lease that the hubs of a site keep on the edge's object.
//!
//! Whoever synchronizes takes two things at once. The lock excludes every other hub while data is
//! pushed; it is short and renewed often, so a hub that dies loses it soon. The option outlasts the
//! lock: until it ends, only its holder synchronizes by schedule, and others only where a person
//! starts them by hand. The durations are parameters, as the documents do not agree on them.
//!
//! A lease is a value of an attribute, and is replaced by one operation that names the old value, so
//! of two hubs that want it at once one finds that it came too late. This file is the record and its
//! rules; it knows no directory.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::DnsName;
use crate::protocol::wire::{self, WireError};
use crate::time::{Span, VirtualTime};

/// How long a lease lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTimes {
    /// How long the lock lasts unless it is renewed (LockDuration).
    pub lock: Span,
    /// How often a hub at work renews the lock (LockRenewalDuration).
    pub lock_renewal: Span,
    /// How long the option lasts after the last synchronization (OptionDuration).
    pub option: Span,
}

/// Who may synchronize an edge, and until when.
///
/// ```
/// use forestsim::role::hub_transport::lease::{Lease, LeaseTimes, StartedBy};
/// use forestsim::time::Span;
/// let times = LeaseTimes { lock: Span::minutes(5), lock_renewal: Span::minutes(1), option: Span::hours(1) };
/// let now = "2010-01-03T09:00:00Z".parse().unwrap();
/// let lease = Lease::taken(None, "hub-1.contoso.example".into(), now, &times);
/// let other = "hub-2.contoso.example".into();
/// assert!(!lease.admits(&other, StartedBy::Person, now));
/// assert!(lease.admits(&other, StartedBy::Person, now + Span::minutes(5)));
/// assert!(!lease.admits(&other, StartedBy::Schedule, now + Span::minutes(5)));
/// assert!(lease.admits(&other, StartedBy::Schedule, now + Span::hours(1)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The hub that has it.
    pub holder: DnsName,
    /// When the lock ends.
    pub lock_until: VirtualTime,
    /// When the option ends.
    pub option_until: VirtualTime,
    /// When the edge was synchronized last, by whomever; none before the first time.
    pub last_sync: Option<VirtualTime>,
    /// What the edge was given then.
    pub pushed: Pushed,
}

/// What an edge was given: a digest each of its configuration and of its recipients. Where these are
/// still the digests of what it should have, there is nothing to synchronize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pushed {
    /// Of topology, configuration and accounts.
    pub configuration: [u8; 32],
    /// Of the recipients.
    pub recipients: [u8; 32],
}

/// What began a synchronization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartedBy {
    /// The schedule.
    Schedule,
    /// Start-EdgeSynchronization.
    Person,
}

impl Lease {
    /// The lease of an edge that nobody has synchronized yet. There is always one to replace, so that
    /// of two hubs that come first one comes second.
    pub fn free(importer: DnsName, now: VirtualTime) -> Self {
        let pushed = Pushed::default();
        Self { holder: importer, lock_until: now, option_until: now, last_sync: None, pushed }
    }

    /// The lease of a hub that begins to synchronize now, after the lease that there was.
    pub fn taken(before: Option<&Lease>, holder: DnsName, now: VirtualTime, times: &LeaseTimes) -> Self {
        Self {
            holder,
            lock_until: now + times.lock,
            option_until: now + times.option,
            last_sync: before.and_then(|lease| lease.last_sync),
            pushed: before.map(|lease| lease.pushed).unwrap_or_default(),
        }
    }

    /// The same lease, renewed in the middle of a synchronization.
    pub fn renewed(&self, now: VirtualTime, times: &LeaseTimes) -> Self {
        let (lock_until, option_until) = (now + times.lock, now + times.option);
        Self { lock_until, option_until, ..self.clone() }
    }

    /// The lease after a synchronization: the lock is given back, the option stays.
    pub fn released(&self, now: VirtualTime, times: &LeaseTimes, pushed: Pushed) -> Self {
        let (lock_until, option_until) = (now, now + times.option);
        Self { lock_until, option_until, last_sync: Some(now), pushed, holder: self.holder.clone() }
    }

    /// The lease after a synchronization that failed: others may try.
    pub fn given_up(&self, now: VirtualTime) -> Self {
        Self { lock_until: now, option_until: now, ..self.clone() }
    }

    /// Whether this hub may take the lease now.
    pub fn admits(&self, hub: &DnsName, started_by: StartedBy, now: VirtualTime) -> bool {
        let end = match started_by {
            StartedBy::Schedule => self.lock_until.max(self.option_until),
            StartedBy::Person => self.lock_until,
        };
        self.holder == *hub || end <= now
    }

    /// Whether the lock holds at this time.
    pub fn is_locked_at(&self, now: VirtualTime) -> bool {
        now < self.lock_until
    }

    /// The value of the attribute.
    pub fn to_octets(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// The lease in a value of the attribute.
    ///
    /// # Errors
    /// Where the bytes hold none.
    pub fn from_octets(bytes: &[u8]) -> Result<Self, WireError> {
        wire::decode(bytes)
    }
}

impl fmt::Display for Lease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { holder, lock_until, option_until, .. } = self;
        write!(formatter, "held by {holder}, lock until {lock_until}, option until {option_until}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TIMES: LeaseTimes =
        LeaseTimes { lock: Span::minutes(5), lock_renewal: Span::minutes(1), option: Span::hours(1) };

    #[derive(Debug, Clone)]
    enum Act {
        Begin { hub: usize, by_hand: bool },
        Renew { hub: usize },
        End { hub: usize },
        Wait { minutes: i64 },
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            (0..3_usize, any::<bool>()).prop_map(|(hub, by_hand)| Act::Begin { hub, by_hand }),
            (0..3_usize).prop_map(|hub| Act::Renew { hub }),
            (0..3_usize).prop_map(|hub| Act::End { hub }),
            (1..40_i64).prop_map(|minutes| Act::Wait { minutes }),
        ];
        prop::collection::vec(act, 1..200)
    }

    proptest! {
        /// Three hubs that begin, renew, end, or die at any time: where each believes that it holds
        /// the lock, by the lock that it was given last, no two believe so at once.
        #[test]
        fn no_two_hubs_hold_the_lock_at_once(acts in acts()) {
            let hubs: [DnsName; 3] = ["h1.example".into(), "h2.example".into(), "h3.example".into()];
            let mut now = VirtualTime::from_micros(0);
            let mut stored: Option<Lease> = None;
            let mut believes: [Option<VirtualTime>; 3] = [None; 3];
            for act in acts {
                match act {
                    Act::Wait { minutes } => now += Span::minutes(minutes),
                    Act::Begin { hub, by_hand } => {
                        let started_by = if by_hand { StartedBy::Person } else { StartedBy::Schedule };
                        if stored.as_ref().is_none_or(|lease| lease.admits(&hubs[hub], started_by, now)) {
                            let lease = Lease::taken(stored.as_ref(), hubs[hub].clone(), now, &TIMES);
                            believes[hub] = Some(lease.lock_until);
                            stored = Some(lease);
                        }
                    }
                    Act::Renew { hub } | Act::End { hub } if believes[hub].is_some_and(|end| now < end) => {
                        let lease = stored.as_ref().expect("who holds the lock has written it");
                        prop_assert_eq!(&lease.holder, &hubs[hub]);
                        let next = match act {
                            Act::Renew { .. } => lease.renewed(now, &TIMES),
                            _ => lease.released(now, &TIMES, Pushed::default()),
                        };
                        believes[hub] = Some(next.lock_until);
                        stored = Some(next);
                    }
                    Act::Renew { .. } | Act::End { .. } => {}
                }
                let holders = believes.iter().filter(|end| end.is_some_and(|end| now < end)).count();
                prop_assert!(holders <= 1, "{holders} hubs hold the lock at {now}");
            }
        }
    }
}
