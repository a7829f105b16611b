//! The commands that show something: rules, topologies, differences, manuals, drawings, demos.

use crate::{Desk, FIRST_EXPECTATION, WRONG_EXPECTATION};

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
