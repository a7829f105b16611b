//! How a web server of a domain learns who calls: by a Kerberos ticket (Negotiate, RFC 4559) or by
//! user name and password inside TLS (Basic, RFC 7617), which it has a domain controller verify.
//!
//! Either way a ticket to this server says who the caller is, so groups and the borders of trusts
//! count alike. What a caller may do is for others to decide.

use super::domain_member::DomainMember;
use crate::crypto::secret::Secret;
use crate::directory::{AccessToken, Sid};
use crate::name::Upn;
use crate::protocol::http::{Authorization, Request};
use crate::protocol::kerberos::TicketContent;

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name to which the ticket was issued.
    pub name: Upn,
    /// What the caller's ticket says of it.
    pub token: AccessToken,
}

/// Who sends this request to a server, by its Authorization header; why that is not known otherwise.
///
/// # Errors
/// Where there is no header, or what it says does not hold.
pub async fn caller(server: &DomainMember, request: &Request) -> Result<Caller, String> {
    match &request.authorization {
        None => Err("it comes without credentials".to_owned()),
        Some(Authorization::Negotiate(shown)) => {
            let (content, _) = server.accept(shown).map_err(|refused| refused.to_string())?;
            Ok(Caller::of(content))
        }
        Some(Authorization::Basic { user, password }) => by_password(server, user, password).await,
    }
}

/// Who has this name and password.
///
/// # Errors
/// Where no domain controller confirms it.
pub async fn by_password(server: &DomainMember, user: &str, password: &Secret) -> Result<Caller, String> {
    let user = Upn::new(user);
    let realm = user.suffix().unwrap_or_else(|| server.domain().clone());
    let content = server.verify(&user, &realm, password).await.map_err(|why| why.to_string())?;
    Ok(Caller::of(content))
}

impl Caller {
    /// Who holds this ticket, with the token that it makes on this machine.
    fn of(content: TicketContent) -> Self {
        let everyone = [Sid::EVERYONE, Sid::AUTHENTICATED_USERS];
        let token = AccessToken::new(content.pac.user, content.pac.sids().skip(1).chain(everyone));
        Self { name: content.client, token }
    }
}
