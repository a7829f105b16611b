//! The entries of the directory: accounts and groups with the attributes that LDAP shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::membership::account_groups;
use crate::directory::{Account, AccountKind, Domain, GlobalCatalog, Group, Sid};
use crate::name::{DnsName, Upn};
use crate::protocol::ldap::{Entry, Filter};

/// The distinguished name of a domain: `DC=corp,DC=example`.
pub(super) fn domain_dn(domain: &DnsName) -> String {
    let labels: Vec<String> = domain.as_str().split('.').map(|label| format!("DC={label}")).collect();
    labels.join(",")
}

/// The distinguished name of an account or group of the domain.
fn dn(domain: &Domain, sid: Sid) -> Option<String> {
    let base = domain_dn(domain.dns_name());
    if let Some(account) = domain.account(sid) {
        let container = match account.kind {
            AccountKind::Computer => "Computers",
            AccountKind::User | AccountKind::TrustAccount => "Users",
        };
        return Some(format!("CN={},CN={container},{base}", account.sam.trim_end_matches('$')));
    }
    let group = domain.group(sid)?;
    let container = if group.sid.is_builtin() { "Builtin" } else { "Users" };
    Some(format!("CN={},CN={container},{base}", group.name))
}

/// The account with this distinguished name.
pub(super) fn account_of_dn<'a>(domain: &'a Domain, name: &str) -> Option<&'a Account> {
    domain.accounts().find(|account| dn(domain, account.sid).is_some_and(|dn| dn.eq_ignore_ascii_case(name)))
}

/// The entries below a base that match a filter, each with the attributes asked for;
/// none where there is no such base.
pub(super) fn search(
    domain: &Domain,
    catalog: &GlobalCatalog,
    base: &str,
    filter: &Filter,
    attributes: &[String],
) -> Option<Vec<Entry>> {
    let everyone =
        || domain.accounts().map(|account| account.sid).chain(domain.groups().map(|group| group.sid));
    let holds = |sid: Sid| dn(domain, sid).is_some_and(|dn| is_below(&dn, base));
    if !is_below(&domain_dn(domain.dns_name()), base) && !everyone().any(holds) {
        return None;
    }
    let wanted =
        |name: &str| attributes.is_empty() || attributes.iter().any(|one| one.eq_ignore_ascii_case(name));
    let candidates = candidates(domain, filter).unwrap_or_else(|| everyone().collect());
    let found = candidates.into_iter().filter_map(|sid| entry(domain, catalog, sid));
    let matching = found.filter(|entry| is_below(&entry.dn, base) && matches(filter, entry));
    let narrowed = matching.map(|mut entry| {
        entry.attributes.retain(|name, _| wanted(name));
        entry
    });
    Some(narrowed.collect())
}

/// Whether a distinguished name equals another or lies below it.
fn is_below(dn: &str, base: &str) -> bool {
    let cut = dn.len().checked_sub(base.len()).filter(|cut| dn.is_char_boundary(*cut));
    cut.is_some_and(|cut| {
        let whole = cut == 0 || base.is_empty() || dn[..cut].ends_with(',');
        whole && dn[cut..].eq_ignore_ascii_case(base)
    })
}

/// Who can match a filter at all, in the directory's order, where an indexed attribute tells.
fn candidates(domain: &Domain, filter: &Filter) -> Option<BTreeSet<Sid>> {
    let one = |account: Option<&Account>| account.map(|account| account.sid).into_iter().collect();
    let all = |accounts: Vec<&Account>| accounts.iter().map(|account| account.sid).collect();
    match filter {
        Filter::Equals(attribute, value) => match attribute.to_ascii_lowercase().as_str() {
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
        Filter::Present(_) => None,
        Filter::And(filters) => filters.iter().find_map(|filter| candidates(domain, filter)),
        Filter::Or(filters) => {
            let each: Option<Vec<_>> = filters.iter().map(|filter| candidates(domain, filter)).collect();
            each.map(|each| each.into_iter().flatten().collect())
        }
    }
}

/// Whether an entry matches; names of attributes and values compare without regard to case.
fn matches(filter: &Filter, entry: &Entry) -> bool {
    filter.matches(&|attribute, value| {
        let found = entry.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute));
        found.is_some_and(|(_, values)| match value {
            None => true,
            Some(value) => values.iter().any(|held| held.eq_ignore_ascii_case(value)),
        })
    })
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
    let mut attributes = account.attributes.clone();
    let mut put = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            attributes.insert(name.to_owned(), values);
        }
    };
    put("objectClass", vec![class.to_owned()]);
    put("objectSid", vec![account.sid.to_string()]);
    put("sAMAccountName", vec![account.sam.clone()]);
    put("msDS-PrincipalName", vec![domain.display(account.sid)]);
    put("userPrincipalName", vec![account.upn.to_string()]);
    put("displayName", vec![account.display_name.clone()]);
    put("mail", account.mail.iter().cloned().collect());
    put("userAccountControl", vec![account_control(account).to_string()]);
    put("memberOf", member.filter_map(|group| dn(domain, group.sid)).collect());
    put("tokenGroupsGlobalAndUniversal", token);
    put("sIDHistory", account.sid_history.iter().map(Sid::to_string).collect());
    put("servicePrincipalName", account.service_names.clone());
    put("altSecurityIdentities", account.mapped_certificates.clone());
    Entry { dn: dn(domain, account.sid).unwrap_or_default(), attributes }
}

fn group_entry(domain: &Domain, group: &Group) -> Entry {
    let name = |sid: &Sid| dn(domain, *sid).unwrap_or_else(|| foreign_dn(domain, *sid));
    let member: Vec<String> = group.members.iter().map(name).collect();
    let within = domain.groups().filter(|other| other.members.contains(&group.sid));
    let member_of: Vec<String> = within.filter_map(|other| dn(domain, other.sid)).collect();
    let mut attributes = BTreeMap::from([
        ("objectClass".to_owned(), vec!["group".to_owned()]),
        ("objectSid".to_owned(), vec![group.sid.to_string()]),
        ("sAMAccountName".to_owned(), vec![group.name.clone()]),
    ]);
    for (name, values) in [("member", member), ("memberOf", member_of)] {
        if !values.is_empty() {
            attributes.insert(name.to_owned(), values);
        }
    }
    Entry { dn: dn(domain, group.sid).unwrap_or_default(), attributes }
}

/// The distinguished name under which the directory stores someone of another domain.
fn foreign_dn(domain: &Domain, sid: Sid) -> String {
    format!("CN={sid},CN=ForeignSecurityPrincipals,{}", domain_dn(domain.dns_name()))
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
    kind | disabled | lasting
}
