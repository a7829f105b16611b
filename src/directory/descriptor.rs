//! Security descriptors: who owns an object, and who may do what with it.
//!
//! A descriptor is data, written as people write it in SDDL ([`super::sddl`]) and kept in the order
//! in which it was stored; [`super::access`] reads it and never sorts it. This file knows how a new
//! object inherits from its parent.

use serde::{Deserialize, Serialize};

use super::{AccessMask, Guid, Sid};

/// A security descriptor (MS-DTYP §2.4.6) without an audit list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SecurityDescriptor {
    /// Whose the object is.
    pub owner: Option<Sid>,
    /// Its group, which Windows itself does not use.
    pub group: Option<Sid>,
    /// The access control entries in stored order. Without a list everyone may do everything; with
    /// an empty one no one may do anything.
    pub dacl: Option<Vec<Ace>>,
    /// Whether the list inherits nothing from above.
    pub protected: bool,
}

/// An access control entry (MS-DTYP §2.4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ace {
    /// Whether it allows or denies.
    pub kind: AceKind,
    /// How it is inherited.
    pub flags: AceFlags,
    /// Which rights.
    pub mask: AccessMask,
    /// The extended right, property or class that it is limited to.
    pub object_type: Option<Guid>,
    /// The class of objects that inherit it.
    pub inherited_object_type: Option<Guid>,
    /// For whom it is.
    pub trustee: Sid,
}

/// What an ACE does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AceKind {
    /// It denies. Canonical order puts it first.
    Deny,
    /// It allows.
    Allow,
}

/// How an ACE is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AceFlags {
    /// Objects that hold no others inherit it (OI).
    pub object_inherit: bool,
    /// Objects that hold others inherit it (CI).
    pub container_inherit: bool,
    /// Whoever inherits it does not pass it on (NP).
    pub no_propagate: bool,
    /// It does not count for the object that it stands on (IO).
    pub inherit_only: bool,
    /// It came from above (ID).
    pub inherited: bool,
}

/// The kind of object that inherits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inheritor {
    /// It may hold other objects, as every directory object may.
    Container,
    /// It holds none, as a file.
    Leaf,
}

impl Ace {
    /// An ACE on the object alone that allows these rights.
    pub fn allow(trustee: Sid, mask: AccessMask) -> Self {
        let (object_type, inherited_object_type) = (None, None);
        Self {
            kind: AceKind::Allow,
            flags: AceFlags::default(),
            mask,
            object_type,
            inherited_object_type,
            trustee,
        }
    }

    /// An ACE on the object alone that denies these rights.
    pub fn deny(trustee: Sid, mask: AccessMask) -> Self {
        Self { kind: AceKind::Deny, ..Self::allow(trustee, mask) }
    }

    /// The same ACE, limited to one extended right, property or class.
    #[must_use]
    pub fn limited_to(self, object_type: Guid) -> Self {
        Self { object_type: Some(object_type), ..self }
    }

    /// The same ACE, inherited by everything below.
    #[must_use]
    pub fn inheritable(self) -> Self {
        let flags = AceFlags { object_inherit: true, container_inherit: true, ..self.flags };
        Self { flags, ..self }
    }
}

impl SecurityDescriptor {
    /// The descriptor of an account of this domain as the directory creates it: its administrators
    /// and the system may do everything, whoever is authenticated may read.
    pub fn of_account(domain: Sid) -> Self {
        let administrators = domain.with_rid(super::sid::rid::DOMAIN_ADMINS);
        let read = AccessMask::READ_PROPERTY
            | AccessMask::LIST_CHILDREN
            | AccessMask::LIST_OBJECT
            | AccessMask::READ_CONTROL;
        Self {
            owner: Some(administrators),
            group: Some(administrators),
            dacl: Some(vec![
                Ace::allow(administrators, AccessMask::FULL_DIRECTORY_CONTROL),
                Ace::allow(Sid::LOCAL_SYSTEM, AccessMask::FULL_DIRECTORY_CONTROL),
                Ace::allow(Sid::AUTHENTICATED_USERS, read),
            ]),
            protected: false,
        }
    }

    /// Puts the list into canonical order: explicit before inherited, and of the explicit ones those
    /// that deny first. Inherited ones keep their order, nearest parent first, in which each parent's
    /// were canonical.
    pub fn make_canonical(&mut self) {
        let rank = |ace: &Ace| match (ace.flags.inherited, ace.kind) {
            (false, AceKind::Deny) => 0,
            (false, AceKind::Allow) => 1,
            (true, _) => 2,
        };
        if let Some(dacl) = &mut self.dacl {
            dacl.sort_by_key(rank);
        }
    }

    /// Whether an ACE of it denies something for one property or class alone.
    pub fn has_limited_denials(&self) -> bool {
        self.dacl.iter().flatten().any(|ace| ace.kind == AceKind::Deny && ace.object_type.is_some())
    }

    /// Whether an ACE of it is inherited by objects of one class alone.
    pub fn singles_out_a_class(&self) -> bool {
        self.dacl.iter().flatten().any(|ace| ace.inherited_object_type.is_some())
    }

    /// This descriptor of an object below `parent`: its own ACEs, in their order, then what the
    /// parent hands down, the nearest parent's first. What it had inherited before is replaced. A
    /// protected list stays as it is.
    ///
    /// `class` is the object's class, for ACEs that only one class inherits.
    #[must_use]
    pub fn inheriting(&self, parent: &Self, inheritor: Inheritor, class: Option<Guid>) -> Self {
        let mut child = self.clone();
        let (Some(dacl), Some(above)) = (&mut child.dacl, &parent.dacl) else { return child };
        if child.protected {
            return child;
        }
        dacl.retain(|ace| !ace.flags.inherited);
        for ace in above {
            let Some(handed_down) = hand_down(ace, inheritor, class) else { continue };
            let owner = match ace.trustee {
                Sid::CREATOR_OWNER => self.owner,
                Sid::CREATOR_GROUP => self.group,
                _ => None,
            };
            match owner.filter(|_| !handed_down.flags.inherit_only) {
                None => dacl.push(handed_down),
                Some(owner) => {
                    let own = AceFlags { inherited: true, ..AceFlags::default() };
                    dacl.push(Ace { trustee: owner, flags: own, ..handed_down });
                    if handed_down.flags.container_inherit || handed_down.flags.object_inherit {
                        let flags = AceFlags { inherit_only: true, ..handed_down.flags };
                        dacl.push(Ace { flags, ..handed_down });
                    }
                }
            }
        }
        child
    }
}

/// An ACE as an object below the one it stands on gets it (MS-DTYP §2.5.3.4).
fn hand_down(ace: &Ace, inheritor: Inheritor, class: Option<Guid>) -> Option<Ace> {
    let for_this_class = ace.inherited_object_type.is_none() || ace.inherited_object_type == class;
    let old = ace.flags;
    let counts_here = for_this_class
        && match inheritor {
            Inheritor::Container => old.container_inherit,
            Inheritor::Leaf => old.object_inherit,
        };
    let passes_on = inheritor == Inheritor::Container
        && !old.no_propagate
        && (old.container_inherit || old.object_inherit);
    if !counts_here && !passes_on {
        return None;
    }
    let flags = AceFlags {
        object_inherit: passes_on && old.object_inherit,
        container_inherit: passes_on && old.container_inherit,
        no_propagate: false,
        inherit_only: !counts_here,
        inherited: true,
    };
    Some(Ace { flags, ..*ace })
}
