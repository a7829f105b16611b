//! Standard output, terminals, and files that are written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;

use super::exit::InputError;
use crate::view::page::Look;

/// How text on standard output should look.
pub fn look() -> Look {
    let stdout = io::stdout();
    let width = match terminal_size::terminal_size_of(&stdout) {
        Some((width, _)) => usize::from(width.0).max(Look::LEAST_WIDTH),
        None => Look::PIPED_WIDTH,
    };
    Look { width, colour: colour_on(&stdout) }
}

/// Whether text on a stream may be in colour: it is a terminal, and nobody asked for none.
pub fn colour_on(stream: &impl IsTerminal) -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    stream.is_terminal() && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

/// Writes to standard output. That nobody reads on is no error: `forestsim rules | head` is fine.
///
/// # Errors
/// Where the output cannot be written for another reason, as on a full disk.
pub fn print(text: &str) -> Result<(), InputError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(InputError::Output(why)),
        _ => Ok(()),
    }
}

/// Writes a value to standard output as JSON, with a newline after it.
///
/// # Errors
/// As [`print()`].
pub fn print_json(value: &serde_json::Value) -> Result<(), InputError> {
    print(&format!("{value:#}\n"))
}

/// Writes a file beside its place and renames it, so that no reader ever sees a part of it.
///
/// # Errors
/// Where the file or its folder cannot be written.
pub fn write_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), InputError> {
    let unwritten = |why| InputError::Unwritten { path: path.to_owned(), why };
    let name = path.file_name().ok_or_else(|| unwritten(ErrorKind::IsADirectory.into()))?;
    let mut part = OsString::from(".");
    part.push(name);
    part.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(part);
    let written = File::create(&part)
        .and_then(|file| {
            let mut writer = BufWriter::new(file);
            write(&mut writer)?;
            writer.flush()
        })
        .and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What could not be written may not be removable either; the first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    written.map_err(unwritten)
}
