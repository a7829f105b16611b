//! Distinguished names as text (RFC 4514): how a component is written, and how it is read.

use std::borrow::Cow;

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
    let text = text.trim_start_matches(' ');
    if text.starts_with('#') {
        return Err("a value in hexadecimal form is not read");
    }
    let push = |value: &mut Vec<u8>, letter: char| value.extend(letter.encode_utf8(&mut [0; 4]).bytes());
    let mut value: Vec<u8> = Vec::new();
    // How much of the value stays when unescaped spaces at its end are cut off.
    let mut keep = 0;
    let mut letters = text.char_indices();
    let mut rest = None;
    while let Some((at, letter)) = letters.next() {
        match letter {
            ',' => {
                rest = Some(&text[at + 1..]);
                break;
            }
            '\\' => {
                let after = &text[at + 1..];
                let digits = after.get(..2).filter(|two| two.bytes().all(|digit| digit.is_ascii_hexdigit()));
                let octet = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match (octet, after.chars().next()) {
                    (Some(octet), _) => {
                        value.push(octet);
                        letters.nth(1);
                    }
                    (None, Some(escaped)) => {
                        push(&mut value, escaped);
                        letters.next();
                    }
                    (None, None) => return Err("it ends in a backslash"),
                }
                keep = value.len();
            }
            '+' => return Err("a component has one attribute"),
            '"' | ';' | '<' | '>' | '\0' => return Err("a character must be escaped with a backslash"),
            _ => {
                push(&mut value, letter);
                if letter != ' ' {
                    keep = value.len();
                }
            }
        }
    }
    value.truncate(keep);
    let value = String::from_utf8(value).map_err(|_| "escaped octets are not UTF-8")?;
    if value.is_empty() { Err("a component has no value") } else { Ok((value, rest)) }
}
