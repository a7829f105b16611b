//! HTTP as browsers and servers of the simulated world speak it.
//!
//! Requests and responses are typed; a page is a [`Page`], not HTML, and a SOAP body is the call or
//! the reply itself. What titles and details show leaves out passwords and the values of cookies.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Message;
use super::ews;
use super::kerberos::{ApReply, ApRequest};
use super::page::PASSWORD;
use super::saml::rstr;
use super::soap::{Call, Reply};
use crate::crypto::secret::Secret;
use crate::trace::Detail;

pub use super::cookie::{CookieJar, SetCookie};
pub use super::page::Page;
pub use super::url::{Scheme, Url};

/// What a request wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Method {
    /// Fetch a page.
    Get,
    /// Hand in a form or a call.
    Post,
    /// Take a page away.
    Delete,
}

impl Method {
    /// The method as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// A request.
///
/// ```
/// use forestsim::protocol::{Message, http::Request};
/// let request = Request::get("https://ws.example/orders".parse().unwrap(), Vec::new());
/// assert_eq!(request.title(), "GET https://ws.example/orders");
/// assert_eq!(request.protocol(), "HTTP");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What is wanted.
    pub method: Method,
    /// Of which page.
    pub url: Url,
    /// The cookies that the browser holds for it, names and values.
    pub cookies: Vec<(String, String)>,
    /// How the one who asks proves who they are, where the server wants it in this way.
    pub authorization: Option<Authorization>,
    /// The software that asks; empty where it does not say.
    pub user_agent: String,
    /// What is handed in.
    pub body: RequestBody,
}

/// An `Authorization` header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authorization {
    /// Windows integrated authentication, by a Kerberos service ticket (RFC 4559).
    Negotiate(ApRequest),
    /// A user name and a password (RFC 7617). It is for connections inside TLS.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
}

/// The way to authenticate with a ticket, as a 401 offers it (RFC 4559 §4.1).
pub const NEGOTIATE: &str = "Negotiate";
/// The way to authenticate with a password's hash, as a 401 offers it (MS-NTHT).
pub const NTLM: &str = "NTLM";

/// What a request hands in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestBody {
    /// Nothing.
    None,
    /// The fields of a form, in order.
    Form(Vec<(String, String)>),
    /// A call.
    Soap(Call),
    /// SOAP as text: a request to Exchange Web Services.
    Xml(String),
}

impl Request {
    /// A browser's request for a page, with these cookies.
    pub fn get(url: Url, cookies: Vec<(String, String)>) -> Self {
        let (authorization, user_agent) = (None, BROWSER.to_owned());
        Self { method: Method::Get, url, cookies, authorization, user_agent, body: RequestBody::None }
    }

    /// A browser's request that hands in a form, with these cookies.
    pub fn post(url: Url, cookies: Vec<(String, String)>, fields: Vec<(String, String)>) -> Self {
        Self { method: Method::Post, body: RequestBody::Form(fields), ..Self::get(url, cookies) }
    }

    /// A browser's request to take a page away, with these cookies.
    pub fn delete(url: Url, cookies: Vec<(String, String)>) -> Self {
        Self { method: Method::Delete, ..Self::get(url, cookies) }
    }

    /// A server's call to another server.
    pub fn call(url: Url, call: Call) -> Self {
        let user_agent = String::new();
        Self { method: Method::Post, user_agent, body: RequestBody::Soap(call), ..Self::get(url, Vec::new()) }
    }

    /// A request to Exchange Web Services, as SOAP text.
    pub fn xml(url: Url, text: String) -> Self {
        let user_agent = String::new();
        Self { method: Method::Post, user_agent, body: RequestBody::Xml(text), ..Self::get(url, Vec::new()) }
    }

    /// The first cookie of this name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameters that count: a form's fields for a POST, whose query is ignored (MS-MWBF
    /// §3.1.5), and otherwise those of the address.
    pub fn parameters(&self) -> &[(String, String)] {
        match (self.method, &self.body) {
            (Method::Post, RequestBody::Form(fields)) => fields,
            (Method::Post, _) => &[],
            (Method::Get | Method::Delete, _) => self.url.query(),
        }
    }

    /// The first of the [`Request::parameters`] of this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters().iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn fetches_revocation_list(&self) -> bool {
        self.method == Method::Get && self.url.path().ends_with(".crl")
    }
}

/// The request in one line: forms may hold passwords.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Request({})", self.title())
    }
}

/// How a browser of the simulated world names itself. It must hold "Mozilla", or AD FS takes it for a
/// client without scripts (MS-MWBE §3.1.5).
pub const BROWSER: &str = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)";

/// The detail that holds a request to Exchange Web Services, or its answer, as it travels.
pub const ENVELOPE: &str = "envelope";

impl Message for Request {
    fn protocol(&self) -> &'static str {
        match self.body {
            RequestBody::Soap(_) => "SOAP",
            RequestBody::Xml(_) => "EWS",
            _ if self.fetches_revocation_list() => "CRL",
            _ => "HTTP",
        }
    }

    fn title(&self) -> Cow<'static, str> {
        let address = self.url.short();
        match &self.body {
            RequestBody::None => {
                let how = if self.authorization.is_some() { " with a Kerberos ticket" } else { "" };
                format!("{} {address}{how}", self.method.as_str()).into()
            }
            RequestBody::Soap(call) => call.title(),
            RequestBody::Xml(text) => match ews::read_request(text) {
                Ok(request) => request.title(),
                Err(_) => format!("POST to {address} what is no request").into(),
            },
            RequestBody::Form(fields) => {
                let holds = |name: &str| fields.iter().any(|(key, _)| key == name);
                if holds("wresult") {
                    format!("POST wresult to {address}").into()
                } else if holds(PASSWORD) {
                    format!("POST user name and password to {address}").into()
                } else {
                    format!("POST form to {address}").into()
                }
            }
        }
    }

    fn details(&self) -> Vec<Detail> {
        let mut details = vec![Detail::new("url", self.url.to_string())];
        if !self.cookies.is_empty() {
            let names: Vec<&str> = self.cookies.iter().map(|(name, _)| name.as_str()).collect();
            details.push(Detail::new("cookies", names.join(", ")));
        }
        match &self.authorization {
            None => {}
            Some(Authorization::Negotiate(request)) => {
                details.push(Detail::new("authorization", format!("Negotiate, {}", request.ticket)));
            }
            Some(Authorization::Basic { user, .. }) => {
                details.push(Detail::new("authorization", format!("Basic, {user}")));
            }
        }
        match &self.body {
            RequestBody::None => {}
            RequestBody::Form(fields) => details.extend(describe_fields(fields)),
            RequestBody::Soap(call) => details.extend(call.details()),
            RequestBody::Xml(text) => details.push(Detail::new(ENVELOPE, text.clone())),
        }
        details
    }
}

/// A form's fields for reading; a password is left out, and a token also says what it holds.
pub(super) fn describe_fields(fields: &[(String, String)]) -> impl Iterator<Item = Detail> + '_ {
    fields.iter().flat_map(|(name, value)| match name.as_str() {
        "wresult" => rstr::describe("wresult", value),
        PASSWORD => vec![Detail::new(PASSWORD, "…")],
        _ => vec![Detail::new(name.clone(), value.clone())],
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::page::USER_NAME;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn no_description_holds_a_password_or_a_cookie_value() {
        let url: Url = "https://fs.example/adfs/ls/".parse().unwrap();
        let cookies = vec![pair("_WebSsoAuth", "hunter2")];
        let request = Request::post(url, cookies, vec![pair(USER_NAME, "sally"), pair(PASSWORD, "hunter2")]);
        let response = Response::redirect("https://ws.example/orders".parse().unwrap())
            .with_cookies([SetCookie::session("_WebSsoAuth", "hunter2", "/orders")]);

        assert_eq!(request.title(), "POST user name and password to https://fs.example/adfs/ls/");
        assert!(request.details().contains(&Detail::new("username", "sally")));
        assert!(request.details().contains(&Detail::new("cookies", "_WebSsoAuth")));
        let shown = format!("{request:?} {:?} {response:?} {:?}", request.details(), response.details());
        assert!(!shown.contains("hunter2"));
    }

    #[test]
    fn titles_are_the_documents_words() {
        let post = Page::AutoPost {
            action: "https://fs-r.example/adfs/ls/".parse().unwrap(),
            fields: vec![pair("wresult", "<t/>")],
        };
        let titles = [
            Response::page(post).title(),
            Response::unauthorized(&["Negotiate", "NTLM"]).title(),
            Response::error(500, "unknown application", "").title(),
            Response::new(200, Body::Bytes(vec![0; 300])).title(),
        ];
        assert_eq!(
            titles,
            [
                "200 page that posts the security token to https://fs-r.example/adfs/ls/",
                "401 that asks to authenticate by Negotiate or NTLM",
                "500 error page: unknown application",
                "200 certificate revocation list, 300 bytes",
            ]
        );
        let list = Request::get("http://crl.example/corp.crl".parse().unwrap(), Vec::new());
        assert_eq!((list.protocol(), &*list.title()), ("CRL", "GET http://crl.example/corp.crl"));
    }
}
