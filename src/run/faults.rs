//! A fault as a scenario declares it, in the terms of the simulated network.

use super::deploy::network::place;
use crate::scenario::fault::{Amount, Clock, Crash, Cut, Delay, Traffic};
use crate::scenario::{self, Topology};
use crate::sim::{Direction, Extent, Fault, FaultKind, Place};
use crate::time::Span;

/// By how much frames overtake each other where a scenario only says that they do.
const REORDER_WITHIN: Span = Span::millis(500);

/// The fault of this name.
pub fn declare(
    topology: &Topology,
    name: &str,
    written: &scenario::Fault,
    lasts: Option<Span>,
    optional: bool,
) -> Fault {
    Fault { name: name.to_owned(), kind: kind(topology, written), optional, duration: lasts }
}

fn kind(topology: &Topology, written: &scenario::Fault) -> FaultKind {
    let end = |name: &str| place(topology, name).unwrap_or(Place::Any);
    let ends = |traffic: &Traffic| (end(&traffic.from), end(&traffic.to), extent(traffic));
    match written {
        scenario::Fault::Loss(traffic) => {
            let (from, to, extent) = ends(traffic);
            FaultKind::Loss { from, to, extent }
        }
        scenario::Fault::Duplicate(traffic) => {
            let (from, to, extent) = ends(traffic);
            FaultKind::Duplicate { from, to, extent }
        }
        scenario::Fault::Reorder(traffic) => {
            let (from, to, extent) = ends(traffic);
            FaultKind::Reorder { from, to, extent, within: REORDER_WITHIN }
        }
        scenario::Fault::Corrupt(traffic) => {
            let (from, to, extent) = ends(traffic);
            FaultKind::Corrupt { from, to, extent }
        }
        scenario::Fault::Delay(Delay { from, to, by }) => {
            FaultKind::Delay { from: end(from), to: end(to), extent: Extent::Percent(100), by: by.value.0 }
        }
        scenario::Fault::Cut(Cut { between, one_way }) => FaultKind::Cut {
            from: end(between.one()),
            to: end(between.other()),
            direction: if *one_way { Direction::OneWay } else { Direction::BothWays },
        },
        scenario::Fault::Crash(Crash { host, after: None }) => FaultKind::Crash { host: host.value.clone() },
        scenario::Fault::Crash(Crash { host, after: Some(after) }) => {
            FaultKind::CrashSending { host: host.value.clone(), to: end(&after.to), messages: after.messages }
        }
        scenario::Fault::Clock(Clock { host, offset, drift }) => FaultKind::Clock {
            host: host.value.clone(),
            offset: offset.as_ref().map_or(Span::ZERO, |offset| offset.value.0),
            drift_ppm: drift.as_ref().map_or(0, |drift| drift.value),
        },
    }
}

fn extent(traffic: &Traffic) -> Extent {
    match traffic.amount() {
        Amount::Percent(percent) => Extent::Percent(percent),
        Amount::Next(count) => Extent::Next(count),
    }
}
