//! What the Web server's machine has of its own: local groups, the privileges of the account that the
//! AD FS Web Agent Authentication Service runs under, and the names by which its administrators know
//! those who stand on its access control lists.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::membership::local_groups;
use crate::directory::{Group, Privilege, Sid};

/// A Web server's machine.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Its local groups, those of BUILTIN among them.
    pub groups: Vec<Group>,
    /// What the account of the authentication service may do (domain page §1, Web agent).
    pub privileges: BTreeSet<Privilege>,
    /// Whether a token that is made of SIDs is given domain-local groups of the machine's domain.
    pub adds_domain_local_groups: bool,
    /// The names of its groups, and of those whom its administrators have named.
    pub names: BTreeMap<Sid, String>,
}

impl Machine {
    /// The local groups that someone with these SIDs is in: first those of the machine's own account
    /// database, then, with the result, those of BUILTIN (MS-DTYP, GatherGroupMembershipForSystem).
    pub fn groups_of(&self, sids: &BTreeSet<Sid>) -> BTreeSet<Sid> {
        let (builtin, own): (Vec<&Group>, Vec<&Group>) =
            self.groups.iter().partition(|group| group.sid.is_builtin());
        let mut found = local_groups(own, sids);
        let with_own: BTreeSet<Sid> = sids.union(&found).copied().collect();
        found.extend(local_groups(builtin, &with_own));
        found
    }

    /// A SID as people read it.
    pub fn name_of(&self, sid: Sid) -> String {
        let known = self.names.get(&sid).cloned();
        known.or_else(|| sid.well_known_name().map(str::to_owned)).unwrap_or_else(|| sid.to_string())
    }
}
