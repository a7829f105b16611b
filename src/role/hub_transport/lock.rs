//! The lock on an edge while a hub synchronizes it: taken and given back by exchanging the lease on the
//! edge's object, over the one connection to Active Directory that the synchronization has.

use super::lease::{Lease, StartedBy};
use super::service::EdgeSync;
use super::session::Failure;
use super::view::{Edge, value};
use crate::directory::exchange::attribute;
use crate::directory::{DistinguishedName, Modification};
use crate::facts;
use crate::protocol::ldap;
use crate::role::directory_client::{DirectoryFailure, DirectorySession};
use crate::role::judge::Refused;
use crate::rule;
use crate::trace::Fact;

const LEASE: &str = attribute::EDGE_SYNC_LEASE;

/// The lock that a hub holds while it writes, and renews where that takes long.
pub(super) struct Lock<'a> {
    service: &'a EdgeSync,
    edge: DistinguishedName,
    lease: Lease,
    directory: DirectorySession,
}

impl EdgeSync {
    /// Takes the lock and the option on an edge.
    pub(super) async fn take_lock(&self, edge: &Edge, started_by: StartedBy) -> Result<Lock<'_>, Failure> {
        let dn = &edge.server.dn;
        let mut directory = self.directory().connect().await?;
        self.read_afresh(&mut directory, dn).await?;
        let held = self.edge_at(dn).and_then(|fresh| fresh.lease.clone());
        let now = self.host().now();
        let fqdn = &self.config().fqdn;
        let free = held.as_ref().is_none_or(|lease| lease.admits(fqdn, started_by, now));
        let facts = match &held {
            Some(lease) => facts!["lease" => lease],
            None => Vec::new(),
        };
        self.judge_lease(edge, free, facts)?;
        let lease = Lease::taken(held.as_ref(), fqdn.clone(), now, &self.settings().lease);
        match self.exchange(&mut directory, dn, held.as_ref(), &lease).await {
            Ok(()) => Ok(Lock { service: self, edge: dn.clone(), lease, directory }),
            Err(DirectoryFailure::Refused { code: ldap::NO_SUCH_ATTRIBUTE, .. }) => {
                self.judge_lease(edge, false, facts!["why" => "another hub took it just before"])?;
                Err(Failure::Broken("another hub took the lease".to_owned()))
            }
            Err(why) => Err(why.into()),
        }
    }

    fn judge_lease(&self, edge: &Edge, free: bool, facts: Vec<Fact>) -> Result<(), Refused> {
        let (who, on) = (self.config().fqdn.to_string(), edge.server.name.to_string());
        self.judge().require(&rule::LEASE_FREE, who, on, free, facts)
    }

    /// Puts a lease in the place of another, in one operation that fails where the other is no longer
    /// there.
    async fn exchange(
        &self,
        directory: &mut DirectorySession,
        edge: &DistinguishedName,
        held: Option<&Lease>,
        next: &Lease,
    ) -> Result<(), DirectoryFailure> {
        let mut changes = Vec::new();
        changes.extend(held.map(|lease| Modification::Delete(LEASE.to_owned(), value(lease.to_octets()))));
        changes.push(Modification::Add(LEASE.to_owned(), value(next.to_octets())));
        directory.modify(edge, changes).await?;
        self.read_afresh(directory, edge).await
    }
}

impl Lock<'_> {
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// The connection to Active Directory.
    pub fn directory(&mut self) -> &mut DirectorySession {
        &mut self.directory
    }

    /// Makes sure that the lock still holds, before something is written.
    pub async fn keep(&mut self) -> Result<(), Failure> {
        let times = self.service.settings().lease;
        let now = self.service.host().now();
        if !self.lease.is_locked_at(now) {
            return Err(Failure::Broken("the lock ran out before the synchronization was done".to_owned()));
        }
        let taken = self.lease.lock_until - times.lock;
        if now - taken >= times.lock_renewal {
            self.replace(self.lease.renewed(now, &times)).await?;
        }
        Ok(())
    }

    /// Gives the lock back, leaving this lease.
    pub async fn leave(mut self, lease: Lease) -> Result<(), Failure> {
        self.replace(lease).await?;
        self.directory.close().await;
        Ok(())
    }

    async fn replace(&mut self, next: Lease) -> Result<(), Failure> {
        self.service.exchange(&mut self.directory, &self.edge, Some(&self.lease), &next).await?;
        self.lease = next;
        Ok(())
    }
}
