//! Distinguished names as text (RFC 4514): how a component is written, and how it is read.

use std::borrow::Cow;

/// What ends a value, or stands in one only after a backslash.
const SPECIAL: [char; 8] = [',', '\\', '+', '"', ';', '<', '>', '\0'];

/// Why a text is not a distinguished name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a distinguished name ({why}); write it as CN=hub1,CN=Servers,DC=corp,DC=example")]
pub struct DistinguishedNameError {
    text: String,
    why: &'static str,
}

/// A component as RFC 4514 §2.3 writes it.
pub(super) fn component(attribute: &str, value: &str) -> String {
    [attribute, "=", &escape(value)].concat()
}

/// A value as RFC 4514 §2.4 writes it.
fn escape(value: &str) -> Cow<'_, str> {
    let special = |letter| matches!(letter, '"' | '#' | '+' | ',' | ';' | '<' | '>' | '\\' | ' ' | '\0');
    if !value.contains(special) {
        return Cow::Borrowed(value);
    }
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (index, letter) in value.chars().enumerate() {
        match letter {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', letter]),
            '#' if index == 0 => text.push_str("\\#"),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            '\0' => text.push_str("\\00"),
            _ => text.push(letter),
        }
    }
    Cow::Owned(text)
}

/// The components of a text, in its order: attributes and values.
///
/// # Errors
/// Where the text is not a distinguished name.
pub(super) fn read(text: &str) -> Result<Vec<(&str, String)>, DistinguishedNameError> {
    let refuse = |why| DistinguishedNameError { text: text.to_owned(), why };
    let mut components = Vec::new();
    let mut rest = Some(text).filter(|text| !text.trim().is_empty());
    while let Some(here) = rest {
        let (attribute, after) = here.split_once('=').ok_or_else(|| refuse("a component has no `=`"))?;
        let attribute = attribute.trim();
        let legal = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.';
        if attribute.is_empty() || !attribute.chars().all(legal) {
            return Err(refuse("an attribute is named by letters, digits, - and ."));
        }
        let (value, after) = read_value(after).map_err(refuse)?;
        components.push((attribute, value));
        rest = after;
    }
    Ok(components)
}

/// The value at the beginning of a text, unescaped, and what follows its comma.
fn read_value(text: &str) -> Result<(String, Option<&str>), &'static str> {
    let mut rest = text.trim_start_matches(' ');
    if rest.starts_with('#') {
        return Err("a value in hexadecimal form is not read");
    }
    let mut value: Vec<u8> = Vec::new();
    // How much of the value stays when unescaped spaces at its end are cut off.
    let mut keep = 0;
    let after = loop {
        let (plain, special) = rest.split_at(rest.find(SPECIAL).unwrap_or(rest.len()));
        let trimmed = plain.trim_end_matches(' ');
        if !trimmed.is_empty() {
            keep = value.len() + trimmed.len();
        }
        value.extend_from_slice(plain.as_bytes());
        let mut letters = special.chars();
        match letters.next() {
            None => break None,
            Some(',') => break Some(letters.as_str()),
            Some('\\') => rest = unescape(letters.as_str(), &mut value)?,
            Some('+') => return Err("a component has one attribute"),
            Some(_) => return Err("a character must be escaped with a backslash"),
        }
        keep = value.len();
    };
    value.truncate(keep);
    let value = String::from_utf8(value).map_err(|_| "escaped octets are not UTF-8")?;
    if value.is_empty() { Err("a component has no value") } else { Ok((value, after)) }
}

/// Reads what follows a backslash, an octet as two digits or one letter; what follows that.
fn unescape<'t>(text: &'t str, value: &mut Vec<u8>) -> Result<&'t str, &'static str> {
    let digits = text.get(..2).filter(|two| two.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if let Some(octet) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        value.push(octet);
        return Ok(&text[2..]);
    }
    let mut letters = text.chars();
    let letter = letters.next().ok_or("it ends in a backslash")?;
    value.extend(letter.encode_utf8(&mut [0; 4]).bytes());
    Ok(letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_read_as_the_standard_writes_them() {
        let one = |text| read(text).map(|all| all.into_iter().map(|(_, value)| value).collect::<Vec<_>>());
        for (text, values) in [
            ("", vec![]),
            ("CN=Lučić", vec!["Lučić"]),
            (r"CN=Lu\C4\8Di\C4\87", vec!["Lučić"]),
            (r"CN=Smith\, James K.,DC=corp", vec!["Smith, James K.", "corp"]),
            (r"CN=\ two \  , DC = corp ", vec![" two  ", "corp"]),
            (r"CN=Before\0dAfter", vec!["Before\rAfter"]),
        ] {
            assert_eq!(one(text).unwrap(), values, "{text}");
        }
        for text in
            ["CN", "=a", "C N=a", "CN=", "CN=a,", "CN=#0403", "CN=a+B=c", "CN=a;b", r"CN=a\", r"CN=\ff"]
        {
            assert!(one(text).is_err(), "{text}");
        }
    }
}
