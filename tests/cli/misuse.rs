//! Wrong usage, broken files, readers that go away.

use std::fs;
use std::path::Path;

use crate::Desk;

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
