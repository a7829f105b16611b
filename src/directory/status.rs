//! The codes by which Windows reports a refusal, with their symbolic names.
//!
//! The same refusal has up to three codes: an NTSTATUS inside Windows, a Kerberos error on the
//! wire, and a Win32 error where a federation server reports it (domain page §6.7).

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($(#[$doc:meta])* $type:ident, $format:literal: $($name:ident = $value:literal, $symbol:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(pub u32);

        impl $type {
            $(
                #[doc = concat!("`", $symbol, "`, ", stringify!($value), ".")]
                pub const $name: Self = Self($value);
            )*

            /// The code's symbolic name, where this table has it.
            pub fn symbol(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($symbol),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.symbol() {
                    Some(symbol) => write!(formatter, concat!("{} (", $format, ")"), symbol, self.0),
                    None => write!(formatter, $format, self.0),
                }
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }
    };
}

codes! {
    /// An NTSTATUS (MS-ERREF §2.3).
    ///
    /// ```
    /// use forestsim::directory::NtStatus;
    /// assert_eq!(NtStatus::WRONG_PASSWORD.to_string(), "STATUS_WRONG_PASSWORD (0xC000006A)");
    /// ```
    NtStatus, "0x{:08X}":
    SUCCESS = 0, "STATUS_SUCCESS";
    ACCESS_DENIED = 0xC000_0022, "STATUS_ACCESS_DENIED";
    NO_LOGON_SERVERS = 0xC000_005E, "STATUS_NO_LOGON_SERVERS";
    NO_SUCH_USER = 0xC000_0064, "STATUS_NO_SUCH_USER";
    WRONG_PASSWORD = 0xC000_006A, "STATUS_WRONG_PASSWORD";
    INVALID_LOGON_HOURS = 0xC000_006F, "STATUS_INVALID_LOGON_HOURS";
    PASSWORD_EXPIRED = 0xC000_0071, "STATUS_PASSWORD_EXPIRED";
    ACCOUNT_DISABLED = 0xC000_0072, "STATUS_ACCOUNT_DISABLED";
    BAD_IMPERSONATION_LEVEL = 0xC000_00A5, "STATUS_BAD_IMPERSONATION_LEVEL";
    TIME_DIFFERENCE_AT_DC = 0xC000_0133, "STATUS_TIME_DIFFERENCE_AT_DC";
    TRUSTED_DOMAIN_FAILURE = 0xC000_018C, "STATUS_TRUSTED_DOMAIN_FAILURE";
    TRUSTED_RELATIONSHIP_FAILURE = 0xC000_018D, "STATUS_TRUSTED_RELATIONSHIP_FAILURE";
    ACCOUNT_EXPIRED = 0xC000_0193, "STATUS_ACCOUNT_EXPIRED";
    PASSWORD_MUST_CHANGE = 0xC000_0224, "STATUS_PASSWORD_MUST_CHANGE";
    ACCOUNT_LOCKED_OUT = 0xC000_0234, "STATUS_ACCOUNT_LOCKED_OUT";
    SMARTCARD_LOGON_REQUIRED = 0xC000_02FA, "STATUS_SMARTCARD_LOGON_REQUIRED";
    AUTHENTICATION_FIREWALL_FAILED = 0xC000_0413, "STATUS_AUTHENTICATION_FIREWALL_FAILED";
}

codes! {
    /// A Kerberos error code (RFC 4120 §7.5.9).
    KerberosCode, "{}":
    C_PRINCIPAL_UNKNOWN = 6, "KDC_ERR_C_PRINCIPAL_UNKNOWN";
    S_PRINCIPAL_UNKNOWN = 7, "KDC_ERR_S_PRINCIPAL_UNKNOWN";
    POLICY = 12, "KDC_ERR_POLICY";
    BAD_OPTION = 13, "KDC_ERR_BADOPTION";
    CLIENT_REVOKED = 18, "KDC_ERR_CLIENT_REVOKED";
    TGT_REVOKED = 20, "KDC_ERR_TGT_REVOKED";
    KEY_EXPIRED = 23, "KDC_ERR_KEY_EXPIRED";
    PREAUTH_FAILED = 24, "KDC_ERR_PREAUTH_FAILED";
    PREAUTH_REQUIRED = 25, "KDC_ERR_PREAUTH_REQUIRED";
    BAD_INTEGRITY = 31, "KRB_AP_ERR_BAD_INTEGRITY";
    TICKET_EXPIRED = 32, "KRB_AP_ERR_TKT_EXPIRED";
    TICKET_NOT_YET_VALID = 33, "KRB_AP_ERR_TKT_NYV";
    REPEAT = 34, "KRB_AP_ERR_REPEAT";
    SKEW = 37, "KRB_AP_ERR_SKEW";
    GENERIC = 60, "KRB_ERR_GENERIC";
    WRONG_REALM = 68, "KDC_ERR_WRONG_REALM";
}

codes! {
    /// A Win32 error code (MS-ERREF §2.2), as a federation server's `ErrorCode` carries it.
    Win32Code, "{}":
    SUCCESS = 0, "ERROR_SUCCESS";
    ACCESS_DENIED = 5, "ERROR_ACCESS_DENIED";
    LOGON_FAILURE = 1326, "ERROR_LOGON_FAILURE";
    INVALID_LOGON_HOURS = 1328, "ERROR_INVALID_LOGON_HOURS";
    PASSWORD_EXPIRED = 1330, "ERROR_PASSWORD_EXPIRED";
    ACCOUNT_DISABLED = 1331, "ERROR_ACCOUNT_DISABLED";
    ACCOUNT_EXPIRED = 1793, "ERROR_ACCOUNT_EXPIRED";
    PASSWORD_MUST_CHANGE = 1907, "ERROR_PASSWORD_MUST_CHANGE";
    ACCOUNT_LOCKED_OUT = 1909, "ERROR_ACCOUNT_LOCKED_OUT";
    NO_LOGON_SERVERS = 1311, "ERROR_NO_LOGON_SERVERS";
}

impl NtStatus {
    /// The Win32 error code for this status (MS-ERREF; the pairing in a federation server's answer is
    /// an inference, domain page §6.7). Statuses of no code of their own are a failed logon.
    pub fn win32(self) -> Win32Code {
        match self {
            Self::SUCCESS => Win32Code::SUCCESS,
            Self::ACCESS_DENIED => Win32Code::ACCESS_DENIED,
            Self::NO_LOGON_SERVERS => Win32Code::NO_LOGON_SERVERS,
            Self::INVALID_LOGON_HOURS => Win32Code::INVALID_LOGON_HOURS,
            Self::PASSWORD_EXPIRED => Win32Code::PASSWORD_EXPIRED,
            Self::ACCOUNT_DISABLED => Win32Code::ACCOUNT_DISABLED,
            Self::ACCOUNT_EXPIRED => Win32Code::ACCOUNT_EXPIRED,
            Self::PASSWORD_MUST_CHANGE => Win32Code::PASSWORD_MUST_CHANGE,
            Self::ACCOUNT_LOCKED_OUT => Win32Code::ACCOUNT_LOCKED_OUT,
            _ => Win32Code::LOGON_FAILURE,
        }
    }
}
