//! Rules of domain controllers: tickets, trusts between domains, and binding to a directory.

use super::Rule;

rules! {
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
    TRUST_PASSWORD = "trust.password":
        "The two sides of the trust have its password in common: the current one, or the one before it.",
        source: "MS-ADTS §6.1.6.9.6; MS-NRPC §3.5.4.4; domain page §6.4 (STATUS_TRUSTED_RELATIONSHIP_FAILURE)",
        remedy: "Reset the trust's password on both sides (netdom trust /reset).";
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
}
