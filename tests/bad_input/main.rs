//! Files that nobody should have written: whatever stands in them, the answer is a place, a reason
//! and a cure, within a second, and never a panic.

mod folder;
mod fuzz;
mod slips;

use std::path::Path;

use forestsim::scenario;

use folder::{Folder, SOUND, refusal, said, without_hanging};
use slips::{CONFERENCE_SLIPS, SLIPS, TOPOLOGY_SLIPS};

#[test]
fn the_sound_file_is_sound_and_keeps_its_places() {
    let folder = Folder::new();
    let scenario = scenario::load(&folder.write("scenario.yaml", SOUND)).unwrap();
    assert_eq!(scenario.steps.len(), SOUND.matches("\n  - ").count());
    assert!(!scenario.topology.hosts.contains_key("sam-laptop"), "null removes an entry");
    let refused = scenario.steps[5].expect.refused.as_ref().unwrap();
    let place = scenario.place(refused.rule.spot).to_string();
    assert!(place.ends_with("scenario.yaml:28:32"), "{place}");
}

#[test]
fn every_slip_is_found_where_it_is() {
    let folder = Folder::new();
    let mut wrong = Vec::new();
    for (sound, slip, message, cure) in SLIPS {
        assert!(SOUND.contains(sound), "the sound file holds no `{sound}`");
        let marked = SOUND.replacen(sound, slip, 1);
        let before = &marked[..marked.find('^').unwrap()];
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let place = format!("{}:{column}", before.matches('\n').count() + 1);
        let error = folder.refuse(marked.replacen('^', "", 1));
        let first = &error.problems()[0];
        let found = first.place.as_ref().map(|place| format!("{}:{}", place.line, place.column));
        let context = format!("`{sound}` -> `{slip}`:\n{}", error.report(false));
        let right = found == Some(place) && first.message.contains(message) && said(first).contains(cure);
        // One slip, one problem.
        if !right || error.problems().len() != 1 {
            wrong.push(context);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_report_shows_the_line_with_a_mark_under_the_spot() {
    let error =
        Folder::new().refuse(SOUND.replacen("client: sally-laptop, url", "client: sally-laptp, url", 1));
    let report = error.report(false);
    let lines: Vec<&str> = report.lines().map(str::trim_end).collect();
    let shown = lines.iter().position(|line| line.contains("browse: { client: sally-laptp, url")).unwrap();
    let column = lines[shown].find("sally-laptp").map(|byte| lines[shown][..byte].chars().count());
    assert_eq!(lines[shown + 1].chars().position(|mark| mark == '─'), column, "{report}");
    assert!(lines[shown - 1].contains("scenario.yaml:8:23"), "{report}");
    assert!(lines.iter().any(|line| line.contains("help: did you mean `sally-laptop`?")), "{report}");
}

#[test]
fn names_and_numbers_are_all_found_at_once() {
    let wrong = SOUND.replace("at: ws", "at: wz").replace("dc-corp", "dc-crop").replace("1d 2h", "-1d");
    let error = Folder::new().refuse(wrong);
    let lines: Vec<_> = error.problems().iter().map(|problem| problem.place.as_ref().unwrap().line).collect();
    assert_eq!(lines, [11, 14, 23, 28, 34], "{}", error.report(false));
}

#[test]
fn every_slip_in_a_topology_is_found() {
    finds("adventure-works.yaml", TOPOLOGY_SLIPS);
    finds("conference.yaml", CONFERENCE_SLIPS);
}

fn finds(topology: &str, slips: &[(&str, &str, &str, &str)]) {
    let folder = Folder::new();
    let sound = std::fs::read_to_string(folder.path(topology)).unwrap();
    for (right, wrong, message, cure) in slips {
        assert!(sound.contains(right), "the topology holds no `{right}`");
        let path = folder.write("wrong.yaml", sound.replacen(right, wrong, 1));
        let error = without_hanging(|| scenario::load_topology(&path)).unwrap_err();
        let context = format!("`{right}` -> `{wrong}`:\n{}", error.report(false));
        let says = |part: &str, whole: &str| whole.contains(part);
        let found = error.problems().iter().any(|problem| {
            says(message, &problem.message) && says(cure, &said(problem)) && problem.place.is_some()
        });
        assert!(found, "{context}");
    }
}

#[test]
fn a_broker_is_told_only_of_talks_that_it_has() {
    let told = |talk: &str, broker: &str, by: &str| {
        let change =
            format!("{{ talk: {{ broker: {broker}, talk: {talk}, item: Keynote, told_by: {by} }} }}");
        format!("title: A talk\ntopology: conference.yaml\nsteps:\n  - change: {change}\n")
    };
    let folder = Folder::new();
    scenario::load(&folder.write("scenario.yaml", told("keynote", "brk", "pia-pc"))).unwrap();
    for (text, message, cure) in [
        (told("keynot", "brk", "pia-pc"), "no talk `keynot`", "`keynote`"),
        (told("keynote", "cas1", "pia-pc"), "`cas1` runs no application server with talks", "these do: brk"),
        (told("keynote", "brk", "brk"), "`brk` runs no mail client", "pia-pc"),
    ] {
        let error = folder.refuse(text);
        let first = &error.problems()[0];
        assert!(first.message.contains(message) && said(first).contains(cure), "{}", error.report(false));
        assert_eq!((error.problems().len(), first.place.is_some()), (1, true), "{}", error.report(false));
    }
}

#[test]
fn files_that_are_no_scenario_at_all() {
    let folder = Folder::new();
    let bomb = "&a [x, x]\n".to_owned() + &"  - *a\n".repeat(3_000);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "is empty"),
        ("comments only", b"# nothing\n\n# here\n".to_vec(), "is empty"),
        ("not UTF-8", b"title: caf\xe9\nsteps: []\n".to_vec(), "not UTF-8"),
        ("UTF-16", b"\xff\xfet\0i\0t\0l\0e\0".to_vec(), "not UTF-8"),
        ("a word", b"hello".to_vec(), "entries belong here"),
        ("a list", b"- 1\n- 2\n".to_vec(), "entries belong here"),
        ("null", b"null".to_vec(), ""),
        ("control characters", b"title: \x1b[31m\x07\nsteps: []".to_vec(), ""),
        ("no steps", b"title: x\nsteps: []".to_vec(), "without steps"),
        ("deep brackets", [b"title: ".to_vec(), vec![b'['; 100_000]].concat(), ""),
        ("deep braces", [b"hosts: ".to_vec(), b"{a: ".repeat(50_000)].concat(), ""),
        (
            "deep lines",
            (0..3_000).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>().into_bytes(),
            "",
        ),
        ("aliases", format!("title: x\nsteps:\n  - {bomb}").into_bytes(), ""),
        (
            "one long line",
            [b"title: ".to_vec(), vec![b'x'; 3_000_000], b"\nstep: 1".to_vec()].concat(),
            "no key `step`",
        ),
        ("many anchors", "title: &a x\n".repeat(20_000).into_bytes(), "twice"),
        ("many hosts", hosts(40_000, "z").into_bytes(), "more entries than are read"),
        ("many unknown zones", hosts(7_000, "z").into_bytes(), "no zone"),
        ("long unknown zones", hosts(30, &"z".repeat(100_000)).into_bytes(), "no zone"),
        ("domains in a circle", domains(5_000).into_bytes(), ""),
        ("too large", vec![b'#'; 4 * 1024 * 1024 + 1], "larger than 4 MiB"),
    ];
    for (name, content, message) in cases {
        let error = folder.refuse(content);
        let found = error.problems().iter().any(|problem| problem.message.contains(message));
        assert!(found, "{name}: {error}");
        let report = error.report(false);
        assert!(report.len() < 200_000 && !report.contains('\u{1b}'), "{name}: {report}");
    }
}

fn hosts(count: usize, zone: &str) -> String {
    let line = |number| format!("  host{number}: {{ zone: {zone}{number} }}\n");
    let zones: String = (0..count / 4)
        .map(|number| format!("  zone{number}: {{ latency: {{ min: 1s, max: 1s }} }}\n"))
        .collect();
    let hosts: String = (0..count).map(line).collect();
    format!("title: x\nzones:\n{zones}hosts:\n{hosts}steps: []\n")
}

fn domains(count: usize) -> String {
    let line = |number| {
        let next = (number + 1) % count;
        format!("  d{number}.example: {{ netbios: D{number}, tree_of: d{next}.example }}\n")
    };
    let domains: String = (0..count).map(line).collect();
    format!("title: x\ndomains:\n{domains}steps: []\n")
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new();
    let missing = refusal(&folder.path("missing.yaml"));
    assert!(missing.to_string().contains("missing.yaml: there is no such file"), "{missing}");
    let directory = refusal(folder.0.path());
    assert!(directory.to_string().contains("this is a folder"), "{directory}");
    let endless = refusal(Path::new("/dev/zero"));
    assert!(endless.to_string().contains("larger than 4 MiB"), "{endless}");

    // A sparse file of 100 MB: refused by its length, before it is read.
    let path = folder.path("large.yaml");
    std::fs::File::create(&path).unwrap().set_len(100_000_000).unwrap();
    assert!(refusal(&path).to_string().contains("larger than 4 MiB"));

    let named = folder.refuse("title: x\ntopology: missing.yaml\nsteps: []\n");
    let place = named.problems()[0].place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (2, 11), "the error stands where the file is named: {named}");
}

#[test]
fn files_that_refer_to_each_other_in_a_circle() {
    let folder = Folder::new();
    folder.write("a.yaml", "extends: b.yaml\n");
    folder.write("b.yaml", "title: b\nextends: ./a.yaml\n");
    let error = folder.refuse("title: x\ntopology: a.yaml\nsteps: []\n");
    let circle = &error.problems()[0].message;
    let order: Vec<&str> = circle.split(" → ").filter_map(|path| path.rsplit('/').next()).collect();
    assert_eq!(order, ["a.yaml", "b.yaml", "a.yaml"], "{circle}");

    let itself = folder.refuse("title: x\ntopology: scenario.yaml\nsteps: []\n");
    assert!(itself.problems()[0].message.contains("circle"), "{itself}");

    for link in 0..40 {
        folder.write(&format!("chain{link}.yaml"), format!("extends: chain{}.yaml\n", link + 1));
    }
    let long = folder.refuse("title: x\ntopology: chain0.yaml\nsteps: []\n");
    assert!(long.problems()[0].message.contains("more than 16"), "{long}");
}

#[test]
fn a_topology_is_not_a_scenario() {
    let folder = Folder::new();
    let error = refusal(&folder.path("adventure-works-external-trust.yaml"));
    assert!(
        error.problems()[0].cure.as_ref().unwrap().contains("a scenario names its `topology:`"),
        "{error}"
    );
    let path = folder.write("scenario.yaml", SOUND);
    let error = scenario::load_topology(&path).unwrap_err();
    assert!(!error.problems().is_empty());
}
