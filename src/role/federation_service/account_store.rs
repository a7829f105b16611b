//! The account store: Active Directory, as the account federation server uses it.
//!
//! AD FS example U3, first line: the certificate is mapped to an account, whose attributes are read
//! from Active Directory with LDAP. A password is validated with Kerberos; a certificate is looked
//! up by its mapping and the account's state checked by S4U2Self (domain page §5.1 A12, A13); someone
//! who is logged on to Windows brings a ticket (§5.2 B10). Either way the groups come from a ticket to
//! this server, which it opens with its own key.

use std::rc::Rc;

use super::issue::Person;
use crate::crypto::certificate::Certificate;
use crate::directory::{NtStatus, Sid, Win32Code};
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{ApReply, ApRequest, Pac, TicketContent};
use crate::protocol::ldap::{Entry, Filter, Search};
use crate::protocol::saml::{Claim, IdentityKind};
use crate::protocol::soap::{Credential, RstrStatus};
use crate::protocol::uri::{self, AuthenticationMethod};
use crate::role::claims::Windows;
use crate::role::directory_client::{DirectoryFailure, DirectorySession};
use crate::role::domain_member::{DomainMember, Unidentified};
use crate::role::judge::{Judge, Refused};
use crate::role::kerberos_client::KerberosFailure;
use crate::rule;
use crate::sim::Host;

const ATTRIBUTES: [&str; 3] = ["userPrincipalName", "mail", "displayName"];

/// What a federation server needs to use its domain as account store.
#[derive(Clone)]
pub struct AccountStoreConfig {
    /// Custom claims: each by its name, and the attribute of the account that holds its value.
    pub custom_claims: Vec<(String, String)>,
}

/// The account store of a running federation server: the domain that the server is joined to.
pub struct AccountStore {
    member: Rc<DomainMember>,
    /// Custom claims: each by its name, and the attribute of the account that holds its value.
    custom_claims: Vec<(String, String)>,
    host: Host,
    judge: Judge,
}

/// Why the account store does not vouch for a person: what the proxy is told (RSTR status and Win32
/// error code, MS-ADFSPP).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status:?}, error {error_code}")]
pub struct StoreFailure {
    /// The status.
    pub status: RstrStatus,
    /// The Win32 error code.
    pub error_code: Win32Code,
}

impl AccountStore {
    /// The account store of a server that is a member of the domain.
    pub fn new(config: AccountStoreConfig, member: Rc<DomainMember>, judge: &Judge) -> Self {
        let AccountStoreConfig { custom_claims } = config;
        Self { member, custom_claims, host: judge.host().clone(), judge: judge.clone() }
    }

    /// The person behind the credential, with the attributes that become claims.
    ///
    /// # Errors
    /// Where the directory does not accept the credential, or cannot be reached.
    pub async fn authenticate(
        &self,
        credential: &Credential,
        organization_claims: &[(String, Sid)],
    ) -> Result<Person, StoreFailure> {
        let mut directory = self.member.directory().connect().await?;
        let pac = match credential {
            Credential::Password { user, password } => {
                self.member.verify(&Upn::new(user), self.member.domain(), password).await?.pac
            }
            Credential::Certificate(certificate) => {
                let user = self.map(&mut directory, certificate).await?;
                self.member.identify(&user).await?
            }
        };
        self.read(directory, &pac, credential.method(), organization_claims).await
    }

    /// The domain whose accounts it has.
    pub fn domain(&self) -> &DnsName {
        self.member.domain()
    }

    /// Opens a ticket that a person shows to this server, and proves that it could.
    ///
    /// # Errors
    /// As [`DomainMember::accept`].
    pub fn accept(&self, shown: &ApRequest) -> Result<(TicketContent, ApReply), Refused> {
        self.member.accept(shown)
    }

    /// The person of a ticket that was accepted, with the attributes that become claims.
    ///
    /// # Errors
    /// Where the directory cannot be reached, or does not know the person.
    pub async fn describe(
        &self,
        pac: &Pac,
        organization_claims: &[(String, Sid)],
    ) -> Result<Person, StoreFailure> {
        let directory = self.member.directory().connect().await?;
        self.read(directory, pac, AuthenticationMethod::Windows, organization_claims).await
    }

    async fn read(
        &self,
        mut directory: DirectorySession,
        pac: &Pac,
        method: AuthenticationMethod,
        organization_claims: &[(String, Sid)],
    ) -> Result<Person, StoreFailure> {
        let entry = self.attributes(&mut directory, pac.user).await?;
        directory.close().await;
        Ok(Person {
            claims: claims_of(&entry, pac, organization_claims, &self.custom_claims),
            windows: Some(windows(pac)),
            authenticated: self.host.now(),
            method,
            source: uri::ACTIVE_DIRECTORY.to_owned(),
        })
    }

    /// The machine signs in to its domain.
    ///
    /// # Errors
    /// Where the domain does not let it.
    pub async fn sign_in_itself(&self) -> Result<(), StoreFailure> {
        Ok(self.member.sign_in().await?)
    }

    /// U3, first line, first half: the one account that the certificate is mapped to.
    async fn map(
        &self,
        directory: &mut DirectorySession,
        certificate: &Certificate,
    ) -> Result<Upn, StoreFailure> {
        let thumbprint = certificate.thumbprint();
        let filter = Filter::equals("altSecurityIdentities", thumbprint);
        let found = self.search(directory, filter).await?;
        let upn = match found.as_slice() {
            [only] => only.first("userPrincipalName").map(Upn::new),
            _ => None,
        };
        let facts = facts!["thumbprint" => thumbprint, "accounts" => found.len()];
        self.judge
            .require(
                &rule::CERTIFICATE_MAPS,
                certificate.subject().to_owned(),
                self.member.domain().to_string(),
                upn.is_some(),
                facts,
            )
            .map_err(|_| refused(Win32Code::LOGON_FAILURE))?;
        // A run that suspends the rule takes the name that the certificate itself claims.
        upn.or_else(|| certificate.upn().cloned()).ok_or(refused(Win32Code::LOGON_FAILURE))
    }

    /// U3, first line, second half: the attributes that become claims.
    async fn attributes(&self, directory: &mut DirectorySession, user: Sid) -> Result<Entry, StoreFailure> {
        let found = self.search(directory, Filter::equals("objectSid", user.to_string())).await?;
        found.into_iter().next().ok_or(refused(Win32Code::LOGON_FAILURE))
    }

    async fn search(
        &self,
        directory: &mut DirectorySession,
        filter: Filter,
    ) -> Result<Vec<Entry>, StoreFailure> {
        let custom = self.custom_claims.iter().map(|(_, attribute)| attribute.as_str());
        let search = Search::subtree(self.member.base(), filter).only(ATTRIBUTES.into_iter().chain(custom));
        Ok(directory.search(search).await?.entries)
    }
}

/// Organization claims: names and custom claims from the directory's attributes, groups from the SIDs
/// of the ticket. What the account does not have, it does not claim.
fn claims_of(
    entry: &Entry,
    pac: &Pac,
    organization_claims: &[(String, Sid)],
    custom_claims: &[(String, String)],
) -> Vec<Claim> {
    let names = [
        (IdentityKind::Upn, "userPrincipalName"),
        (IdentityKind::Email, "mail"),
        (IdentityKind::CommonName, "displayName"),
    ];
    let name = |(kind, attribute)| Some(Claim::identity(kind, entry.first(attribute)?));
    let mut claims: Vec<Claim> = names.into_iter().filter_map(name).collect();
    let groups: Vec<Sid> = pac.sids().collect();
    for (claim, group) in organization_claims {
        let claim = Claim::group(claim);
        if groups.contains(group) && !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    let custom = |(claim, attribute): &(String, String)| Some(Claim::new(claim, entry.first(attribute)?));
    claims.extend(custom_claims.iter().filter_map(custom));
    claims
}

/// The SIDs that may travel: the account's own and its global and universal groups, never a
/// domain-local one (MS-MWBE <15>).
fn windows(pac: &Pac) -> Windows {
    let travelling = std::iter::once(&pac.user).chain(&pac.groups).chain(&pac.extra_sids);
    Windows {
        user: pac.user,
        name: format!("{}\\{}", pac.netbios, pac.user_name),
        sids: travelling.copied().collect(),
    }
}

impl From<KerberosFailure> for StoreFailure {
    fn from(failure: KerberosFailure) -> Self {
        match failure {
            KerberosFailure::Refused(error) => {
                refused(error.status.unwrap_or(NtStatus::WRONG_PASSWORD).win32())
            }
            KerberosFailure::Unreachable(_) | KerberosFailure::Unusable(_) => no_logon_servers(),
        }
    }
}

impl From<Unidentified> for StoreFailure {
    fn from(failure: Unidentified) -> Self {
        match failure {
            Unidentified::NoTicket(failure) => failure.into(),
            Unidentified::TicketClosed(_) => refused(Win32Code::LOGON_FAILURE),
        }
    }
}

impl From<DirectoryFailure> for StoreFailure {
    fn from(failure: DirectoryFailure) -> Self {
        match failure {
            DirectoryFailure::NoTicket(failure) => failure.into(),
            DirectoryFailure::Unreachable(_) | DirectoryFailure::Refused { .. } => no_logon_servers(),
        }
    }
}

fn refused(error_code: Win32Code) -> StoreFailure {
    StoreFailure { status: RstrStatus::NoAcceptableCredential, error_code }
}

fn no_logon_servers() -> StoreFailure {
    StoreFailure { status: RstrStatus::ValidationFailure, error_code: Win32Code::NO_LOGON_SERVERS }
}
