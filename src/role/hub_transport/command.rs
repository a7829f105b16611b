//! What an administrator asks of a hub: the cmdlets of Edge Subscriptions (domain page B3).

use std::rc::Rc;

use super::import::Brought;
use super::lease::StartedBy;
use super::service::EdgeSync;
use super::session::{Errors, Failure, Reach};
use super::view::Edge;
use super::{Request, log};
use crate::directory::Modification;
use crate::directory::exchange::attribute;
use crate::facts;
use crate::name::NetbiosName;
use crate::role::directory_client::DirectorySession;
use crate::rule;
use crate::trace::{Conclusion, Detail, Happening};

/// What came of a command: as whom, and what is shown.
pub(super) type Answer = Result<(String, String), Failure>;

impl EdgeSync {
    /// Does what an administrator asks for.
    pub(super) async fn obey(self: Rc<Self>, request: Request) {
        let (asked, answer) = match &request {
            Request::Import { file_name, bytes, site, connectors } => {
                let file = Brought { name: file_name, bytes };
                let answer = self.import(&file, site, *connectors).await;
                let shown = |edge: String| (edge.clone(), format!("{edge} is subscribed to {site}"));
                (format!("to import {file_name} into {site}"), answer.map(shown))
            }
            Request::Start { edge, full, force_update_cookie } => {
                let answer = self.start(edge.as_ref(), *full, *force_update_cookie).await;
                (format!("to synchronize {}", target(edge.as_ref())), answer)
            }
            Request::Test { edge, what } => {
                let answer = self.test(edge.as_ref(), what).await;
                (format!("to test the synchronization of {}", target(edge.as_ref())), answer)
            }
            Request::Remove { edge } => {
                (format!("to remove the subscription of {edge}"), self.remove(edge).await)
            }
            Request::Configure { verb, object } => {
                (format!("to run {verb}-{}", object.noun()), self.configure(*verb, object).await)
            }
            Request::ServiceConfig { exists } => return self.set_service_config(*exists).await,
            Request::JoinSite { site } => return self.join_site(site).await,
            Request::NewCertificate { same_key } => return self.new_certificate(*same_key).await,
        };
        let (granted, identity, shown, details) = match answer {
            Ok((identity, shown)) => (true, Some(identity), shown, Vec::new()),
            Err(why) => (false, None, "refused".to_owned(), vec![Detail::new("error", why.to_string())]),
        };
        self.host().record(Happening::Conclusion(Conclusion { granted, identity, asked, shown, details }));
    }

    pub(super) fn subscribed(&self, name: &NetbiosName) -> Result<Rc<Edge>, Failure> {
        let edge = self.view().edge(name).filter(|edge| edge.server.site.as_ref() == Some(&self.site()));
        let facts = facts!["site" => self.site().name().unwrap_or_default()];
        let who = self.config().fqdn.to_string();
        self.judge().require(&rule::SUBSCRIPTION_EXISTS, who, name.to_string(), edge.is_some(), facts)?;
        edge.ok_or_else(|| Failure::Broken(format!("there is no Edge Subscription {name}")))
    }

    /// The edges that a cmdlet is for: the one of this name, or every one of the site.
    pub(super) fn targets(&self, name: Option<&NetbiosName>) -> Result<Vec<Rc<Edge>>, Failure> {
        if let Some(name) = name {
            return Ok(vec![self.subscribed(name)?]);
        }
        let edges = self.edges();
        let (who, on) = (self.config().fqdn.to_string(), target(None));
        let facts = facts!["site" => self.site().name().unwrap_or_default(), "edges" => edges.len()];
        self.judge().require(&rule::SUBSCRIPTION_EXISTS, who, on, !edges.is_empty(), facts)?;
        Ok(edges)
    }

    async fn start(&self, name: Option<&NetbiosName>, full: bool, force_update_cookie: bool) -> Answer {
        let here = self.config().name.to_string();
        self.judge().require(&rule::CMDLET_ON_HUB, "an administrator", here, true, Vec::new())?;
        let edges = self.targets(name)?;
        self.require_service_config()?;
        let _busy = self.busy.lock().await;
        let errors = if force_update_cookie { Errors::Passed } else { Errors::Kept };
        let mut accounts = Vec::new();
        for edge in &edges {
            let reach = match (edge.is_new(), full) {
                (true, _) => Reach::First,
                (false, true) => Reach::Everything,
                (false, false) => Reach::Both,
            };
            let account = self.synchronize(edge, reach, StartedBy::Person, errors).await;
            if account.is_ok() {
                self.plans.begin_anew(edge.fqdn(), reach, self.host().now());
            }
            accounts.push(account);
        }
        Ok((of_each(accounts)?, format!("{} is synchronized", target(name))))
    }

    /// Takes the accounts from the edge as far as it can be reached, and the subscription from Active
    /// Directory; the other hubs delete their accounts when they are notified.
    async fn remove(&self, name: &NetbiosName) -> Answer {
        let edge = self.subscribed(name)?;
        let _busy = self.busy.lock().await;
        if let Err(why) = self.clear_edge(&edge).await {
            log(self.host(), None, || format!("the accounts at {name} stay until they expire: {why}"));
        }
        let mut session = self.directory().connect().await?;
        self.drop_from_connectors(&mut session, &edge.server.dn).await?;
        session.delete(&edge.server.dn, true).await?;
        session.close().await;
        Ok((name.to_string(), format!("the subscription of {name} is removed")))
    }

    async fn clear_edge(&self, edge: &Edge) -> Result<(), Failure> {
        let first = edge.is_new();
        let mut session = DirectorySession::over(self.reach_edge(edge, first).await?, self.dialer());
        self.bind(&mut session, edge, first).await?;
        if let Some(dn) = self.object_at_edge(edge) {
            let none = Modification::Replace(attribute::EDGE_SYNC_CREDENTIAL.to_owned(), Vec::new());
            session.modify(&dn, vec![none]).await?;
        }
        session.close().await;
        Ok(())
    }

    async fn join_site(&self, site: &str) {
        let dn = self.config().organization.site(site).to_string();
        let moved = Modification::Replace(attribute::SERVER_SITE.to_owned(), vec![dn.into()]);
        let written = async {
            let mut session = self.directory().connect().await?;
            session.modify(&self.config().object, vec![moved]).await?;
            session.close().await;
            Ok::<(), Failure>(())
        };
        if let Err(why) = written.await {
            log(self.host(), None, || format!("the new site is not written: {why}"));
        }
    }

    async fn new_certificate(&self, same_key: bool) {
        let _busy = self.busy.lock().await;
        let key = self.identity().filter(|_| same_key).map(|identity| identity.key);
        self.hub().make_certificate(self.host(), key);
        let published = async {
            let mut session = self.directory().connect().await?;
            self.publish_certificate(&mut session).await?;
            session.close().await;
            Ok::<(), Failure>(())
        };
        if let Err(why) = published.await {
            log(self.host(), None, || format!("the new certificate is not published: {why}"));
        }
    }
}

/// The edge that a cmdlet is for, in words.
fn target(edge: Option<&NetbiosName>) -> String {
    edge.map_or_else(|| "every edge of the site".to_owned(), ToString::to_string)
}

/// The accounts that were used at one edge after the other; the first failure where there was one.
pub(super) fn of_each(accounts: Vec<Result<String, Failure>>) -> Result<String, Failure> {
    Ok(accounts.into_iter().collect::<Result<Vec<_>, _>>()?.join(", "))
}
