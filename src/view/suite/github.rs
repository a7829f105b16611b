//! Runs for GitHub Actions: an annotation at each line of a scenario file that expects in vain.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions", setting an error message.

use std::fmt::Write as _;

use super::{Ending, Suite, Trial, text};

/// One workflow command for each expectation that failed and each file that could not be played, then a
/// summary.
pub fn render(suite: &Suite) -> String {
    let mut out = String::new();
    for trial in &suite.trials {
        annotate(&mut out, trial);
    }
    out.push_str(&text::summary(suite));
    out.push('\n');
    out
}

fn annotate(out: &mut String, trial: &Trial) {
    let seed = trial.seed.map(|seed| format!(" (seed {seed})")).unwrap_or_default();
    for case in trial.cases() {
        let Some(message) = case.message else { continue };
        let title = match case.ending {
            Ending::Invalid => "not well-formed".to_owned(),
            Ending::Fault => "fault in forestsim".to_owned(),
            Ending::Passed | Ending::Failed => case.title(),
        };
        let column = case.column.map(|column| format!(",col={column}")).unwrap_or_default();
        let (file, title) = (property(case.file), property(&title));
        let message = data(&format!("{message}{seed}"));
        writeln!(out, "::error file={file},line={}{column},title={title}::{message}", case.line)
            .expect("a String takes every text");
    }
}

/// A message in the form of workflow commands, which take one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property in the form of workflow commands, which part them by commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
