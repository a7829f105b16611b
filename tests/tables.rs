//! The tables for readers say what is so: each line of the AD FS document is asserted where the table
//! says, and each case of the attacks has its scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use forestsim::document;
use forestsim::scenario::{self, Scenario};

/// The rows of the tables in a text, cell by cell, without heads.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect::<Vec<_>>()).filter(|row| row[0] != "line" && row[0] != "case")
}

fn load(file: &str) -> Scenario {
    scenario::load(&Path::new("scenarios").join(file)).unwrap_or_else(|error| panic!("{error}"))
}

/// Whether the step of this name asserts the line: that a server carries it out, or that a message of
/// the browser is it.
fn asserts(scenario: &Scenario, step: &str, line: &str) -> bool {
    let step = scenario.steps.iter().find(|one| one.name == step);
    let step = step.unwrap_or_else(|| panic!("{} has no step for {line}", scenario.file));
    let messages = step.expect.messages.iter().filter_map(|message| message.line.as_ref());
    step.expect.lines.iter().chain(messages).any(|one| one.value == line)
}

#[test]
fn each_line_of_the_federation_document_is_asserted_where_the_table_says() {
    let mut scenarios: BTreeMap<&str, Scenario> = BTreeMap::new();
    let mut listed = BTreeSet::new();
    for row in rows(include_str!("../src/role/federation.md")) {
        let [line, _, file, step] = row[..] else { panic!("a row has four cells: {row:?}") };
        let scenario = scenarios.entry(file).or_insert_with(|| load(file));
        assert!(asserts(scenario, step, line), "{file}, `{step}` does not assert {line}");
        listed.insert(line);
    }
    let lines = document::federation::ALL.iter().flat_map(|line| document::numbers(line.number));
    let missing: Vec<&str> = lines.filter(|line| !listed.contains(line)).collect();
    assert!(missing.is_empty(), "no row for {}", missing.join(", "));
}

#[test]
fn each_case_of_the_attacks_has_scenarios_and_each_scenario_its_case() {
    cases_have_scenarios("federation", include_str!("../scenarios/federation/attacks/README.md"), 24);
    cases_have_scenarios("impersonation", include_str!("../scenarios/impersonation/attacks/README.md"), 11);
    cases_have_scenarios("edgesync", include_str!("../scenarios/edgesync/attacks/README.md"), 18);
}

/// The table lists this many cases, each with scenarios of its number, and every scenario of the folder.
fn cases_have_scenarios(system: &str, table: &str, count: u32) {
    let folder = Path::new("scenarios").join(system).join("attacks");
    let mut listed = BTreeSet::new();
    let mut cases = Vec::new();
    for row in rows(table) {
        let [case, _, _, files] = row[..] else { panic!("a row has four cells: {row:?}") };
        cases.push(case.parse::<u32>().unwrap());
        for file in files.split(", ") {
            assert!(file.starts_with(&format!("{:02}-", cases.len())), "{file} stands at case {case}");
            listed.insert(file.to_owned());
        }
    }
    assert_eq!(cases, (1..=count).collect::<Vec<_>>());
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<String> = files.map(|name| name.into_string().unwrap()).collect();
    let there: BTreeSet<String> = files.into_iter().filter(|name| name.ends_with(".yaml")).collect();
    assert_eq!(listed, there);
}
