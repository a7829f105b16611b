//! Requests and answers as SOAP text, and back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Fault};
use super::code::ResponseCode;
use super::header::{AccessMode, Header, ProxyRequestType};
use super::node::{Node, Space};
use super::operation::Operation;
use super::{read_answer as reading_answer, read_operation, write_answer, write_operation};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// In whose name.
    pub header: Header,
    /// What is asked.
    pub operation: Operation,
}

/// Why a text is no request or no answer: the code that a server answers with, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {why}")]
pub struct ReadError {
    /// The code.
    pub code: ResponseCode,
    /// What is wrong.
    pub why: String,
}

impl ReadError {
    pub(super) fn new(code: ResponseCode, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

impl Request {
    /// A request in the caller's own name.
    pub fn own(operation: Operation) -> Self {
        Self { header: Header::default(), operation }
    }

    /// The request as SOAP.
    ///
    /// ```
    /// use forestsim::mailbox::WellKnownFolder;
    /// use forestsim::protocol::ews::*;
    /// let folder = FolderRef::distinguished(WellKnownFolder::Inbox, None);
    /// let who = ConnectingId::PrincipalName("anna@corp.example".into());
    /// let operation = Operation::FindItem { folder, shape: ItemShape::IDS };
    /// let request = Request { header: Header::impersonating(who), operation };
    /// let text = request.to_soap();
    /// assert!(text.contains("<t:ConnectingSID><t:PrincipalName>anna@corp.example</t:PrincipalName>"));
    /// assert_eq!(read_request(&text), Ok(request));
    /// ```
    pub fn to_soap(&self) -> String {
        let body = Node::new(Space::Soap, "Body").with(write_operation::write(&self.operation));
        Node::new(Space::Soap, "Envelope").with(self.header.write()).with(body).document()
    }

    /// Whether a Client Access server of another forest asks for free and busy times.
    pub fn comes_from_another_forest(&self) -> bool {
        let asks = matches!(self.operation, Operation::GetUserAvailability { .. });
        asks && self.header.proxy_request == Some(ProxyRequestType::CrossForest)
    }

    /// The request in one line, in the field's words.
    pub fn title(&self) -> Cow<'static, str> {
        let operation = &self.operation;
        let mut modes: Vec<String> = self.header.access.iter().map(describe_mode).collect();
        modes.extend(self.header.proxy_request.map(|kind| match kind {
            ProxyRequestType::CrossSite => "from another site".to_owned(),
            ProxyRequestType::CrossForest => "from another forest".to_owned(),
        }));
        match modes.is_empty() {
            true => operation.to_string().into(),
            false => format!("{operation}, {}", modes.join(" and ")).into(),
        }
    }
}

fn describe_mode(mode: &AccessMode) -> String {
    match mode {
        AccessMode::ExchangeImpersonation(ids) => {
            let ids: Vec<&str> = ids.iter().map(|id| id.value()).filter(|id| !id.is_empty()).collect();
            if ids.is_empty() { "as nobody".to_owned() } else { format!("as {}", ids.join(" and ")) }
        }
        AccessMode::SerializedSecurityContext { user, .. } => format!("with a token of {user}"),
        AccessMode::ProxySecurityContext(context) => format!("handed on for {}", context.name),
    }
}

impl Answer {
    /// The answer as SOAP.
    pub fn to_soap(&self) -> String {
        let version = Node::t("ServerVersionInfo")
            .attribute("MajorVersion", "8")
            .attribute("MinorVersion", "1")
            .attribute("MajorBuildNumber", "240")
            .attribute("MinorBuildNumber", "5");
        let body = match self {
            Answer::Fault(fault) => write_fault(fault),
            Answer::Reply(reply) => write_answer::write(reply),
        };
        Node::new(Space::Soap, "Envelope")
            .with(Node::new(Space::Soap, "Header").with(version))
            .with(Node::new(Space::Soap, "Body").with(body))
            .document()
    }
}

fn write_fault(fault: &Fault) -> Node {
    let plain = |name: &str, text: &str| Node::new(Space::Other, name).text(text);
    let detail = Node::new(Space::Other, "detail")
        .with(Node::new(Space::Errors, "ResponseCode").text(fault.code.as_str()))
        .with(Node::new(Space::Errors, "Message").text(&fault.message));
    Node::new(Space::Soap, "Fault")
        .with(plain("faultcode", "soap:Client"))
        .with(plain("faultstring", &fault.message))
        .with(detail)
}

/// What stands in the body of an envelope.
fn body(text: &str) -> Result<(Option<Node>, Node), ReadError> {
    let invalid = |why: &str| ReadError::new(ResponseCode::ErrorInvalidRequest, why);
    let mut envelope = Node::parse(text)?;
    if !envelope.is(Space::Soap, "Envelope") {
        return Err(invalid("it is no SOAP envelope"));
    }
    let body = envelope.children.iter().position(|child| child.is(Space::Soap, "Body"));
    let mut body = envelope.children.remove(body.ok_or_else(|| invalid("it has no body"))?);
    let header = envelope.children.into_iter().find(|child| child.is(Space::Soap, "Header"));
    match body.children.len() {
        1 => Ok((header, body.children.remove(0))),
        _ => Err(invalid("its body does not hold one element")),
    }
}

/// The request in a text.
///
/// # Errors
/// Where it is not XML of the schema, or asks for nothing that is known.
pub fn read_request(text: &str) -> Result<Request, ReadError> {
    let (header, asked) = body(text)?;
    let header = header.as_ref().map(Header::read).transpose()?.unwrap_or_default();
    Ok(Request { header, operation: read_operation::read(&asked)? })
}

/// The answer in a text.
///
/// # Errors
/// Where it is not XML of the schema.
pub fn read_answer(text: &str) -> Result<Answer, ReadError> {
    let (_, answered) = body(text)?;
    if answered.is(Space::Soap, "Fault") {
        let detail = answered.need("detail")?;
        let code = ResponseCode::find(detail.need_text("ResponseCode")?);
        let code = code.ok_or_else(|| detail.wrong("holds a code that is not known"))?;
        return Ok(Answer::Fault(Fault { code, message: detail.need_text("Message")?.to_owned() }));
    }
    reading_answer::read(&answered).map(Answer::Reply)
}
