//! WS-Federation's passive messages as AD FS 1.x speaks them (MS-MWBF §2.2, §3.1.5): the parameters
//! that travel with redirects and self-posting pages.
//!
//! Reading is as forgiving as AD FS, which ignores unknown parameters and the query of a POST, and
//! as strict where AD FS answers HTTP 500: those are the [`PassiveError`]s. Which realm and which
//! application are known is for the federation server to say.

use std::fmt;
use std::str::FromStr;

use super::http::{Method, Request};
use super::page::Page;
use super::uri::AuthenticationMethod;
use super::url::Url;
use crate::time::VirtualTime;

/// A message of the passive protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passive {
    /// `wsignin1.0` by GET: whoever sends the browser here wants a token.
    SignIn(SignInRequest),
    /// `wsignin1.0` by POST: here is the token.
    SignInResponse(SignInResponse),
    /// `wsignout1.0`: the person wants to sign out.
    SignOut,
    /// `wsignoutcleanup1.0`: forget this person's cookies.
    SignOutCleanUp,
}

/// A request for a token.
///
/// ```
/// use forestsim::protocol::wsfed::SignInRequest;
/// let request = SignInRequest {
///     realm: Some("urn:federation:perimeter".into()),
///     time: "2008-03-03T09:00:00Z".parse().ok(),
///     ..SignInRequest::default()
/// };
/// let url = request.to_url(&"https://fs.corp.example/adfs/ls/".parse().unwrap());
/// assert_eq!(
///     url.to_string(),
///     "https://fs.corp.example/adfs/ls/?wa=wsignin1.0\
///      &wtrealm=urn%3afederation%3aperimeter&wct=2008-03-03T09%3a00%3a00Z"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignInRequest {
    /// `wtrealm`: the realm that asks; only between federation servers.
    pub realm: Option<String>,
    /// `wreply`: the application to answer to, which is also the audience; only inside the realm.
    pub reply: Option<Url>,
    /// `wctx`: opaque to the one asked, which gives it back.
    pub context: Option<String>,
    /// `wct`: when the asking server sent it, by its own clock. No rule looks at it.
    pub time: Option<VirtualTime>,
    /// `whr`: the URI of the account partner that is to vouch for the person.
    pub home_realm: Option<String>,
    /// `wauth`: how the person is to prove who they are.
    pub method: Option<AuthenticationMethod>,
}

/// An answer to a request for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInResponse {
    /// `wresult`: the request-security-token response, as XML.
    pub result: String,
    /// `wctx`, as it came with the request.
    pub context: Option<String>,
}

/// What AD FS answers with HTTP 500 (MS-MWBF §3.1.5).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassiveError {
    /// There is no `wa`, so this is no message of the protocol.
    #[error("the request has no `wa` parameter; send wa=wsignin1.0")]
    NoAction,
    /// `wa` asks for something that AD FS 1.x does not do, attributes and pseudonyms among them.
    #[error("wa={0} is not supported; send wsignin1.0, wsignout1.0 or wsignoutcleanup1.0")]
    UnknownAction(String),
    /// A parameter of the protocol stands there twice, so that two readers could take different ones.
    #[error("the parameter `{0}` stands in the request more than once")]
    Repeated(&'static str),
    /// `wreply` is not an address.
    #[error("wreply is not an address: {0}")]
    Reply(#[from] super::url::UrlError),
    /// `wauth` is none of the supported methods.
    #[error("wauth={0} names no supported way to authenticate")]
    Method(String),
    /// A POST to sign in brings no token.
    #[error("the POST has no `wresult` parameter, so it brings no security token")]
    NoResult,
    /// Both `wtrealm` and `wreply` ask the resource side for a token.
    #[error("wtrealm and wreply exclude each other at the resource federation server")]
    RealmAndReply,
    /// A request says neither for which realm nor for which application the token is to be.
    #[error("the request has no `{0}` parameter, so there is none to issue a token for")]
    NoTarget(&'static str),
    /// The context is not the one that this federation server sent along.
    #[error("wctx does not begin with the application's address; it was not sent by this server")]
    Context,
}

const SIGN_IN: &str = "wsignin1.0";
const SIGN_OUT: &str = "wsignout1.0";
const SIGN_OUT_CLEAN_UP: &str = "wsignoutcleanup1.0";
const PARAMETERS: [&str; 8] = ["wa", "wtrealm", "wreply", "wctx", "wct", "whr", "wauth", "wresult"];

impl Passive {
    /// The message in a request.
    ///
    /// # Errors
    /// Where AD FS answers HTTP 500. [`PassiveError::NoAction`] tells a page without the protocol.
    pub fn read(request: &Request) -> Result<Self, PassiveError> {
        let parameters = request.parameters();
        if let Some(twice) =
            PARAMETERS.into_iter().find(|name| parameters.iter().filter(|(key, _)| key == name).count() > 1)
        {
            return Err(PassiveError::Repeated(twice));
        }
        let text = |name: &str| request.parameter(name).map(str::to_owned);
        match (request.parameter("wa"), request.method) {
            (None, _) => Err(PassiveError::NoAction),
            (Some(SIGN_IN), Method::Get) => Ok(Passive::SignIn(SignInRequest {
                realm: text("wtrealm"),
                reply: request.parameter("wreply").map(Url::from_str).transpose()?,
                context: text("wctx"),
                time: request.parameter("wct").and_then(|time| time.parse().ok()),
                home_realm: text("whr"),
                method: request.parameter("wauth").map(read_method).transpose()?,
            })),
            (Some(SIGN_IN), Method::Post) => Ok(Passive::SignInResponse(SignInResponse {
                result: text("wresult").ok_or(PassiveError::NoResult)?,
                context: text("wctx"),
            })),
            (Some(SIGN_OUT), _) => Ok(Passive::SignOut),
            (Some(SIGN_OUT_CLEAN_UP), _) => Ok(Passive::SignOutCleanUp),
            (Some(action), _) => Err(PassiveError::UnknownAction(action.to_owned())),
        }
    }
}

fn read_method(uri: &str) -> Result<AuthenticationMethod, PassiveError> {
    AuthenticationMethod::from_uri(uri).ok_or_else(|| PassiveError::Method(uri.to_owned()))
}

impl SignInRequest {
    /// The address that a browser is redirected to with this request.
    pub fn to_url(&self, endpoint: &Url) -> Url {
        let mut query = vec![("wa".to_owned(), SIGN_IN.to_owned())];
        let mut add = |name: &str, value: Option<String>| {
            query.extend(value.map(|value| (name.to_owned(), value)));
        };
        add("wtrealm", self.realm.clone());
        add("wreply", self.reply.as_ref().map(Url::to_string));
        add("wct", self.time.map(|time| time.whole_second().to_string()));
        add("wctx", self.context.clone());
        add("whr", self.home_realm.clone());
        add("wauth", self.method.map(|method| method.uri().to_owned()));
        endpoint.with_query(query)
    }

    /// The application that wants a token from the resource federation server.
    ///
    /// # Errors
    /// Where there is no `wreply`, or a `wtrealm` beside it.
    pub fn application(&self) -> Result<&Url, PassiveError> {
        match (&self.reply, &self.realm) {
            (Some(_), Some(_)) => Err(PassiveError::RealmAndReply),
            (Some(reply), None) => Ok(reply),
            (None, _) => Err(PassiveError::NoTarget("wreply")),
        }
    }

    /// The realm that wants a token from the account federation server, which ignores `wreply`.
    ///
    /// # Errors
    /// Where there is no `wtrealm`.
    pub fn target_realm(&self) -> Result<&str, PassiveError> {
        self.realm.as_deref().ok_or(PassiveError::NoTarget("wtrealm"))
    }
}

impl SignInResponse {
    /// The page that makes the browser post this response.
    pub fn to_page(&self, action: Url) -> Page {
        let mut fields =
            vec![("wa".to_owned(), SIGN_IN.to_owned()), ("wresult".to_owned(), self.result.clone())];
        fields.extend(self.context.clone().map(|context| ("wctx".to_owned(), context)));
        Page::AutoPost { action, fields }
    }
}

/// The address that a browser is redirected to, to sign out at a federation server.
pub fn sign_out_url(endpoint: &Url) -> Url {
    endpoint.with_query(vec![("wa".to_owned(), SIGN_OUT.to_owned())])
}

/// The address of one frame on the page that signs out everywhere.
pub fn clean_up_url(endpoint: &Url) -> Url {
    endpoint.with_query(vec![("wa".to_owned(), SIGN_OUT_CLEAN_UP.to_owned())])
}

/// The context that a resource federation server sends along to the account partner: the
/// application's address, a backslash, and the context that the application sent (MS-MWBF §3.1.5).
///
/// ```
/// use forestsim::protocol::wsfed::Context;
/// let context: Context = r"https://ws.example/orders/\https://ws.example/orders/7".parse().unwrap();
/// assert_eq!(context.application.path(), "/orders/");
/// assert_eq!(context.inner, "https://ws.example/orders/7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The application for which the token is wanted.
    pub application: Url,
    /// The application's own context; empty where it sent none.
    pub inner: String,
}

impl fmt::Display for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\\{}", self.application, self.inner)
    }
}

impl FromStr for Context {
    type Err = PassiveError;
    fn from_str(text: &str) -> Result<Self, PassiveError> {
        let (application, inner) = text.split_once('\\').ok_or(PassiveError::Context)?;
        let application = application.parse().map_err(|_| PassiveError::Context)?;
        Ok(Self { application, inner: inner.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::http::RequestBody;

    fn get(query: &str) -> Result<Passive, PassiveError> {
        Passive::read(&Request::get(
            format!("https://fs.example/adfs/ls/?{query}").parse().unwrap(),
            Vec::new(),
        ))
    }

    #[test]
    fn a_request_survives_the_redirect() {
        let request = SignInRequest {
            realm: None,
            reply: "https://ws.example/orders/".parse().ok(),
            context: Some(r"https://ws.example/orders/7?a=1&b=ü\%".to_owned()),
            time: "2008-03-03T09:00:00Z".parse().ok(),
            home_realm: Some("urn:federation:corp".to_owned()),
            method: Some(AuthenticationMethod::Certificate),
        };
        let url = request.to_url(&"https://fs.example/adfs/ls/".parse().unwrap());
        let url: Url = url.to_string().parse().unwrap();
        assert_eq!(Passive::read(&Request::get(url, Vec::new())), Ok(Passive::SignIn(request)));
    }

    #[test]
    fn a_response_survives_the_page_and_its_query_does_not_count() {
        let response = SignInResponse { result: "<t>&amp;</t>".to_owned(), context: Some("c".to_owned()) };
        let Page::AutoPost { action, fields } =
            response.to_page("https://fs.example/?wctx=evil".parse().unwrap())
        else {
            panic!("a response is a page that posts itself")
        };
        let mut post = Request::post(action, Vec::new(), fields);
        assert_eq!(Passive::read(&post), Ok(Passive::SignInResponse(response)));
        post.body = RequestBody::None;
        assert_eq!(Passive::read(&post), Err(PassiveError::NoAction));
    }

    #[test]
    fn what_adfs_answers_with_500_has_a_name() {
        assert_eq!(get("x=1"), Err(PassiveError::NoAction));
        assert_eq!(get("wa=wattr1.0"), Err(PassiveError::UnknownAction("wattr1.0".to_owned())));
        assert_eq!(get("wa=wsignin1.0&wtrealm=a&wtrealm=b"), Err(PassiveError::Repeated("wtrealm")));
        assert!(matches!(get("wa=wsignin1.0&wreply=javascript:"), Err(PassiveError::Reply(_))));
        assert!(matches!(get("wa=wsignin1.0&wauth=urn:pigeon"), Err(PassiveError::Method(_))));

        let Ok(Passive::SignIn(both)) =
            get("wa=wsignin1.0&wtrealm=r&wreply=https://ws.example/&wct=now&x=1&x=2")
        else {
            panic!("unknown parameters and an unreadable wct are ignored")
        };
        assert_eq!(both.application(), Err(PassiveError::RealmAndReply));
        assert_eq!(both.target_realm(), Ok("r"));
        assert_eq!(SignInRequest::default().application(), Err(PassiveError::NoTarget("wreply")));
    }
}
