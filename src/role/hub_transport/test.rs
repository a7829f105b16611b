//! Test-EdgeSynchronization: whether an edge holds what Active Directory has for it (domain page B3).
//!
//! As a rule the cmdlet only looks at the cookies, which say how far the edge has come. A change that
//! somebody else has made in AD LDS leaves them as they are; a comparison of each object finds it.

use super::command::{Answer, of_each};
use super::image::{self, Image};
use super::service::EdgeSync;
use super::session::{Failure, Reach};
use super::view::Edge;
use super::{Tested, log};
use crate::directory::{Attributes, DistinguishedName, Filter};
use crate::facts;
use crate::name::NetbiosName;
use crate::protocol::edge_sync::{NamingContext, PROXY_ADDRESS_HASHES, address_hash};
use crate::protocol::ldap::Search;
use crate::role::directory_client::DirectorySession;
use crate::rule;

impl EdgeSync {
    /// Tests the synchronization of an edge, or of every one of the site.
    pub(super) async fn test(&self, name: Option<&NetbiosName>, what: &Tested) -> Answer {
        let here = self.config().name.to_string();
        self.judge().require(&rule::CMDLET_ON_HUB, "an administrator", here, true, Vec::new())?;
        let edges = self.targets(name)?;
        let _busy = self.busy.lock().await;
        let mut accounts = Vec::new();
        for edge in &edges {
            accounts.push(self.test_edge(edge, what).await);
        }
        Ok((of_each(accounts)?, "synchronization status: Normal".to_owned()))
    }

    async fn test_edge(&self, edge: &Edge, what: &Tested) -> Result<String, Failure> {
        let first = edge.is_new();
        let mut session = DirectorySession::over(self.reach_edge(edge, first).await?, self.dialer());
        let account = self.bind(&mut session, edge, first).await?;
        let (differences, report) = match what {
            Tested::Cookies { recipients } => {
                (self.test_cookies(&mut session, edge, *recipients).await?, usize::MAX)
            }
            Tested::Objects { recipients, report } => {
                (self.test_objects(&mut session, edge, *recipients).await?, *report)
            }
            Tested::Recipient(address) => (self.test_recipient(&mut session, address).await?, usize::MAX),
        };
        session.close().await;
        let reported: Vec<&str> = differences.iter().take(report).map(String::as_str).collect();
        let facts = match differences.len() {
            0 => Vec::new(),
            count => facts!["differences" => count, "reported" => reported.join("; ")],
        };
        let (who, on) = (edge.server.name.to_string(), self.config().fqdn.to_string());
        self.judge().require(&rule::IN_STEP, who, on, differences.is_empty(), facts)?;
        Ok(account)
    }

    /// The edge has a cookie for each naming context, and nothing has changed since.
    async fn test_cookies(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        recipients: bool,
    ) -> Result<Vec<String>, Failure> {
        let cookies = self.cookies(session, edge).await?;
        let current = self.edge_at(&edge.server.dn);
        let wanted = self.wanted(current.as_deref().unwrap_or(edge));
        let configuration_waits = !matches!(wanted, Reach::Nothing | Reach::Recipients);
        let recipients_wait = !matches!(wanted, Reach::Nothing | Reach::Configuration);
        let contexts = [
            (&self.config().organization.configuration, configuration_waits, true),
            (&self.config().recipients, recipients_wait, recipients),
        ];
        let mut differences = Vec::new();
        for (base, waits, _) in contexts.into_iter().filter(|(_, _, tested)| *tested) {
            match cookies.iter().find(|cookie| cookie.context == base.to_string()) {
                None => differences.push(format!("there is no cookie for {base}")),
                Some(cookie) if waits => differences.push(format!("something has changed since {cookie}")),
                Some(_) => {}
            }
        }
        Ok(differences)
    }

    /// Each object that the edge should hold, and none besides.
    async fn test_objects(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        recipients: bool,
    ) -> Result<Vec<String>, Failure> {
        let base = &self.config().organization.configuration;
        let mut wanted: Vec<(NamingContext, Image)> =
            vec![(NamingContext::Configuration, image::configuration(&self.view(), base, edge))];
        if recipients {
            wanted.push((NamingContext::Recipients, image::recipients(&self.people())));
        }
        let mut differences = Vec::new();
        for (context, image) in wanted {
            let base = context.dn();
            let held = session.search(Search::subtree(base.clone(), Filter::everything())).await?.entries;
            let same = |name: &DistinguishedName, attributes: &Attributes| {
                held.iter()
                    .find(|entry| entry.dn == *name)
                    .is_some_and(|entry| holds(&entry.attributes, attributes))
            };
            differences.extend(
                image.iter().filter(|(name, one)| !same(name, one)).map(|(name, _)| name.to_string()),
            );
            let extra = held.iter().filter(|entry| entry.dn != base && !image.contains_key(&entry.dn));
            differences.extend(extra.map(|entry| entry.dn.to_string()));
        }
        Ok(differences)
    }

    /// The one recipient, if an edge is to know it.
    async fn test_recipient(
        &self,
        session: &mut DirectorySession,
        address: &str,
    ) -> Result<Vec<String>, Failure> {
        let hash = address_hash(address);
        let has_it = |attributes: &Attributes| attributes.bytes(PROXY_ADDRESS_HASHES).any(|one| one == hash);
        let image = image::recipients(&self.people());
        let Some((name, attributes)) = image.into_iter().find(|(_, one)| has_it(one)) else {
            log(self.host(), None, || format!("{address} is no recipient that an edge is told of"));
            return Ok(vec![format!("there is no recipient {address}")]);
        };
        let held = session.read(&name).await?;
        let same = held.is_some_and(|entry| holds(&entry.attributes, &attributes));
        Ok(if same { Vec::new() } else { vec![name.to_string()] })
    }
}

/// Whether an entry has all these attributes with just these values.
fn holds(held: &Attributes, wanted: &Attributes) -> bool {
    wanted.iter().all(|(name, values)| {
        let there = held.get(name);
        there.len() == values.len() && values.iter().all(|value| there.iter().any(|one| one.matches(value)))
    })
}
