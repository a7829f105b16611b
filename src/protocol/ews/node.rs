//! XML as a small tree, both ways. It knows the namespaces of Exchange Web Services and nothing else
//! of them. Document types are refused, as they can make a reader fetch or multiply things.

use quick_xml::NsReader;
use quick_xml::Writer;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::ResolveResult;

use super::code::ResponseCode;
use super::envelope::ReadError;

/// Deeper than any request or answer; a limit, as dropping a tree takes stack.
const DEEPEST: usize = 48;

/// A namespace, by the prefix that is written for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Soap,
    Types,
    Messages,
    Errors,
    /// None, or one that says nothing here.
    Other,
}

const SPACES: [(Space, &str, &str); 4] = [
    (Space::Soap, "soap", "http://schemas.xmlsoap.org/soap/envelope/"),
    (Space::Types, "t", "http://schemas.microsoft.com/exchange/services/2006/types"),
    (Space::Messages, "m", "http://schemas.microsoft.com/exchange/services/2006/messages"),
    (Space::Errors, "e", "http://schemas.microsoft.com/exchange/services/2006/errors"),
];

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub space: Space,
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// All its own text, joined.
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    pub fn new(space: Space, name: impl Into<String>) -> Self {
        Self { space, name: name.into(), attributes: Vec::new(), text: String::new(), children: Vec::new() }
    }

    /// An element of the types.
    pub fn t(name: impl Into<String>) -> Self {
        Self::new(Space::Types, name)
    }

    /// An element of the messages.
    pub fn m(name: impl Into<String>) -> Self {
        Self::new(Space::Messages, name)
    }

    pub fn text(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    pub fn with(mut self, child: Node) -> Self {
        self.children.push(child);
        self
    }

    pub fn with_all(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }

    /// The document that this is the root of.
    pub fn document(&self) -> String {
        let mut writer = Writer::new(Vec::new());
        self.write(&mut writer, true).expect("a vector takes all that is written to it");
        let text = String::from_utf8(writer.into_inner()).expect("what is made of text is text");
        format!(r#"<?xml version="1.0" encoding="utf-8"?>{text}"#)
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>, root: bool) -> std::io::Result<()> {
        let known = SPACES.iter().find(|(space, _, _)| *space == self.space);
        let tag = known.map_or(self.name.clone(), |(_, prefix, _)| format!("{prefix}:{}", self.name));
        let mut start = BytesStart::new(tag.as_str());
        if root {
            for (_, prefix, uri) in SPACES.iter().filter(|(space, _, _)| *space != Space::Errors) {
                start.push_attribute((format!("xmlns:{prefix}").as_str(), *uri));
            }
        }
        if let (Space::Errors, Some((_, prefix, uri))) = (self.space, known) {
            start.push_attribute((format!("xmlns:{prefix}").as_str(), *uri));
        }
        for (name, value) in &self.attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        if self.text.is_empty() && self.children.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        if !self.text.is_empty() {
            writer.write_event(Event::Text(BytesText::new(&self.text)))?;
        }
        self.children.iter().try_for_each(|child| child.write(writer, false))?;
        writer.write_event(Event::End(BytesEnd::new(tag.as_str())))
    }

    /// The root of a document.
    pub fn parse(xml: &str) -> Result<Self, ReadError> {
        let mut reader = NsReader::from_str(xml.trim_start_matches('\u{feff}'));
        let mut open: Vec<Node> = Vec::new();
        loop {
            let wrong = |why: String| ReadError::new(ResponseCode::ErrorSchemaValidation, why);
            let (resolved, event) =
                reader.read_resolved_event().map_err(|why| wrong(format!("not XML: {why}")))?;
            let complete = match event {
                Event::Start(start) if open.len() < DEEPEST => {
                    open.push(element(resolved, &start)?);
                    continue;
                }
                Event::Start(_) => return Err(wrong("nested too deeply".to_owned())),
                Event::Empty(start) => element(resolved, &start)?,
                Event::End(_) => match open.pop() {
                    Some(node) => node,
                    None => return Err(wrong("an end without a beginning".to_owned())),
                },
                Event::Text(text) => {
                    let text = text.into_inner();
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&text);
                    }
                    continue;
                }
                Event::CData(data) => {
                    let data = data.into_inner();
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&data);
                    }
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let written = format!("&{};", reference.into_inner());
                    let character = unescape(&written).map_err(|why| wrong(why.to_string()))?.into_owned();
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&character);
                    }
                    continue;
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
                Event::DocType(_) => return Err(wrong("a document type".to_owned())),
                Event::Eof => return Err(wrong("it ends too early".to_owned())),
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(complete.trimmed()),
                None => return Ok(complete.trimmed()),
            }
        }
    }

    /// Without the white space between the elements that it holds.
    fn trimmed(mut self) -> Self {
        if !self.children.is_empty() {
            self.text.clear();
        }
        self
    }

    pub fn is(&self, space: Space, name: &str) -> bool {
        self.space == space && self.name == name
    }

    /// The first child of this name, of the types or the messages.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// As [`Node::child`], where it must be there.
    pub fn need(&self, name: &str) -> Result<&Node, ReadError> {
        self.child(name).ok_or_else(|| self.lacks(name))
    }

    /// The text of a child that must be there.
    pub fn need_text(&self, name: &str) -> Result<&str, ReadError> {
        Ok(self.need(name)?.text.as_str())
    }

    /// The text of a child, where there is one.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// The value of an attribute.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of an attribute that must be there.
    pub fn need_value(&self, name: &str) -> Result<&str, ReadError> {
        self.value(name).ok_or_else(|| self.lacks(name))
    }

    /// The only child.
    pub fn only(&self) -> Result<&Node, ReadError> {
        match self.children.as_slice() {
            [only] => Ok(only),
            others => Err(self.wrong(format!("has {} elements instead of one", others.len()))),
        }
    }

    fn lacks(&self, name: &str) -> ReadError {
        self.wrong(format!("has no {name}"))
    }

    /// The error that this element is not of the schema.
    pub fn wrong(&self, why: impl std::fmt::Display) -> ReadError {
        ReadError::new(ResponseCode::ErrorSchemaValidation, format!("{} {why}", self.name))
    }
}

fn element(resolved: ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Node, ReadError> {
    let wrong = |why: String| ReadError::new(ResponseCode::ErrorSchemaValidation, why);
    let space = match resolved {
        ResolveResult::Bound(namespace) => {
            let uri = namespace.into_inner();
            SPACES.iter().find(|(_, _, known)| *known == uri).map_or(Space::Other, |(space, _, _)| *space)
        }
        ResolveResult::Unbound => Space::Other,
        ResolveResult::Unknown(prefix) => {
            return Err(wrong(format!("the prefix {prefix:?} is not declared")));
        }
    };
    let mut node = Node::new(space, start.local_name().into_inner().to_owned());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|why| wrong(why.to_string()))?;
        let value = unescape(&attribute.value).map_err(|why| wrong(why.to_string()))?;
        node.attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    Ok(node)
}
