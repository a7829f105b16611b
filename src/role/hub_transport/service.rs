//! The EdgeSync service: it is notified of what changes in Active Directory, looks for new Edge
//! Subscriptions in its topology scan, and synchronizes by schedule.
//!
//! The times of the scan, and at first those of the schedule, depend on when the service started,
//! which is a matter of chance; which hub is first to find a subscription is therefore too.

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{Either, select};
use futures::lock::Mutex;
use futures::{FutureExt, StreamExt};

use super::image;
use super::lease::StartedBy;
use super::provision::terms;
use super::session::{Errors, Reach};
use super::view::{Edge, Server, View};
use super::{HubConfig, HubTransport, log, settings::EdgeSyncSettings};
use crate::crypto::{Identity, Secret};
use crate::directory::{DistinguishedName, Filter};
use crate::facts;
use crate::name::DnsName;
use crate::protocol::ldap::{Entry, Search};
use crate::role::dial::Dialer;
use crate::role::directory_client::{DirectoryClient, DirectoryFailure, DirectorySession};
use crate::role::judge::Judge;
use crate::rule;
use crate::sim::Host;
use crate::time::{Span, VirtualTime};

/// After so long without news the directory is read anew, as a connection may have died silently.
const LOOK_AGAIN: Span = Span::days(7);

/// The EdgeSync service of a hub while its host runs.
pub(super) struct EdgeSync {
    hub: Rc<HubTransport>,
    judge: Judge,
    dialer: Dialer,
    directory: DirectoryClient,
    configuration: RefCell<View>,
    recipients: RefCell<View>,
    /// Passwords of files that were imported here, until they are sealed.
    pub imported: RefCell<BTreeMap<DnsName, Secret>>,
    /// What is planned for each edge.
    plans: RefCell<BTreeMap<DnsName, Plan>>,
    /// When the first topology scan was.
    first_scan: VirtualTime,
    /// Whether the site's service configuration was there when it was looked for last.
    pub configured: Cell<bool>,
    /// Held by whoever changes accounts or synchronizes: the service or a command.
    pub busy: Mutex<()>,
}

/// What a hub has in mind for one edge.
#[derive(Debug, Clone)]
struct Plan {
    /// From when on the schedule counts.
    anchor: VirtualTime,
    /// Since when the edge has lacked something.
    since: Option<VirtualTime>,
    /// Since when there has been something to do, and it has not been tried.
    waiting_since: Option<VirtualTime>,
    /// What there is to do.
    reach: Reach,
    /// Whether it is known that this hub takes no part.
    warned: bool,
}

/// What the service wakes for.
enum News {
    Configuration(Entry),
    Recipient(Entry),
    Lost(DirectoryFailure),
}

impl EdgeSync {
    pub fn new(hub: Rc<HubTransport>, judge: Judge, dialer: Dialer, directory: DirectoryClient) -> Self {
        let interval = hub.config.settings.topology_scan.as_micros().unsigned_abs();
        let delay = judge.host().random("topology scan").between(1, interval);
        let first_scan = judge.host().now() + Span::micros(i64::try_from(delay).unwrap_or_default());
        Self {
            hub,
            judge,
            dialer,
            directory,
            configuration: RefCell::default(),
            recipients: RefCell::default(),
            imported: RefCell::default(),
            plans: RefCell::default(),
            first_scan,
            configured: Cell::new(true),
            busy: Mutex::new(()),
        }
    }

    pub fn hub(&self) -> &HubTransport {
        &self.hub
    }

    pub fn config(&self) -> &HubConfig {
        &self.hub.config
    }

    pub fn settings(&self) -> &EdgeSyncSettings {
        &self.hub.config.settings
    }

    pub fn identity(&self) -> Option<Identity> {
        self.hub.identity()
    }

    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    pub fn host(&self) -> &Host {
        self.judge.host()
    }

    pub fn dialer(&self) -> &Dialer {
        &self.dialer
    }

    pub fn directory(&self) -> &DirectoryClient {
        &self.directory
    }

    pub fn view(&self) -> Ref<'_, View> {
        self.configuration.borrow()
    }

    pub fn people(&self) -> Ref<'_, View> {
        self.recipients.borrow()
    }

    pub fn view_mut(&self) -> std::cell::RefMut<'_, View> {
        self.configuration.borrow_mut()
    }

    pub fn people_mut(&self) -> std::cell::RefMut<'_, View> {
        self.recipients.borrow_mut()
    }

    /// The hub's site, as a distinguished name.
    pub fn site(&self) -> DistinguishedName {
        let written = self.view().server(&self.config().object).and_then(|own| own.site);
        written.unwrap_or_else(|| self.config().organization.site(&self.config().site))
    }

    /// What Active Directory says of this hub.
    pub fn own(&self) -> Server {
        self.view().server(&self.config().object).unwrap_or_else(|| Server::unknown(self.config()))
    }

    /// The hub of this name in the site.
    pub fn hub_named(&self, fqdn: &DnsName) -> Option<Server> {
        self.view().hubs(&self.site()).into_iter().find(|hub| hub.fqdn == *fqdn)
    }

    /// The edges that are subscribed to this hub's site.
    pub fn edges(&self) -> Vec<Edge> {
        let site = self.site();
        self.view().edges().into_iter().filter(|edge| edge.server.site.as_ref() == Some(&site)).collect()
    }

    /// Reads this hub's object and another one afresh.
    pub async fn read_again(
        &self,
        session: &mut DirectorySession,
        other: &DistinguishedName,
    ) -> Result<(), DirectoryFailure> {
        let own = self.config().object.clone();
        for dn in [&own, other] {
            match session.read(dn).await? {
                Some(entry) => self.view_mut().apply(entry),
                None => self.view_mut().forget(dn),
            }
        }
        Ok(())
    }

    /// The service's life: whenever the directory is lost, it begins anew after a while.
    pub async fn run(self: Rc<Self>) {
        loop {
            let Err(why) = self.attend().await;
            log(self.host(), None, || {
                format!("Active Directory cannot be watched, trying again later: {why}")
            });
            self.host().rest(self.settings().topology_scan).await;
        }
    }

    async fn attend(self: &Rc<Self>) -> Result<Infallible, DirectoryFailure> {
        let mut news = self.open().await?;
        loop {
            while let Some(Some(one)) = news.next().now_or_never() {
                self.take_in(one)?;
            }
            {
                let _busy = self.busy.lock().await;
                self.provision().await?;
                self.synchronize_what_is_due().await;
            }
            let rest = std::pin::pin!(self.host().rest(self.until_next()));
            if let Either::Left((Some(one), _)) = select(news.next(), rest).await {
                self.take_in(one)?;
            }
        }
    }

    fn take_in(&self, news: News) -> Result<(), DirectoryFailure> {
        match news {
            News::Configuration(entry) => self.view_mut().apply(entry),
            News::Recipient(entry) => self.people_mut().apply(entry),
            News::Lost(why) => return Err(why),
        }
        Ok(())
    }

    /// Watches the directory, and reads what there is.
    async fn open(self: &Rc<Self>) -> Result<UnboundedReceiver<News>, DirectoryFailure> {
        let (sender, news) = unbounded();
        let bases = [
            (self.config().organization.configuration.clone(), News::Configuration as fn(Entry) -> News),
            (self.config().recipients.clone(), News::Recipient as fn(Entry) -> News),
        ];
        for (base, told) in &bases {
            self.watch(base, *told, sender.clone()).await?;
        }
        let mut session = self.directory.connect().await?;
        for ((base, _), view) in bases.iter().zip([&self.configuration, &self.recipients]) {
            let found = session.search(Search::subtree(base.clone(), Filter::everything())).await?;
            view.borrow_mut().clear();
            found.entries.into_iter().for_each(|entry| view.borrow_mut().apply(entry));
        }
        session.close().await;
        Ok(news)
    }

    async fn watch(
        self: &Rc<Self>,
        base: &DistinguishedName,
        told: fn(Entry) -> News,
        news: UnboundedSender<News>,
    ) -> Result<(), DirectoryFailure> {
        let session = self.directory.connect().await?;
        let mut watch = session.watch(Search::subtree(base.clone(), Filter::everything())).await?;
        self.host().spawn(async move {
            loop {
                let one = match watch.next(LOOK_AGAIN).await {
                    Ok(Some(entry)) => told(entry),
                    Ok(None) => continue,
                    Err(why) => News::Lost(why),
                };
                let lost = matches!(one, News::Lost(_));
                if news.unbounded_send(one).is_err() || lost {
                    return;
                }
            }
        });
        Ok(())
    }

    /// Synchronizes each edge for which it is time.
    async fn synchronize_what_is_due(&self) {
        let now = self.host().now();
        if !self.is_configured() {
            return;
        }
        for edge in self.edges() {
            let reach = self.plan(&edge);
            let due = self.due_at(edge.fqdn()).is_some_and(|due| due <= now);
            if !due {
                continue;
            }
            self.tried(edge.fqdn(), now);
            match self.synchronize(&edge, reach, StartedBy::Schedule, Errors::Kept).await {
                Ok(_) => self.plan_anew(edge.fqdn(), now),
                Err(why) => {
                    log(self.host(), None, || format!("{} is not synchronized: {why}", edge.server.name))
                }
            }
        }
    }

    /// Notes what there is to do for an edge, and returns it.
    fn plan(&self, edge: &Edge) -> Reach {
        let now = self.host().now();
        let reach = self.wanted(edge);
        let takes_part = self.takes_part(edge);
        let mut plans = self.plans.borrow_mut();
        let plan = plans.entry(edge.fqdn().clone()).or_insert_with(|| Plan {
            anchor: self.first_scan,
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
        plan.since = plan.since.or(Some(now)).filter(|_| reach != Reach::Nothing);
        match reach {
            Reach::Nothing => plan.waiting_since = None,
            _ if !takes_part => plan.waiting_since = None,
            _ => plan.waiting_since = plan.waiting_since.or(Some(now)),
        }
        reach
    }

    /// What an edge lacks.
    pub(super) fn wanted(&self, edge: &Edge) -> Reach {
        let Some(lease) = edge.lease.as_ref().filter(|_| !edge.is_new()) else { return Reach::First };
        let base = &self.config().organization.configuration;
        let configuration = image::digest_of(&image::configuration(&self.view(), base, edge));
        let recipients = image::digest_of(&image::recipients(&self.people()));
        match (configuration != lease.pushed.configuration, recipients != lease.pushed.recipients) {
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
        self.judge.curtail(&rule::CREDENTIAL_EFFECTIVE, who, on, false, facts);
        log(self.host(), None, || {
            format!(
                "{} takes no part in synchronizing {}: it has no account there",
                self.config().name,
                edge.server.name
            )
        });
    }

    /// When there is to be a synchronization of an edge.
    fn due_at(&self, edge: &DnsName) -> Option<VirtualTime> {
        let plans = self.plans.borrow();
        let plan = plans.get(edge)?;
        let since = plan.waiting_since?;
        let settings = self.settings();
        let tick = |interval| next_tick(plan.anchor, interval, since);
        match plan.reach {
            Reach::Nothing => None,
            Reach::First => Some(next_tick(self.first_scan, settings.topology_scan, since)),
            Reach::Configuration => Some(tick(settings.configuration)),
            Reach::Recipients => Some(tick(settings.recipients)),
            Reach::Both | Reach::Everything => {
                Some(tick(settings.configuration).min(tick(settings.recipients)))
            }
        }
    }

    /// Since when an edge has lacked something.
    pub fn waiting_since(&self, edge: &DnsName) -> Option<VirtualTime> {
        self.plans.borrow().get(edge)?.since
    }

    fn tried(&self, edge: &DnsName, now: VirtualTime) {
        if let Some(plan) = self.plans.borrow_mut().get_mut(edge) {
            plan.waiting_since = Some(now);
        }
    }

    /// The schedule of an edge begins anew (R8; Start-EdgeSynchronization).
    pub fn plan_anew(&self, edge: &DnsName, now: VirtualTime) {
        if let Some(plan) = self.plans.borrow_mut().get_mut(edge) {
            plan.anchor = now;
            plan.waiting_since = None;
        }
    }

    /// How long nothing is to be done, as far as can be known.
    fn until_next(&self) -> Span {
        let now = self.host().now();
        let own = self.own();
        let mut times = vec![now + LOOK_AGAIN];
        for edge in self.edges() {
            self.plan(&edge);
            times.extend(self.due_at(edge.fqdn()));
            times.extend(self.settings().timeline.next(&terms(&own, &edge)));
            times.extend(edge.pending.iter().map(|pending| pending.account.expires));
        }
        times.extend(own.credentials.iter().map(|one| one.account.expires));
        let next = times.into_iter().filter(|time| *time > now).min().unwrap_or(now + LOOK_AGAIN);
        next - now
    }
}

/// The first of the times `anchor`, `anchor` and an interval, … that is after this one.
fn next_tick(anchor: VirtualTime, interval: Span, after: VirtualTime) -> VirtualTime {
    let passed = (after - anchor).as_micros();
    match passed < 0 {
        true => anchor,
        false => anchor + Span::micros((passed / interval.as_micros() + 1) * interval.as_micros()),
    }
}
