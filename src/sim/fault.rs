//! What can go wrong on purpose, as a scenario declares it.

use std::fmt;

use super::network::Place;
use crate::name::HostName;
use crate::time::Span;

/// Something that goes wrong on purpose.
///
/// A fault that has touched nothing by the end of a run shows that the scenario does not test what it
/// seems to; see [`Simulation::untouched_faults`](super::Simulation::untouched_faults).
///
/// ```
/// use forestsim::sim::{Extent, Fault, FaultKind, Place};
/// use forestsim::time::Span;
/// let (from, to) = (Place::Host("ws".into()), Place::Any);
/// let fault = Fault::new("flaky line", FaultKind::Loss { from, to, extent: Extent::Percent(20) })
///     .lasting(Span::minutes(5))
///     .optional();
/// assert_eq!(fault.kind.to_string(), "loses 20% of the frames from ws to anywhere");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its name, which no other fault of the run has.
    pub name: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Whether it may touch nothing.
    pub optional: bool,
    /// How long it lasts; without, until it is healed.
    pub duration: Option<Span>,
}

impl Fault {
    /// A fault that lasts until it is healed and must touch something.
    pub fn new(name: impl Into<String>, kind: FaultKind) -> Self {
        Self { name: name.into(), kind, optional: false, duration: None }
    }

    /// The same fault, for this long.
    pub fn lasting(mut self, span: Span) -> Self {
        self.duration = Some(span);
        self
    }

    /// The same fault, which may touch nothing.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// Which of the frames from one place to another a fault touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Each frame with this chance in a hundred, control segments of TCP too.
    Percent(u8),
    /// The next so many frames that carry a message; control segments pass.
    Next(u32),
}

/// Whether a cut goes one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Frames the other way pass.
    OneWay,
    /// Nothing passes.
    BothWays,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Frames are lost.
    Loss {
        /// Whose.
        from: Place,
        /// To whom.
        to: Place,
        /// Which.
        extent: Extent,
    },
    /// Frames are late.
    Delay {
        /// Whose.
        from: Place,
        /// To whom.
        to: Place,
        /// Which.
        extent: Extent,
        /// How late.
        by: Span,
    },
    /// Frames arrive twice.
    Duplicate {
        /// Whose.
        from: Place,
        /// To whom.
        to: Place,
        /// Which.
        extent: Extent,
    },
    /// Frames are held up for different times, so that later ones overtake earlier ones.
    Reorder {
        /// Whose.
        from: Place,
        /// To whom.
        to: Place,
        /// Which.
        extent: Extent,
        /// How long at most.
        within: Span,
    },
    /// Bytes of messages are flipped on the way, after they were encoded.
    Corrupt {
        /// Whose.
        from: Place,
        /// To whom.
        to: Place,
        /// Which; control segments have no bytes to flip.
        extent: Extent,
    },
    /// Nothing gets through.
    Cut {
        /// From here.
        from: Place,
        /// To there.
        to: Place,
        /// And back?
        direction: Direction,
    },
    /// A host loses everything volatile and answers nothing, until it is restarted.
    Crash {
        /// Which host.
        host: HostName,
    },
    /// A host goes down in the middle of what it does: as soon as it has sent so many messages.
    CrashSending {
        /// Which host.
        host: HostName,
        /// To whom the messages go that count.
        to: Place,
        /// How many.
        messages: u32,
    },
    /// A host that is down starts again, which ends its crash.
    Restart {
        /// Which host.
        host: HostName,
    },
    /// A host's clock is wrong.
    Clock {
        /// Which host's.
        host: HostName,
        /// How far it is ahead; negative where it is behind.
        offset: Span,
        /// How many microseconds it gains in each second from then on.
        drift_ppm: i32,
    },
}

impl FaultKind {
    /// The host that it befalls; none where it befalls frames.
    pub fn host(&self) -> Option<&HostName> {
        match self {
            Self::Crash { host }
            | Self::CrashSending { host, .. }
            | Self::Restart { host }
            | Self::Clock { host, .. } => Some(host),
            _ => None,
        }
    }

    /// From where to where the frames go that it befalls; none where it befalls a host.
    pub fn ends(&self) -> Option<(&Place, &Place)> {
        match self {
            Self::Loss { from, to, .. }
            | Self::Delay { from, to, .. }
            | Self::Duplicate { from, to, .. }
            | Self::Reorder { from, to, .. }
            | Self::Corrupt { from, to, .. }
            | Self::Cut { from, to, .. } => Some((from, to)),
            Self::Crash { .. } | Self::CrashSending { .. } | Self::Restart { .. } | Self::Clock { .. } => {
                None
            }
        }
    }

    /// Whether it has to see the frames that are sent.
    pub(super) fn watches_frames(&self) -> bool {
        self.ends().is_some() || matches!(self, Self::CrashSending { .. })
    }

    pub(super) fn extent(&self) -> Option<Extent> {
        match self {
            Self::Loss { extent, .. }
            | Self::Delay { extent, .. }
            | Self::Duplicate { extent, .. }
            | Self::Reorder { extent, .. }
            | Self::Corrupt { extent, .. } => Some(*extent),
            _ => None,
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(formatter, "{percent}% of the frames"),
            Self::Next(1) => formatter.write_str("the next message"),
            Self::Next(count) => write!(formatter, "the next {count} messages"),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loss { from, to, extent } => write!(formatter, "loses {extent} from {from} to {to}"),
            Self::Delay { from, to, extent, by } => {
                write!(formatter, "holds {extent} from {from} to {to} up by {by}")
            }
            Self::Duplicate { from, to, extent } => {
                write!(formatter, "doubles {extent} from {from} to {to}")
            }
            Self::Reorder { from, to, extent, within } => {
                write!(formatter, "holds {extent} from {from} to {to} up by up to {within} each")
            }
            Self::Corrupt { from, to, extent } => {
                write!(formatter, "corrupts {extent} from {from} to {to}")
            }
            Self::Cut { from, to, direction: Direction::OneWay } => {
                write!(formatter, "lets nothing through from {from} to {to}")
            }
            Self::Cut { from, to, direction: Direction::BothWays } => {
                write!(formatter, "lets nothing through between {from} and {to}")
            }
            Self::Crash { host } => write!(formatter, "{host} goes down"),
            Self::CrashSending { host, to, messages } => {
                write!(formatter, "{host} goes down once it has sent {messages} more messages to {to}")
            }
            Self::Restart { host } => write!(formatter, "{host} starts again"),
            Self::Clock { host, offset, drift_ppm: 0 } => {
                write!(formatter, "the clock of {host} is off by {offset}")
            }
            Self::Clock { host, offset, drift_ppm } => {
                write!(formatter, "the clock of {host} is off by {offset} and drifts by {drift_ppm} ppm")
            }
        }
    }
}
