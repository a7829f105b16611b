//! HTTP as browsers and servers of the simulated world speak it.
//!
//! Requests and responses are typed; a page is a [`Page`], not HTML, and a SOAP body is the call or
//! the reply itself. What titles and details show leaves out passwords and the values of cookies.

mod request;
mod response;

pub use super::cookie::{CookieJar, SetCookie};
pub use super::page::Page;
pub use super::url::{Scheme, Url};
pub(super) use request::describe_fields;
pub use request::{Authorization, BROWSER, ENVELOPE, Method, NEGOTIATE, NTLM, Request, RequestBody};
pub use response::{Body, Response};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Message;
    use crate::protocol::page::{PASSWORD, USER_NAME};
    use crate::trace::Detail;

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
