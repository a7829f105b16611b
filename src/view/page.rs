//! A page of text: rows that wrap with a hanging indent, in colour or without.
//!
//! It knows widths and inks; it does not know what the text is about.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The width in columns to which rows are wrapped.
    pub width: usize,
    /// Whether inks show as colours.
    pub colour: bool,
}

impl Look {
    /// The width where no terminal says otherwise.
    pub const PIPED_WIDTH: usize = 110;
    /// The least width; a narrower terminal breaks the rows itself.
    pub const LEAST_WIDTH: usize = 80;

    /// What suits a file, a pipe or a snapshot.
    pub const PLAIN: Self = Self { width: Self::PIPED_WIDTH, colour: false };
}

/// What a piece of text is, to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// As it comes.
    Plain,
    /// Stands out.
    Strong,
    /// Stands back.
    Dim,
    /// A name.
    Name,
    /// Went well.
    Good,
    /// Deserves a look.
    Warning,
    /// Went wrong.
    Bad,
}

impl Ink {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Ink::Plain => Style::new(),
            Ink::Strong => Style::new().bold(),
            Ink::Dim => Style::new().dimmed(),
            Ink::Name => colour(AnsiColor::Cyan),
            Ink::Good => colour(AnsiColor::Green),
            Ink::Warning => colour(AnsiColor::Yellow),
            Ink::Bad => colour(AnsiColor::Red).bold(),
        }
    }
}

/// A page under the pen.
///
/// ```
/// use forestsim::view::page::{Ink, Look, Page};
/// let mut page = Page::new(Look { width: 30, colour: false });
/// page.row(&[(Ink::Good, "✓ ".into())], 2, Ink::Plain, "the time lies within the conditions");
/// assert_eq!(page.finish(), "✓ the time lies within the\n  conditions\n");
/// ```
#[derive(Debug)]
pub struct Page {
    look: Look,
    text: String,
}

/// A piece of text in one ink.
pub type Cell = (Ink, String);

/// The least width that is left to a row's body, however wide its lead.
const LEAST_BODY: usize = 24;

impl Page {
    /// An empty page.
    pub fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    /// A row: cells in a line, then a body that wraps; its later lines begin at column `hang`.
    pub fn row(&mut self, lead: &[Cell], hang: usize, ink: Ink, body: &str) {
        let mut column = 0;
        for (ink, cell) in lead {
            let cell = printable(cell);
            column += display_width(&cell);
            self.paint(*ink, &cell);
        }
        let width = self.look.width.max(hang + LEAST_BODY);
        let first = " ".repeat(column);
        let later = " ".repeat(hang);
        let options = Options::new(width)
            .initial_indent(&first)
            .subsequent_indent(&later)
            .wrap_algorithm(WrapAlgorithm::FirstFit)
            .word_separator(WordSeparator::Custom(words))
            .word_splitter(WordSplitter::NoHyphenation);
        for (index, line) in textwrap::wrap(&printable(body), options).iter().enumerate() {
            if index > 0 {
                self.trim_line();
                self.text.push('\n');
                self.text.push_str(&later);
            }
            let written = if index == 0 { column } else { hang };
            self.paint(ink, line.get(written..).unwrap_or_default());
        }
        self.end_line();
    }

    /// A line of its own that is not wrapped.
    pub fn line(&mut self, ink: Ink, text: &str) {
        self.paint(ink, &printable(text));
        self.end_line();
    }

    /// A heading, ruled to the page's width.
    pub fn heading(&mut self, text: &str) {
        let text = printable(text);
        let rule = self.look.width.saturating_sub(display_width(&text) + 4).max(2);
        self.paint(Ink::Strong, &format!("── {text} {}", "─".repeat(rule)));
        self.end_line();
    }

    /// An empty line, but never two in a row.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.text
    }

    fn paint(&mut self, ink: Ink, text: &str) {
        if self.look.colour && ink != Ink::Plain && !text.trim().is_empty() {
            let style = ink.style();
            write!(self.text, "{style}{text}{style:#}").expect("a String takes every text");
        } else {
            self.text.push_str(text);
        }
    }

    fn trim_line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
    }

    fn end_line(&mut self) {
        self.trim_line();
        self.text.push('\n');
    }
}

/// The pieces of a line between which it may break: words, and the parts of a web address.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let words = WordSeparator::AsciiSpace.find_words(line).flat_map(|word| {
        let mut pieces: Vec<Word<'_>> = address_parts(word.word).into_iter().map(Word::from).collect();
        if let Some(last) = pieces.last_mut() {
            last.whitespace = word.whitespace;
        }
        pieces
    });
    Box::new(words)
}

/// A web address in parts: scheme with server, then each folder. Any other word is one part.
fn address_parts(word: &str) -> Vec<&str> {
    let Some(scheme) = word.find("://") else { return vec![word] };
    let mut parts = Vec::new();
    let mut begin = 0;
    for (index, _) in word.match_indices(['/', '&']).filter(|(index, _)| *index >= scheme + 3) {
        parts.push(&word[begin..=index]);
        begin = index + 1;
    }
    parts.push(&word[begin..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Text padded with spaces to this many columns.
pub fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(display_width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    display_width(text)
}

/// A count with its noun: `1 step`, `3 steps`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Text without control characters: a name from a file must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|each| if each.is_control() { ' ' } else { each }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_wraps_under_itself_and_names_are_not_split() {
        let mut page = Page::new(Look { width: 40, colour: false });
        page.row(
            &[(Ink::Dim, "  12  ".into())],
            6,
            Ink::Plain,
            "sally-laptop asks fs-a.corp.example for a token",
        );
        assert_eq!(page.finish(), "  12  sally-laptop asks\n      fs-a.corp.example for a token\n");
    }

    #[test]
    fn an_address_breaks_behind_its_slashes_only() {
        let parts = ["https://fs.example:443/", "adfs/", "ls/", "?wa=wsignin1.0&", "wct=now"];
        assert_eq!(address_parts(&parts.concat()), parts);
        assert_eq!(address_parts("https://fs.example"), ["https://fs.example"]);
        assert_eq!(address_parts("OFFICE/alice"), ["OFFICE/alice"]);
    }

    #[test]
    fn colour_changes_no_letter_and_escapes_do_not_pass() {
        let text = |colour| {
            let mut page = Page::new(Look { width: 40, colour });
            page.row(&[(Ink::Good, "✓ ".into())], 2, Ink::Bad, "a \u{1b}[31mred\u{1b}[0m name");
            page.heading("end");
            page.finish()
        };
        let plain = text(false);
        assert!(!plain.contains('\u{1b}'), "{plain:?}");
        let mut stripped = String::new();
        let mut rest = text(true);
        assert_ne!(rest, plain);
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(before);
            rest = after.split_once('m').expect("a style ends with m").1.to_owned();
        }
        assert_eq!(stripped + &rest, plain);
    }
}
