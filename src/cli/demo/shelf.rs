//! The lessons and the files that they play, within the program: it may be installed without them.

use crate::scenario::Shelf;

/// Files by their paths in the repository.
macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $path)))),*]
    };
}

/// Lessons by their names.
macro_rules! lessons {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/demos/", $name, ".yaml")))),*]
    };
}

/// The lessons, in the order in which they are best taken.
pub const LESSONS: &[(&str, &str)] = lessons![
    "forest-trust",
    "salesman",
    "replayed-token",
    "nt-token",
    "two-rights",
    "confused-deputy",
    "edge-subscription",
    "missed-renewal",
];

/// The scenarios that they play, with their topologies.
pub const SCENARIOS: Shelf = Shelf::Within(files![
    "scenarios/edgesync/outage.yaml",
    "scenarios/edgesync/subscribe.yaml",
    "scenarios/federation/attacks/01-replayed-token.yaml",
    "scenarios/federation/traveling-salesman.yaml",
    "scenarios/federation/windows-trust-cache-never-built.yaml",
    "scenarios/impersonation/attacks/01-neither-right.yaml",
    "scenarios/impersonation/attacks/05-confused-deputy.yaml",
    "scenarios/topologies/adventure-works.yaml",
    "scenarios/topologies/edge-transport.yaml",
    "scenarios/topologies/woodgrove-bank.yaml",
    "scenarios/trusts/one-way-trust.yaml",
]);
