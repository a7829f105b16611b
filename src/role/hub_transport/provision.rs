//! Accounts in Active Directory: what each hub does when it is notified of a new Edge Subscription (I2
//! to I6), and the renewal of its accounts for as long as the subscription lasts.
//!
//! A hub writes to its own object and to the edge's. What it knows of both it reads afresh before it
//! writes, as a notification may be on its way.

use std::rc::Rc;

use super::log;
use super::pending::Pending;
use super::service::EdgeSync;
use super::timeline::Term;
use super::view::{Edge, PENDING, Server, value};
use crate::crypto::{Identity, Secret};
use crate::directory::exchange::attribute;
use crate::directory::{DistinguishedName, Modification};
use crate::document::edge_subscription as document;
use crate::protocol::edge_credential::{EdgeSyncAccount, EdgeSyncCredential, account_name, random_password};
use crate::role::directory_client::{DirectoryFailure, DirectorySession};

const CREDENTIAL: &str = attribute::EDGE_SYNC_CREDENTIAL;

impl EdgeSync {
    /// Whatever is to be done to accounts by now.
    pub(super) async fn provision(&self) -> Result<(), DirectoryFailure> {
        let own = self.own();
        let edges = self.edges();
        if edges.iter().any(|edge| self.concerns(edge, &own)) {
            let mut session = self.directory().connect().await?;
            self.read_afresh(&mut session, &own.dn).await?;
            for edge in edges.iter().filter(|edge| self.concerns(edge, &own)) {
                self.read_afresh(&mut session, &edge.server.dn).await?;
                if let Some(edge) = self.edge_at(&edge.server.dn) {
                    self.hand_on(&mut session, &edge).await?;
                    self.take_part(&mut session, &edge).await?;
                    self.mend(&mut session, &edge).await?;
                    self.renew(&mut session, &edge).await?;
                }
            }
            session.close().await;
        }
        self.forget_removed(&edges).await
    }

    /// Whether there is something to do about an edge.
    fn concerns(&self, edge: &Edge, own: &Server) -> bool {
        let now = self.host().now();
        let fqdn = &self.config().fqdn;
        let mine = |pending: &&Pending| pending.hub == *fqdn;
        let to_take = edge.pending.iter().find(mine).is_some_and(|pending| {
            pending.sealed.is_some() || own.certificate.is_none() || pending.from == *fqdn
        });
        let to_hand_on = edge.pending.iter().any(|pending| self.can_seal(pending) || self.is_stale(pending));
        let timeline = self.settings().timeline;
        let terms = terms(own, edge);
        let to_renew = timeline.successor(&terms, now).is_some();
        let to_end = own
            .credentials
            .iter()
            .any(|one| one.account.target == *edge.fqdn() && one.account.expires <= now);
        to_take || to_hand_on || to_renew || to_end || self.half_made(edge, own).next().is_some()
    }

    /// Accounts of which the edge's object has no copy: this hub failed between the two writes. Where it
    /// is about to take part anew, everything is made anew anyway.
    fn half_made<'a>(
        &'a self,
        edge: &'a Edge,
        own: &'a Server,
    ) -> impl Iterator<Item = &'a EdgeSyncCredential> {
        let now = self.host().now();
        let begins_anew = edge.pending.iter().any(|pending| pending.hub == self.config().fqdn);
        let at_edge = |name: &str| edge.server.credentials.iter().any(|one| one.account.user_name == name);
        let own = own.accounts_for(edge.fqdn()).filter(move |_| !begins_anew);
        own.filter(move |one| now < one.account.expires && !at_edge(&one.account.user_name))
    }

    /// Whether this hub imported the file, and can now seal the account to a hub that waits for it.
    fn can_seal(&self, pending: &Pending) -> bool {
        let fqdn = &self.config().fqdn;
        let waits = pending.from == *fqdn && pending.hub != *fqdn && pending.sealed.is_none();
        waits
            && !self.is_stale(pending)
            && self.hub_named(&pending.hub).is_some_and(|hub| hub.certificate.is_some())
    }

    /// Whether the account of this note has run out, so that the note is to be wiped.
    fn is_stale(&self, pending: &Pending) -> bool {
        pending.from == self.config().fqdn && pending.account.expires <= self.host().now()
    }

    /// Seals the bootstrap account to the hubs that wait for it.
    async fn hand_on(&self, session: &mut DirectorySession, edge: &Edge) -> Result<(), DirectoryFailure> {
        let mut changed = false;
        for pending in &edge.pending {
            let mut changes = vec![Modification::Delete(PENDING.to_owned(), value(pending.to_octets()))];
            if self.can_seal(pending) {
                let hub = self.hub_named(&pending.hub).and_then(|hub| hub.public_key());
                let (Some(key), Some(password)) = (hub, self.bootstrap_password(edge)) else { continue };
                let mut random = self.host().random("sealing");
                let sealed = EdgeSyncCredential::seal(pending.account.clone(), &password, &key, &mut random);
                let note = Pending { sealed: Some(sealed), ..pending.clone() };
                changes.push(Modification::Add(PENDING.to_owned(), value(note.to_octets())));
            } else if !self.is_stale(pending) {
                continue;
            }
            session.modify(&edge.server.dn, changes).await?;
            changed = true;
        }
        match changed {
            true => self.read_again(session, &edge.server.dn).await,
            false => Ok(()),
        }
    }

    /// The password of an edge's bootstrap account, as far as this hub has it.
    fn bootstrap_password(&self, edge: &Edge) -> Option<Secret> {
        if let Some(password) = self.imported.borrow().get(edge.fqdn()) {
            return Some(password.clone());
        }
        let identity = self.identity()?;
        self.own().bootstrap_for(edge.fqdn())?.open(&identity.key).ok()
    }

    /// I2 to I6, where this hub is to take part and has the bootstrap account.
    async fn take_part(&self, session: &mut DirectorySession, edge: &Edge) -> Result<(), DirectoryFailure> {
        let fqdn = &self.config().fqdn;
        let Some(edge) = self.edge_at(&edge.server.dn) else { return Ok(()) };
        let Some(pending) = edge.pending.iter().find(|pending| pending.hub == *fqdn) else { return Ok(()) };
        let imported_here = pending.from == *fqdn;
        if !imported_here && pending.sealed.is_none() {
            // The importing hub needs this hub's certificate first.
            self.publish_certificate(session).await?;
            return Ok(());
        }
        let handed = || pending.sealed.as_ref()?.open(&self.identity()?.key).ok();
        let password = if imported_here { self.bootstrap_password(&edge) } else { handed() };
        let Some(password) = password else {
            // Where this hub imported the file and then lost its memory, the file is needed once more.
            log(self.host(), None, || format!("the bootstrap account of {} does not open", edge.fqdn()));
            return Ok(());
        };
        self.seal_to_edge(session, &edge, pending.account.clone(), &password).await?;
        let identity = self.publish_certificate(session).await?;
        self.keep_bootstrap(session, &edge, &identity, pending.account.clone(), &password).await?;
        for other in self.edges() {
            let now = self.host().now();
            let has_one = terms(&self.own(), &other).iter().any(|term| now < term.expires);
            if other.server.dn == edge.server.dn || !has_one {
                let term = self.settings().timeline.first(now.whole_second());
                self.add_account(session, &other, &identity, term, true).await?;
            }
        }
        let wiped = vec![Modification::Delete(PENDING.to_owned(), value(pending.to_octets()))];
        session.modify(&edge.server.dn, wiped).await?;
        self.forget_import_when_handed_on(session, &edge).await
    }

    /// I2: the bootstrap account on the edge's object, sealed to Edge-Cert.
    async fn seal_to_edge(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        account: EdgeSyncAccount,
        password: &Secret,
    ) -> Result<(), DirectoryFailure> {
        let Some(key) = edge.server.public_key() else { return Ok(()) };
        self.judge().carries_out(&document::I2);
        let mut random = self.host().random("sealing");
        let sealed = EdgeSyncCredential::seal(account, password, &key, &mut random);
        let fqdn = Some(&self.config().fqdn);
        // What this hub left there before it failed in the middle of this.
        let former = edge.server.credentials.iter().filter(|one| one.account.source.as_ref() == fqdn);
        let mut changes: Vec<Modification> =
            former.map(|one| Modification::Delete(CREDENTIAL.to_owned(), value(one.to_octets()))).collect();
        changes.push(Modification::Add(CREDENTIAL.to_owned(), value(sealed.to_octets())));
        session.modify(&edge.server.dn, changes).await
    }

    /// I3: Hub-Cert, where there is none yet.
    pub(super) async fn publish_certificate(
        &self,
        session: &mut DirectorySession,
    ) -> Result<Identity, DirectoryFailure> {
        let kept = self.identity();
        let published = self.own().certificate.clone();
        if let (Some(identity), Some(published)) = (&kept, &published)
            && identity.chain[0] == *published
        {
            return Ok(identity.clone());
        }
        let identity = match kept {
            Some(identity) => identity,
            None => {
                self.judge().carries_out(&document::I3);
                self.hub().make_certificate(self.host(), None)
            }
        };
        let der = value(identity.chain[0].to_der().to_vec());
        let own = self.config().object.clone();
        session.modify(&own, vec![Modification::Replace(attribute::PUBLIC_KEY.to_owned(), der)]).await?;
        self.read_again(session, &own).await?;
        Ok(identity)
    }

    /// I4: the bootstrap account on the hub's own object, sealed to Hub-Cert, in place of whatever there
    /// was for this edge, and of what an attempt that broke off has left on the edge's object.
    async fn keep_bootstrap(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        identity: &Identity,
        account: EdgeSyncAccount,
        password: &Secret,
    ) -> Result<(), DirectoryFailure> {
        self.judge().carries_out(&document::I4);
        let mut random = self.host().random("sealing");
        let sealed = EdgeSyncCredential::seal(account, password, &identity.key.public(), &mut random);
        let own = self.own();
        let former = own.credentials.iter().filter(|one| one.account.target == *edge.fqdn());
        let mut changes: Vec<Modification> =
            former.map(|one| Modification::Delete(CREDENTIAL.to_owned(), value(one.to_octets()))).collect();
        changes.push(Modification::Add(CREDENTIAL.to_owned(), value(sealed.to_octets())));
        session.modify(&own.dn, changes).await?;
        let of_this_hub = |one: &&EdgeSyncCredential| one.account.source.as_ref() == Some(&own.fqdn);
        let left = edge.server.credentials.iter().filter(of_this_hub);
        let left = left.map(|one| Modification::Delete(CREDENTIAL.to_owned(), value(one.to_octets())));
        self.modify_if_there(session, &edge.server.dn, left.collect()).await?;
        self.read_again(session, &own.dn).await
    }

    /// A new account of this hub and an edge: I5 and I6, or the same at a renewal.
    async fn add_account(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        identity: &Identity,
        term: Term,
        at_import: bool,
    ) -> Result<(), DirectoryFailure> {
        let Some(edge_key) = edge.server.public_key() else { return Ok(()) };
        let own = self.own();
        let taken = |name: &str| {
            let all = own.credentials.iter().chain(&edge.server.credentials);
            all.map(|one| &one.account.user_name).any(|other| other == name)
        };
        let account = EdgeSyncAccount {
            target: edge.fqdn().clone(),
            source: Some(self.config().fqdn.clone()),
            effective: term.effective,
            expires: term.expires,
            user_name: account_name(&self.config().name, &edge.server.name, term.effective, taken),
        };
        let password = random_password(&mut self.host().random("passwords"));
        let mut random = self.host().random("sealing");
        let copies =
            [(&document::I5, &own.dn, identity.key.public()), (&document::I6, &edge.server.dn, edge_key)];
        for (line, object, key) in copies {
            if at_import {
                self.judge().carries_out(line);
            }
            let sealed = EdgeSyncCredential::seal(account.clone(), &password, &key, &mut random);
            let added = Modification::Add(CREDENTIAL.to_owned(), value(sealed.to_octets()));
            session.modify(object, vec![added]).await?;
        }
        self.read_again(session, &edge.server.dn).await
    }

    /// Gives the edge its copy of accounts that were half made.
    async fn mend(&self, session: &mut DirectorySession, edge: &Edge) -> Result<(), DirectoryFailure> {
        let Some(edge) = self.edge_at(&edge.server.dn) else { return Ok(()) };
        let (own, identity) = (self.own(), self.identity());
        let (Some(identity), Some(edge_key)) = (identity, edge.server.public_key()) else { return Ok(()) };
        let mut mended = false;
        for credential in self.half_made(&edge, &own) {
            // One that was sealed to a certificate before this one is beyond help.
            let Ok(password) = credential.open(&identity.key) else { continue };
            let mut random = self.host().random("sealing");
            let sealed =
                EdgeSyncCredential::seal(credential.account.clone(), &password, &edge_key, &mut random);
            let added = Modification::Add(CREDENTIAL.to_owned(), value(sealed.to_octets()));
            session.modify(&edge.server.dn, vec![added]).await?;
            mended = true;
        }
        match mended {
            true => self.read_again(session, &edge.server.dn).await,
            false => Ok(()),
        }
    }

    /// Makes the next account where it is time, and deletes those that have come to their end.
    async fn renew(&self, session: &mut DirectorySession, edge: &Edge) -> Result<(), DirectoryFailure> {
        let Some(edge) = self.edge_at(&edge.server.dn) else { return Ok(()) };
        let now = self.host().now();
        let own = self.own();
        let due = self.settings().timeline.successor(&terms(&own, &edge), now);
        if let (Some(term), Some(identity)) = (due, self.identity()) {
            self.add_account(session, &edge, &identity, term, false).await?;
        }
        let ended =
            |one: &&EdgeSyncCredential| one.account.target == *edge.fqdn() && one.account.expires <= now;
        let names: Vec<&str> =
            own.credentials.iter().filter(ended).map(|one| one.account.user_name.as_str()).collect();
        if names.is_empty() {
            return Ok(());
        }
        for server in [&own, &edge.server] as [&Rc<Server>; 2] {
            let gone = server.credentials.iter().filter(ended);
            let gone = gone.filter(|one| names.contains(&one.account.user_name.as_str()));
            let changes: Vec<Modification> =
                gone.map(|one| Modification::Delete(CREDENTIAL.to_owned(), value(one.to_octets()))).collect();
            if !changes.is_empty() {
                self.modify_if_there(session, &server.dn, changes).await?;
            }
        }
        self.read_again(session, &edge.server.dn).await
    }

    /// Deletes this hub's accounts for edges that are subscribed no longer.
    async fn forget_removed(&self, edges: &[Rc<Edge>]) -> Result<(), DirectoryFailure> {
        let own = self.own();
        let subscribed =
            |one: &&EdgeSyncCredential| edges.iter().any(|edge| *edge.fqdn() == one.account.target);
        let gone = own.credentials.iter().filter(|one| !subscribed(one));
        let changes: Vec<Modification> =
            gone.map(|one| Modification::Delete(CREDENTIAL.to_owned(), value(one.to_octets()))).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let mut session = self.directory().connect().await?;
        self.modify_if_there(&mut session, &own.dn, changes).await?;
        self.read_again(&mut session, &own.dn).await?;
        session.close().await;
        Ok(())
    }

    /// The clear text of a file is forgotten once every hub that waited for it has been served.
    async fn forget_import_when_handed_on(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
    ) -> Result<(), DirectoryFailure> {
        self.imported.borrow_mut().remove(edge.fqdn());
        self.read_again(session, &edge.server.dn).await?;
        match self.edge_at(&edge.server.dn) {
            Some(edge) => self.hand_on(session, &edge).await,
            None => Ok(()),
        }
    }

    /// Makes changes one of which another hub may have made already.
    async fn modify_if_there(
        &self,
        session: &mut DirectorySession,
        dn: &DistinguishedName,
        changes: Vec<Modification>,
    ) -> Result<(), DirectoryFailure> {
        for change in changes {
            match session.modify(dn, vec![change]).await {
                Ok(())
                | Err(DirectoryFailure::Refused { code: crate::protocol::ldap::NO_SUCH_ATTRIBUTE, .. }) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }
}

/// The terms of the accounts of a hub for an edge.
pub(super) fn terms(own: &Server, edge: &Edge) -> Vec<Term> {
    own.accounts_for(edge.fqdn()).map(|one| Term::from(&one.account)).collect()
}
