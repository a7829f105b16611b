//! Someone who reads a page in Chromium, spoken to in its DevTools protocol: a few messages of JSON over
//! a WebSocket. A crate that knows the whole protocol takes minutes to compile.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// What a page complains of: in the console, of its own accord or by an error.
const COMPLAINTS: [&str; 3] = ["Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"];

/// A reader in front of a window.
pub struct Reader {
    socket: RefCell<WebSocket<TcpStream>>,
    session: String,
    calls: Cell<u64>,
    complaints: RefCell<Vec<String>>,
    chromium: Child,
    _voice: BufReader<ChildStderr>,
    _profile: TempDir,
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.chromium.kill();
        let _ = self.chromium.wait();
    }
}

impl Reader {
    /// A reader; none where there is no Chromium, which is told.
    pub fn new() -> Option<Self> {
        let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        let Some(path) = known.into_iter().find(|path| Path::new(path).exists()) else {
            println!("skipped: no Chromium is installed");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut chromium = Command::new(path)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--window-size=1600,1000",
            ])
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut voice = BufReader::new(chromium.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(voice.read_line(&mut line).unwrap() > 0, "Chromium ends without saying where it listens");
            if let Some((_, address)) = line.trim().split_once("DevTools listening on ") {
                break address.to_owned();
            }
        };
        let server = address.trim_start_matches("ws://").split('/').next().unwrap();
        let stream = TcpStream::connect(server).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let (socket, _) = tungstenite::client(address.as_str(), stream).unwrap();
        let mut reader = Self {
            socket: RefCell::new(socket),
            session: String::new(),
            calls: Cell::new(0),
            complaints: RefCell::default(),
            chromium,
            _voice: voice,
            _profile: profile,
        };
        let target = reader.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        reader.session =
            reader.call("Target.attachToTarget", &attach)["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "DOM"] {
            reader.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(reader)
    }

    /// Has the browser do something, and gives back its answer.
    pub fn call(&self, method: &str, parameters: &Value) -> Value {
        let id = self.calls.get() + 1;
        self.calls.set(id);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.borrow_mut().send(Message::text(message.to_string())).unwrap();
        let mut answer = self.hear(|heard| heard["id"] == id);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Listens until something is heard, and keeps the complaints that come before it.
    fn hear(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let Message::Text(text) = self.socket.borrow_mut().read().unwrap() else { continue };
            let heard: Value = serde_json::from_str(&text).unwrap();
            if COMPLAINTS.iter().any(|complaint| heard["method"] == **complaint) {
                self.complaints.borrow_mut().push(heard["params"].to_string());
            }
            if wanted(&heard) {
                return heard;
            }
        }
    }

    /// Opens a page anew, at a fragment of it.
    pub fn open(&self, page: &Path, fragment: &str) -> &Self {
        for url in ["about:blank".to_owned(), format!("file://{}{fragment}", page.display())] {
            self.call("Page.navigate", &json!({ "url": url }));
            self.hear(|heard| heard["method"] == "Page.loadEventFired");
        }
        self
    }

    /// Presses a key of this name.
    pub fn press(&self, key: &str) -> &Self {
        let codes = [
            ("End", 35),
            ("Home", 36),
            ("ArrowLeft", 37),
            ("ArrowUp", 38),
            ("ArrowRight", 39),
            ("ArrowDown", 40),
        ];
        let (_, code) = codes.into_iter().find(|(name, _)| *name == key).expect("a key that is known here");
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", &event);
        }
        self
    }

    /// Clicks in the middle of an element.
    pub fn click(&self, selector: &str) -> &Self {
        let root = self.call("DOM.getDocument", &json!({ "depth": 0 }));
        let query = json!({ "nodeId": root["root"]["nodeId"], "selector": selector });
        let node = self.call("DOM.querySelector", &query);
        let model = self.call("DOM.getBoxModel", &json!({ "nodeId": node["nodeId"] }));
        let corner = |at: usize| model["model"]["content"][at].as_f64().unwrap();
        let (x, y) = (f64::midpoint(corner(0), corner(4)), f64::midpoint(corner(1), corner(5)));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
        self
    }

    /// The texts that are drawn, in the order of the page; it works without scripts too.
    pub fn drawn(&self) -> String {
        let shot = self.call("DOMSnapshot.captureSnapshot", &json!({ "computedStyles": [] }));
        let texts = shot["documents"][0]["layout"]["text"].as_array().unwrap().iter();
        let text = |index: &Value| {
            Some(shot["strings"][usize::try_from(index.as_i64()?).ok()?].as_str()?.to_owned())
        };
        texts.filter_map(text).collect::<Vec<_>>().join(" ")
    }

    /// What an expression of the page's own language says, as text.
    pub fn ask(&self, expression: &str) -> String {
        let question = json!({ "expression": format!("(async () => String(await ({expression})))()"), "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &question);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].as_str().unwrap().to_owned()
    }

    /// Waits in the page until an expression says this, for a browser takes its time.
    pub fn sees(&self, expression: &str, expected: &str) -> &Self {
        let waiting = format!(
            "new Promise((done) => {{ let tries = 600; const look = () => {{ const said = String({expression}); \
             if (said === '{expected}' || tries-- === 0) done(said); else setTimeout(look, 50); }}; look(); }})"
        );
        assert_eq!(self.ask(&waiting), expected, "{expression}");
        self
    }

    /// The text of an element, as it is shown.
    pub fn text(&self, selector: &str) -> String {
        self.ask(&format!("document.querySelector('{selector}').innerText"))
    }

    /// That the page has complained of nothing.
    pub fn has_no_complaint(&self) {
        let complaints = self.complaints.borrow();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}
