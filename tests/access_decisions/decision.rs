//! The central decision: who is in which groups by name, which of them the Web server learns of, and
//! what the access lists say to that. It shares nothing with the simulator.

use std::collections::BTreeSet;

use super::world::{AppliesTo, Entry, Right, Visit, Who, World};

/// What has to be granted, one by one. What reading and writing a page have in common is a part of its
/// own, which an entry that denies leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Common,
    Of(Right),
}

/// Whether the visit succeeds.
pub fn grants(world: &World, visit: &Visit) -> bool {
    let Some(held) = known_to_the_web_server(world, visit.person) else { return false };
    let mut missing = parts(visit.right);
    for entry in list(world, visit.page) {
        if !held.contains(&entry.who) {
            continue;
        }
        let touched: BTreeSet<Part> = entry.rights.iter().flat_map(|right| parts(*right)).collect();
        if entry.allows {
            missing.retain(|part| !touched.contains(part));
        } else if missing.iter().any(|part| *part != Part::Common && touched.contains(part)) {
            return false;
        }
        if missing.is_empty() {
            return true;
        }
    }
    false
}

fn parts(right: Right) -> BTreeSet<Part> {
    match right {
        Right::Delete => [Part::Of(right)].into(),
        Right::Read | Right::Write => [Part::Common, Part::Of(right)].into(),
    }
}

/// The entries that count for a page, in their order: its own, and then those of the pages above it, the
/// nearest first, up to the first page that inherits nothing.
fn list(world: &World, page: usize) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = Vec::new();
    for above in (0..=page).rev() {
        let (own, inherits) = &world.lists[above];
        let counts = |entry: &&Entry| match entry.applies_to {
            AppliesTo::ThisPage => above == page,
            AppliesTo::ThisPageAndBelow => true,
            AppliesTo::Below => above != page,
        };
        entries.extend(own.iter().filter(counts));
        // The topmost page has nothing above it.
        if !inherits && above > 0 {
            break;
        }
    }
    entries
}

/// Whom the Web server takes the person for: none where it cannot know at all.
fn known_to_the_web_server(world: &World, person: usize) -> Option<BTreeSet<Who>> {
    let mut held = BTreeSet::from([Who::Person(person)]);
    // No group holds one that comes after it, so that one walk is enough.
    for (number, (_, members)) in world.groups.iter().enumerate() {
        if members.iter().any(|member| held.contains(member)) {
            held.insert(Who::Group(number));
        }
    }
    if world.former == person && world.relaxed {
        held.insert(Who::Former);
    }
    // Without SIDs the web server asks by name, and the answer comes back only where corp trusts the
    // perimeter; then the domain of the web server adds its own groups in any case.
    let by_name = !world.sids_travel();
    if by_name && !world.two_way {
        return None;
    }
    let is_in = |members: &[Who]| members.iter().any(|member| held.contains(member));
    let (domain_local, machine) = (is_in(&world.domain_local), is_in(&world.machine));
    if domain_local && (by_name || world.adds_domain_local) {
        held.insert(Who::DomainLocal);
    }
    if machine {
        held.insert(Who::Machine);
    }
    Some(held)
}
