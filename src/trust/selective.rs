//! Selective authentication: over a trust that asks for it, being known is not enough; each server
//! must allow the person to authenticate to it (domain page §6.6).

use std::collections::BTreeSet;

use super::{TrustAttributes, TrustRecord};
use crate::directory::{
    AccessDecision, AccessRequest, AccessToken, Guid, SecurityDescriptor, Sid, access_check,
};

/// Marks the SIDs of someone who comes over this trust: Other Organization where the trust is
/// selective. Whoever carries that mark already keeps it.
pub fn mark(record: &TrustRecord, sids: &mut Vec<Sid>) {
    if record.attributes.contains(TrustAttributes::CROSS_ORGANIZATION) {
        sids.retain(|sid| *sid != Sid::THIS_ORGANIZATION);
        if !sids.contains(&Sid::OTHER_ORGANIZATION) {
            sids.push(Sid::OTHER_ORGANIZATION);
        }
    }
}

/// Whether someone with these SIDs has the right Allowed-To-Authenticate on the account of the
/// server that they want to reach; none where nobody asks, as they came over no selective trust.
pub fn may_authenticate(
    server: &SecurityDescriptor,
    user: Sid,
    sids: &BTreeSet<Sid>,
) -> Option<AccessDecision> {
    if !sids.contains(&Sid::OTHER_ORGANIZATION) {
        return None;
    }
    let everyone = [Sid::EVERYONE, Sid::AUTHENTICATED_USERS];
    let token = AccessToken::new(user, sids.iter().copied().chain(everyone));
    let right = Guid::ALLOWED_TO_AUTHENTICATE;
    Some(access_check(server, &token, &AccessRequest::extended_right(&right)))
}
