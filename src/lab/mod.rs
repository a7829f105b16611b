//! Many runs: what a person could do about an answer, found by trying.
//!
//! - [`what_if`](what_if()): the smallest change that would have let a refused request through
//! - [`edit`]: one fact of a scenario's files, changed
//! - `shape`: what the files may hold, read off their JSON Schema
//! - `facts`: the changes that a scenario offers, drawn from what it says elsewhere; `wording`: each in words
//! - `overlay`: its facts as they count, where files lie over each other
//! - `likely`: which of them to try first
//!
//! Nothing here knows a rule or a role. A change is tried by playing the changed scenario.

pub mod edit;
mod facts;
mod likely;
mod overlay;
mod shape;
mod what_if;
mod wording;

pub use what_if::{Found, MOST_TRIES, WhatIf, what_if};
