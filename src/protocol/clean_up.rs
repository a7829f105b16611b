//! The clean-up cookie, `_LSCleanup`: for whom a federation server has issued tokens to this browser,
//! so that a sign-out knows whom to tell (domain page §2.4, §3.1).
//!
//! It is plain and unsigned, so whoever reads it looks each party up in its own trust policy. Its time
//! and its entries are documented; that a space separates them is an inference.

use std::fmt;

use super::cookie::SetCookie;
use super::url::Url;
use crate::time::VirtualTime;

/// The name of the cookie.
pub const NAME: &str = "_LSCleanup";

/// Someone that a token was issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// A resource partner, by its realm: `r0urn:federation:perimeter`.
    Realm(String),
    /// An application, by its address: `ahttps://orders.example/`.
    Application(Url),
}

/// Everybody that a federation server has issued tokens for, to one browser.
///
/// ```
/// use forestsim::protocol::clean_up::{CleanUpList, Party};
/// let list = CleanUpList::default().with(Party::Realm("urn:federation:perimeter".into()));
/// let cookie = list.to_cookie("2008-03-03T09:00:00Z".parse().unwrap(), "/adfs/ls/");
/// assert_eq!(cookie.value, "2008-03-03:09:00:00Z r0urn:federation:perimeter");
/// assert_eq!(CleanUpList::of(&[(cookie.name, cookie.value)]), list);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CleanUpList {
    /// The parties, in the order in which they first got a token.
    pub parties: Vec<Party>,
}

impl CleanUpList {
    /// The list in the cookies of a request; what cannot be read in it does not count.
    pub fn of(cookies: &[(String, String)]) -> Self {
        let value = cookies.iter().find(|(name, _)| name == NAME).map_or("", |(_, value)| value);
        Self { parties: value.split(' ').skip(1).filter_map(Party::read).collect() }
    }

    /// The list with one party more, if it is not there yet.
    pub fn with(mut self, party: Party) -> Self {
        if !self.parties.contains(&party) {
            self.parties.push(party);
        }
        self
    }

    /// The cookie, written at this time.
    pub fn to_cookie(&self, now: VirtualTime, path: &str) -> SetCookie {
        let mut value = now.whole_second().to_string().replacen('T', ":", 1);
        for party in &self.parties {
            value.push_str(&format!(" {party}"));
        }
        SetCookie::session(NAME, value, path)
    }
}

impl Party {
    fn read(text: &str) -> Option<Self> {
        let realm = text.strip_prefix("r0").map(|realm| Party::Realm(realm.to_owned()));
        realm.or_else(|| text.strip_prefix('a')?.parse().ok().map(Party::Application))
    }
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Realm(realm) => write!(formatter, "r0{realm}"),
            Party::Application(address) => write!(formatter, "a{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_grows_by_whoever_is_new_and_ignores_what_nobody_wrote() {
        let application = Party::Application("https://orders.example/".parse().unwrap());
        let list = CleanUpList::default()
            .with(Party::Realm("urn:r".to_owned()))
            .with(application.clone())
            .with(application);
        assert_eq!(list.parties.len(), 2);
        let cookie = list.to_cookie("2008-03-03T09:00:00Z".parse().unwrap(), "/");
        assert_eq!(cookie.value, "2008-03-03:09:00:00Z r0urn:r ahttps://orders.example/");
        let garbled = format!("{} x ajavascript: b", cookie.value);
        assert_eq!(CleanUpList::of(&[(NAME.to_owned(), garbled)]), list);
        assert_eq!(CleanUpList::of(&[]), CleanUpList::default());
    }
}
