//! The entries of the directory: accounts and groups with the attributes that LDAP shows.

use std::collections::BTreeSet;

use super::naming;
use crate::directory::membership::{account_groups, resource_groups};
use crate::directory::{
    Account, AccountKind, Attributes, DistinguishedName, Domain, GlobalCatalog, Group, GroupScope, Guid, Sid,
    Usn,
};
use crate::name::Upn;
use crate::protocol::ldap::{Entry, Filter, SECURITY_DESCRIPTOR, Search, SearchControl};
use crate::time::VirtualTime;
use crate::trust::DomainTrusts;

/// What a controller works out when it is asked for it by name: the groups of a token.
pub(super) const TOKEN_GROUPS: [&str; 2] = ["tokenGroupsGlobalAndUniversal", "tokenGroups"];

/// The distinguished name of an account or group of the domain.
fn dn(domain: &Domain, sid: Sid) -> Option<DistinguishedName> {
    let base = DistinguishedName::of_domain(domain.dns_name());
    if let Some(account) = domain.account(sid) {
        let container = match account.kind {
            AccountKind::Computer => "Computers",
            AccountKind::User | AccountKind::TrustAccount => "Users",
        };
        return Some(base.child("CN", container).child("CN", account.sam.trim_end_matches('$')));
    }
    let group = domain.group(sid)?;
    let container = if group.sid.is_builtin() { "Builtin" } else { "Users" };
    Some(base.child("CN", container).child("CN", &group.name))
}

/// The account with this distinguished name.
pub(super) fn account_of_dn<'a>(domain: &'a Domain, name: &str) -> Option<&'a Account> {
    let name: DistinguishedName = name.parse().ok()?;
    domain.accounts().find(|account| dn(domain, account.sid).is_some_and(|dn| dn == name))
}

/// The entries that a search is for, each with the attributes asked for; none where there is no such
/// base.
pub(super) fn search(
    domain: &Domain,
    catalog: &GlobalCatalog,
    trusts: &DomainTrusts,
    search: &Search,
) -> Option<Vec<Entry>> {
    let Search { base, scope, filter, .. } = search;
    let everyone =
        || domain.accounts().map(|account| account.sid).chain(domain.groups().map(|group| group.sid));
    let others = naming::entries(domain, trusts);
    let below = |sid: Sid| dn(domain, sid).is_some_and(|dn| dn.is_within(base));
    let head = DistinguishedName::of_domain(domain.dns_name());
    let other = others.iter().any(|entry| entry.dn.is_within(base));
    if !head.is_within(base) && !other && !everyone().any(below) {
        return None;
    }
    let since = match search.control {
        Some(SearchControl::Changes { since }) => since.unwrap_or_default(),
        Some(SearchControl::Notification) | None => Usn::default(),
    };
    let candidates = candidates(domain, filter).unwrap_or_else(|| everyone().collect());
    let fresh = candidates.into_iter().filter(|sid| domain.changed(*sid) > since);
    // What is neither account nor group has no number of its last change; it is there from the start.
    let others = others.into_iter().filter(|_| since == Usn::default());
    let filter = &named(domain, filter);
    let found = fresh.filter_map(|sid| entry(domain, catalog, sid)).chain(others);
    let matching = found.filter(|entry| scope.holds(base, &entry.dn) && filter.matches(&entry.attributes));
    let narrowed = matching.map(|mut entry| {
        let given = |name: &str| match TOKEN_GROUPS.contains(&name) {
            true => search.wants_by_name(name),
            false => search.wants(name),
        };
        entry.attributes.retain(given);
        entry
    });
    Some(narrowed.collect())
}

/// Who can match a filter at all, in the directory's order, where an indexed attribute tells.
fn candidates(domain: &Domain, filter: &Filter) -> Option<BTreeSet<Sid>> {
    let one = |account: Option<&Account>| account.map(|account| account.sid).into_iter().collect();
    let all = |accounts: Vec<&Account>| accounts.iter().map(|account| account.sid).collect();
    match filter {
        Filter::Equals(attribute, value) => match attribute.to_ascii_lowercase().as_str() {
            "objectclass" if naming::holds_class(value) => Some(BTreeSet::new()),
            "objectsid" => Some(value.parse().into_iter().collect()),
            "userprincipalname" => Some(one(domain.find_by_upn(&Upn::new(value)))),
            "serviceprincipalname" => Some(one(domain.find_by_service(value))),
            "mail" => Some(all(domain.find_by_mail(value))),
            "altsecurityidentities" => Some(all(domain.find_by_certificate(value))),
            "samaccountname" => {
                let group = domain.find_group(value).map(|group| group.sid);
                Some(domain.find_by_sam(value).map(|account| account.sid).into_iter().chain(group).collect())
            }
            _ => None,
        },
        Filter::Present(_) | Filter::Not(_) => None,
        Filter::And(filters) => filters.iter().find_map(|filter| candidates(domain, filter)),
        Filter::Or(filters) => {
            let each: Option<Vec<_>> = filters.iter().map(|filter| candidates(domain, filter)).collect();
            each.map(|each| each.into_iter().flatten().collect())
        }
    }
}

/// The filter with names in place of `<SID=S-1-5-…>`, which stands for whoever has that SID (MS-ADTS
/// §3.1.1.3.1.2.4).
fn named(domain: &Domain, filter: &Filter) -> Filter {
    let all = |filters: &[Filter]| filters.iter().map(|filter| named(domain, filter)).collect();
    match filter {
        Filter::Equals(attribute, value) => {
            let sid = value.strip_prefix("<SID=").and_then(|rest| rest.strip_suffix('>')?.parse().ok());
            let name = sid.map(|sid| dn(domain, sid).unwrap_or_else(|| foreign_dn(domain, sid)));
            Filter::Equals(attribute.clone(), name.map_or_else(|| value.clone(), |name| name.to_string()))
        }
        Filter::Present(_) => filter.clone(),
        Filter::Not(inner) => Filter::Not(Box::new(named(domain, inner))),
        Filter::And(filters) => Filter::And(all(filters)),
        Filter::Or(filters) => Filter::Or(all(filters)),
    }
}

fn entry(domain: &Domain, catalog: &GlobalCatalog, sid: Sid) -> Option<Entry> {
    let account = domain.account(sid).map(|account| account_entry(domain, catalog, account));
    account.or_else(|| domain.group(sid).map(|group| group_entry(domain, group)))
}

fn account_entry(domain: &Domain, catalog: &GlobalCatalog, account: &Account) -> Entry {
    let groups = account_groups(domain, catalog, account);
    let token: Vec<String> = groups.groups.iter().chain(&groups.extra).map(|sid| sid.to_string()).collect();
    let class = if account.kind == AccountKind::Computer { "computer" } else { "user" };
    let member = domain.groups().filter(|group| group.members.contains(&account.sid));
    let mut attributes = Attributes::default();
    let mut put = |name: &str, values: Vec<String>| {
        attributes.set(name, values.into_iter().map(Into::into).collect());
    };
    for (name, values) in &account.attributes {
        put(name, values.clone());
    }
    put("objectClass", vec![class.to_owned()]);
    put("objectSid", vec![account.sid.to_string()]);
    put("objectGUID", vec![Guid::of_principal(account.sid).to_string()]);
    put("uSNChanged", vec![domain.changed(account.sid).0.to_string()]);
    put("sAMAccountName", vec![account.sam.clone()]);
    put("msDS-PrincipalName", vec![domain.display(account.sid)]);
    put("userPrincipalName", vec![account.upn.to_string()]);
    put("displayName", vec![account.display_name.clone()]);
    put(
        "pwdLastSet",
        vec![if account.must_change_password { 0 } else { file_time(account.password_set) }.to_string()],
    );
    put("msDS-UserPasswordExpiryTimeComputed", vec![password_expiry(domain, account).to_string()]);
    put("mail", account.mail.iter().cloned().collect());
    put("userAccountControl", vec![account_control(account).to_string()]);
    put("memberOf", names(member.filter_map(|group| dn(domain, group.sid))));
    let sids: BTreeSet<Sid> =
        groups.groups.iter().chain(&groups.extra).copied().chain([account.sid]).collect();
    let local = resource_groups(domain, &sids).into_iter().map(|sid| sid.to_string());
    put("tokenGroups", token.iter().cloned().chain(local).collect());
    put("tokenGroupsGlobalAndUniversal", token);
    put(SECURITY_DESCRIPTOR, vec![account.descriptor.to_string()]);
    put("sIDHistory", account.sid_history.iter().map(Sid::to_string).collect());
    put("servicePrincipalName", account.service_names.clone());
    put("altSecurityIdentities", account.mapped_certificates.clone());
    let dn = dn(domain, account.sid).unwrap_or(DistinguishedName::ROOT);
    Entry { dn, deleted: false, attributes }
}

fn group_entry(domain: &Domain, group: &Group) -> Entry {
    let name = |sid: &Sid| dn(domain, *sid).unwrap_or_else(|| foreign_dn(domain, *sid));
    let member = names(group.members.iter().map(name));
    let within = domain.groups().filter(|other| other.members.contains(&group.sid));
    let member_of = names(within.filter_map(|other| dn(domain, other.sid)));
    let mut attributes = Attributes::new([
        ("objectClass", "group".to_owned()),
        ("groupType", group_type(group).to_string()),
        ("objectSid", group.sid.to_string()),
        ("sAMAccountName", group.name.clone()),
    ]);
    for (name, values) in [("member", member), ("memberOf", member_of)] {
        attributes.set(name, values.into_iter().map(Into::into).collect());
    }
    let dn = dn(domain, group.sid).unwrap_or(DistinguishedName::ROOT);
    Entry { dn, deleted: false, attributes }
}

fn names(names: impl Iterator<Item = DistinguishedName>) -> Vec<String> {
    names.map(|name| name.to_string()).collect()
}

/// The distinguished name under which the directory stores someone of another domain.
fn foreign_dn(domain: &Domain, sid: Sid) -> DistinguishedName {
    let base = DistinguishedName::of_domain(domain.dns_name());
    base.child("CN", "ForeignSecurityPrincipals").child("CN", &sid.to_string())
}

/// The bits of groupType: whether BUILTIN, the scope, and that it is a security group (MS-ADTS §2.2.12).
fn group_type(group: &Group) -> i32 {
    let system = if group.sid.is_builtin() { 0x1 } else { 0 };
    let scope = match group.scope {
        GroupScope::Global => 0x2,
        GroupScope::DomainLocal => 0x4,
        GroupScope::Universal => 0x8,
    };
    i32::MIN | system | scope
}

/// A time as the directory writes it: in steps of 100 nanoseconds since 1601 (MS-DTYP §2.3.3).
fn file_time(time: VirtualTime) -> i64 {
    const EPOCH: i64 = 116_444_736_000_000_000;
    time.as_micros().saturating_mul(10).saturating_add(EPOCH)
}

/// When the password of an account expires; the end of time where it never does, the beginning where it
/// must be changed (MS-ADTS §3.1.1.4.5.41).
fn password_expiry(domain: &Domain, account: &Account) -> i64 {
    match domain.policy().password_age {
        _ if account.password_never_expires => i64::MAX,
        _ if account.must_change_password => 0,
        None => i64::MAX,
        Some(age) => file_time(account.password_set + age),
    }
}

/// The bits of userAccountControl that are modelled (MS-ADTS §2.2.16).
fn account_control(account: &Account) -> u32 {
    let kind = match account.kind {
        AccountKind::User => 0x200,
        AccountKind::TrustAccount => 0x800,
        AccountKind::Computer => 0x1000,
    };
    let disabled = if account.enabled { 0 } else { 0x2 };
    let lasting = if account.password_never_expires { 0x1_0000 } else { 0 };
    let card = if account.smart_card_required { 0x4_0000 } else { 0 };
    kind | disabled | lasting | card
}
