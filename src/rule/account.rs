//! Rules of accounts: whether a directory lets someone sign in.

use super::Rule;

rules! {
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
    SMART_CARD_USED = "account.smart-card-used":
        "Where the account asks for a smart card, the sign-in is not by password.",
        source: "MS-APDS §3.1.5 (STATUS_SMARTCARD_LOGON_REQUIRED); inference for the Kerberos code",
        remedy: "Sign in with the certificate on the smart card, or take the demand off the account.";
    PASSWORD_MATCHES = "account.password-matches":
        "The password is right.",
        source: "MS-APDS §3.1.5 (STATUS_WRONG_PASSWORD); MS-KILE §3.3.5.6.3 (PREAUTH_FAILED)",
        remedy: "Enter the right password; too many wrong ones lock the account.";
}
