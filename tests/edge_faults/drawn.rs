//! Worlds that chance draws: some hubs, some edges, two days of trouble, and what people do meanwhile.

use forestsim::name::HostName;
use forestsim::sim::{Direction, Extent, Fault, FaultKind, Place};
use forestsim::time::Span;
use proptest::prelude::*;

/// Trouble begins within this span, and is over a while later.
const TROUBLE_BEGINS: Span = Span::hours(36);
const LONGEST: Span = Span::hours(12);

/// A world, and what befalls it.
#[derive(Debug, Clone)]
pub struct World {
    pub seed: u64,
    pub hubs: usize,
    pub edges: usize,
    /// The hub that imports the first edge's file; the next one imports the next edge's.
    pub importer: usize,
    /// How long the accounts of hubs live.
    pub lifetime: Span,
    /// How long all is well after the subscriptions were made.
    pub calm: Span,
    pub troubles: Vec<Trouble>,
    pub acts: Vec<(Span, Act)>,
}

/// Something that goes wrong for a while.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub after: Span,
    pub lasts: Span,
    pub kind: TroubleKind,
}

/// Hosts are numbered: the domain controller, the hubs, the edges.
#[derive(Debug, Clone)]
pub enum TroubleKind {
    Loss { from: usize, to: usize, percent: u8 },
    Delay { from: usize, to: usize, percent: u8, by: Span },
    Duplicate { from: usize, to: usize, percent: u8 },
    Cut { from: usize, to: usize, one_way: bool },
    Crash { host: usize },
    Clock { host: usize, ahead: Span },
}

/// What somebody does while all this goes on.
#[derive(Debug, Clone)]
pub enum Act {
    /// A recipient has this many addresses from now on; none where there are none.
    Recipient {
        number: usize,
        addresses: usize,
    },
    InsideOnly {
        number: usize,
        inside_only: bool,
    },
    Synchronize {
        hub: usize,
        edge: usize,
        full: bool,
    },
}

impl World {
    pub fn hosts(&self) -> Vec<HostName> {
        let hubs = (1..=self.hubs).map(|number| format!("hub-{number}"));
        let edges = (1..=self.edges).map(|number| format!("edge-{number}"));
        std::iter::once("dc".to_owned()).chain(hubs).chain(edges).map(HostName::new).collect()
    }

    /// When the last trouble is over, counted from when trouble may begin.
    pub fn trouble_ends(&self) -> Span {
        let ends = self.troubles.iter().map(|trouble| trouble.after + trouble.lasts);
        ends.max().unwrap_or(Span::ZERO)
    }

    /// A trouble as the simulation is told of it.
    pub fn fault(&self, number: usize) -> Fault {
        let Trouble { lasts, kind, .. } = &self.troubles[number];
        let hosts = self.hosts();
        let host = |number: usize| hosts[number % hosts.len()].clone();
        let place = |number: usize| Place::Host(host(number));
        let kind = match *kind {
            TroubleKind::Loss { from, to, percent } => {
                FaultKind::Loss { from: place(from), to: place(to), extent: Extent::Percent(percent) }
            }
            TroubleKind::Delay { from, to, percent, by } => {
                FaultKind::Delay { from: place(from), to: place(to), extent: Extent::Percent(percent), by }
            }
            TroubleKind::Duplicate { from, to, percent } => {
                FaultKind::Duplicate { from: place(from), to: place(to), extent: Extent::Percent(percent) }
            }
            TroubleKind::Cut { from, to, one_way } => FaultKind::Cut {
                from: place(from),
                to: place(to),
                direction: if one_way { Direction::OneWay } else { Direction::BothWays },
            },
            TroubleKind::Crash { host: number } => FaultKind::Crash { host: host(number) },
            TroubleKind::Clock { host: number, ahead } => {
                FaultKind::Clock { host: host(number), offset: ahead, drift_ppm: 0 }
            }
        };
        Fault::new(format!("trouble {number}"), kind).lasting(*lasts).optional()
    }
}

pub fn worlds() -> impl Strategy<Value = World> {
    (
        (any::<u64>(), 1..=3_usize, 1..=2_usize, 0..3_usize),
        // Faults that last for four days in the wrong week are not survived, nor are they drawn.
        (12..=30_i64, 0..=30 * 24_i64),
        prop::collection::vec(troubles(TROUBLE_BEGINS, LONGEST), 0..6),
        prop::collection::vec((spans(TROUBLE_BEGINS + LONGEST), acts()), 0..8),
    )
        .prop_map(|((seed, hubs, edges, importer), (lifetime, calm), troubles, mut acts)| {
            acts.sort_by_key(|(after, _)| *after);
            let (lifetime, calm) = (Span::days(lifetime), Span::hours(calm));
            World { seed, hubs, edges, importer, lifetime, calm, troubles, acts }
        })
}

/// Worlds with trouble within the half second that an import takes.
pub fn hard_beginnings() -> impl Strategy<Value = World> {
    let troubles = prop::collection::vec(troubles(Span::millis(500), Span::minutes(40)), 1..5);
    ((any::<u64>(), 1..=3_usize, 1..=2_usize, 0..3_usize), troubles).prop_map(
        |((seed, hubs, edges, importer), troubles)| {
            let (lifetime, calm, acts) = (Span::days(30), Span::ZERO, Vec::new());
            World { seed, hubs, edges, importer, lifetime, calm, troubles, acts }
        },
    )
}

fn spans(below: Span) -> impl Strategy<Value = Span> {
    (1..below.as_micros()).prop_map(Span::micros)
}

fn troubles(begins: Span, longest: Span) -> impl Strategy<Value = Trouble> {
    let host = || 0..6_usize;
    let percent = || 1..=70_u8;
    let kind = prop_oneof![
        (host(), host(), percent()).prop_map(|(from, to, percent)| TroubleKind::Loss { from, to, percent }),
        (host(), host(), percent(), 1..40_000_i64).prop_map(|(from, to, percent, by)| {
            TroubleKind::Delay { from, to, percent, by: Span::millis(by) }
        }),
        (host(), host(), percent()).prop_map(|(from, to, percent)| TroubleKind::Duplicate {
            from,
            to,
            percent
        }),
        (host(), host(), any::<bool>()).prop_map(|(from, to, one_way)| TroubleKind::Cut {
            from,
            to,
            one_way
        }),
        host().prop_map(|host| TroubleKind::Crash { host }),
        (host(), clocks()).prop_map(|(host, ahead)| TroubleKind::Clock { host, ahead }),
    ];
    (spans(begins), spans(longest), kind).prop_map(|(after, lasts, kind)| Trouble { after, lasts, kind })
}

/// A clock is off by so little that the lock still excludes, or by so much that Active Directory lets
/// nobody in.
fn clocks() -> impl Strategy<Value = Span> {
    let little = (-60..=60_i64).prop_map(Span::seconds);
    let much = (6..20 * 60_i64).prop_map(Span::minutes);
    prop_oneof![little, much.clone(), much.prop_map(|span| -span)]
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..5_usize, 0..3_usize).prop_map(|(number, addresses)| Act::Recipient { number, addresses }),
        1 => (0..5_usize, any::<bool>())
            .prop_map(|(number, inside_only)| Act::InsideOnly { number, inside_only }),
        2 => (0..3_usize, 0..2_usize, any::<bool>())
            .prop_map(|(hub, edge, full)| Act::Synchronize { hub, edge, full }),
    ]
}
