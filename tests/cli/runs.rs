//! Runs and tests: what they print and leave, and the same bytes from two processes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Desk, FIRST_EXPECTATION, WRONG_EXPECTATION};

/// The scenarios whose traces are compared between processes.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let all = forestsim::cli::files::scenarios(&[root]).unwrap();
    assert!(!all.is_empty(), "no scenario is shipped, so nothing would be compared");
    all.into_iter().take(4).collect()
}

#[test]
fn a_new_scenario_runs_and_passes_and_is_never_replaced() {
    let desk = Desk::new();
    desk.run(&["check", "first.yaml"]).exits(0).says("1 scenario: 1 well-formed");
    desk.run(&["run", "first.yaml"]).exits(0).says("passed").says("again: forestsim run first.yaml --seed 1");
    desk.write("first.yaml", "mine");
    desk.run(&["new", "first"]).exits(2).complains("already there");
    assert_eq!(desk.read("first.yaml"), "mine");
}

#[test]
fn an_expectation_that_fails_is_told_with_its_place_and_exits_with_1() {
    let desk = Desk::new();
    desk.alter("wrong.yaml", FIRST_EXPECTATION, WRONG_EXPECTATION);
    let line = 1 + desk.read("wrong.yaml").lines().position(|line| line.contains(WRONG_EXPECTATION)).unwrap();
    let place = format!("wrong.yaml:{line}:");
    desk.run(&["run", "wrong.yaml"]).exits(1).says("failed").says(&place);
    desk.run(&["test", "."]).exits(1).says(&place).says("1 passed, 1 failed");
    let annotation = format!("::error file=./wrong.yaml,line={line},col=");
    desk.run(&["test", "./wrong.yaml", "--format", "github"]).exits(1).says(&annotation);
    let report = desk.run(&["test", "wrong.yaml", "--format", "junit"]).exits(1).stdout;
    let report = junit_parser::from_reader(report.as_bytes()).unwrap();
    let failed: Vec<_> = report.suites[0].cases.iter().filter(|case| !case.status.is_success()).collect();
    let [failed] = failed[..] else { panic!("{} cases failed", failed.len()) };
    assert_eq!((failed.file.as_deref(), failed.line), (Some("wrong.yaml"), Some(line as u64)));
    assert!(failed.original_name.starts_with(&format!("wrong.yaml:{line}: ")), "{}", failed.original_name);
    let said = desk.run(&["run", "wrong.yaml", "--format", "json"]).exits(1);
    assert_eq!(said.json()["outcome"], "failed");
}

#[test]
fn the_json_of_a_run_has_the_agreed_shape() {
    let desk = Desk::new();
    let value = desk.run(&["run", "first.yaml", "--seed", "7", "--format", "json"]).exits(0).json();
    assert_eq!(value["seed"], 7);
    assert_eq!(value["outcome"], "passed");
    assert!(value["scenario"].as_str().is_some_and(|title| !title.is_empty()));
    for part in ["decisions", "messages", "timing", "topology", "random"] {
        assert_eq!(value["fingerprint"][part].as_str().map(str::len), Some(16), "{part}");
    }
    let steps = value["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["name"].is_string() && step["outcome"] == "passed"));
    let asked: Vec<&Value> = steps.iter().filter(|step| step.get("granted").is_some()).collect();
    assert!(!asked.is_empty(), "the starting scenario asks for something");
    for step in asked {
        assert!(step["granted"].is_boolean() && step["visits"].is_array(), "{step}");
        assert_eq!(step["rule"].is_string(), step["granted"] == false, "{step}");
        assert_eq!(step["at"].is_string(), step["granted"] == false, "{step}");
    }
}

#[test]
fn two_processes_write_the_same_trace_and_another_seed_writes_another() {
    let desk = Desk::new();
    for scenario in shipped() {
        let scenario = scenario.to_str().unwrap();
        for (seed, trace) in [("1", "a.jsonl"), ("1", "b.jsonl"), ("2", "c.jsonl")] {
            desk.run(&["run", scenario, "--seed", seed, "--trace", trace]);
        }
        let (a, b, c) = (desk.read("a.jsonl"), desk.read("b.jsonl"), desk.read("c.jsonl"));
        assert!(a.lines().count() > 10, "{scenario} leaves hardly a trace");
        assert!(a == b, "{scenario} leaves different traces in two processes");
        assert!(a != c, "{scenario} does not heed its seed");
        let trace = forestsim::view::trace_lines::read(a.as_bytes()).unwrap();
        assert_eq!(trace.seed, 1);
    }
    let left: Vec<_> =
        fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "a part of a trace was left: {left:?}");
}

#[test]
fn a_run_without_a_protection_shows_the_attack_succeed() {
    let desk = Desk::new();
    let step = |arguments: &[&str]| {
        let value = desk.run(arguments).json();
        let steps = value["steps"].as_array().unwrap().clone();
        (value, steps.into_iter().find(|step| step["name"] == "Bob does not enter the office").unwrap())
    };
    let (_, protected) = step(&["run", "first.yaml", "--format", "json"]);
    assert_eq!((&protected["rule"], &protected["at"]), (&"trust.path".into(), &"dc-shop".into()));
    let without = ["run", "first.yaml", "--without", "trust.path"];
    let (run, open) = step(&[&without[..], &["--format", "json"]].concat());
    assert_ne!(open["rule"], "trust.path", "{open}");
    assert_eq!(run["reproduce"], "forestsim run first.yaml --seed 1 --without trust.path");
    desk.run(&without).exits(1).says("trust.path, not met but suspended").says("without trust.path");
}

#[test]
fn exported_files_are_written_whole_into_a_new_folder() {
    let desk = Desk::new();
    let scenario = shipped().into_iter().next().unwrap();
    desk.run(&["run", scenario.to_str().unwrap(), "--export", "out/of/it"]);
    let files: Vec<_> = fs::read_dir(desk.path("out/of/it")).unwrap().map(|entry| entry.unwrap()).collect();
    assert!(!files.is_empty(), "{} exports nothing", scenario.display());
    assert!(files.iter().all(|file| file.metadata().unwrap().len() > 0), "{files:?}");
}

#[test]
fn several_seeds_are_played_and_counted() {
    let desk = Desk::new();
    desk.run(&["test", "first.yaml", "--seeds", "3"]).exits(0).says("3 passed");
    let value = desk.run(&["test", "first.yaml", "--seeds", "2", "--format", "json"]).exits(0).json();
    let seeds: Vec<_> = value["runs"].as_array().unwrap().iter().map(|run| run["seed"].clone()).collect();
    assert_eq!(seeds, [1, 2]);
}
