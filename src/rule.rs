//! The registry of rules: every point at which a server may allow or refuse.
//!
//! A role decides by recording a [`Verdict`](crate::trace::Verdict) that names one of these rules.
//! Explanations, coverage, the rules page and the expectations of scenarios all come from this one
//! list, so a rule is declared once, here, with its source and what to do about a refusal.
//!
//! "AD FS example" is the document *Federated Web SSO with Forest Trust Example*; its request and
//! authentication steps are cited as R1 to R6 and U1 to U13. MS-… are Microsoft's Open
//! Specifications. The domain page is the page on AD FS 1.x and forest trusts among this project's
//! design documents; it says how sure each point is and where it comes from. Where no source states a rule outright, its source says "inference".

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The stable name of a rule, such as `adfs.token-time`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A point at which a server may allow or refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The stable id, `family.name`.
    pub id: &'static str,
    /// What must hold, as a sentence.
    pub title: &'static str,
    /// The document and section that it comes from, or "inference".
    pub source: &'static str,
    /// What to change where it refuses.
    pub remedy: &'static str,
}

impl Rule {
    /// The rule's id, as verdicts carry it.
    pub const fn id(&self) -> RuleId {
        RuleId(Cow::Borrowed(self.id))
    }
}

/// The rule of this id.
///
/// ```
/// let rule = forestsim::rule::find("adfs.token-time").unwrap();
/// assert_eq!(rule.id, "adfs.token-time");
/// assert!(forestsim::rule::find("adfs.no-such-rule").is_none());
/// ```
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}

macro_rules! rules {
    ($($constant:ident = $id:literal: $title:literal, source: $source:literal, remedy: $remedy:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, " Source: ", $source, ".")]
            pub const $constant: Rule = Rule { id: $id, title: $title, source: $source, remedy: $remedy };
        )*
        /// Every rule, in the order in which a sign-in meets them.
        pub const ALL: &[&Rule] = &[$(&$constant),*];
    };
}

rules! {
    NAME_RESOLVES = "network.name-resolves":
        "The name resolves to an address for the host that asks.",
        source: "AD FS example, warehouse manager access (split DNS); RFC 1034 §4.3.2",
        remedy: "Publish the name in the DNS zone that this host asks, or in its hosts file.";
    ROUTE_OPEN = "network.route-open":
        "A route leads to the server and every firewall on it lets the port through.",
        source: "AD FS example, introduction (required ports are open in the firewall)",
        remedy: "Open the port in the named firewall, in the named direction, or link the zones.";
    SERVICE_LISTENS = "network.service-listens":
        "The server has a service that listens on the port.",
        source: "RFC 9293 §3.5.2 (reset when no listener)",
        remedy: "Start the service on that host, or correct the address or the port.";
    SERVER_ANSWERS = "network.server-answers":
        "The server answers before the time-out.",
        source: "RFC 9293 §3.8.3; inference for the length of the time-out",
        remedy: "Start the server again, or mend the link to it.";

    TLS_SERVER_CERTIFICATE = "tls.server-certificate":
        "The server's certificate chains to a trusted root, is in its validity and names the host that was asked for.",
        source: "RFC 5280 §6, RFC 6125 §6",
        remedy: "Give the server a certificate for that name from an authority that the client trusts.";
    TLS_CLIENT_CERTIFICATE = "tls.client-certificate":
        "The client's certificate chains to an authority that the server accepts and is in its validity.",
        source: "RFC 5246 §7.4.6; MS-ADFSPP §2.2.4 (client certificate credentials)",
        remedy: "Enrol the client with an authority that the server lists.";
    CLIENT_CERTIFICATE_REVOCATION = "tls.client-certificate-revocation":
        "A fresh revocation list can be had and does not list the client's certificate.",
        source: "RFC 5280 §6.3; domain page §5.1 step A10",
        remedy: "Enrol the person again, or make the revocation list reachable.";

    ACCOUNT_KNOWN = "account.known":
        "The directory holds the account.",
        source: "MS-APDS §3.1.5; MS-KILE §3.3.5.6.3 (C_PRINCIPAL_UNKNOWN)",
        remedy: "Correct the user name, or create the account.";
    ACCOUNT_ENABLED = "account.enabled":
        "The account is enabled.",
        source: "MS-APDS §3.1.5 (STATUS_ACCOUNT_DISABLED)",
        remedy: "Enable the account.";
    ACCOUNT_NOT_EXPIRED = "account.not-expired":
        "The account has not expired.",
        source: "MS-APDS §3.1.5 (STATUS_ACCOUNT_EXPIRED)",
        remedy: "Extend or clear the account's expiry.";
    ACCOUNT_NOT_LOCKED_OUT = "account.not-locked-out":
        "The account is not locked out.",
        source: "MS-APDS §3.1.5 (STATUS_ACCOUNT_LOCKED_OUT)",
        remedy: "Unlock the account, or wait for the lockout to end.";
    ACCOUNT_LOGON_HOURS = "account.logon-hours":
        "The time lies within the account's logon hours.",
        source: "MS-APDS §3.1.5 (STATUS_INVALID_LOGON_HOURS)",
        remedy: "Sign in within the permitted hours, or widen them.";
    PASSWORD_NOT_EXPIRED = "account.password-not-expired":
        "The password has not expired.",
        source: "MS-APDS §3.1.5 (STATUS_PASSWORD_EXPIRED)",
        remedy: "Change the password.";
    PASSWORD_NEED_NOT_CHANGE = "account.password-need-not-change":
        "The account is not required to change its password first.",
        source: "MS-APDS §3.1.5 (STATUS_PASSWORD_MUST_CHANGE)",
        remedy: "Sign in at a desktop of the domain and choose a new password.";
    PASSWORD_MATCHES = "account.password-matches":
        "The password is right.",
        source: "MS-APDS §3.1.5 (STATUS_WRONG_PASSWORD); MS-KILE §3.3.5.6.3 (PREAUTH_FAILED)",
        remedy: "Enter the right password; too many wrong ones lock the account.";

    KERBEROS_TICKET = "kerberos.ticket-valid":
        "The ticket opens under the key of the one it is for, and is in its lifetime.",
        source: "RFC 4120 §3.2.3; MS-KILE §3.3.5",
        remedy: "Ask for a new ticket; check that both sides hold the same key.";
    KERBEROS_SKEW = "kerberos.clock-skew":
        "The clocks of client and server differ by no more than five minutes.",
        source: "RFC 4120 §3.2.3 (KRB_AP_ERR_SKEW); MS-KILE (MaxClockSkew)",
        remedy: "Set the clocks.";
    KERBEROS_SERVICE_KNOWN = "kerberos.service-known":
        "The service principal name belongs to an account of the domain, or a trust leads to its domain.",
        source: "RFC 4120 §3.3.3 (S_PRINCIPAL_UNKNOWN)",
        remedy: "Register the service principal name, or create the trust.";
    TRUST_PATH = "trust.path":
        "A path of trusts leads from the account's domain to the resource's, in the direction of access.",
        source: "AD FS example, introduction (one-way trust); MS-ADTS §6.1.6; domain page §6.1, §6.2",
        remedy: "Create the missing trust; the resource's side must be the one that trusts.";
    TRUST_NAME_ROUTED = "trust.name-routed":
        "The forest trust routes the name: an enabled suffix covers it and no exclusion does.",
        source: "MS-ADTS §6.1.6.9.3 (forest trust information); domain page §6.3",
        remedy: "Enable the name suffix on the trust, or remove the exclusion.";
    SID_FILTER = "trust.sid-filter":
        "The SIDs that came over the trust belong to the domains that the trust may speak for.",
        source: "MS-PAC §4.1.2.2; MS-MWBE product behaviour (filtering of advice SIDs)",
        remedy: "Grant to SIDs of the trusted domain itself; filtering protects the trusting forest.";
    SELECTIVE_AUTHENTICATION = "trust.selective-authentication":
        "Where the trust asks for it, the user may authenticate to this very server.",
        source: "MS-PAC §4.1.2.2, MS-KILE §3.3.5.7 (Allowed-To-Authenticate)",
        remedy: "Grant Allowed to Authenticate on the server's account, or allow forest-wide authentication.";
    LDAP_BIND = "ldap.bind":
        "The directory knows the one who binds and the credentials are right.",
        source: "AD FS example U3 (attributes are read with LDAP); RFC 4511 §4.2",
        remedy: "Bind with an account of the domain, or of a domain that it trusts.";

    AUTHENTICATION_COOKIE = "adfs.authentication-cookie":
        "The request carries an AD FS authentication cookie that is still good.",
        source: "AD FS example R2",
        remedy: "Sign in; the browser is sent to the federation server for it.";
    KNOWN_APPLICATION = "adfs.known-application":
        "The reply address is that of an application in the trust policy.",
        source: "MS-MWBF §3.1.5 (wreply); domain page §5.1 step A5",
        remedy: "Add the application to the trust policy of the resource federation server, or correct its URL.";
    PARTNER_DISCOVERY = "adfs.partner-discovery":
        "The account partner that is to vouch for the user is known and enabled.",
        source: "AD FS example R4; domain page §5.1 step A5",
        remedy: "Choose an account partner of the trust policy.";
    KNOWN_RESOURCE_PARTNER = "adfs.known-resource-partner":
        "The realm that asks for a token is an enabled resource partner.",
        source: "MS-ADFSPP (InvalidTarget); domain page §1 (TrustingRealm)",
        remedy: "Add the resource partner to the trust policy of the account federation server.";
    PROXY_CERTIFICATE = "adfs.proxy-certificate":
        "The caller of the proxy's interface holds a client certificate that the trust policy lists.",
        source: "AD FS example U2; MS-ADFSPP §5.1; domain page §1 (Federation Service Proxy)",
        remedy: "Add the proxy's client certificate to the trust policy of the federation server.";
    CERTIFICATE_MAPS = "adfs.certificate-maps":
        "The user's certificate maps to one account.",
        source: "AD FS example U3 (maps the user certificate)",
        remedy: "Map the certificate to the person's account in the directory.";
    TRUST_INFORMATION = "adfs.trust-information":
        "The trust information of the federation service is at hand.",
        source: "MS-ADFSWAP and MS-ADFSPP (fetched when the service starts); domain page §4",
        remedy: "Make the federation service reachable and start the service again.";
    TOKEN_SHAPE = "adfs.token-shape":
        "The message is one response with one well-formed assertion of the fixed shape.",
        source: "MS-MWBF §2.2.4; domain page §2.2",
        remedy: "Send the token as its issuer wrote it.";
    TOKEN_SIGNATURE = "adfs.token-signature":
        "The signature verifies over the very assertion that is read.",
        source: "AD FS example U10 (validates the security token); MS-MWBF §3.1.2; domain page §7 cases 5 and 9",
        remedy: "Send the token as its issuer signed it.";
    TOKEN_SIGNER = "adfs.token-signer":
        "The token is signed by a certificate that the trust policy lists for its issuer.",
        source: "MS-MWBF §3.1.2; domain page §3.4, §7 case 4",
        remedy: "Add the partner's verification certificate to the trust policy.";
    SIGNER_CHAIN = "adfs.signer-chain":
        "The signer's certificate is in its validity and was issued by a trusted root.",
        source: "domain page §3.4",
        remedy: "Renew the token-signing certificate, or trust its root.";
    SIGNER_REVOCATION = "adfs.signer-revocation":
        "A fresh revocation list can be had and does not list the signer's certificate.",
        source: "MS-MWBF product behaviour <72>; domain page §3.4, §7 case 17",
        remedy: "Replace the revoked certificate, or make the revocation list reachable.";
    TOKEN_ISSUER = "adfs.token-issuer":
        "The token's issuer is an enabled partner.",
        source: "MS-MWBF §3.1.2; domain page §5.1 step A19",
        remedy: "Add the issuer to the trust policy as an account partner.";
    TOKEN_AUDIENCE = "adfs.token-audience":
        "The token is meant for the one that receives it.",
        source: "MS-MWBF §3.1.2; domain page §7 case 2",
        remedy: "Ask for a token for this realm or application.";
    TOKEN_TIME = "adfs.token-time":
        "The time lies within the token's conditions, give or take five minutes.",
        source: "MS-MWBF §3.1.2, KB956279; inference on applying the tolerance at both ends",
        remedy: "Set the clocks, or sign in again.";
    TOKEN_FIRST_USE = "adfs.token-first-use":
        "Where the receiver keeps a replay cache, it has not seen the token before.",
        source: "MS-MWBF §5.1.4 (none is specified for AD FS 1.x); domain page §3.5, §7 case 1",
        remedy: "Sign in again; each token counts once.";
    NAME_SUFFIX = "adfs.name-suffix":
        "The partner asserts names only of the suffixes that it was granted.",
        source: "MS-MWBF product behaviour <92>; domain page §7 case 20",
        remedy: "Accept the suffix for this partner, or have the right partner vouch for the person.";
    WINDOWS_TRUST = "adfs.windows-trust":
        "Both federation servers use the Windows trust for this partner, so SIDs travel in the token.",
        source: "MS-MWBE §2.2.3; domain page §1 (federation trust fields), §7 case 16",
        remedy: "Turn on the Windows trust for this partner on both federation servers.";
    COOKIE_TRAILER = "adfs.cookie-trailer":
        "The unsigned part of the cookie is the one whose hash the signed part holds.",
        source: "MS-MWBE (CookieInfoHash); domain page §3.6, §7 case 11",
        remedy: "Sign in again.";
    APPLICATION_CLAIMS = "adfs.application-claims":
        "The claims-aware application lets in who holds a claim that it asks for.",
        source: "AD FS example, introduction (claims-aware applications)",
        remedy: "Put the person into a group that maps to the claim.";
    NT_TOKEN = "adfs.nt-token":
        "The agent can build a Windows NT token for the user.",
        source: "AD FS example U12; domain page §5.4",
        remedy: "Turn on the Windows trust on both federation servers, so that SIDs travel in the token.";
    ACCESS_CHECK = "adfs.access-check":
        "The application's access control list grants the impersonated user what was asked.",
        source: "AD FS example U12; MS-DTYP §2.5.3.2",
        remedy: "Grant the right to the person or to one of the person's groups.";
    KNOWN_PAGE = "adfs.known-page":
        "The server has a page, or an application, at this address.",
        source: "RFC 9110 §15.5.5; inference",
        remedy: "Correct the address.";
}
