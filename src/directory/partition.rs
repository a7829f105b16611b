//! A partition of a directory: a tree of objects with attributes and security descriptors.
//!
//! Active Directory's Configuration partition is one, and so is what AD LDS keeps. A partition
//! numbers its changes, so that whoever read it once can ask for what has changed since, as with
//! DirSync (MS-ADTS §3.1.1.3.4.1.3). It decides nothing about who may read or write.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::descriptor::Inheritor;
use super::{AttributeValue, Attributes, DistinguishedName, Filter, Guid, SecurityDescriptor};
use crate::crypto::digest::sha256;

/// The number of a change in a partition: each change has the next (uSNChanged). As a cookie it
/// stands for all that was changed up to and with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usn(pub u64);

/// How far below its base a search looks (RFC 4511 §4.5.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// At the base alone.
    Base,
    /// Just below the base.
    OneLevel,
    /// At the base and everywhere below it.
    Subtree,
}

/// A change to one attribute (RFC 4511 §4.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Modification {
    /// Adds values; those that are there already stay as they are.
    Add(String, Vec<AttributeValue>),
    /// Replaces all values; none removes the attribute.
    Replace(String, Vec<AttributeValue>),
    /// Removes these values, which must be there.
    Delete(String, Vec<AttributeValue>),
}

/// An object of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Where it stands.
    pub dn: DistinguishedName,
    /// What it is for ever, also once it is deleted.
    pub guid: Guid,
    /// What is known of it.
    pub attributes: Attributes,
    /// Who may do what with it, apart from what it inherits.
    pub descriptor: SecurityDescriptor,
    /// Its latest change.
    pub changed: Usn,
    /// Whether it is a tombstone: it is gone, and only its name is kept.
    pub deleted: bool,
}

/// What has changed since someone looked last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<'a> {
    /// The objects that changed and match, and the tombstones of those deleted, in the order of their
    /// latest change.
    pub objects: Vec<&'a Object>,
    /// The cookie to ask with next time.
    pub cookie: Usn,
}

/// Why a partition does not make a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartitionError {
    /// No object has this name.
    #[error("there is no object {0}; correct its name, or add it first")]
    NoSuchObject(DistinguishedName),
    /// An object has this name already.
    #[error("there is an object {0} already; choose another name, or modify it")]
    Exists(DistinguishedName),
    /// Objects stand below the one that is to go.
    #[error("objects stand below {0}; delete them first, or delete the whole tree")]
    NotLeaf(DistinguishedName),
    /// A value that is to be removed is not there.
    #[error("{dn} has no such value of {attribute}; read it again")]
    NoSuchValue {
        /// The object.
        dn: DistinguishedName,
        /// The attribute.
        attribute: String,
    },
    /// The name lies outside of the partition.
    #[error("{0} lies outside of this partition; write to the directory that holds it")]
    Outside(DistinguishedName),
}

/// A partition of a directory, also called a naming context.
///
/// ```
/// use forestsim::directory::{Attributes, Filter, Partition, Scope, SecurityDescriptor};
/// let base = "CN=Configuration,DC=corp,DC=example".parse().unwrap();
/// let mut partition = Partition::new(base, SecurityDescriptor::default());
/// let sites = partition.base().child("CN", "Sites");
/// let class = Attributes::new([("objectClass", "sitesContainer")]);
/// partition.add(&sites, class, SecurityDescriptor::default()).unwrap();
/// let before = partition.highest();
/// partition.delete(&sites).unwrap();
/// let changes = partition.changes(before, partition.base(), Scope::Subtree, &Filter::everything());
/// assert!(changes.objects[0].deleted && changes.objects[0].dn == sites);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    base: DistinguishedName,
    objects: BTreeMap<DistinguishedName, Object>,
    tombstones: Vec<Object>,
    highest: Usn,
    default_descriptors: BTreeMap<String, SecurityDescriptor>,
    confidential: BTreeSet<String>,
}

impl Modification {
    /// The attribute that it changes.
    pub fn attribute(&self) -> &str {
        match self {
            Self::Add(attribute, _) | Self::Replace(attribute, _) | Self::Delete(attribute, _) => attribute,
        }
    }

    /// Makes the change to the attributes of the object of this name.
    ///
    /// # Errors
    /// [`PartitionError::NoSuchValue`] where a value that is to be removed is not there.
    pub fn apply(&self, dn: &DistinguishedName, attributes: &mut Attributes) -> Result<(), PartitionError> {
        match self {
            Self::Add(attribute, values) => {
                for value in values {
                    attributes.add(attribute, value.clone());
                }
            }
            Self::Replace(attribute, values) => attributes.set(attribute, values.clone()),
            Self::Delete(attribute, values) => {
                for value in values {
                    if !attributes.remove(attribute, value) {
                        let (dn, attribute) = (dn.clone(), attribute.clone());
                        return Err(PartitionError::NoSuchValue { dn, attribute });
                    }
                }
            }
        }
        Ok(())
    }
}

impl Partition {
    /// A partition with nothing but its base, whose descriptor everything below inherits from.
    pub fn new(base: DistinguishedName, descriptor: SecurityDescriptor) -> Self {
        let mut partition = Self {
            base: base.clone(),
            objects: BTreeMap::new(),
            tombstones: Vec::new(),
            highest: Usn(0),
            default_descriptors: BTreeMap::new(),
            confidential: BTreeSet::new(),
        };
        partition.insert(base, Attributes::new([("objectClass", "container")]), descriptor);
        partition
    }

    /// Its topmost object.
    pub fn base(&self) -> &DistinguishedName {
        &self.base
    }

    /// The latest change.
    pub fn highest(&self) -> Usn {
        self.highest
    }

    /// The object of this name.
    pub fn object(&self, dn: &DistinguishedName) -> Option<&Object> {
        self.objects.get(dn)
    }

    /// Every object, each before those below it.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// What is left of deleted objects, the earliest first.
    pub fn tombstones(&self) -> &[Object] {
        &self.tombstones
    }

    /// The object and what stands below it.
    pub fn tree<'a>(&'a self, dn: &DistinguishedName) -> impl Iterator<Item = &'a Object> + use<'a> {
        let top = dn.clone();
        let from = self.objects.range(dn.clone()..).map(|(_, object)| object);
        from.take_while(move |object| object.dn.is_within(&top))
    }

    /// The objects within the scope that match, each before those below it.
    ///
    /// # Errors
    /// [`PartitionError::NoSuchObject`] where there is no such base.
    pub fn search(
        &self,
        base: &DistinguishedName,
        scope: Scope,
        filter: &Filter,
    ) -> Result<Vec<&Object>, PartitionError> {
        if self.object(base).is_none() {
            return Err(PartitionError::NoSuchObject(base.clone()));
        }
        let matching = |object: &&Object| scope.holds(base, &object.dn) && filter.matches(&object.attributes);
        Ok(self.tree(base).filter(matching).collect())
    }

    /// What has changed since the cookie within the scope, and the cookie for the next time. Tombstones
    /// keep no attributes, so no filter can tell them apart.
    pub fn changes(
        &self,
        since: Usn,
        base: &DistinguishedName,
        scope: Scope,
        filter: &Filter,
    ) -> Changes<'_> {
        let in_scope = |object: &&Object| object.changed > since && scope.holds(base, &object.dn);
        let living = self.objects.values().filter(|object| filter.matches(&object.attributes));
        let mut objects: Vec<&Object> = living.chain(&self.tombstones).filter(in_scope).collect();
        objects.sort_by_key(|object| object.changed);
        Changes { objects, cookie: self.highest }
    }

    /// Everything that has changed since, tombstones too, in the order of the latest change.
    pub fn changed_since(&self, since: Usn) -> Vec<&Object> {
        self.changes(since, &self.base, Scope::Subtree, &Filter::And(Vec::new())).objects
    }

    /// The descriptor of an object with what it inherits from those above it; none where there is no
    /// such object.
    pub fn effective_descriptor(&self, dn: &DistinguishedName) -> Option<SecurityDescriptor> {
        let object = self.object(dn)?;
        let above = dn.parent().filter(|above| above.is_within(&self.base));
        let Some(above) = above.and_then(|above| self.effective_descriptor(&above)) else {
            return Some(object.descriptor.clone());
        };
        let class = above.singles_out_a_class().then(|| object.attributes.texts("objectClass").last());
        let class = class.flatten().map(Guid::of_schema_name);
        Some(object.descriptor.inheriting(&above, Inheritor::Container, class))
    }

    /// The descriptor of new objects of a class that bring none along: the schema's
    /// defaultSecurityDescriptor (MS-ADTS §6.1.3); one without entries where the schema has none.
    pub fn default_descriptor(&self, class: &str) -> SecurityDescriptor {
        let known = self.default_descriptors.get(&class.to_lowercase()).cloned();
        known.unwrap_or(SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() })
    }

    /// Sets the descriptor of new objects of a class.
    pub fn set_default_descriptor(&mut self, class: &str, descriptor: SecurityDescriptor) {
        self.default_descriptors.insert(class.to_lowercase(), descriptor);
    }

    /// Whether reading an attribute takes the right of control access to it, beside the right of reading
    /// (MS-ADTS §2.2.9, fCONFIDENTIAL).
    pub fn is_confidential(&self, attribute: &str) -> bool {
        self.confidential.contains(&attribute.to_lowercase())
    }

    /// Makes an attribute confidential.
    pub fn set_confidential(&mut self, attribute: &str) {
        self.confidential.insert(attribute.to_lowercase());
    }

    /// Adds an object below one that is there.
    ///
    /// # Errors
    /// Where the parent is missing, or the name is taken.
    pub fn add(
        &mut self,
        dn: &DistinguishedName,
        attributes: Attributes,
        descriptor: SecurityDescriptor,
    ) -> Result<Guid, PartitionError> {
        if self.objects.contains_key(dn) {
            return Err(PartitionError::Exists(dn.clone()));
        }
        let parent = dn.parent().filter(|parent| parent.is_within(&self.base));
        let parent = parent.ok_or_else(|| PartitionError::Outside(dn.clone()))?;
        if !self.objects.contains_key(&parent) {
            return Err(PartitionError::NoSuchObject(parent));
        }
        Ok(self.insert(dn.clone(), attributes, descriptor))
    }

    /// Changes attributes of an object, all of them or, on an error, none.
    ///
    /// # Errors
    /// Where there is no such object, or a value that is to be removed is not there.
    pub fn modify(&mut self, dn: &DistinguishedName, changes: &[Modification]) -> Result<(), PartitionError> {
        let object = self.objects.get(dn).ok_or_else(|| PartitionError::NoSuchObject(dn.clone()))?;
        let mut attributes = object.attributes.clone();
        changes.iter().try_for_each(|change| change.apply(dn, &mut attributes))?;
        self.replace(dn, |object| object.attributes = attributes)
    }

    /// Gives an object another descriptor of its own.
    ///
    /// # Errors
    /// Where there is no such object.
    pub fn set_descriptor(
        &mut self,
        dn: &DistinguishedName,
        descriptor: SecurityDescriptor,
    ) -> Result<(), PartitionError> {
        self.replace(dn, |object| object.descriptor = descriptor)
    }

    /// Deletes an object below which nothing stands; a tombstone is left.
    ///
    /// # Errors
    /// Where there is no such object, or it is no leaf.
    pub fn delete(&mut self, dn: &DistinguishedName) -> Result<(), PartitionError> {
        match self.tree(dn).count() {
            0 => Err(PartitionError::NoSuchObject(dn.clone())),
            1 => self.delete_tree(dn),
            _ => Err(PartitionError::NotLeaf(dn.clone())),
        }
    }

    /// Deletes an object and everything below it; tombstones are left.
    ///
    /// # Errors
    /// Where there is no such object.
    pub fn delete_tree(&mut self, dn: &DistinguishedName) -> Result<(), PartitionError> {
        let mut doomed: Vec<DistinguishedName> = self.tree(dn).map(|object| object.dn.clone()).collect();
        if doomed.is_empty() {
            return Err(PartitionError::NoSuchObject(dn.clone()));
        }
        doomed.reverse();
        for dn in doomed {
            if let Some(object) = self.objects.remove(&dn) {
                let changed = self.next();
                let (attributes, descriptor) = (Attributes::default(), SecurityDescriptor::default());
                self.tombstones.push(Object { attributes, descriptor, changed, deleted: true, ..object });
            }
        }
        Ok(())
    }

    fn replace(
        &mut self,
        dn: &DistinguishedName,
        change: impl FnOnce(&mut Object),
    ) -> Result<(), PartitionError> {
        let next = Usn(self.highest.0 + 1);
        let object = self.objects.get_mut(dn).ok_or_else(|| PartitionError::NoSuchObject(dn.clone()))?;
        change(object);
        object.changed = next;
        self.highest = next;
        Ok(())
    }

    fn insert(
        &mut self,
        dn: DistinguishedName,
        attributes: Attributes,
        descriptor: SecurityDescriptor,
    ) -> Guid {
        let changed = self.next();
        let guid = new_guid(&dn, changed);
        let object = Object { dn: dn.clone(), guid, attributes, descriptor, changed, deleted: false };
        self.objects.insert(dn, object);
        guid
    }

    fn next(&mut self) -> Usn {
        self.highest = Usn(self.highest.0 + 1);
        self.highest
    }
}

impl Scope {
    /// Whether a search from this base looks at an object of this name.
    pub fn holds(self, base: &DistinguishedName, dn: &DistinguishedName) -> bool {
        match self {
            Scope::Base => dn == base,
            Scope::OneLevel => dn.depth() == base.depth() + 1 && dn.is_within(base),
            Scope::Subtree => dn.is_within(base),
        }
    }
}

/// The GUID of a new object: no other object of the partition is created by the same change.
fn new_guid(dn: &DistinguishedName, created: Usn) -> Guid {
    let digest = sha256(format!("object {} {}", dn.to_string().to_lowercase(), created.0).as_bytes());
    Guid::new(u128::from_be_bytes(std::array::from_fn(|index| digest[index])))
}
