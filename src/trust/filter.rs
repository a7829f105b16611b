//! SID filtering: which SIDs that come over a trust the trusting side lets count.
//!
//! The table is that of MS-PAC §4.1.2.2 as the domain page gives it (§6.5), for the era of Windows
//! Server 2008: relative identifiers from 500 to 999 count as the domain's own.

use std::collections::BTreeSet;
use std::fmt;

use super::{TrustAttributes, TrustRecord};
use crate::directory::Sid;

/// The kind of border that SIDs cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// Between two domains of a forest: any domain's SIDs pass.
    WithinForest,
    /// Between two forests: SIDs of the partner's forest pass.
    CrossForest,
    /// Between two forests, relaxed: SIDs of any other forest pass, low ones of the partner's only.
    CrossForestRelaxed,
    /// Between two domains, not quarantined: SIDs of any other forest pass.
    External,
    /// Quarantined: only the trusted domain's own SIDs pass.
    Quarantined,
}

impl Boundary {
    /// The border that this trust is.
    pub fn of(record: &TrustRecord) -> Self {
        let has = |bits| record.attributes.contains(bits);
        if has(TrustAttributes::WITHIN_FOREST) {
            Self::WithinForest
        } else if has(TrustAttributes::QUARANTINED) {
            Self::Quarantined
        } else if has(TrustAttributes::FOREST_TRANSITIVE) && has(TrustAttributes::TREAT_AS_EXTERNAL) {
            Self::CrossForestRelaxed
        } else if has(TrustAttributes::FOREST_TRANSITIVE) {
            Self::CrossForest
        } else {
            Self::External
        }
    }

    /// The border in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::WithinForest => "within the forest",
            Self::CrossForest => "between forests",
            Self::CrossForestRelaxed => "between forests, treated as external",
            Self::External => "external, not quarantined",
            Self::Quarantined => "quarantined",
        }
    }
}

/// Why a SID does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// It means something on one machine only, or is made up when a token is built.
    NeverTravels,
    /// It begins like a domain's, but is none.
    Malformed,
    /// Only domain controllers of the own forest may have it.
    OwnControllersOnly,
    /// It belongs to the own forest.
    OwnForest,
    /// It belongs to a domain that the trust does not speak for.
    NotSpokenFor,
    /// It belongs to a domain that the trust does not speak for, and is below 1000.
    LowIdentifier,
}

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::NeverTravels => "it never crosses a trust",
            Self::Malformed => "it is malformed",
            Self::OwnControllersOnly => "it is for domain controllers of the own forest",
            Self::OwnForest => "it belongs to the trusting forest itself",
            Self::NotSpokenFor => "it belongs to a domain that the trust does not speak for",
            Self::LowIdentifier => "it is a built-in group of a domain that the trust does not speak for",
        })
    }
}

/// What is left of the SIDs that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filtered {
    /// Which border they crossed.
    pub boundary: Boundary,
    /// Those that pass, in the order in which they came.
    pub kept: Vec<Sid>,
    /// Those that do not, and why.
    pub dropped: Vec<(Sid, Dropped)>,
    /// Why the one who comes is not let in at all: their own domain does not pass.
    pub refused: Option<Dropped>,
}

/// Filters what came over this trust to a domain of a forest whose domains have the SIDs `own`.
///
/// `logon_domain` is the domain of the one who comes. Where its SIDs do not pass, nothing of them is
/// left and the sign-in fails as a whole.
pub fn filter(record: &TrustRecord, own: &BTreeSet<Sid>, logon_domain: Sid, sids: &[Sid]) -> Filtered {
    let boundary = Boundary::of(record);
    // Any account of the domain stands for it.
    let account =
        logon_domain.is_domain().then(|| logon_domain.with_rid(crate::directory::sid::rid::FIRST_OWN));
    let refused = match account {
        Some(account) => judge(boundary, record, own, account).err(),
        None => Some(Dropped::Malformed),
    };
    let mut filtered = Filtered { boundary, kept: Vec::new(), dropped: Vec::new(), refused };
    for sid in sids {
        match judge(boundary, record, own, *sid) {
            Ok(()) => filtered.kept.push(*sid),
            Err(why) => filtered.dropped.push((*sid, why)),
        }
    }
    filtered
}

fn judge(boundary: Boundary, record: &TrustRecord, own: &BTreeSet<Sid>, sid: Sid) -> Result<(), Dropped> {
    if sid == Sid::THIS_ORGANIZATION || sid == Sid::OTHER_ORGANIZATION {
        return Ok(());
    }
    if sid == Sid::ENTERPRISE_DOMAIN_CONTROLLERS {
        return if boundary == Boundary::WithinForest { Ok(()) } else { Err(Dropped::OwnControllersOnly) };
    }
    let Some((domain, rid)) = sid.domain().zip(sid.rid()) else { return judge_general(sid) };
    let partner = domain == record.sid;
    let spoken_for = partner || record.forest_info.as_ref().is_some_and(|info| info.speaks_for(domain));
    match boundary {
        Boundary::WithinForest => Ok(()),
        _ if own.contains(&domain) => Err(Dropped::OwnForest),
        Boundary::Quarantined if !partner => Err(Dropped::NotSpokenFor),
        Boundary::CrossForest if !spoken_for => Err(Dropped::NotSpokenFor),
        Boundary::CrossForestRelaxed if !spoken_for && rid < 1000 => Err(Dropped::LowIdentifier),
        _ => Ok(()),
    }
}

/// A SID that is no domain's account or group.
fn judge_general(sid: Sid) -> Result<(), Dropped> {
    match (sid.authority(), sid.parts()) {
        (5, [21, ..]) => Err(Dropped::Malformed),
        (5, [first, ..]) if *first > 1000 => Ok(()),
        _ => Err(Dropped::NeverTravels),
    }
}
