//! Runs for GitHub Actions: an annotation at each line of a scenario file that expects in vain.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions", setting an error message.

use std::fmt::Write as _;

use super::{Suite, TrialResult, text};

/// One workflow command for each failure, then a summary.
pub fn render(suite: &Suite) -> String {
    let mut out = String::new();
    for trial in &suite.trials {
        match &trial.result {
            TrialResult::Played(outcome) => {
                for (step, failure) in outcome.all_failures() {
                    let place = match &failure.place {
                        Some(place) => {
                            format!("file={},line={},col={}", property(&place.file), place.line, place.column)
                        }
                        None => format!("file={}", property(&trial.file)),
                    };
                    let title = step.map_or(outcome.scenario.as_str(), |step| step.name.as_str());
                    command(&mut out, &place, title, &format!("{} (seed {})", failure.message, outcome.seed));
                }
            }
            TrialResult::Invalid(why) => {
                command(&mut out, &format!("file={}", property(&trial.file)), "not well-formed", why);
            }
            TrialResult::Fault(why) => {
                command(&mut out, &format!("file={}", property(&trial.file)), "fault in forestsim", why);
            }
        }
    }
    out.push_str(&text::summary(suite));
    out.push('\n');
    out
}

fn command(out: &mut String, place: &str, title: &str, message: &str) {
    writeln!(out, "::error {place},title={}::{}", property(title), data(message))
        .expect("a String takes every text");
}

/// A message in the form of workflow commands, which take one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property in the form of workflow commands, which part them by commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
