//! What is shown, perhaps with lines left out, against what was printed.

/// A line that stands for any lines.
const ELISION: &str = "...";

/// The lines of a text.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// Whether what is shown is what was printed; else the first part that is not.
pub fn compare(shown: &[String], printed: &[String]) -> Result<(), String> {
    let parts = parts(shown);
    let mut from = 0;
    for (index, part) in parts.iter().enumerate() {
        let place = Place::of(index, parts.len());
        let found = exact(part, printed, from, place);
        from = part.len() + found.ok_or_else(|| differs(part, printed, from))?;
    }
    Ok(())
}

/// What is to be shown now: each part from the line that it began with to the line that it ended with,
/// whatever numbers stand in them.
pub fn renew(shown: &[String], printed: &[String]) -> Result<Vec<String>, String> {
    let parts = parts(shown);
    let mut renewed = Vec::new();
    let mut from = 0;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            renewed.push(ELISION.to_owned());
        }
        let place = Place::of(index, parts.len());
        let (begin, end) = match exact(part, printed, from, place) {
            Some(begin) => (begin, begin + part.len()),
            None if parts.len() == 1 => (0, printed.len()),
            None => alike(part, printed, from, place).ok_or_else(|| differs(part, printed, from))?,
        };
        renewed.extend_from_slice(&printed[begin..end]);
        from = end;
    }
    Ok(renewed)
}

/// The parts between lines that are left out.
fn parts(shown: &[String]) -> Vec<&[String]> {
    shown.split(|line| line == ELISION).collect()
}

/// Whether a part must stand at the beginning or at the end.
#[derive(Clone, Copy)]
struct Place {
    first: bool,
    last: bool,
}

impl Place {
    fn of(index: usize, parts: usize) -> Self {
        Self { first: index == 0, last: index + 1 == parts }
    }

    fn allows(self, begin: usize, end: usize, all: usize) -> bool {
        (!self.first || begin == 0) && (!self.last || end == all)
    }
}

/// Where a part stands word for word.
fn exact(part: &[String], printed: &[String], from: usize, place: Place) -> Option<usize> {
    let last = printed.len().checked_sub(part.len())?;
    (from..=last).find(|begin| {
        let end = begin + part.len();
        place.allows(*begin, end, printed.len()) && printed[*begin..end] == *part
    })
}

/// Where something stands that begins and ends as a part does, as near to its length as can be.
fn alike(part: &[String], printed: &[String], from: usize, place: Place) -> Option<(usize, usize)> {
    let (first, last) = (words(part.first()?), words(part.last()?));
    let longest = 2 * part.len() + 5;
    let begins = (from..printed.len()).filter(|begin| words(&printed[*begin]) == first);
    let spans = begins.flat_map(|begin| {
        let ends = begin + 1..=printed.len().min(begin + longest);
        ends.map(move |end| (begin, end))
    });
    let fitting = spans.filter(|(begin, end)| {
        place.allows(*begin, *end, printed.len()) && words(&printed[*end - 1]) == last
    });
    fitting.min_by_key(|(begin, end)| (part.len().abs_diff(end - begin), *begin))
}

/// The words of a line without those that hold digits: numbers, times and identifiers.
fn words(line: &str) -> Vec<&str> {
    let told = |word: &&str| !word.chars().any(|each| each.is_ascii_digit());
    line.split_whitespace().filter(told).collect()
}

fn differs(part: &[String], printed: &[String], from: usize) -> String {
    let missing = part.iter().find(|line| !printed[from.min(printed.len())..].contains(line));
    match missing {
        Some(line) => format!("there is no line\n  {line}"),
        None => format!("these lines do not follow each other there:\n  {}", part.join("\n  ")),
    }
}

/// An excerpt is found again behind other numbers, and one whose lines are gone is not made up.
pub fn finds_excerpts_again() -> Result<(), libtest_mimic::Failed> {
    let printed = lines("begin\n17 ws: GET\n  more\n18 fs: 302\nother\nend\n");
    let shown = lines("...\n12 ws: GET\n13 fs: 302\n...\nend\n");
    assert!(compare(&shown, &printed).is_err(), "the numbers differ, and a line is left out silently");
    let renewed = renew(&shown, &printed)?;
    assert_eq!(renewed, lines("...\n17 ws: GET\n  more\n18 fs: 302\n...\nend\n"));
    compare(&renewed, &printed)?;
    let gone = lines("...\n12 ws: POST\n...\n");
    assert!(compare(&gone, &printed).is_err() && renew(&gone, &printed).is_err());
    let whole = lines("begin\nend\n");
    assert!(compare(&whole, &printed).is_err());
    assert_eq!(renew(&whole, &printed)?, printed);
    Ok(())
}
