//! Sign-out: the browser is led to the federation server where the person signed in, and from there
//! every party that was given a token is told to forget them (domain page §2.4).
//!
//! Nobody is asked who they are, and nothing is promised: a party that cannot be reached keeps its
//! cookie, and a cookie that was copied before is as good as ever.

use super::Desk;
use crate::protocol::authentication_cookie::REALM_COOKIE;
use crate::protocol::clean_up::{CleanUpList, Party};
use crate::protocol::http::{Request, Response};
use crate::protocol::url::Url;
use crate::protocol::wsfed::sign_out_url;
use crate::role::pages;

impl Desk {
    /// `wsignout1.0`: on to the account partner that vouched for the person, or, where there is none,
    /// the page that cleans up from here. That the cookie of the last sign-in tells the partner is an
    /// inference.
    pub(super) fn sign_out(&self, request: &Request) -> Response {
        let policy = self.policy();
        let partner = request.cookie(REALM_COOKIE).and_then(|realm| policy.account_partner(realm));
        match partner {
            Some(partner) => Response::redirect(sign_out_url(&partner.address)),
            None => self.clean_up(request),
        }
    }

    /// `wsignoutcleanup1.0`: this server forgets the person, and its page has a frame for every party
    /// that it gave a token for. The list is unsigned, so only who is in the trust policy gets one.
    pub(super) fn clean_up(&self, request: &Request) -> Response {
        let policy = self.policy();
        let address = |party: &Party| -> Option<Url> {
            match party {
                Party::Realm(realm) => policy.resource_partner(realm).map(|one| one.address.clone()),
                Party::Application(address) => policy.application(address).map(|one| one.address.clone()),
            }
        };
        let parties = CleanUpList::of(&request.cookies).parties;
        let frames = parties.iter().filter_map(address).collect();
        pages::clean_up(frames, request, policy.address.path())
    }
}
