//! A folder to write files in, and a file to begin with.

use std::path::{Path, PathBuf};

use forestsim::scenario::{self, Problem, ScenarioError};

/// A scenario with every kind of step and of expectation. The cases and the mutations begin with it.
pub const SOUND: &str = r#"title: Every kind of step
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
  - sign_out: { client: sally-laptop, url: https://purchasing.adventure-works.example/ }
    expect: { granted: {} }
  - close_browser: { client: sally-laptop }
  - ticket: { client: wanda-desktop, service: HTTP/ws.perimeter.adventure-works.example }
    expect: { granted: {} }
  - bind: { client: wanda-desktop, directory: dc-corp, credentials: { user: 'CORP\wanda', password: wrong } }
    expect: { refused: { rule: account.password-matches } }
  - change: { account: { user: 'CORP\sally', set: [disabled, { member_of: 'CORP\Plant Managers' }] } }
  - change: { firewall: { firewall: fw-in, close: [trust-ldap], open: { all: { from: any, to: any, tcp: [1-65535] } } } }
  - change: { dns: { server: dns-ext, set: { fs.adventure-works.example: { a: fs-a } } } }
  - change: { revoke: { certificate: sally } }
  - change: { token_signing: { federation_service: fs-a, certificate: fs-r-signing } }
  - change: { partner: { federation_service: fs-r, partner: corp, set: { add_verification: fs-r-signing } } }
  - change: { trust: { trust: perimeter-trusts-corp, set: { sid_filtering: none } } }
  - steal: { client: simon-laptop, cookies_of: sally-laptop }
    expect: { lines: [R2], never_logs: [{ at: fs-a, says: sally }] }
"#;

/// A folder with the shipped topologies, in which scenarios can be written.
pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in shipped() {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The error of a scenario with this content.
    pub fn refuse(&self, content: impl AsRef<[u8]>) -> ScenarioError {
        refusal(&self.write("scenario.yaml", content))
    }
}

pub fn shipped() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/topologies");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
    };
    files.map(read).collect()
}

/// What a problem and its cure say.
pub fn said(problem: &Problem) -> String {
    format!("{} {}", problem.message, problem.cure.as_deref().unwrap_or_default())
}

pub fn refusal(path: &Path) -> ScenarioError {
    without_hanging(|| scenario::load(path)).unwrap_err()
}

/// Reads, and fails if that takes so much of the processor's time that the file must have sent the reader
/// astray: what else the machine is doing does not count, and mere slowness is the benchmarks' business.
pub fn without_hanging<T>(read: impl FnOnce() -> T) -> T {
    let begin = processor_time();
    let result = read();
    let took = processor_time() - begin;
    assert!(took < 20_000_000_000, "it took {took} ns");
    result
}

/// The time that this thread has had the processor, in nanoseconds.
fn processor_time() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}
