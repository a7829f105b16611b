//! The trust policy of a federation service: whom it knows, and on what terms.
//!
//! The terms are the product's (domain page §1): an *account partner* is one whose users it lets
//! in, a *resource partner* one to which it sends its own users, an *application* one of its own.
//! Account side and resource side are one role; the policy alone tells them apart.

use serde::{Deserialize, Serialize};

use crate::directory::Sid;
use crate::name::DnsName;
use crate::protocol::soap::PolicyVersion;
use crate::protocol::uri::AuthenticationMethod;
use crate::protocol::url::Url;
use crate::role::claims::ClaimMapping;
use crate::role::revocation::RevocationChecking;
use crate::time::Span;

/// Default lifetime of issued tokens (domain page §3.2; MS-MWBF <90> says eight hours).
pub const TOKEN_LIFETIME: Span = Span::minutes(60);
/// Default lifetime of the federation service's own cookie (domain page §3.2).
pub const COOKIE_LIFETIME: Span = Span::minutes(600);
/// Lifetime of the cookie that remembers the account partner (domain page §3.1).
pub const PARTNER_COOKIE_LIFETIME: Span = Span::days(PARTNER_COOKIE_DAYS as i64);
/// The same in days, as proxies are told.
pub const PARTNER_COOKIE_DAYS: u32 = 30;

/// What a federation service knows and allows.
#[derive(Debug, Clone)]
pub struct TrustPolicy {
    /// Which policy it is, and how often it has been changed.
    pub version: PolicyVersion,
    /// Its own realm URI.
    pub realm: String,
    /// The URL of its passive endpoint.
    pub address: Url,
    /// Those whose users it lets in.
    pub account_partners: Vec<AccountPartner>,
    /// Those to whom it sends its users.
    pub resource_partners: Vec<ResourcePartner>,
    /// Its own applications.
    pub applications: Vec<Application>,
    /// Thumbprints of the client certificates of its proxies.
    pub proxies: Vec<String>,
    /// Organization group claims: the claim's name and the group that has it.
    pub organization_claims: Vec<(String, Sid)>,
    /// How far the signers of tokens are checked for revocation.
    pub revocation: RevocationChecking,
    /// Organization claims and the group of the own domain that whoever has one belongs to.
    pub resource_groups: Vec<(String, String)>,
    /// Whether it takes each token only once; AD FS 1.x does not (domain page §3.5).
    pub replay_cache: bool,
    /// How long its own cookie is good.
    pub cookie_lifetime: Span,
    /// How people can prove to it who they are, where no proxy asks for it; the first counts where a
    /// request says nothing.
    pub sign_in: Vec<AuthenticationMethod>,
}

/// Where a partner's people are found in the resource forest, when no SIDs come with them (domain page
/// §1, resource-side account mapping).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceAccounts {
    /// All of them have accounts there.
    All,
    /// Some have: an account comes before a group.
    PreferAccounts,
    /// Some have: a group comes before an account.
    PreferGroups,
    /// None of them has: only groups count.
    None,
}

/// An account partner (TrustedRealm).
#[derive(Debug, Clone)]
pub struct AccountPartner {
    /// Its name in the policy.
    pub name: String,
    /// Its title on the discovery page.
    pub title: String,
    /// Its realm URI.
    pub realm: String,
    /// Where its users sign in: the proxy's name where there is one.
    pub address: Url,
    /// Thumbprints of the certificates it may sign with.
    pub verification: Vec<String>,
    /// The suffixes of the names it may assert.
    pub suffixes: Vec<DnsName>,
    /// The suffixes of the e-mail addresses it may assert.
    pub email_suffixes: Vec<DnsName>,
    /// The domain whose SIDs count, where the Windows trust is used for this partner.
    pub windows_trust: Option<DnsName>,
    /// Incoming claims and what they become here.
    pub incoming_claims: ClaimMapping,
    /// Where its people are found in the resource forest, when no SIDs come with them.
    pub resource_accounts: ResourceAccounts,
    /// Organization claims and the user principal name of the account that whoever has one shares.
    pub group_to_upn: Vec<(String, String)>,
    /// Whether it is switched on.
    pub enabled: bool,
}

/// A resource partner (TrustingRealm).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResourcePartner {
    /// Its name in the policy.
    pub name: String,
    /// Its realm URI.
    pub realm: String,
    /// Where tokens for it are posted.
    pub address: Url,
    /// Whether SIDs travel in tokens for it ("Use Windows trust relationship for this partner").
    pub windows_trust: bool,
    /// Organization claims and what they become on the wire; others stay at home.
    pub outgoing_claims: ClaimMapping,
    /// How long tokens for it live.
    pub token_lifetime: Span,
    /// Whether it is switched on.
    pub enabled: bool,
}

/// An application of the federation service's own side (TrustingResource).
#[derive(Debug, Clone)]
pub struct Application {
    /// Its address, which is also the audience of its tokens.
    pub address: Url,
    /// The organization claims that are enabled for it.
    pub claims: ClaimMapping,
    /// Whether it is given SIDs, for a Windows token.
    pub windows_token: bool,
    /// How long tokens for it live.
    pub token_lifetime: Span,
}

/// Where integrated authentication is done, below the passive endpoint (domain page §1).
const INTEGRATED: &str = "auth/integrated/";

impl TrustPolicy {
    /// The page for integrated authentication; its path is the endpoint's, and then some.
    pub fn integrated_page(&self) -> Url {
        self.address.with_path(&format!("{}/{INTEGRATED}", self.address.path().trim_end_matches('/')))
    }

    /// The application at this address: the host compares without regard to case, the path with
    /// regard to it (domain page §5.1 step A5).
    pub fn application(&self, address: &Url) -> Option<&Application> {
        self.applications.iter().find(|application| {
            application.address.origin() == address.origin() && application.address.path() == address.path()
        })
    }

    /// The account partner of this realm.
    pub fn account_partner(&self, realm: &str) -> Option<&AccountPartner> {
        self.account_partners.iter().find(|partner| partner.realm == realm)
    }

    /// The resource partner of this realm.
    pub fn resource_partner(&self, realm: &str) -> Option<&ResourcePartner> {
        self.resource_partners.iter().find(|partner| partner.realm == realm)
    }
}
