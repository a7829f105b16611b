//! One run of a scenario: deploy its hosts, play its steps, compare what came of it with what it
//! expects.
//!
//! - [`options`]: what a run is told beside the scenario
//!
//! What a run leaves is in [`crate::trace::outcome`], below the views, and is named here again.

pub mod options;

pub use crate::trace::outcome::{Asked, Export, Failure, Outcome, Place, StepOutcome};
pub use options::RunOptions;
