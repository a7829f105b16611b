//! Where everything in the drawing of the trust graph stands, in whole numbers.
//!
//! The nodes stand in one column, those of a forest in a box. Each arrow leaves the one who trusts at
//! a place of its own, turns into a track at the right that it shares with no arrow beside it, and
//! comes back to the one who is trusted. So no label covers another, however many there are.

use std::collections::BTreeMap;

use super::home::Home;
use crate::trust::{Arrow, Node, TrustGraph};
use crate::view::place::Places;

/// The width of a node.
pub const NODE: usize = 296;
/// The left edge of the nodes.
pub const LEFT: usize = 18;
/// The right edge of the nodes.
pub const RIGHT: usize = LEFT + NODE;
/// The room for an arrow's label, right of the nodes.
const LABEL: usize = 138;
/// The distance of two tracks.
const TRACK: usize = 11;
/// The distance of two arrows at a node.
pub const PORT: usize = 19;
/// The least height of a node: two lines of text.
const LEAST: usize = 40;
/// The space between two nodes, and around them in their box.
const GAP: usize = 9;
/// The height of a box's heading.
pub const HEAD: usize = 24;

/// The whole drawing.
pub struct Layout<'g> {
    /// The boxes, from top to bottom.
    pub boxes: Vec<Group>,
    /// The nodes, from top to bottom.
    pub nodes: Vec<Place<'g>>,
    /// The arrows, as [`TrustGraph::arrows`] sorts them.
    pub arrows: Vec<Route<'g>>,
    /// Its width.
    pub width: usize,
    /// Its height.
    pub height: usize,
}

/// The box of a forest, or of all that belongs to none.
pub struct Group {
    /// The root domain of the forest.
    pub forest: Option<String>,
    /// Its upper edge.
    pub top: usize,
    /// Its height.
    pub height: usize,
}

/// A node and where it stands.
pub struct Place<'g> {
    /// The node.
    pub node: &'g Node,
    /// The hosts that it is on.
    pub hosts: Vec<String>,
    /// Its upper edge.
    pub top: usize,
    /// Its height.
    pub height: usize,
}

/// An arrow and its way.
pub struct Route<'g> {
    /// The arrow.
    pub arrow: Arrow<'g>,
    /// The y at which it leaves the one who trusts.
    pub from: usize,
    /// The y at which it comes to the one who is trusted.
    pub to: usize,
    /// The x of its track.
    pub track: usize,
}

impl<'g> Layout<'g> {
    /// The layout of a graph, with the homes of its nodes.
    pub fn of(graph: &'g TrustGraph, places: &Places<'_>) -> Self {
        let arrows = graph.arrows();
        let forests = by_forest(graph, &arrows, places);
        let order: Vec<&Node> =
            forests.iter().flat_map(|(_, nodes)| nodes.iter().map(|(node, _)| *node)).collect();
        let row: BTreeMap<&Node, usize> = order.iter().enumerate().map(|(row, node)| (*node, row)).collect();
        let ports = ports(&arrows, &row, order.len());
        let mut layout =
            Self { boxes: Vec::new(), nodes: Vec::new(), arrows: Vec::new(), width: 0, height: 0 };
        let mut y = GAP;
        for (forest, nodes) in forests {
            let top = y;
            y += HEAD;
            for (node, home) in nodes {
                let height = LEAST.max(ports[layout.nodes.len()].len() * PORT + 6);
                layout.nodes.push(Place { node, hosts: home.hosts, top: y, height });
                y += height + GAP;
            }
            layout.boxes.push(Group { forest, top, height: y - top });
            y += GAP;
        }
        layout.height = y;
        layout.route(&arrows, &ports);
        layout
    }

    fn route(&mut self, arrows: &[Arrow<'g>], ports: &[Vec<(usize, End)>]) {
        let mut ends: BTreeMap<(usize, End), usize> = BTreeMap::new();
        for (place, ports) in self.nodes.iter().zip(ports) {
            let first = place.top + (place.height - ports.len() * PORT) / 2 + PORT - 6;
            for (index, port) in ports.iter().enumerate() {
                ends.insert(*port, first + index * PORT);
            }
        }
        let spans: Vec<(usize, usize)> = (0..arrows.len())
            .map(|index| (ends[&(index, End::Truster)], ends[&(index, End::Trusted)]))
            .collect();
        let tracks = tracks(&spans);
        let most = tracks.iter().max().map_or(0, |track| track + 1);
        self.width = RIGHT + LABEL + most * TRACK + GAP + LEFT;
        for (index, arrow) in arrows.iter().enumerate() {
            let (from, to) = spans[index];
            self.arrows.push(Route { arrow: *arrow, from, to, track: RIGHT + LABEL + tracks[index] * TRACK });
        }
    }
}

/// Which end of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Truster,
    Trusted,
}

type Homed<'g> = (&'g Node, Home);

/// The nodes in their forests: those who trust others stand above those who are trusted.
fn by_forest<'g>(
    graph: &'g TrustGraph,
    arrows: &[Arrow<'g>],
    places: &Places<'_>,
) -> Vec<(Option<String>, Vec<Homed<'g>>)> {
    let mut forests: BTreeMap<Option<String>, Vec<Homed<'g>>> = BTreeMap::new();
    for node in graph.nodes() {
        let home = Home::of(node, places);
        forests.entry(home.forest.clone()).or_default().push((node, home));
    }
    let forest = |node: &Node| Home::of(node, places).forest;
    let mut trusting: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for arrow in arrows.iter().filter(|arrow| forest(arrow.truster) != forest(arrow.trusted)) {
        *trusting.entry(forest(arrow.truster)).or_default() += 1;
    }
    let mut forests: Vec<_> = forests.into_iter().collect();
    for (_, nodes) in &mut forests {
        nodes.sort_by_key(|(node, _)| (layer(node), *node));
    }
    let most = |forest: &Option<String>| std::cmp::Reverse(trusting.get(forest).copied().unwrap_or_default());
    forests.sort_by_key(|(forest, _)| (forest.is_none(), most(forest), forest.clone()));
    forests
}

/// What is asked stands above what vouches for those who ask.
fn layer(node: &Node) -> usize {
    match node {
        Node::Application(_) => 0,
        Node::Server(_) => 1,
        Node::Store(_) => 2,
        Node::FederationService(_) => 3,
        Node::Certificate(_) => 4,
        Node::Domain(_) => 5,
        Node::Account(_) => 6,
    }
}

/// The arrows at each node, from top to bottom: those that go up above those that go down, and the
/// nearest outside, so that they cross little.
fn ports(arrows: &[Arrow<'_>], row: &BTreeMap<&Node, usize>, nodes: usize) -> Vec<Vec<(usize, End)>> {
    let mut ports: Vec<Vec<(usize, usize, End)>> = vec![Vec::new(); nodes];
    for (index, arrow) in arrows.iter().enumerate() {
        let (truster, trusted) = (row[arrow.truster], row[arrow.trusted]);
        ports[truster].push((trusted, index, End::Truster));
        ports[trusted].push((truster, index, End::Trusted));
    }
    let ordered = |(own, mut ports): (usize, Vec<(usize, usize, End)>)| {
        ports.sort_by_key(|(other, index, end)| {
            let up = *other < own;
            // Upwards the farthest is innermost, downwards it is outermost.
            (!up, std::cmp::Reverse(*other), *index, *end)
        });
        ports.into_iter().map(|(_, index, end)| (index, end)).collect()
    };
    ports.into_iter().enumerate().map(ordered).collect()
}

/// A track for each span, short ones inside: two spans on one track do not touch.
fn tracks(spans: &[(usize, usize)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|index| (spans[*index].0.abs_diff(spans[*index].1), *index));
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut tracks = vec![0; spans.len()];
    for index in order {
        let (low, high) = (spans[index].0.min(spans[index].1), spans[index].0.max(spans[index].1));
        let free = |used: &Vec<(usize, usize)>| used.iter().all(|(from, to)| high < *from || *to < low);
        let track = taken.iter().position(free).unwrap_or(taken.len());
        if track == taken.len() {
            taken.push(Vec::new());
        }
        taken[track].push((low, high));
        tracks[index] = track;
    }
    tracks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_two_arrows_share_a_piece_of_a_track(
            spans in proptest::collection::vec((0_usize..200, 0_usize..200), 0..40)
        ) {
            let tracks = tracks(&spans);
            for (one, (from, to)) in spans.iter().enumerate() {
                for (other, (other_from, other_to)) in spans.iter().enumerate().skip(one + 1) {
                    let apart = from.max(to) < other_from.min(other_to) || other_from.max(other_to) < from.min(to);
                    prop_assert!(apart || tracks[one] != tracks[other]);
                }
            }
        }
    }
}
