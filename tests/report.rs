//! The page of a run, opened in a real browser as its reader opens it: stepped through by keyboard,
//! entered by a deep link, switched to dark, and read without scripts. And the same bytes from two
//! processes, judged as HTML by xmllint.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin_cmd;
use headless_chrome::browser::tab::Tab;
use headless_chrome::protocol::cdp::Emulation::SetScriptExecutionDisabled;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::{Browser, LaunchOptions};
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

/// Someone who reads a page in Chromium.
struct Reader {
    tab: Arc<Tab>,
    complaints: Arc<Mutex<Vec<String>>>,
    _browser: Browser,
}

impl Reader {
    /// A reader in front of an empty window; none where there is no Chromium, which is told.
    fn new() -> Option<Self> {
        let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        let Some(path) = chromium.into_iter().map(Path::new).find(|path| path.exists()) else {
            println!("skipped: no Chromium is installed");
            return None;
        };
        let options = LaunchOptions::default_builder()
            .path(Some(path.to_owned()))
            .sandbox(false)
            .window_size(Some((1600, 1000)))
            .idle_browser_timeout(Duration::from_secs(300))
            .build()
            .unwrap();
        let browser = Browser::new(options).unwrap();
        let tab = browser.new_tab().unwrap();
        tab.set_default_timeout(Duration::from_secs(60));
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&complaints);
        tab.enable_log().unwrap();
        tab.enable_runtime().unwrap();
        tab.add_event_listener(Arc::new(move |event: &Event| {
            let complaint = match event {
                Event::LogEntryAdded(entry) => format!("{:?}", entry.params.entry),
                Event::RuntimeExceptionThrown(thrown) => format!("{:?}", thrown.params.exception_details),
                Event::RuntimeConsoleAPICalled(call) => format!("{:?}", call.params.args),
                _ => return,
            };
            heard.lock().unwrap().push(complaint);
        }))
        .unwrap();
        Some(Self { tab, complaints, _browser: browser })
    }

    fn open(&self, page: &Path, fragment: &str) -> &Self {
        let url = format!("file://{}{fragment}", page.display());
        self.tab.navigate_to(&url).unwrap().wait_until_navigated().unwrap();
        self
    }

    fn press(&self, key: &str) -> &Self {
        self.tab.press_key(key).unwrap();
        self
    }

    /// What an expression of the page's own language says, as text.
    fn ask(&self, expression: &str) -> String {
        let answer = self.tab.evaluate(&format!("String({expression})"), false).unwrap();
        answer.value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits in the page until an expression says this, for a browser takes its time.
    fn sees(&self, expression: &str, expected: &str) -> &Self {
        let waiting = format!(
            "new Promise((done) => {{ let tries = 400; const look = () => {{ const said = String({expression}); \
             if (said === '{expected}' || tries-- === 0) done(said); else setTimeout(look, 50); }}; look(); }})"
        );
        let said = self.tab.evaluate(&waiting, true).unwrap().value;
        let said = said.as_ref().and_then(|said| said.as_str()).unwrap_or_default();
        assert_eq!(said, expected, "{expression}");
        self
    }

    fn text(&self, selector: &str) -> String {
        self.ask(&format!("document.querySelector('{selector}').innerText"))
    }

    fn has_no_complaint(&self) {
        let complaints = self.complaints.lock().unwrap();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
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
    reader.open(&page, "").open(&page, &format!("#e{hidden}")).sees(CHOSEN, &format!("e{hidden}"));
    reader.sees("document.querySelector('[aria-current]').closest('details').open", "true");

    // The message that brings cookies shows the jar after it.
    let cookies = event(&page, "200 page that posts the security token to https://resource-fs");
    reader.open(&page, "").open(&page, &format!("#e{cookies}")).sees(CHOSEN, &format!("e{cookies}"));
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
    reader.tab.call_method(SetScriptExecutionDisabled { value: true }).unwrap();
    let post = event(&page, "POST wresult to https://resource-fs.adventure-works.example");
    reader.open(&page, &format!("#e{post}"));
    let row = reader.tab.find_element(&format!("#e{post}")).unwrap();
    assert!(row.get_inner_text().unwrap().contains("more"), "its details open without scripts");
    assert!(
        reader.tab.find_element(".scripted").is_err() && reader.tab.find_element(".tools[hidden]").is_ok()
    );
    let more = reader.tab.find_element(&format!("#e{post} .more > summary")).unwrap();
    more.click().unwrap();
    assert!(row.get_inner_text().unwrap().contains("ClaimPurchaser"));
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
