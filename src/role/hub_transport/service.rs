//! The EdgeSync service: it is notified of what changes in Active Directory, looks for new Edge
//! Subscriptions in its topology scan, and synchronizes by schedule.
//!
//! The times of the scan, and at first those of the schedule, depend on when the service started,
//! which is a matter of chance; which hub is first to find a subscription is therefore too.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{AbortHandle, Either, abortable, select};
use futures::lock::Mutex;
use futures::{FutureExt, StreamExt};

use super::lease::StartedBy;
use super::plan::Plans;
use super::session::Errors;
use super::view::{Edge, Server, View};
use super::{HubConfig, HubTransport, log, settings::EdgeSyncSettings};
use crate::crypto::{Identity, Secret};
use crate::directory::{DistinguishedName, Filter};
use crate::name::DnsName;
use crate::protocol::ldap::{Entry, Search};
use crate::role::dial::{Dialer, Unreachable};
use crate::role::directory_client::{DirectoryClient, DirectoryFailure, DirectorySession};
use crate::role::judge::Judge;
use crate::sim::Host;
use crate::time::Span;

/// After so long without a word the directory is read anew.
const PATIENCE: Span = Span::days(365);

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
    pub plans: Plans,
    /// Whether the site's service configuration was there when it was looked for last.
    pub configured: Cell<bool>,
    /// Held by whoever changes accounts or synchronizes: the service or a command.
    pub busy: Mutex<()>,
}

/// What the service wakes for.
enum News {
    Configuration(Entry),
    Recipient(Entry),
    Lost(DirectoryFailure),
}

/// Connections over which the directory is watched. They end with this.
#[derive(Default)]
struct Watches(Vec<AbortHandle>);

impl Drop for Watches {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
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
            plans: Plans::new(first_scan),
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

    pub fn view_mut(&self) -> RefMut<'_, View> {
        self.configuration.borrow_mut()
    }

    pub fn people_mut(&self) -> RefMut<'_, View> {
        self.recipients.borrow_mut()
    }

    /// The hub's site, as a distinguished name.
    pub fn site(&self) -> DistinguishedName {
        let written = self.view().server(&self.config().object).and_then(|own| own.site.clone());
        written.unwrap_or_else(|| self.config().organization.site(&self.config().site))
    }

    /// What Active Directory says of this hub.
    pub fn own(&self) -> Rc<Server> {
        let known = self.view().server(&self.config().object);
        known.unwrap_or_else(|| Rc::new(Server::unknown(self.config())))
    }

    /// The hub of this name in the site.
    pub fn hub_named(&self, fqdn: &DnsName) -> Option<Rc<Server>> {
        self.view().hubs(&self.site()).into_iter().find(|hub| hub.fqdn == *fqdn)
    }

    /// The edges that are subscribed to this hub's site.
    pub fn edges(&self) -> Vec<Rc<Edge>> {
        let site = self.site();
        self.view().edges().into_iter().filter(|edge| edge.server.site.as_ref() == Some(&site)).collect()
    }

    /// Reads this hub's object and another one afresh.
    pub async fn read_again(
        &self,
        session: &mut DirectorySession,
        other: &DistinguishedName,
    ) -> Result<(), DirectoryFailure> {
        self.read_afresh(session, &self.config().object).await?;
        self.read_afresh(session, other).await
    }

    /// Reads an object afresh.
    pub async fn read_afresh(
        &self,
        session: &mut DirectorySession,
        dn: &DistinguishedName,
    ) -> Result<(), DirectoryFailure> {
        match session.read(dn).await? {
            Some(entry) => self.view_mut().apply(entry),
            None => self.view_mut().forget(dn),
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
        let (mut news, _watches) = self.open().await?;
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
    async fn open(&self) -> Result<(UnboundedReceiver<News>, Watches), DirectoryFailure> {
        let (sender, news) = unbounded();
        let mut watches = Watches::default();
        let bases = [
            (self.config().organization.configuration.clone(), News::Configuration as fn(Entry) -> News),
            (self.config().recipients.clone(), News::Recipient as fn(Entry) -> News),
        ];
        for (base, told) in &bases {
            watches.0.push(self.watch(base, *told, sender.clone()).await?);
        }
        let mut session = self.directory.connect().await?;
        for ((base, _), view) in bases.iter().zip([&self.configuration, &self.recipients]) {
            let found = session.search(Search::subtree(base.clone(), Filter::everything())).await?;
            view.borrow_mut().clear();
            found.entries.into_iter().for_each(|entry| view.borrow_mut().apply(entry));
        }
        session.close().await;
        Ok((news, watches))
    }

    /// Watches a part of the directory; each topology scan finds out whether it is still watched.
    async fn watch(
        &self,
        base: &DistinguishedName,
        told: fn(Entry) -> News,
        news: UnboundedSender<News>,
    ) -> Result<AbortHandle, DirectoryFailure> {
        let session = self.directory.connect().await?;
        let search = Search::subtree(base.clone(), Filter::everything());
        let mut watch = session.watch(search, self.settings().topology_scan).await?;
        let (telling, handle) = abortable(async move {
            loop {
                let one = match watch.next(PATIENCE).await {
                    Ok(Some(entry)) => told(entry),
                    Ok(None) => News::Lost(Unreachable::Broken("it is silent".to_owned()).into()),
                    Err(why) => News::Lost(why),
                };
                let lost = matches!(one, News::Lost(_));
                if news.unbounded_send(one).is_err() || lost {
                    return;
                }
            }
        });
        self.host().spawn(telling.map(drop));
        Ok(handle)
    }

    /// Synchronizes each edge for which it is time.
    async fn synchronize_what_is_due(&self) {
        let now = self.host().now();
        if !self.is_configured() {
            return;
        }
        for edge in self.edges() {
            self.plan(&edge);
            let due = self.plans.due_at(edge.fqdn(), self.settings());
            let Some((_, reach)) = due.filter(|(due, _)| *due <= now) else { continue };
            self.plans.tried(edge.fqdn(), now);
            match self.synchronize(&edge, reach, StartedBy::Schedule, Errors::Kept).await {
                Ok(_) => self.plans.begin_anew(edge.fqdn(), reach, now),
                Err(why) => {
                    log(self.host(), None, || format!("{} is not synchronized: {why}", edge.server.name))
                }
            }
        }
    }
}
