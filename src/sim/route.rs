//! The ways through the network that have been asked for, so that each is found once for a pair of
//! zones, however many hosts they have.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::network::{Network, Route};
use crate::name::ZoneName;

/// A zone's place in the order in which hosts named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ZoneId(u32);

#[derive(Default)]
pub(super) struct Routes {
    zones: Vec<ZoneName>,
    known: BTreeMap<(ZoneId, ZoneId), Option<Rc<Route>>>,
}

impl Routes {
    pub fn zone_id(&mut self, zone: &ZoneName) -> ZoneId {
        let place = self.zones.iter().position(|known| known == zone).unwrap_or_else(|| {
            self.zones.push(zone.clone());
            self.zones.len() - 1
        });
        ZoneId(u32::try_from(place).expect("a network has fewer than 2³² zones"))
    }

    pub fn zone(&self, id: ZoneId) -> &ZoneName {
        &self.zones[id.0 as usize]
    }

    /// The way from one zone to another; none where no links lead there.
    pub fn route(&mut self, network: &Network, from: ZoneId, to: ZoneId) -> Option<Rc<Route>> {
        let zones = &self.zones;
        let find = || network.route(&zones[from.0 as usize], &zones[to.0 as usize]).map(Rc::new);
        self.known.entry((from, to)).or_insert_with(find).clone()
    }

    /// Forgets every way: the network may have changed.
    pub fn forget(&mut self) {
        self.known.clear();
    }
}
