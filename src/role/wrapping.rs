//! Signature wrapping: a signed assertion is moved aside, unaltered, and another one, altered and
//! unsigned, takes its place ("On Breaking SAML", Somorovsky et al., 2012; domain page §7 case 9).
//!
//! The signature still verifies, over the assertion that was moved. Whoever then reads another one than
//! was verified takes the altered one at its word.

use serde::{Deserialize, Serialize};

use crate::protocol::saml::UniqueId;

/// Where the signed assertion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrapping {
    /// Into the Advice of the altered one.
    InAdvice,
    /// Behind the altered one.
    Behind,
    /// Before the altered one.
    Before,
    /// Behind the altered one, which bears the same AssertionID.
    BehindWithSameId,
}

const START: &str = "<saml:Assertion ";
const END: &str = "</saml:Assertion>";
const ADVICE: &str = "<saml:Advice>";
const ID: &str = "AssertionID=\"";

/// The response with its assertion wrapped: `alter` makes the altered one out of the text of the signed
/// one. Unchanged where there is no assertion, or nothing in it to alter.
pub fn wrap(response: &str, wrapping: Wrapping, id: &UniqueId, alter: impl FnOnce(&str) -> String) -> String {
    let Some((head, signed, tail)) = assertion(response) else { return response.to_owned() };
    let unsigned = without(signed, "<Signature ", "</Signature>");
    let mut altered = alter(&unsigned);
    if altered == unsigned {
        return response.to_owned();
    }
    if wrapping != Wrapping::BehindWithSameId {
        altered = with_id(&altered, id);
    }
    match wrapping {
        Wrapping::InAdvice => {
            let altered = altered.replacen(ADVICE, &format!("{ADVICE}{signed}"), 1);
            format!("{head}{altered}{tail}")
        }
        Wrapping::Before => format!("{head}{signed}{altered}{tail}"),
        Wrapping::Behind | Wrapping::BehindWithSameId => format!("{head}{altered}{signed}{tail}"),
    }
}

/// What stands before the assertion, the assertion, and what stands behind it.
fn assertion(response: &str) -> Option<(&str, &str, &str)> {
    let start = response.find(START)?;
    let end = response.rfind(END)? + END.len();
    Some((&response[..start], response.get(start..end)?, &response[end..]))
}

/// The text without what stands between these two, and without them.
fn without(text: &str, start: &str, end: &str) -> String {
    let cut = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    cut.map_or_else(|| text.to_owned(), |(before, after)| format!("{before}{after}"))
}

fn with_id(assertion: &str, id: &UniqueId) -> String {
    let parts = assertion.split_once(ID).and_then(|(before, rest)| Some((before, rest.split_once('"')?.1)));
    parts.map_or_else(|| assertion.to_owned(), |(before, after)| format!("{before}{ID}{id}\"{after}"))
}
