//! The LDAP service of a directory: what Active Directory and AD LDS have in common.
//!
//! A directory says who binds and which partitions it holds; the rest is the same for all: who may
//! read or write what stands in the partition's security descriptors, and each decision is a verdict.
//!
//! - `store`: a partition that tells those who watch it of each change
//! - `conversation`: the requests of one connection, and their answers
//! - `read`, `write`: what one who has bound finds, and changes

mod conversation;
mod read;
mod store;
mod write;

pub use conversation::converse;
pub use store::{PartitionStore, Watch};

use std::rc::Rc;

use super::judge::Judge;
use crate::directory::{AccessToken, DistinguishedName, Sid};
use crate::protocol::ldap::{BindMechanism, LdapReply, Search};

/// A directory that answers LDAP.
pub trait Directory {
    /// Who decides here.
    fn judge(&self) -> &Judge;

    /// The directory's name, as verdicts have it: `corp.example`.
    fn name(&self) -> String;

    /// Who binds from this host, or the text of the refusal.
    fn bind(&self, from: &str, mechanism: &BindMechanism) -> Result<Bound, String>;

    /// The partitions whose objects have attributes and security descriptors.
    fn partitions(&self) -> Vec<Rc<PartitionStore>>;

    /// What a search finds that begins in none of them.
    fn search_elsewhere(&self, search: &Search) -> LdapReply;

    /// The answer to such a search without what the one who asks may not be told.
    fn withhold(&self, _who: &Bound, _search: &Search, reply: LdapReply) -> LdapReply {
        reply
    }

    /// The name of a SID, for reading.
    fn display(&self, sid: Sid) -> String;
}

/// Someone who has bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// By the name under which they proved themselves.
    pub name: String,
    /// With what counts in an access check.
    pub token: AccessToken,
}

impl Bound {
    /// One who has not bound.
    fn anonymous(from: &str) -> Self {
        let token = AccessToken::new(Sid::ANONYMOUS, [Sid::EVERYONE]);
        Self { name: format!("a client on {from}"), token }
    }
}

/// The partition that holds a name: of several, the one with the longest base.
fn partition_of<D: Directory>(directory: &D, dn: &DistinguishedName) -> Option<Rc<PartitionStore>> {
    let holding = directory.partitions().into_iter().filter(|store| dn.is_within(store.read().base()));
    holding.max_by_key(|store| store.read().base().depth())
}
