//! Runs for a person: failures only, then a summary.

use super::{Ending, Suite, Trial, TrialResult};
use crate::trace::outcome::Failure;
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
        TrialResult::Invalid(problems) => {
            for Failure { message, place } in problems {
                let place = place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
                bad(page, &format!("{place}{message}"));
            }
        }
        TrialResult::Fault(why) => bad(page, why),
    }
}

fn bad(page: &mut Page, text: &str) {
    for line in text.lines() {
        page.row(&[(Ink::Bad, "✗ ".to_owned())], 2, Ink::Plain, line);
    }
}

/// `3 scenarios, played twice: 2 passed, 1 failed; 40 of 41 expectations met`.
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
    let scenarios = counted(suite.scenarios, "scenario");
    let expectations = match suite.expectations() {
        (met, all) if met == all => format!("{} met", counted(all, "expectation")),
        (met, all) => format!("{met} of {} met", counted(all, "expectation")),
    };
    format!("{scenarios}{seeds}, played twice: {}; {expectations}", counts.join(", "))
}
