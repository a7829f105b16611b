//! Writes XML as exclusive canonicalization would (<https://www.w3.org/TR/xml-exc-c14n/>): no empty
//! tags, attributes in double quotes and already in order, the fixed escapes. Whoever writes with it
//! keeps the order: namespaces first, then attributes by name.

/// Canonical XML under way.
pub(super) struct Markup {
    text: String,
    open: Vec<&'static str>,
}

impl Markup {
    pub fn new() -> Self {
        Self { text: String::with_capacity(4096), open: Vec::new() }
    }

    /// A start tag with its namespaces and attributes, in their canonical order.
    pub fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            self.escape(value, true);
            self.text.push('"');
        }
        self.text.push('>');
        self.open.push(name);
        self
    }

    /// The end tag of the innermost open element.
    pub fn end(&mut self) -> &mut Self {
        let name = self.open.pop().expect("every end has its start");
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
        self
    }

    /// An element with text.
    pub fn leaf(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) -> &mut Self {
        self.start(name, attributes);
        self.escape(text, false);
        self.end()
    }

    /// XML that is already canonical.
    pub fn raw(&mut self, xml: &str) -> &mut Self {
        self.text.push_str(xml);
        self
    }

    pub fn finish(self) -> String {
        assert!(self.open.is_empty(), "every start has its end");
        self.text
    }

    fn escape(&mut self, text: &str, in_attribute: bool) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '\r' => self.text.push_str("&#xD;"),
                '>' if !in_attribute => self.text.push_str("&gt;"),
                '"' if in_attribute => self.text.push_str("&quot;"),
                '\t' if in_attribute => self.text.push_str("&#x9;"),
                '\n' if in_attribute => self.text.push_str("&#xA;"),
                _ => self.text.push(character),
            }
        }
    }
}
