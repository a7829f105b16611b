//! The client: a Web browser with a cookie jar and a certificate store, and the person before it.
//!
//! It follows redirects, posts the forms that pages ask it to post, puts the person's answers into the
//! pages that ask for them (AD FS example R4, U1), and shows tickets of the person's logon session to
//! servers of the intranet that ask for them. It believes nothing and checks nothing but server
//! certificates: that is what the document leaves to a browser. An attacker is a person who edits what the
//! browser posts, or posts it elsewhere.
//!
//! - [`errand`]: what a person asks of it
//! - `frames`: the frames of a sign-out page
//! - `thief`: what an attacker does with it

pub mod errand;
mod frames;
mod thief;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::dial::{Dialer, Unreachable};
use super::intranet::{Intranet, NoTicket};
use super::judge::Judge;
use super::stimulus;
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::facts;
use crate::name::DnsName;
use crate::protocol::http::{
    Authorization, Body, CookieJar, Method, NEGOTIATE, Page, Request, Response, SetCookie, Url,
};
use crate::protocol::page::{PASSWORD, USER_NAME};
use crate::protocol::soap::{Call, Credential};
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use crate::time::VirtualTime;
use crate::trace::{Conclusion, Detail, Happening, StateChange};
use errand::ROLE;
pub use errand::{Alteration, Answers, Errand, Handover};

/// What is recorded of an alteration that found nothing to alter.
pub const ALTERED_NOTHING: &str = "altered nothing";
/// Redirects and posted forms followed for one errand before the browser gives up, as browsers do.
const HOP_LIMIT: usize = 20;

/// What a browser is set up with.
pub struct BrowserConfig {
    /// The person's usual answers.
    pub answers: Answers,
    /// The certificate store, with private keys.
    pub certificates: Vec<Rc<Identity>>,
    /// Certificates of others, with the private keys that the person has got hold of.
    pub stolen: Vec<Rc<Identity>>,
    /// The authorities whose server certificates are trusted.
    pub roots: Rc<TrustAnchors>,
    /// What it does about servers that ask for integrated authentication.
    pub intranet: Intranet,
}

/// A form that was posted: where, and its fields.
type Posted = (Url, Vec<(String, String)>);

/// A browser.
pub struct Browser {
    config: BrowserConfig,
    suspended: Rc<BTreeSet<RuleId>>,
    jar: RefCell<CookieJar>,
    posted: RefCell<Vec<Posted>>,
}

impl Browser {
    /// A browser with an empty cookie jar.
    pub fn new(config: BrowserConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone(), jar: RefCell::default(), posted: RefCell::default() }
    }
}

impl Browser {
    /// The form that this browser last posted to an address that begins so, and where.
    pub fn posted(&self, to: &str) -> Option<Posted> {
        self.posted.borrow().iter().rev().find(|(url, _)| url.to_string().starts_with(to)).cloned()
    }

    /// Every cookie that this browser keeps, with the server that set it.
    pub fn cookies(&self) -> Vec<(DnsName, SetCookie)> {
        self.jar.borrow().list().map(|(host, cookie)| (host.clone(), cookie.clone())).collect()
    }

    /// The cookies that this browser sends to an address.
    pub fn sends(&self, to: &Url, now: VirtualTime) -> Vec<(String, String)> {
        self.jar.borrow().matching(to, now)
    }
}

impl Role for Browser {
    fn boot(self: Rc<Self>, _host: Host) {
        self.jar.borrow_mut().end_session();
    }

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(errand) = stimulus::decode::<Errand>(ROLE, &stimulus) else { return };
        let conversation = self.clone().run(host.clone(), errand);
        host.spawn(conversation);
    }
}

impl Browser {
    async fn run(self: Rc<Self>, host: Host, errand: Errand) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let visit = Visit { browser: &self, host: &host, judge, dialer };
        let conclusion = match errand {
            Errand::Browse { url, method, answers, alterations, cookies } => {
                for edit in cookies {
                    let done = edit.make(&mut self.jar.borrow_mut(), host.now());
                    let what = done.unwrap_or_else(|| ALTERED_NOTHING.to_owned());
                    let name = format!("the cookie for {}", edit.sent_to);
                    host.record(Happening::Fault { name, what });
                }
                let answers = answers.or(&self.config.answers);
                let asked = url.to_string();
                let first = match method {
                    Method::Get => visit.get(url),
                    Method::Post => visit.post(url, Vec::new()),
                    Method::Delete => visit.delete(url),
                };
                visit.follow(asked, first, &answers, &alterations).await
            }
            Errand::Post { url, fields } => {
                let asked = format!("{url}, with a captured form");
                let first = visit.post(url, fields);
                visit.follow(asked, first, &self.config.answers, &[]).await
            }
            Errand::Keep { of, cookies } => return visit.keep_copies(&of, cookies),
            Errand::Forge { key, forgery, to } => visit.forge(&key, &forgery, to).await,
            Errand::AskAsProxy { key, federation_service, person, realm, to } => {
                let call = Call::LsRequestSecurityToken {
                    credential: Credential::Certificate(person),
                    target_realm: realm,
                };
                visit.ask_as_proxy(&key, &federation_service, call, to).await
            }
            Errand::Close => return visit.close(),
        };
        host.record(Happening::Conclusion(conclusion));
    }
}

/// One errand under way.
struct Visit<'a> {
    browser: &'a Browser,
    host: &'a Host,
    judge: Judge,
    dialer: Dialer,
}

impl Visit<'_> {
    async fn follow(
        &self,
        asked: String,
        first: Request,
        answers: &Answers,
        alterations: &[Alteration],
    ) -> Conclusion {
        let mut request = first;
        let mut signed_in_once = false;
        for _ in 0..HOP_LIMIT {
            let identity = self.identity(answers);
            let response = match self.dialer.exchange(&request, identity).await {
                Ok(response) => response,
                Err(error) => return unreachable(asked, &request.url, &error),
            };
            self.keep_cookies(&request.url, &response);
            if let Some(location) = response.location.clone() {
                request = self.get(location);
                continue;
            }
            if response.status == 401 && request.authorization.is_none() && offers(&response, NEGOTIATE) {
                match self.browser.config.intranet.ticket(&self.judge, &self.dialer, &request.url).await {
                    Ok(shown) => request.authorization = Some(Authorization::Negotiate(shown)),
                    Err(why) => return no_ticket(asked, &request.url, &why),
                }
                continue;
            }
            request = match response.body {
                Body::Page(Page::AutoPost { action, fields }) => {
                    let fields = self.altered(&action, fields, alterations);
                    self.browser.posted.borrow_mut().push((action.clone(), fields.clone()));
                    self.post(action, fields)
                }
                Body::Page(Page::Discovery { action, partners }) => match chosen(&partners, answers) {
                    Some(uri) => self.get(action.with_parameter("whr", &uri)),
                    None => return self.undiscovered(asked, &action, &partners),
                },
                Body::Page(Page::Logon { action, message }) => match &answers.credentials {
                    Some((user, password)) if !signed_in_once => {
                        signed_in_once = true;
                        let fields = vec![
                            (USER_NAME.to_owned(), user.clone()),
                            (PASSWORD.to_owned(), password.reveal().to_owned()),
                        ];
                        self.post(action, fields)
                    }
                    _ => return refused(asked, message.unwrap_or_else(|| "a logon form".to_owned())),
                },
                Body::Page(Page::SignOut { clean_up }) => {
                    return self.load_frames(asked, clean_up).await;
                }
                body => return shown(asked, response.status, body),
            };
        }
        refused(asked, format!("the browser gives up after {HOP_LIMIT} redirects in a row"))
    }

    /// The page stays: nobody but the person can say where they come from, and the person cannot.
    fn undiscovered(&self, asked: String, page: &Url, partners: &[(String, String)]) -> Conclusion {
        let offered: Vec<&str> = partners.iter().map(|(title, _)| title.as_str()).collect();
        let (rule, facts) = (&rule::PARTNER_DISCOVERY, facts!["offered" => offered.join(", ")]);
        // Suspended or not, the person has no answer.
        let _ = self.judge.require(rule, "the person", page.host().to_string(), false, facts);
        refused(asked, "a page asks for an account partner that the person does not know".to_owned())
    }

    fn get(&self, url: Url) -> Request {
        let cookies = self.cookies_for(&url);
        Request::get(url, cookies)
    }

    fn delete(&self, url: Url) -> Request {
        let cookies = self.cookies_for(&url);
        Request::delete(url, cookies)
    }

    fn post(&self, url: Url, fields: Vec<(String, String)>) -> Request {
        let cookies = self.cookies_for(&url);
        Request::post(url, cookies, fields)
    }

    fn cookies_for(&self, url: &Url) -> Vec<(String, String)> {
        self.browser.jar.borrow().matching(url, self.host.now())
    }

    fn keep_cookies(&self, url: &Url, response: &Response) {
        for cookie in &response.set_cookies {
            self.browser.jar.borrow_mut().store(url.host(), cookie.clone(), self.host.now());
            self.host.record(Happening::State(StateChange {
                store: "cookie jar".into(),
                item: format!("{} for {}{}", cookie.name, url.host(), cookie.path),
                value: (!cookie.is_removal(self.host.now())).then(|| kept(cookie)),
            }));
        }
    }

    fn identity(&self, answers: &Answers) -> Option<&Identity> {
        let wanted = answers.certificate.as_deref()?;
        self.browser
            .config
            .certificates
            .iter()
            .map(Rc::as_ref)
            .find(|identity| identity.chain[0].thumbprint() == wanted)
    }
}

/// A cookie as a person might look at it: how long it is kept, and what guards it.
fn kept(cookie: &SetCookie) -> String {
    let until = cookie.expires.map_or("for this session".to_owned(), |expires| format!("until {expires}"));
    let guards = [(cookie.secure, ", secure"), (cookie.http_only, ", HttpOnly")];
    guards.iter().filter(|(holds, _)| *holds).fold(until, |text, (_, guard)| text + guard)
}

fn offers(response: &Response, way: &str) -> bool {
    response.authenticate.iter().any(|one| one == way)
}

fn no_ticket(asked: String, url: &Url, why: &NoTicket) -> Conclusion {
    let shown = format!("{} wants to know who is logged on, and there is no ticket to show", url.host());
    Conclusion { details: vec![Detail::new("error", why.to_string())], ..refused(asked, shown) }
}

fn chosen(partners: &[(String, String)], answers: &Answers) -> Option<String> {
    let wanted = answers.discovers.as_deref()?;
    partners.iter().find(|(title, _)| title == wanted).map(|(_, uri)| uri.clone())
}

fn shown(asked: String, status: u16, body: Body) -> Conclusion {
    match body {
        Body::Page(Page::Application { title, identity, text }) if status == 200 => Conclusion {
            granted: true,
            identity,
            asked,
            shown: title,
            details: vec![Detail::new("page", text)],
        },
        Body::Page(Page::Error { title, text }) => {
            let mut conclusion = refused(asked, format!("{status} {title}"));
            conclusion.details = vec![Detail::new("page", text)];
            conclusion
        }
        Body::Text(text) => Conclusion { granted: status == 200, ..refused(asked, text) },
        _ => refused(asked, format!("{status}, an answer with nothing to see")),
    }
}

fn unreachable(asked: String, url: &Url, error: &Unreachable) -> Conclusion {
    let mut conclusion = refused(asked, format!("{} cannot be reached", url.host()));
    conclusion.details = vec![Detail::new("error", error.to_string())];
    conclusion
}

fn refused(asked: String, shown: String) -> Conclusion {
    Conclusion { granted: false, identity: None, asked, shown, details: Vec::new() }
}
