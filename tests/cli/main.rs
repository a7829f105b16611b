//! The program from outside: exit codes, what goes to which stream, the shape of its JSON, and the
//! same bytes from two processes.

mod misuse;
mod runs;
mod shows;

use std::fs;
use std::path::PathBuf;
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
