//! What a run is told beside the scenario.

use std::collections::BTreeSet;

use crate::rule::RuleId;

/// What a run is told beside the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// The seed of every random stream.
    pub seed: u64,
    /// The rules to do without: where one would refuse, the request goes on, and the trace says so.
    pub without: BTreeSet<RuleId>,
    /// Whether to keep a trace. Without one there is no story and no fingerprint, and a run is faster.
    pub tracing: bool,
}

impl RunOptions {
    /// The seed of a run that names none.
    pub const DEFAULT_SEED: u64 = 1;
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { seed: Self::DEFAULT_SEED, without: BTreeSet::new(), tracing: true }
    }
}
