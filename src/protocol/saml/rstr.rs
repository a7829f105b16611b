//! The request-security-token response that carries a token in `wresult` (MS-MWBF §2.2.4).
//!
//! Nothing of the response is signed but the token in it, so a reader takes the token and nothing
//! else: AppliesTo is there for the eye, and the audience to go by stands in the assertion.

use super::markup::Markup;
use super::read::refuse_second_assertion;
use super::shape::TokenShapeError;
use super::signature::SignedAssertion;
use super::tree::{self, Element};
use crate::protocol::uri;
use crate::trace::Detail;

/// The response that carries a signed token for this audience.
pub fn write(token: &str, audience: &str) -> String {
    let mut xml = Markup::new();
    xml.start("wst:RequestSecurityTokenResponse", &[("xmlns:wst", uri::TRUST)])
        .start("wst:RequestedSecurityToken", &[])
        .raw(token)
        .end()
        .start("wsp:AppliesTo", &[("xmlns:wsp", uri::POLICY)])
        .start("wsa:EndpointReference", &[("xmlns:wsa", uri::ADDRESSING)])
        .leaf("wsa:Address", &[], audience)
        .end()
        .end()
        .end();
    xml.finish()
}

/// The token in a response. Other elements of the response are ignored, as AD FS does, unless they
/// hold an assertion.
///
/// # Errors
/// Where it is no response, holds no token or more than one, or the token is not of the fixed shape.
pub fn read(xml: &str) -> Result<SignedAssertion, TokenShapeError> {
    let response = tree::parse(xml)?;
    if !response.is(uri::TRUST, "RequestSecurityTokenResponse") {
        return Err(unexpected(&response, "wresult", "<RequestSecurityTokenResponse>"));
    }
    let mut requested = None;
    for element in &response.elements {
        let carries_token = element.is(uri::TRUST, "RequestedSecurityToken");
        if carries_token && requested.is_none() {
            requested = Some(element);
        } else if carries_token || element.is(uri::SAML, "Assertion") {
            return Err(TokenShapeError::SecondAssertion { within: response.name.clone() });
        } else {
            refuse_second_assertion(element)?;
        }
    }
    let requested = requested.ok_or_else(|| missing("RequestedSecurityToken", &response))?;
    match requested.elements.as_slice() {
        [] => Err(missing("Assertion", requested)),
        [encrypted] if encrypted.is(uri::ENCRYPTION, "EncryptedData") => Err(TokenShapeError::Encrypted),
        [assertion] => SignedAssertion::from_element(assertion),
        [_, second, ..] if second.is(uri::SAML, "Assertion") => {
            Err(TokenShapeError::SecondAssertion { within: requested.name.clone() })
        }
        [_, second, ..] => Err(unexpected(second, &requested.name, "nothing")),
    }
}

/// A response for reading: what its token says, where it holds one, and the XML itself.
pub(in crate::protocol) fn describe(field: &'static str, xml: &str) -> Vec<Detail> {
    let mut details = Vec::new();
    if let Ok(token) = read(xml) {
        details = token.assertion().details();
        details.push(Detail::new("signed by", token.signer().subject()));
    }
    details.push(Detail::new(field, xml));
    details
}

fn missing(missing: &'static str, within: &Element) -> TokenShapeError {
    TokenShapeError::Missing { missing, within: within.name.clone() }
}

fn unexpected(found: &Element, within: &str, expected: &str) -> TokenShapeError {
    let (found, within, expected) = (found.name.clone(), within.to_owned(), expected.to_owned());
    TokenShapeError::Unexpected { found, within, expected }
}
