//! Reads an assertion of the one fixed shape: each element where it must stand, with exactly its
//! attributes, and nothing else.

use super::assertion::{Advice, Assertion, read_instant};
use super::claim::{Claim, IdentityKind, Subject};
use super::packed_sids::PackedSids;
use super::shape::TokenShapeError;
use super::tree::{Children, Element};
use crate::directory::Sid;
use crate::protocol::uri::{self, AuthenticationMethod};

/// The assertion in this element, and its last child, the signature.
pub(super) fn assertion(element: &Element) -> Result<(Assertion, &Element), TokenShapeError> {
    refuse_second_assertion(element)?;
    let (assertion, signature) = statements(element)?;
    let missing = || TokenShapeError::Missing { missing: "Signature", within: element.name.clone() };
    Ok((assertion, signature.ok_or_else(missing)?))
}

/// The assertion in this element, and the signature, if that is its last child.
pub(super) fn statements(element: &Element) -> Result<(Assertion, Option<&Element>), TokenShapeError> {
    if !element.is(uri::SAML, "Assertion") {
        return Err(TokenShapeError::Unexpected {
            found: element.name.clone(),
            within: "token".to_owned(),
            expected: "<Assertion> of SAML 1.1".to_owned(),
        });
    }
    let [id, issued, issuer, major, minor] =
        element.attributes(["AssertionID", "IssueInstant", "Issuer", "MajorVersion", "MinorVersion"])?;
    if (major, minor) != ("1", "1") {
        return Err(wrong(element, &format!("{major}.{minor}"), "the version 1.1"));
    }
    let mut children = element.children()?;
    let (not_before, not_on_or_after, audience) = conditions(children.required(uri::SAML, "Conditions")?)?;
    let advice = children.optional(uri::SAML, "Advice").map(advice).transpose()?.unwrap_or_default();
    let statement = children.required(uri::SAML, "AuthenticationStatement")?;
    let [authenticated, method] = statement.attributes(["AuthenticationInstant", "AuthenticationMethod"])?;
    let subject = only_subject(statement)?;
    let claims = match children.optional(uri::SAML, "AttributeStatement") {
        Some(statement) => attributes(statement, &subject)?,
        None => Vec::new(),
    };
    let signature = children.optional(uri::SIGNATURE, "Signature");
    children.end()?;

    let assertion = Assertion {
        id: id.parse().map_err(|_| wrong(element, id, "an underscore and a GUID"))?,
        issuer: issuer.to_owned(),
        issued: read_instant("Assertion", issued)?,
        not_before,
        not_on_or_after,
        audience,
        advice,
        authenticated: read_instant("AuthenticationStatement", authenticated)?,
        method: AuthenticationMethod::from_uri(method)
            .ok_or_else(|| wrong(statement, method, "a supported way to authenticate"))?,
        subject,
        claims,
    };
    match assertion.repeated_identity() {
        Some(kind) => Err(TokenShapeError::RepeatedIdentity(kind.claim_name())),
        None => Ok((assertion, signature)),
    }
}

/// Nothing below this element may be an assertion.
pub(super) fn refuse_second_assertion(element: &Element) -> Result<(), TokenShapeError> {
    element.elements.iter().try_for_each(|child| {
        if child.is(uri::SAML, "Assertion") {
            return Err(TokenShapeError::SecondAssertion { within: element.name.clone() });
        }
        refuse_second_assertion(child)
    })
}

fn conditions(
    element: &Element,
) -> Result<(crate::time::VirtualTime, crate::time::VirtualTime, String), TokenShapeError> {
    let [not_before, not_on_or_after] = element.attributes(["NotBefore", "NotOnOrAfter"])?;
    let mut children = element.children()?;
    let restriction = children.required(uri::SAML, "AudienceRestrictionCondition")?;
    children.end()?;
    let [] = restriction.attributes([])?;
    let mut audiences = restriction.children()?;
    let audience = audiences.required(uri::SAML, "Audience")?.leaf()?;
    audiences.end()?;
    Ok((
        read_instant("Conditions", not_before)?,
        read_instant("Conditions", not_on_or_after)?,
        audience.to_owned(),
    ))
}

fn advice(element: &Element) -> Result<Advice, TokenShapeError> {
    let [] = element.attributes([])?;
    let mut children = element.children()?;
    let mut text = |name| {
        let child = children.optional(uri::FEDERATION, name);
        child.map(|child| child.leaf().map(str::to_owned)).transpose()
    };
    let claim_source = text("ClaimSource")?;
    let identifiers = text("WindowsIdentifiers")?;
    let cookie_info_hash = text("CookieInfoHash")?;
    let user = text("WindowsUserIdentifier")?;
    let windows_user_name = text("WindowsUserName")?;
    children.end()?;
    let advice = Advice {
        claim_source,
        windows_identifiers: identifiers.as_deref().map(PackedSids::from_base64).transpose()?,
        cookie_info_hash,
        windows_user_identifier: user.as_deref().map(sid).transpose()?,
        windows_user_name,
    };
    if advice == Advice::default() {
        return Err(TokenShapeError::Missing { missing: "ClaimSource", within: element.name.clone() });
    }
    Ok(advice)
}

fn sid(text: &str) -> Result<Sid, TokenShapeError> {
    text.parse().map_err(|_| TokenShapeError::Value {
        element: "WindowsUserIdentifier".to_owned(),
        value: text.to_owned(),
        expected: "a SID",
    })
}

fn only_subject(statement: &Element) -> Result<Subject, TokenShapeError> {
    let mut children = statement.children()?;
    let subject = subject(&mut children)?;
    children.end()?;
    Ok(subject)
}

fn subject(children: &mut Children<'_>) -> Result<Subject, TokenShapeError> {
    let subject = children.required(uri::SAML, "Subject")?;
    let [] = subject.attributes([])?;
    let mut children = subject.children()?;
    let identifier = children.required(uri::SAML, "NameIdentifier")?;
    children.end()?;
    let [format] = identifier.attributes(["Format"])?;
    let kind = IdentityKind::from_format(format).ok_or_else(|| {
        wrong(identifier, format, "the format of a UPN, an e-mail address or a common name")
    })?;
    Ok(Subject { kind, name: identifier.only_text()?.to_owned() })
}

fn attributes(statement: &Element, authenticated: &Subject) -> Result<Vec<Claim>, TokenShapeError> {
    let [] = statement.attributes([])?;
    let mut children = statement.children()?;
    let subject = subject(&mut children)?;
    if subject != *authenticated {
        return Err(TokenShapeError::TwoSubjects {
            authentication: authenticated.name.clone(),
            attributes: subject.name,
        });
    }
    let mut claims = vec![claim(children.required(uri::SAML, "Attribute")?)?];
    while let Some(attribute) = children.optional(uri::SAML, "Attribute") {
        claims.push(claim(attribute)?);
    }
    children.end()?;
    Ok(claims)
}

fn claim(attribute: &Element) -> Result<Claim, TokenShapeError> {
    let [name, namespace] = attribute.attributes(["AttributeName", "AttributeNamespace"])?;
    if namespace != uri::CLAIMS {
        return Err(wrong(attribute, namespace, "the namespace of claims"));
    }
    let mut values = attribute.children()?;
    let value = values.required(uri::SAML, "AttributeValue")?.leaf()?;
    values.end()?;
    Ok(Claim::new(name, value))
}

fn wrong(element: &Element, value: &str, expected: &'static str) -> TokenShapeError {
    TokenShapeError::Value { element: element.name.clone(), value: value.to_owned(), expected }
}
