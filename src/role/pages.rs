//! The pages and cookies that every AD FS server writes alike: federation service, proxy and agent.
//!
//! Where the AD FS example has a server send the browser on with a POST (U5, U8), that is never a
//! redirect: it is a page whose form posts itself.

use super::judge::Refused;
use crate::protocol::authentication_cookie::removal;
use crate::protocol::clean_up::NAME;
use crate::protocol::cookie::SetCookie;
use crate::protocol::http::{Body, Request, Response};
use crate::protocol::page::Page;
use crate::protocol::url::Url;
use crate::protocol::wsfed::{SignInResponse, clean_up_url};

/// The page that has the browser post a security token to its receiver (U5, U8).
pub fn post_token(receiver: Url, result: String, context: Option<String>) -> Response {
    Response::page(SignInResponse { result, context }.to_page(receiver))
}

/// The page that makes a browser tell these parties to forget the person, and that itself forgets the
/// person's cookies of this path.
pub fn clean_up(parties: Vec<Url>, request: &Request, path: &str) -> Response {
    let clean_up = parties.iter().map(clean_up_url).collect();
    Response::page(Page::SignOut { clean_up })
        .with_cookies(removal(&request.cookies, path))
        .with_cookies(request.cookie(NAME).map(|_| SetCookie::deletion(NAME, path)))
}

/// The form that asks for user name and password.
pub fn logon_form(action: &Url, message: Option<String>) -> Response {
    Response::page(Page::Logon { action: action.clone(), message })
}

/// The answer to a request that a rule has ended. What a browser shows names no account and no key:
/// the rule and its facts stand in the trace.
pub fn refusal(status: u16, refused: &Refused) -> Response {
    Response::error(status, "Access is refused", refused.rule.title)
}

/// A page of an application.
pub fn application(title: &str, identity: &str, text: String) -> Response {
    Response::new(
        200,
        Body::Page(Page::Application { title: title.to_owned(), identity: Some(identity.to_owned()), text }),
    )
}
