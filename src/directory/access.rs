//! The access check: may whoever holds this token do that with this object (MS-DTYP §2.5.3.2).
//!
//! The entries are read in stored order and the list is never sorted, so a list that is not in
//! canonical order gives another answer, as in Windows. The answer names the entry that decided.

use super::{
    AccessMask, AccessToken, Ace, AceKind, GenericMapping, Guid, ImpersonationLevel, Privilege,
    SecurityDescriptor, Sid,
};

/// What is asked of an object.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    /// The rights, which may be generic ones or [`AccessMask::MAXIMUM_ALLOWED`].
    pub rights: AccessMask,
    /// What the rights are about, from the general to the particular: an extended right, or a
    /// property's set and the property. An entry that is limited to something counts only where that
    /// is named here; an unlimited one always counts. Empty where it is about the object as a whole.
    pub about: &'a [Guid],
    /// What generic rights mean for the object.
    pub mapping: GenericMapping,
    /// Whom the object stands for, where entries for SELF mean that one.
    pub principal: Option<Sid>,
}

impl AccessRequest<'_> {
    /// These rights on an object of the directory as a whole.
    pub fn directory(rights: AccessMask) -> Self {
        Self { rights, about: &[], mapping: GenericMapping::DIRECTORY, principal: None }
    }

    /// These rights on a file or a page.
    pub fn file(rights: AccessMask) -> Self {
        Self { rights, about: &[], mapping: GenericMapping::FILE, principal: None }
    }
}

impl<'a> AccessRequest<'a> {
    /// An extended right on an object of the directory.
    pub fn extended_right(right: &'a Guid) -> Self {
        Self { about: std::slice::from_ref(right), ..Self::directory(AccessMask::CONTROL_ACCESS) }
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessDecision {
    /// Whether all that was asked for is granted.
    pub allowed: bool,
    /// The rights that were granted; none of them counts where not all were.
    pub granted: AccessMask,
    /// The rights that no one granted or that were denied.
    pub missing: AccessMask,
    /// What decided.
    pub reason: AccessReason,
}

/// What decided an access check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessReason {
    /// This entry, at this place in the list: it granted the last right that was missing, or denied one.
    Ace {
        /// Its place, from 0.
        index: usize,
        /// The entry.
        ace: Ace,
    },
    /// No entry grants what is missing.
    NoAce,
    /// There is no list.
    NoList,
    /// The one who asks owns the object.
    Owner,
    /// The one who asks has this privilege.
    Privilege(Privilege),
    /// The privilege is missing, and nothing else would do.
    NoPrivilege(Privilege),
    /// Nothing was asked for.
    Nothing,
    /// The token's level does not allow to open anything.
    Level(ImpersonationLevel),
}

/// Whether this token may open the object with these rights: [`access_check`], and before it whether
/// the token may open anything at all.
pub fn open(
    descriptor: &SecurityDescriptor,
    token: &AccessToken,
    request: &AccessRequest<'_>,
) -> AccessDecision {
    if token.level < ImpersonationLevel::Impersonation {
        let missing = request.mapping.apply(request.rights);
        return AccessDecision {
            allowed: false,
            granted: AccessMask::NONE,
            missing,
            reason: AccessReason::Level(token.level),
        };
    }
    access_check(descriptor, token, request)
}

/// Whether this token has these rights on the object.
///
/// ```
/// use forestsim::directory::{AccessMask, AccessRequest, AccessToken, SecurityDescriptor, access_check};
/// let user = "S-1-5-21-1-2-3-1105".parse().unwrap();
/// let sales = "S-1-5-21-1-2-3-1200".parse().unwrap();
/// let token = AccessToken::new(user, [sales]);
/// let read = AccessRequest::file(AccessMask::GENERIC_READ);
/// let page = |text: &str| text.parse::<SecurityDescriptor>().unwrap();
/// assert!(access_check(&page("D:(A;;FR;;;S-1-5-21-1-2-3-1200)"), &token, &read).allowed);
/// let denied = page("D:(D;;FR;;;S-1-5-21-1-2-3-1105)(A;;FA;;;S-1-5-21-1-2-3-1200)");
/// assert!(!access_check(&denied, &token, &read).allowed);
/// ```
pub fn access_check(
    descriptor: &SecurityDescriptor,
    token: &AccessToken,
    request: &AccessRequest<'_>,
) -> AccessDecision {
    let rights = request.mapping.apply(request.rights);
    let mut walk = Walk {
        maximum: rights.contains(AccessMask::MAXIMUM_ALLOWED),
        pending: rights.without(AccessMask::MAXIMUM_ALLOWED),
        granted: AccessMask::NONE,
        denied: AccessMask::NONE,
        reason: AccessReason::Nothing,
    };
    if walk.pending.contains(AccessMask::ACCESS_SYSTEM_SECURITY)
        && !token.privileges.contains(&Privilege::Security)
    {
        return walk.refused(AccessReason::NoPrivilege(Privilege::Security));
    }
    let Some(dacl) = &descriptor.dacl else {
        walk.grant(rights | walk.of_maximum(request.mapping.all), AccessReason::NoList);
        return walk.outcome();
    };
    walk.take_privileges(token);
    let owns = descriptor.owner.is_some_and(|owner| token.holds(owner));
    let owner_entry = |ace: &Ace| ace.trustee == Sid::OWNER_RIGHTS && !ace.flags.inherit_only;
    if owns && !dacl.iter().any(owner_entry) {
        let implicit = AccessMask::READ_CONTROL | AccessMask::WRITE_DAC;
        walk.grant(walk.pending & implicit | walk.of_maximum(implicit), AccessReason::Owner);
    }
    for (index, ace) in dacl.iter().enumerate() {
        let mine = match ace.trustee {
            Sid::OWNER_RIGHTS => owns,
            Sid::PRINCIPAL_SELF => request.principal.is_some_and(|principal| token.holds(principal)),
            sid => token.holds(sid),
        };
        let about_this = ace.object_type.is_none_or(|object| request.about.contains(&object));
        if !mine || !about_this || ace.flags.inherit_only {
            continue;
        }
        // No entry grants what only a privilege does.
        let mask = request.mapping.apply(ace.mask).without(AccessMask::ACCESS_SYSTEM_SECURITY);
        let reason = AccessReason::Ace { index, ace: *ace };
        match ace.kind {
            AceKind::Allow => walk.grant(mask & (walk.pending | walk.of_maximum(!walk.denied)), reason),
            AceKind::Deny if walk.pending.meets(mask) => return walk.refused(reason),
            AceKind::Deny => walk.denied = walk.denied | mask.without(walk.granted),
        }
    }
    walk.outcome()
}

/// The state of a check while the list is read.
struct Walk {
    /// Whether to collect all that is to be had.
    maximum: bool,
    /// What is asked for and not yet granted.
    pending: AccessMask,
    granted: AccessMask,
    /// What was denied before it was granted; of use only where all that is to be had is collected.
    denied: AccessMask,
    reason: AccessReason,
}

impl Walk {
    /// These rights where all that is to be had is collected, else none.
    fn of_maximum(&self, rights: AccessMask) -> AccessMask {
        if self.maximum { rights } else { AccessMask::NONE }
    }

    fn grant(&mut self, rights: AccessMask, reason: AccessReason) {
        if !rights.without(self.granted).is_empty() {
            self.granted = self.granted | rights.without(AccessMask::MAXIMUM_ALLOWED);
            self.pending = self.pending.without(rights);
            self.reason = reason;
        }
    }

    fn take_privileges(&mut self, token: &AccessToken) {
        if token.privileges.contains(&Privilege::Security) {
            let wanted = self.pending & AccessMask::ACCESS_SYSTEM_SECURITY;
            self.grant(wanted, AccessReason::Privilege(Privilege::Security));
        }
        if token.privileges.contains(&Privilege::TakeOwnership) {
            let right = AccessMask::WRITE_OWNER;
            let wanted = self.pending & right | self.of_maximum(right);
            self.grant(wanted, AccessReason::Privilege(Privilege::TakeOwnership));
        }
    }

    fn refused(self, reason: AccessReason) -> AccessDecision {
        AccessDecision { allowed: false, granted: self.granted, missing: self.pending, reason }
    }

    fn outcome(self) -> AccessDecision {
        if !self.pending.is_empty() || (self.maximum && self.granted.is_empty()) {
            return self.refused(AccessReason::NoAce);
        }
        AccessDecision {
            allowed: true,
            granted: self.granted,
            missing: AccessMask::NONE,
            reason: self.reason,
        }
    }
}

impl AccessDecision {
    /// What the decision looked at, for reading: names and values. `name_of` gives a SID's name.
    pub fn facts(&self, name_of: impl Fn(Sid) -> String) -> Vec<(&'static str, String)> {
        let reason = match self.reason {
            AccessReason::Ace { index, ace } => {
                let verb = if ace.kind == AceKind::Allow { "allows" } else { "denies" };
                let origin = if ace.flags.inherited { "inherited" } else { "explicit" };
                let trustee = name_of(ace.trustee);
                format!("entry {} ({origin}) {verb} {} for {trustee}: {ace}", index + 1, ace.mask)
            }
            AccessReason::NoAce => "no entry grants it to this token".to_owned(),
            AccessReason::NoList => "there is no access control list, so everyone may".to_owned(),
            AccessReason::Owner => "the one who asks is the owner".to_owned(),
            AccessReason::Privilege(privilege) => format!("the privilege {privilege:?}"),
            AccessReason::NoPrivilege(privilege) => format!("the privilege {privilege:?} is missing"),
            AccessReason::Nothing => "nothing was asked for".to_owned(),
            AccessReason::Level(level) => format!("the token is good for {level:?} only"),
        };
        let mut facts = vec![("decided by", reason), ("granted", self.granted.to_string())];
        if !self.missing.is_empty() {
            facts.push(("missing", self.missing.to_string()));
        }
        facts
    }
}
