use super::*;
use crate::view::page::Look;
use crate::view::sample;

/// One trial of each ending.
fn suite() -> Suite {
    let failed = sample::outcome();
    let mut passed = failed.clone();
    passed.failures.clear();
    passed.steps[0].failures.clear();
    let played = |outcome: Outcome| TrialResult::Played(Box::new(outcome));
    let trial = |seed, result| Trial { file: "a, b.yaml".to_owned(), seed, result };
    Suite {
        scenarios: 4,
        seeds: 1,
        trials: vec![
            trial(Some(1), played(passed)),
            trial(Some(2), played(failed)),
            trial(None, TrialResult::Invalid("a, b.yaml:3:1: no `steps` <here>\nand more".to_owned())),
            trial(Some(3), TrialResult::Fault("two runs differ".to_owned())),
        ],
    }
}

#[test]
fn the_text_shows_failures_only_and_counts_all() {
    let told = text::render(&suite(), Look::PLAIN);
    assert!(!told.contains("seed 1"), "what passed is not told:\n{told}");
    for piece in ["a file.yaml:9:15", "expected granted, was refused", "no `steps`", "two runs differ"] {
        assert!(told.contains(piece), "{piece} is missing from\n{told}");
    }
    let summary =
        "4 scenarios, played twice: 1 passed, 1 failed, 1 not well-formed, 1 not deterministic or broken";
    assert_eq!(told.lines().last(), Some(summary));
}

#[test]
fn the_json_counts_and_lists_all() {
    let value = json::render(&suite());
    assert_eq!([&value["passed"], &value["failed"], &value["invalid"], &value["faults"]], [1, 1, 1, 1]);
    let outcomes: Vec<_> = value["runs"].as_array().unwrap().iter().map(|run| &run["outcome"]).collect();
    assert_eq!(outcomes, ["passed", "failed", "invalid", "fault"]);
}

#[test]
fn the_junit_document_is_well_formed_and_counts_all() {
    let document = junit::render(&suite()).unwrap();
    let mut reader = quick_xml::Reader::from_str(&document);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start) => {
                elements.push(start.name().as_ref().to_owned());
            }
            _ => {}
        }
    }
    let count = |name: &str| elements.iter().filter(|element| *element == name).count();
    assert_eq!([count("testcase"), count("failure"), count("error")], [4, 2, 2], "{document}");
    assert!(document.contains(r#"tests="4" failures="1" errors="2""#), "{document}");
    assert!(document.contains("&lt;here&gt;"), "{document}");
}

#[test]
fn an_annotation_stands_on_one_line_with_its_place() {
    let told = github::render(&suite());
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 5, "four annotations and a summary:\n{told}");
    assert!(
        lines[0].starts_with("::error file=a file.yaml,line=9,col=15,title=first visit::expected"),
        "{told}"
    );
    assert!(
        lines[2].starts_with("::error file=a%2C b.yaml,title=not well-formed::") && lines[2].contains("%0A")
    );
}
