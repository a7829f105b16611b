//! The account store: Active Directory, as the account federation server uses it.
//!
//! AD FS example U3, first line: the certificate is mapped to an account, whose attributes are read
//! from Active Directory with LDAP. A password is validated with Kerberos; a certificate is looked
//! up by its mapping and the account's state checked by S4U2Self (domain page §5.1 A12, A13). Either
//! way the groups come from a ticket to this server, which it opens with its own key.

use std::cell::RefCell;

use super::issue::Person;
use crate::crypto::certificate::Certificate;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::{DistinguishedName, NtStatus, Sid, Win32Code};
use crate::facts;
use crate::name::{DnsName, Upn};
use crate::protocol::kerberos::{Pac, Ticket};
use crate::protocol::ldap::{self, BindMechanism, Entry, Filter, LdapReply, LdapRequest, Search};
use crate::protocol::saml::{Claim, IdentityKind};
use crate::protocol::soap::{Credential, RstrStatus};
use crate::protocol::uri;
use crate::role::claims::Windows;
use crate::role::dial::Dialer;
use crate::role::judge::Judge;
use crate::role::kerberos_client::{Credentials, KerberosClient, KerberosFailure, LongTerm};
use crate::rule;
use crate::sim::{Channel, Host};

const LDAP_PORT: u16 = 389;
const ATTRIBUTES: [&str; 3] = ["userPrincipalName", "mail", "displayName"];

/// What a federation server needs to use its domain as account store.
#[derive(Clone)]
pub struct AccountStoreConfig {
    /// The domain.
    pub domain: DnsName,
    /// The federation server's own account in it.
    pub account: Upn,
    /// The key of that account, shared with the domain.
    pub key: SymmetricKey,
    /// A service principal name of that account: tickets to it tell this server who someone is.
    pub service: String,
    /// Custom claims: each by its name, and the attribute of the account that holds its value.
    pub custom_claims: Vec<(String, String)>,
    /// The directory's service principal name, for the bind.
    pub directory: String,
}

/// The account store of a running federation server.
pub struct AccountStore {
    config: AccountStoreConfig,
    host: Host,
    judge: Judge,
    dialer: Dialer,
    kerberos: KerberosClient,
    own: RefCell<Option<Credentials>>,
    directory: RefCell<Option<Credentials>>,
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
    /// The account store behind this configuration.
    pub fn new(config: AccountStoreConfig, judge: &Judge, dialer: &Dialer) -> Self {
        let host = judge.host().clone();
        let kerberos = KerberosClient::new(&host, dialer);
        Self {
            config,
            host,
            judge: judge.clone(),
            dialer: dialer.clone(),
            kerberos,
            own: RefCell::default(),
            directory: RefCell::default(),
        }
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
        let own = self.sign_in_itself().await?;
        let mut directory = self.bind(&own).await?;
        let proof = match credential {
            Credential::Password { user, password } => {
                let user = Upn::new(user);
                let realm = &self.config.domain;
                let granting = self.kerberos.sign_in(&user, realm, LongTerm::Password(password)).await?;
                self.kerberos.service_ticket(&granting, &self.config.service).await?
            }
            Credential::Certificate(certificate) => {
                let user = self.map(&mut directory, certificate).await?;
                self.kerberos.ticket_for_user(&own, &self.config.service, &user).await?
            }
        };
        let pac = self.open(&proof.ticket)?;
        let entry = self.attributes(&mut directory, pac.user).await?;
        // The directory needs no answer to a farewell.
        let _ = directory.send(&LdapRequest::Unbind).await;
        Ok(Person {
            claims: claims_of(&entry, &pac, organization_claims, &self.config.custom_claims),
            windows: Some(windows(&pac)),
            authenticated: self.host.now(),
            method: credential.method(),
            source: uri::ACTIVE_DIRECTORY.to_owned(),
        })
    }

    /// This server's own ticket-granting ticket, obtained when the service starts and kept until it
    /// ends.
    pub async fn sign_in_itself(&self) -> Result<Credentials, StoreFailure> {
        if let Some(kept) = self.still_good(&self.own) {
            return Ok(kept);
        }
        let key = LongTerm::Key(&self.config.key);
        let granting = self.kerberos.sign_in(&self.config.account, &self.config.domain, key).await?;
        *self.own.borrow_mut() = Some(granting.clone());
        Ok(granting)
    }

    fn still_good(&self, kept: &RefCell<Option<Credentials>>) -> Option<Credentials> {
        kept.borrow().clone().filter(|ticket| self.host.now() < ticket.part.end)
    }

    /// The authenticated bind (domain page §5.1 step A13).
    async fn bind(&self, own: &Credentials) -> Result<Channel, StoreFailure> {
        let ticket = match self.still_good(&self.directory) {
            Some(kept) => kept,
            None => self.kerberos.service_ticket(own, &self.config.directory).await?,
        };
        *self.directory.borrow_mut() = Some(ticket.clone());
        let mut channel =
            self.dialer.connect(&self.config.domain, LDAP_PORT).await.map_err(|_| no_logon_servers())?;
        let bind = LdapRequest::Bind { mechanism: BindMechanism::Kerberos(self.kerberos.show(&ticket)) };
        match self.dialer.converse(&mut channel, &bind).await {
            Ok(LdapReply::Bind { code: ldap::SUCCESS, .. }) => Ok(channel),
            _ => Err(no_logon_servers()),
        }
    }

    /// U3, first line, first half: the one account that the certificate is mapped to.
    async fn map(&self, directory: &mut Channel, certificate: &Certificate) -> Result<Upn, StoreFailure> {
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
                self.config.domain.to_string(),
                upn.is_some(),
                facts,
            )
            .map_err(|_| refused(Win32Code::LOGON_FAILURE))?;
        // A run that suspends the rule takes the name that the certificate itself claims.
        upn.or_else(|| certificate.upn().cloned()).ok_or(refused(Win32Code::LOGON_FAILURE))
    }

    /// U3, first line, second half: the attributes that become claims.
    async fn attributes(&self, directory: &mut Channel, user: Sid) -> Result<Entry, StoreFailure> {
        let found = self.search(directory, Filter::equals("objectSid", user.to_string())).await?;
        found.into_iter().next().ok_or(refused(Win32Code::LOGON_FAILURE))
    }

    async fn search(&self, directory: &mut Channel, filter: Filter) -> Result<Vec<Entry>, StoreFailure> {
        let base = DistinguishedName::of_domain(&self.config.domain);
        let custom = self.config.custom_claims.iter().map(|(_, attribute)| attribute.as_str());
        let search = Search::subtree(base, filter).only(ATTRIBUTES.into_iter().chain(custom));
        match self.dialer.converse(directory, &LdapRequest::Search(search)).await {
            Ok(LdapReply::Search { code: ldap::SUCCESS, entries, .. }) => Ok(entries),
            _ => Err(no_logon_servers()),
        }
    }

    fn open(&self, ticket: &Ticket) -> Result<Pac, StoreFailure> {
        let opened = ticket.open(&self.config.key);
        let facts = match &opened {
            Ok(content) => facts!["client" => content.client, "until" => content.end],
            Err(why) => facts!["why" => why],
        };
        self.judge
            .require(&rule::KERBEROS_TICKET, "a ticket", self.config.service.clone(), opened.is_ok(), facts)
            .map_err(|_| refused(Win32Code::LOGON_FAILURE))?;
        opened.map(|content| content.pac).map_err(|_| refused(Win32Code::LOGON_FAILURE))
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

fn refused(error_code: Win32Code) -> StoreFailure {
    StoreFailure { status: RstrStatus::NoAcceptableCredential, error_code }
}

fn no_logon_servers() -> StoreFailure {
    StoreFailure { status: RstrStatus::ValidationFailure, error_code: Win32Code::NO_LOGON_SERVERS }
}
