//! Rules of AD FS: tokens, cookies, claims and the applications behind them.
//!
//! "AD FS example" is the document *Federated Web SSO with Forest Trust Example*; its request and
//! authentication steps are cited as R1 to R6 and U1 to U13. MS-… are Microsoft's Open Specifications.
//! The domain page is the page on AD FS 1.x and forest trusts among this project's design documents.

use super::Rule;

rules! {
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
    SIGN_IN_METHOD = "adfs.sign-in-method":
        "The federation server offers the way in which the person is to sign in.",
        source: "MS-MWBF §2.2 (wauth), §3.1.5; domain page §1, §2.1; inference",
        remedy: "Turn the way on in the federation server, ask for one that it offers, or come through its proxy.";
    INTEGRATED_AUTHENTICATION = "adfs.integrated-authentication":
        "A request for integrated authentication brings proof of a Windows logon.",
        source: "RFC 4559 §4; domain page §5.2 steps B8 and B10",
        remedy: "Log on to a desktop of the domain, and let the browser show tickets to the federation server.";
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
        source: "MS-ADFSWAP and MS-ADFSPP (fetched when the service starts); AD FS event 619; domain page §4; inference on when it is asked again",
        remedy: "Make the federation service reachable; it is asked again five minutes after a failure, or when the service is started again.";
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
    TRUST_CACHE = "adfs.windows-trust-cache":
        "The resource federation server knows the trusts of its domain.",
        source: "domain page §3.2, §5 (events 661 and 662)",
        remedy: "Make a domain controller of the resource federation server's domain reachable; the server asks again after an hour, or when it is started.";
    RESOURCE_GROUP = "adfs.resource-group":
        "Where the partner's people have no resource accounts, one of the person's claims maps to a resource group.",
        source: "domain page §1 (resource-side account mapping); inference that no token is issued otherwise",
        remedy: "Map a claim that the person has to a group of the resource forest, or choose another resource account option for the partner.";
    COOKIE_TRAILER = "adfs.cookie-trailer":
        "The unsigned part of the cookie is the one whose hash the signed part holds.",
        source: "MS-MWBE (CookieInfoHash); domain page §3.6, §7 case 11",
        remedy: "Sign in again.";
    APPLICATION_CLAIMS = "adfs.application-claims":
        "The claims-aware application lets in who holds a claim that it asks for.",
        source: "AD FS example, introduction (claims-aware applications)",
        remedy: "Put the person into a group that maps to the claim, or give the account the attribute behind it.";
    AGENT_MAY_IMPERSONATE = "adfs.agent-may-impersonate":
        "The agent's authentication service may impersonate clients (SeImpersonatePrivilege).",
        source: "domain page §1 (Web agent), §7 (event 128)",
        remedy: "Run the AD FS Web Agent Authentication Service as Local System.";
    NT_TOKEN = "adfs.nt-token":
        "The agent can build a Windows NT token for the user.",
        source: "AD FS example U12; domain page §5.4",
        remedy: "Turn on the Windows trust on both federation servers, so that SIDs travel in the token; or give the person an account, or a group, in the forest of the Web server.";
    IMPERSONATION_LEVEL = "adfs.impersonation-level":
        "The Windows NT token is good for impersonation, so that objects can be opened with it.",
        source: "domain page §5.4, §6.8 (STATUS_BAD_IMPERSONATION_LEVEL)",
        remedy: "Run the AD FS Web Agent Authentication Service as Local System, which is a part of the operating system (SeTcbPrivilege).";
    ACCESS_CHECK = "adfs.access-check":
        "The application's access control list grants the impersonated user what was asked.",
        source: "AD FS example U12; MS-DTYP §2.5.3.2",
        remedy: "Grant the right to the person or to one of the person's groups.";
    KNOWN_PAGE = "adfs.known-page":
        "The server has a page, or an application, at this address.",
        source: "RFC 9110 §15.5.5; inference",
        remedy: "Correct the address.";
}
