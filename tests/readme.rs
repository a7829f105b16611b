//! What README.md shows is what happens.

use assert_cmd::cargo::cargo_bin_cmd;
use forestsim::{run, scenario};

const README: &str = include_str!("../README.md");

/// The blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let after = README.split(&opening).skip(1);
    after.map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

/// Text with every run of white space as one space, as lines are broken elsewhere in the output.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_commands_of_the_readme_pass() {
    let commands: Vec<&str> = blocks("console").into_iter().map(str::trim).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let arguments =
        commands[0].strip_prefix("cargo run --release -- ").expect("the first command runs forestsim");
    cargo_bin_cmd!("forestsim").args(arguments.split_whitespace()).assert().success();
    // The second command is the one that runs this test.
    assert_eq!(commands[1], "cargo test");
}

#[test]
fn every_command_in_the_table_exists() {
    let rows: Vec<&str> = README.lines().filter_map(|line| line.strip_prefix("| `forestsim ")).collect();
    assert!(rows.len() >= 7, "{rows:?}");
    for row in rows {
        let words: Vec<&str> = row.split('`').next().unwrap_or_default().split_whitespace().collect();
        let help = cargo_bin_cmd!("forestsim").args([words[0], "--help"]).assert().success();
        let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(flag), "{row}: no {flag}");
        }
    }
}

#[test]
fn the_scenario_in_the_readme_goes_as_it_says() {
    let [text] = blocks("yaml")[..] else { panic!("one scenario is shown") };
    let topologies = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/topologies");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("readme.yaml");
    std::fs::write(&path, text.replace("../topologies", topologies)).unwrap();
    let scenario = scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)));
    let outcome = run::play(&scenario, &run::RunOptions::default()).unwrap();
    let failures: Vec<_> = outcome.all_failures().map(|(_, failure)| &failure.message).collect();
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn the_story_in_the_readme_is_the_one_that_is_told() {
    let scenario = "scenarios/federation/traveling-salesman.yaml";
    let told = cargo_bin_cmd!("forestsim").args(["run", scenario]).assert().success();
    let told = flat(&String::from_utf8(told.get_output().stdout.clone()).unwrap());
    let [excerpt] = blocks("text")[..] else { panic!("one excerpt is shown") };
    let first = excerpt.find('§').unwrap();
    for part in [&excerpt[..first], &excerpt[first..]] {
        assert!(told.contains(&flat(part)), "the story does not hold: {part}");
    }
}
