//! Where an authority publishes its revocation list: a Web server that serves it over HTTP, port 80.
//!
//! RFC 5280 §4.2.1.13 and §5. A list is signed when it is asked for and tells of every certificate
//! revoked until then (when an authority signs: inference; the product signs on a schedule).

use std::cell::RefCell;
use std::rc::Rc;

use super::{serve, stimulus};
use crate::crypto::authority::Authority;
use crate::crypto::certificate::Certificate;
use crate::protocol::http::{Body, Response};
use crate::protocol::url::Url;
use crate::sim::{Host, Role};
use crate::time::Span;
use crate::trace::{Happening, StateChange};

/// The name by which an administrator's acts find this role.
const ROLE: &str = "distribution point";

/// The act of revoking a certificate, as a stimulus for the distribution point's host.
pub fn revoke(certificate: &Certificate) -> Vec<u8> {
    stimulus::encode(ROLE, certificate)
}

/// How far back a list is dated, so that a reader whose clock is slow accepts it: the setting
/// ClockSkewMinutes of Active Directory Certificate Services.
const CLOCK_SKEW: Span = Span::minutes(10);

/// One authority's list.
pub struct Publication {
    /// The authority that signs it.
    pub authority: Rc<Authority>,
    /// The address at which it is published.
    pub address: Url,
    /// How long each list is good.
    pub lifetime: Span,
}

/// A distribution point.
pub struct DistributionPoint {
    publications: Vec<Publication>,
    revoked: RefCell<Vec<Certificate>>,
}

impl DistributionPoint {
    /// A distribution point of lists that revoke nothing yet.
    pub fn new(publications: Vec<Publication>) -> Self {
        Self { publications, revoked: RefCell::default() }
    }

    fn answer(&self, host: &Host, asked: &Url) -> Response {
        let Some(publication) = self.publications.iter().find(|one| one.address == *asked) else {
            return Response::error(404, "Not found", format!("no revocation list is published at {asked}"));
        };
        let now = host.now();
        let own = publication.authority.certificate().subject();
        let revoked: Vec<Certificate> =
            self.revoked.borrow().iter().filter(|certificate| certificate.issuer() == own).cloned().collect();
        let number = revoked.len() as u64 + 1;
        let (from, until) = (now - CLOCK_SKEW, now + publication.lifetime);
        match publication.authority.revocation_list(&revoked, from, until, number) {
            Ok(list) => Response::new(200, Body::Bytes(list.to_der().to_vec())),
            Err(why) => Response::error(500, "No revocation list", why.to_string()),
        }
    }
}

impl Role for DistributionPoint {
    fn boot(self: Rc<Self>, host: Host) {
        let here = host.clone();
        serve::http(&host, 80, move |received| {
            let response = self.answer(&here, &received.request.url);
            async move { response }
        });
    }

    /// An administrator revokes a certificate.
    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(certificate) = stimulus::decode::<Certificate>(ROLE, &stimulus) else { return };
        host.record(Happening::State(StateChange {
            store: "revocation list".into(),
            item: certificate.subject().to_owned(),
            value: Some(format!("serial {} is revoked", certificate.serial())),
        }));
        self.revoked.borrow_mut().push(certificate);
    }
}
