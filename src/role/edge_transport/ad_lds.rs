//! AD LDS on an edge: LDAP over TLS with the edge's own certificate, for its replication accounts.
//!
//! The edge shows its certificate and asks for none; whoever binds shows a name and a password, and
//! each check of the account is a rule (R5). A replication account may read and write everything in
//! the two partitions, and nothing else has an account here.

use std::rc::Rc;

use futures::future::{Aborted, abortable};

use super::{EdgeTransport, log};
use crate::crypto::Secret;
use crate::directory::{AccessMask, AccessToken, Ace, SecurityDescriptor, Sid};
use crate::document::edge_subscription as document;
use crate::facts;
use crate::protocol::ldap::{self, BindMechanism, LdapReply, Search};
use crate::role::directory_service::{self, Bound, Directory, PartitionStore};
use crate::role::judge::{Judge, Refused};
use crate::rule;
use crate::sim::{Channel, ClientAuth, Host, TlsServer};

/// BUILTIN\Replicator, `S-1-5-32-552`: stands for the replication accounts (inference).
const REPLICATION_ACCOUNTS: Sid = Sid::new(5, &[32, 552]);

/// The descriptor of a partition of AD LDS.
pub(super) fn descriptor() -> SecurityDescriptor {
    let all = |sid| Ace::allow(sid, AccessMask::FULL_DIRECTORY_CONTROL).inheritable();
    let dacl = vec![all(REPLICATION_ACCOUNTS), all(Sid::LOCAL_SYSTEM)];
    SecurityDescriptor { dacl: Some(dacl), ..SecurityDescriptor::default() }
}

impl EdgeTransport {
    /// Listens for secure LDAP, from now on at the port that is set, and no longer at any other.
    pub(super) fn serve_ad_lds(self: &Rc<Self>, host: &Host) {
        let (edge, here) = (self.clone(), host.clone());
        let (service, handle) = abortable(async move {
            let mut listener = here.listen(edge.port.get());
            loop {
                let channel = listener.accept().await;
                here.spawn(edge.clone().converse(here.clone(), channel));
            }
        });
        if let Some(former) = self.listening.replace(Some(handle)) {
            former.abort();
        }
        host.spawn(async move {
            // That it was ended is no news.
            let _: Result<(), Aborted> = service.await;
        });
    }

    async fn converse(self: Rc<Self>, host: Host, channel: Channel) {
        // Before the first subscription there is no certificate to show.
        let Some(identity) = self.identity() else { return };
        if identity.chain.first().is_some_and(|certificate| certificate.not_after() < host.now()) {
            log(&host, Some(12015), || "the internal transport certificate has expired".to_owned());
        }
        let server = TlsServer { identity: &identity, client: ClientAuth::None };
        let Ok(channel) = channel.secure_as_server(server).await else { return };
        let ad_lds = AdLds { edge: &self, judge: self.judge(&host) };
        directory_service::converse(&ad_lds, channel).await;
    }
}

/// AD LDS at work on its host.
struct AdLds<'a> {
    edge: &'a EdgeTransport,
    judge: Judge,
}

impl AdLds<'_> {
    /// R5: the account exists, the password is its, and it is good now.
    fn check(&self, name: &str, password: &Secret) -> Result<(), Refused> {
        let require = |rule, holds, facts| {
            self.judge.require(rule, name.to_owned(), self.edge.config.name.to_string(), holds, facts)
        };
        let accounts = self.edge.accounts();
        let found = accounts.find(name);
        require(&rule::ACCOUNT_IN_AD_LDS, found.is_some(), Vec::new())?;
        let right = found.is_some_and(|one| one.has_password(password));
        require(&rule::PASSWORD_IN_AD_LDS, right, Vec::new())?;
        let now = self.judge.host().now();
        let facts = match found {
            Some(one) => facts![
                "effective" => one.account.effective,
                "expires" => one.account.expires,
                "the edge's clock" => now,
            ],
            None => Vec::new(),
        };
        let valid = found.is_some_and(|one| one.account.is_valid_at(now));
        require(&rule::ACCOUNT_NOT_EXPIRED_IN_AD_LDS, valid, facts)?;
        let is_bootstrap = found.is_some_and(|one| one.account.is_bootstrap());
        if is_bootstrap {
            let retired = accounts.bootstrap_is_used() && !self.edge.config.keep_bootstrap;
            let kept = if self.edge.config.keep_bootstrap { "until it expires" } else { "until it is used" };
            require(&rule::BOOTSTRAP_UNUSED, !retired, facts!["the bootstrap account is good" => kept])?;
            self.judge.carries_out(&document::R5);
        }
        Ok(())
    }
}

impl Directory for AdLds<'_> {
    fn judge(&self) -> &Judge {
        &self.judge
    }

    fn name(&self) -> String {
        format!("AD LDS on {}", self.edge.config.name)
    }

    fn bind(&self, _from: &str, mechanism: &BindMechanism) -> Result<Bound, String> {
        let BindMechanism::Simple { name, password } = mechanism else {
            return Err("AD LDS here takes a name and a password; the edge is in no domain".to_owned());
        };
        self.check(name, password).map_err(|refused| refused.to_string())?;
        let token = AccessToken::new(REPLICATION_ACCOUNTS, [Sid::EVERYONE, Sid::AUTHENTICATED_USERS]);
        Ok(Bound { name: name.clone(), token })
    }

    fn partitions(&self) -> Vec<Rc<PartitionStore>> {
        self.edge.partitions().into_iter().cloned().collect()
    }

    fn search_elsewhere(&self, _: &Search) -> LdapReply {
        LdapReply::Search { code: ldap::NO_SUCH_OBJECT, entries: Vec::new(), cookie: None }
    }

    fn display(&self, sid: Sid) -> String {
        if sid == REPLICATION_ACCOUNTS { "the replication accounts".to_owned() } else { sid.to_string() }
    }
}
