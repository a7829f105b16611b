//! Responses: what is handed out, and how that is described.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{ENVELOPE, Page, SetCookie, Url};
use crate::protocol::Message;
use crate::protocol::ews;
use crate::protocol::kerberos::ApReply;
use crate::protocol::soap::Reply;
use crate::trace::Detail;

/// A response.
///
/// ```
/// use forestsim::protocol::{Message, http::Response};
/// let response = Response::redirect("https://fs.example/adfs/ls/?wa=wsignin1.0".parse().unwrap());
/// assert_eq!(response.title(), "302 → https://fs.example/adfs/ls/?wa=wsignin1.0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The status code: 200, 302, 401, 403, 404, 500.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<Url>,
    /// The cookies that the browser is asked to keep.
    pub set_cookies: Vec<SetCookie>,
    /// The ways to authenticate that a 401 offers, best first: `Negotiate`, `NTLM`.
    pub authenticate: Vec<String>,
    /// With Negotiate, the server's own proof that it could open the ticket.
    pub negotiated: Option<ApReply>,
    /// What is handed out.
    pub body: Body,
}

/// What a response hands out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Nothing.
    Empty,
    /// A plain text.
    Text(String),
    /// A page.
    Page(Page),
    /// Bytes: a certificate revocation list.
    Bytes(Vec<u8>),
    /// The reply to a call.
    Soap(Reply),
    /// SOAP as text: an answer of Exchange Web Services.
    Xml(String),
}

impl Response {
    /// A response of this status with this body.
    pub fn new(status: u16, body: Body) -> Self {
        let (set_cookies, authenticate) = (Vec::new(), Vec::new());
        Self { status, location: None, set_cookies, authenticate, negotiated: None, body }
    }

    /// A page, with status 200.
    pub fn page(page: Page) -> Self {
        Self::new(200, Body::Page(page))
    }

    /// An error page of this status.
    pub fn error(status: u16, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(status, Body::Page(Page::Error { title: title.into(), text: text.into() }))
    }

    /// A redirect (302).
    pub fn redirect(location: Url) -> Self {
        Self { location: Some(location), ..Self::new(302, Body::Empty) }
    }

    /// A 401 that offers these ways to authenticate, best first.
    pub fn unauthorized(ways: &[&str]) -> Self {
        let authenticate = ways.iter().map(|&way| way.to_owned()).collect();
        Self { authenticate, ..Self::new(401, Body::Empty) }
    }

    /// The same response, with these cookies to keep.
    #[must_use]
    pub fn with_cookies(mut self, cookies: impl IntoIterator<Item = SetCookie>) -> Self {
        self.set_cookies.extend(cookies);
        self
    }
}

impl Message for Response {
    fn protocol(&self) -> &'static str {
        match self.body {
            Body::Soap(_) => "SOAP",
            Body::Xml(_) => "EWS",
            Body::Bytes(_) => "CRL",
            _ => "HTTP",
        }
    }

    fn title(&self) -> Cow<'static, str> {
        let status = self.status;
        if let Some(location) = &self.location {
            return format!("{status} → {}", location.short()).into();
        }
        match &self.body {
            Body::Empty if self.authenticate.is_empty() => status.to_string().into(),
            Body::Empty => {
                format!("{status} that asks to authenticate by {}", self.authenticate.join(" or ")).into()
            }
            Body::Text(text) => format!("{status} {text}").into(),
            Body::Page(page) => format!("{status} {}", page.title()).into(),
            Body::Soap(reply) => reply.title(),
            Body::Xml(text) => match ews::read_answer(text) {
                Ok(answer) => answer.title(),
                Err(_) => format!("{status} what is no answer").into(),
            },
            Body::Bytes(bytes) => {
                format!("{status} certificate revocation list, {} bytes", bytes.len()).into()
            }
        }
    }

    fn details(&self) -> Vec<Detail> {
        let mut details = Vec::new();
        if let Some(location) = &self.location {
            details.push(Detail::new("location", location.to_string()));
        }
        details.extend(self.set_cookies.iter().map(|cookie| Detail::new("set-cookie", cookie.to_string())));
        details.extend(self.authenticate.iter().map(|way| Detail::new("authenticate", way.clone())));
        if self.negotiated.is_some() {
            details.push(Detail::new("authenticate", "Negotiate, the server has opened the ticket"));
        }
        match &self.body {
            Body::Page(page) => details.extend(page.details()),
            Body::Soap(reply) => details.extend(reply.details()),
            Body::Xml(text) => details.push(Detail::new(ENVELOPE, text.clone())),
            Body::Empty | Body::Text(_) | Body::Bytes(_) => {}
        }
        details
    }
}
