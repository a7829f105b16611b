//! Runs for build servers: JUnit's XML, as Jenkins and GitLab read it.
//!
//! An expectation that failed is a `failure`; what could not be played is an `error`. No times are
//! given: virtual time would mislead, and the wall clock has no place here.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::{Ending, Suite, Trial, TrialResult};
use crate::trace::outcome::{Failure, StepOutcome};

/// The runs as one document.
///
/// # Errors
/// Where the writer fails, which one into memory does not.
pub fn render(suite: &Suite) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let tests = suite.trials.len().to_string();
    let failures = suite.count(Ending::Failed).to_string();
    let errors = (suite.count(Ending::Invalid) + suite.count(Ending::Fault)).to_string();
    let totals = [("tests", tests.as_str()), ("failures", failures.as_str()), ("errors", errors.as_str())];
    writer.create_element("testsuites").with_attributes(totals).write_inner_content(|writer| {
        let name = ("name", "forestsim");
        writer
            .create_element("testsuite")
            .with_attributes([name])
            .with_attributes(totals)
            .write_inner_content(|writer| {
                suite.trials.iter().try_for_each(|trial| test_case(writer, trial))
            })?;
        Ok(())
    })?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"))
}

fn test_case(writer: &mut Writer<Vec<u8>>, trial: &Trial) -> io::Result<()> {
    let name = match trial.seed {
        Some(seed) => format!("seed {seed}"),
        None => "well-formed".to_owned(),
    };
    let case = writer.create_element("testcase").with_attributes([
        ("classname", trial.file.as_str()),
        ("name", name.as_str()),
        ("file", trial.file.as_str()),
    ]);
    match &trial.result {
        TrialResult::Played(outcome) if outcome.passed() => case.write_empty()?,
        TrialResult::Played(outcome) => case.write_inner_content(|writer| {
            outcome.all_failures().try_for_each(|(step, one)| failure(writer, step, one))
        })?,
        TrialResult::Invalid(why) => case.write_inner_content(|writer| error(writer, "invalid", why))?,
        TrialResult::Fault(why) => case.write_inner_content(|writer| error(writer, "fault", why))?,
    };
    Ok(())
}

fn failure(writer: &mut Writer<Vec<u8>>, step: Option<&StepOutcome>, failure: &Failure) -> io::Result<()> {
    let step = step.map(|step| format!("{}: ", step.name)).unwrap_or_default();
    let message = printable(&format!("{step}{}", failure.message));
    let element = writer.create_element("failure").with_attribute(("message", message.as_str()));
    match &failure.place {
        Some(place) => element.write_text_content(BytesText::new(&printable(&place.to_string())))?,
        None => element.write_empty()?,
    };
    Ok(())
}

fn error(writer: &mut Writer<Vec<u8>>, kind: &str, why: &str) -> io::Result<()> {
    writer
        .create_element("error")
        .with_attribute(("type", kind))
        .write_text_content(BytesText::new(&printable(why)))?;
    Ok(())
}

/// Text that XML can hold: most control characters have no form in it at all.
fn printable(text: &str) -> String {
    text.chars().map(|each| if each.is_control() && each != '\n' { ' ' } else { each }).collect()
}
