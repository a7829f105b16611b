//! Runs for a person: failures only, then a summary.

use super::{Ending, Suite, Trial, TrialResult};
use crate::view::page::{Ink, Look, Page, counted};
use crate::view::story;

/// The failures, each with its place and the command that shows it again, then a summary.
pub fn render(suite: &Suite, look: Look) -> String {
    let mut page = Page::new(look);
    for trial in suite.trials.iter().filter(|trial| trial.ending() != Ending::Passed) {
        tell(&mut page, trial);
        page.gap();
    }
    let ink = if suite.worst() == Some(Ending::Passed) { Ink::Good } else { Ink::Bad };
    page.line(ink, &summary(suite));
    page.finish()
}

fn tell(page: &mut Page, trial: &Trial) {
    let seed = trial.seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
    page.heading(&format!("{}{seed}", trial.file));
    match &trial.result {
        TrialResult::Played(outcome) => {
            story::failures(page, outcome);
            page.line(Ink::Dim, &format!("again: {}", story::reproduce(outcome)));
        }
        TrialResult::Invalid(why) | TrialResult::Fault(why) => {
            for line in why.lines() {
                page.row(&[(Ink::Bad, "✗ ".to_owned())], 2, Ink::Plain, line);
            }
        }
    }
}

/// `3 scenarios, played twice: 2 passed, 1 failed`.
pub fn summary(suite: &Suite) -> String {
    if suite.scenarios == 0 {
        return "there is no scenario here: no `.yaml` file outside `topologies` folders".to_owned();
    }
    let seeds = if suite.seeds == 1 { String::new() } else { format!(" with {} seeds each", suite.seeds) };
    let counts: Vec<String> = Ending::ALL
        .iter()
        .map(|(ending, word)| (suite.count(*ending), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{}{seeds}, played twice: {}", counted(suite.scenarios, "scenario"), counts.join(", "))
}
