//! What a person does with a browser: opens pages, signs out, closes it, posts a form again, and
//! tampers with forms and cookies on the way.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::host::Credentials;
use super::value::WebAddress;
use crate::name::HostName;

/// A person opens a page and follows wherever the browser is sent, signing in on the way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Browse {
    /// The host with the browser.
    pub client: At<HostName>,
    /// The page.
    pub url: At<WebAddress>,
    /// Whether the page is looked at or something is changed on it.
    #[serde(default)]
    pub method: Method,
    /// What is typed into a logon form this time, instead of what the browser's person would.
    pub credentials: Option<Credentials>,
    /// The certificate that is presented this time, or `none`.
    pub certificate: Option<At<String>>,
    /// What is chosen this time on a page that asks where the person comes from.
    pub discovers: Option<At<String>>,
    /// What the person alters in the forms that the browser posts on the way.
    #[serde(default)]
    pub alter: Vec<At<Alteration>>,
    /// Cookies that the person has written by hand before the page is opened.
    #[serde(default)]
    pub plant_cookies: Vec<At<PlantedCookie>>,
    /// AD FS authentication cookies in which the person has put another browser's unsigned part in the
    /// place of their own, before the page is opened.
    #[serde(default)]
    pub swap_cookies: Vec<At<CookieSwap>>,
    /// What the person has altered in the browser's AD FS authentication cookies before the page is opened.
    #[serde(default)]
    pub alter_cookies: Vec<At<CookieAlteration>>,
}

impl fmt::Display for Browse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, url, .. } = self;
        match self.method {
            Method::Get => write!(formatter, "{client} opens {url}"),
            Method::Post => write!(formatter, "{client} changes something at {url}"),
            Method::Delete => write!(formatter, "{client} takes away {url}"),
        }
    }
}

/// What stands in `certificate` for presenting none.
pub const NO_CERTIFICATE: &str = "none";

/// Whether a page is looked at or something is changed on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// It is looked at (GET).
    #[default]
    Get,
    /// Something is changed on it (POST).
    Post,
    /// It is taken away (DELETE).
    Delete,
}

/// A change that the person makes to a form before the browser posts it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alteration {
    /// The address that the form is posted to.
    pub posting_to: At<WebAddress>,
    /// The field.
    pub field: String,
    /// The text in the field that is replaced, each time that it occurs.
    pub replace: String,
    /// The text in its place.
    pub with: String,
    /// Where the signed assertion goes, untouched, while an altered copy of it without a signature takes
    /// its place; where nothing is said, the assertion itself is altered.
    pub signed_goes: Option<Wrapping>,
}

/// Where the signed assertion goes when an altered one takes its place (signature wrapping).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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

/// A cookie that a person writes by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlantedCookie {
    /// The address that the cookie is sent to.
    pub sent_to: At<WebAddress>,
    /// Its name: `_LSRealm`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The unsigned part of an AD FS authentication cookie gives way to that of another browser's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CookieSwap {
    /// The address that the cookie is sent to.
    pub sent_to: At<WebAddress>,
    /// The host with the other browser.
    pub unsigned_part_of: At<HostName>,
}

/// A change that the person makes to the unsigned part of an AD FS authentication cookie: what its
/// federation server notes about the person for the next time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CookieAlteration {
    /// The address that the cookie is sent to: `https://resource-fs.adventure-works.example/adfs/ls/`.
    pub sent_to: At<WebAddress>,
    /// The text in it that is replaced, each time that it occurs.
    pub replace: String,
    /// The text in its place.
    pub with: String,
}

/// A person signs out at an application, and the browser loads whatever the page for it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// The host with the browser.
    pub client: At<HostName>,
    /// The application, or any page of it.
    pub url: At<WebAddress>,
}

impl fmt::Display for SignOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} signs out at {}", self.client, self.url)
    }
}

/// A person closes the browser: cookies of the session are gone, those with an expiry stay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBrowser {
    /// The host with the browser.
    pub client: At<HostName>,
}

impl fmt::Display for CloseBrowser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} closes the browser", self.client)
    }
}

/// A form that a browser has posted is posted again, perhaps elsewhere, perhaps by another host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repost {
    /// The host that posts.
    pub client: At<HostName>,
    /// The host whose browser posted the form before; the same one where nothing is said.
    pub captured_by: Option<At<HostName>>,
    /// The address that the form was posted to; the latest such form counts.
    pub captured: At<WebAddress>,
    /// The address that it is posted to now; the same one where nothing is said.
    pub to: Option<At<WebAddress>>,
}

impl fmt::Display for Repost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, captured, .. } = self;
        let to = self.to.as_ref().unwrap_or(captured);
        write!(formatter, "{client} posts again to {to} what was posted to {captured}")
    }
}
