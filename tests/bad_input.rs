//! Files that nobody should have written: whatever stands in them, the answer is a place, a reason
//! and a cure, within a second, and never a panic.

use std::path::{Path, PathBuf};

use forestsim::scenario::{self, Problem, ScenarioError};
use proptest::prelude::*;

/// A scenario with every kind of step and of expectation. The cases and the mutations begin with it.
const SOUND: &str = r#"title: Every kind of step
topology: adventure-works.yaml
start: 2008-03-03T09:00:00Z
hosts:
  sam-laptop: null
steps:
  - name: visit
    browse: { client: sally-laptop, url: https://purchasing.adventure-works.example/orders, certificate: sally }
    expect:
      granted: { as: sally@corp.adventure-works.example, shows: orders }
      visits: [ws, fs-r, fsp-a, fs-a, dc-corp]
      never_visits: [dc-perimeter]
      messages: [{ from: ws, to: sally-laptop, says: redirect }]
      decisions: [{ rule: adfs.token-time, at: ws, ruling: allowed, who: sally }]
      logs: [{ at: fs-a, says: sally }]
      state: [{ at: sally-laptop, store: cookie jar, item: ws, gone: true }]
  - name: late
    fault: { clock: { host: ws, offset: 1h, drift: -20 } }
    for: 90s
    optional: true
  - fault: { loss: { from: internet, to: ws, percent: 20 } }
  - heal: late
  - wait: 1d 2h
  - repost:
      client: sally-laptop
      captured: https://purchasing.adventure-works.example/
      to: https://inventory.adventure-works.example/
    expect: { refused: { rule: adfs.token-audience, at: ws } }
  - ticket: { client: wanda-desktop, service: HTTP/ws.perimeter.adventure-works.example }
    expect: { granted: {} }
  - bind: { client: wanda-desktop, directory: dc-corp, credentials: { user: 'CORP\wanda', password: wrong } }
    expect: { refused: { rule: account.password-matches } }
  - change: { account: { user: 'CORP\sally', set: [disabled, { member_of: 'CORP\Plant Managers' }] } }
  - change: { firewall: { firewall: fw-in, close: [trust-ldap], open: { all: { from: any, to: any, tcp: [1-65535] } } } }
  - change: { dns: { server: dns-ext, set: { fs.adventure-works.example: { a: fs-a } } } }
  - change: { revoke: { certificate: sally } }
  - change: { trust: { trust: perimeter-trusts-corp, set: { sid_filtering: none } } }
"#;

/// A folder with the shipped topologies, in which scenarios can be written.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in shipped() {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The error of a scenario with this content.
    fn refuse(&self, content: impl AsRef<[u8]>) -> ScenarioError {
        refusal(&self.write("scenario.yaml", content))
    }
}

fn shipped() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/topologies");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
    };
    files.map(read).collect()
}

/// What a problem and its cure say.
fn said(problem: &Problem) -> String {
    format!("{} {}", problem.message, problem.cure.as_deref().unwrap_or_default())
}

fn refusal(path: &Path) -> ScenarioError {
    within_a_second(|| scenario::load(path)).unwrap_err()
}

#[expect(clippy::disallowed_types, reason = "how long a reader waits is a matter of the real clock")]
fn within_a_second<T>(read: impl FnOnce() -> T) -> T {
    let begin = std::time::Instant::now();
    let result = read();
    let took = begin.elapsed();
    assert!(took.as_millis() < 1_000, "it took {took:?}");
    result
}

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

/// Each case changes one thing in the sound file: what is replaced, and by what, with a ^ before the
/// spot where the error must be found; then what the error and its cure say.
#[rustfmt::skip]
const SLIPS: &[(&str, &str, &str, &str)] = &[
    // The shape.
    ("start:", "^strat:", "no key `strat`", "did you mean `start`?"),
    ("browse:", "^browze:", "no key `browze`", "did you mean `browse`?"),
    ("offset: 1h", "^ofset: 1h", "no key `ofset`", "did you mean `offset`?"),
    ("ruling: allowed", "ruling: ^alowed", "`alowed` is not possible", "did you mean `allowed`?"),
    ("{ clock:", "{ ^clocks:", "`clocks` is not possible", "did you mean `clock`?"),
    ("host: ws, offset: 1h, drift: -20", "^offset: 1h", "`host` is missing", "host: …"),
    ("{ granted: {} }", "{ granted^: }", "entries belong here", "{}"),
    ("visits: [ws, fs-r, fsp-a, fs-a, dc-corp]", "visits: ^ws", "a list belongs here", "[one, two]"),
    ("optional: true", "optional: ^maybe", "neither true nor false", "true or false"),
    ("percent: 20", "percent: ^300", "no number that fits", "from 0 to 255"),
    ("percent: 20", "percent: ^many", "no number that fits", "whole number"),
    ("wait: 1d 2h", "wait: ^99999999999999d", "too long a duration", "290,000 years"),
    ("wait: 1d 2h", "wait: ^soon", "`soon` is not a duration", "250ms"),
    ("2008-03-03T09:00:00Z", "^3 March 2008", "`3 March 2008` is not a time", "2008-03-03T09:00:00Z"),
    ("url: https://", "url: ^htps://", "not a web address", "https://"),
    ("tcp: [1-65535]", "tcp: [^1-65536]", "not a port", "49152-65535"),
    ("heal: late\n", "heal: late\n    ^heal: late\n", "twice", "leave one"),
    ("  - heal: late", "\t^- heal: late", "tab", "spaces"),
    ("set: { sid_filtering: none } }", "set: ^\"{ sid_filtering: none } }", "quot", "quotation mark"),
    ("[{ at: fs-a, says: sally }]\n      state:", "[{ at: fs-a, says: sally }\n      state^:", "illegal placement", "the brackets of this line and the one before"),
    ("sid_filtering: none } } }\n", "sid_filtering: none } } }\n---\n^title: x\n", "second document", "---"),
    ("name: late", "name: ^*late", "no anchor", "quotes"),
    ("  sam-laptop: null\n", "  sam-laptop: null\n  ^sam-laptop: null\n", "twice", "leave one"),
    // The names.
    ("client: sally-laptop, url", "client: ^sally-laptp, url", "no host `sally-laptp`", "`sally-laptop`"),
    ("client: sally-laptop, url", "client: ^ws, url", "`ws` runs no browser", "sally-laptop, simon-laptop"),
    ("certificate: sally }\n    expect", "certificate: ^saly }\n    expect", "no certificate `saly`", "`sally`"),
    ("[dc-perimeter]", "[^dc-perimetr]", "no host `dc-perimetr`", "`dc-perimeter`"),
    ("[dc-perimeter]", "[^ws]", "both to be visited and never", "leave it out"),
    ("adfs.token-time", "^adfs.tokentime", "no rule `adfs.tokentime`", "`adfs.token-time`"),
    ("from: internet", "from: ^internt", "no zone or host `internt`", "`internet`"),
    ("heal: late", "heal: ^lat", "`lat`", "did you mean `late`?"),
    (r"user: 'CORP\wanda', password: wrong", r"user: ^'CORP\vanda'", r"no user `CORP\vanda`", r"`CORP\wanda`"),
    (r"user: 'CORP\sally', set", r"user: ^'CORP\saly', set", "named `saly`", "`sally`"),
    (r"user: 'CORP\sally', set", r"user: ^'CROP\sally', set", "no domain `CROP`", "`CORP`"),
    (r"user: 'CORP\sally', set", r"user: ^sally, set", "of which domain", r"CORP\"),
    (r"member_of: 'CORP\Plant Managers'", r"member_of: ^'CORP\wanda'", "is not a group", "a group"),
    ("close: [trust-ldap]", "close: [^trust-lpad]", "named `trust-lpad`", "`trust-ldap`"),
    ("server: dns-ext", "server: ^ws", "`ws` runs no DNS server", "dns-ext"),
    ("revoke: { certificate: sally }", "revoke: { certificate: ^sallly }", "`sallly`", "`sally`"),
    ("trust: perimeter-trusts-corp", "trust: ^corp-trusts-perimeter", "no trust", "perimeter-trusts-corp"),
    ("sam-laptop: null", "^sam-lptop: null", "is removed", "leave the line out"),
    // The sense.
    ("percent: 20", "percent: ^0", "no share of a hundred", "1 to 100"),
    ("percent: 20", "percent: 20, next: ^3", "cannot both say", "leave one"),
    ("wait: 1d 2h", "wait: ^-1d", "no time to wait", "without a minus"),
    ("host: ws, offset: 1h, drift: -20", "host: ^ws", "nothing is wrong with this clock", "offset: 1h"),
    ("heal: late", "name: ^visit\n    heal: late", "another step is named `visit`", "its own name"),
    ("heal: late", "heal: late\n  - heal: ^late", "`late` has ended already", "leave this step out"),
    ("heal: late", "^name: nothing", "does nothing", "add one of: browse"),
    ("wait: 1d 2h", "^wait: 3s\n    heal: late", "several things", "a step of each"),
    ("heal: late", "heal: late\n    for: ^3s", "only a fault", "leave it out"),
    ("heal: late", "heal: late\n    expect: ^{}", "expects nothing", "leave `expect` out"),
    ("heal: late", "heal: late\n    expect: ^{ granted: {} }", "nobody asks", "the step that asks"),
    ("bind: { client: wanda-desktop, directory: dc-corp, credentials: { user: 'CORP\\wanda', password: wrong } }\n    expect: { refused: { rule: account.password-matches } }\n",
        "^bind: { client: wanda-desktop, directory: dc-corp }\n", "nothing of the outcome", "granted"),
    ("{ granted: {} }", "{ granted: {}, refused: ^{ rule: adfs.token-time } }", "both granted and refused", "one of"),
    ("service: HTTP/ws", "service: ^ws", "not a service principal name", "HTTP/"),
    ("ticket: { client: wanda-desktop", "ticket: { client: ^sally-laptop", "nobody has a session", "credentials"),
    ("directory: dc-corp", "directory: ^ws", "`ws` runs no domain controller", "dc-perimeter, dc-corp"),
];

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
    assert_eq!(lines, [11, 14, 23, 28, 31], "{}", error.report(false));
}

/// Each case changes one thing in the shipped topology, as `SLIPS` does in the sound scenario.
#[rustfmt::skip]
const TOPOLOGY_SLIPS: &[(&str, &str, &str, &str)] = &[
    ("min: 18ms, max: 42ms", "min: 48ms, max: 42ms", "`min` is 48ms", "the shorter"),
    ("min: 18ms, max: 42ms", "min: -1ms, max: 42ms", "before it is sent", "without a minus"),
    ("between: [internet, perimeter], latency", "between: [internet, perimetre], latency", "no zone `perimetre`", "`perimeter`"),
    ("between: [internet, perimeter]\n    allow", "between: [internet, corporate]\n    allow", "no link joins internet and corporate", "add the link"),
    ("tcp: [53], udp: [53] }", "tcp: [], udp: [] }", "lets nothing through", "tcp: [443]"),
    ("from: fsp-a, to: fs-a", "from: fsp-b, to: fs-a", "no zone or host `fsp-b`", "`fsp-a`"),
    ("ws-web:\n    issued_by: public-ca", "ws-web:\n    issued_by: pubic-ca", "no authority `pubic-ca`", "`public-ca`"),
    ("revocation_list: http://", "revocation_list: https://", "not fetched over https", "http://"),
    ("netbios: PERIMETER", "netbios: CORP", "as well", "its own"),
    ("certificates: [sally] }", "certificates: [saly] }", "no certificate `saly`", "`sally`"),
    ("members: [sally, sam]", "members: [sally, sid]", "named `sid`", ""),
    ("members: [sally, sam]", r"members: [sally, 'PERIMETER\paula']", "cannot have the member", "domain_local"),
    ("members: [sally, sam]", "members: [sally, Sally]", "a member of `Salesmen` already", "leave one"),
    ("      Salesmen:  ", "      Domain Admins:  ", "a built-in group as well", "differ"),
    ("kind: forest", "kind: shortcut", "different forests", "forest or external"),
    ("kind: forest", "kind: forst", "`forst` is not possible", "`forest`"),
    ("trusted: corp.adventure-works.example", "trusted: corp.adventure-work.example", "no domain", "corp.adventure-works.example"),
    ("trusted: corp.adventure-works.example", "trusted: perimeter.adventure-works.example", "trusts itself anyway", "two domains"),
    ("zone: internet\n", "zone: internets\n", "no zone `internets`", "`internet`"),
    ("asks: dc-perimeter\n", "asks: fs-r\n", "`fs-r` runs no DNS server", "dc-perimeter, dns-ext, dc-corp"),
    ("fs.adventure-works.example: fs-a }", "fs.adventure-works.example: fs-b }", "no host `fs-b`", "`fs-"),
    ("fs.adventure-works.example: fs-a }", "fs..example: fs-a }", "not a name in DNS", "letters"),
    ("trusts: [public-ca]\n", "trusts: [publicca]\n", "no authority `publicca`", "`public-ca`"),
    ("discovers: Adventure Works corporate", "discovers: Adventure Works corporation", "no account partner titled", "`Adventure Works corporate`"),
    ("certificate: fs-r-web", "certificate: fsr-web", "no certificate `fsr-web`", "`fs-r-web`"),
    ("realm: urn:federation:adventure-works:perimeter", "realm: perimeter", "`perimeter` is not a URI", "urn:"),
    ("claims: [Purchaser, Manager]", "claims: [Purchasr, Manager]", "no organization claim `Purchasr`", "`Purchaser`"),
    ("Salesman: ClaimPurchaser", "Salesmen: ClaimPurchaser", "no organization claim `Salesmen`", "`Salesman`"),
    (r"Salesman: ['CORP\Salesmen']", r"Salesman: ['CORP\Salesman']", "named `Salesman`", "`Salesmen`"),
    (r"who: 'CORP\Salesmen', to: [read]", r"who: 'CORP\Salesmen', to: []", "no right", "[read]"),
    ("admits: [Purchaser, Manager]", "access: []\n            admits: [Purchaser, Boss]", "no organization claim `Boss`", ""),
    ("kind: windows_token\n            access", "kind: claims_aware\n            access", "nobody asks its access control list", "admits"),
    ("{ domain: corp.adventure-works.example }", "{ domain: perimeter.adventure-works.example }", "cannot be joined", "its own domain"),
    (r"user: 'CORP\peter'", r"user: 'CORP\petra'", "no user", r"CORP\peter"),
    ("      browser: { person: Peter", "      web_server: { certificate: ws-web, federation_service: https://a.example/ }\n      federation_service_proxy: { federation_service: https://a.example/, certificate: ws-web, client_certificate: ws-web, sign_in: forms }\n      browser: { person: Peter", "port 443", "machines of their own"),
];

#[test]
fn every_slip_in_a_topology_is_found() {
    let folder = Folder::new();
    let sound = std::fs::read_to_string(folder.path("adventure-works.yaml")).unwrap();
    for (right, wrong, message, cure) in TOPOLOGY_SLIPS {
        assert!(sound.contains(right), "the topology holds no `{right}`");
        let path = folder.write("wrong.yaml", sound.replacen(right, wrong, 1));
        let error = within_a_second(|| scenario::load_topology(&path)).unwrap_err();
        let context = format!("`{right}` -> `{wrong}`:\n{}", error.report(false));
        let says = |part: &str, whole: &str| whole.contains(part);
        let found = error.problems().iter().any(|problem| {
            says(message, &problem.message) && says(cure, &said(problem)) && problem.place.is_some()
        });
        assert!(found, "{context}");
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
        ("many hosts", hosts(40_000).into_bytes(), ""),
        ("too large", vec![b'#'; 4 * 1024 * 1024 + 1], "larger than 4 MiB"),
    ];
    for (name, content, message) in cases {
        let error = folder.refuse(content);
        assert!(error.problems()[0].message.contains(message), "{name}: {error}");
        let report = error.report(false);
        assert!(report.len() < 200_000 && !report.contains('\u{1b}'), "{name}: {report}");
    }
}

fn hosts(count: usize) -> String {
    let hosts: String = (0..count).map(|number| format!("  h{number}: {{ zone: z{number} }}\n")).collect();
    format!("title: x\nhosts:\n{hosts}steps: []\n")
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

/// Whatever a file holds: no panic, no long wait, and an error that says something.
fn survives(content: &[u8]) {
    let folder = Folder::new();
    let path = folder.write("fuzzed.yaml", content);
    let answers = within_a_second(|| {
        [scenario::load(&path).map(drop), scenario::load_topology(&path).map(drop)]
            .map(|answer| answer.map_err(|error| (error.report(false), error)))
    });
    for (report, error) in answers.into_iter().filter_map(Result::err) {
        assert!(!error.problems().is_empty() && !report.trim().is_empty());
        for problem in error.problems() {
            assert!(!problem.message.trim().is_empty(), "{error:?}");
            assert!(
                problem.place.as_ref().is_none_or(|place| place.line > 0 && place.column > 0),
                "{error:?}"
            );
        }
    }
}

/// A change to a text: which, where as a share of its length, and with what.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(usize, u8),
    Truncate(usize),
    DeleteLine(usize),
    DuplicateLine(usize),
    SwapLines(usize, usize),
    Inflate(usize),
    Insert(usize, &'static str),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let inserted = [
        "null", "[", "{", "}", ": ", "- ", "\t", "*a", "&a ", "!!int ", "'", "\"", "\u{feff}", "\0", "é",
        "any", "-1d", "|",
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, with)| Mutation::Flip(at, with)),
        any::<usize>().prop_map(Mutation::Truncate),
        any::<usize>().prop_map(Mutation::DeleteLine),
        any::<usize>().prop_map(Mutation::DuplicateLine),
        any::<(usize, usize)>().prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        any::<usize>().prop_map(Mutation::Inflate),
        (any::<usize>(), prop::sample::select(inserted.to_vec()))
            .prop_map(|(at, text)| Mutation::Insert(at, text)),
    ]
}

impl Mutation {
    fn apply(&self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let mut lines: Vec<Vec<u8>> =
            text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let (length, count) = (text.len(), lines.len());
        match *self {
            Mutation::Flip(at, with) => text[at % length] ^= with.max(1),
            Mutation::Truncate(at) => text.truncate(at % length),
            Mutation::Insert(at, word) => drop(text.splice(at % length..at % length, word.bytes())),
            Mutation::Inflate(at) => {
                let digits: Vec<usize> = (0..length).filter(|at| text[*at].is_ascii_digit()).collect();
                if let Some(place) = digits.get(at % digits.len().max(1)) {
                    drop(text.splice(*place..*place, b"98765432109876543210".iter().copied()));
                }
            }
            Mutation::DeleteLine(at) => drop(lines.remove(at % count)),
            Mutation::DuplicateLine(at) => lines.insert(at % count, lines[at % count].clone()),
            Mutation::SwapLines(one, other) => lines.swap(one % count, other % count),
        }
        if matches!(self, Mutation::DeleteLine(_) | Mutation::DuplicateLine(_) | Mutation::SwapLines(..)) {
            *text = lines.concat();
        }
    }
}

/// Words that occur in the files, and punctuation, in any order.
fn yaml_like() -> impl Strategy<Value = String> {
    let words = [
        "title",
        "topology",
        "steps",
        "hosts",
        "zones",
        "domains",
        "browse",
        "fault",
        "expect",
        "granted",
        "name",
        "runs",
        "dns",
        "records",
        "a",
        "n",
        "ws",
        "x: y",
        ": ",
        ":",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "&a ",
        "*a",
        "<<: *a",
        "!t ",
        "| ",
        "> ",
        "'",
        "\"",
        "#",
        "---\n",
        "...",
        "~",
        "true",
        "1",
        "1h",
        "-5",
        "99999999999999999999",
        ".inf",
        "null",
        "?",
        "%YAML 1.2\n",
        "\t",
        "\r\n",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..120).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes(content in prop::collection::vec(any::<u8>(), 0..2_000)) {
        survives(&content);
    }

    #[test]
    fn text_that_looks_like_yaml(content in yaml_like(), behind in any::<bool>()) {
        survives(if behind { SOUND.to_owned() + &content } else { content }.as_bytes());
    }

    #[test]
    fn mutations_of_sound_files(which in any::<usize>(), mutations in prop::collection::vec(mutation(), 1..6)) {
        let mut files: Vec<String> = shipped().into_iter().map(|(_, text)| text).collect();
        files.push(SOUND.to_owned());
        // The sound scenario is small and has every kind of step, so it is as likely as the rest together.
        let mut text = files.swap_remove((which % 4).min(files.len() - 1)).into_bytes();
        for mutation in mutations {
            mutation.apply(&mut text);
        }
        survives(&text);
    }
}
