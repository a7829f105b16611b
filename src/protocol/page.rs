//! Pages as browsers get them: what a page makes a browser or a person do, without the HTML.
//!
//! AD FS moves security tokens by pages that post themselves, so a page here is a typed value that a
//! simulated browser carries out. What the forms' fields mean is for the servers to know.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::http::describe_fields;
use super::url::Url;
use crate::trace::Detail;

/// The field of a logon form that holds the user name.
pub const USER_NAME: &str = "username";
/// The field of a logon form that holds the password. Nothing ever shows its value.
pub const PASSWORD: &str = "password";

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// A hidden form that a script posts at once (MS-MWBF §3.1.5).
    AutoPost {
        /// Where the form is posted to.
        action: Url,
        /// Its fields, in order.
        fields: Vec<(String, String)>,
    },
    /// A form that asks the person for [`USER_NAME`] and [`PASSWORD`] (`clientlogon.aspx`).
    Logon {
        /// Where the form is posted to.
        action: Url,
        /// What went wrong the last time.
        message: Option<String>,
    },
    /// A form that asks the person for the account partner; the browser asks for the page again with
    /// the partner's URI as `whr` (`discoverclientrealm.aspx`).
    Discovery {
        /// The page to ask for again, with its parameters.
        action: Url,
        /// The partners to choose from: display name and URI.
        partners: Vec<(String, String)>,
    },
    /// A page with one frame for each address that is to clean up after a sign-out; the browser gets
    /// each of them (MS-MWBF §3.1.5).
    SignOut {
        /// The addresses, with their parameters.
        clean_up: Vec<Url>,
    },
    /// A page of an application.
    Application {
        /// The page's title.
        title: String,
        /// As whom the application knows its visitor.
        identity: Option<String>,
        /// What stands on the page.
        text: String,
    },
    /// A page that says what went wrong.
    Error {
        /// What, in a few words.
        title: String,
        /// More of it.
        text: String,
    },
}

impl Page {
    /// The page in one phrase: `page that posts the security token to https://…`.
    pub fn title(&self) -> Cow<'static, str> {
        match self {
            Page::AutoPost { action, fields } => {
                let token = fields.iter().any(|(name, _)| name == "wresult");
                let what = if token { "the security token" } else { "a form" };
                format!("page that posts {what} to {}", action.short()).into()
            }
            Page::Logon { message: None, .. } => "page that asks for user name and password".into(),
            Page::Logon { message: Some(message), .. } => {
                format!("page that asks for user name and password again: {message}").into()
            }
            Page::Discovery { .. } => "page that asks for the account partner".into(),
            Page::SignOut { .. } => "page that signs out everywhere".into(),
            Page::Application { title, identity: Some(identity), .. } => {
                format!("{title}, for {identity}").into()
            }
            Page::Application { title, identity: None, .. } => title.clone().into(),
            Page::Error { title, .. } => format!("error page: {title}").into(),
        }
    }

    /// The page field by field, without passwords.
    pub fn details(&self) -> Vec<Detail> {
        match self {
            Page::AutoPost { action, fields } => {
                let mut details = vec![Detail::new("form posts to", action.to_string())];
                details.extend(describe_fields(fields));
                details
            }
            Page::Logon { action, .. } => vec![Detail::new("form posts to", action.to_string())],
            Page::Discovery { action, partners } => {
                let mut details = vec![Detail::new("form leads to", action.to_string())];
                details.extend(
                    partners
                        .iter()
                        .map(|(name, uri)| Detail::new("account partner", format!("{name} ({uri})"))),
                );
                details
            }
            Page::SignOut { clean_up } => {
                clean_up.iter().map(|url| Detail::new("frame", url.to_string())).collect()
            }
            Page::Application { text, .. } | Page::Error { text, .. } => {
                vec![Detail::new("text", text.clone())]
            }
        }
    }
}
