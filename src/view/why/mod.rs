//! Why an answer was given: the why-tree of a step, from the person who asked to the resource.
//!
//! It is drawn from the trace alone. Who asked whom follows from which message led to which; what
//! was decided on the way hangs where it was decided. Of a refusal, the decisive decision is the first
//! that ended the request, as everywhere.
//!
//! - [`tree`]: [`Why`] and what it consists of: [`Exchange`], [`Decision`], [`Reason`]
//! - `weave`: [`why`], from the trace to the tree
//! - `since`: what a decision relied on that was there before the step
//! - `choose`: [`choose`], the step that a person most likely asks about
//! - [`change`]: what would have let a refused request through, as whoever tried it found
//! - [`text`], [`json`], [`mermaid`]: the tree for reading, for programs, and as a drawing

pub mod change;
pub mod json;
pub mod mermaid;
pub mod text;
pub mod tree;

mod choose;
mod since;
mod weave;

pub use choose::choose;
pub use tree::{Decision, Exchange, Reason, Why};
pub use weave::why;

#[cfg(test)]
mod tests;
