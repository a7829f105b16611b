//! From a security token to a Windows NT token: the AD FS Web Agent Authentication Service.
//!
//! AD FS example U12, first line, in the documented order (domain page §5.4): the SIDs of the token's
//! advice; else the account that has the UPN claim as its user principal name, by S4U2Self; else the one
//! that has the e-mail claim as such. A flag in the advice puts the account before the SIDs.
//!
//! For SIDs no domain controller is asked (inference). For a name the domain is, and the user's domain
//! answers only where trusts lead to it from this server's domain.

use std::collections::BTreeSet;

use super::Desk;
use crate::directory::{AccessToken, ImpersonationLevel, Privilege, Sid};
use crate::facts;
use crate::name::Upn;
use crate::protocol::saml::{Assertion, IdentityKind, PackedSids, SidFlags};
use crate::role::claims;
use crate::role::judge::Refused;
use crate::rule;
use crate::trace::{Fact, Happening, StateChange};

/// What Windows puts into the token of whoever came over the network (suggested set of domain page §5.4).
const WELL_KNOWN: [Sid; 3] = [Sid::EVERYONE, Sid::AUTHENTICATED_USERS, Sid::NETWORK];

/// A Windows NT token, and what the one whom it stands for is called.
pub(super) struct NtToken {
    pub name: String,
    pub token: AccessToken,
}

/// Who somebody is to Windows, before the machine adds what it knows.
struct Identity {
    /// None where only groups are known.
    user: Option<Sid>,
    name: String,
    groups: BTreeSet<Sid>,
    /// How it became known.
    from: String,
    level: ImpersonationLevel,
}

impl Desk {
    /// The impersonation token of the person.
    pub(super) async fn nt_token(&self, assertion: &Assertion, on: &str) -> Result<NtToken, Refused> {
        let who = assertion.subject.name.clone();
        let (identity, facts) = match self.identity(assertion).await {
            Ok(identity) => {
                let mut facts = facts!["from" => identity.from];
                facts.extend(identity.user.iter().map(|user| Fact::new("user", user.to_string())));
                facts.extend(facts!["groups" => identity.groups.len()]);
                (Some(identity), facts)
            }
            Err(facts) => (None, facts),
        };
        self.judge.require(&rule::NT_TOKEN, who.clone(), on.to_owned(), identity.is_some(), facts)?;
        Ok(match identity {
            Some(identity) => self.log_on(identity),
            // A run that suspends the rule impersonates nobody, who belongs to no group.
            None => {
                let nobody = AccessToken::new(Sid::ANONYMOUS, []);
                let token = AccessToken { level: ImpersonationLevel::Anonymous, ..nobody };
                NtToken { name: "nobody".to_owned(), token }
            }
        })
    }

    /// The first way that leads to an identity, in the documented order.
    async fn identity(&self, assertion: &Assertion) -> Result<Identity, Vec<Fact>> {
        let packed = assertion.advice.windows_identifiers.as_ref();
        let account_first = packed.is_some_and(|sids| sids.flags().has(SidFlags::TRY_LOCAL_ACCOUNT));
        let mut why = Vec::new();
        if let (Some(sids), false) = (packed, account_first) {
            return self.by_sids(assertion, sids).await;
        }
        match self.by_account(assertion).await {
            Ok(identity) => return Ok(identity),
            Err(facts) => why.extend(facts),
        }
        match packed {
            Some(sids) => self.by_sids(assertion, sids).await,
            None => {
                why.insert(0, Fact::new("SIDs", "the security token brings none"));
                Err(why)
            }
        }
    }

    /// From the SIDs of the security token.
    async fn by_sids(&self, assertion: &Assertion, packed: &PackedSids) -> Result<Identity, Vec<Fact>> {
        let advice = &assertion.advice;
        let user = advice.windows_user_identifier.filter(|_| !packed.flags().has(SidFlags::NO_USER_SID));
        let mut groups: BTreeSet<Sid> = packed.sids().collect();
        if self.server.config.machine.adds_domain_local_groups {
            let held = groups.iter().chain(&user).copied().collect();
            let added = self.domain_local_groups(held).await;
            groups.extend(added.map_err(|why| facts!["domain-local groups" => why])?);
        }
        groups.retain(|sid| Some(*sid) != user);
        let (name, from) = match user {
            Some(user) => (advice.windows_user_name.clone().unwrap_or_else(|| user.to_string()), "the SIDs"),
            None => (assertion.subject.name.clone(), "the SIDs of groups"),
        };
        let from = format!("{from} in the security token");
        Ok(Identity { user, name, groups, from, level: ImpersonationLevel::Impersonation })
    }

    /// From the account that has the person's UPN, or else the person's e-mail address, as its user
    /// principal name. The token is good for impersonation only where the service is a part of the
    /// operating system.
    async fn by_account(&self, assertion: &Assertion) -> Result<Identity, Vec<Fact>> {
        let claims = claims::of(assertion);
        let value = |kind| claims.iter().find(|claim| claim.identity_kind() == Some(kind));
        let claim = value(IdentityKind::Upn).or_else(|| value(IdentityKind::Email));
        let Some(claim) = claim else {
            return Err(facts!["account" => "the security token holds neither UPN nor e-mail address"]);
        };
        let Some(member) = &self.member else {
            return Err(facts!["account" => "this server is joined to no domain that could be asked"]);
        };
        let upn = Upn::new(&claim.value);
        let pac = member.identify(&upn).await.map_err(|why| {
            let domain = member.domain();
            let mut facts = facts!["S4U2Self for" => upn, "answer" => why];
            if upn.suffix().is_some_and(|suffix| suffix != *domain) {
                let needed = format!(
                    "a trust in the other direction, the user's domain trusting {domain}; or SIDs in the security token"
                );
                facts.push(Fact::new("would be needed", needed));
            }
            facts
        })?;
        let system = self.server.config.machine.privileges.contains(&Privilege::ActAsOperatingSystem);
        Ok(Identity {
            user: Some(pac.user),
            name: format!("{}\\{}", pac.netbios, pac.user_name),
            groups: pac.sids().filter(|sid| *sid != pac.user).collect(),
            from: format!("a ticket about {upn} (S4U2Self)"),
            level: match system {
                true => ImpersonationLevel::Impersonation,
                false => ImpersonationLevel::Identification,
            },
        })
    }

    /// A logon session on this machine: the identity with the well-known SIDs and the groups of the
    /// machine. Where only groups are known, the session itself stands for the person (inference).
    fn log_on(&self, identity: Identity) -> NtToken {
        let machine = &self.server.config.machine;
        let session = self.next_session();
        let mut groups = identity.groups;
        groups.extend(WELL_KNOWN);
        groups.insert(session);
        if !groups.contains(&Sid::OTHER_ORGANIZATION) {
            groups.insert(Sid::THIS_ORGANIZATION);
        }
        let user = identity.user.unwrap_or(session);
        let held: BTreeSet<Sid> = groups.iter().chain([&user]).copied().collect();
        groups.extend(machine.groups_of(&held));
        groups.remove(&user);
        let token = AccessToken { level: identity.level, ..AccessToken::new(user, groups) };
        self.judge.host().record_with(|| {
            let names: Vec<String> = token.groups.iter().map(|sid| machine.name_of(*sid)).collect();
            let value = format!(
                "{}, from {}, for {:?}; in {}",
                identity.name,
                identity.from,
                identity.level,
                names.join(", ")
            );
            let (store, item) = ("Windows NT token".into(), session.to_string());
            Happening::State(StateChange { store, item, value: Some(value) })
        });
        NtToken { name: identity.name, token }
    }
}
