//! Trust records: what one domain keeps about one trust.
//!
//! A trust is two half-records, one in each domain (trusted domain objects, MS-ADTS §6.1.6.7). What a
//! domain controller can do over the trust, it can do by its own half alone. This file knows what a
//! half holds and which combinations there are; [`super::pact`] makes both halves at once.

use serde::{Deserialize, Serialize};

use super::ForestTrustInfo;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::Sid;
use crate::name::{DnsName, NetbiosName};
use crate::time::VirtualTime;

/// Which way a trust points, seen from the domain that keeps the record (trustDirection).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It is turned off.
    Disabled,
    /// The partner trusts this domain: users of this domain may enter the partner.
    Inbound,
    /// This domain trusts the partner: users of the partner may enter this domain.
    Outbound,
    /// Each trusts the other.
    Bidirectional,
}

impl Direction {
    /// Whether the partner trusts this domain.
    pub fn is_inbound(self) -> bool {
        matches!(self, Self::Inbound | Self::Bidirectional)
    }

    /// Whether this domain trusts the partner.
    pub fn is_outbound(self) -> bool {
        matches!(self, Self::Outbound | Self::Bidirectional)
    }

    /// The number that the directory stores (MS-ADTS §6.1.6.7.12).
    pub fn number(self) -> u32 {
        self as u32
    }
}

/// What kind of trust it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustKind {
    /// Between a domain and the one above it; made with the domain.
    ParentChild,
    /// Between a forest's root and the root of another of its trees; made with the tree.
    TreeRoot,
    /// Between two domains of a forest, to make a path shorter.
    Shortcut,
    /// Between the roots of two forests, for all their domains, but no third forest's.
    Forest,
    /// Between two domains of different forests, and only these two.
    External,
}

impl TrustKind {
    /// Whether both domains are of one forest.
    pub fn is_within_forest(self) -> bool {
        matches!(self, Self::ParentChild | Self::TreeRoot | Self::Shortcut)
    }

    /// The kind in words: `forest trust`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ParentChild => "parent-child trust",
            Self::TreeRoot => "tree-root trust",
            Self::Shortcut => "shortcut trust",
            Self::Forest => "forest trust",
            Self::External => "external trust",
        }
    }
}

/// The bits that refine a trust (trustAttributes, MS-ADTS §6.1.6.7.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrustAttributes(pub u32);

impl TrustAttributes {
    /// Not transitive, though its kind would be.
    pub const NON_TRANSITIVE: Self = Self(0x1);
    /// Only SIDs of the trusted domain itself pass.
    pub const QUARANTINED: Self = Self(0x4);
    /// It reaches every domain of the partner's forest.
    pub const FOREST_TRANSITIVE: Self = Self(0x8);
    /// Selective authentication: who comes over it needs leave of each server.
    pub const CROSS_ORGANIZATION: Self = Self(0x10);
    /// Both domains are of one forest.
    pub const WITHIN_FOREST: Self = Self(0x20);
    /// A forest trust that filters SIDs as an external one would: SID history passes.
    pub const TREAT_AS_EXTERNAL: Self = Self(0x40);

    /// Whether all these bits are set.
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }

    /// With these bits set.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }

    /// With these bits cleared.
    #[must_use]
    pub const fn without(self, bits: Self) -> Self {
        Self(self.0 & !bits.0)
    }

    /// Only those of these bits that are set.
    #[must_use]
    pub const fn within(self, bits: Self) -> Self {
        Self(self.0 & bits.0)
    }

    /// The bits that Windows sets when it makes a trust of this kind. External trusts have been
    /// quarantined from the start since Windows Server 2003.
    pub const fn of(kind: TrustKind) -> Self {
        match kind {
            TrustKind::ParentChild | TrustKind::TreeRoot | TrustKind::Shortcut => Self::WITHIN_FOREST,
            TrustKind::Forest => Self::FOREST_TRANSITIVE,
            TrustKind::External => Self::QUARANTINED,
        }
    }
}

/// The key of one direction of a trust, which its password stands for, and the one before it. Both
/// are good, so a side that missed one change goes on, and one that missed two does not (domain page
/// §6.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustKey {
    /// What new tickets are sealed under.
    pub current: SymmetricKey,
    /// What tickets may still be sealed under.
    pub previous: Option<SymmetricKey>,
    /// When `current` was set; none where it is as old as the trust, and nobody noted when that was.
    pub set: Option<VirtualTime>,
    /// Whether the other side is known to have `current`.
    pub proven: bool,
}

impl TrustKey {
    /// The first key of a trust, which both sides are given.
    pub fn new(key: SymmetricKey) -> Self {
        Self { current: key, previous: None, set: None, proven: true }
    }

    /// Takes a new key; the one so far becomes the one before it. Nothing happens where it is in use
    /// already.
    ///
    /// ```
    /// use forestsim::crypto::{random, symmetric::SymmetricKey};
    /// use forestsim::time::VirtualTime;
    /// use forestsim::trust::TrustKey;
    /// let mut random = random::stream(1, "dc", "trust password");
    /// let [first, second, third] = [(); 3].map(|()| SymmetricKey::random(&mut random));
    /// let mut key = TrustKey::new(first.clone());
    /// key.change(second, VirtualTime::default());
    /// assert!(key.accepted().any(|known| *known == first), "one change missed");
    /// key.change(third, VirtualTime::default());
    /// assert!(key.accepted().all(|known| *known != first), "two changes missed");
    /// ```
    pub fn change(&mut self, key: SymmetricKey, now: VirtualTime) {
        if self.current != key {
            self.previous = Some(std::mem::replace(&mut self.current, key));
            self.set = Some(now);
        }
    }

    /// The keys that a ticket may be sealed under, newest first.
    pub fn accepted(&self) -> impl Iterator<Item = &SymmetricKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

/// What one domain keeps about one trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustRecord {
    /// The other domain.
    pub partner: DnsName,
    /// The other domain's short name.
    pub netbios: NetbiosName,
    /// The other domain's SID.
    pub sid: Sid,
    /// Which way it points, seen from here.
    pub direction: Direction,
    /// What kind it is.
    pub kind: TrustKind,
    /// What refines it.
    pub attributes: TrustAttributes,
    /// With a forest trust: the names and domains of the partner's forest.
    pub forest_info: Option<ForestTrustInfo>,
    /// Seals referrals from here to the partner (trustAuthIncoming); there where the partner trusts
    /// this domain.
    pub incoming: Option<TrustKey>,
    /// Opens referrals from the partner (trustAuthOutgoing); there where this domain trusts the
    /// partner.
    pub outgoing: Option<TrustKey>,
}

/// Why a trust cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A domain cannot trust itself.
    #[error("{0} cannot trust itself; name two domains")]
    Itself(DnsName),
    /// The forest has no such domain.
    #[error("the forest {forest} has no domain {domain}; correct the name")]
    UnknownDomain {
        /// The domain.
        domain: DnsName,
        /// The forest's root.
        forest: DnsName,
    },
    /// A forest trust joins forest roots.
    #[error(
        "{domain} is not the root of its forest, {root} is; a forest trust joins the roots of two forests"
    )]
    NotRoot {
        /// The domain.
        domain: DnsName,
        /// Its forest's root.
        root: DnsName,
    },
    /// Forest and external trusts join different forests.
    #[error(
        "{0} and {1} are of one forest; a forest or external trust joins two, a shortcut trust is for one"
    )]
    SameForest(DnsName, DnsName),
    /// Shortcut, parent-child and tree-root trusts stay within a forest.
    #[error("{0} and {1} are of different forests; a {kind} stays within one", kind = .2.name())]
    DifferentForests(DnsName, DnsName, TrustKind),
    /// These bits cannot be set together.
    #[error(
        "a trust within a forest can be neither forest-transitive nor selective (trustAttributes {0:#x})"
    )]
    Attributes(u32),
    /// This bit goes with a forest trust, and a forest trust with this bit.
    #[error("{kind} and trustAttributes {attributes:#x} do not go together: a forest trust, and no other, is forest-transitive", kind = .kind.name())]
    ForestBit {
        /// The kind.
        kind: TrustKind,
        /// The bits.
        attributes: u32,
    },
}

impl TrustRecord {
    /// Whether a path may go on before or after this trust.
    pub fn is_transitive(&self) -> bool {
        self.kind != TrustKind::External && !self.attributes.contains(TrustAttributes::NON_TRANSITIVE)
    }

    /// Whether its bits go together, and with its kind (MS-ADTS §6.1.6.7.9).
    ///
    /// # Errors
    /// [`TrustError::Attributes`] and [`TrustError::ForestBit`].
    pub fn check(&self) -> Result<(), TrustError> {
        let bits = self.attributes;
        let across = bits.contains(TrustAttributes::FOREST_TRANSITIVE)
            || bits.contains(TrustAttributes::CROSS_ORGANIZATION);
        if bits.contains(TrustAttributes::WITHIN_FOREST) && across {
            return Err(TrustError::Attributes(bits.0));
        }
        if bits.contains(TrustAttributes::FOREST_TRANSITIVE) != (self.kind == TrustKind::Forest) {
            return Err(TrustError::ForestBit { kind: self.kind, attributes: bits.0 });
        }
        Ok(())
    }
}
