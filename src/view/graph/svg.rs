//! The trust graph as a drawing: forests as boxes, in them domains, services, servers and accounts with
//! the hosts that they are on, and a numbered arrow from each who trusts to each who is trusted.
//!
//! An arrow names its kind where it leaves, and its number at both ends; below the drawing every number
//! is read both ways. What does not work for now is dashed and says so. Positions are whole numbers.

use maud::{Markup, PreEscaped, html};

use super::layout::{self, Layout, Place, Route};
use super::{kind, label};
use crate::trust::{Arrow, EdgeKind, TrustGraph};
use crate::view::place::Places;
use crate::view::text::{cut, legible};

/// How wide a letter is, on the safe side.
const LETTER: usize = 7;
/// The height of a line of the legend.
const LINE: usize = 17;

const STYLE: &str = "\
.trust-graph text{font:12px system-ui,sans-serif;fill:#1c2733}\
.trust-graph .ground{fill:#fff}.trust-graph .forest{fill:#f1f4f8;stroke:#aab6c4}\
.trust-graph .node{fill:#fff;stroke:#55606e}.trust-graph .strong{font-weight:600}\
.trust-graph .dim{fill:#55606e;font-size:11px}.trust-graph .small{font-size:11px}\
.trust-graph .way{fill:none;stroke:#1f5fae;stroke-width:1.6}.trust-graph .tip{fill:#1f5fae}\
.trust-graph .broken .way{stroke:#b3261e;stroke-dasharray:4 3}.trust-graph .broken .tip{fill:#b3261e}\
@media(prefers-color-scheme:dark){.trust-graph text{fill:#e6edf5}.trust-graph .ground{fill:#10161d}\
.trust-graph .forest{fill:#19222c;stroke:#4b5a6b}.trust-graph .node{fill:#10161d;stroke:#8c99a8}\
.trust-graph .dim{fill:#a9b5c3}.trust-graph .way{stroke:#7db3f5}.trust-graph .tip{fill:#7db3f5}\
.trust-graph .broken .way{stroke:#ff8d85}.trust-graph .broken .tip{fill:#ff8d85}}";

/// A drawing that stands by itself, with an XML declaration. The topology's lines say where things are.
pub fn render(graph: &TrustGraph, topology: &[String]) -> String {
    let layout = Layout::of(graph, &Places::of(topology));
    let legend = legend(&layout);
    let height = layout.height + (legend.len() + 1) * LINE;
    let widest = legend.iter().map(|(_, _, line)| line.chars().count() * LETTER).max().unwrap_or_default();
    let width = layout.width.max(widest.min(640) + 2 * layout::LEFT);
    let drawing = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="trust-graph" viewBox={ "0 0 " (width) " " (height) }
            width=(width) height=(height) role="img" aria-labelledby="trusts" {
            title id="trusts" { "Who trusts whom" }
            style { (PreEscaped(STYLE)) }
            rect class="ground" width=(width) height=(height) {}
            (body(&layout))
            @for (index, (class, indent, line)) in legend.iter().enumerate() {
                text class=(class) x=(layout::LEFT + indent) y=(layout.height + (index + 1) * LINE) { (line) }
            }
        }
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", legible(&drawing.into_string()))
}

/// The drawing for a page that brings its own style and reads the arrows itself.
pub fn inline(graph: &TrustGraph, places: &Places<'_>) -> Markup {
    let layout = Layout::of(graph, places);
    html! {
        svg class="trust-graph" viewBox={ "0 0 " (layout.width) " " (layout.height) }
            width=(layout.width) height=(layout.height) role="img" aria-label="Who trusts whom; the list after it says the same in words" {
            (body(&layout))
        }
    }
}

fn body(layout: &Layout<'_>) -> Markup {
    html! {
        @for forest in &layout.boxes {
            @let heading = forest.forest.as_ref().map_or("in no forest".to_owned(), |root| format!("forest {root}"));
            rect class="forest" x="6" y=(forest.top) width=(layout::NODE + 24) height=(forest.height) rx="7" {}
            text class="dim" x="16" y=(forest.top + 16) { (cut(&heading, 44)) }
        }
        @for place in &layout.nodes { (node(place)) }
        @for (index, route) in layout.arrows.iter().enumerate() { (arrow(index, route)) }
    }
}

fn node(place: &Place<'_>) -> Markup {
    let on = if place.hosts.is_empty() { String::new() } else { format!(" on {}", place.hosts.join(", ")) };
    let name = place.node.name();
    // What every address of a Web application has in common tells nothing.
    let short = name.strip_prefix("https://").unwrap_or(name).trim_end_matches('/');
    let middle = place.top + place.height / 2;
    html! {
        g {
            title { (kind(place.node)) " " (name) (on) }
            rect class="node" x=(layout::LEFT) y=(place.top) width=(layout::NODE) height=(place.height) rx="5" {}
            text class="dim" x=(layout::LEFT + 9) y=(middle - 5) { (cut(&format!("{}{on}", kind(place.node)), 40)) }
            text class="small strong" x=(layout::LEFT + 9) y=(middle + 11) { (cut(short, 40)) }
        }
    }
}

fn arrow(index: usize, route: &Route<'_>) -> Markup {
    let broken = route.arrow.trust.broken.is_some();
    let class = if broken { "arrow broken" } else { "arrow" };
    let (from, to, right) = (route.from, route.to, layout::RIGHT);
    html! {
        g class=(class) data-arrow=(index) {
            title { (reading(&route.arrow)) }
            path class="way" d=(way(route)) {}
            path class="tip" d={ "M" (right) " " (to) "l9 -5v10z" } {}
            text class="small" x=(right + 8) y=(from - 4) { (index + 1) " " (short(&route.arrow)) }
            text class="small" x=(right + 12) y=(to - 4) { (index + 1) }
        }
    }
}

/// The way of an arrow: out, along its track, and back, with rounded corners.
fn way(route: &Route<'_>) -> String {
    let (from, to, track) = (route.from, route.to, route.track);
    let (right, turn) = (layout::RIGHT, track - 6);
    if from < to {
        format!("M{right} {from}H{turn}q6 0 6 6V{}q0 6 -6 6H{}", to - 6, right + 8)
    } else {
        format!("M{right} {from}H{turn}q6 0 6 -6V{}q0 -6 -6 -6H{}", to + 6, right + 8)
    }
}

/// The arrow's kind in few words.
fn short(arrow: &Arrow<'_>) -> String {
    let kind = match arrow.trust.kind {
        EdgeKind::Application => "application",
        kind => kind.name(),
    };
    match arrow.trust.broken {
        Some(_) => format!("{kind} ✗"),
        None => kind.to_owned(),
    }
}

/// The arrow in words, both ways.
fn reading(arrow: &Arrow<'_>) -> String {
    let broken = arrow.trust.broken.as_ref().map(|why| format!("; nothing goes this way: {why}"));
    format!("{}; {} ({}){}", arrow.trusts(), arrow.lets_in(), label(arrow), broken.unwrap_or_default())
}

/// The lines below the drawing: every arrow read both ways.
fn legend(layout: &Layout<'_>) -> Vec<(&'static str, usize, String)> {
    let mut lines = Vec::new();
    for (index, route) in layout.arrows.iter().enumerate() {
        let arrow = &route.arrow;
        let mut say = |class, indent, text: &str| {
            lines.extend(textwrap::wrap(text, 84).into_iter().map(|line| (class, indent, line.into_owned())));
        };
        say("small strong", 0, &format!("{} {}", index + 1, arrow.trusts()));
        say("small", 22, &format!("{} ({})", arrow.lets_in(), label(arrow)));
        if let Some(why) = &arrow.trust.broken {
            say("small", 22, &format!("✗ nothing goes this way: {why}"));
        }
    }
    lines
}
