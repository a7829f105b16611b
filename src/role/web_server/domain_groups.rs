//! The domain-local groups of the Web server's own domain that hold someone of another forest.
//!
//! Whether a token that is made of SIDs holds them is a point on which the sources are silent; by
//! default it does not (domain page §5.4, §10 decision 2). Where the administrators of the Web server
//! have it add them, it asks its domain controller: for the groups with one of these SIDs among their
//! members, then for those with one of these groups, until there are no more.

use std::collections::BTreeSet;

use super::Desk;
use crate::directory::Sid;
use crate::protocol::ldap::{Entry, Filter, Search};
use crate::role::directory_client::DirectoryFailure;
use crate::role::domain_member::DomainMember;

/// The bit of groupType that makes a group domain-local (MS-ADTS §2.2.12).
const RESOURCE_GROUP: i64 = 0x4;

impl Desk {
    /// The domain-local groups of the own domain for someone with these SIDs, or why they cannot be had.
    /// A token without them could slip past an entry that denies, so it is not made.
    pub(super) async fn domain_local_groups(&self, held: BTreeSet<Sid>) -> Result<BTreeSet<Sid>, String> {
        let Some(member) = &self.member else {
            return Err("this server is joined to no domain that could be asked".to_owned());
        };
        ask(member, held).await.map_err(|why| why.to_string())
    }
}

async fn ask(member: &DomainMember, held: BTreeSet<Sid>) -> Result<BTreeSet<Sid>, DirectoryFailure> {
    let mut directory = member.directory().connect().await?;
    let (mut found, mut fresh) = (BTreeSet::new(), held);
    while !fresh.is_empty() {
        let search = Search::subtree(member.base(), holding(&fresh)).only(["objectSid", "groupType"]);
        let entries = directory.search(search).await?.entries;
        let holding: BTreeSet<Sid> = entries.iter().filter_map(domain_local).collect();
        fresh = holding.difference(&found).copied().collect();
        found.extend(&fresh);
    }
    directory.close().await;
    Ok(found)
}

/// Groups with one of these among their members. A SID stands for whoever has it, as a name of the
/// directory does: `<SID=S-1-5-…>`.
fn holding(held: &BTreeSet<Sid>) -> Filter {
    let any = held.iter().map(|sid| Filter::equals("member", format!("<SID={sid}>"))).collect();
    Filter::And(vec![Filter::equals("objectClass", "group"), Filter::Or(any)])
}

fn domain_local(entry: &Entry) -> Option<Sid> {
    let kind: i64 = entry.first("groupType")?.parse().ok()?;
    let sid: Sid = entry.first("objectSid")?.parse().ok()?;
    // The groups of BUILTIN are those of the domain controllers; this machine has its own.
    (kind & RESOURCE_GROUP != 0 && !sid.is_builtin()).then_some(sid)
}
