//! A Markdown file, its blocks, and what is to be done with each.
//!
//! A `console` block holds commands, each behind `$ `, and below each what it prints; a line `...` stands
//! for any lines, and a command with nothing below it is run and not compared. A block may say that a
//! command fails: `console exits=1`. Before any other block a comment says what it is:
//! `<!-- output of: COMMAND -->`, or `<!-- file: NAME -->` for a file that commands below it read.
//!
//! A command within a line of text is run too, unless a word in capitals stands for something in it.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::fit::{self, lines};
use crate::{PROGRAM, ROOT};

/// What stands before a block that is the output of a command.
pub const OUTPUT_OF: &str = "<!-- output of: ";
const FILE: &str = "<!-- file: ";
const PROMPT: &str = "$ ";

/// A Markdown file.
pub struct Page(Vec<Piece>);

enum Piece {
    Line(String),
    Block(Block),
}

struct Block {
    /// The line that opens it: three ticks and what it holds.
    opening: String,
    /// The comment before it.
    marker: String,
    lines: Vec<String>,
}

/// Something that is not as it is shown.
pub struct Difference {
    /// What, with the command.
    pub why: String,
    /// Whether the page now shows it as it is.
    pub mended: bool,
}

impl Page {
    /// Reads a file's text.
    pub fn read(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut marker = String::new();
        let mut rest = text.lines();
        while let Some(line) = rest.next() {
            if line.starts_with("```") {
                let lines = rest.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
                let marker = std::mem::take(&mut marker);
                pieces.push(Piece::Block(Block { opening: line.to_owned(), marker, lines }));
                continue;
            }
            if !line.is_empty() {
                marker = line.to_owned();
            }
            pieces.push(Piece::Line(line.to_owned()));
        }
        Self(pieces)
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Line(line) => text.push_str(line),
                Piece::Block(block) => {
                    text.push_str(&block.opening);
                    block.lines.iter().for_each(|line| text.extend(["\n", line]));
                    text.push_str("\n```");
                }
            }
            text.push('\n');
        }
        text
    }

    /// Does what the blocks ask for, in a folder, and shows in them what came of it.
    pub fn run(&mut self, folder: &Path) -> io::Result<Vec<Difference>> {
        let mut differences = Vec::new();
        for piece in &mut self.0 {
            let block = match piece {
                Piece::Block(block) => block,
                Piece::Line(line) => {
                    for command in commands_within(line) {
                        one(command, Vec::new(), 0, folder, &mut differences)?;
                    }
                    continue;
                }
            };
            if let Some(name) = marked(&block.marker, FILE) {
                fs::write(folder.join(name), block.lines.join("\n") + "\n")?;
            } else if let Some(command) = marked(&block.marker, OUTPUT_OF) {
                let lines = std::mem::take(&mut block.lines);
                block.lines = one(command, lines, 0, folder, &mut differences)?;
            } else if block.opening.starts_with("```console") {
                block.run(folder, &mut differences)?;
            }
        }
        Ok(differences)
    }
}

impl Block {
    fn run(&mut self, folder: &Path, differences: &mut Vec<Difference>) -> io::Result<()> {
        let code = self.opening.split("exits=").nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let lines = std::mem::take(&mut self.lines);
        let prompts = lines.iter().any(|line| line.starts_with(PROMPT));
        let mut rest = lines.into_iter().peekable();
        while let Some(line) = rest.next() {
            let command = line.strip_prefix(PROMPT).unwrap_or(&line).to_owned();
            let mut shown = Vec::new();
            while prompts && let Some(line) = rest.next_if(|line| !line.starts_with(PROMPT)) {
                shown.push(line);
            }
            self.lines.push(line);
            self.lines.extend(one(&command, shown, code, folder, differences)?);
        }
        Ok(())
    }
}

/// The commands that a line of text names in full.
fn commands_within(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split('`').skip(1).step_by(2).filter(|code| code.starts_with("forestsim "));
    let stands_for_something = |word: &str| word.starts_with(|each: char| each.is_ascii_uppercase());
    code.filter(move |code| !code.split_whitespace().any(stands_for_something))
}

/// What a comment says behind its beginning.
fn marked<'a>(comment: &'a str, beginning: &str) -> Option<&'a str> {
    comment.strip_prefix(beginning)?.strip_suffix(" -->")
}

/// Runs one command and compares what it prints with what is shown; gives back what is to be shown.
fn one(
    command: &str,
    shown: Vec<String>,
    code: i32,
    folder: &Path,
    differences: &mut Vec<Difference>,
) -> io::Result<Vec<String>> {
    // The command that runs this very test.
    if command == "cargo test" {
        return Ok(shown);
    }
    let script = command.replacen("cargo run --release -- ", "forestsim ", 1);
    let programs = Path::new(PROGRAM).parent().unwrap_or(Path::new(ROOT)).display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1\n{script}")).current_dir(folder);
    shell.env("PATH", format!("{programs}:{path}")).env_remove("RUST_LOG");
    let output = shell.output()?;
    let printed = lines(&String::from_utf8_lossy(&output.stdout));
    if output.status.code() != Some(code) {
        let why = format!("`{command}` should exit with {code}: {}\n{}", output.status, printed.join("\n"));
        differences.push(Difference { why, mended: false });
        return Ok(shown);
    }
    if shown.is_empty() {
        return Ok(shown);
    }
    let Err(why) = fit::compare(&shown, &printed) else { return Ok(shown) };
    let why = format!("`{command}` prints something else: {why}");
    match fit::renew(&shown, &printed) {
        Ok(renewed) => {
            differences.push(Difference { why, mended: true });
            Ok(renewed)
        }
        Err(gone) => {
            differences
                .push(Difference { why: format!("{why}\nit cannot be renewed: {gone}"), mended: false });
            Ok(shown)
        }
    }
}
