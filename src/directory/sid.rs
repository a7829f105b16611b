//! Security identifiers: the names by which Windows knows people, groups, machines and domains.
//!
//! A [`Sid`] is a small value that is copied freely. This file knows the text and binary forms and
//! the identifiers that mean the same everywhere; it knows no account and no domain.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::crypto::digest::sha256;
use crate::name::DnsName;

/// The most sub-authorities that a SID may have (MS-DTYP §2.4.2).
const MOST: usize = 15;

/// The authority of nearly all SIDs: `S-1-5-…`, the NT authority.
const NT_AUTHORITY: u64 = 5;

/// A security identifier (MS-DTYP §2.4.2), such as `S-1-5-21-1004336348-1177238915-682003330-512`.
///
/// It orders by authority, then by its sub-authorities from left to right, so that a domain comes
/// just before its members. It is serialized as text.
///
/// ```
/// use forestsim::directory::Sid;
/// let domain_users: Sid = "S-1-5-21-1-2-3-513".parse().unwrap();
/// assert_eq!(domain_users.rid(), Some(513));
/// assert_eq!(domain_users.domain().unwrap().to_string(), "S-1-5-21-1-2-3");
/// assert_eq!(Sid::from_bytes(&domain_users.to_bytes()).unwrap(), domain_users);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sid {
    authority: u64,
    parts: [u32; MOST],
    count: u8,
}

/// Why something is not a SID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SidError {
    /// The text is not of the form `S-1-authority-part-part…`.
    #[error("`{0}` is not a SID; write it as S-1-5-21-1004336348-1177238915-682003330-512")]
    Text(String),
    /// The bytes are not revision 1, a count of at most 15, six bytes of authority and that many parts.
    #[error("the {0} bytes are not a binary SID")]
    Bytes(usize),
}

impl Sid {
    /// Everyone, `S-1-1-0`.
    pub const EVERYONE: Self = Self::new(1, &[0]);
    /// Creator Owner, `S-1-3-0`: in an inheritable ACE it stands for whoever owns the new object.
    pub const CREATOR_OWNER: Self = Self::new(3, &[0]);
    /// Creator Group, `S-1-3-1`: in an inheritable ACE it stands for the new object's group.
    pub const CREATOR_GROUP: Self = Self::new(3, &[1]);
    /// Owner Rights, `S-1-3-4`: an ACE for it replaces what an owner may do implicitly.
    pub const OWNER_RIGHTS: Self = Self::new(3, &[4]);
    /// Network, `S-1-5-2`: whoever came over the network.
    pub const NETWORK: Self = Self::new(NT_AUTHORITY, &[2]);
    /// Enterprise Domain Controllers, `S-1-5-9`.
    pub const ENTERPRISE_DOMAIN_CONTROLLERS: Self = Self::new(NT_AUTHORITY, &[9]);
    /// Anonymous, `S-1-5-7`: has not said who they are.
    pub const ANONYMOUS: Self = Self::new(NT_AUTHORITY, &[7]);
    /// Self, `S-1-5-10`: the object that the ACE stands on.
    pub const PRINCIPAL_SELF: Self = Self::new(NT_AUTHORITY, &[10]);
    /// Authenticated Users, `S-1-5-11`.
    pub const AUTHENTICATED_USERS: Self = Self::new(NT_AUTHORITY, &[11]);
    /// This Organization, `S-1-5-15`: authenticated without crossing a selective trust.
    pub const THIS_ORGANIZATION: Self = Self::new(NT_AUTHORITY, &[15]);
    /// Local System, `S-1-5-18`.
    pub const LOCAL_SYSTEM: Self = Self::new(NT_AUTHORITY, &[18]);
    /// Other Organization, `S-1-5-1000`: came over a trust with selective authentication.
    pub const OTHER_ORGANIZATION: Self = Self::new(NT_AUTHORITY, &[1000]);
    /// BUILTIN\Administrators, `S-1-5-32-544`.
    pub const ADMINISTRATORS: Self = Self::new(NT_AUTHORITY, &[32, 544]);
    /// BUILTIN\Users, `S-1-5-32-545`.
    pub const USERS: Self = Self::new(NT_AUTHORITY, &[32, 545]);
    /// BUILTIN\Windows Authorization Access Group, `S-1-5-32-560`: may read other accounts' token groups.
    pub const WINDOWS_AUTHORIZATION_ACCESS: Self = Self::new(NT_AUTHORITY, &[32, 560]);

    /// The SID of this authority and these sub-authorities, of which at most 15 count.
    pub const fn new(authority: u64, parts: &[u32]) -> Self {
        assert!(parts.len() <= MOST, "a SID has at most 15 sub-authorities");
        let mut all = [0; MOST];
        let mut index = 0;
        while index < parts.len() {
            all[index] = parts[index];
            index += 1;
        }
        Self { authority, parts: all, count: parts.len() as u8 }
    }

    /// The SID of a domain: `S-1-5-21-x-y-z`, its three numbers drawn from the seed and the name.
    pub fn of_domain(seed: u64, domain: &DnsName) -> Self {
        let mut text = seed.to_le_bytes().to_vec();
        text.extend_from_slice(b"domain SID of ");
        text.extend_from_slice(domain.as_str().as_bytes());
        let digest = sha256(&text);
        let number =
            |at: usize| u32::from_le_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]]);
        Self::new(NT_AUTHORITY, &[21, number(0), number(4), number(8)])
    }

    /// The SID of the member of this domain that has this relative identifier.
    ///
    /// # Panics
    /// Where this is no domain's SID.
    pub fn with_rid(self, rid: u32) -> Self {
        assert!(self.is_domain(), "only a domain's SID takes a relative identifier; {self} is none");
        Self::new(NT_AUTHORITY, &[21, self.parts[1], self.parts[2], self.parts[3], rid])
    }

    /// The identifier authority: 5 in `S-1-5-…`.
    pub fn authority(&self) -> u64 {
        self.authority
    }

    /// The sub-authorities, from left to right.
    pub fn parts(&self) -> &[u32] {
        &self.parts[..usize::from(self.count)]
    }

    /// Whether this is the SID of a domain itself, `S-1-5-21-x-y-z`.
    pub fn is_domain(&self) -> bool {
        self.authority == NT_AUTHORITY && self.count == 4 && self.parts[0] == 21
    }

    /// The domain of a domain's account or group: `S-1-5-21-x-y-z` of `S-1-5-21-x-y-z-r`.
    pub fn domain(&self) -> Option<Self> {
        let member = self.authority == NT_AUTHORITY && self.count == 5 && self.parts[0] == 21;
        member.then(|| Self::new(NT_AUTHORITY, &self.parts[..4]))
    }

    /// The relative identifier: the last number of a domain's or BUILTIN's account or group.
    pub fn rid(&self) -> Option<u32> {
        (self.domain().is_some() || self.is_builtin()).then(|| self.parts[usize::from(self.count) - 1])
    }

    /// Whether this is a group of the BUILTIN domain, `S-1-5-32-r`.
    pub fn is_builtin(&self) -> bool {
        self.authority == NT_AUTHORITY && self.count == 2 && self.parts[0] == 32
    }

    /// The name of a SID that means the same everywhere.
    pub fn well_known_name(&self) -> Option<&'static str> {
        WELL_KNOWN.iter().find(|(sid, _)| sid == self).map(|(_, name)| *name)
    }

    /// The binary form: revision, count, authority (big-endian), sub-authorities (little-endian).
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![1, self.count];
        bytes.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        for part in self.parts() {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        bytes
    }

    /// The SID in these bytes, all of them.
    ///
    /// # Errors
    /// Where they are not a binary SID of revision 1.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SidError> {
        let malformed = || SidError::Bytes(bytes.len());
        let (head, tail) = bytes.split_at_checked(8).ok_or_else(malformed)?;
        let count = usize::from(head[1]);
        if head[0] != 1 || count > MOST || tail.len() != count * 4 {
            return Err(malformed());
        }
        let authority = head[2..].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let mut parts = [0; MOST];
        for (part, chunk) in parts.iter_mut().zip(tail.chunks_exact(4)) {
            *part = u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
        }
        Ok(Self::new(authority, &parts[..count]))
    }
}

/// Relative identifiers that every domain uses alike.
pub mod rid {
    /// The first administrator.
    pub const ADMINISTRATOR: u32 = 500;
    /// The account whose key seals ticket-granting tickets.
    pub const KRBTGT: u32 = 502;
    /// Domain Admins.
    pub const DOMAIN_ADMINS: u32 = 512;
    /// Domain Users, every person's primary group.
    pub const DOMAIN_USERS: u32 = 513;
    /// Domain Computers, every machine's primary group.
    pub const DOMAIN_COMPUTERS: u32 = 515;
    /// Domain Controllers, every domain controller's primary group.
    pub const DOMAIN_CONTROLLERS: u32 = 516;
    /// Schema Admins, in the forest's root domain only.
    pub const SCHEMA_ADMINS: u32 = 518;
    /// Enterprise Admins, in the forest's root domain only.
    pub const ENTERPRISE_ADMINS: u32 = 519;
    /// The first identifier that an administrator's own accounts and groups get.
    pub const FIRST_OWN: u32 = 1000;
}

const WELL_KNOWN: [(Sid, &str); 14] = [
    (Sid::EVERYONE, "Everyone"),
    (Sid::CREATOR_OWNER, "CREATOR OWNER"),
    (Sid::CREATOR_GROUP, "CREATOR GROUP"),
    (Sid::OWNER_RIGHTS, "OWNER RIGHTS"),
    (Sid::NETWORK, "NETWORK"),
    (Sid::ENTERPRISE_DOMAIN_CONTROLLERS, "ENTERPRISE DOMAIN CONTROLLERS"),
    (Sid::PRINCIPAL_SELF, "SELF"),
    (Sid::AUTHENTICATED_USERS, "Authenticated Users"),
    (Sid::THIS_ORGANIZATION, "This Organization"),
    (Sid::LOCAL_SYSTEM, "SYSTEM"),
    (Sid::OTHER_ORGANIZATION, "Other Organization"),
    (Sid::ADMINISTRATORS, "BUILTIN\\Administrators"),
    (Sid::USERS, "BUILTIN\\Users"),
    (Sid::WINDOWS_AUTHORIZATION_ACCESS, "BUILTIN\\Windows Authorization Access Group"),
];

impl fmt::Display for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.authority < 1 << 32 {
            write!(formatter, "S-1-{}", self.authority)?;
        } else {
            write!(formatter, "S-1-0x{:012X}", self.authority)?;
        }
        self.parts().iter().try_for_each(|part| write!(formatter, "-{part}"))
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Sid {
    type Err = SidError;
    fn from_str(text: &str) -> Result<Self, SidError> {
        let malformed = || SidError::Text(text.to_owned());
        let mut fields = text.split('-');
        if !fields.next().is_some_and(|first| first.eq_ignore_ascii_case("S")) || fields.next() != Some("1") {
            return Err(malformed());
        }
        let authority = fields.next().ok_or_else(malformed)?;
        let authority = match authority.strip_prefix("0x").or_else(|| authority.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => authority.parse(),
        }
        .map_err(|_| malformed())?;
        let parts: Vec<u32> =
            fields.map(|part| part.parse()).collect::<Result<_, _>>().map_err(|_| malformed())?;
        if authority >= 1 << 48 || parts.is_empty() || parts.len() > MOST {
            return Err(malformed());
        }
        Ok(Self::new(authority, &parts))
    }
}

impl TryFrom<String> for Sid {
    type Error = SidError;
    fn try_from(text: String) -> Result<Self, SidError> {
        text.parse()
    }
}

impl From<Sid> for String {
    fn from(sid: Sid) -> Self {
        sid.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree_with_the_published_form() {
        // BUILTIN\Administrators in MS-DTYP's packet layout.
        let bytes = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];
        assert_eq!(Sid::ADMINISTRATORS.to_bytes(), bytes);
        assert_eq!(Sid::from_bytes(&bytes).unwrap().to_string(), "S-1-5-32-544");
        for text in
            ["S-1-5", "S-2-5-1", "S-1-5-x", "S-1-5-4294967296", "T-1-5-1", "S-1-0x1000000000000-1", ""]
        {
            assert!(text.parse::<Sid>().is_err(), "{text}");
        }
        for bytes in [&bytes[..15], &[1, 16, 0, 0, 0, 0, 0, 5], &[2, 0, 0, 0, 0, 0, 0, 5], &[]] {
            assert!(Sid::from_bytes(bytes).is_err(), "{bytes:?}");
        }
        let long: Sid = "S-1-0x0123456789AB-1-2".parse().unwrap();
        assert_eq!(long.to_string(), "S-1-0x0123456789AB-1-2");
        assert_eq!(Sid::from_bytes(&long.to_bytes()).unwrap(), long);
    }

    #[test]
    fn domains_are_stable_and_distinct() {
        let corp = Sid::of_domain(1, &DnsName::new("corp.example"));
        assert!(corp.is_domain());
        assert_eq!(corp, Sid::of_domain(1, &DnsName::new("CORP.example")));
        assert_ne!(corp, Sid::of_domain(2, &DnsName::new("corp.example")));
        assert_eq!(corp.with_rid(512).domain(), Some(corp));
        assert_eq!(corp.domain(), None, "a domain is not its own member");
        assert!(corp < corp.with_rid(1) && corp.with_rid(1) < corp.with_rid(2));
    }
}
