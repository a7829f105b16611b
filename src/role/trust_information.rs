//! What a proxy or a Web agent has been told by its federation service, and when it asks again.
//!
//! Without it nobody can sign in; once it is at hand it is kept, also while the federation service
//! cannot be reached, and it is asked for again later (AD FS events 619 and 691; domain page §4). How
//! much later is an inference: after a failure five minutes, the least refresh period of a trust
//! policy. Nothing is asked before somebody needs the answer.

use crate::time::{Span, VirtualTime};

/// How long after a failure the federation service is asked again.
const AFTER_FAILURE: Span = Span::minutes(5);

/// What has been told, if anything.
#[derive(Debug, Clone)]
pub struct TrustInformation<Told> {
    told: Option<Told>,
    /// How long what was told is fresh; for ever where there is none.
    fresh_for: Option<Span>,
    ask_again: Option<VirtualTime>,
}

impl<Told: Clone> TrustInformation<Told> {
    /// Nothing yet. What will be told is fresh for this long.
    pub fn unknown(fresh_for: Option<Span>) -> Self {
        Self { told: None, fresh_for, ask_again: None }
    }

    /// What is at hand.
    pub fn at_hand(&self) -> Option<Told> {
        self.told.clone()
    }

    /// Whether it is time to ask again.
    pub fn is_due(&self, now: VirtualTime) -> bool {
        self.ask_again.is_some_and(|at| at <= now)
    }

    /// Takes in an answer; what was told before stays where there is none.
    ///
    /// ```
    /// use forestsim::role::trust_information::TrustInformation;
    /// use forestsim::time::{Span, VirtualTime};
    /// let now = VirtualTime::from_micros(0);
    /// let mut known = TrustInformation::unknown(Some(Span::minutes(60)));
    /// known.learn(None, now);
    /// assert!(!known.is_due(now) && known.is_due(now + Span::minutes(5)));
    /// known.learn(Some("version 1"), now);
    /// assert!(!known.is_due(now + Span::minutes(59)) && known.is_due(now + Span::minutes(60)));
    /// known.learn(None, now);
    /// assert_eq!(known.at_hand(), Some("version 1"));
    /// ```
    pub fn learn(&mut self, told: Option<Told>, now: VirtualTime) {
        self.ask_again = match &told {
            Some(_) => self.fresh_for.map(|span| now + span),
            None => Some(now + AFTER_FAILURE),
        };
        self.told = told.or_else(|| self.told.take());
    }
}
