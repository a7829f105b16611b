use super::*;
use crate::trust::{EdgeKind, Node, Trust, TrustGraph};
use crate::view::sample;

fn trusts() -> TrustGraph {
    let mut graph = TrustGraph::default();
    let (application, service) =
        (Node::Application("https://ws.example/".into()), Node::FederationService("urn:r".into()));
    graph.add(application, service, Trust::new(EdgeKind::Application));
    graph
}

#[test]
fn the_page_holds_every_event_once_and_the_refusal_as_a_bar() {
    let outcome = sample::outcome();
    let page = render(&outcome, &trusts());
    for event in &outcome.trace.events {
        let id = format!(" id=\"e{}\"", event.number);
        assert_eq!(page.matches(&id).count(), 1, "{id}");
    }
    assert!(page.contains("✗ refused by adfs.token-time"), "{page}");
    assert!(page.contains("Set the clocks, or sign in again."), "the remedy of the refusal");
    assert!(page.contains("a file.yaml:9:15"), "the expectation that was not met");
}

#[test]
fn an_arrow_is_in_use_where_a_decision_rests_on_it_and_at_the_message_that_led_to_it() {
    let outcome = sample::outcome();
    let uses: Vec<u64> = {
        let places = crate::view::place::Places::of(&outcome.trace.topology);
        let uses = uses::Uses::of(&outcome.trace, &trusts(), &places);
        let used = outcome.trace.events.iter().filter(|event| uses.at(event).next().is_some());
        used.map(|event| event.number).collect()
    };
    // Event 11 is the decision on the cookie of https://ws.example/orders.
    assert_eq!(uses, [11]);
}

#[test]
fn names_and_values_stay_text() {
    let mut script = sample::Script::new();
    let evil = "</script><script>alert(1)</script><b onclick=\"x\">'\u{0}\u{1b}&amp;";
    script.step(evil, evil);
    script.sent(evil, "ws", "HTTP", 443, evil);
    let mut outcome = sample::outcome();
    outcome.trace = script.finish();
    outcome.scenario = evil.to_owned();
    outcome.trace.topology = vec![format!("hosts.{evil}.zone = {evil}")];
    let mut graph = trusts();
    graph.add_node(Node::Account(evil.to_owned()));
    let page = render(&outcome, &graph);
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    assert!(!page.contains("<b onclick") && !page.contains('\u{0}') && !page.contains('\u{1b}'));
}

/// The colours of one name, light and dark, as they stand in the style sheet.
fn colours(name: &str) -> [[u32; 3]; 2] {
    let style = include_str!("page.css");
    let (_, rest) =
        style.split_once(&format!("--{name}: light-dark(#")).unwrap_or_else(|| panic!("no {name}"));
    let (light, rest) = rest.split_once(", #").expect("two colours");
    let dark = &rest[..6];
    [light, dark].map(|hex| [0, 2, 4].map(|at| u32::from_str_radix(&hex[at..at + 2], 16).unwrap()))
}

/// How bright a colour is, as WCAG 2 defines its relative luminance.
fn brightness(colour: [u32; 3]) -> f64 {
    let part = |value: u32| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2])
}

#[test]
fn every_text_stands_out_from_its_ground_in_light_and_in_dark() {
    let texts = ["ink", "dim", "link", "granted", "warning", "refused"];
    let strokes = ["http", "soap", "ews", "mapi", "kerberos", "ldap", "rpc", "other"];
    let grounds = ["ground", "raised", "chosen"];
    let own = [
        ("granted", "granted-ground"),
        ("warning", "warning-ground"),
        ("refused", "refused-ground"),
        ("ink", "refused-ground"),
        ("ink", "granted-ground"),
        ("dim", "granted-ground"),
        ("dim", "refused-ground"),
    ];
    let everywhere = texts.into_iter().chain(strokes).flat_map(|text| grounds.map(|ground| (text, ground)));
    for (text, ground) in everywhere.chain(own) {
        for (theme, (one, other)) in
            ["light", "dark"].iter().zip(colours(text).into_iter().zip(colours(ground)))
        {
            let (one, other) = (brightness(one), brightness(other));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 4.5, "{text} on {ground}, {theme}: {contrast:.2}");
        }
    }
}
