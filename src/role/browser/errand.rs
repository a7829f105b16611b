//! What a person asks of the browser, and what they answer when pages ask them.

use serde::{Deserialize, Serialize};

use crate::crypto::certificate::Certificate;
use crate::crypto::secret::Secret;
use crate::name::{DnsName, HostName};
use crate::protocol::http::{Method, SetCookie, Url};
use crate::role::cookie_edit::CookieEdit;
use crate::role::forgery::Forgery;
use crate::role::stimulus;
use crate::role::wrapping::Wrapping;

/// The name by which errands find this role.
pub(super) const ROLE: &str = "browser";

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

impl Answers {
    pub(super) fn or(self, usual: &Answers) -> Answers {
        Answers {
            credentials: self.credentials.or_else(|| usual.credentials.clone()),
            discovers: self.discovers.or_else(|| usual.discovers.clone()),
            certificate: self.certificate.or_else(|| usual.certificate.clone()),
        }
    }
}
