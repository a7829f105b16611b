//! Making trusts: both halves at once, with a common key for each direction, as the wizard of Active
//! Directory does on both sides.

use super::{Direction, ForestTrustInfo, TrustAttributes, TrustError, TrustKey, TrustKind, TrustRecord};
use crate::crypto::random;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::{Forest, ForestDomain};
use crate::name::DnsName;

/// One of the two domains of a trust.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    /// Its forest.
    pub forest: &'a Forest,
    /// The domain.
    pub domain: &'a DnsName,
}

/// The two halves of a trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halves {
    /// What the trusting domain keeps.
    pub trusting: TrustRecord,
    /// What the trusted domain keeps.
    pub trusted: TrustRecord,
}

/// Makes a trust. Access flows against it: users of the trusted domain may enter the trusting one.
///
/// Each half has the attributes that Windows sets; change them, and a forest trust's names,
/// afterwards. The keys come from the seed.
///
/// # Errors
/// Where there can be no such trust between the two; see [`TrustError`].
///
/// ```
/// use forestsim::directory::{Forest, Sid};
/// use forestsim::name::DnsName;
/// use forestsim::trust::{Party, TrustKind, make_trust};
/// let forest = |name: &str| {
///     let name = DnsName::new(name);
///     Forest::of_one(name.clone(), name.first_label().into(), Sid::of_domain(1, &name))
/// };
/// let (perimeter, corp) = (forest("perimeter.example"), forest("corp.example"));
/// let trusting = Party { forest: &perimeter, domain: &perimeter.root };
/// let trusted = Party { forest: &corp, domain: &corp.root };
/// let halves = make_trust(1, TrustKind::Forest, trusting, trusted, false).unwrap();
/// assert!(halves.trusting.direction.is_outbound() && halves.trusting.incoming.is_none());
/// assert_eq!(halves.trusting.outgoing, halves.trusted.incoming);
/// ```
pub fn make_trust(
    seed: u64,
    kind: TrustKind,
    trusting: Party<'_>,
    trusted: Party<'_>,
    two_way: bool,
) -> Result<Halves, TrustError> {
    check(kind, trusting, trusted)?;
    let outward = key(seed, trusting.domain, trusted.domain);
    let inward = two_way.then(|| key(seed, trusted.domain, trusting.domain));
    let half = |partner: Party<'_>, direction: Direction| -> Result<TrustRecord, TrustError> {
        let known = place(partner)?;
        let direction = if two_way { Direction::Bidirectional } else { direction };
        Ok(TrustRecord {
            partner: partner.domain.clone(),
            netbios: known.netbios.clone(),
            sid: known.sid,
            direction,
            kind,
            attributes: TrustAttributes::of(kind),
            forest_info: (kind == TrustKind::Forest).then(|| ForestTrustInfo::of(partner.forest)),
            incoming: None,
            outgoing: None,
        })
    };
    let mut halves = Halves {
        trusting: half(trusted, Direction::Outbound)?,
        trusted: half(trusting, Direction::Inbound)?,
    };
    halves.trusted.incoming = Some(outward.clone());
    halves.trusting.outgoing = Some(outward);
    halves.trusting.incoming.clone_from(&inward);
    halves.trusted.outgoing = inward;
    Ok(halves)
}

/// The trusts that a forest has of itself, as `(holder, record)`: between each domain and the one
/// above it, and between its root and the roots of its other trees, all two-way.
///
/// # Errors
/// Where a domain's parent is no domain of the forest.
pub fn trusts_within(seed: u64, forest: &Forest) -> Result<Vec<(DnsName, TrustRecord)>, TrustError> {
    let mut records = Vec::new();
    for (name, domain) in &forest.domains {
        let Some(parent) = &domain.parent else { continue };
        let kind = if name.is_within(parent) { TrustKind::ParentChild } else { TrustKind::TreeRoot };
        let above = Party { forest, domain: parent };
        let halves = make_trust(seed, kind, above, Party { forest, domain: name }, true)?;
        records.push((parent.clone(), halves.trusting));
        records.push((name.clone(), halves.trusted));
    }
    Ok(records)
}

fn place(party: Party<'_>) -> Result<&ForestDomain, TrustError> {
    party.forest.domains.get(party.domain).ok_or_else(|| TrustError::UnknownDomain {
        domain: party.domain.clone(),
        forest: party.forest.root.clone(),
    })
}

fn check(kind: TrustKind, trusting: Party<'_>, trusted: Party<'_>) -> Result<(), TrustError> {
    place(trusting)?;
    place(trusted)?;
    let both = || (trusting.domain.clone(), trusted.domain.clone());
    if trusting.domain == trusted.domain {
        return Err(TrustError::Itself(trusting.domain.clone()));
    }
    let same_forest = trusting.forest.root == trusted.forest.root;
    if kind.is_within_forest() && !same_forest {
        let (one, other) = both();
        return Err(TrustError::DifferentForests(one, other, kind));
    }
    if !kind.is_within_forest() && same_forest {
        let (one, other) = both();
        return Err(TrustError::SameForest(one, other));
    }
    for party in [trusting, trusted] {
        if kind == TrustKind::Forest && *party.domain != party.forest.root {
            let (domain, root) = (party.domain.clone(), party.forest.root.clone());
            return Err(TrustError::NotRoot { domain, root });
        }
    }
    Ok(())
}

fn key(seed: u64, trusting: &DnsName, trusted: &DnsName) -> TrustKey {
    let owner = format!("{trusting} trusts {trusted}");
    let current = SymmetricKey::random(&mut random::stream(seed, &owner, "trust key"));
    TrustKey::new(current)
}
