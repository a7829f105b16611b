//! What one who has bound finds: objects whose descriptor lets them be listed, and of these the
//! attributes that it lets be read (MS-ADTS §5.1.3.3.4).

use super::{Bound, Directory, PartitionStore, Watch, partition_of};
use crate::directory::{
    AccessMask, AccessRequest, Attributes, Guid, Object, Partition, SecurityDescriptor, access_check,
};
use crate::facts;
use crate::protocol::ldap::{self, Entry, LdapReply, SECURITY_DESCRIPTOR, Search, SearchControl};
use crate::rule;

/// Answers a search.
pub(super) fn search<D: Directory>(directory: &D, who: &Bound, search: &Search) -> LdapReply {
    let Some(store) = partition_of(directory, &search.base) else {
        return directory.withhold(who, search, directory.search_elsewhere(search));
    };
    let partition = store.read();
    let (objects, cookie) = match search.control {
        Some(SearchControl::Changes { since }) => {
            let changes =
                partition.changes(since.unwrap_or_default(), &search.base, search.scope, &search.filter);
            (changes.objects, Some(changes.cookie))
        }
        Some(SearchControl::Notification) | None => {
            match partition.search(&search.base, search.scope, &search.filter) {
                Ok(objects) => (objects, None),
                Err(_) => return none(ldap::NO_SUCH_OBJECT),
            }
        }
    };
    let mut reading = Reading { partition: &partition, who, search, withheld: Vec::new() };
    let entries: Vec<Entry> = objects.iter().filter_map(|object| reading.entry(object)).collect();
    let withheld = std::mem::take(&mut reading.withheld);
    let nothing_withheld = withheld.is_empty();
    let mut facts = facts!["entries" => entries.len()];
    if !nothing_withheld {
        facts.extend(facts!["withheld" => withheld.join("; ")]);
    }
    let (on, name) = (search.base.to_string(), who.name.clone());
    let nothing_left = !nothing_withheld && entries.iter().all(|entry| entry.attributes.is_empty());
    let judge = directory.judge();
    let everything_is_given = if nothing_left {
        if judge.require(&rule::LDAP_READ, name, on, false, facts).is_err() {
            return none(ldap::INSUFFICIENT_ACCESS_RIGHTS);
        }
        true
    } else {
        judge.curtail(&rule::LDAP_READ, name, on, nothing_withheld, facts) && !nothing_withheld
    };
    if everything_is_given {
        // A run that suspends the rule gives what would be withheld.
        let entries = objects.iter().map(|object| everything(&partition, search, object)).collect();
        return LdapReply::Search { code: ldap::SUCCESS, entries, cookie };
    }
    LdapReply::Search { code: ldap::SUCCESS, entries, cookie }
}

/// Opens a search that stays open; there is nothing to watch where no partition holds the base.
pub(super) fn open_watch<D: Directory>(directory: &D, search: &Search) -> (LdapReply, Option<Watch>) {
    let Some(store) = partition_of(directory, &search.base) else {
        return (none(ldap::UNWILLING_TO_PERFORM), None);
    };
    if store.read().object(&search.base).is_none() {
        return (none(ldap::NO_SUCH_OBJECT), None);
    }
    (none(ldap::SUCCESS), Some(store.watch()))
}

/// An object that has just changed, as one who watches may see it; none where they may not.
pub(super) fn changed_entry<D: Directory>(
    directory: &D,
    who: &Bound,
    search: &Search,
    object: &Object,
) -> Option<Entry> {
    let store: std::rc::Rc<PartitionStore> = partition_of(directory, &search.base)?;
    let partition = store.read();
    // What has been deleted since, or changed again, is told of again.
    Reading { partition: &partition, who, search, withheld: Vec::new() }.entry(object)
}

fn none(code: u32) -> LdapReply {
    LdapReply::Search { code, entries: Vec::new(), cookie: None }
}

/// A search as one person may see it.
struct Reading<'a> {
    partition: &'a Partition,
    who: &'a Bound,
    search: &'a Search,
    /// What was asked for and may not be read.
    withheld: Vec<String>,
}

impl Reading<'_> {
    /// The object as far as it may be read. A tombstone shows its name to everyone.
    fn entry(&mut self, object: &Object) -> Option<Entry> {
        if object.deleted {
            return Some(tombstone(object));
        }
        let descriptor = self.partition.effective_descriptor(&object.dn)?;
        let may = |rights, about: &[Guid]| {
            let request = AccessRequest { about, ..AccessRequest::directory(rights) };
            access_check(&descriptor, &self.who.token, &request).allowed
        };
        if !may(AccessMask::LIST_OBJECT, &[]) {
            self.withheld.push(object.dn.to_string());
            return None;
        }
        // What is allowed for the whole object is allowed for each attribute, unless that is denied.
        let all_readable = !descriptor.has_limited_denials() && may(AccessMask::READ_PROPERTY, &[]);
        let readable = |attribute: &str| {
            if attribute.eq_ignore_ascii_case(SECURITY_DESCRIPTOR) {
                return may(AccessMask::READ_CONTROL, &[]);
            }
            match self.partition.is_confidential(attribute) {
                false if all_readable => true,
                confidential => {
                    let rights = if confidential { AccessMask::CONTROL_ACCESS } else { AccessMask::NONE };
                    may(AccessMask::READ_PROPERTY | rights, &[Guid::of_schema_name(attribute)])
                }
            }
        };
        let name = object.dn.name().unwrap_or_default();
        let mut entry = shown(object, &descriptor, self.search);
        entry.attributes.retain(|attribute| {
            let may_be_read = readable(attribute);
            if !may_be_read {
                self.withheld.push(format!("{attribute} of {name}"));
            }
            may_be_read
        });
        Some(entry)
    }
}

fn everything(partition: &Partition, search: &Search, object: &Object) -> Entry {
    match partition.effective_descriptor(&object.dn) {
        Some(descriptor) if !object.deleted => shown(object, &descriptor, search),
        _ => tombstone(object),
    }
}

fn tombstone(object: &Object) -> Entry {
    let attributes = Attributes::new([("objectGUID", object.guid.to_string())]);
    Entry { dn: object.dn.clone(), deleted: true, attributes }
}

/// The object with the attributes that a search asks for, and those that the directory keeps itself.
fn shown(object: &Object, descriptor: &SecurityDescriptor, search: &Search) -> Entry {
    let mut attributes = object.attributes.clone();
    attributes.set("objectGUID", vec![object.guid.to_string().into()]);
    attributes.set("uSNChanged", vec![object.changed.0.to_string().into()]);
    attributes.retain(|name| search.wants(name));
    if search.wants(SECURITY_DESCRIPTOR) {
        attributes.set(SECURITY_DESCRIPTOR, vec![descriptor.to_string().into()]);
    }
    Entry { dn: object.dn.clone(), deleted: false, attributes }
}
