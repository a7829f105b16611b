//! What is wrong with a file: each problem with its place, the line that it stands on, and the cure.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::at::{FileId, Spot};
use super::shelf::Shelf;
use crate::trace::outcome::Place;

/// Why a scenario or a topology cannot be used: every problem that was found, at least one.
///
/// [`ScenarioError::report`] shows them as a person wants to see them; `Display` gives one line each.
#[derive(Debug, Clone)]
pub struct ScenarioError {
    problems: Vec<Problem>,
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The file can be used, and does what its author may not want.
    Warning,
    /// The file cannot be used.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    /// How much it matters.
    pub weight: Weight,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub cure: Option<String>,
    /// Where; none for what is wrong with a file as a whole.
    pub place: Option<Place>,
    excerpt: Option<Excerpt>,
}

impl ScenarioError {
    /// Every problem, in the order of the files.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// All of it for reading: each problem with file, line and column, the line itself with a mark
    /// under the spot, and the cure.
    pub fn report(&self, colour: bool) -> String {
        report(&self.problems, colour)
    }
}

/// Problems for reading, as [`ScenarioError::report`] shows them.
pub fn report<'a>(problems: impl IntoIterator<Item = &'a Problem>, colour: bool) -> String {
    let theme = match colour {
        true => miette::GraphicalTheme::unicode(),
        false => miette::GraphicalTheme::unicode_nocolor(),
    };
    let handler = miette::GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100);
    let mut text = String::new();
    for (index, problem) in problems.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        if handler.render_report(&mut text, problem).is_err() {
            text.push_str(&problem.to_string());
        }
    }
    text
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            if let Some(place) = &problem.place {
                write!(formatter, "{place}: ")?;
            }
            write!(formatter, "{problem}")?;
            if let Some(cure) = &problem.cure {
                write!(formatter, " ({cure})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioError {}

impl Diagnostic for ScenarioError {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.weight {
            Weight::Warning => miette::Severity::Warning,
            Weight::Error => miette::Severity::Error,
        })
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.cure.as_ref().map(|cure| Box::new(cure) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.excerpt.as_ref()?.mark;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some("here".into()), mark))))
    }
}

/// After how many problems no more are noted.
const MOST_PROBLEMS: usize = 100;

/// The files that make up a scenario, and what was found wrong with them so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Where the files are looked for.
    pub shelf: Shelf,
    /// Texts that are read in the place of files, by their paths.
    pub changed: BTreeMap<PathBuf, String>,
    sources: Vec<Source>,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

#[derive(Debug)]
struct Source {
    name: String,
    text: Arc<str>,
}

impl Findings {
    /// Nothing yet, about files that stand there.
    pub fn on(shelf: Shelf) -> Self {
        Self { shelf, ..Self::default() }
    }

    /// Keeps the text of a file, so that problems can show it.
    pub fn keep(&mut self, name: String, text: Arc<str>) -> FileId {
        self.sources.push(Source { name, text });
        FileId(self.sources.len() - 1)
    }

    /// Whether so much is wrong that more would help nobody.
    pub fn enough(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    /// Notes a problem at a spot.
    pub fn note(&mut self, file: FileId, spot: Spot, message: impl Into<String>, cure: impl Into<String>) {
        if !self.enough() {
            let problem = self.problem(Weight::Error, (file, spot), message.into(), cure.into());
            self.problems.push(problem);
        }
    }

    /// Notes what can be used, and may not be what is wanted.
    pub fn warn(&mut self, file: FileId, spot: Spot, message: impl Into<String>, cure: impl Into<String>) {
        let problem = self.problem(Weight::Warning, (file, spot), message.into(), cure.into());
        self.warnings.push(problem);
    }

    fn problem(&self, weight: Weight, at: (FileId, Spot), message: String, cure: String) -> Problem {
        let (file, spot) = at;
        let spot = self.within(file, spot);
        let place = self.place(file, spot);
        let cure = Some(printable(&cure)).filter(|cure| !cure.is_empty());
        let excerpt = self.sources.get(file.0).and_then(|source| Excerpt::new(source, spot));
        Problem { weight, message: printable(&message), cure, place, excerpt }
    }

    /// Notes a problem with a file as a whole.
    pub fn note_file(&mut self, message: impl Into<String>, cure: impl Into<String>) {
        let cure = Some(printable(&cure.into()));
        let (weight, message) = (Weight::Error, printable(&message.into()));
        self.problems.push(Problem { weight, message, cure, place: None, excerpt: None });
    }

    /// The spot, or the end of the file where the spot lies beyond it.
    fn within(&self, file: FileId, spot: Spot) -> Spot {
        let lines = self.sources.get(file.0).map_or(0, |source| source.text.lines().count());
        let last = u32::try_from(lines.max(1)).unwrap_or(u32::MAX);
        if spot.line <= last { spot } else { Spot { line: last, column: 1, length: 0 } }
    }

    /// The place of a spot; none for what stands in no file.
    pub fn place(&self, file: FileId, spot: Spot) -> Option<Place> {
        let source = self.sources.get(file.0).filter(|_| spot.line > 0)?;
        Some(Place { file: source.name.clone(), line: spot.line, column: spot.column })
    }

    /// What was read and what there is to warn of, or the error if anything is wrong.
    pub fn finish<T>(self, read: Option<T>) -> Result<(T, Vec<Problem>), ScenarioError> {
        match read {
            Some(read) if self.problems.is_empty() => Ok((read, self.warnings)),
            _ => Err(self.into_error()),
        }
    }

    /// The error, with its problems in the order of the files and their lines.
    pub fn into_error(mut self) -> ScenarioError {
        debug_assert!(!self.problems.is_empty(), "whoever gives up has noted why");
        let position = |problem: &Problem| {
            let place = problem.place.as_ref()?;
            let file = self.sources.iter().position(|source| source.name == place.file);
            Some((file, place.line, place.column))
        };
        self.problems.sort_by_key(position);
        ScenarioError { problems: self.problems }
    }
}

/// How many characters of a line are shown before the spot, and how many from there on.
const SHOWN_BEFORE: usize = 100;
const SHOWN_AFTER: usize = 120;

/// The line that a problem stands on, cut to a length that a terminal can show.
#[derive(Debug, Clone)]
struct Excerpt {
    name: String,
    text: String,
    mark: SourceSpan,
    line: usize,
    column: usize,
}

impl Excerpt {
    fn new(source: &Source, spot: Spot) -> Option<Self> {
        let line = source.text.lines().nth(usize::try_from(spot.line).ok()?.checked_sub(1)?)?;
        let column = usize::try_from(spot.column).ok()?.saturating_sub(1);
        let skipped = column.saturating_sub(SHOWN_BEFORE);
        let shown: Vec<char> =
            line.chars().skip(skipped).take(SHOWN_BEFORE + SHOWN_AFTER).map(visible).collect();
        let from = (column - skipped).min(shown.len());
        let length = usize::try_from(spot.length).ok()?.max(1).min(shown.len() - from);
        let bytes = |chars: &[char]| chars.iter().map(|shown| shown.len_utf8()).sum::<usize>();
        Some(Self {
            name: source.name.clone(),
            mark: (bytes(&shown[..from]), bytes(&shown[from..from + length])).into(),
            text: shown.into_iter().collect(),
            line: usize::try_from(spot.line).ok()? - 1,
            column,
        })
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        // The report heads the excerpt with where the mark begins, which it asks for without context.
        let column = if before == 0 && after == 0 { self.column } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            self.line,
            column,
            inner.line_count(),
        )))
    }
}

/// How many characters of a message are shown; a name in it may be as long as a file.
const LONGEST_MESSAGE: usize = 500;

/// The text without anything that would steer a terminal, and cut where it is endless.
fn printable(text: &str) -> String {
    let rest = text.chars().nth(LONGEST_MESSAGE).map(|_| '…');
    text.chars().take(LONGEST_MESSAGE).map(visible).chain(rest).collect()
}

fn visible(character: char) -> char {
    match character {
        '\t' => ' ',
        '\u{2028}'
        | '\u{2029}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}
