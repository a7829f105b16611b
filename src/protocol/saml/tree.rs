//! XML as a small tree, read strictly: elements, attributes without prefix, and text.
//!
//! Whatever two readers could take differently is refused: comments, processing instructions,
//! document types, CDATA, entities of one's own, raw carriage returns. The file knows XML and
//! namespaces, and nothing of SAML.

use quick_xml::NsReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::shape::TokenShapeError;

/// Deeper than any token or response; a limit, as dropping a tree takes stack.
const DEEPEST: usize = 32;

/// An element with its names resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub namespace: String,
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// All its own text, joined.
    pub text: String,
    pub elements: Vec<Element>,
}

/// Reads one element with all that is in it.
pub(super) fn parse(xml: &str) -> Result<Element, TokenShapeError> {
    if xml.starts_with('\u{feff}') {
        return Err(TokenShapeError::Forbidden { at: 0, what: "a byte order mark" });
    }
    let mut reader = NsReader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let at = reader.buffer_position();
        let not_xml = |why: &dyn ToString| TokenShapeError::NotXml { at, why: why.to_string() };
        let forbidden = |what| Err(TokenShapeError::Forbidden { at, what });
        let (resolved, event) = reader.read_resolved_event().map_err(|why| not_xml(&why))?;
        let complete = match event {
            Event::Start(start) => {
                if open.len() == DEEPEST {
                    return Err(TokenShapeError::TooDeep(DEEPEST));
                }
                open.push(element(at, resolved, &start)?);
                None
            }
            Event::Empty(start) => Some(element(at, resolved, &start)?),
            Event::End(_) => open.pop(),
            Event::Text(text) => {
                let text = text.into_inner();
                add_text(at, &mut open, &text)?;
                if let Some(raw) = text.chars().find(|&character| character == '\r' || !is_xml(character)) {
                    return Err(not_xml(&format!("the character {raw:?}")));
                }
                None
            }
            Event::GeneralRef(reference) => {
                let written = format!("&{};", reference.into_inner());
                let character = unescape(&written).map_err(|why| not_xml(&why))?;
                if !character.chars().all(is_xml) {
                    return Err(not_xml(&format!("the character {character:?}")));
                }
                add_text(at, &mut open, &character)?;
                None
            }
            Event::Comment(_) => return forbidden("a comment"),
            Event::CData(_) => return forbidden("a CDATA section"),
            Event::PI(_) => return forbidden("a processing instruction"),
            Event::Decl(_) => return forbidden("an XML declaration"),
            Event::DocType(_) => return forbidden("a document type"),
            Event::Eof => break,
        };
        match (complete, open.last_mut()) {
            (Some(child), Some(parent)) => parent.elements.push(child),
            (Some(_), None) if root.is_some() => return Err(not_xml(&"a second root element")),
            (Some(child), None) => root = Some(child),
            (None, _) => {}
        }
    }
    let at = reader.buffer_position();
    let unfinished = |why: String| TokenShapeError::NotXml { at, why };
    match (open.pop(), root) {
        (Some(element), _) => Err(unfinished(format!("<{}> has no end", element.name))),
        (None, None) => Err(unfinished("there is no element".to_owned())),
        (None, Some(root)) => Ok(root),
    }
}

fn add_text(at: u64, open: &mut [Element], text: &str) -> Result<(), TokenShapeError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None => return Err(TokenShapeError::NotXml { at, why: "text outside of all elements".to_owned() }),
    }
    Ok(())
}

fn element(at: u64, resolved: ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, TokenShapeError> {
    let not_xml = |why: String| TokenShapeError::NotXml { at, why };
    let namespace = match resolved {
        ResolveResult::Bound(namespace) => namespace.into_inner().to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(prefix) => {
            return Err(not_xml(format!("the prefix {prefix:?} is not declared")));
        }
    };
    let name = start.local_name().into_inner().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|why| not_xml(why.to_string()))?;
        let key = attribute.key.into_inner();
        if key == "xmlns" || key.starts_with("xmlns:") {
            continue;
        }
        if key.contains(':') {
            return Err(TokenShapeError::Forbidden { at, what: "an attribute with a prefix" });
        }
        // A parser would turn these into spaces, or end the element at them.
        if attribute.value.contains(['<', '\t', '\n', '\r']) {
            return Err(not_xml(format!("the attribute {key} holds what must be escaped")));
        }
        let value = unescape(&attribute.value).map_err(|why| not_xml(why.to_string()))?;
        if !value.chars().all(is_xml) {
            return Err(not_xml(format!("the attribute {key} holds a character that XML does not have")));
        }
        attributes.push((key.to_owned(), value.into_owned()));
    }
    Ok(Element { namespace, name, attributes, text: String::new(), elements: Vec::new() })
}

/// Whether XML 1.0 has this character (§2.2, Char).
pub(super) fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

impl Element {
    /// Whether it is the element of this namespace and name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The values of exactly these attributes.
    pub fn attributes<const N: usize>(&self, names: [&str; N]) -> Result<[&str; N], TokenShapeError> {
        let mut values = [""; N];
        for (name, place) in names.iter().zip(&mut values) {
            let found = self.attributes.iter().find(|(key, _)| key == name);
            *place = &found.ok_or_else(|| self.wrong_attributes(&names))?.1;
        }
        if self.attributes.len() != N {
            return Err(self.wrong_attributes(&names));
        }
        Ok(values)
    }

    fn wrong_attributes(&self, names: &[&str]) -> TokenShapeError {
        let list = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        TokenShapeError::Attributes {
            element: self.name.clone(),
            expected: list(names.to_vec()),
            found: list(self.attributes.iter().map(|(name, _)| name.as_str()).collect()),
        }
    }

    /// Its text, where it holds nothing else and has no attributes.
    pub fn leaf(&self) -> Result<&str, TokenShapeError> {
        let [] = self.attributes([])?;
        self.only_text()
    }

    /// Its text, where it holds nothing else.
    pub fn only_text(&self) -> Result<&str, TokenShapeError> {
        match self.elements.first() {
            None => Ok(&self.text),
            Some(child) => Err(self.unexpected(child, "text".to_owned())),
        }
    }

    /// Its elements in order, where it holds nothing else.
    pub fn children(&self) -> Result<Children<'_>, TokenShapeError> {
        if self.text.is_empty() {
            Ok(Children { parent: self, rest: &self.elements })
        } else {
            Err(TokenShapeError::Text(self.name.clone()))
        }
    }

    fn unexpected(&self, child: &Element, expected: String) -> TokenShapeError {
        TokenShapeError::Unexpected { found: child.name.clone(), within: self.name.clone(), expected }
    }
}

/// The elements of an element, taken one by one in their fixed order.
pub(super) struct Children<'a> {
    parent: &'a Element,
    rest: &'a [Element],
}

impl<'a> Children<'a> {
    /// The next element, where it is this one.
    pub fn optional(&mut self, namespace: &str, name: &str) -> Option<&'a Element> {
        let (first, rest) = self.rest.split_first()?;
        let found = first.is(namespace, name);
        if found {
            self.rest = rest;
        }
        found.then_some(first)
    }

    /// The next element, which must be this one.
    pub fn required(&mut self, namespace: &str, name: &'static str) -> Result<&'a Element, TokenShapeError> {
        match (self.optional(namespace, name), self.rest.first()) {
            (Some(found), _) => Ok(found),
            (None, Some(other)) => Err(self.parent.unexpected(other, format!("<{name}>"))),
            (None, None) => Err(TokenShapeError::Missing { missing: name, within: self.parent.name.clone() }),
        }
    }

    /// No element may be left.
    pub fn end(self) -> Result<(), TokenShapeError> {
        match self.rest.first() {
            None => Ok(()),
            Some(other) => Err(self.parent.unexpected(other, "nothing".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        let refused = [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "\u{feff}<a/>",
            "<p:a/>",
            "<a p:x='1'/>",
            "<a x='1' x='2'/>",
            "<a x='<'/>",
            "<a x='\n'/>",
            "<a>\r</a>",
            "<a>&#0;</a>",
            "<a>&#1;</a>",
            "<a>\u{1}</a>",
            "<a>&own;</a>",
            "<a x='&own;'/>",
            "<a x='&#xFFFE;'/>",
            "<a><!-- --></a>",
            "<a><![CDATA[]]></a>",
            "<a><?p?></a>",
            "<?xml version='1.0'?><a/>",
            "<!DOCTYPE a><a/>",
        ];
        for xml in refused {
            assert!(parse(xml).is_err(), "{xml:?} was read as {:?}", parse(xml));
        }
        assert_eq!(parse(&"<a>".repeat(40)), Err(TokenShapeError::TooDeep(DEEPEST)));
    }

    #[test]
    fn names_references_and_text_are_resolved() {
        let root =
            parse(r#"<p:a xmlns:p="urn:p" xmlns="urn:d" x='&quot;&#x9;'>1&lt;&#50;<b/></p:a>"#).unwrap();
        assert!(root.is("urn:p", "a") && root.elements[0].is("urn:d", "b"));
        assert_eq!((root.attributes(["x"]), root.text.as_str()), (Ok(["\"\t"]), "1<2"));
    }
}
