//! X.509 certificates, read once: whoever holds a [`Certificate`] holds its fields too.
//!
//! A certificate says nothing about being trusted; [`super::chain`] judges that.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use p256::pkcs8::LineEnding;
use p256::pkcs8::der::pem;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

use super::authority::Usage;
use super::key::{PrivateKey, PublicKey};
use super::{digest, octets};
use crate::name::{DnsName, Upn};
use crate::time::VirtualTime;

/// A certificate (RFC 5280). Cheap to clone; equal and ordered by its DER bytes, which are also its
/// serialized form.
#[derive(Clone)]
pub struct Certificate(Arc<Fields>);

struct Fields {
    der: Vec<u8>,
    subject: String,
    issuer: String,
    serial: Vec<u8>,
    thumbprint: String,
    dns_names: Vec<DnsName>,
    upn: Option<Upn>,
    not_before: VirtualTime,
    not_after: VirtualTime,
    public_key: Option<PublicKey>,
    crl_url: Option<String>,
    purposes: Option<Purposes>,
    is_authority: bool,
}

/// What an extended key usage allows.
#[derive(Clone, Copy)]
struct Purposes {
    server: bool,
    client: bool,
}

/// A private key and the certificates that say whose it is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The key that the first certificate is about.
    pub key: PrivateKey,
    /// The owner's own certificate first, then those that lead to a trusted authority.
    pub chain: Vec<Certificate>,
}

/// Why there is no such certificate or revocation list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The bytes do not parse.
    #[error("the bytes are not {what}: {why}; send the bytes that its issuer made, unaltered")]
    Malformed {
        /// What the bytes should have been.
        what: &'static str,
        /// What the parser says.
        why: String,
    },
    /// The key in the certificate is not one for P-256.
    #[error("the certificate of `{subject}` holds no P-256 key; issue one for a P-256 key")]
    ForeignKey {
        /// Whose certificate it is.
        subject: String,
    },
    /// A name cannot be written in a certificate.
    #[error("`{text}` cannot stand in a certificate as {what}; write it in ASCII")]
    Unwritable {
        /// What it was to be.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// A revocation list that would end before it begins.
    #[error(
        "a revocation list of {this_update} cannot be due for renewal at {next_update}; set a later time"
    )]
    EmptyInterval {
        /// When the list would be issued.
        this_update: VirtualTime,
        /// When the next would be.
        next_update: VirtualTime,
    },
}

impl Certificate {
    /// Reads a certificate from DER.
    ///
    /// # Errors
    /// Where the bytes are anything but one certificate.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, CertificateError> {
        let der = der.into();
        let malformed = |why: String| CertificateError::Malformed { what: "an X.509 certificate", why };
        let (rest, parsed) = X509Certificate::from_der(&der).map_err(|why| malformed(why.to_string()))?;
        if !rest.is_empty() {
            return Err(malformed(format!("{} bytes too many", rest.len())));
        }
        let mut fields = Fields {
            subject: common_name(parsed.subject()),
            issuer: common_name(parsed.issuer()),
            serial: parsed.raw_serial().to_vec(),
            thumbprint: digest::hex(&digest::sha1(&der)).to_ascii_uppercase(),
            dns_names: Vec::new(),
            upn: None,
            not_before: virtual_time(parsed.validity().not_before),
            not_after: virtual_time(parsed.validity().not_after),
            public_key: PublicKey::from_sec1(&parsed.public_key().subject_public_key.data).ok(),
            crl_url: None,
            purposes: None,
            is_authority: false,
            der: Vec::new(),
        };
        for extension in parsed.extensions() {
            fields.note(extension.parsed_extension());
        }
        fields.der = der;
        Ok(Self(Arc::new(fields)))
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// Where there is none.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let der = CertificateDer::from_pem_slice(text.as_bytes()).map_err(|why| {
            CertificateError::Malformed { what: "a certificate in PEM", why: why.to_string() }
        })?;
        Self::from_der(der.as_ref())
    }

    /// The certificate's bytes.
    pub fn to_der(&self) -> &[u8] {
        &self.0.der
    }

    /// The certificate in PEM, for other programs to read.
    pub fn to_pem(&self) -> String {
        pem_text("CERTIFICATE", &self.0.der)
    }

    /// The common name of the one it is about.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The common name of the one who signed it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The issuer's number for it, in hexadecimal.
    pub fn serial(&self) -> String {
        digest::hex(&self.0.serial)
    }

    pub(super) fn serial_bytes(&self) -> &[u8] {
        &self.0.serial
    }

    /// Its SHA-1 in upper-case hexadecimal, by which Windows names a certificate.
    pub fn thumbprint(&self) -> &str {
        &self.0.thumbprint
    }

    /// The hosts it speaks for.
    pub fn dns_names(&self) -> &[DnsName] {
        &self.0.dns_names
    }

    /// The person it speaks for: the mail address among its alternative names.
    pub fn upn(&self) -> Option<&Upn> {
        self.0.upn.as_ref()
    }

    /// The first second in which it holds.
    pub fn not_before(&self) -> VirtualTime {
        self.0.not_before
    }

    /// The last second in which it holds.
    pub fn not_after(&self) -> VirtualTime {
        self.0.not_after
    }

    /// The key it vouches for.
    ///
    /// # Errors
    /// Where that is no P-256 key.
    pub fn public_key(&self) -> Result<PublicKey, CertificateError> {
        self.0.public_key.ok_or_else(|| CertificateError::ForeignKey { subject: self.0.subject.clone() })
    }

    /// Where its issuer publishes the revocation list.
    pub fn crl_url(&self) -> Option<&str> {
        self.0.crl_url.as_deref()
    }

    /// Whether its key may sign other certificates.
    pub fn is_authority(&self) -> bool {
        self.0.is_authority
    }

    /// Whether its extended key usage allows this; where it has none, everything is allowed
    /// (RFC 5280, section 4.2.1.12).
    pub fn allows(&self, usage: Usage) -> bool {
        match (self.0.purposes, usage) {
            (None, _) | (_, Usage::TokenSigning) => true,
            (Some(purposes), Usage::Server) => purposes.server,
            (Some(purposes), Usage::Client) => purposes.client,
        }
    }
}

impl Fields {
    fn note(&mut self, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => {
                for name in &names.general_names {
                    match name {
                        GeneralName::DNSName(name) => self.dns_names.push(DnsName::new(name)),
                        GeneralName::RFC822Name(name) if self.upn.is_none() => {
                            self.upn = Some(Upn::new(name))
                        }
                        _ => {}
                    }
                }
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.purposes = Some(Purposes { server: usage.server_auth, client: usage.client_auth });
            }
            ParsedExtension::BasicConstraints(constraints) => self.is_authority = constraints.ca,
            ParsedExtension::CRLDistributionPoints(points) => {
                let names = points.iter().filter_map(|point| match &point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => Some(names),
                    _ => None,
                });
                self.crl_url = names.flatten().find_map(|name| match name {
                    GeneralName::URI(url) => Some((*url).to_owned()),
                    _ => None,
                });
            }
            _ => {}
        }
    }
}

/// The common name; where there is none, the whole name.
pub(super) fn common_name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().find_map(|part| part.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}

pub(super) fn virtual_time(time: ASN1Time) -> VirtualTime {
    VirtualTime::from_micros(time.timestamp().saturating_mul(1_000_000))
}

pub(super) fn pem_text(label: &str, der: &[u8]) -> String {
    pem::encode_string(label, LineEnding::LF, der).expect("any bytes have a PEM form")
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl PartialOrd for Certificate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Certificate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.der.cmp(&other.0.der)
    }
}

impl Serialize for Certificate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        octets::serialize(&self.0.der, to)
    }
}

impl<'de> Deserialize<'de> for Certificate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let der: Vec<u8> = octets::deserialize(from)?;
        Self::from_der(der).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fields { subject, issuer, thumbprint, .. } = &*self.0;
        write!(formatter, "Certificate({subject:?} by {issuer:?}, {thumbprint})")
    }
}
