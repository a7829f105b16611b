//! What is written to an edge: everything, or what has changed since the cookie that the edge keeps.
//!
//! Data goes one way, from Active Directory to AD LDS. Writing the same thing twice changes nothing, so
//! a synchronization that broke off is simply repeated: the cookie is written last. Where the edge refuses
//! an entry the others are written all the same, and the cookie stays, so that all are tried again.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::image::{self, Image};
use super::lease::Pushed;
use super::lock::Lock;
use super::service::EdgeSync;
use super::session::{Errors, Failure, Reach};
use super::view::Edge;
use crate::directory::{AttributeValue, Attributes, DistinguishedName, Filter, Modification, Usn};
use crate::facts;
use crate::protocol::edge_sync::{COOKIES, Cookie, NamingContext};
use crate::protocol::ldap::{self, Entry, Search};
use crate::role::directory_client::{DirectoryFailure, DirectorySession, Found};
use crate::rule;

/// A naming context of Active Directory, and the one of AD LDS that it is written to.
struct Context {
    base: DistinguishedName,
    target: NamingContext,
}

impl EdgeSync {
    /// Brings an edge up to date; the digests of what it then holds.
    pub(super) async fn push(
        &self,
        edge_session: &mut DirectorySession,
        edge: &Edge,
        reach: Reach,
        errors: Errors,
        lock: &mut Lock<'_>,
    ) -> Result<Pushed, Failure> {
        let mut pushed = lock.lease().pushed;
        let cookies = self.cookies(edge_session, edge).await?;
        let mut next = cookies.clone();
        let mut refused = None;
        for context in self.contexts(reach) {
            let cookie = cookies.iter().find(|cookie| cookie.context == context.base.to_string());
            let since = self.since(edge, reach, cookie);
            let search = Search::subtree(context.base.clone(), Filter::everything()).since(since);
            let found = lock.directory().search(search).await?;
            let given = Cookie {
                context: context.base.to_string(),
                through: found.cookie.unwrap_or_default().0,
                given: self.host().now(),
            };
            let image = self.image(edge, &context, &found, since.is_none());
            let defect = match since {
                None => write_all(edge_session, &context, &image, lock).await?,
                Some(_) => self.write_changes(edge_session, edge, &context, &image, &found, lock).await?,
            };
            if defect.is_some() && errors == Errors::Kept {
                refused = refused.or(defect);
                continue;
            }
            let digest = image::digest_of(&image);
            match context.target {
                NamingContext::Configuration => pushed.configuration = digest,
                NamingContext::Recipients => pushed.recipients = digest,
            }
            next.retain(|cookie| cookie.context != given.context);
            next.push(given);
        }
        lock.keep().await?;
        self.write_cookies(edge_session, edge, &next).await?;
        refused.map_or(Ok(pushed), Err)
    }

    /// The naming contexts that are to be synchronized.
    fn contexts(&self, reach: Reach) -> Vec<Context> {
        let targets = match reach {
            Reach::Configuration => &[NamingContext::Configuration][..],
            Reach::Recipients => &[NamingContext::Recipients],
            _ => &NamingContext::ALL,
        };
        let base = |target| match target {
            NamingContext::Configuration => self.config().organization.configuration.clone(),
            NamingContext::Recipients => self.config().recipients.clone(),
        };
        targets.iter().map(|target| Context { base: base(*target), target: *target }).collect()
    }

    /// The cookie to ask Active Directory with; none for everything.
    fn since(&self, edge: &Edge, reach: Reach, cookie: Option<&Cookie>) -> Option<Usn> {
        if matches!(reach, Reach::First | Reach::Everything) {
            return None;
        }
        let now = self.host().now();
        // Until there was something to send, each time of the schedule would have renewed the cookie.
        let counts_from = cookie.map(|cookie| {
            self.plans.waiting_since(edge.fqdn()).map_or(cookie.given, |since| since.max(cookie.given))
        });
        let young = counts_from.is_some_and(|from| now - from < self.settings().cookie_validity);
        let facts = match cookie {
            Some(cookie) => facts!["cookie" => cookie, "valid for" => self.settings().cookie_validity],
            None => facts!["cookie" => "none"],
        };
        let (who, on) = (self.config().fqdn.to_string(), edge.server.name.to_string());
        let delta = self.judge().curtail(&rule::COOKIE_VALID, who, on, young, facts);
        cookie.filter(|_| delta).map(|cookie| Usn(cookie.through))
    }

    /// What the edge is to hold of a naming context, after what Active Directory has just said.
    fn image(&self, edge: &Edge, context: &Context, found: &Found, all: bool) -> Image {
        let mut view = match context.target {
            NamingContext::Configuration => self.view_mut(),
            NamingContext::Recipients => self.people_mut(),
        };
        if all {
            view.clear();
        }
        found.entries.iter().for_each(|entry| view.apply(entry.clone()));
        drop(view);
        let current = self.edge_at(&edge.server.dn).unwrap_or_else(|| Rc::new(edge.clone()));
        match context.target {
            NamingContext::Configuration => image::configuration(&self.view(), &context.base, &current),
            NamingContext::Recipients => image::recipients(&self.people()),
        }
    }

    async fn write_changes(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        context: &Context,
        image: &Image,
        found: &Found,
        lock: &mut Lock<'_>,
    ) -> Result<Option<Failure>, Failure> {
        let mut defect = None;
        // Additions come parents first, deletions children first, as the directory lists them.
        for entry in &found.entries {
            let Some(name) = self.name_at_edge(edge, context, entry) else { continue };
            lock.keep().await?;
            let written = match image.get(&name) {
                Some(attributes) => write_entry(session, &name, attributes).await,
                None => delete_entry(session, &name).await,
            };
            defect = defect.or(refusal(written)?);
        }
        Ok(defect)
    }

    /// The name under which an edge has an entry, if it can have it at all.
    fn name_at_edge(&self, edge: &Edge, context: &Context, entry: &Entry) -> Option<DistinguishedName> {
        if context.target == NamingContext::Recipients {
            return (entry.dn != context.base)
                .then(|| Some(image::recipient_name(entry.first("objectGUID")?)))?;
        }
        let other_server = self.view().server(&entry.dn).is_some_and(|server| {
            server.dn != edge.server.dn && server.site != edge.server.site && !entry.deleted
        });
        let other_edge = self.edge_at(&entry.dn).is_some_and(|other| other.server.dn != edge.server.dn);
        let concerned = entry.dn != context.base && !other_server && !other_edge;
        concerned.then(|| entry.dn.moved(&context.base, &context.target.dn()))?
    }

    /// The edge's own object in its AD LDS.
    pub(super) fn object_at_edge(&self, edge: &Edge) -> Option<DistinguishedName> {
        let base = &self.config().organization.configuration;
        edge.server.dn.moved(base, &NamingContext::Configuration.dn())
    }

    pub(super) async fn cookies(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
    ) -> Result<Vec<Cookie>, Failure> {
        let Some(dn) = self.object_at_edge(edge) else { return Ok(Vec::new()) };
        let entry = session.read(&dn).await?;
        let values = entry.iter().flat_map(|entry| entry.attributes.bytes(COOKIES));
        Ok(values.filter_map(|bytes| Cookie::from_octets(bytes).ok()).collect())
    }

    async fn write_cookies(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        cookies: &[Cookie],
    ) -> Result<(), Failure> {
        let Some(dn) = self.object_at_edge(edge) else { return Ok(()) };
        let values: Vec<AttributeValue> = cookies.iter().map(|cookie| cookie.to_octets().into()).collect();
        Ok(session.modify(&dn, vec![Modification::Replace(COOKIES.to_owned(), values)]).await?)
    }
}

/// Makes a naming context of AD LDS exactly what it should be.
async fn write_all(
    session: &mut DirectorySession,
    context: &Context,
    image: &Image,
    lock: &mut Lock<'_>,
) -> Result<Option<Failure>, Failure> {
    let held = held(session, context.target).await?;
    let mut defect = None;
    for (name, attributes) in image {
        lock.keep().await?;
        let written = match held.contains(name) {
            true => session.modify(name, image::replacements(attributes)).await,
            false => session.add(name, attributes.clone()).await,
        };
        defect = defect.or(refusal(written.map_err(Failure::from))?);
    }
    let base = context.target.dn();
    for name in held.iter().rev().filter(|name| **name != base && !image.contains_key(name)) {
        lock.keep().await?;
        defect = defect.or(refusal(delete_entry(session, name).await)?);
    }
    Ok(defect)
}

/// That the edge refuses an entry ends nothing; any other failure does.
fn refusal(written: Result<(), Failure>) -> Result<Option<Failure>, Failure> {
    match written {
        Ok(()) => Ok(None),
        Err(why @ Failure::Directory(DirectoryFailure::Refused { .. })) => Ok(Some(why)),
        Err(why) => Err(why),
    }
}

/// The names of what AD LDS holds of a naming context.
async fn held(
    session: &mut DirectorySession,
    context: NamingContext,
) -> Result<BTreeSet<DistinguishedName>, Failure> {
    let search = Search::subtree(context.dn(), Filter::everything()).only(["objectClass"]);
    Ok(session.search(search).await?.entries.into_iter().map(|entry| entry.dn).collect())
}

async fn write_entry(
    session: &mut DirectorySession,
    name: &DistinguishedName,
    attributes: &Attributes,
) -> Result<(), Failure> {
    match session.modify(name, image::replacements(attributes)).await {
        Err(DirectoryFailure::Refused { code: ldap::NO_SUCH_OBJECT, .. }) => {
            Ok(session.add(name, attributes.clone()).await?)
        }
        other => Ok(other?),
    }
}

async fn delete_entry(session: &mut DirectorySession, name: &DistinguishedName) -> Result<(), Failure> {
    match session.delete(name, true).await {
        Ok(()) | Err(DirectoryFailure::Refused { code: ldap::NO_SUCH_OBJECT, .. }) => Ok(()),
        Err(why) => Err(why.into()),
    }
}
