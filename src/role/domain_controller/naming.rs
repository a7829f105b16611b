//! The entries of the directory that are neither accounts nor groups: contacts, the trusts of the domain,
//! and the heads of the domains of its forest, which the global catalog knows.

use crate::directory::{Attributes, DistinguishedName, Domain};
use crate::protocol::ldap::Entry;
use crate::protocol::trusted_domain;
use crate::trust::DomainTrusts;

/// The class of the head of a domain.
const DOMAIN: &str = "domainDNS";
/// The class of someone without an account.
const CONTACT: &str = "contact";

/// Whether objects of this class are among these entries, and no account and no group is.
pub(super) fn holds_class(class: &str) -> bool {
    [DOMAIN, CONTACT, trusted_domain::CLASS].iter().any(|known| known.eq_ignore_ascii_case(class))
}

/// These entries, in the directory's order.
pub(super) fn entries(domain: &Domain, trusts: &DomainTrusts) -> Vec<Entry> {
    let heads = domain.forest().domains.iter().map(|(name, place)| {
        let attributes =
            Attributes::new([("objectClass", DOMAIN.to_owned()), ("objectSid", place.sid.to_string())]);
        Entry { dn: DistinguishedName::of_domain(name), deleted: false, attributes }
    });
    let base = DistinguishedName::of_domain(domain.dns_name());
    let contacts = domain.contacts().map(|(name, kept)| {
        let mut attributes = kept.clone();
        attributes.set("objectClass", vec![CONTACT.into()]);
        let dn = base.child("CN", "Users").child("CN", name);
        Entry { dn, deleted: false, attributes }
    });
    heads
        .chain(contacts)
        .chain(trusts.records.iter().map(|trust| trusted_domain::entry(trust, &base)))
        .collect()
}
