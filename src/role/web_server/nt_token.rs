//! From a security token to a Windows NT token.
//!
//! The Web agent takes the SIDs of the token's advice first (domain page §5.4); no domain
//! controller of either forest is asked (inference). Where no SIDs came, it would have to obtain a
//! token for the UPN by S4U2Self, and over the one-way trust no path leads from this server's
//! domain to the user's, so there is none (domain page §0.3).

use crate::directory::{AccessToken, ImpersonationLevel, Sid};
use crate::protocol::saml::Assertion;
use crate::role::claims::Windows;

/// The impersonation token of the person, where the security token brings SIDs.
pub fn build(assertion: &Assertion) -> Option<AccessToken> {
    let windows = Windows::of(assertion)?;
    let added = [Sid::EVERYONE, Sid::AUTHENTICATED_USERS, Sid::NETWORK, Sid::THIS_ORGANIZATION];
    let groups = windows.sids.into_iter().filter(|sid| *sid != windows.user).chain(added);
    Some(AccessToken::new(windows.user, groups))
}

/// The token of nobody, who belongs to no group.
pub fn anonymous() -> AccessToken {
    AccessToken { level: ImpersonationLevel::Anonymous, ..AccessToken::new(Sid::new(5, &[7]), []) }
}
