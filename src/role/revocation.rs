//! Whether a certificate has been revoked, by the list that its authority publishes.
//!
//! The list is fetched over HTTP from the distribution point that the certificate names, and kept
//! until the list itself says that a newer one is due (RFC 5280 §5.1.2.5). A list that cannot be had
//! leaves the question open, and an open question refuses: "CDP unreachable" in MS-MWBF <72>.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::dial::Dialer;
use crate::crypto::certificate::Certificate;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::{ChainError, RevocationList, check_revocation};
use crate::protocol::http::{Body, Request};
use crate::sim::Host;

/// How far a server looks for revocation (RevocationCheckFlags of a trust policy).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationChecking {
    /// Not at all.
    None,
    /// The certificate itself, but not a root (CheckChainExcludeRoot, the default).
    ChainExcludeRoot,
}

/// The revocation lists that a host has fetched.
pub struct RevocationLists {
    host: Host,
    dialer: Dialer,
    roots: Rc<TrustAnchors>,
    fetched: RefCell<BTreeMap<String, RevocationList>>,
}

impl RevocationLists {
    /// No lists yet; those of these authorities will do.
    pub fn new(host: &Host, dialer: &Dialer, roots: Rc<TrustAnchors>) -> Self {
        Self { host: host.clone(), dialer: dialer.clone(), roots, fetched: RefCell::default() }
    }

    /// Checks one certificate against its authority's list. A self-signed certificate is its own
    /// root and has no list.
    ///
    /// # Errors
    /// [`ChainError::Revoked`] where it is listed, [`ChainError::RevocationUnknown`] where no
    /// current list of the right authority can be had.
    pub async fn check(&self, certificate: &Certificate) -> Result<(), ChainError> {
        if certificate.issuer() == certificate.subject() {
            return Ok(());
        }
        let Some(address) = certificate.crl_url() else {
            return Err(unknown(certificate, "the certificate names no distribution point"));
        };
        let list = self.list(certificate, address).await?;
        check_revocation(certificate, &self.roots, &list, self.host.now())
    }

    async fn list(&self, certificate: &Certificate, address: &str) -> Result<RevocationList, ChainError> {
        let kept = self.fetched.borrow().get(address).cloned();
        if let Some(list) = kept.filter(|list| self.host.now() < list.next_update()) {
            return Ok(list);
        }
        let url = address.parse().map_err(|why| unknown(certificate, &format!("{address}: {why}")))?;
        let answer = self.dialer.exchange(&Request::get(url, Vec::new()), None).await;
        let bytes = match answer.map(|response| response.body) {
            Ok(Body::Bytes(bytes)) => bytes,
            Ok(_) => return Err(unknown(certificate, &format!("{address} holds no revocation list"))),
            Err(error) => return Err(unknown(certificate, &format!("{address}: {error}"))),
        };
        let list = RevocationList::from_der(bytes)
            .map_err(|why| unknown(certificate, &format!("{address}: {why}")))?;
        self.fetched.borrow_mut().insert(address.to_owned(), list.clone());
        Ok(list)
    }
}

fn unknown(certificate: &Certificate, why: &str) -> ChainError {
    ChainError::RevocationUnknown { subject: certificate.subject().to_owned(), why: why.to_owned() }
}
