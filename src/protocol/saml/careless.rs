//! How a careless receiver takes a token in, for showing what the care is good for: it looks for any
//! assertion whose signature fits, and then reads the first assertion that it finds.
//!
//! Where there is one assertion the two are the same. Where there are two, whoever put the second one
//! there decides what is read. No role does so but in a run that suspends the rule of the token's shape.

use super::assertion::Assertion;
use super::read;
use super::signature::SignedAssertion;
use super::tree::{self, Element};
use crate::protocol::uri;

/// The assertion that a careless receiver reads, and the one whose signature it checks.
pub fn read_carelessly(xml: &str) -> Option<(Assertion, SignedAssertion)> {
    let mut found = Vec::new();
    let root = tree::parse(xml).ok()?;
    assertions(&root, &mut found);
    let signed = found.iter().find_map(|element| SignedAssertion::from_element(element).ok())?;
    let (read, _) = read::statements(&alone(found.first()?)).ok()?;
    Some((read, signed))
}

/// Every assertion in or below this element, in the document's order.
fn assertions<'a>(element: &'a Element, found: &mut Vec<&'a Element>) {
    if element.is(uri::SAML, "Assertion") {
        found.push(element);
    }
    element.elements.iter().for_each(|child| assertions(child, found));
}

/// The assertion without those inside it, and without the element that is empty then.
fn alone(element: &Element) -> Element {
    let inner = |child: &&Element| !child.is(uri::SAML, "Assertion");
    let emptied = |child: &Element| child.is(uri::SAML, "Advice") && child.elements.is_empty();
    let kept = element.elements.iter().filter(inner).map(alone).filter(|child| !emptied(child));
    Element { elements: kept.collect(), ..element.clone() }
}
