//! SDDL, the text form of security descriptors (MS-DTYP §2.5.1): `O:BAD:(A;;RP;;;AU)`.

use std::fmt;
use std::str::FromStr;

use super::mask::{FILE_RIGHTS, LETTERS};
use super::sid::rid;
use super::{AccessMask, Ace, AceFlags, AceKind, Guid, SecurityDescriptor, Sid};

/// The domain that abbreviations such as `DA`, Domain Admins, are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SddlDomain {
    /// The domain's SID.
    pub domain: Sid,
    /// The SID of its forest's root domain, for Enterprise Admins and Schema Admins.
    pub forest_root: Sid,
}

/// Why a text is not a security descriptor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SddlError {
    /// A part begins with something other than `O:`, `G:` or `D:`.
    #[error(
        "`{0}`: a security descriptor consists of O:owner, G:group and D:entries, in this order; audit lists (S:) are not kept"
    )]
    Section(String),
    /// An ACE does not have six fields in parentheses.
    #[error(
        "`{0}` is not an ACE; write it as (kind;flags;rights;object;class;trustee), as in (A;CI;RPLC;;;AU)"
    )]
    Ace(String),
    /// A field of an ACE is not understood.
    #[error("`{field}` in the ACE ({ace}) {problem}")]
    Field {
        /// The field.
        field: String,
        /// The ACE that it is in.
        ace: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A trustee is neither a SID nor a known abbreviation.
    #[error(
        "`{0}` is neither a SID nor one of the SDDL abbreviations (of a domain's groups only where the domain is known)"
    )]
    Trustee(String),
}

const WELL_KNOWN: [(&str, Sid); 14] = [
    ("WD", Sid::EVERYONE),
    ("CO", Sid::CREATOR_OWNER),
    ("CG", Sid::CREATOR_GROUP),
    ("OW", Sid::OWNER_RIGHTS),
    ("NU", Sid::NETWORK),
    ("ED", Sid::ENTERPRISE_DOMAIN_CONTROLLERS),
    ("PS", Sid::PRINCIPAL_SELF),
    ("AU", Sid::AUTHENTICATED_USERS),
    ("SY", Sid::LOCAL_SYSTEM),
    ("BA", Sid::ADMINISTRATORS),
    ("BU", Sid::USERS),
    ("AN", Sid::new(5, &[7])),
    ("IU", Sid::new(5, &[4])),
    ("BG", Sid::new(5, &[32, 546])),
];

const OF_DOMAIN: [(&str, u32); 5] = [
    ("LA", rid::ADMINISTRATOR),
    ("DA", rid::DOMAIN_ADMINS),
    ("DU", rid::DOMAIN_USERS),
    ("DC", rid::DOMAIN_COMPUTERS),
    ("DD", rid::DOMAIN_CONTROLLERS),
];

const OF_ROOT: [(&str, u32); 2] = [("EA", rid::ENTERPRISE_ADMINS), ("SA", rid::SCHEMA_ADMINS)];

impl SecurityDescriptor {
    /// The descriptor that this text describes. Without a `D:` part there is no list at all, and
    /// everyone may do everything; the same is written `D:NO_ACCESS_CONTROL`.
    ///
    /// ```
    /// use forestsim::directory::{SddlDomain, SecurityDescriptor, Sid};
    /// let corp: Sid = "S-1-5-21-1-2-3".parse().unwrap();
    /// let names = SddlDomain { domain: corp, forest_root: corp };
    /// let text = "O:DAD:P(D;;CR;8db0795c-df3a-4aca-a97d-100162998dfa;;DA)(A;CI;RPLC;;;AU)";
    /// let descriptor = SecurityDescriptor::from_sddl(text, Some(&names)).unwrap();
    /// assert_eq!(descriptor.owner, Some(corp.with_rid(512)));
    /// let again: SecurityDescriptor = descriptor.to_string().parse().unwrap();
    /// assert_eq!(again, descriptor);
    /// ```
    ///
    /// # Errors
    /// Where the text is not SDDL, or uses what forestsim does not keep; see [`SddlError`].
    pub fn from_sddl(text: &str, names: Option<&SddlDomain>) -> Result<Self, SddlError> {
        let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let mut rest = text.as_str();
        let mut descriptor = Self::default();
        if let Some(tail) = rest.strip_prefix("O:") {
            let (owner, tail) = split_section(tail);
            descriptor.owner = Some(trustee(owner, names)?);
            rest = tail;
        }
        if let Some(tail) = rest.strip_prefix("G:") {
            let (group, tail) = split_section(tail);
            descriptor.group = Some(trustee(group, names)?);
            rest = tail;
        }
        if let Some(tail) = rest.strip_prefix("D:") {
            let list = tail.find('(').unwrap_or(tail.len());
            rest = &tail[list..];
            match &tail[..list] {
                "NO_ACCESS_CONTROL" => {}
                flags => {
                    let known = flags.replace("AI", "").replace("AR", "");
                    descriptor.protected = match known.as_str() {
                        "" => false,
                        "P" => true,
                        _ => return Err(SddlError::Section(format!("D:{flags}"))),
                    };
                    descriptor.dacl = Some(Vec::new());
                }
            }
            if let Some(dacl) = &mut descriptor.dacl {
                while let Some(tail) = rest.strip_prefix('(') {
                    let (ace, tail) = tail.split_once(')').ok_or_else(|| SddlError::Ace(rest.to_owned()))?;
                    dacl.push(parse_ace(ace, names)?);
                    rest = tail;
                }
            }
        }
        if rest.is_empty() { Ok(descriptor) } else { Err(SddlError::Section(rest.to_owned())) }
    }
}

impl FromStr for SecurityDescriptor {
    type Err = SddlError;
    /// As [`SecurityDescriptor::from_sddl`], without abbreviations that are about a domain.
    fn from_str(text: &str) -> Result<Self, SddlError> {
        Self::from_sddl(text, None)
    }
}

/// The text up to the next `G:` or `D:` or `S:`, and the rest.
fn split_section(text: &str) -> (&str, &str) {
    let colon = text.find(':').map_or(text.len(), |colon| colon.saturating_sub(1));
    text.split_at_checked(colon).unwrap_or((text, ""))
}

fn trustee(text: &str, names: Option<&SddlDomain>) -> Result<Sid, SddlError> {
    let well_known = WELL_KNOWN.iter().find(|(letters, _)| *letters == text).map(|(_, sid)| *sid);
    let of = |table: &[(&str, u32)], domain: Option<Sid>| {
        let (_, rid) = table.iter().find(|(letters, _)| *letters == text)?;
        Some(domain?.with_rid(*rid))
    };
    well_known
        .or_else(|| of(&OF_DOMAIN, names.map(|names| names.domain)))
        .or_else(|| of(&OF_ROOT, names.map(|names| names.forest_root)))
        .or_else(|| text.parse().ok())
        .ok_or_else(|| SddlError::Trustee(text.to_owned()))
}

fn parse_ace(text: &str, names: Option<&SddlDomain>) -> Result<Ace, SddlError> {
    let fields: Vec<&str> = text.split(';').collect();
    let [kind, flags, rights, object, class, sid] = fields[..] else {
        return Err(SddlError::Ace(format!("({text})")));
    };
    let wrong = |field: &str, problem| SddlError::Field { field: field.into(), ace: text.into(), problem };
    let guid = |field: &str| match field {
        "" => Ok(None),
        _ => field.parse::<Guid>().map(Some).map_err(|_| wrong(field, "is not a GUID")),
    };
    let (kind, typed) = match kind {
        "A" => (AceKind::Allow, false),
        "D" => (AceKind::Deny, false),
        "OA" => (AceKind::Allow, true),
        "OD" => (AceKind::Deny, true),
        _ => return Err(wrong(kind, "is no kind of ACE that is kept; those are A, D, OA and OD")),
    };
    let (object_type, inherited_object_type) = (guid(object)?, guid(class)?);
    if !typed && inherited_object_type.is_some() {
        return Err(wrong(class, "names a class, which only OA and OD do"));
    }
    Ok(Ace {
        kind,
        flags: parse_flags(flags)
            .ok_or_else(|| wrong(flags, "are no flags; those are OI, CI, NP, IO, ID"))?,
        mask: parse_rights(rights)
            .ok_or_else(|| wrong(rights, "are no rights; write letters such as RPLC, or 0x with digits"))?,
        object_type,
        inherited_object_type,
        trustee: trustee(sid, names)?,
    })
}

/// The text two letters at a time; none where a letter is left over.
fn pairs(text: &str) -> Option<impl Iterator<Item = &str>> {
    let even = text.is_ascii() && text.len().is_multiple_of(2);
    even.then(|| (0..text.len() / 2).map(move |pair| &text[pair * 2..pair * 2 + 2]))
}

fn parse_flags(text: &str) -> Option<AceFlags> {
    let mut flags = AceFlags::default();
    for pair in pairs(text)? {
        *match pair {
            "OI" => &mut flags.object_inherit,
            "CI" => &mut flags.container_inherit,
            "NP" => &mut flags.no_propagate,
            "IO" => &mut flags.inherit_only,
            "ID" => &mut flags.inherited,
            _ => return None,
        } = true;
    }
    Some(flags)
}

fn parse_rights(text: &str) -> Option<AccessMask> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok().map(AccessMask);
    }
    if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return text.parse().ok().map(AccessMask);
    }
    pairs(text)?.try_fold(AccessMask::NONE, |sum, pair| {
        let mut known = LETTERS.iter().chain(&FILE_RIGHTS);
        Some(sum | known.find(|(letters, _)| *letters == pair)?.1)
    })
}

impl fmt::Display for SecurityDescriptor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(owner) = self.owner {
            write!(formatter, "O:{}", abbreviated(owner))?;
        }
        if let Some(group) = self.group {
            write!(formatter, "G:{}", abbreviated(group))?;
        }
        let Some(dacl) = &self.dacl else { return formatter.write_str("D:NO_ACCESS_CONTROL") };
        write!(formatter, "D:{}", if self.protected { "P" } else { "" })?;
        dacl.iter().try_for_each(|ace| write!(formatter, "{ace}"))
    }
}

impl fmt::Display for Ace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = self.object_type.is_some() || self.inherited_object_type.is_some();
        let kind = match (self.kind, typed) {
            (AceKind::Allow, false) => "A",
            (AceKind::Deny, false) => "D",
            (AceKind::Allow, true) => "OA",
            (AceKind::Deny, true) => "OD",
        };
        let guid = |guid: Option<Guid>| guid.map(|guid| guid.to_string()).unwrap_or_default();
        write!(formatter, "({kind};{};{};", self.flags, self.mask)?;
        write!(formatter, "{};{};", guid(self.object_type), guid(self.inherited_object_type))?;
        write!(formatter, "{})", abbreviated(self.trustee))
    }
}

impl fmt::Display for AceFlags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.object_inherit, "OI"),
            (self.container_inherit, "CI"),
            (self.no_propagate, "NP"),
            (self.inherit_only, "IO"),
            (self.inherited, "ID"),
        ];
        all.iter().filter(|(set, _)| *set).try_for_each(|(_, letters)| formatter.write_str(letters))
    }
}

fn abbreviated(sid: Sid) -> String {
    let known = WELL_KNOWN.iter().find(|(_, known)| *known == sid);
    known.map_or_else(|| sid.to_string(), |(letters, _)| (*letters).to_owned())
}
