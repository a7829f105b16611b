//! A whole trace as JSON lines: a header, then one event a line. It reads back to the same trace.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::time::VirtualTime;
use crate::trace::{Event, Trace};

/// The first line: what a trace holds beside its events.
#[derive(Serialize, Deserialize)]
struct Header<'a> {
    scenario: Cow<'a, str>,
    seed: u64,
    version: Cow<'a, str>,
    start: VirtualTime,
    topology: Cow<'a, [String]>,
    random: Cow<'a, BTreeMap<String, u64>>,
    /// How many lines follow, so that a file that was cut short is not taken for a whole one.
    events: usize,
}

/// Why lines are not a trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceLinesError {
    /// The lines cannot be read.
    #[error("the trace cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// There is no line at all.
    #[error("the trace is empty; write one with `forestsim run FILE --trace OUT.jsonl`")]
    Empty,
    /// A line is not what it should be.
    #[error("line {line} is not {what} of a trace: {why}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What it should have been.
        what: &'static str,
        /// What the reader says.
        why: serde_json::Error,
    },
    /// Lines are missing at the end, or there are more than the header says.
    #[error("the trace holds {found} events, but its first line says {said}; write it again")]
    Incomplete {
        /// How many events there are.
        found: usize,
        /// How many the header says.
        said: usize,
    },
}

/// Writes a trace.
///
/// # Errors
/// Where the writer fails.
pub fn write(trace: &Trace, out: &mut impl Write) -> io::Result<()> {
    let header = Header {
        scenario: Cow::Borrowed(&trace.scenario),
        seed: trace.seed,
        version: Cow::Borrowed(&trace.version),
        start: trace.start,
        topology: Cow::Borrowed(&trace.topology),
        random: Cow::Borrowed(&trace.random),
        events: trace.events.len(),
    };
    write_line(&header, out)?;
    trace.events.iter().try_for_each(|event| write_line(event, out))
}

fn write_line(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Reads a trace back.
///
/// # Errors
/// Where the lines cannot be read, are not those of a trace, or are not all of them.
pub fn read(lines: impl BufRead) -> Result<Trace, TraceLinesError> {
    let mut lines = lines.lines().enumerate();
    let (_, first) = lines.next().ok_or(TraceLinesError::Empty)?;
    let header: Header<'_> = serde_json::from_str(&first?).map_err(|why| TraceLinesError::Malformed {
        line: 1,
        what: "the header",
        why,
    })?;
    let mut events: Vec<Event> = Vec::new();
    for (index, line) in lines {
        let event = serde_json::from_str(&line?).map_err(|why| TraceLinesError::Malformed {
            line: index + 1,
            what: "an event",
            why,
        })?;
        events.push(event);
    }
    if events.len() != header.events {
        return Err(TraceLinesError::Incomplete { found: events.len(), said: header.events });
    }
    Ok(Trace {
        scenario: header.scenario.into_owned(),
        seed: header.seed,
        version: header.version.into_owned(),
        start: header.start,
        topology: header.topology.into_owned(),
        events,
        random: header.random.into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sample;

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&sample::trace(), &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_trace_reads_back_as_it_was() {
        let bytes = written();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), sample::trace().events.len() + 1);
        assert_eq!(read(&bytes[..]).unwrap(), sample::trace());
    }

    #[test]
    fn a_trace_that_was_cut_or_bent_is_refused_with_its_line() {
        let text = String::from_utf8(written()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let cut = lines[..lines.len() - 1].join("\n");
        assert!(matches!(read(cut.as_bytes()), Err(TraceLinesError::Incomplete { .. })));
        let bent = text.replacen("\"happening\"", "\"hapening\"", 1);
        assert!(matches!(read(bent.as_bytes()), Err(TraceLinesError::Malformed { line: 2, .. })));
        assert!(matches!(read(&b""[..]), Err(TraceLinesError::Empty)));
    }
}
