//! A lesson as it is played: the page before a step, the page after it, and the key between them.

use std::io::{self, IsTerminal};

use console::{Key, Term};

use super::lesson::{Lesson, Stop};
use crate::cli::exit::InputError;
use crate::cli::output;
use crate::run::Outcome;
use crate::scenario::Scenario;
use crate::trace::outcome::StepOutcome;
use crate::view::page::{Ink, Page};
use crate::view::story::{self, Depth};

/// Plays a lesson: it waits for a key before each answer, unless it is told not to or there is nobody to
/// press one.
///
/// # Errors
/// Where standard output cannot be written.
pub fn play(lesson: &Lesson, scenario: &Scenario, outcome: &Outcome, auto: bool) -> Result<(), InputError> {
    let alone = auto || !io::stdin().is_terminal() || !io::stdout().is_terminal();
    show(|page| opening(page, lesson, scenario))?;
    for step in &outcome.steps {
        let Some(stop) = lesson.stop(&step.name) else {
            show(|page| pass_over(page, outcome, step))?;
            continue;
        };
        show(|page| before(page, outcome, step, stop))?;
        if !alone && !goes_on()? {
            return Ok(());
        }
        show(|page| after(page, outcome, step, stop))?;
    }
    show(|page| closing(page, lesson))
}

fn show(write: impl FnOnce(&mut Page)) -> Result<(), InputError> {
    let mut page = Page::new(output::look());
    write(&mut page);
    output::print(&page.finish())
}

fn opening(page: &mut Page, lesson: &Lesson, scenario: &Scenario) {
    page.line(Ink::Strong, &lesson.title);
    if let Some(document) = &scenario.document {
        page.line(Ink::Plain, &format!("after “{document}”"));
    }
    page.line(Ink::Dim, &format!("plays {}", scenario.file));
    page.gap();
    page.row(&[], 0, Ink::Plain, lesson.opening.trim());
    blank(page);
}

/// A step at which the lesson does not stop.
fn pass_over(page: &mut Page, outcome: &Outcome, step: &StepOutcome) {
    heading(page, outcome, step);
    if let Some(asked) = &step.asked {
        let ink = if asked.granted { Ink::Good } else { Ink::Bad };
        page.row(&[], 0, ink, &story::in_words(asked));
    }
    blank(page);
}

fn before(page: &mut Page, outcome: &Outcome, step: &StepOutcome, stop: &Stop) {
    heading(page, outcome, step);
    page.gap();
    page.row(&[(Ink::Strong, "look for  ".to_owned())], 10, Ink::Plain, stop.look_for.trim());
    page.row(&[(Ink::Strong, "question  ".to_owned())], 10, Ink::Warning, stop.question.trim());
    blank(page);
}

fn after(page: &mut Page, outcome: &Outcome, step: &StepOutcome, stop: &Stop) {
    story::step(page, outcome, step.index, Depth::Application);
    page.gap();
    // The question may be a screen or two back.
    page.row(&[(Ink::Dim, "asked     ".to_owned())], 10, Ink::Dim, stop.question.trim());
    if !story::answer(page, outcome, step.index, stop.verdict_of.as_ref()) {
        page.line(Ink::Bad, "this run does not answer the question");
    }
    blank(page);
}

fn closing(page: &mut Page, lesson: &Lesson) {
    page.heading("what to take home");
    page.row(&[], 0, Ink::Plain, lesson.closing.trim());
}

fn heading(page: &mut Page, outcome: &Outcome, step: &StepOutcome) {
    page.heading(&format!("{} of {}. {}", step.index + 1, outcome.steps.len(), step.name));
    page.row(&[], 0, Ink::Plain, &step.action);
}

fn blank(page: &mut Page) {
    page.line(Ink::Plain, "");
}

/// Waits for a key. False where the person has had enough.
fn goes_on() -> Result<bool, InputError> {
    let terminal = Term::stdout();
    let prompt = "any key: play the step and see the answer; q: stop";
    let key = terminal.write_str(prompt).and_then(|()| terminal.read_key());
    terminal.clear_line().map_err(InputError::Output)?;
    match key {
        Ok(Key::Char('q' | 'Q') | Key::Escape | Key::CtrlC) => Ok(false),
        Ok(_) => Ok(true),
        Err(why) if why.kind() == io::ErrorKind::Interrupted => Ok(false),
        Err(why) => Err(InputError::Output(why)),
    }
}
