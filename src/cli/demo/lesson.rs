//! What a lesson asks, and of which steps of which scenario. It holds questions only: the answers are
//! those of the run.

use serde::Deserialize;

use super::shelf;
use crate::rule::RuleId;

/// A lesson: a scenario, and what to think about before some of its steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// What it is about, in one line.
    pub title: String,
    /// The scenario's file.
    pub scenario: String,
    /// What one must know to begin.
    pub opening: String,
    /// The steps at which it stops, in the order of the scenario.
    pub steps: Vec<Stop>,
    /// What to take home.
    pub closing: String,
}

/// A step at which a lesson stops.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// The step's name in the scenario.
    pub step: String,
    /// What to look for in what follows.
    pub look_for: String,
    /// A question whose answer is a verdict of this step.
    pub question: String,
    /// The rule whose first verdict in this step is the answer; what came of the request where nothing is said.
    pub verdict_of: Option<RuleId>,
}

impl Lesson {
    /// The lesson of this name.
    pub fn find(name: &str) -> Option<Self> {
        let (_, text) = shelf::LESSONS.iter().find(|(one, _)| *one == name)?;
        Some(serde_saphyr::from_str(text).expect("a test reads every lesson that is within the program"))
    }

    /// What it asks at a step.
    pub fn stop(&self, step: &str) -> Option<&Stop> {
        self.steps.iter().find(|stop| stop.step == step)
    }
}
