//! Who a partner's person is in the resource forest, where no SIDs came with them: the resource account
//! option of the partner (domain page §1, resource-side account mapping).
//!
//! A resource account is an account of the resource forest with the person's name; the Web agent looks
//! for it. A resource group is one that an organization claim maps to; its SID goes into the token, with
//! the flag that none of the SIDs is the person's own. A claim may also map to the user principal name
//! of an account that several people share.

use super::issue::Person;
use super::policy::{AccountPartner, Application, ResourceAccounts, TrustPolicy};
use super::{Desk, Failure};
use crate::directory::Sid;
use crate::facts;
use crate::protocol::saml::{Claim, IdentityKind, PackedSids, SidFlags};
use crate::protocol::uri;
use crate::role::claims;
use crate::rule;

impl Desk {
    /// The person as an application that takes Windows NT tokens is told of them, and the SIDs of their
    /// resource groups.
    pub(super) fn in_resource_forest(
        &self,
        person: &Person,
        application: &Application,
    ) -> Result<(Person, Option<PackedSids>), Failure> {
        let policy = self.policy();
        let partner = policy.account_partner(&person.source);
        let (Some(partner), true, None) = (partner, application.windows_token, &person.windows) else {
            return Ok((person.clone(), None));
        };
        let groups = match partner.resource_accounts {
            ResourceAccounts::All => None,
            ResourceAccounts::PreferAccounts => self.packed(&policy, person, SidFlags::TRY_LOCAL_ACCOUNT),
            ResourceAccounts::PreferGroups | ResourceAccounts::None => {
                self.packed(&policy, person, SidFlags::default())
            }
        };
        if partner.resource_accounts == ResourceAccounts::None {
            let held: Vec<&str> = group_claims(person).collect();
            let mapped: Vec<&str> = policy.resource_groups.iter().map(|(claim, _)| claim.as_str()).collect();
            let facts =
                facts!["claims" => held.join(", "), "claims with a resource group" => mapped.join(", ")];
            let (who, on) = (claims::name(&person.claims), application.address.to_string());
            self.judge.require(&rule::RESOURCE_GROUP, who, on, groups.is_some(), facts)?;
        }
        Ok((with_shared_account(person, partner), groups))
    }

    /// The SIDs of the groups that the person's claims map to. A group that the directory did not know
    /// when it was last asked gives none.
    fn packed(&self, policy: &TrustPolicy, person: &Person, flags: SidFlags) -> Option<PackedSids> {
        let held: Vec<&str> = group_claims(person).collect();
        let mapped = policy.resource_groups.iter().filter(|(claim, _)| held.contains(&claim.as_str()));
        let sids: Vec<Sid> = mapped.filter_map(|(_, group)| self.trusts.as_ref()?.group(group)).collect();
        PackedSids::new(SidFlags(flags.0 | SidFlags::NO_USER_SID.0), sids)
    }
}

/// The person under the user principal name that one of their claims maps to, where one does.
fn with_shared_account(known: &Person, partner: &AccountPartner) -> Person {
    let mut person = known.clone();
    let held: Vec<&str> = group_claims(known).collect();
    let shared = partner.group_to_upn.iter().find(|(claim, _)| held.contains(&claim.as_str()));
    if let Some((_, upn)) = shared {
        person.claims.retain(|claim| claim.identity_kind() != Some(IdentityKind::Upn));
        person.claims.insert(0, Claim::identity(IdentityKind::Upn, upn.as_str()));
    }
    person
}

/// The group claims that are made of a person, by value.
fn group_claims(person: &Person) -> impl Iterator<Item = &str> {
    person.claims.iter().filter(|claim| claim.name == uri::GROUP).map(|claim| claim.value.as_str())
}
