//! A trust as a directory shows it: the trusted domain object below `CN=System` (MS-ADTS §6.1.6.7),
//! without its keys, which no reader is given.
//!
//! The forest trust information is the one attribute with a structure of its own (§6.1.6.9.3): binary,
//! little-endian. What a reader makes of a trust is for the reader to say.

use std::collections::BTreeSet;

use super::ldap::Entry;
use crate::directory::{Attributes, DistinguishedName, Sid};
use crate::name::{DnsName, NetbiosName};
use crate::trust::{
    Direction, ForestTrustInfo, NameSuffix, PartnerDomain, SuffixState, TrustAttributes, TrustKind,
    TrustRecord,
};

/// The class of these objects.
pub const CLASS: &str = "trustedDomain";
/// The attributes that make a trust.
pub const ATTRIBUTES: [&str; 6] =
    ["trustPartner", "flatName", "securityIdentifier", "trustDirection", "trustAttributes", FOREST_INFO];
const FOREST_INFO: &str = "msDS-TrustForestTrustInfo";

/// An uplevel trust, with a domain of Active Directory (trustType).
const UPLEVEL: &str = "2";

/// What kind of record forest trust information holds.
mod record {
    pub const TOP_LEVEL_NAME: u8 = 0;
    pub const EXCLUSION: u8 = 1;
    pub const DOMAIN: u8 = 2;
}

/// What turns a record of forest trust information off: bits of its flags.
mod flag {
    pub const NAME_NEW: u32 = 1;
    pub const NAME_DISABLED: u32 = 2;
    pub const NAME_CONFLICT: u32 = 4;
    pub const SID_DISABLED: u32 = 1;
    pub const SID_CONFLICT: u32 = 2;
    pub const NETBIOS_DISABLED: u32 = 4;
    pub const NETBIOS_CONFLICT: u32 = 8;
}

/// Why an entry is no trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the trusted domain object has no {0} that can be read")]
pub struct NoTrust(&'static str);

/// The entry of a trust, below the naming context of the domain that keeps it.
///
/// ```
/// use forestsim::directory::{Forest, Sid};
/// use forestsim::name::DnsName;
/// use forestsim::protocol::trusted_domain;
/// use forestsim::trust::{Party, TrustKind, make_trust};
/// let forest = |name: &str| {
///     let name = DnsName::new(name);
///     Forest::of_one(name.clone(), name.first_label().into(), Sid::of_domain(1, &name))
/// };
/// let (perimeter, corp) = (forest("perimeter.example"), forest("corp.example"));
/// let party = |forest| -> Party<'_> { Party { forest, domain: &forest.root } };
/// let mut trust = make_trust(1, TrustKind::Forest, party(&perimeter), party(&corp), false).unwrap().trusting;
/// let base = "DC=perimeter,DC=example".parse().unwrap();
/// let entry = trusted_domain::entry(&trust, &base);
/// assert_eq!(entry.dn.to_string(), "CN=corp.example,CN=System,DC=perimeter,DC=example");
/// trust.outgoing = None;
/// assert_eq!(trusted_domain::read(&entry), Ok(trust));
/// ```
pub fn entry(trust: &TrustRecord, base: &DistinguishedName) -> Entry {
    let mut attributes = Attributes::new([
        ("objectClass", CLASS.to_owned()),
        ("trustPartner", trust.partner.to_string()),
        ("flatName", trust.netbios.to_string()),
        ("securityIdentifier", trust.sid.to_string()),
        ("trustDirection", trust.direction.number().to_string()),
        ("trustType", UPLEVEL.to_owned()),
        ("trustAttributes", trust.attributes.0.to_string()),
    ]);
    if let Some(info) = &trust.forest_info {
        attributes.set(FOREST_INFO, vec![write(info).into()]);
    }
    let dn = base.child("CN", "System").child("CN", trust.partner.as_str());
    Entry { dn, deleted: false, attributes }
}

/// The trust of such an entry. Between domains of one forest it reads as a shortcut, whichever kind it
/// is: the entry does not tell them apart.
///
/// # Errors
/// Where an attribute is missing or cannot be read.
pub fn read(entry: &Entry) -> Result<TrustRecord, NoTrust> {
    let text = |name: &'static str| entry.first(name).ok_or(NoTrust(name));
    let number = |name: &'static str| text(name)?.parse::<u32>().map_err(|_| NoTrust(name));
    let attributes = TrustAttributes(number("trustAttributes")?);
    let direction = match number("trustDirection")? {
        0 => Direction::Disabled,
        1 => Direction::Inbound,
        2 => Direction::Outbound,
        3 => Direction::Bidirectional,
        _ => return Err(NoTrust("trustDirection")),
    };
    let forest_info = entry.attributes.bytes(FOREST_INFO).next();
    let forest_info = forest_info.map(|bytes| parse(bytes).ok_or(NoTrust(FOREST_INFO)));
    Ok(TrustRecord {
        partner: DnsName::new(text("trustPartner")?),
        netbios: NetbiosName::new(text("flatName")?),
        sid: text("securityIdentifier")?.parse().map_err(|_| NoTrust("securityIdentifier"))?,
        direction,
        kind: if attributes.contains(TrustAttributes::WITHIN_FOREST) {
            TrustKind::Shortcut
        } else if attributes.contains(TrustAttributes::FOREST_TRANSITIVE) {
            TrustKind::Forest
        } else {
            TrustKind::External
        },
        attributes,
        forest_info: forest_info.transpose()?,
        incoming: None,
        outgoing: None,
    })
}

/// `u32 version = 1 | u32 count | count × record`; a record is `u32 length | u32 flags | u64 time |
/// u8 type | data`, and texts and SIDs in the data are each preceded by their `u32` length.
fn write(info: &ForestTrustInfo) -> Vec<u8> {
    let mut records = Vec::new();
    for suffix in &info.suffixes {
        let flags = match suffix.state {
            SuffixState::Enabled => 0,
            SuffixState::New => flag::NAME_NEW,
            SuffixState::Disabled => flag::NAME_DISABLED,
            SuffixState::Conflict => flag::NAME_CONFLICT,
        };
        records.push(record(record::TOP_LEVEL_NAME, flags, &[suffix.name.as_str().as_bytes()]));
    }
    for excluded in &info.exclusions {
        records.push(record(record::EXCLUSION, 0, &[excluded.as_str().as_bytes()]));
    }
    for domain in &info.domains {
        let flags = flags_of(domain.sid_state, flag::SID_DISABLED, flag::SID_CONFLICT)
            | flags_of(domain.netbios_state, flag::NETBIOS_DISABLED, flag::NETBIOS_CONFLICT);
        let (dns, netbios) = (domain.dns_name.as_str().as_bytes(), domain.netbios.as_str().as_bytes());
        records.push(record(record::DOMAIN, flags, &[&domain.sid.to_bytes(), dns, netbios]));
    }
    [1u32.to_le_bytes().as_slice(), &length(records.len()), &records.concat()].concat()
}

fn flags_of(state: SuffixState, disabled: u32, conflict: u32) -> u32 {
    match state {
        SuffixState::Enabled => 0,
        SuffixState::New | SuffixState::Disabled => disabled,
        SuffixState::Conflict => conflict,
    }
}

fn record(kind: u8, flags: u32, fields: &[&[u8]]) -> Vec<u8> {
    let mut body = [flags.to_le_bytes().as_slice(), &0u64.to_le_bytes(), &[kind]].concat();
    for field in fields {
        body.extend(length(field.len()));
        body.extend_from_slice(field);
    }
    [length(body.len()).as_slice(), &body].concat()
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length)
        .expect("a forest's names are shorter than four thousand million bytes")
        .to_le_bytes()
}

fn parse(bytes: &[u8]) -> Option<ForestTrustInfo> {
    let mut rest = bytes;
    let (1, count) = (number(&mut rest)?, number(&mut rest)?) else { return None };
    let mut info = ForestTrustInfo { suffixes: Vec::new(), exclusions: BTreeSet::new(), domains: Vec::new() };
    for _ in 0..count {
        let mut body = field(&mut rest)?;
        let flags = number(&mut body)?;
        body = body.get(8..)?;
        let (kind, mut data) = body.split_first()?;
        match *kind {
            record::TOP_LEVEL_NAME => {
                let state = match flags {
                    0 => SuffixState::Enabled,
                    flag::NAME_NEW => SuffixState::New,
                    flags if flags & flag::NAME_CONFLICT != 0 => SuffixState::Conflict,
                    _ => SuffixState::Disabled,
                };
                info.suffixes.push(NameSuffix { name: name(&mut data)?, state });
            }
            record::EXCLUSION => {
                info.exclusions.insert(name(&mut data)?);
            }
            record::DOMAIN => info.domains.push(PartnerDomain {
                sid: Sid::from_bytes(field(&mut data)?).ok()?,
                dns_name: name(&mut data)?,
                netbios: NetbiosName::new(std::str::from_utf8(field(&mut data)?).ok()?),
                sid_state: state_of(flags, flag::SID_DISABLED, flag::SID_CONFLICT),
                netbios_state: state_of(flags, flag::NETBIOS_DISABLED, flag::NETBIOS_CONFLICT),
            }),
            _ => {}
        }
    }
    rest.is_empty().then_some(info)
}

fn state_of(flags: u32, disabled: u32, conflict: u32) -> SuffixState {
    if flags & conflict != 0 {
        SuffixState::Conflict
    } else if flags & disabled != 0 {
        SuffixState::Disabled
    } else {
        SuffixState::Enabled
    }
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(u32::from_le_bytes(*taken))
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn name(rest: &mut &[u8]) -> Option<DnsName> {
    std::str::from_utf8(field(rest)?).ok().map(DnsName::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> ForestTrustInfo {
        let suffix = |name: &str, state| NameSuffix { name: name.into(), state };
        ForestTrustInfo {
            suffixes: vec![
                suffix("corp.example", SuffixState::Enabled),
                suffix("new.example", SuffixState::New),
                suffix("old.example", SuffixState::Disabled),
                suffix("ours.example", SuffixState::Conflict),
            ],
            exclusions: [DnsName::new("lab.corp.example")].into(),
            domains: vec![PartnerDomain {
                dns_name: "corp.example".into(),
                netbios: "CORP".into(),
                sid: "S-1-5-21-1-2-3".parse().unwrap(),
                sid_state: SuffixState::Conflict,
                netbios_state: SuffixState::Disabled,
            }],
        }
    }

    #[test]
    fn forest_trust_information_is_laid_out_as_documented() {
        assert_eq!(parse(&write(&info())), Some(info()));
        // Laid out by hand after MS-ADTS §6.1.6.9.3: version, count; length 13 + 4 + 9, flags, time, type.
        let one = ForestTrustInfo {
            suffixes: vec![NameSuffix { name: "a.example".into(), state: SuffixState::Disabled }],
            ..ForestTrustInfo::default()
        };
        let head = [1, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0];
        assert_eq!(write(&one), [head.as_slice(), b"a.example"].concat());
    }

    #[test]
    fn nothing_but_the_whole_structure_reads() {
        let bytes = write(&info());
        for cut in 0..bytes.len() {
            assert_eq!(parse(&bytes[..cut]), None, "{cut} bytes");
        }
        assert_eq!(parse(&[bytes.as_slice(), &[0]].concat()), None);
    }
}
