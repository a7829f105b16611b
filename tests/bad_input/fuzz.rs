//! Files that no one would write: random bytes, words in any order, and sound files with damage.

use forestsim::scenario;
use proptest::prelude::*;

use crate::folder::{Folder, SOUND, shipped, without_hanging};

/// Whatever a file holds: no panic, no long wait, and an error that says something.
fn survives(content: &[u8]) {
    let folder = Folder::new();
    let path = folder.write("fuzzed.yaml", content);
    let answers = without_hanging(|| {
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
