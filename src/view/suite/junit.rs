//! Runs for build servers: JUnit's XML, as Jenkins and GitLab read it.
//!
//! A suite for each run, a case for each expectation, named by its file and line. An expectation that
//! failed is a `failure`; what could not be played is an `error`. No times are given: virtual time
//! would mislead, and the wall clock has no place here.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::case::Case;
use super::{Ending, Suite, Trial};

/// The runs as one document.
///
/// # Errors
/// Where the writer fails, which one into memory does not.
pub fn render(suite: &Suite) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let all: Vec<Case<'_>> = suite.trials.iter().flat_map(Trial::cases).collect();
    let totals = totals(&all);
    let root = writer.create_element("testsuites").with_attribute(("name", "forestsim"));
    root.with_attributes(attributes(&totals)).write_inner_content(|writer| {
        suite.trials.iter().try_for_each(|trial| test_suite(writer, suite, trial))
    })?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"))
}

/// How many cases there are, how many failed, and how many could not be judged.
fn totals(cases: &[Case<'_>]) -> [(&'static str, String); 3] {
    let count = |endings: &[Ending]| cases.iter().filter(|case| endings.contains(&case.ending)).count();
    [
        ("tests", cases.len().to_string()),
        ("failures", count(&[Ending::Failed]).to_string()),
        ("errors", count(&[Ending::Invalid, Ending::Fault]).to_string()),
    ]
}

fn attributes<'a>(totals: &'a [(&'static str, String); 3]) -> impl Iterator<Item = (&'a str, &'a str)> {
    totals.iter().map(|(name, count)| (*name, count.as_str()))
}

fn test_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite, trial: &Trial) -> io::Result<()> {
    let cases = trial.cases();
    let totals = totals(&cases);
    // Only where a scenario is played several times do its cases need more than their place as a name.
    let seed = trial.seed.filter(|_| suite.seeds > 1).map(|seed| format!(" (seed {seed})"));
    let seed = seed.unwrap_or_default();
    let name = attribute(&format!("{}{seed}", trial.file));
    let element = writer.create_element("testsuite").with_attribute(("name", name.as_str()));
    element.with_attributes(attributes(&totals)).write_inner_content(|writer| {
        cases.iter().try_for_each(|case| test_case(writer, trial, case, &seed))
    })?;
    Ok(())
}

fn test_case(writer: &mut Writer<Vec<u8>>, trial: &Trial, case: &Case<'_>, seed: &str) -> io::Result<()> {
    let name = attribute(&format!("{}:{}: {}{seed}", case.file, case.line, case.title()));
    let (class, file, line) = (attribute(&trial.file), attribute(case.file), case.line.to_string());
    let element = writer.create_element("testcase").with_attributes([
        ("classname", class.as_str()),
        ("name", name.as_str()),
        ("file", file.as_str()),
        ("line", line.as_str()),
    ]);
    let (tag, kind) = match case.ending {
        Ending::Passed => return element.write_empty().map(drop),
        Ending::Failed => ("failure", "expectation"),
        Ending::Invalid => ("error", "invalid"),
        Ending::Fault => ("error", "fault"),
    };
    let message = case.message.unwrap_or_default();
    element.write_inner_content(|writer| {
        let short = attribute(message);
        let element =
            writer.create_element(tag).with_attributes([("message", short.as_str()), ("type", kind)]);
        let place = format!("{}:{}", case.file, case.line);
        let whole = printable(&format!("{place}: {}: {message}", case.title()));
        element.write_text_content(BytesText::new(&whole))?;
        Ok(())
    })?;
    Ok(())
}

/// Text for an attribute, which has no lines.
fn attribute(text: &str) -> String {
    printable(text).replace('\n', " ")
}

/// Text that XML can hold: most control characters have no form in it at all.
fn printable(text: &str) -> String {
    let good = |each: char| each == '\n' || !(each.is_control() || matches!(each, '\u{fffe}' | '\u{ffff}'));
    text.chars().map(|each| if good(each) { each } else { ' ' }).collect()
}
