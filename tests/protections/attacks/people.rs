//! How people and proxies show who they are to federation servers, and what applications let them do.

use forestsim::rule;

use super::Attack;

const SALLY: &str = "sally@corp.adventure-works.example";
const SAM: &str = "sam@corp.adventure-works.example";
const SIMON: &str = "simon@corp.adventure-works.example";
const WANDA: &str = "wanda@corp.adventure-works.example";
const PETER: &str = "peter@corp.adventure-works.example";

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
    // ---- certificates of people and of proxies

    // The finder of a lost laptop.
    Attack {
        scenario: "federation/revoked-certificate",
        step: "the proxy fetches a new list, and the finder is kept out",
        refused: (&rule::CLIENT_CERTIFICATE_REVOCATION, "fsp-a"),
        without: &[&rule::CLIENT_CERTIFICATE_REVOCATION], gains: SALLY,
    },
    // Nobody can say whether a certificate was revoked: then it counts as if it were. The same goes for
    // those who sign tokens.
    Attack {
        scenario: "federation/revoked-certificate", step: "without a list nobody is let in",
        refused: (&rule::SERVER_ANSWERS, "pki"),
        without: &[&rule::CLIENT_CERTIFICATE_REVOCATION, &rule::SIGNER_REVOCATION], gains: SAM,
    },
    // Mallory makes a certificate with Sally's name. If the proxy took it, the account federation server
    // would look for its thumbprint, not for the name.
    Attack {
        scenario: "federation/certificate-of-unknown-authority",
        step: "Mallory presents a certificate of his own making",
        refused: (&rule::TLS_CLIENT_CERTIFICATE, "fsp-a"),
        without: &[&rule::TLS_CLIENT_CERTIFICATE, &rule::CERTIFICATE_MAPS], gains: SALLY,
    },
    // The company's authority issued a certificate with Peter's name to a contractor.
    Attack {
        scenario: "federation/certificate-of-nobody", step: "a contractor presents a certificate of the company",
        refused: (&rule::CERTIFICATE_MAPS, "fs-a"),
        without: &[&rule::CERTIFICATE_MAPS], gains: PETER,
    },
    // A proxy that is not listed got no configuration when it started, and can sign nobody in.
    Attack {
        scenario: "federation/attacks/21-proxy-not-listed", step: "so it can sign nobody in",
        refused: (&rule::TRUST_INFORMATION, "fsp-a"),
        without: &[&rule::PROXY_CERTIFICATE], gains: SALLY,
    },

    // At the proxy's own machine, a certificate that the trust policy does not list.
    Attack {
        scenario: "federation/attacks/21-stolen-proxy-key",
        step: "from the proxy's own machine, another certificate is not enough",
        refused: (&rule::PROXY_CERTIFICATE, "fs-a"),
        without: &[&rule::PROXY_CERTIFICATE], gains: SALLY,
    },

    // ---- accounts and passwords

    Attack {
        scenario: "federation/disabled-account", step: "Sam's certificate is as good as ever, but the account is not",
        refused: (&rule::ACCOUNT_ENABLED, "dc-corp"),
        without: &[&rule::ACCOUNT_ENABLED], gains: SAM,
    },
    // The disabled person's open session ends because the token in the cookie does: the agent sends the
    // browser to sign in again, and would accept the old token no more.
    Attack {
        scenario: "federation/disabled-account", step: "Sam's certificate is as good as ever, but the account is not",
        refused: (&rule::ACCOUNT_ENABLED, "dc-corp"),
        without: &[&rule::AUTHENTICATION_COOKIE, &rule::TOKEN_TIME], gains: SAM,
    },
    Attack {
        scenario: "federation/locked-out", step: "now Sally's own, right password is refused too",
        refused: (&rule::ACCOUNT_NOT_LOCKED_OUT, "dc-corp"),
        without: &[&rule::ACCOUNT_NOT_LOCKED_OUT], gains: SALLY,
    },
    Attack {
        scenario: "federation/account-states", step: "the account has expired",
        refused: (&rule::ACCOUNT_NOT_EXPIRED, "dc-corp"),
        without: &[&rule::ACCOUNT_NOT_EXPIRED], gains: "expired@corp.adventure-works.example",
    },
    Attack {
        scenario: "federation/account-states", step: "it is Monday morning, and this account is for the night",
        refused: (&rule::ACCOUNT_LOGON_HOURS, "dc-corp"),
        without: &[&rule::ACCOUNT_LOGON_HOURS], gains: "at-night@corp.adventure-works.example",
    },
    Attack {
        scenario: "federation/account-states", step: "the password is older than 42 days",
        refused: (&rule::PASSWORD_NOT_EXPIRED, "dc-corp"),
        without: &[&rule::PASSWORD_NOT_EXPIRED], gains: "old-password@corp.adventure-works.example",
    },
    Attack {
        scenario: "federation/account-states", step: "the password must be changed first",
        refused: (&rule::PASSWORD_NEED_NOT_CHANGE, "dc-corp"),
        without: &[&rule::PASSWORD_NEED_NOT_CHANGE], gains: "new-hire@corp.adventure-works.example",
    },
    // In an LDAP bind the directory itself compares the password.
    Attack {
        scenario: "trusts/directory-bind", step: "with a wrong password she may not",
        refused: (&rule::PASSWORD_MATCHES, "dc-corp"),
        without: &[&rule::PASSWORD_MATCHES], gains: WANDA,
    },
    // Whoever binds must be somebody to this directory.
    Attack {
        scenario: "trusts/directory-bind", step: "Peter is unknown to the perimeter's directory",
        refused: (&rule::ACCOUNT_KNOWN, "dc-perimeter"),
        without: &[&rule::LDAP_BIND], gains: PETER,
    },

    // Who has found out a password tries it where only desktops of the domain are expected.
    Attack {
        scenario: "federation/way-not-offered", step: "at Wanda's desktop somebody wants to sign in with Peter's password",
        refused: (&rule::SIGN_IN_METHOD, "fs-a"),
        without: &[&rule::SIGN_IN_METHOD], gains: PETER,
    },
    // A browser that told every site who is logged on would tell this one, too.
    Attack {
        scenario: "federation/outside-the-intranet-zone", step: "Wanda's browser keeps her ticket to itself",
        refused: (&rule::INTRANET_SITE, "wanda-desktop"),
        without: &[&rule::INTRANET_SITE], gains: WANDA,
    },
    // A recorded proof of a ticket would look like this one, and the token of such a server is dated in the
    // future.
    Attack {
        scenario: "federation/clock-of-the-federation-server", step: "six minutes are not",
        refused: (&rule::KERBEROS_SKEW, "fs-a"),
        without: &[&rule::KERBEROS_SKEW, &rule::TOKEN_TIME], gains: PETER,
    },
    // Disabled in the morning, and not let in at noon.
    Attack {
        scenario: "federation/disabled-with-a-live-ticket",
        step: "his ticket is older than twenty minutes, so the domain controller looks at the account",
        refused: (&rule::ACCOUNT_ENABLED, "dc-corp"),
        without: &[&rule::ACCOUNT_ENABLED], gains: PETER,
    },

    // ---- applications

    // An account that somebody has left in the directory.
    Attack {
        scenario: "federation/resource-accounts-for-nobody",
        step: "Frank has no claim, and the account that was left behind is of no use to him",
        refused: (&rule::RESOURCE_GROUP, "fs-r"),
        without: &[&rule::RESOURCE_GROUP], gains: "frank@fabrikam.example",
    },
    // The agent's service lacks a privilege.
    Attack {
        scenario: "federation/agent-may-not-impersonate", step: "nobody can be impersonated at Inventory",
        refused: (&rule::AGENT_MAY_IMPERSONATE, "ws"),
        without: &[&rule::AGENT_MAY_IMPERSONATE], gains: SALLY,
    },
    // The service may learn who someone is, but not act in their name.
    Attack {
        scenario: "federation/agent-runs-as-network-service",
        step: "Felix has an account and a right, and still sees nothing",
        refused: (&rule::IMPERSONATION_LEVEL, "ws"),
        without: &[&rule::IMPERSONATION_LEVEL], gains: "felix@fabrikam.example",
    },

    Attack {
        scenario: "federation/claims-and-access", step: "none of his claims opens Purchasing",
        refused: (&rule::APPLICATION_CLAIMS, "ws"),
        without: &[&rule::APPLICATION_CLAIMS], gains: SIMON,
    },
    Attack {
        scenario: "federation/claims-and-access", step: "none of his groups stands on the access list of Inventory",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::ACCESS_CHECK], gains: SIMON,
    },
    // To read is not to write.
    Attack {
        scenario: "federation/traveling-salesman", step: "Sally may look at the stock, but not change it",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::ACCESS_CHECK], gains: SALLY,
    },
];
