//! Sign-out at the account side, for those who came through the proxy: their cookies are the proxy's
//! own, so it cleans up itself (domain page §2.4).

use super::{Desk, Failure};
use crate::protocol::clean_up::{CleanUpList, Party};
use crate::protocol::http::{Request, Response};
use crate::protocol::url::Url;
use crate::role::pages;

impl Desk {
    /// The page with a frame for every resource partner that got a token. The list is unsigned, so only
    /// partners that the federation service has named get one.
    pub(super) async fn sign_out(&self, request: &Request) -> Result<Response, Failure> {
        let trust = self.trust_configuration().await?;
        let address = |party: &Party| -> Option<Url> {
            let Party::Realm(realm) = party else { return None };
            trust.partners.iter().find(|partner| partner.uri == *realm).map(|partner| partner.url.clone())
        };
        let frames = CleanUpList::of(&request.cookies).parties.iter().filter_map(address).collect();
        Ok(pages::clean_up(frames, request, &trust.cookie_path))
    }
}
