//! One synchronization of an edge: R1 to R8 the first time, and the same with the hub's own account
//! every time after that.
//!
//! The order protects the password: it leaves the hub only after the edge has shown the very
//! certificate that is stored in Active Directory.

use std::cell::RefCell;

use super::lease::{Pushed, StartedBy};
use super::lock::Lock;
use super::log;
use super::provision::terms;
use super::service::EdgeSync;
use super::timeline::Term;
use super::view::Edge;
use crate::crypto::Certificate;
use crate::document::edge_subscription as document;
use crate::facts;
use crate::protocol::edge_credential::EdgeSyncCredential;
use crate::protocol::ldap;
use crate::role::dial::Unreachable;
use crate::role::directory_client::{DirectoryFailure, DirectorySession};
use crate::role::judge::Refused;
use crate::rule;
use crate::sim::{Channel, TlsClient};

/// How much is to be synchronized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The edge has what it should have.
    Nothing,
    /// Everything, for the first time, with the bootstrap account.
    First,
    /// What has changed in the configuration.
    Configuration,
    /// What has changed among the recipients.
    Recipients,
    /// What has changed in both.
    Both,
    /// Everything anew, whatever the cookie says.
    Everything,
}

/// What becomes of the cookie where the edge refuses some of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    /// It stays, so that the same is tried again.
    Kept,
    /// It goes ahead (-ForceUpdateCookie).
    Passed,
}

/// Why an edge was not synchronized.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Refused(Refused),
    #[error(transparent)]
    Directory(#[from] DirectoryFailure),
    #[error("{0}")]
    Broken(String),
}

impl From<Unreachable> for Failure {
    fn from(why: Unreachable) -> Self {
        match why {
            Unreachable::Refused(refused) => Self::Refused(refused),
            Unreachable::Broken(why) => Self::Broken(why),
        }
    }
}

impl EdgeSync {
    /// Synchronizes an edge; the name of the account that was used.
    pub(super) async fn synchronize(
        &self,
        edge: &Edge,
        reach: Reach,
        started_by: StartedBy,
        errors: Errors,
    ) -> Result<String, Failure> {
        let mut lock = self.take_lock(edge, started_by).await?;
        if reach == Reach::First {
            self.judge().carries_out(&document::R1);
        }
        let done = self.converse(edge, reach, errors, &mut lock).await;
        self.note_the_future(edge, done.is_ok());
        let lease = match &done {
            Ok((_, pushed)) => lock.lease().released(self.host().now(), &self.settings().lease, *pushed),
            Err(_) => lock.lease().given_up(self.host().now()),
        };
        let released = lock.leave(lease).await;
        let (account, _) = done?;
        released?;
        if reach == Reach::First {
            self.judge().carries_out(&document::R8);
        }
        Ok(account)
    }

    async fn converse(
        &self,
        edge: &Edge,
        reach: Reach,
        errors: Errors,
        lock: &mut Lock<'_>,
    ) -> Result<(String, Pushed), Failure> {
        let first = reach == Reach::First;
        let channel = self.reach_edge(edge, first).await?;
        let mut session = DirectorySession::over(channel, self.dialer());
        let account = self.bind(&mut session, edge, first).await?;
        if first {
            self.judge().carries_out(&document::R6);
        }
        let pushed = self.push(&mut session, edge, reach, errors, lock).await?;
        session.close().await;
        Ok((account, pushed))
    }

    /// R2 and R3: a secure connection to the edge whose certificate is stored in Active Directory.
    pub(super) async fn reach_edge(&self, edge: &Edge, first: bool) -> Result<Channel, Failure> {
        if first {
            self.judge().carries_out(&document::R2);
        }
        let fqdn = edge.fqdn();
        let channel = self.dialer().connect(fqdn, edge.port).await?;
        let refusal = RefCell::new(None);
        let verify = |shown: &[Certificate]| {
            self.check_certificate(edge, shown).map_err(|refused| {
                let text = refused.to_string();
                *refusal.borrow_mut() = Some(refused);
                text
            })
        };
        let client = TlsClient { server_name: fqdn.clone(), verify: &verify, identity: None };
        let secured = channel.secure_as_client(client).await;
        if let Some(refused) = refusal.into_inner() {
            log(self.host(), Some(10_104), || {
                format!(
                    "the certificate of {fqdn} does not match the one in Active Directory; the connection was stopped"
                )
            });
            return Err(Failure::Refused(refused));
        }
        let channel = secured.map_err(|why| Failure::Broken(why.to_string()))?;
        if first {
            self.judge().carries_out(&document::R3);
        }
        Ok(channel)
    }

    /// An exact match; neither a chain nor a validity is asked for.
    fn check_certificate(&self, edge: &Edge, shown: &[Certificate]) -> Result<(), Refused> {
        let stored = edge.server.certificate.as_ref();
        let shown = shown.first();
        let thumbprint = |one: Option<&Certificate>| one.map_or("none", Certificate::thumbprint).to_owned();
        let facts = facts!["shown" => thumbprint(shown), "stored" => thumbprint(stored)];
        let matches = shown.is_some() && shown == stored;
        let who = edge.server.name.to_string();
        self.judge().require(&rule::EDGE_CERTIFICATE, who, edge.fqdn().to_string(), matches, facts)
    }

    /// R4: binds with the account that is to be used now; its name.
    pub(super) async fn bind(
        &self,
        session: &mut DirectorySession,
        edge: &Edge,
        first: bool,
    ) -> Result<String, Failure> {
        let mut refused = None;
        for credential in self.credentials(edge, first)? {
            let name = credential.account.user_name.clone();
            let Some(identity) = self.identity() else {
                return Err(Failure::Broken("this hub has no certificate".to_owned()));
            };
            let opened = credential.open(&identity.key);
            let facts = match &opened {
                Ok(_) => facts!["certificate" => identity.chain[0].thumbprint()],
                Err(why) => facts!["certificate" => identity.chain[0].thumbprint(), "why" => why],
            };
            let who = self.config().fqdn.to_string();
            self.judge().require(&rule::CREDENTIAL_OPENS, who, name.clone(), opened.is_ok(), facts)?;
            let password = opened.map_err(|why| Failure::Broken(why.to_string()))?;
            if first {
                self.judge().carries_out(&document::R4);
            }
            match session.bind_simply(&name, &password).await {
                Ok(()) => return Ok(name),
                Err(why @ DirectoryFailure::Refused { code: ldap::INVALID_CREDENTIALS, .. }) => {
                    refused = Some(Failure::Directory(why));
                }
                Err(why) => return Err(Failure::Directory(why)),
            }
        }
        Err(refused.unwrap_or_else(|| Failure::Broken("there is no account to bind with".to_owned())))
    }

    /// The accounts to bind with, in the order in which they are tried.
    fn credentials(&self, edge: &Edge, first: bool) -> Result<Vec<EdgeSyncCredential>, Failure> {
        let now = self.host().now();
        let own = self.own();
        let usable: Vec<EdgeSyncCredential> = match first {
            true => own
                .bootstrap_for(edge.fqdn())
                .filter(|one| one.account.is_valid_at(now))
                .cloned()
                .into_iter()
                .collect(),
            false => {
                let in_use = self.settings().timeline.in_use(&terms(&own, edge), now);
                let of_term = |term: &Term| {
                    own.accounts_for(edge.fqdn()).find(|one| Term::from(&one.account) == *term).cloned()
                };
                in_use.iter().filter_map(of_term).collect()
            }
        };
        let facts = match usable.first() {
            Some(one) => facts!["account" => one.account],
            None => facts!["the hub's clock" => now],
        };
        let (who, on) = (self.config().fqdn.to_string(), edge.server.name.to_string());
        self.judge().require(&rule::CREDENTIAL_EFFECTIVE, who, on, !usable.is_empty(), facts)?;
        Ok(usable)
    }

    /// Where the next account waits to become effective, says whether it has reached the edge.
    fn note_the_future(&self, edge: &Edge, delivered: bool) {
        let now = self.host().now();
        let own = self.own();
        let Some(next) = own.accounts_for(edge.fqdn()).find(|one| now < one.account.effective) else {
            return;
        };
        let facts = facts!["next account" => next.account];
        let (who, on) = (self.config().fqdn.to_string(), edge.server.name.to_string());
        if !self.judge().curtail(&rule::FUTURE_CREDENTIAL, who, on, delivered, facts) {
            log(self.host(), Some(1004), || {
                format!(
                    "it could not be confirmed that {} will let {} log on",
                    edge.server.name, next.account.user_name
                )
            });
        }
    }
}
