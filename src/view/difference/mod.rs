//! Two runs side by side, for a reviewer: what changed, by kind, where they part, and a verdict.
//!
//! - [`text`]: for reading
//! - [`json`]: for programs

pub mod json;
pub mod text;

use crate::trace::compare::Comparison;
use crate::trace::review::Review;

/// Two runs or traces, compared.
pub struct Difference<'t> {
    /// What the first is called: its file and seed.
    pub before: String,
    /// What the second is called.
    pub after: String,
    /// What changed.
    pub comparison: Comparison<'t>,
    /// What it comes to.
    pub review: Review,
}

#[cfg(test)]
mod tests;
