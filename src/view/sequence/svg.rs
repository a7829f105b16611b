//! A sequence diagram as SVG: a drawing that stands by itself, the same bytes for the same run.
//!
//! Every protocol has a colour and a stroke of its own and is named on its arrows, so that colour is
//! never the only hint. Text that does not fit is cut, and whole in the element's title. Positions are
//! whole numbers.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{Mark, Row, RowKind, Sequence};
use crate::view::text::cut;

/// The width of a column.
const COLUMN: usize = 190;
/// The space left and right of the columns.
const MARGIN: usize = 20;
/// The height of a row.
const ROW: usize = 34;
/// The height of what stands above the rows: places and hosts.
const HEAD: usize = 96;
/// How wide a character is, on the safe side.
const LETTER: usize = 7;
/// How many characters fit into a column's width.
const FIT: usize = COLUMN / LETTER;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1c2733}\
.bg{fill:#fff}.place{fill:#f1f4f8;stroke:#c3ccd8}.life{stroke:#c3ccd8}\
.host{font-weight:600}.dim{fill:#55606e;font-size:12px}.step{fill:#e6edf7}\
.note{fill:#fdf6e3;stroke:#b58900}.refused{fill:#fbe3e4;stroke:#b3261e;stroke-width:2}\
.granted{fill:#e2f3e6;stroke:#1b7f3b}.arrow{fill:none;stroke-width:1.6}\
.http{stroke:#1f5fae}.soap{stroke:#7a3fa0;stroke-dasharray:8 3}.kerberos{stroke:#b2541a;stroke-dasharray:2 3}\
.ldap{stroke:#1b7f6b;stroke-dasharray:10 3 2 3}.other{stroke:#55606e;stroke-dasharray:4 4}\
@media(prefers-color-scheme:dark){text{fill:#e6edf5}.bg{fill:#10161d}.place{fill:#19222c;stroke:#3b4856}\
.life{stroke:#3b4856}.dim{fill:#a9b5c3}.step{fill:#1d2b3c}.note{fill:#33290b;stroke:#d6a819}\
.refused{fill:#46181a;stroke:#ff8d85}.granted{fill:#12361e;stroke:#6ed48b}.http{stroke:#7db3f5}\
.soap{stroke:#cfa0ee}.kerberos{stroke:#f0a468}.ldap{stroke:#6fd3bd}.other{stroke:#a9b5c3}}";

/// The drawing, with an XML declaration.
pub fn render(sequence: &Sequence<'_>) -> String {
    let mut drawing = Drawing(Writer::new(Vec::new()));
    drawing.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    drawing.whole(sequence);
    let mut text = String::from_utf8(drawing.0.into_inner()).expect("names and texts are UTF-8");
    text.push('\n');
    text
}

/// The x of the middle of a column.
fn middle(column: usize) -> usize {
    MARGIN + column * COLUMN + COLUMN / 2
}

struct Drawing(Writer<Vec<u8>>);

impl Drawing {
    fn put(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("a Vec takes all that is written");
    }

    /// An element with attributes around some content.
    fn element(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.put(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
        content(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    fn characters(&mut self, text: &str) {
        self.put(Event::Text(BytesText::new(text)));
    }

    fn text(&mut self, class: &str, x: usize, y: usize, anchor: &str, text: &str) {
        let (x, y) = (x.to_string(), y.to_string());
        let attributes = [("class", class), ("x", &x), ("y", &y), ("text-anchor", anchor)];
        self.element("text", &attributes, |drawing| drawing.characters(text));
    }

    fn title(&mut self, text: &str) {
        self.element("title", &[], |drawing| drawing.characters(text));
    }

    fn rect(&mut self, class: &str, [x, y, width, height]: [usize; 4]) {
        let [x, y, width, height] = [x, y, width, height].map(|number| number.to_string());
        let attributes =
            [("class", class), ("x", &*x), ("y", &*y), ("width", &*width), ("height", &*height), ("rx", "4")];
        self.empty("rect", &attributes);
    }

    fn whole(&mut self, sequence: &Sequence<'_>) {
        let rows = sequence.rows.len() + usize::from(sequence.left_out > 0);
        let width = 2 * MARGIN + sequence.columns.len().max(1) * COLUMN;
        let height = HEAD + rows * ROW + MARGIN;
        let view = format!("0 0 {width} {height}");
        let (width_text, height_text) = (width.to_string(), height.to_string());
        let attributes = [
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", &view),
            ("width", &width_text),
            ("height", &height_text),
            ("role", "img"),
            ("aria-labelledby", "title"),
        ];
        self.element("svg", &attributes, |drawing| {
            drawing.element("title", &[("id", "title")], |drawing| drawing.characters(sequence.title));
            drawing.element("style", &[], |drawing| drawing.characters(STYLE));
            drawing.element("defs", &[], Self::arrow_head);
            drawing.rect("bg", [0, 0, width, height]);
            drawing.head(sequence, height);
            for (index, row) in sequence.rows.iter().enumerate() {
                drawing.row(sequence, row, HEAD + index * ROW);
            }
            if sequence.left_out > 0 {
                let told = format!("{} more messages are left out", sequence.left_out);
                drawing.text("dim", MARGIN, HEAD + sequence.rows.len() * ROW + 20, "start", &told);
            }
        });
    }

    fn arrow_head(&mut self) {
        let attributes = [
            ("id", "head"),
            ("viewBox", "0 0 10 10"),
            ("refX", "9"),
            ("refY", "5"),
            ("markerWidth", "8"),
            ("markerHeight", "8"),
            ("orient", "auto-start-reverse"),
        ];
        self.element("marker", &attributes, |drawing| {
            drawing.empty("path", &[("d", "M0 0L10 5L0 10z"), ("fill", "context-stroke")]);
        });
    }

    /// Places, hosts and their lines.
    fn head(&mut self, sequence: &Sequence<'_>, height: usize) {
        let mut column = 0;
        for (place, count) in sequence.groups() {
            let left = MARGIN + column * COLUMN + 3;
            let width = count * COLUMN - 6;
            self.rect("place", [left, 12, width, height - 24]);
            self.element("g", &[], |drawing| {
                drawing.title(place);
                drawing.text("dim", left + width / 2, 34, "middle", &cut(place, FIT * count));
            });
            column += count;
        }
        for (index, column) in sequence.columns.iter().enumerate() {
            self.text("host", middle(index), 62, "middle", &cut(column.host.as_str(), FIT));
            let x = middle(index).to_string();
            let (top, bottom) = ("74", (height - MARGIN).to_string());
            self.empty("line", &[("class", "life"), ("x1", &x), ("x2", &x), ("y1", top), ("y2", &bottom)]);
        }
    }

    fn row(&mut self, sequence: &Sequence<'_>, row: &Row<'_>, y: usize) {
        let times = if row.times > 1 { format!(" ({} times)", row.times) } else { String::new() };
        let width = sequence.columns.len().max(1) * COLUMN;
        self.element("g", &[], |drawing| match &row.kind {
            RowKind::Step { name, action } => {
                drawing.title(&format!("{name}: {action}"));
                drawing.rect("step", [MARGIN, y + 4, width, ROW - 8]);
                drawing.text("host", MARGIN + 8, y + 22, "start", &cut(name, width / 7));
            }
            RowKind::Message { from, to, sent, lost } => {
                let why = lost.map(|why| format!(", lost: {why}")).unwrap_or_default();
                let said = format!("{} {} {}{why}{times}", row.event.number, sent.protocol, sent.title);
                drawing.title(&said);
                drawing.message([*from, *to], &sent.protocol, lost.is_some(), &said, [width + MARGIN, y]);
            }
            RowKind::Note { at, mark, text } => {
                let said = format!("{} {text}{times}", mark.sign());
                drawing.title(&said);
                drawing.note(*at, *mark, &said, width, y);
            }
        });
    }

    fn message(
        &mut self,
        [from, to]: [usize; 2],
        protocol: &str,
        lost: bool,
        said: &str,
        [width, y]: [usize; 2],
    ) {
        let (start, end) = (middle(from), middle(to));
        let line = y + 26;
        let class = format!("arrow {}", stroke(protocol));
        let path = match (from == to, lost) {
            (true, _) => format!("M{start} {} h30 v10 h-26", line - 10),
            (false, true) => format!("M{start} {line} L{} {line}", (start + end) / 2),
            (false, false) => format!("M{start} {line} L{end} {line}"),
        };
        self.empty("path", &[("class", &class), ("d", &path), ("marker-end", "url(#head)")]);
        if lost {
            self.text("host", (start + end) / 2 + 6, line + 5, "middle", "✗");
        }
        // Nothing else stands in the row, so the text may run on to the right of its arrow.
        let left = start.min(end) + 6;
        self.text("dim", left, line - 6, "start", &cut(said, (width.saturating_sub(left)) / LETTER));
    }

    fn note(&mut self, at: Option<usize>, mark: Mark, said: &str, width: usize, y: usize) {
        let class = match mark {
            Mark::Refused | Mark::Denied => "refused",
            Mark::Granted => "granted",
            _ => "note",
        };
        let wide = (said.chars().count() + 3) * LETTER;
        // A refusal is a bar across the whole row: nobody should read past it.
        let across = at.is_none() || mark == Mark::Refused || wide > width;
        let (left, wide) = match at {
            Some(at) if !across => {
                (middle(at).saturating_sub(wide / 2).clamp(MARGIN, MARGIN + width - wide), wide)
            }
            _ => (MARGIN, width),
        };
        self.rect(class, [left, y + 5, wide, ROW - 8]);
        let centre = at.map_or(MARGIN + width / 2, middle);
        let half = (said.chars().count() * LETTER / 2).min(width / 2);
        let x = if across { centre.clamp(MARGIN + half, MARGIN + width - half) } else { left + wide / 2 };
        self.text("dim", x, y + 22, "middle", &cut(said, width / LETTER));
    }
}

/// The stroke of a protocol's arrows.
fn stroke(protocol: &str) -> &'static str {
    match protocol {
        "HTTP" => "http",
        "SOAP" => "soap",
        "Kerberos" => "kerberos",
        "LDAP" => "ldap",
        _ => "other",
    }
}
