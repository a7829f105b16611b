//! The URIs and fixed names of WS-Federation, SAML 1.1 and AD FS, each once.

use serde::{Deserialize, Serialize};

/// The namespace of the SAML 1.1 assertion.
pub const SAML: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
/// The namespace of XML signatures.
pub const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of the request-security-token response.
pub const TRUST: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
/// The namespace of AppliesTo.
pub const POLICY: &str = "http://schemas.xmlsoap.org/ws/2004/09/policy";
/// The namespace of the endpoint reference in AppliesTo.
pub const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
/// The namespace of what AD FS writes into a token's Advice (MS-MWBE §2.2.3).
pub const FEDERATION: &str = "urn:microsoft:federation";
/// The namespace of every attribute of a token; any other is refused (MS-MWBF §2.2.4).
pub const CLAIMS: &str = "http://schemas.xmlsoap.org/claims";
/// The namespace of encrypted data, which AD FS 1.x refuses.
pub const ENCRYPTION: &str = "http://www.w3.org/2001/04/xmlenc#";

/// Exclusive canonical XML, without comments.
pub const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The transform that leaves the signature out of what it signs.
pub const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// ECDSA over P-256 with SHA-256; AD FS 1.x used RSA with SHA-1, which forestsim replaces.
pub const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
/// The digest SHA-256.
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A federation server itself, as the realm of its own users.
pub const SELF_REALM: &str = "urn:federation:self";
/// The account store that is an Active Directory (MS-ADFSPP §4.3).
pub const ACTIVE_DIRECTORY: &str = "urn:federation:activedirectory";

/// The name of the claim that is a user principal name.
pub const UPN: &str = "UPN";
/// The name of the claim that is an e-mail address.
pub const EMAIL: &str = "EmailAddress";
/// The name of the claim that is a common name; it must never decide about access.
pub const COMMON_NAME: &str = "CommonName";
/// The name of the claim that is membership in a group.
pub const GROUP: &str = "Group";

/// The format of a subject that is a user principal name.
pub const UPN_FORMAT: &str = "http://schemas.xmlsoap.org/claims/UPN";
/// The format of a subject that is an e-mail address.
pub const EMAIL_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
/// The format of a subject that is a common name.
pub const COMMON_NAME_FORMAT: &str = "http://schemas.xmlsoap.org/claims/CommonName";

/// How a person has proved who they are, by the URIs of `wauth`, of credentials and of the token's
/// AuthenticationMethod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// A user name and password in a form.
    Password,
    /// A client certificate in the TLS handshake.
    Certificate,
    /// Windows integrated authentication.
    Windows,
}

impl AuthenticationMethod {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::Password, Self::Certificate, Self::Windows];

    /// The method's URI.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Password => "urn:oasis:names:tc:SAML:1.0:am:password",
            Self::Certificate => "urn:ietf:rfc:2246",
            Self::Windows => "urn:federation:authentication:windows",
        }
    }

    /// The method of this URI; none for any other, which AD FS answers with HTTP 500.
    ///
    /// ```
    /// use forestsim::protocol::uri::AuthenticationMethod;
    /// let method = AuthenticationMethod::from_uri("urn:ietf:rfc:2246");
    /// assert_eq!(method, Some(AuthenticationMethod::Certificate));
    /// ```
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.uri() == uri)
    }
}
