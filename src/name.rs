//! Names that must not be mixed up: of hosts, of DNS, of domains, of people.
//!
//! Each is a cheap, immutable, ordered text. DNS names and user principal names compare without
//! regard to case, as DNS and Active Directory do, so they are kept in lower case.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $fold:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name made of this text.
            pub fn new(text: impl AsRef<str>) -> Self {
                let fold: fn(&str) -> String = $fold;
                Self(Arc::from(fold(text.as_ref())))
            }
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{:?}", &*self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// The name of a simulated machine in the scenario: `ws`, `fs-a`, `sally-laptop`. It is also the
    /// machine's address on the simulated network.
    HostName, |text| text.to_owned()
}
name! {
    /// A part of the network within which no firewall stands: `corporate`, `perimeter`, `internet`.
    ZoneName, |text| text.to_owned()
}
name! {
    /// A fully qualified name in DNS, of a host or of a domain: `fs.adventure-works.example`.
    DnsName, |text| text.trim_end_matches('.').to_ascii_lowercase()
}
name! {
    /// A domain's short name, `CORP`.
    NetbiosName, |text| text.to_ascii_uppercase()
}
name! {
    /// A user principal name, `sally@corp.adventure-works.example`.
    Upn, |text| text.to_ascii_lowercase()
}

impl DnsName {
    /// Whether this name is `other` or lies below it.
    ///
    /// ```
    /// use forestsim::name::DnsName;
    /// assert!(DnsName::new("ws.corp.example").is_within(&DnsName::new("corp.example")));
    /// assert!(!DnsName::new("ws.evilcorp.example").is_within(&DnsName::new("corp.example")));
    /// ```
    pub fn is_within(&self, other: &DnsName) -> bool {
        match self.as_str().strip_suffix(other.as_str()) {
            Some(rest) => rest.is_empty() || rest.ends_with('.'),
            None => false,
        }
    }

    /// The first label: `ws` of `ws.corp.example`.
    pub fn first_label(&self) -> &str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

impl Upn {
    /// What stands after the last `@`, or nothing where there is no `@`.
    ///
    /// ```
    /// use forestsim::name::{DnsName, Upn};
    /// assert_eq!(Upn::new("Sally@Corp.example").suffix(), Some(DnsName::new("corp.example")));
    /// ```
    pub fn suffix(&self) -> Option<DnsName> {
        self.as_str().rsplit_once('@').map(|(_, suffix)| DnsName::new(suffix))
    }
}
