//! When the accounts of a hub and an edge begin, are followed by others, and end ("Understanding Edge
//! Subscription Credentials", renewing EdgeSync replication accounts): arithmetic of time, and nothing
//! else.
//!
//! With E for the end of an account: the next one is made seven days before E and becomes effective
//! three days before E; from then on the first is no longer used; at E it is deleted. So a pair has one
//! account or two, and while the next one reaches the edge within those four days, there is no gap.

use crate::protocol::edge_credential::EdgeSyncAccount;
use crate::time::{Span, VirtualTime};

/// From when until when an account is good; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// When to start using it.
    pub effective: VirtualTime,
    /// When to stop.
    pub expires: VirtualTime,
}

impl From<&EdgeSyncAccount> for Term {
    fn from(account: &EdgeSyncAccount) -> Self {
        Self { effective: account.effective, expires: account.expires }
    }
}

/// How long accounts live, and how early they are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeline {
    /// How long an account lives. The document does not say; it is a parameter.
    pub lifetime: Span,
    /// How long before the end of an account the next one is made: seven days.
    pub created_before: Span,
    /// How long before the end of an account the next one becomes effective: three days.
    pub effective_before: Span,
    /// Whether the account before is used where the edge does not know the new one. The document has
    /// it the other way.
    pub fallback: bool,
}

impl Timeline {
    /// The shortest life that never leaves a pair with three accounts at once.
    pub const fn shortest_lifetime(created_before: Span, effective_before: Span) -> Span {
        Span::micros(created_before.as_micros() + effective_before.as_micros())
    }

    /// The term of a pair's first account, made now.
    pub fn first(&self, now: VirtualTime) -> Term {
        Term { effective: now, expires: now + self.lifetime }
    }

    /// The term of the account that is to be made by now, if one is.
    pub fn successor(&self, terms: &[Term], now: VirtualTime) -> Option<Term> {
        let last = terms.iter().max()?;
        let due = last.expires - self.created_before <= now && now < last.expires;
        let effective = last.expires - self.effective_before;
        due.then(|| Term { effective, expires: effective + self.lifetime })
    }

    /// Which accounts to bind with, the one to use first: the one that became effective last, and the
    /// one before it only where falling back is allowed.
    pub fn in_use(&self, terms: &[Term], now: VirtualTime) -> Vec<Term> {
        let mut valid: Vec<Term> =
            terms.iter().copied().filter(|term| term.effective <= now && now < term.expires).collect();
        valid.sort();
        valid.reverse();
        valid.truncate(if self.fallback { 2 } else { 1 });
        valid
    }

    /// The accounts that have come to their end.
    pub fn ended<'a>(&self, terms: &'a [Term], now: VirtualTime) -> impl Iterator<Item = &'a Term> {
        terms.iter().filter(move |term| term.expires <= now)
    }

    /// When there is something to do next: an account to make, or one to delete.
    pub fn next(&self, terms: &[Term]) -> Option<VirtualTime> {
        let renewal = terms.iter().max().map(|last| last.expires - self.created_before);
        terms.iter().map(|term| term.expires).chain(renewal).min()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * 60;

    fn timeline(lifetime: Span) -> Timeline {
        Timeline { lifetime, created_before: Span::days(7), effective_before: Span::days(3), fallback: false }
    }

    fn minute(count: i64) -> VirtualTime {
        VirtualTime::from_micros(0) + Span::minutes(count)
    }

    /// What a hub does by now; the number of the account that it then uses.
    fn act(timeline: &Timeline, terms: &mut Vec<Term>, now: VirtualTime) -> Option<Term> {
        let ended: Vec<Term> = timeline.ended(terms, now).copied().collect();
        terms.extend(timeline.successor(terms, now));
        terms.retain(|term| !ended.contains(term));
        timeline.in_use(terms, now).first().copied()
    }

    /// The example with a life of 30 days, day by day, computed by hand.
    #[test]
    fn accounts_of_thirty_days() {
        let timeline = timeline(Span::days(30));
        let day = |number: i64| minute(number * DAY);
        let mut terms = vec![timeline.first(day(0))];
        let mut story = Vec::new();
        for number in 0..=57 {
            let used = act(&timeline, &mut terms, day(number)).expect("there is always one to use");
            let line = (terms.len(), used.effective, used.expires);
            if story.last().is_none_or(|(_, last)| *last != line) {
                story.push((number, line));
            }
        }
        assert_eq!(
            story,
            [
                (0, (1, day(0), day(30))),
                (23, (2, day(0), day(30))),
                (27, (2, day(27), day(57))),
                (30, (1, day(27), day(57))),
                (50, (2, day(27), day(57))),
                (54, (2, day(54), day(84))),
                (57, (1, day(54), day(84))),
            ]
        );
    }

    proptest! {
        /// However long an account lives and however irregularly the hub looks, as long as it looks
        /// once in the four days: one account or two, never none to use, and the one in use is good.
        #[test]
        fn a_pair_has_one_account_or_two_and_always_one_to_use(
            lifetime in 10 * DAY..60 * DAY,
            looks in prop::collection::vec(1..4 * DAY, 1..300),
        ) {
            let timeline = timeline(Span::minutes(lifetime));
            let mut now = minute(0);
            let mut terms = vec![timeline.first(now)];
            for pause in looks {
                now += Span::minutes(pause);
                let used = act(&timeline, &mut terms, now);
                prop_assert!((1..=2).contains(&terms.len()), "{terms:?} at {now}");
                let used = used.expect("there is one to use");
                prop_assert!(used.effective <= now && now < used.expires);
                prop_assert!(terms.iter().all(|term| term.effective <= used.effective || term.effective > now));
            }
        }

        /// Whoever only looks when there is something to do misses nothing.
        #[test]
        fn nothing_happens_before_it_is_due(lifetime in 10 * DAY..60 * DAY) {
            let timeline = timeline(Span::minutes(lifetime));
            let mut terms = vec![timeline.first(minute(0))];
            for _ in 0..40 {
                let due = timeline.next(&terms).expect("there is always a next time");
                let before = terms.clone();
                act(&timeline, &mut terms, due - Span::micros(1));
                prop_assert_eq!(&terms, &before);
                act(&timeline, &mut terms, due);
                prop_assert_ne!(&terms, &before);
            }
        }
    }
}
