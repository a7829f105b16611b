//! The page of a run, opened in a real browser as its reader opens it: stepped through by keyboard,
//! entered by a deep link, switched to dark, and read without scripts. And the same bytes from two
//! processes, judged as HTML by xmllint.

mod reader;

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin_cmd;
use reader::Reader;
use serde_json::json;
use tempfile::TempDir;

const SALESMAN: &str = "scenarios/federation/traveling-salesman.yaml";
const REFUSAL: &str = "scenarios/impersonation/web-portal-refused.yaml";

/// The page of a scenario, in a folder of its own.
fn page(scenario: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    cargo_bin_cmd!("forestsim").args(["report", scenario, "-o"]).arg(&path).assert().success().stdout("");
    (folder, path)
}

/// The chosen row.
const CHOSEN: &str = "document.querySelector('[aria-current]').id";

/// The number of the first event whose row says this.
fn event(page: &Path, said: &str) -> String {
    let html = std::fs::read_to_string(page).unwrap();
    let at = html.find(said).unwrap_or_else(|| panic!("no row says {said}"));
    let (_, id) = html[..at].rsplit_once(" id=\"e").expect("a row before it");
    id.split('"').next().unwrap().to_owned()
}

#[test]
fn a_reader_steps_through_the_sign_in_by_keyboard() {
    let (_folder, page) = page(SALESMAN);
    let Some(reader) = Reader::new() else { return };
    reader.open(&page, "").sees("document.querySelector('#now-title').textContent.includes('Sally')", "true");
    let began = reader.ask(CHOSEN);
    reader.press("ArrowDown").press("ArrowDown");
    reader.sees(&format!("{CHOSEN} !== '{began}'"), "true");
    // The first request of the browser stands in the first shown row, or the one after it.
    let said = reader.text("[aria-current] .said");
    assert!(said.contains("sally-laptop") || said.contains("ws"), "{said}");
    assert_eq!(reader.ask("document.activeElement.closest('.row').id"), reader.ask(CHOSEN), "focus follows");
    assert_eq!(reader.ask("location.hash.slice(1)"), reader.ask(CHOSEN), "and so does the address");
    assert!(reader.text("#announcer").contains("Event"), "and the announcement");
    let second = reader.ask(CHOSEN);
    reader.press("ArrowUp").sees(&format!("{CHOSEN} !== '{second}'"), "true");
    reader.press("ArrowRight").sees(CHOSEN, &second);
    // To the end, and not beyond it.
    reader.press("End");
    let last = reader.ask(CHOSEN);
    reader.press("ArrowDown").sees(CHOSEN, &last);
    reader.has_no_complaint();
}

#[test]
fn a_deep_link_shows_the_message_what_came_of_it_and_the_trusts_in_use() {
    let (_folder, page) = page(SALESMAN);
    let Some(reader) = Reader::new() else { return };
    let post = event(&page, "POST wresult to https://resource-fs.adventure-works.example");
    reader.open(&page, &format!("#e{post}")).sees(CHOSEN, &format!("e{post}"));
    let shown = reader.text("#now-body");
    for part in
        ["urn:federation:adventure-works:corporate", "ClaimPurchaser", "CORP\\sally", "adfs.token-signer"]
    {
        assert!(shown.contains(part), "{part} is missing from\n{shown}");
    }
    let lit =
        "[...document.querySelectorAll('.trust-graph .lit title')].map((each) => each.textContent).join()";
    let lit = reader.ask(lit);
    for part in ["federation partner", "pinned certificate"] {
        assert!(lit.contains(part), "{part} is not lit: {lit}");
    }
    assert!(!lit.contains("fabrikam"), "{lit}");
    let read = reader.text("#in-use");
    assert!(read.contains("trusts urn:federation:adventure-works:corporate"), "{read}");
    assert!(
        read.contains("who has a token of urn:federation:adventure-works:corporate may have one"),
        "{read}"
    );
    // In the window, not merely in the page.
    let place = "(({top, bottom}) => top >= 0 && bottom <= innerHeight)(document.querySelector('[aria-current]').getBoundingClientRect())";
    reader.sees(place, "true");

    // A link into a fold opens it.
    let hidden = event(&page, "hello, purchasing.adventure-works.example");
    reader.open(&page, &format!("#e{hidden}")).sees(CHOSEN, &format!("e{hidden}"));
    reader.sees("document.querySelector('[aria-current]').closest('details').open", "true");

    // The message that brings cookies shows the jar after it.
    let cookies = event(&page, "200 page that posts the security token to https://resource-fs");
    reader.open(&page, &format!("#e{cookies}")).sees(CHOSEN, &format!("e{cookies}"));
    let shown = reader.text("#now-body");
    assert!(
        shown.contains("What sally-laptop keeps now") && shown.contains("_WebSsoAuth for fs.adventure-works"),
        "{shown}"
    );
    reader.has_no_complaint();
}

#[test]
fn a_refusal_is_a_bar_with_its_rule_and_the_theme_can_be_switched() {
    let (_folder, page) = page(REFUSAL);
    let Some(reader) = Reader::new() else { return };
    let refused = event(&page, "✗ refused by s2s.");
    reader.open(&page, &format!("#e{refused}")).sees(CHOSEN, &format!("e{refused}"));
    let bar = reader.ask("document.querySelector('[aria-current] .bar').getBoundingClientRect().width > 300");
    assert_eq!(bar, "true");
    let shown = reader.text("#now-body");
    assert!(shown.contains("remedy") && shown.contains("source"), "{shown}");
    let ground = "getComputedStyle(document.body).backgroundColor";
    let before = reader.ask(ground);
    reader.ask("document.querySelector('#theme').click()");
    reader.sees(&format!("{ground} !== '{before}'"), "true");
    reader.sees("document.querySelector('#theme').getAttribute('aria-pressed')", "true");
    reader.has_no_complaint();
}

#[test]
fn without_scripts_the_story_its_details_and_its_links_are_all_there() {
    let (_folder, page) = page(SALESMAN);
    let Some(reader) = Reader::new() else { return };
    reader.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    let post = event(&page, "POST wresult to https://resource-fs.adventure-works.example");
    reader.open(&page, &format!("#e{post}"));
    let drawn = reader.drawn();
    assert!(drawn.contains("POST wresult to") && drawn.contains("Who trusts whom"), "{drawn}");
    assert!(!drawn.contains("WindowsUserIdentifier") && !drawn.contains("◀ back"), "{drawn}");
    assert!(reader.click(&format!("#e{post} .more > summary")).drawn().contains("WindowsUserIdentifier"));
    reader.has_no_complaint();
}

#[test]
fn two_processes_write_the_same_page_and_leave_nothing_beside_it() {
    let (first, second) = (page(SALESMAN), page(SALESMAN));
    assert!(std::fs::read(&first.1).unwrap() == std::fs::read(&second.1).unwrap(), "the pages differ");
    assert_eq!(std::fs::read_dir(first.0.path()).unwrap().count(), 1);
    let graph =
        || cargo_bin_cmd!("forestsim").args(["graph", SALESMAN, "--format", "svg"]).output().unwrap().stdout;
    assert!(graph() == graph(), "the drawings of the trust graph differ");
}

#[test]
fn a_page_that_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/page.html");
    cargo_bin_cmd!("forestsim").args(["report", SALESMAN, "-o"]).arg(&path).assert().code(2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_page_and_the_drawing_are_well_formed_and_ask_nobody_for_anything() {
    let (folder, page) = page(REFUSAL);
    let html = std::fs::read_to_string(&page).unwrap();
    for outside in ["src=", "@import", "url(", "<link", "fetch("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let drawing = folder.path().join("trusts.svg");
    let drawn = cargo_bin_cmd!("forestsim").args(["graph", REFUSAL, "--format", "svg"]).output().unwrap();
    std::fs::write(&drawing, drawn.stdout).unwrap();
    let xmllint = |arguments: &[&str], file: &Path| {
        Command::new("xmllint")
            .args(arguments)
            .arg("--noout")
            .arg(file)
            .output()
            .ok()
            .map(|said| String::from_utf8_lossy(&said.stderr).into_owned())
    };
    let (Some(page), Some(drawing)) = (xmllint(&["--html"], &page), xmllint(&[], &drawing)) else {
        println!("skipped: xmllint is not installed");
        return;
    };
    // Its HTML is that of 1999; what is younger it does not know, and says so.
    let complaints: Vec<&str> =
        page.lines().filter(|line| line.contains("error :") && !line.contains(" invalid")).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert_eq!(drawing, "");
}
