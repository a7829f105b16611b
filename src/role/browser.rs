//! The client: a Web browser with a cookie jar and a certificate store, and the person before it.
//!
//! It follows redirects, posts the forms that pages ask it to post, puts the person's answers into the
//! pages that ask for them (AD FS example R4, U1), and shows tickets of the person's logon session to
//! servers of the intranet that ask for them. It believes nothing and checks nothing but server certificates: that is what the document leaves to
//! a browser. An attacker is a person who edits what the browser posts, or posts it elsewhere.

mod frames;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::cookie_edit::CookieEdit;
use super::dial::{Dialer, Unreachable};
use super::forgery::Forgery;
use super::intranet::{Intranet, NoTicket};
use super::judge::Judge;
use super::stimulus;
use super::wrapping::{Wrapping, wrap};
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::facts;
use crate::name::{DnsName, HostName};
use crate::protocol::http::{
    Authorization, Body, CookieJar, Method, NEGOTIATE, Page, Request, Response, SetCookie, Url,
};
use crate::protocol::page::{PASSWORD, USER_NAME};
use crate::protocol::saml::UniqueId;
use crate::protocol::soap::{Call, Credential, Reply};
use crate::protocol::wsfed::SignInResponse;
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role};
use crate::time::VirtualTime;
use crate::trace::{Conclusion, Detail, Happening, StateChange, Truth};

/// What is recorded of an alteration that found nothing to alter.
pub const ALTERED_NOTHING: &str = "altered nothing";
/// The name by which errands find this role.
const ROLE: &str = "browser";
/// Redirects and posted forms followed for one errand before the browser gives up, as browsers do.
const HOP_LIMIT: usize = 20;

/// What the person answers when a page asks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answers {
    /// The user name and password for a logon form.
    pub credentials: Option<(String, Secret)>,
    /// The account partner, by its title, for a discovery page.
    pub discovers: Option<String>,
    /// The SHA-1 thumbprint of the certificate to present where a server asks for one.
    pub certificate: Option<String>,
}

/// An edit of a form before it is posted: what an attacker does to a token in the browser's hands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alteration {
    /// Forms posted to addresses that begin so are edited.
    pub posting_to: String,
    /// The form's field.
    pub field: String,
    /// The text to find in it.
    pub replace: String,
    /// What to put in its place.
    pub with: String,
    /// Where the signed assertion goes, if an altered copy of it takes its place.
    pub wrapping: Option<Wrapping>,
}

/// Where a token that a thief has got is posted, and what for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Handover {
    /// The address.
    pub url: Url,
    /// The context that goes with it.
    pub context: String,
}

/// What a person asks of the browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Errand {
    /// Open an address and follow where it leads.
    Browse {
        /// The address.
        url: Url,
        /// Whether to look (GET), to change something there (POST) or to take it away (DELETE).
        method: Method,
        /// Answers for this errand, each in place of the person's usual one.
        answers: Answers,
        /// Edits of what is posted on the way.
        alterations: Vec<Alteration>,
        /// Edits of the cookies that the browser keeps, before it opens the address.
        cookies: Vec<CookieEdit>,
    },
    /// Post a form that was captured before, here or in another browser.
    Post {
        /// Where to post it.
        url: Url,
        /// Its fields.
        fields: Vec<(String, String)>,
    },
    /// Keep copies of another browser's cookies.
    Keep {
        /// The other browser.
        of: HostName,
        /// Its cookies, each with the server that set it.
        cookies: Vec<(DnsName, SetCookie)>,
    },
    /// Write a token with a stolen key, and post it.
    Forge {
        /// The SHA-1 thumbprint of the key's certificate.
        key: String,
        /// What the token says.
        forgery: Forgery,
        /// Where it goes.
        to: Handover,
    },
    /// Ask a federation server for a token with its proxy's stolen key, and post it.
    AskAsProxy {
        /// The SHA-1 thumbprint of the key's certificate.
        key: String,
        /// The federation server's interface for proxies.
        federation_service: Url,
        /// The certificate of the person whom the token is to be about.
        person: Certificate,
        /// The realm that it is to be for.
        realm: String,
        /// Where it goes.
        to: Handover,
    },
    /// Close every window: what is kept only as long as the browser is open is gone.
    Close,
}

impl Errand {
    /// The errand as a stimulus for the browser's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

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

    /// The form as the person has edited it.
    fn altered(
        &self,
        action: &Url,
        mut fields: Vec<(String, String)>,
        alterations: &[Alteration],
    ) -> Vec<(String, String)> {
        let address = action.to_string();
        for alteration in alterations.iter().filter(|alteration| address.starts_with(&alteration.posting_to))
        {
            let before = fields.clone();
            let alter = |text: &str| text.replace(&alteration.replace, &alteration.with);
            for (_, value) in fields.iter_mut().filter(|(name, _)| *name == alteration.field) {
                *value = match alteration.wrapping {
                    None => alter(value),
                    Some(wrapping) => {
                        let id = UniqueId::random(&mut self.host.random("altered assertion ids"));
                        wrap(value, wrapping, &id, alter)
                    }
                };
            }
            let what = if fields == before {
                ALTERED_NOTHING.to_owned()
            } else {
                format!("`{}` became `{}`", alteration.replace, alteration.with)
            };
            self.host.record(Happening::Fault { name: format!("{} for {action}", alteration.field), what });
        }
        fields
    }

    fn keep_copies(&self, of: &HostName, cookies: Vec<(DnsName, SetCookie)>) {
        let text = format!("{} has copies of the {} cookies of {of}", self.host.name(), cookies.len());
        self.host.record(Happening::Truth(Truth { text }));
        for (server, cookie) in cookies {
            self.browser.jar.borrow_mut().store(&server, cookie, self.host.now());
        }
    }

    async fn forge(&self, key: &str, forgery: &Forgery, to: Handover) -> Conclusion {
        let asked = format!("{}, with a token of their own making", to.url);
        let written = self.stolen(key).map(|thief| forgery.write(self.host, thief));
        match written {
            Some(Ok(result)) => self.hand_over(asked, result, to).await,
            Some(Err(why)) => refused(asked, why.to_string()),
            None => refused(asked, "the key is not on this machine".to_owned()),
        }
    }

    async fn ask_as_proxy(&self, key: &str, address: &Url, call: Call, to: Handover) -> Conclusion {
        let asked = format!("{address}, in the proxy's name");
        match self.dialer.call(address, call, self.stolen(key)).await {
            Ok(Reply::RstrResult(result)) if result.security_token.is_some() => {
                self.hand_over(asked, result.security_token.unwrap_or_default(), to).await
            }
            Ok(reply) => refused(asked, reply.title().into_owned()),
            Err(error) => unreachable(asked, address, &error),
        }
    }

    async fn hand_over(&self, asked: String, result: String, to: Handover) -> Conclusion {
        let posted = SignInResponse { result, context: Some(to.context) };
        let Page::AutoPost { action, fields } = posted.to_page(to.url) else {
            return refused(asked, "there is nothing to post".to_owned());
        };
        let first = self.post(action, fields);
        self.follow(asked, first, &self.browser.config.answers, &[]).await
    }

    fn stolen(&self, key: &str) -> Option<&Identity> {
        let stolen = self.browser.config.stolen.iter().map(Rc::as_ref);
        stolen.into_iter().find(|identity| identity.chain[0].thumbprint() == key)
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

impl Answers {
    fn or(self, usual: &Answers) -> Answers {
        Answers {
            credentials: self.credentials.or_else(|| usual.credentials.clone()),
            discovers: self.discovers.or_else(|| usual.discovers.clone()),
            certificate: self.certificate.or_else(|| usual.certificate.clone()),
        }
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
