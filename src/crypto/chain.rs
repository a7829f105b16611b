//! Whether to trust a certificate: by the chain that leads from it to a trusted authority, judged by
//! rustls-webpki, or because exactly this certificate is trusted.
//!
//! Times are those of the one who judges, in virtual time. Whether the peer holds the private key, and
//! whether the certificate was revoked, are other questions.

use std::collections::BTreeSet;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage, VerifiedPath,
    anchor_from_trusted_cert,
};

use super::authority::Usage;
use super::certificate::Certificate;
use super::chain_error::ChainError;
use crate::name::DnsName;
use crate::time::VirtualTime;

pub(super) const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[webpki::aws_lc_rs::ECDSA_P256_SHA256];

/// The certificates that someone trusts. Those of authorities vouch for what they issued; any other
/// vouches for itself alone, so that the holder of a trusted signing key cannot issue certificates.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors {
    certificates: Vec<Certificate>,
    /// Those of authorities, as webpki takes them, with where each stands in `certificates`.
    authorities: Vec<TrustAnchor<'static>>,
    places: Vec<usize>,
}

impl TrustAnchors {
    /// Trust in these certificates, each once.
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        let mut certificates: Vec<_> = certificates.into_iter().collect();
        certificates.sort();
        certificates.dedup();
        let (mut authorities, mut places) = (Vec::new(), Vec::new());
        for (place, certificate) in certificates.iter().enumerate().filter(|(_, one)| one.is_authority()) {
            if let Ok(anchor) = anchor_from_trusted_cert(&CertificateDer::from(certificate.to_der())) {
                authorities.push(anchor.to_owned());
                places.push(place);
            }
        }
        Self { certificates, authorities, places }
    }

    /// Whom the trusted certificates are about, by common name, in order and each once.
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<_> = self.certificates.iter().map(Certificate::subject).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    pub(super) fn authorities(&self) -> &[TrustAnchor<'static>] {
        &self.authorities
    }

    /// Whether this very certificate is trusted, and not for what it issues.
    fn pins(&self, certificate: &Certificate) -> bool {
        !certificate.is_authority() && self.certificates.binary_search(certificate).is_ok()
    }

    /// webpki trusts an anchor for ever, but an authority's certificate has its time as any other.
    /// One key may have several certificates, the old and the renewed: one current is enough.
    fn check_time(&self, anchor: &TrustAnchor<'_>, now: VirtualTime) -> Result<(), Error> {
        let places = self.authorities.iter().zip(&self.places).filter(|(known, _)| *known == anchor);
        let judged = places.map(|(_, place)| check_time(&self.certificates[*place], now));
        judged.reduce(Result::or).unwrap_or(Err(Error::UnknownIssuer))
    }
}

/// Judges the chain that a TLS server presented, leaf first, when it was asked for by this name.
///
/// # Errors
/// Why it is not to be trusted.
pub fn verify_server(
    chain: &[Certificate],
    anchors: &TrustAnchors,
    name: &DnsName,
    now: VirtualTime,
) -> Result<(), ChainError> {
    verify(chain, anchors, Usage::Server, now)?;
    let leaf = chain.first().ok_or(ChainError::Empty)?;
    let der = CertificateDer::from(leaf.to_der());
    let named = ServerName::try_from(name.as_str()).ok().zip(EndEntityCert::try_from(&der).ok());
    match named {
        Some((name, leaf)) if leaf.verify_is_valid_for_subject_name(&name).is_ok() => Ok(()),
        _ => Err(ChainError::WrongName { wanted: name.clone(), holds: leaf.dns_names().to_vec() }),
    }
}

/// Judges the chain that a TLS client presented, leaf first.
///
/// # Errors
/// Why it is not to be trusted.
pub fn verify_client(
    chain: &[Certificate],
    anchors: &TrustAnchors,
    now: VirtualTime,
) -> Result<(), ChainError> {
    verify(chain, anchors, Usage::Client, now)
}

/// Judges a certificate by whose key something is signed, whatever its extended key usage.
///
/// # Errors
/// Why it is not to be trusted.
pub fn verify_signer(
    certificate: &Certificate,
    anchors: &TrustAnchors,
    now: VirtualTime,
) -> Result<(), ChainError> {
    verify(std::slice::from_ref(certificate), anchors, Usage::TokenSigning, now)
}

fn verify(
    chain: &[Certificate],
    anchors: &TrustAnchors,
    usage: Usage,
    now: VirtualTime,
) -> Result<(), ChainError> {
    let (leaf, rest) = chain.split_first().ok_or(ChainError::Empty)?;
    let judged = match anchors.pins(leaf) {
        true if leaf.allows(usage) => check_time(leaf, now),
        true => Err(Error::EmptyEkuExtension),
        false => build_path(leaf, rest, anchors, usage, now),
    };
    judged.map_err(|error| ChainError::explain(error, chain, anchors, usage, now))
}

fn build_path(
    leaf: &Certificate,
    rest: &[Certificate],
    anchors: &TrustAnchors,
    usage: Usage,
    now: VirtualTime,
) -> Result<(), Error> {
    let der = CertificateDer::from(leaf.to_der());
    let rest: Vec<_> = rest.iter().map(|link| CertificateDer::from(link.to_der())).collect();
    let at_anchor = |path: &VerifiedPath<'_>| anchors.check_time(path.anchor(), now);
    EndEntityCert::try_from(&der)?.verify_for_usage(
        ALGORITHMS,
        anchors.authorities(),
        &rest,
        unix_time(now),
        Purpose(usage),
        None,
        Some(&at_anchor),
    )?;
    Ok(())
}

fn check_time(certificate: &Certificate, now: VirtualTime) -> Result<(), Error> {
    let time = unix_time(now);
    let (not_before, not_after) = (unix_time(certificate.not_before()), unix_time(certificate.not_after()));
    if time < not_before {
        Err(Error::CertNotValidYet { time, not_before })
    } else if time > not_after {
        Err(Error::CertExpired { time, not_after })
    } else {
        Ok(())
    }
}

/// The whole second, as webpki takes it. It knows none before 1970.
pub(super) fn unix_time(time: VirtualTime) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(time.as_seconds()).unwrap_or(0)))
}

/// What a certificate must allow; for signing tokens that is nothing in particular.
pub(super) struct Purpose(pub(super) Usage);

impl ExtendedKeyUsageValidator for Purpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        match self.0 {
            Usage::Server => KeyUsage::server_auth().validate(purposes),
            Usage::Client => KeyUsage::client_auth().validate(purposes),
            Usage::TokenSigning => Ok(()),
        }
    }
}
