//! SIDs as a token's Advice carries them: WindowsIdentifiers (MS-MWBE §2.2.3.3).
//!
//! `u32 flags, u32 count, count × (binary domain SID, u32 count, count × u32 RID)`, all
//! little-endian. Whether a receiver believes the SIDs is for its SID filter to say.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::directory::Sid;

/// The flags of WindowsIdentifiers.
///
/// The specification draws the two bits without numbering them, and the one published sample has
/// neither set, so the masks are **unverified**: they are the plausible values of a .NET enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SidFlags(pub u32);

impl SidFlags {
    /// Try the account that the NameIdentifier names before the SIDs.
    pub const TRY_LOCAL_ACCOUNT: Self = Self(0x2);
    /// None of the SIDs is the person's own.
    pub const NO_USER_SID: Self = Self(0x4);

    /// Whether all of these flags are set.
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}

/// SIDs of accounts and groups, packed by domain; never none at all.
///
/// ```
/// use forestsim::protocol::saml::{PackedSids, SidFlags};
/// let sids = ["S-1-5-21-1-2-3-1104".parse().unwrap(), "S-1-5-21-1-2-3-513".parse().unwrap()];
/// let packed = PackedSids::new(SidFlags::default(), sids).unwrap();
/// assert_eq!(PackedSids::from_base64(&packed.to_base64()).unwrap().sids().collect::<Vec<_>>(), sids);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedSids {
    flags: SidFlags,
    domains: Vec<(Sid, Vec<u32>)>,
}

/// Why a text does not hold packed SIDs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackedSidsError {
    /// It is not base64.
    #[error("not base64: {0}")]
    Base64(String),
    /// The bytes end before all that they announce.
    #[error("the bytes end before all the SIDs that they announce")]
    Truncated,
    /// There are more bytes than they announce.
    #[error("{0} bytes follow the last SID")]
    TooLong(usize),
    /// A domain without SIDs, or no domain at all.
    #[error("there are no SIDs, or none for one of the domains")]
    Empty,
    /// What should be the SID of a domain is another one, or none.
    #[error("there is no domain's SID where one should be")]
    Domain,
}

impl PackedSids {
    /// Packs SIDs, domains in the order in which they first occur. A SID of no domain, such as one of
    /// BUILTIN, cannot be packed and is left out; none where nothing is left.
    pub fn new(flags: SidFlags, sids: impl IntoIterator<Item = Sid>) -> Option<Self> {
        let mut domains: Vec<(Sid, Vec<u32>)> = Vec::new();
        for sid in sids {
            let Some((domain, rid)) = sid.domain().zip(sid.rid()) else { continue };
            match domains.iter_mut().find(|(known, _)| *known == domain) {
                Some((_, rids)) => rids.push(rid),
                None => domains.push((domain, vec![rid])),
            }
        }
        (!domains.is_empty()).then_some(Self { flags, domains })
    }

    /// The flags.
    pub fn flags(&self) -> SidFlags {
        self.flags
    }

    /// Every SID, by domain.
    pub fn sids(&self) -> impl Iterator<Item = Sid> + '_ {
        self.domains.iter().flat_map(|(domain, rids)| rids.iter().map(|&rid| domain.with_rid(rid)))
    }

    /// The text of WindowsIdentifiers.
    pub fn to_base64(&self) -> String {
        let mut bytes = self.flags.0.to_le_bytes().to_vec();
        bytes.extend(count(self.domains.len()));
        for (domain, rids) in &self.domains {
            bytes.extend(domain.to_bytes());
            bytes.extend(count(rids.len()));
            bytes.extend(rids.iter().flat_map(|rid| rid.to_le_bytes()));
        }
        STANDARD.encode(bytes)
    }

    /// The SIDs in the text of WindowsIdentifiers.
    ///
    /// # Errors
    /// Where it is not exactly one such structure.
    pub fn from_base64(text: &str) -> Result<Self, PackedSidsError> {
        let bytes = STANDARD.decode(text).map_err(|why| PackedSidsError::Base64(why.to_string()))?;
        let mut rest = bytes.as_slice();
        let flags = SidFlags(number(&mut rest)?);
        let mut domains = Vec::new();
        for _ in 0..some(number(&mut rest)?)? {
            let parts = usize::from(*rest.get(1).ok_or(PackedSidsError::Truncated)?);
            let domain = take(&mut rest, 8 + 4 * parts)?;
            let domain =
                Sid::from_bytes(domain).ok().filter(Sid::is_domain).ok_or(PackedSidsError::Domain)?;
            let mut rids = Vec::new();
            for _ in 0..some(number(&mut rest)?)? {
                rids.push(number(&mut rest)?);
            }
            domains.push((domain, rids));
        }
        match rest.len() {
            0 => Ok(Self { flags, domains }),
            more => Err(PackedSidsError::TooLong(more)),
        }
    }
}

fn count(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("a person is in fewer than four thousand million groups").to_le_bytes()
}

fn some(count: u32) -> Result<u32, PackedSidsError> {
    if count == 0 { Err(PackedSidsError::Empty) } else { Ok(count) }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], PackedSidsError> {
    let (taken, left) = rest.split_at_checked(length).ok_or(PackedSidsError::Truncated)?;
    *rest = left;
    Ok(taken)
}

fn number(rest: &mut &[u8]) -> Result<u32, PackedSidsError> {
    let (taken, left) = rest.split_first_chunk().ok_or(PackedSidsError::Truncated)?;
    *rest = left;
    Ok(u32::from_le_bytes(*taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The sample of MS-MWBE §4, whose 60 bytes the domain page decodes.
    const SAMPLE: &str = "AAAAAAEAAAABBAAAAAAABRUAAAAVU+0xvWJxlc9CDm4GAAAA9AEAAAYCAAAHAgAACAIAAAECAAAAAgAA";

    #[test]
    fn the_published_sample_reads_and_writes() {
        let domain: Sid = "S-1-5-21-837636885-2507236029-1846428367".parse().unwrap();
        let sids = [500, 518, 519, 520, 513, 512].map(|rid| domain.with_rid(rid));
        assert_eq!(PackedSids::new(SidFlags::default(), sids).unwrap().to_base64(), SAMPLE);
        let read = PackedSids::from_base64(SAMPLE).unwrap();
        assert_eq!((read.flags(), read.sids().collect::<Vec<_>>()), (SidFlags(0), sids.to_vec()));
    }

    #[test]
    fn nothing_but_the_whole_structure_reads() {
        let bytes = STANDARD.decode(SAMPLE).unwrap();
        for length in 0..bytes.len() {
            assert!(PackedSids::from_base64(&STANDARD.encode(&bytes[..length])).is_err(), "{length} bytes");
        }
        let read = |bytes: &[u8]| PackedSids::from_base64(&STANDARD.encode(bytes));
        assert_eq!(read(&[bytes.as_slice(), &[0]].concat()), Err(PackedSidsError::TooLong(1)));
        assert_eq!(read(&[0; 8]), Err(PackedSidsError::Empty));
        assert_eq!(PackedSids::new(SidFlags::default(), [Sid::ADMINISTRATORS]), None);
    }
}
