//! Requests: what is wanted, by whom, and how that is described.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Url;
use crate::crypto::secret::Secret;
use crate::protocol::Message;
use crate::protocol::ews;
use crate::protocol::kerberos::ApRequest;
use crate::protocol::page::PASSWORD;
use crate::protocol::saml::rstr;
use crate::protocol::soap::Call;
use crate::trace::Detail;

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
pub(in crate::protocol) fn describe_fields(fields: &[(String, String)]) -> impl Iterator<Item = Detail> + '_ {
    fields.iter().flat_map(|(name, value)| match name.as_str() {
        "wresult" => rstr::describe("wresult", value),
        PASSWORD => vec![Detail::new(PASSWORD, "…")],
        _ => vec![Detail::new(name.clone(), value.clone())],
    })
}
