//! A security token of somebody's own making, signed with a stolen key (known as Golden SAML).
//!
//! Whoever has a federation server's private key needs no federation server: a token is a text and a
//! signature. Nothing is asked of anybody, so nobody else has anything in a log.

use serde::{Deserialize, Serialize};

use crate::crypto::certificate::{Certificate, Identity};
use crate::directory::Sid;
use crate::protocol::saml::{
    Advice, Assertion, Claim, IdentityKind, PackedSids, SidFlags, Subject, UniqueId, UnwritableAssertion,
    rstr, sign,
};
use crate::protocol::uri::AuthenticationMethod;
use crate::sim::Host;
use crate::time::Span;

use super::claims::Windows;

/// What a forged token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Forgery {
    /// The AssertionID, where it matters to the forger.
    pub id: Option<UniqueId>,
    /// The realm in whose name it is issued.
    pub issuer: String,
    /// Whom it is for.
    pub audience: String,
    /// The user principal name of the person that it is about.
    pub subject: String,
    /// Its group claims.
    pub groups: Vec<String>,
    /// The account that it speaks of, by SID and by name, and the SIDs that it carries.
    pub windows: Option<(Sid, String, Vec<Sid>)>,
    /// How long it is good, from now.
    pub lifetime: Span,
    /// The certificate that it shows, where that is not the one of the key.
    pub shows: Option<Certificate>,
}

impl Forgery {
    /// The response that carries the token, written on this host and signed with this key.
    ///
    /// # Errors
    /// Where it holds what cannot stand in a token.
    pub fn write(&self, host: &Host, thief: &Identity) -> Result<String, UnwritableAssertion> {
        let now = host.now().whole_second();
        let id = self.id.clone();
        let windows = self.windows.clone().map(|(user, name, sids)| Windows { user, name, sids });
        let assertion = Assertion {
            id: id.unwrap_or_else(|| UniqueId::random(&mut host.random("forged assertion ids"))),
            issuer: self.issuer.clone(),
            issued: now,
            not_before: now,
            not_on_or_after: now + self.lifetime,
            audience: self.audience.clone(),
            advice: windows.map(|windows| advice(&windows)).unwrap_or_default(),
            authenticated: now,
            method: AuthenticationMethod::Password,
            subject: Subject { kind: IdentityKind::Upn, name: self.subject.clone() },
            claims: self.groups.iter().map(Claim::group).collect(),
        };
        let shown = self.shows.as_ref().unwrap_or(&thief.chain[0]);
        Ok(rstr::write(&sign(&assertion, &thief.key, shown)?, &self.audience))
    }
}

fn advice(windows: &Windows) -> Advice {
    Advice {
        windows_identifiers: PackedSids::new(SidFlags::default(), windows.sids.iter().copied()),
        windows_user_identifier: Some(windows.user),
        windows_user_name: Some(windows.name.clone()),
        ..Advice::default()
    }
}
