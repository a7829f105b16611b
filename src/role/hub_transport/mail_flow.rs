//! The flow of mail, as far as hubs configure it: the Send connectors that come and go with an Edge
//! Subscription, and the cmdlets of what else is configured about it (domain page B3 and B7).
//!
//! Everything is written to Active Directory, from where it is replicated to the edges.

use super::Connectors;
use super::command::Answer;
use super::service::EdgeSync;
use crate::directory::mail_flow::{MailFlow, SOURCE_SERVERS, SendConnector, Verb, connections};
use crate::directory::{Attributes, DistinguishedName, Filter, Modification};
use crate::protocol::ldap::Search;
use crate::role::directory_client::{DirectoryFailure, DirectorySession};

impl EdgeSync {
    /// Makes the connectors of an edge's site, or adds the edge to those that there are.
    pub(super) async fn add_to_connectors(
        &self,
        session: &mut DirectorySession,
        edge: &DistinguishedName,
        wanted: Connectors,
    ) -> Result<(), DirectoryFailure> {
        let site = self.site();
        let site = site.name().unwrap_or_default();
        let inbound = wanted.inbound.then(|| SendConnector::inbound(site, edge));
        let to_internet = wanted.internet.then(|| SendConnector::to_internet(site, edge));
        for connector in [inbound, to_internet].into_iter().flatten() {
            let object = MailFlow::SendConnector(connector);
            let dn = object.dn(&self.config().organization);
            match session.read(&dn).await? {
                None => session.add(&dn, object.attributes()).await?,
                Some(entry) if is_source(&entry.attributes, edge) => {}
                Some(_) => {
                    let added = Modification::Add(SOURCE_SERVERS.to_owned(), vec![edge.to_string().into()]);
                    session.modify(&dn, vec![added]).await?;
                }
            }
        }
        Ok(())
    }

    /// Takes an edge from the lists of servers of all connectors; one with no server left is deleted.
    pub(super) async fn drop_from_connectors(
        &self,
        session: &mut DirectorySession,
        edge: &DistinguishedName,
    ) -> Result<(), DirectoryFailure> {
        let base = connections(&self.config().organization);
        let found = session.search(Search::subtree(base, Filter::everything())).await?.entries;
        for connector in found.iter().filter(|entry| is_source(&entry.attributes, edge)) {
            match connector.attributes.get(SOURCE_SERVERS).len() {
                1 => session.delete(&connector.dn, false).await?,
                _ => {
                    let gone = Modification::Delete(SOURCE_SERVERS.to_owned(), vec![edge.to_string().into()]);
                    session.modify(&connector.dn, vec![gone]).await?;
                }
            }
        }
        Ok(())
    }

    /// A cmdlet of accepted domains, remote domains or Send connectors.
    pub(super) async fn configure(&self, verb: Verb, object: &MailFlow) -> Answer {
        let dn = object.dn(&self.config().organization);
        let mut session = self.directory().connect().await?;
        match verb {
            Verb::New => session.add(&dn, object.attributes()).await?,
            Verb::Set => session.modify(&dn, object.replacements()).await?,
            Verb::Remove => session.delete(&dn, false).await?,
        }
        session.close().await;
        Ok((self.config().name.to_string(), format!("{verb}-{object}: done")))
    }
}

fn is_source(connector: &Attributes, edge: &DistinguishedName) -> bool {
    let edge = edge.to_string();
    connector.texts(SOURCE_SERVERS).any(|source| source.eq_ignore_ascii_case(&edge))
}
