//! The program from outside: exit codes, what goes to which stream, the shape of its JSON, and the
//! same bytes from two processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own with a scenario that passes, and the program run in it.
struct Desk {
    folder: TempDir,
}

/// An expectation of the starting scenario, and one in its place that must fail.
const FIRST_EXPECTATION: &str = "visits: [dc-office, dc-shop]";
const WRONG_EXPECTATION: &str = "visits: [dc-office, orders]";

/// What the program left.
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.run(&["new", "first"]).exits(0);
        desk
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        let mut command = cargo_bin_cmd!("forestsim");
        command.current_dir(self.folder.path()).args(arguments).env_remove("RUST_LOG");
        command.envs(environment.iter().copied());
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes the starting scenario with one piece of its text replaced, which must be there.
    fn alter(&self, name: &str, piece: &str, with: &str) {
        let text = self.read("first.yaml");
        assert!(text.contains(piece), "the starting scenario does not hold {piece:?}");
        self.write(name, &text.replacen(piece, with, 1));
    }
}

impl Said {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn says(self, piece: &str) -> Self {
        assert!(self.stdout.contains(piece), "no {piece:?} in stdout:\n{}", self.stdout);
        self
    }

    #[track_caller]
    fn complains(self, piece: &str) -> Self {
        assert!(self.stderr.contains(piece), "no {piece:?} in stderr:\n{}", self.stderr);
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// The scenarios whose traces are compared between processes.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let all = forestsim::cli::files::scenarios(&[root]).unwrap();
    assert!(!all.is_empty(), "no scenario is shipped, so nothing would be compared");
    all.into_iter().take(4).collect()
}

#[test]
fn what_can_be_built_and_is_unwise_is_warned_of_with_its_place_and_a_cure() {
    let desk = Desk::new();
    let bank = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/topologies/woodgrove-bank.yaml");
    let scenario = |on: &str| {
        format!(
            "title: A grant\ntopology: {}\nsteps:\n  - change:\n      permission:\n        exchange: woodgrovebank.example\n        grant: [{{ to: 'WOODGROVE\\svc-portal', right: ms-Exch-EPI-May-Impersonate, on: {on} }}]\n",
            bank.display()
        )
    };
    desk.write("narrow.yaml", &scenario("'WOODGROVE\\exec1'"));
    desk.run(&["check", "narrow.yaml"]).exits(0).says("1 scenario: 1 well-formed\n");
    desk.write("wide.yaml", &scenario("organization"));
    let said = desk.run(&["check", "wide.yaml"]).exits(0).says("1 scenario: 1 well-formed, 1 warning");
    said.complains("wide.yaml:7").complains("4, of WOODGROVE").complains("grant the right on the accounts");
    let attack = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios/impersonation/attacks/11-org-wide-account-with-a-mailbox.yaml");
    let said = desk.run(&["check", &attack.display().to_string()]).exits(0).says("1 well-formed, 1 warning");
    said.complains("has a mailbox").complains("OrgWideAccount").complains("without a mailbox");
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
fn colour_stays_off_a_pipe_and_logs_stay_off_standard_output() {
    let desk = Desk::new();
    for environment in [&[][..], &[("NO_COLOR", "1")], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]] {
        let said = desk.run_with(&["run", "first.yaml"], environment).exits(0);
        assert!(!said.stdout.contains('\u{1b}') && !said.stderr.contains('\u{1b}'), "{environment:?}");
    }
    let quiet = desk.run(&["run", "first.yaml"]).exits(0);
    let loud = desk.run_with(&["run", "first.yaml"], &[("RUST_LOG", "trace")]).exits(0);
    assert_eq!(quiet.stdout, loud.stdout);
    assert_eq!(quiet.stderr, "");
    assert!(
        loud.stderr.contains("DEBUG forestsim: 2008-03-03T09:00:00"),
        "no virtual time in\n{}",
        loud.stderr
    );
}

#[test]
fn wrong_usage_and_wrong_paths_exit_with_2_and_name_the_cure() {
    let desk = Desk::new();
    desk.run(&["run"]).exits(2).complains("Usage");
    desk.run(&["fly"]).exits(2);
    desk.run(&["run", "first.yaml", "--seed", "minus one"]).exits(2);
    desk.run(&["test", "--seeds", "0", "."]).exits(2);
    desk.run(&["run", "frist.yaml"]).exits(2).complains("did you mean `first.yaml`?");
    desk.run(&["run", "."]).exits(2).complains("forestsim test");
    desk.run(&["test", "nowhere"]).exits(2).complains("nowhere");
    desk.run(&["run", "first.yaml", "--without", "adfs.token-tme"]).exits(2).complains("adfs.token-time");
    desk.run(&["run", "first.yaml", "--without", "network.route-open"])
        .exits(2)
        .complains("change the network");
    desk.run(&["run", "first.yaml", "--trace", "no/such/folder.jsonl"])
        .exits(2)
        .complains("cannot be written");
    desk.run(&["--help"]).exits(0).says("Exit codes");
    desk.run(&["--version"]).exits(0).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_broken_file_exits_with_2_and_shows_the_place_and_the_nearest_name() {
    let desk = Desk::new();
    desk.alter("misspelt.yaml", "steps:", "stepps:");
    let place = desk.read("misspelt.yaml").lines().position(|line| line.starts_with("stepps:")).unwrap() + 1;
    let place = format!("misspelt.yaml:{place}");
    for command in ["check", "run", "graph"] {
        desk.run(&[command, "misspelt.yaml"]).exits(2).complains(&place).complains("`steps`");
    }
    desk.run(&["test", "misspelt.yaml"]).exits(2).says(&place).says("1 not well-formed");
    for (name, text) in [("empty.yaml", ""), ("torn.yaml", "steps: [ {"), ("list.yaml", "- a\n- b\n")] {
        desk.write(name, text);
        desk.run(&["check", name]).exits(2).complains(name);
    }
    fs::write(desk.path("bytes.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    desk.run(&["check", "bytes.yaml"]).exits(2).complains("bytes.yaml");
    let said = desk.run(&["check", "."]).exits(2);
    assert!(said.stdout.contains("6 scenarios: 1 well-formed"), "{}", said.stdout);
}

#[test]
fn nothing_to_test_is_a_failure_only_where_asked() {
    let desk = Desk::new();
    fs::create_dir(desk.path("none")).unwrap();
    desk.run(&["test", "none"]).exits(0).says("no scenario");
    desk.run(&["test", "none", "--fail-on-empty"]).exits(1);
}

#[test]
fn several_seeds_are_played_and_counted() {
    let desk = Desk::new();
    desk.run(&["test", "first.yaml", "--seeds", "3"]).exits(0).says("3 passed");
    let value = desk.run(&["test", "first.yaml", "--seeds", "2", "--format", "json"]).exits(0).json();
    let seeds: Vec<_> = value["runs"].as_array().unwrap().iter().map(|run| run["seed"].clone()).collect();
    assert_eq!(seeds, [1, 2]);
}

#[test]
fn rules_schema_and_graph_print_for_people_and_programs() {
    let desk = Desk::new();
    desk.run(&["rules"]).exits(0).says("adfs.token-time").says("remedy: ");
    let rules = desk.run(&["rules", "--format", "json"]).exits(0).json();
    assert_eq!(rules.as_array().map(Vec::len), Some(forestsim::rule::all().count()));
    desk.run(&["rules", "--coverage", "first.yaml"]).exits(1).says("never");
    for kind in ["scenario", "topology"] {
        let schema = desk.run(&["schema", kind]).exits(0).json();
        assert!(schema["$schema"].is_string() && schema["properties"].is_object(), "{kind}");
    }
    desk.run(&["graph", "first.yaml"]).exits(0).says("trusts");
    desk.run(&["graph", "first.yaml", "--format", "mermaid"]).exits(0).says("flowchart");
    desk.run(&["graph", "first.yaml", "--format", "dot"]).exits(0).says("digraph");
    let graph = desk.run(&["graph", "first.yaml", "--format", "json"]).exits(0).json();
    assert!(graph["edges"].as_array().is_some_and(|edges| !edges.is_empty()), "{graph}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    let program = assert_cmd::cargo::cargo_bin!("forestsim");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(program)
        .current_dir(desk.folder.path())
        .args(["run", "first.yaml", "--depth", "all"])
        .stdout(Stdio::from(writer))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_reviewer_is_told_whether_a_change_is_the_same_slower_or_worse() {
    let desk = Desk::new();
    desk.run(&["diff", "first.yaml", "first.yaml"]).exits(0).says("same: ");
    desk.run(&["run", "first.yaml", "--seed", "2", "--trace", "second.jsonl"]).exits(0);
    desk.run(&["diff", "first.yaml", "second.jsonl"]).exits(0).says("only timing: ");

    desk.alter("wrong.yaml", FIRST_EXPECTATION, WRONG_EXPECTATION);
    let worse = desk.run(&["diff", "first.yaml", "wrong.yaml", "--format", "json"]).exits(1).json();
    assert_eq!((&worse["verdict"], worse["lost"].as_array().map(Vec::len)), (&"regressed".into(), Some(1)));
    assert_eq!(worse["same"]["decisions"], true);
    desk.run(&["diff", "wrong.yaml", "first.yaml"]).exits(0).says("improved: ");

    desk.write("cut.jsonl", "{}\n");
    desk.run(&["diff", "first.yaml", "cut.jsonl"]).exits(2).complains("line 1 is not the header of a trace");
}

#[test]
fn shells_and_manuals_know_every_command() {
    let desk = Desk::new();
    let help = desk.run(&["--help"]).exits(0).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"diff") && commands.len() > 8, "{commands:?}");
    let manual = desk.run(&["man"]).exits(0).stdout;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = desk.run(&["completions", shell]).exits(0).stdout;
        let unknown: Vec<_> = commands.iter().filter(|name| !script.contains(**name)).collect();
        assert!(unknown.is_empty(), "{shell} does not complete {unknown:?}");
    }
    for name in commands {
        assert!(manual.contains(&format!("forestsim\\-{name}")), "the manual leaves out {name}");
        desk.run(&["man", name]).exits(0).says(".TH");
    }
    desk.run(&["man", "runn"]).exits(2).complains("did you mean `run`?");
}

#[test]
fn a_run_is_drawn_as_a_sequence_of_as_many_messages_as_asked_for() {
    let desk = Desk::new();
    let drawn = desk.run(&["run", "first.yaml", "--format", "mermaid", "--messages", "3"]).exits(0);
    let drawn = drawn.says("sequenceDiagram\n").says("box transparent").says("more messages are left out");
    assert_eq!(drawn.stdout.lines().filter(|line| line.contains("->>")).count(), 3, "{}", drawn.stdout);
    let svg = desk.run(&["run", "first.yaml", "--format", "svg"]).exits(0).says("<svg ").says("role=\"img\"");
    assert_eq!(svg.stdout, desk.run(&["run", "first.yaml", "--format", "svg"]).exits(0).stdout);
}

#[test]
fn a_demo_asks_before_it_tells_wherever_the_program_is_and_waits_for_nobody_without_a_terminal() {
    let desk = Desk::new();
    let list = desk.run(&["demo"]).exits(0).stdout;
    let names: Vec<&str> =
        list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split(' ').next()).collect();
    assert!(names.len() >= 6, "{list}");
    for name in names {
        let told = desk.run(&["demo", name]).exits(0).stdout;
        assert_eq!(told, desk.run(&["demo", name, "--auto"]).exits(0).stdout);
        let begins = |word: &str| {
            let lines = told.lines().enumerate().filter(|(_, line)| line.starts_with(word));
            lines.map(|(number, _)| number).collect::<Vec<_>>()
        };
        let (look_for, questions, answers) = (begins("look for "), begins("question "), begins("answer "));
        assert!(!questions.is_empty(), "{name} asks nothing");
        assert_eq!([look_for.len(), answers.len()], [questions.len(); 2], "{told}");
        let told_between = questions.iter().zip(&answers).all(|(question, answer)| question + 3 < *answer);
        assert!(told_between && look_for.iter().zip(&questions).all(|(look, ask)| look < ask), "{told}");
    }
    desk.run(&["demo", "salesmen"]).exits(2).complains("did you mean `salesman`?");
}
