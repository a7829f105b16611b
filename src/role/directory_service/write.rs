//! What one who has bound changes: as far as the security descriptors let them (MS-ADTS §3.1.1.5).

use super::{Bound, Directory, partition_of};
use crate::directory::{
    AccessMask, AccessRequest, AttributeValue, Attributes, DistinguishedName, Guid, Modification, Partition,
    PartitionError, SecurityDescriptor, access_check,
};
use crate::facts;
use crate::protocol::ldap::{self, LdapReply, SECURITY_DESCRIPTOR};
use crate::role::judge::Refused;
use crate::rule;
use crate::trace::Fact;

/// A right that a change needs: on which object, which right, and about what.
struct Need {
    on: DistinguishedName,
    right: AccessMask,
    about: Option<String>,
}

/// Adds an object. Whoever adds it owns it, where the descriptor that they bring names no owner.
pub(super) fn add<D: Directory>(
    directory: &D,
    who: &Bound,
    dn: &DistinguishedName,
    mut attributes: Attributes,
) -> LdapReply {
    let class = attributes.texts("objectClass").last().map(str::to_owned);
    let brought = match attributes.get(SECURITY_DESCRIPTOR) {
        [] => {
            let store = partition_of(directory, dn);
            let of_class = store.zip(class.as_ref());
            of_class.map(|(store, class)| store.read().default_descriptor(class)).unwrap_or_default()
        }
        values => match descriptor(values) {
            Ok(descriptor) => descriptor,
            Err(why) => return written(ldap::UNWILLING_TO_PERFORM, why),
        },
    };
    attributes.set(SECURITY_DESCRIPTOR, Vec::new());
    let descriptor = SecurityDescriptor { owner: brought.owner.or(Some(who.token.user)), ..brought };
    let parent = dn.parent().unwrap_or(DistinguishedName::ROOT);
    let needs = vec![Need { on: parent, right: AccessMask::CREATE_CHILD, about: class }];
    write(directory, who, dn, needs, |partition| partition.add(dn, attributes, descriptor).map(|_| ()))
}

/// Changes attributes of an object.
pub(super) fn modify<D: Directory>(
    directory: &D,
    who: &Bound,
    dn: &DistinguishedName,
    changes: &[Modification],
) -> LdapReply {
    let is_descriptor = |change: &&Modification| change.attribute().eq_ignore_ascii_case(SECURITY_DESCRIPTOR);
    let (secured, plain): (Vec<&Modification>, Vec<&Modification>) = changes.iter().partition(is_descriptor);
    let mut needs: Vec<Need> = Vec::new();
    for change in &plain {
        let about = Some(change.attribute().to_owned());
        needs.push(Need { on: dn.clone(), right: AccessMask::WRITE_PROPERTY, about });
    }
    let mut new = None;
    if let Some(change) = secured.last() {
        let Modification::Replace(_, values) = change else {
            let why = "a security descriptor is replaced as a whole".to_owned();
            return written(ldap::UNWILLING_TO_PERFORM, why);
        };
        match descriptor(values) {
            Ok(descriptor) => new = Some(descriptor),
            Err(why) => return written(ldap::UNWILLING_TO_PERFORM, why),
        }
        needs.push(Need { on: dn.clone(), right: AccessMask::WRITE_DAC, about: None });
    }
    let plain: Vec<Modification> = plain.into_iter().cloned().collect();
    write(directory, who, dn, needs, |partition| {
        if !plain.is_empty() {
            partition.modify(dn, &plain)?;
        }
        match new {
            Some(descriptor) => partition.set_descriptor(dn, descriptor),
            None => Ok(()),
        }
    })
}

/// Deletes an object: by its own leave or by its parent's; a whole tree only by its own.
pub(super) fn delete<D: Directory>(
    directory: &D,
    who: &Bound,
    dn: &DistinguishedName,
    tree: bool,
) -> LdapReply {
    let own = |right| Need { on: dn.clone(), right, about: None };
    let mut needs = vec![own(if tree { AccessMask::DELETE_TREE } else { AccessMask::DELETE })];
    if let (false, Some(parent), Some(store)) = (tree, dn.parent(), partition_of(directory, dn)) {
        let by_parent = Need { on: parent, right: AccessMask::DELETE_CHILD, about: None };
        if by_parent.check(directory, who, &store.read()).0 {
            needs = vec![by_parent];
        }
    }
    write(directory, who, dn, needs, |partition| match tree {
        true => partition.delete_tree(dn),
        false => partition.delete(dn),
    })
}

fn write<D: Directory>(
    directory: &D,
    who: &Bound,
    dn: &DistinguishedName,
    needs: Vec<Need>,
    change: impl FnOnce(&mut Partition) -> Result<(), PartitionError>,
) -> LdapReply {
    let Some(store) = partition_of(directory, dn) else {
        let why = format!("{dn} is not in a partition that can be written to over LDAP");
        return written(ldap::UNWILLING_TO_PERFORM, why);
    };
    let missing = needs.iter().find(|need| store.read().object(&need.on).is_none());
    if let Some(Need { on, .. }) = missing {
        return written(ldap::NO_SUCH_OBJECT, format!("there is no object {on}"));
    }
    if let Err(refused) = require(directory, who, dn, &needs, &store.read()) {
        return written(ldap::INSUFFICIENT_ACCESS_RIGHTS, refused.to_string());
    }
    match store.change(directory.judge().host(), change) {
        Ok(()) => written(ldap::SUCCESS, String::new()),
        Err(why) => written(code(&why), why.to_string()),
    }
}

/// Requires every right that a change needs, in one verdict: about the first that is missing, or
/// about the last of all.
fn require<D: Directory>(
    directory: &D,
    who: &Bound,
    dn: &DistinguishedName,
    needs: &[Need],
    partition: &Partition,
) -> Result<(), Refused> {
    let mut outcome = (true, Vec::new());
    for need in needs {
        outcome = need.check(directory, who, partition);
        if !outcome.0 {
            break;
        }
    }
    let (holds, facts) = outcome;
    directory.judge().require(&rule::LDAP_WRITE, who.name.clone(), dn.to_string(), holds, facts)
}

impl Need {
    fn check<D: Directory>(&self, directory: &D, who: &Bound, partition: &Partition) -> (bool, Vec<Fact>) {
        let what = match &self.about {
            Some(about) => format!("{} for {about}", self.right),
            None => self.right.to_string(),
        };
        let mut facts = facts!["right" => what, "on" => self.on];
        let Some(descriptor) = partition.effective_descriptor(&self.on) else { return (false, facts) };
        let about = self.about.as_deref().map(Guid::of_schema_name);
        let request = AccessRequest { about: about.as_slice(), ..AccessRequest::directory(self.right) };
        let decision = access_check(&descriptor, &who.token, &request);
        let reasons = decision.facts(|sid| directory.display(sid));
        facts.extend(reasons.into_iter().map(|(name, value)| Fact::new(name, value)));
        (decision.allowed, facts)
    }
}

/// The descriptor that one who writes brings along, as SDDL.
fn descriptor(values: &[AttributeValue]) -> Result<SecurityDescriptor, String> {
    match values {
        [AttributeValue::Text(text)] => {
            text.parse().map_err(|why: crate::directory::SddlError| why.to_string())
        }
        _ => Err("a security descriptor is one SDDL text".to_owned()),
    }
}

fn code(error: &PartitionError) -> u32 {
    match error {
        PartitionError::NoSuchObject(_) => ldap::NO_SUCH_OBJECT,
        PartitionError::Exists(_) => ldap::ENTRY_ALREADY_EXISTS,
        PartitionError::NotLeaf(_) => ldap::NOT_ALLOWED_ON_NON_LEAF,
        PartitionError::NoSuchValue { .. } => ldap::NO_SUCH_ATTRIBUTE,
        PartitionError::Outside(_) => ldap::UNWILLING_TO_PERFORM,
    }
}

fn written(code: u32, text: String) -> LdapReply {
    LdapReply::Written { code, text }
}
