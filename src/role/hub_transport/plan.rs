//! What a hub has in mind for each edge: what the edge lacks, since when, and at which time of the
//! schedule it is to be given it.
//!
//! Configuration and recipients have a schedule each, which counts from their last synchronization by
//! this hub, and at first from the hub's first topology scan. Times that lie ahead by a clock that has
//! since been set back are not waited for.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::image::Digests;
use super::log;
use super::provision::terms;
use super::service::EdgeSync;
use super::session::Reach;
use super::settings::EdgeSyncSettings;
use super::view::Edge;
use crate::facts;
use crate::name::DnsName;
use crate::rule;
use crate::time::{Span, VirtualTime};

/// How long a hub rests that has nothing in mind.
const NOTHING_IN_MIND: Span = Span::days(7);

/// What a hub has in mind for the edges of its site.
pub(super) struct Plans {
    plans: RefCell<BTreeMap<DnsName, Plan>>,
    digests: RefCell<Digests>,
    /// When the first topology scan is.
    first_scan: VirtualTime,
}

/// What a hub has in mind for one edge.
#[derive(Debug, Clone)]
struct Plan {
    /// From when on the schedule of the configuration counts.
    configuration_from: VirtualTime,
    /// From when on the schedule of the recipients counts.
    recipients_from: VirtualTime,
    /// Since when the edge has lacked something.
    since: Option<VirtualTime>,
    /// Since when there has been something to do, and it has not been tried.
    waiting_since: Option<VirtualTime>,
    /// What there is to do.
    reach: Reach,
    /// Whether it is known that this hub takes no part.
    warned: bool,
}

impl Plans {
    pub fn new(first_scan: VirtualTime) -> Self {
        Self { plans: RefCell::default(), digests: RefCell::default(), first_scan }
    }

    /// When there is to be a synchronization of an edge, and of what.
    pub fn due_at(&self, edge: &DnsName, settings: &EdgeSyncSettings) -> Option<(VirtualTime, Reach)> {
        let plans = self.plans.borrow();
        let plan = plans.get(edge)?;
        let since = plan.waiting_since?;
        let configuration = next_tick(plan.configuration_from, settings.configuration, since);
        let recipients = next_tick(plan.recipients_from, settings.recipients, since);
        match plan.reach {
            Reach::Nothing => None,
            Reach::First => Some((next_tick(self.first_scan, settings.topology_scan, since), plan.reach)),
            Reach::Configuration => Some((configuration, plan.reach)),
            Reach::Recipients => Some((recipients, plan.reach)),
            Reach::Both | Reach::Everything => Some(match configuration.cmp(&recipients) {
                Ordering::Less => (configuration, Reach::Configuration),
                Ordering::Equal => (configuration, plan.reach),
                Ordering::Greater => (recipients, Reach::Recipients),
            }),
        }
    }

    /// Since when an edge has lacked something.
    pub fn waiting_since(&self, edge: &DnsName) -> Option<VirtualTime> {
        self.plans.borrow().get(edge)?.since
    }

    /// A synchronization of an edge begins.
    pub fn tried(&self, edge: &DnsName, now: VirtualTime) {
        if let Some(plan) = self.plans.borrow_mut().get_mut(edge) {
            plan.waiting_since = Some(now);
        }
    }

    /// The schedule of what has been synchronized begins anew (R8; Start-EdgeSynchronization).
    pub fn begin_anew(&self, edge: &DnsName, reach: Reach, now: VirtualTime) {
        if let Some(plan) = self.plans.borrow_mut().get_mut(edge) {
            if reach != Reach::Recipients {
                plan.configuration_from = now;
            }
            if reach != Reach::Configuration {
                plan.recipients_from = now;
            }
            plan.waiting_since = None;
        }
    }
}

impl EdgeSync {
    /// Notes what there is to do for an edge.
    pub(super) fn plan(&self, edge: &Edge) {
        let now = self.host().now();
        let reach = self.wanted(edge);
        let takes_part = self.takes_part(edge);
        let mut plans = self.plans.plans.borrow_mut();
        let plan = plans.entry(edge.fqdn().clone()).or_insert_with(|| Plan {
            configuration_from: self.plans.first_scan,
            recipients_from: self.plans.first_scan,
            since: None,
            waiting_since: None,
            reach,
            warned: false,
        });
        plan.reach = reach;
        if !takes_part && edge.pending.is_empty() && !plan.warned {
            plan.warned = true;
            self.warn_of_no_part(edge);
        }
        let from_now_on = |since: Option<VirtualTime>| Some(since.map_or(now, |since| since.min(now)));
        let lacks = reach != Reach::Nothing;
        plan.since = from_now_on(plan.since).filter(|_| lacks);
        plan.waiting_since = from_now_on(plan.waiting_since).filter(|_| lacks && takes_part);
    }

    /// What an edge lacks.
    pub(super) fn wanted(&self, edge: &Edge) -> Reach {
        let Some(lease) = edge.lease.as_ref().filter(|_| !edge.is_new()) else { return Reach::First };
        let base = &self.config().organization.configuration;
        let wanted = self.plans.digests.borrow_mut().of(edge, base, &self.view(), &self.people());
        let lacks = (
            wanted.configuration != lease.pushed.configuration,
            wanted.recipients != lease.pushed.recipients,
        );
        match lacks {
            (false, false) => Reach::Nothing,
            (true, false) => Reach::Configuration,
            (false, true) => Reach::Recipients,
            (true, true) => Reach::Both,
        }
    }

    /// Whether this hub has an account for an edge that it could use now or later.
    fn takes_part(&self, edge: &Edge) -> bool {
        let now = self.host().now();
        let own = self.own();
        match edge.is_new() {
            true => own.bootstrap_for(edge.fqdn()).is_some_and(|one| one.account.is_valid_at(now)),
            false => !self.settings().timeline.in_use(&terms(&own, edge), now).is_empty(),
        }
    }

    fn warn_of_no_part(&self, edge: &Edge) {
        let facts = facts!["accounts" => terms(&self.own(), edge).len()];
        let (who, on) = (self.config().fqdn.to_string(), edge.server.name.to_string());
        self.judge().curtail(&rule::CREDENTIAL_EFFECTIVE, who, on, false, facts);
        log(self.host(), None, || {
            format!(
                "{} takes no part in synchronizing {}: it has no account there",
                self.config().name,
                edge.server.name
            )
        });
    }

    /// How long nothing is to be done, as far as can be known.
    pub(super) fn until_next(&self) -> Span {
        let now = self.host().now();
        let own = self.own();
        let mut times = Vec::new();
        for edge in self.edges() {
            self.plan(&edge);
            times.extend(self.plans.due_at(edge.fqdn(), self.settings()).map(|(due, _)| due));
            times.extend(self.settings().timeline.next(&terms(&own, &edge)));
            times.extend(edge.pending.iter().map(|pending| pending.account.expires));
        }
        times.extend(own.credentials.iter().map(|one| one.account.expires));
        let next = times.into_iter().filter(|time| *time > now).min();
        next.map_or(NOTHING_IN_MIND, |next| (next - now).min(NOTHING_IN_MIND))
    }
}

/// The first of the times an interval apart, of which `anchor` is one, that is after this one.
fn next_tick(anchor: VirtualTime, interval: Span, after: VirtualTime) -> VirtualTime {
    let passed = (after - anchor).as_micros();
    anchor + Span::micros((passed.div_euclid(interval.as_micros()) + 1) * interval.as_micros())
}
