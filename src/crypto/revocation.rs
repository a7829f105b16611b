//! Revocation lists: what an authority has taken back (RFC 5280, section 5).

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use webpki::{
    CertRevocationList, EndEntityCert, Error, ExpirationPolicy, OwnedCertRevocationList,
    RevocationCheckDepth, RevocationOptionsBuilder,
};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::authority::Usage;
use super::certificate::{self, Certificate, CertificateError};
use super::chain::{self, ALGORITHMS, Purpose, TrustAnchors};
use super::chain_error::ChainError;
use super::octets;
use crate::time::VirtualTime;

/// A signed list of the certificates of one authority that no longer hold, though their time is not
/// over. Cheap to clone; equal by its DER bytes, which are also its serialized form.
#[derive(Clone)]
pub struct RevocationList(Arc<Fields>);

struct Fields {
    der: Vec<u8>,
    issuer: String,
    this_update: VirtualTime,
    next_update: VirtualTime,
    entries: CertRevocationList<'static>,
}

impl RevocationList {
    /// Reads a list from DER.
    ///
    /// # Errors
    /// Where the bytes are anything but one revocation list that names its next update.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, CertificateError> {
        let der = der.into();
        let malformed = |why: String| CertificateError::Malformed { what: "a revocation list", why };
        let (_, parsed) =
            CertificateRevocationList::from_der(&der).map_err(|why| malformed(why.to_string()))?;
        let next_update =
            parsed.next_update().ok_or_else(|| malformed("it names no next update".to_owned()))?;
        let entries = OwnedCertRevocationList::from_der(&der).map_err(|why| malformed(why.to_string()))?;
        let fields = Fields {
            issuer: certificate::common_name(parsed.issuer()),
            this_update: certificate::virtual_time(parsed.last_update()),
            next_update: certificate::virtual_time(next_update),
            entries: entries.into(),
            der: Vec::new(),
        };
        Ok(Self(Arc::new(Fields { der, ..fields })))
    }

    /// The list's bytes.
    pub fn to_der(&self) -> &[u8] {
        &self.0.der
    }

    /// The list in PEM, for other programs to read.
    pub fn to_pem(&self) -> String {
        certificate::pem_text("X509 CRL", &self.0.der)
    }

    /// The common name of the authority that signed it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// When it was issued.
    pub fn this_update(&self) -> VirtualTime {
        self.0.this_update
    }

    /// Until when the next list is due. After that this one proves nothing.
    pub fn next_update(&self) -> VirtualTime {
        self.0.next_update
    }
}

/// Whether a certificate still holds, by its issuer's list.
///
/// # Errors
/// [`ChainError::Revoked`] where the list has it, [`ChainError::RevocationUnknown`] where the list is
/// not yet or no longer current, or not one that the certificate's issuer signed; and where the
/// certificate itself does not stand at that time.
pub fn check_revocation(
    certificate: &Certificate,
    issuer_anchors: &TrustAnchors,
    list: &RevocationList,
    now: VirtualTime,
) -> Result<(), ChainError> {
    let unknown = |why| ChainError::RevocationUnknown { subject: certificate.subject().to_owned(), why };
    let Fields { issuer, this_update, next_update, entries, .. } = &*list.0;
    if now.whole_second() < *this_update {
        return Err(unknown(format!("the list of `{issuer}` is of {this_update}, later than {now}")));
    }
    let lists = [entries];
    let options = RevocationOptionsBuilder::new(&lists)
        .expect("one list was given")
        .with_depth(RevocationCheckDepth::EndEntity)
        .with_expiration_policy(ExpirationPolicy::Enforce)
        .build();
    let der = CertificateDer::from(certificate.to_der());
    let checked = EndEntityCert::try_from(&der).and_then(|leaf| {
        let (anchors, at) = (issuer_anchors.authorities(), chain::unix_time(now));
        leaf.verify_for_usage(ALGORITHMS, anchors, &[], at, Purpose(Usage::TokenSigning), Some(options), None)
            .map(|_| ())
    });
    checked.map_err(|error| match error {
        Error::CertRevoked => {
            ChainError::Revoked { subject: certificate.subject().to_owned(), serial: certificate.serial() }
        }
        Error::CrlExpired { .. } => {
            unknown(format!("the list of `{issuer}` was to be renewed by {next_update}, and it is {now}"))
        }
        Error::UnknownRevocationStatus => {
            unknown(format!("the list is that of `{issuer}`, not of `{}`", certificate.issuer()))
        }
        Error::InvalidCrlSignatureForPublicKey => {
            unknown(format!("the list was not signed with the trusted key of `{issuer}`"))
        }
        error => {
            let chain = std::slice::from_ref(certificate);
            ChainError::explain(error, chain, issuer_anchors, Usage::TokenSigning, now)
        }
    })
}

impl PartialEq for RevocationList {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for RevocationList {}

impl Serialize for RevocationList {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        octets::serialize(&self.0.der, to)
    }
}

impl<'de> Deserialize<'de> for RevocationList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let der: Vec<u8> = octets::deserialize(from)?;
        Self::from_der(der).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fields { issuer, this_update, next_update, .. } = &*self.0;
        write!(formatter, "RevocationList({issuer:?}, {this_update} to {next_update})")
    }
}
