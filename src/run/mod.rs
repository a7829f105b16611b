//! One run: from a scenario to its outcome.
//!
//! - [`options`]: what a person chooses about a run
//! - [`deploy`]: the scenario's topology becomes hosts, a network and directories
//! - [`play`](play()): the steps become stimuli, faults and administrators' acts
//! - [`expect`]: the trace becomes an outcome
//! - [`twice`]: a run played twice, to see that it leaves the same
//! - [`trust_graph`](trust_graph()): who trusts whom in a topology, without playing anything
//! - [`export`]: what a run can be asked to write: certificates and tokens

mod administer;
mod attacks;
pub mod deploy;
mod edge_sync;
mod exchange_graph;
pub mod expect;
pub mod export;
mod faults;
mod mailbox;
pub mod options;
mod play;
mod trust_graph;
pub mod twice;

pub use crate::trace::outcome::{Asked, Expectation, Export, Failure, Outcome, Place, StepOutcome};
pub use deploy::DeployError;
pub use options::RunOptions;
pub use play::{RunError, play};
pub use trust_graph::trust_graph;
pub use twice::{TwiceError, play_twice};
