use super::*;
use crate::trace::outcome::Place;
use crate::view::page::Look;
use crate::view::sample;

/// One trial of each ending.
fn suite() -> Suite {
    let failed = sample::outcome();
    let mut passed = failed.clone();
    passed.failures.clear();
    passed.steps[0].expectations[0].failure = None;
    let played = |outcome: Outcome| TrialResult::Played(Box::new(outcome));
    let trial = |seed, result| Trial { file: "a, b.yaml".to_owned(), seed, result };
    let problem = Failure {
        message: "no `steps` <here>\nand \u{1b}more".to_owned(),
        place: Some(Place { file: "a, b.yaml".into(), line: 3, column: 1 }),
    };
    Suite {
        scenarios: 4,
        seeds: 1,
        trials: vec![
            trial(Some(1), played(passed)),
            trial(Some(2), played(failed)),
            trial(None, TrialResult::Invalid(vec![problem])),
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
    let summary = "4 scenarios, played twice: 1 passed, 1 failed, 1 not well-formed, 1 not deterministic or \
                   broken; 1 of 2 expectations met";
    assert_eq!(told.lines().last(), Some(summary));
}

#[test]
fn the_json_counts_and_lists_all() {
    let value = json::render(&suite());
    assert_eq!([&value["passed"], &value["failed"], &value["invalid"], &value["faults"]], [1, 1, 1, 1]);
    assert_eq!([&value["expectations"], &value["expectations_met"]], [2, 1]);
    let outcomes: Vec<_> = value["runs"].as_array().unwrap().iter().map(|run| &run["outcome"]).collect();
    assert_eq!(outcomes, ["passed", "failed", "invalid", "fault"]);
}

#[test]
fn the_junit_document_has_a_case_for_each_expectation() {
    let document = junit::render(&suite()).unwrap();
    let read = junit_parser::from_reader(document.as_bytes()).unwrap();
    assert_eq!([read.tests, read.failures, read.errors], [7, 2, 2], "{document}");
    let cases: Vec<_> = read.suites.iter().flat_map(|suite| &suite.cases).collect();
    assert_eq!(cases.len() as u64, read.tests);
    let names: Vec<&str> = cases.iter().map(|case| case.original_name.as_str()).collect();
    let expectation = "a file.yaml:9: first visit: granted";
    let whole = "a, b.yaml:1: two runs leave the same trace";
    let broken = "a, b.yaml:3: the file is well-formed";
    let run = "a, b.yaml:1: the run as a whole";
    assert_eq!(names, [whole, expectation, whole, expectation, run, broken, whole]);
    let failed = &cases[3];
    assert_eq!((failed.file.as_deref(), failed.line), (Some("a file.yaml"), Some(9)));
    assert!(failed.status.is_failure() && cases[5].status.is_error() && cases[1].status.is_success());
    assert_eq!(cases[5].status.error_as_ref().message, "no `steps` <here> and  more");
    assert!(document.contains("well-formed: no `steps` &lt;here&gt;\nand  more</error>"), "{document}");
}

#[test]
fn an_annotation_stands_on_one_line_with_its_place() {
    let told = github::render(&suite());
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 5, "four annotations and a summary:\n{told}");
    let expected = "::error file=a file.yaml,line=9,col=15,title=first visit%3A granted::expected";
    assert!(lines[0].starts_with(expected), "{told}");
    let invalid = "::error file=a%2C b.yaml,line=3,col=1,title=not well-formed::no `steps` <here>%0Aand";
    assert!(lines[2].starts_with(invalid), "{told}");
}
