//! What federation servers, their proxies and web servers are told by their administrators.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::domain::yes;
use super::value::{Duration, Principal, WebAddress};
use crate::name::{DnsName, Upn};

/// A Federation Service with its trust policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FederationService {
    /// Its Federation Service URI, by which partners know it: urn:federation:adventure-works.
    pub realm: At<String>,
    /// Its endpoint: `https://fs.adventure-works.example/adfs/ls/`.
    pub address: At<WebAddress>,
    /// Its certificate in TLS.
    pub certificate: At<String>,
    /// Its token-signing certificate.
    pub token_signing: At<String>,
    /// The domain that is its account store; none for a service that keeps no accounts.
    pub account_store: Option<At<DnsName>>,
    /// Organization claims by group: which groups give which claim.
    #[serde(default)]
    pub organization_claims: Entries<String, Vec<At<Principal>>>,
    /// Custom organization claims: each by its name, and the attribute of the account that holds its
    /// value.
    #[serde(default)]
    pub custom_claims: Entries<String, At<String>>,
    /// Those who vouch for their users to it.
    #[serde(default)]
    pub account_partners: Entries<String, AccountPartner>,
    /// Resource groups: which organization claim makes a person without SIDs a member of which group of
    /// the domain that the server is joined to.
    #[serde(default)]
    pub resource_groups: Entries<String, At<Principal>>,
    /// Those to whom it vouches for its users.
    #[serde(default)]
    pub resource_partners: Entries<String, ResourcePartner>,
    /// The applications that it issues tokens for.
    #[serde(default)]
    pub applications: Entries<String, TrustedApplication>,
    /// The client certificates of its proxies.
    #[serde(default)]
    pub proxies: Vec<At<String>>,
    /// The authorities that it accepts personal certificates from, where a browser comes without a proxy.
    #[serde(default)]
    pub accepts: Vec<At<String>>,
    /// How far it checks the revocation of certificates.
    #[serde(default)]
    pub revocation: RevocationCheck,
    /// How people prove to it who they are, where they come without a proxy; the first counts where a
    /// request does not ask for another. Where nothing is said, by form if it has no proxy, and not at
    /// all if it has one.
    pub sign_in: Option<Vec<At<ServiceSignIn>>>,
    /// Whether it remembers tokens and refuses one that comes again. AD FS 1.x does not.
    #[serde(default)]
    pub replay_cache: bool,
    /// How long its own cookie spares another sign-in: a minute at least, 600 minutes where nothing is
    /// said.
    pub cookie_lifetime: Option<At<Duration>>,
}

/// How people prove to a federation server who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceSignIn {
    /// With a ticket of their logon to Windows (integrated authentication).
    Integrated,
    /// With a user name and a password in a logon form.
    Forms,
}

/// An account partner: whose federation server vouches for its users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPartner {
    /// The name that people see on the page where they choose.
    pub title: String,
    /// The partner's Federation Service URI.
    pub realm: At<String>,
    /// The partner's endpoint, to which browsers are sent.
    pub address: At<WebAddress>,
    /// The certificates with which its tokens may be signed.
    pub verification: Vec<At<String>>,
    /// The suffixes of the names that it may assert.
    pub suffixes: Vec<At<DnsName>>,
    /// The suffixes of the e-mail addresses that it may assert; those of the names where nothing is said.
    pub email_suffixes: Option<Vec<At<DnsName>>>,
    /// The domain whose SIDs count in its tokens; none where the Windows trust is not used.
    pub windows_trust: Option<At<DnsName>>,
    /// Where its people are found in the resource forest, when no SIDs come with them.
    #[serde(default)]
    pub resource_accounts: ResourceAccounts,
    /// Which organization claim gives a person without SIDs which user principal name: that of an account
    /// of the resource forest, which they share.
    #[serde(default)]
    pub group_to_upn: Entries<String, At<Upn>>,
    /// Which group claim of the partner becomes which organization claim here.
    #[serde(default)]
    pub incoming_claims: Entries<String, At<String>>,
    /// Which custom claim of the partner becomes which custom organization claim here.
    #[serde(default)]
    pub incoming_custom_claims: Entries<String, At<String>>,
    /// Whether the partnership is enabled; it is where nothing is said.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// Where an account partner's people are found in the resource forest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResourceAccounts {
    /// All have accounts there.
    #[default]
    All,
    /// Some have accounts there; an account comes before resource groups.
    PreferAccounts,
    /// Some have accounts there; resource groups come before an account.
    PreferGroups,
    /// None has an account there; only resource groups count.
    None,
}

/// A resource partner: to whose federation server this one vouches for its users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourcePartner {
    /// The partner's Federation Service URI.
    pub realm: At<String>,
    /// The partner's endpoint, to which tokens are posted.
    pub address: At<WebAddress>,
    /// Whether SIDs travel in tokens to it.
    #[serde(default)]
    pub windows_trust: bool,
    /// Which names of a person go out to it; all of them where nothing is said. The first of UPN,
    /// e-mail address and common name that a person has is what a token is about.
    pub identity_claims: Option<Vec<IdentityClaim>>,
    /// The suffix that UPNs go out with, in place of their own.
    pub upn_suffix: Option<At<DnsName>>,
    /// The suffix that e-mail addresses go out with, in place of their own.
    pub email_suffix: Option<At<DnsName>>,
    /// Which organization group claim goes out to it as which claim.
    #[serde(default)]
    pub outgoing_claims: Entries<String, At<String>>,
    /// Which custom organization claim goes out to it as which claim.
    #[serde(default)]
    pub outgoing_custom_claims: Entries<String, At<String>>,
    /// How long a token lives: a minute at least, 60 minutes where nothing is said.
    pub token_lifetime: Option<At<Duration>>,
    /// Whether the partnership is enabled; it is where nothing is said.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// An application in the trust policy of a resource federation server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedApplication {
    /// Its URL, which is also the audience of its tokens.
    pub address: At<WebAddress>,
    /// What it makes of a token.
    pub kind: ApplicationKind,
    /// The names of a person that are enabled for it; all of them where nothing is said.
    pub identity_claims: Option<Vec<IdentityClaim>>,
    /// The organization claims that are enabled for it, group claims and custom ones.
    #[serde(default)]
    pub claims: Vec<At<String>>,
    /// How long a token lives: a minute at least, 60 minutes where nothing is said.
    pub token_lifetime: Option<At<Duration>>,
    /// Whether tokens are issued for it; they are where nothing is said.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// A name by which a person is known to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityClaim {
    /// The user principal name.
    Upn,
    /// The e-mail address.
    Email,
    /// The common name, which several people may share; it never decides about access.
    CommonName,
}

/// What an application makes of a security token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// It reads the claims.
    ClaimsAware,
    /// It impersonates the user with a Windows NT token, and an access control list decides.
    WindowsToken,
}

/// How far a server checks the revocation of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevocationCheck {
    /// The certificate and what issued it, the root left out.
    #[default]
    ChainExcludeRoot,
    /// The certificate only.
    EndCertificate,
    /// Nothing.
    None,
}

/// A Federation Service Proxy: it meets browsers from the Internet for a federation server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FederationServiceProxy {
    /// The federation server behind it. The name must lead there from the proxy's own machine: where
    /// DNS leads it to the proxy, the machine's hosts file has to say otherwise.
    pub federation_service: At<WebAddress>,
    /// Its certificate in TLS towards browsers.
    pub certificate: At<String>,
    /// Its certificate in TLS towards the federation server.
    pub client_certificate: At<String>,
    /// How people prove who they are.
    pub sign_in: ProxySignIn,
    /// The authorities that it accepts personal certificates from.
    #[serde(default)]
    pub accepts: Vec<At<String>>,
    /// How far it checks the revocation of personal certificates.
    #[serde(default)]
    pub revocation: RevocationCheck,
}

/// How people prove to a proxy who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProxySignIn {
    /// With a certificate in TLS.
    Certificate,
    /// With a user name and a password in a logon form.
    Forms,
}

/// A web server with the AD FS Web Agent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebServer {
    /// Its certificate in TLS.
    pub certificate: At<String>,
    /// The federation service that it fetches its trust information from and sends browsers to.
    pub federation_service: At<WebAddress>,
    /// Its applications.
    #[serde(default)]
    pub applications: Entries<String, Application>,
    /// The account that the AD FS Web Agent Authentication Service runs under.
    #[serde(default)]
    pub agent_runs_as: ServiceAccount,
    /// Whether a Windows NT token that is made of SIDs is given the domain-local groups of the domain
    /// that the server is joined to. The sources are silent on what AD FS does; by default it is not.
    #[serde(default)]
    pub adds_domain_local_groups: bool,
    /// The members of the machine's own groups, by the group's name. `Administrators` and `Users` are
    /// there in any case. In an access control list they are written with the machine's name: WS\Stock
    /// Readers.
    #[serde(default)]
    pub local_groups: Entries<String, Vec<At<Principal>>>,
}

/// The account that a service runs under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceAccount {
    /// The system's own: it may impersonate, and is a part of the operating system.
    #[default]
    LocalSystem,
    /// The machine's, with few privileges: it may impersonate, but is no part of the operating system.
    NetworkService,
    /// Some user's: it may not impersonate.
    User,
}

/// An application on a web server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its URL; what lies below it belongs to it.
    pub address: At<WebAddress>,
    /// The Return URL in the agent's settings, which must equal the audience of its tokens; the
    /// address where nothing is said.
    pub return_url: Option<At<WebAddress>>,
    /// The path of its cookie; that of the address where nothing is said.
    pub cookie_path: Option<At<String>>,
    /// What it makes of a token.
    pub kind: ApplicationKind,
    /// The group claims that let someone in, if claims-aware: any of them. Without any, and without
    /// custom claims either, everyone with a token is let in.
    #[serde(default)]
    pub admits: Vec<At<String>>,
    /// The custom claims that let someone in: each by its name, with the values that will do.
    #[serde(default)]
    pub admits_custom: Entries<String, Vec<At<String>>>,
    /// The access control list, if it takes a Windows token, in the order in which it is evaluated: that
    /// of its topmost page, from which the others inherit.
    #[serde(default)]
    pub access: Vec<At<AccessEntry>>,
    /// Further access control lists, by page: what is written here comes before what is inherited.
    #[serde(default)]
    pub page_access: Entries<String, PageAccess>,
    /// What it answers to an expired cookie.
    #[serde(default)]
    pub expired_cookie: ExpiredCookie,
    /// Its pages: what stands behind the server's name, and what the page shows.
    #[serde(default)]
    pub pages: Entries<String, String>,
}

/// The access control list of one page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageAccess {
    /// Its own entries, in the order in which they are evaluated. Nothing sorts them: the usual order,
    /// what denies before what allows, is for the writer to keep.
    #[serde(default)]
    pub entries: Vec<At<AccessEntry>>,
    /// Whether it inherits from the pages above; it does where nothing is said.
    #[serde(default = "yes")]
    pub inherits: bool,
}

/// An entry of an access control list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessEntry {
    /// Grants rights.
    Allow(Rights),
    /// Denies rights.
    Deny(Rights),
}

impl AccessEntry {
    /// Whose rights, and which.
    pub fn rights(&self) -> &Rights {
        match self {
            AccessEntry::Allow(rights) | AccessEntry::Deny(rights) => rights,
        }
    }
}

/// Whose rights, and which.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// A user or a group: CORP\Salesmen.
    pub who: At<Principal>,
    /// What they may, or may not, do.
    pub to: Vec<Right>,
    /// To which pages it applies.
    #[serde(default)]
    pub applies_to: AppliesTo,
}

/// To which pages an entry of an access control list applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// This page and those below it.
    #[default]
    ThisPageAndBelow,
    /// This page only.
    ThisPage,
    /// The pages below it only.
    Below,
}

/// What an access control list grants or denies on an application's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To look at a page (GET).
    Read,
    /// To change something on it (POST).
    Write,
    /// To take it away (DELETE).
    Delete,
}

/// What an application answers to an expired cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiredCookie {
    /// It sends the browser to sign in again.
    #[default]
    Redirect,
    /// It answers with error 500, as the letter of MS-MWBF has it.
    Error,
}
