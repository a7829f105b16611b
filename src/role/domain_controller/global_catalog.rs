//! The global catalog: the directory at port 3268, which answers about every domain of the forest
//! (MS-ADTS §3.1.1.1.5, §3.1.1.3.2).
//!
//! A controller keeps a copy of the forest's other domains. It is filled when the forest is deployed and
//! hears of what administrators change. Who binds, and how, is as at the directory's own port. It is for
//! reading, and nobody watches it for changes.

use std::rc::Rc;

use super::entry::search;
use super::{DomainController, Session};
use crate::directory::{Domain, Sid};
use crate::protocol::ldap::{self, BindMechanism, LdapReply, Search};
use crate::role::directory_service::{self, Bound, Directory, PartitionStore};
use crate::role::judge::Judge;
use crate::sim::{Channel, Host};
use crate::trust::DomainTrusts;

/// The directory as the whole forest's.
struct ForestWide<'a>(Session<'a>);

/// Of another domain's trusts the catalog holds nothing.
fn no_trusts(domain: &Domain) -> DomainTrusts {
    DomainTrusts {
        domain: domain.dns_name().clone(),
        forest: domain.forest().clone(),
        records: Vec::new(),
        forest_routes: Vec::new(),
    }
}

impl DomainController {
    pub(super) async fn serve_global_catalog(self: Rc<Self>, host: Host, channel: Channel) {
        let session = Session { judge: Judge::new(&host, &self.suspended), controller: &self };
        directory_service::converse(&ForestWide(session), channel).await;
    }
}

impl Directory for ForestWide<'_> {
    fn judge(&self) -> &Judge {
        self.0.judge()
    }

    fn name(&self) -> String {
        self.0.name()
    }

    fn bind(&self, from: &str, mechanism: &BindMechanism) -> Result<Bound, String> {
        self.0.bind(from, mechanism)
    }

    fn partitions(&self) -> Vec<Rc<PartitionStore>> {
        self.0.partitions()
    }

    fn search_elsewhere(&self, wanted: &Search) -> LdapReply {
        let reply = |code, entries| LdapReply::Search { code, entries, cookie: None };
        if wanted.control.is_some() {
            return reply(ldap::UNWILLING_TO_PERFORM, Vec::new());
        }
        let controller = self.0.controller;
        let (own, others) = (controller.domain.borrow(), controller.replicas.borrow());
        let find =
            |domain: &Domain, trusts: &DomainTrusts| search(domain, &controller.catalog, trusts, wanted);
        let elsewhere = others.iter().filter_map(|domain| find(domain, &no_trusts(domain)));
        let found: Vec<_> = find(&own, &controller.trusts.borrow()).into_iter().chain(elsewhere).collect();
        match found.is_empty() {
            true => reply(ldap::NO_SUCH_OBJECT, Vec::new()),
            false => reply(ldap::SUCCESS, found.concat()),
        }
    }

    fn display(&self, sid: Sid) -> String {
        self.0.display(sid)
    }
}
