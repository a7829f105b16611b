//! Those who issue certificates: authorities, and whoever signs their own.
//!
//! Everything in a certificate comes from the request and the issuer, also its serial number, so
//! that the same request gives the same bytes and no counter has to be kept.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyUsagePurpose,
    RevokedCertParams, SanType, SerialNumber,
};
use serde::{Deserialize, Serialize};

use super::certificate::{Certificate, CertificateError};
use super::digest;
use super::key::{PrivateKey, PublicKey};
use super::revocation::RevocationList;
use crate::name::DnsName;
use crate::time::{Span, VirtualTime};

/// From when until when a certificate holds, both included, in whole seconds. Times outside the
/// years 1970 to 9999 are drawn to these bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first second.
    pub not_before: VirtualTime,
    /// The last second.
    pub not_after: VirtualTime,
}

/// What a certificate's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// To be a TLS server.
    Server,
    /// To be a TLS client.
    Client,
    /// To sign security tokens. Such a certificate has no extended key usage.
    TokenSigning,
}

/// What is to stand in a certificate.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CertificateRequest<'a> {
    /// The common name of the one whose key it is.
    pub subject: &'a str,
    /// The key that the certificate vouches for.
    pub key: &'a PublicKey,
    /// The hosts it speaks for.
    pub dns_names: &'a [DnsName],
    /// The mail address of the person it speaks for.
    pub email: Option<&'a str>,
    /// What the key is for.
    pub usage: Usage,
    /// When the certificate holds.
    pub validity: Validity,
    /// Where the issuer publishes its revocation list.
    pub crl_url: Option<&'a str>,
}

/// A certification authority: a key whose own certificate others may trust.
///
/// ```
/// use forestsim::crypto::{Authority, CertificateRequest, PrivateKey, Usage, Validity};
/// use forestsim::name::DnsName;
/// let validity = Validity {
///     not_before: "2008-01-01T00:00:00Z".parse().unwrap(),
///     not_after: "2009-01-01T00:00:00Z".parse().unwrap(),
/// };
/// let authority = Authority::root(1, "Contoso Root", validity);
/// let certificate = authority.issue(&CertificateRequest {
///     subject: "fs-a",
///     key: &PrivateKey::derive(1, "fs-a").public(),
///     dns_names: &[DnsName::new("fs.contoso.example")],
///     email: None,
///     usage: Usage::Server,
///     validity,
///     crl_url: None,
/// })?;
/// assert_eq!(certificate.issuer(), "Contoso Root");
/// # Ok::<(), forestsim::crypto::CertificateError>(())
/// ```
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, PrivateKey>,
    certificate: Certificate,
}

impl Authority {
    /// The root authority of this name in the run with this seed; its key comes from both.
    pub fn root(seed: u64, name: &str, validity: Validity) -> Self {
        Self::with_key(PrivateKey::derive(seed, &format!("authority {name}")), name, validity)
    }

    /// A root authority with a key of its own: two may so have the same name.
    pub fn with_key(key: PrivateKey, name: &str, validity: Validity) -> Self {
        let mut parameters = parameters(name, validity);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters.serial_number = Some(serial(&key.public(), &(name, validity)));
        let certificate = signed(parameters.self_signed(&key));
        Self { issuer: Issuer::new(parameters, key), certificate }
    }

    /// The authority's own certificate, by which others trust it.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Issues a certificate.
    ///
    /// # Errors
    /// Where a name in the request cannot be written in a certificate.
    pub fn issue(&self, request: &CertificateRequest<'_>) -> Result<Certificate, CertificateError> {
        let parameters = request.parameters(&self.issuer.key().public())?;
        Ok(signed(parameters.signed_by(request.key, &self.issuer)))
    }

    /// The list, signed by this authority, of those of its certificates that no longer hold.
    /// `number` grows from list to list. Times are in whole seconds.
    ///
    /// # Errors
    /// Where the next update is not after this one.
    pub fn revocation_list(
        &self,
        revoked: &[Certificate],
        this_update: VirtualTime,
        next_update: VirtualTime,
        number: u64,
    ) -> Result<RevocationList, CertificateError> {
        let parameters = CertificateRevocationListParams {
            this_update: calendar(this_update),
            next_update: calendar(next_update),
            crl_number: SerialNumber::from_slice(&number.to_be_bytes()),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(|certificate| entry(certificate, this_update)).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let issued = parameters
            .signed_by(&self.issuer)
            .map_err(|_| CertificateError::EmptyInterval { this_update, next_update })?;
        RevocationList::from_der(issued.der().as_ref())
    }
}

/// A certificate that its own subject signed. It is trusted by those who hold its exact bytes.
///
/// # Errors
/// Where a name in the request cannot be written in a certificate.
///
/// # Panics
/// Where the request is for another key than this one.
pub fn self_signed(
    key: &PrivateKey,
    request: &CertificateRequest<'_>,
) -> Result<Certificate, CertificateError> {
    assert_eq!(*request.key, key.public(), "a self-signed certificate is for the key that signs it");
    Ok(signed(request.parameters(request.key)?.self_signed(key)))
}

impl CertificateRequest<'_> {
    fn parameters(&self, issuer: &PublicKey) -> Result<CertificateParams, CertificateError> {
        let mut parameters = parameters(self.subject, self.validity);
        parameters.serial_number = Some(serial(issuer, self));
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyAgreement];
        parameters.extended_key_usages = match self.usage {
            Usage::Server => vec![ExtendedKeyUsagePurpose::ServerAuth],
            Usage::Client => vec![ExtendedKeyUsagePurpose::ClientAuth],
            Usage::TokenSigning => Vec::new(),
        };
        for name in self.dns_names {
            let text = name.as_str();
            let written = text.try_into().map_err(|_| unwritable("a DNS name", text))?;
            parameters.subject_alt_names.push(SanType::DnsName(written));
        }
        if let Some(text) = self.email {
            let written = text.try_into().map_err(|_| unwritable("a mail address", text))?;
            parameters.subject_alt_names.push(SanType::Rfc822Name(written));
        }
        if let Some(text) = self.crl_url {
            if !text.is_ascii() {
                return Err(unwritable("the address of a revocation list", text));
            }
            parameters.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![text.to_owned()] }];
        }
        Ok(parameters)
    }
}

/// rcgen's certificate as ours. Any subject can be written, other names are checked before, and our
/// keys always sign: there is nothing left to fail.
fn signed(issued: Result<rcgen::Certificate, rcgen::Error>) -> Certificate {
    let issued = issued.expect("the names in a certificate were checked before it was signed");
    Certificate::from_der(issued.der().as_ref()).expect("what rcgen writes is a certificate")
}

/// What all certificates have.
fn parameters(name: &str, validity: Validity) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.not_before = calendar(validity.not_before);
    parameters.not_after = calendar(validity.not_after);
    parameters.use_authority_key_identifier_extension = true;
    parameters
}

/// A number of 16 bytes for what this issuer certifies here. Its length is the same for all: the
/// first bit is off, as numbers are positive, and the second on.
fn serial(issuer: &PublicKey, content: &impl Serialize) -> SerialNumber {
    let content = serde_json::to_vec(content).expect("a certificate request has a plain JSON form");
    let sum = digest::of_parts("forestsim serial number", 0, [issuer.to_sec1().as_slice(), &content]);
    let mut number = sum[..16].to_vec();
    number[0] = number[0] & 0x7f | 0x40;
    SerialNumber::from(number)
}

fn entry(certificate: &Certificate, at: VirtualTime) -> RevokedCertParams {
    RevokedCertParams {
        serial_number: SerialNumber::from(certificate.serial_bytes().to_vec()),
        revocation_time: calendar(at),
        reason_code: None,
        invalidity_date: None,
    }
}

/// The time as rcgen takes it. X.509 counts whole seconds and webpki knows none before 1970.
fn calendar(time: VirtualTime) -> time::OffsetDateTime {
    let last = VirtualTime::from_micros(253_402_300_799_000_000);
    let since = time.clamp(VirtualTime::from_micros(0), last) - VirtualTime::from_micros(0);
    rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(Span::as_seconds(since).unsigned_abs())
}

fn unwritable(what: &'static str, text: &str) -> CertificateError {
    CertificateError::Unwritable { what, text: text.to_owned() }
}
