//! Key pairs on the curve P-256 and their signatures: ECDSA with SHA-256.
//!
//! Signing is deterministic (RFC 6979), so that a run repeats byte for byte; p256 does it, as AWS-LC
//! would draw from the operating system. Verifying is AWS-LC's, which is faster.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::{octets, random};

/// The half of a key pair that signs and opens. It prints nothing of itself.
///
/// ```
/// use forestsim::crypto::key::PrivateKey;
/// let key = PrivateKey::derive(1, "fs-a token signing");
/// let signature = key.sign(b"an assertion");
/// assert!(key.public().verify(b"an assertion", &signature).is_ok());
/// assert!(key.public().verify(b"another one", &signature).is_err());
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    signing: SigningKey,
    public: PublicKey,
}

/// The half of a key pair that verifies and is sealed to: a point of P-256, known to lie on the curve.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Point", into = "Point")]
pub struct PublicKey([u8; 65]);

/// An ECDSA signature: `r` and `s`, 32 bytes each, big endian (FIPS 186-5, section 6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(#[serde(with = "octets")] [u8; 64]);

/// The signature is not that of this message by this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the signature does not fit: the message was altered, or another key signed it; \
     verify with the public key of the one who signed, or have it signed anew"
)]
pub struct BadSignature;

/// The bytes are no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the bytes are no point of the curve P-256 in the form of SEC 1; take the key from a certificate of its owner"
)]
pub struct BadKey;

/// The text holds no private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no private key for P-256 in PEM; export the key as PKCS #8")]
pub struct BadPem;

impl PrivateKey {
    /// The key with this label in the run with this seed.
    pub fn derive(seed: u64, label: &str) -> Self {
        Self::generate(&mut random::stream(seed, label, "key"))
    }

    /// A key from a generator.
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        drawn(random, |bytes| SecretKey::from_bytes(&(*bytes).into()).ok().map(Self::of))
    }

    fn of(key: SecretKey) -> Self {
        let signing = SigningKey::from(key);
        let public = PublicKey::of(signing.verifying_key().into());
        Self { signing, public }
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = self.signing.sign(message);
        Signature(signature.to_bytes().into())
    }

    /// The other half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The key in PEM, as PKCS #8, for other programs to read.
    pub fn to_pem(&self) -> String {
        let pem = self.signing.to_pkcs8_pem(LineEnding::LF).expect("a P-256 key has a PKCS #8 form");
        pem.as_str().to_owned()
    }

    /// The key in such a PEM.
    ///
    /// # Errors
    /// Where the text is not the PKCS #8 form of a P-256 key.
    pub fn from_pem(text: &str) -> Result<Self, BadPem> {
        SecretKey::from_pkcs8_pem(text).map(Self::of).map_err(|_| BadPem)
    }

    /// The scalar, for key agreement.
    pub(super) fn scalar(&self) -> [u8; 32] {
        self.signing.to_bytes().into()
    }
}

/// What these bytes of a generator are the scalar of. A draw outside 1..n, about one in four thousand
/// million, is none and is drawn again.
pub(super) fn drawn<K>(random: &mut impl CryptoRng, scalar: impl Fn(&[u8; 32]) -> Option<K>) -> K {
    loop {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        if let Some(key) = scalar(&bytes) {
            return key;
        }
    }
}

impl PublicKey {
    /// The point, uncompressed, in the form of SEC 1, section 2.3.3: `04`, x, y.
    pub fn to_sec1(&self) -> &[u8; 65] {
        &self.0
    }

    /// The key of a point in the form of SEC 1, compressed or not.
    ///
    /// # Errors
    /// Where the bytes are no point of the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, BadKey> {
        p256::PublicKey::from_sec1_bytes(bytes).map(Self::of).map_err(|_| BadKey)
    }

    /// Verifies that this key's other half signed `message`.
    ///
    /// # Errors
    /// Where it did not.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, &signature.0)
            .map_err(|_| BadSignature)
    }

    /// The key in PEM, as a SubjectPublicKeyInfo, for other programs to read.
    pub fn to_pem(&self) -> String {
        let key = p256::PublicKey::from_sec1_bytes(&self.0).expect("a PublicKey lies on the curve");
        key.to_public_key_pem(LineEnding::LF).expect("a P-256 key has a SubjectPublicKeyInfo")
    }

    fn of(key: p256::PublicKey) -> Self {
        let bytes = key.to_sec1_bytes();
        Self(bytes.as_ref().try_into().expect("p256 writes a point as 65 bytes"))
    }
}

impl Signature {
    /// `r` and `s`.
    pub fn to_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// A signature of these bytes; whether it fits a message is for [`PublicKey::verify`] to say.
    ///
    /// # Errors
    /// Where they are not 64.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadSignature> {
        bytes.try_into().map(Self).map_err(|_| BadSignature)
    }
}

/// The serialized form of a public key: not yet known to be one.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Point(#[serde(with = "octets")] Vec<u8>);

impl From<PublicKey> for Point {
    fn from(key: PublicKey) -> Self {
        Self(key.0.to_vec())
    }
}

impl TryFrom<Point> for PublicKey {
    type Error = BadKey;
    fn try_from(point: Point) -> Result<Self, BadKey> {
        Self::from_sec1(&point.0)
    }
}

impl rcgen::PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::PublicKeyData for PrivateKey {
    fn der_bytes(&self) -> &[u8] {
        self.public.der_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.public.algorithm()
    }
}

impl rcgen::SigningKey for PrivateKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: p256::ecdsa::DerSignature = self.signing.sign(message);
        Ok(signature.as_bytes().to_vec())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivateKey(… of {:?})", self.public)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({})", super::digest::hex(&self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signature({})", super::digest::hex(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::digest::hex;

    #[test]
    fn signs_as_the_example_of_rfc_6979() {
        // Appendix A.2.5: P-256, SHA-256, message "sample".
        let scalar = [
            0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
            0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
        ];
        let key = PrivateKey::of(SecretKey::from_slice(&scalar).unwrap());
        let signature = hex(key.sign(b"sample").to_bytes());
        let (r, s) = signature.split_at(64);
        assert_eq!(r, "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
        assert_eq!(s, "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        let copied = PrivateKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(copied.sign(b"sample"), key.sign(b"sample"));
        assert!(PrivateKey::from_pem(&key.public().to_pem()).is_err());
    }
}
