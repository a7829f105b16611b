//! The AD FS roles of a topology: federation servers, proxies and Web servers.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rand_core::Rng;

use super::directory::{machine_key, own_service};
use super::{DeployError, Deployment};
use crate::crypto::chain::TrustAnchors;
use crate::crypto::random;
use crate::directory::Guid;
use crate::name::{DnsName, HostName, Upn};
use crate::protocol::saml::{Claim, IdentityKind};
use crate::protocol::soap::PolicyVersion;
use crate::protocol::uri::AuthenticationMethod;
use crate::protocol::url::Url;
use crate::role::claims::ClaimMapping;
use crate::role::domain_member::Membership;
use crate::role::federation_service::account_store::AccountStoreConfig;
use crate::role::federation_service::policy::{
    AccountPartner, Application, COOKIE_LIFETIME, ResourceAccounts, ResourcePartner, TOKEN_LIFETIME,
    TrustPolicy,
};
use crate::role::federation_service::{FederationService, FederationServiceConfig};
use crate::role::federation_service_proxy::{FederationServiceProxy, ProxyConfig, SignIn};
use crate::role::revocation::RevocationChecking;
use crate::scenario::{self, At, RevocationCheck, WebAddress, federation};

/// Where a federation service takes SOAP (domain page §1).
const SOAP_PATH: &str = "/adfs/fs/federationserverservice.asmx";

impl Deployment<'_> {
    pub(super) fn federation_service(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::FederationService,
    ) -> Result<FederationService, DeployError> {
        let custom_claims: Vec<_> = mapping(&written.custom_claims).into_iter().collect();
        let store = written.account_store.as_ref().map(|_| AccountStoreConfig { custom_claims });
        let domain = written.account_store.as_ref().or(host.joined.as_ref());
        let accepts = self.proxy_authorities(written)?;
        let config = FederationServiceConfig {
            server: self.keys.identity(&written.certificate)?,
            token_signing: self.keys.identity(&written.token_signing)?,
            proxy_authorities: accepts,
            roots: self.keys.anchors(&host.trusts)?,
            membership: domain.map(|domain| self.membership(name, domain)),
            store,
            windows_trusts: uses_windows_trusts(written),
            policy: self.trust_policy(name, written)?,
        };
        Ok(FederationService::new(config, &self.suspended))
    }

    /// The authorities whose client certificates the federation server asks for: those that are
    /// written, else those that issued its proxies' certificates.
    fn proxy_authorities(
        &self,
        written: &scenario::FederationService,
    ) -> Result<Option<Rc<TrustAnchors>>, DeployError> {
        let named = |name: &At<String>| self.topology.certificates.get(name.as_str())?.authority().cloned();
        let accepts = match written.accepts.as_slice() {
            [] => written.proxies.iter().filter_map(named).collect(),
            written => written.to_vec(),
        };
        if accepts.is_empty() { Ok(None) } else { Ok(Some(self.keys.anchors(&accepts)?)) }
    }

    /// What a machine knows of a domain that it is joined to.
    pub(super) fn membership(&self, name: &HostName, domain: &DnsName) -> Membership {
        Membership {
            domain: domain.clone(),
            account: Upn::new(format!("{name}$@{domain}")),
            key: machine_key(self.seed, name),
            service: own_service(name, domain),
        }
    }

    fn trust_policy(
        &self,
        name: &HostName,
        written: &scenario::FederationService,
    ) -> Result<TrustPolicy, DeployError> {
        let mut policy = TrustPolicy {
            version: first_version(self.seed, name),
            realm: written.realm.value.clone(),
            address: url(&written.address)?,
            account_partners: Vec::new(),
            resource_partners: Vec::new(),
            applications: Vec::new(),
            proxies: self.keys.thumbprints(&written.proxies)?,
            organization_claims: Vec::new(),
            revocation: revocation(written.revocation),
            resource_groups: written
                .resource_groups
                .iter()
                .map(|(claim, group)| (claim.value.clone(), group.name.clone()))
                .collect(),
            replay_cache: written.replay_cache,
            cookie_lifetime: written.cookie_lifetime.as_ref().map_or(COOKIE_LIFETIME, |span| span.value.0),
            sign_in: sign_in(written),
        };
        for (name, partner) in &written.account_partners {
            policy.account_partners.push(self.account_partner(name, partner)?);
        }
        for (name, partner) in &written.resource_partners {
            policy.resource_partners.push(resource_partner(name, partner)?);
        }
        for application in written.applications.values().filter(|application| application.enabled) {
            policy.applications.push(Application {
                address: url(&application.address)?,
                claims: enabled_claims(application),
                windows_token: application.kind == scenario::ApplicationKind::WindowsToken,
                token_lifetime: lifetime(&application.token_lifetime),
            });
        }
        if let Some(domain) = &written.account_store {
            for (claim, groups) in &written.organization_claims {
                for group in groups {
                    policy
                        .organization_claims
                        .push((claim.value.clone(), self.directories.sid(domain, group)?));
                }
            }
        }
        Ok(policy)
    }

    fn account_partner(
        &self,
        name: &str,
        partner: &scenario::AccountPartner,
    ) -> Result<AccountPartner, DeployError> {
        Ok(AccountPartner {
            name: name.to_owned(),
            title: partner.title.clone(),
            realm: partner.realm.value.clone(),
            address: url(&partner.address)?,
            verification: self.keys.thumbprints(&partner.verification)?,
            suffixes: partner.suffixes.iter().map(|suffix| suffix.value.clone()).collect(),
            windows_trust: partner.windows_trust.as_ref().map(|domain| domain.value.clone()),
            email_suffixes: partner
                .email_suffixes
                .as_ref()
                .unwrap_or(&partner.suffixes)
                .iter()
                .map(|suffix| suffix.value.clone())
                .collect(),
            incoming_claims: ClaimMapping {
                groups: mapping(&partner.incoming_claims),
                custom: mapping(&partner.incoming_custom_claims),
                ..ClaimMapping::names()
            },
            resource_accounts: match partner.resource_accounts {
                federation::ResourceAccounts::All => ResourceAccounts::All,
                federation::ResourceAccounts::PreferAccounts => ResourceAccounts::PreferAccounts,
                federation::ResourceAccounts::PreferGroups => ResourceAccounts::PreferGroups,
                federation::ResourceAccounts::None => ResourceAccounts::None,
            },
            group_to_upn: partner
                .group_to_upn
                .iter()
                .map(|(claim, upn)| (claim.value.clone(), upn.to_string()))
                .collect(),
            enabled: partner.enabled,
        })
    }

    pub(super) fn federation_service_proxy(
        &self,
        host: &scenario::Host,
        written: &scenario::FederationServiceProxy,
    ) -> Result<FederationServiceProxy, DeployError> {
        let config = ProxyConfig {
            federation_service: soap(&written.federation_service)?,
            server: self.keys.identity(&written.certificate)?,
            client: self.keys.identity(&written.client_certificate)?,
            sign_in: match written.sign_in {
                federation::ProxySignIn::Certificate => SignIn::Certificate,
                federation::ProxySignIn::Forms => SignIn::Forms,
            },
            accepts: self.keys.anchors(&written.accepts)?,
            revocation: revocation(written.revocation),
            roots: self.keys.anchors(&host.trusts)?,
        };
        Ok(FederationServiceProxy::new(config, &self.suspended))
    }
}

fn revocation(written: RevocationCheck) -> RevocationChecking {
    match written {
        RevocationCheck::None => RevocationChecking::None,
        RevocationCheck::ChainExcludeRoot | RevocationCheck::EndCertificate => {
            RevocationChecking::ChainExcludeRoot
        }
    }
}

/// How people prove to the federation server who they are: as it is written, else by form where no
/// proxy stands before it.
fn sign_in(written: &scenario::FederationService) -> Vec<AuthenticationMethod> {
    let method = |method: &At<federation::ServiceSignIn>| match method.value {
        federation::ServiceSignIn::Integrated => AuthenticationMethod::Windows,
        federation::ServiceSignIn::Forms => AuthenticationMethod::Password,
    };
    match &written.sign_in {
        Some(written) => written.iter().map(method).collect(),
        None if written.proxies.is_empty() => vec![AuthenticationMethod::Password],
        None => Vec::new(),
    }
}

fn lifetime(written: &Option<At<scenario::Duration>>) -> crate::time::Span {
    written.as_ref().map_or(TOKEN_LIFETIME, |duration| duration.value.0)
}

/// A resource partner as a topology, or an administrator, describes it.
pub fn resource_partner(
    name: &str,
    written: &scenario::ResourcePartner,
) -> Result<ResourcePartner, DeployError> {
    Ok(ResourcePartner {
        name: name.to_owned(),
        realm: written.realm.value.clone(),
        address: url(&written.address)?,
        windows_trust: written.windows_trust,
        outgoing_claims: ClaimMapping {
            identity: identity(&written.identity_claims),
            upn_suffix: written.upn_suffix.as_ref().map(|suffix| suffix.value.clone()),
            email_suffix: written.email_suffix.as_ref().map(|suffix| suffix.value.clone()),
            groups: mapping(&written.outgoing_claims),
            custom: mapping(&written.outgoing_custom_claims),
        },
        token_lifetime: lifetime(&written.token_lifetime),
        enabled: written.enabled,
    })
}

/// What is enabled for an application goes to it under the names that it has here.
fn enabled_claims(written: &federation::TrustedApplication) -> ClaimMapping {
    let same: BTreeMap<String, String> =
        written.claims.iter().map(|claim| (claim.value.clone(), claim.value.clone())).collect();
    let identity = identity(&written.identity_claims);
    ClaimMapping { identity, groups: same.clone(), custom: same, ..ClaimMapping::default() }
}

fn identity(written: &Option<Vec<federation::IdentityClaim>>) -> BTreeSet<IdentityKind> {
    let Some(written) = written else { return IdentityKind::ALL.into() };
    let kinds = written.iter().map(|claim| match claim {
        federation::IdentityClaim::Upn => IdentityKind::Upn,
        federation::IdentityClaim::Email => IdentityKind::Email,
        federation::IdentityClaim::CommonName => IdentityKind::CommonName,
    });
    kinds.collect()
}

/// The claims that a claims-aware application admits.
pub(super) fn admitted(written: &scenario::Application) -> Vec<Claim> {
    let groups = written.admits.iter().map(|claim| Claim::group(&claim.value));
    let custom = written.admits_custom.iter();
    let custom =
        custom.flat_map(|(name, values)| values.iter().map(|value| Claim::new(&name.value, &value.value)));
    groups.chain(custom).collect()
}

/// The version of a trust policy that nobody has changed yet.
fn first_version(seed: u64, host: &HostName) -> PolicyVersion {
    let mut digits = [0; 16];
    random::stream(seed, host.as_str(), "trust policy").fill_bytes(&mut digits);
    PolicyVersion { guid: Guid::new(u128::from_be_bytes(digits)), version: 1 }
}

/// What is written as a mapping.
pub fn mapping(written: &scenario::Entries<String, At<String>>) -> BTreeMap<String, String> {
    written.iter().map(|(from, to)| (from.value.clone(), to.value.clone())).collect()
}

/// A web address of the file as the protocols have it.
pub(super) fn url(address: &At<WebAddress>) -> Result<Url, DeployError> {
    address
        .as_str()
        .parse()
        .map_err(|why: crate::protocol::url::UrlError| DeployError::Address(why.to_string()))
}

pub(super) fn soap(address: &At<WebAddress>) -> Result<Url, DeployError> {
    Ok(url(address)?.with_path(SOAP_PATH))
}

/// Whether a federation service looks at the trusts of its domain.
fn uses_windows_trusts(written: &scenario::FederationService) -> bool {
    let mut partners = written.account_partners.values();
    partners.any(|partner| partner.windows_trust.is_some()) || !written.resource_groups.is_empty()
}
