//! AES-256-GCM: what one key seals, only the same key opens, and only for the same context.

use std::fmt;
use std::num::NonZeroU32;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::octets;
use super::secret::Secret;

const NONCE: usize = 12;

/// As many rounds as RFC 3962, section 4, gives a Kerberos key by default.
const ROUNDS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

/// Why sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There is less than a seal consists of.
    #[error("the sealed bytes are cut short; send them again, whole")]
    Truncated,
    /// The authentication tag does not fit.
    #[error(
        "the seal does not open: the bytes were altered, or sealed under another key or for another \
         purpose; seal them anew for the key and purpose of the one who opens them"
    )]
    Broken,
}

/// A key of AES-256. It prints nothing of itself.
///
/// ```
/// use forestsim::crypto::{random, symmetric::SymmetricKey};
/// let mut random = random::stream(1, "dc", "tickets");
/// let key = SymmetricKey::random(&mut random);
/// let sealed = key.seal(&mut random, b"ticket", b"sally");
/// assert_eq!(key.open(b"ticket", &sealed).unwrap(), b"sally");
/// assert!(key.open(b"authenticator", &sealed).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SymmetricKey(#[serde(with = "octets")] [u8; 32]);

impl SymmetricKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key from a generator.
    pub fn random(random: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The key that a password stands for, by PBKDF2 with HMAC-SHA-256 in the manner of RFC 8009,
    /// section 4, and the rounds of RFC 3962. The salt keeps equal passwords of two accounts apart.
    pub fn derive_from_password(salt: &str, password: &Secret) -> Self {
        let mut bytes = [0; 32];
        let algorithm = ring::pbkdf2::PBKDF2_HMAC_SHA256;
        ring::pbkdf2::derive(algorithm, ROUNDS, salt.as_bytes(), password.reveal().as_bytes(), &mut bytes);
        Self(bytes)
    }

    /// Seals `plain` for one `context`, which is authenticated but not carried. The result is a
    /// random nonce of 12 bytes, the ciphertext and a tag of 16 bytes.
    pub fn seal(&self, nonce_random: &mut impl CryptoRng, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        nonce_random.fill_bytes(&mut nonce);
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: context })
            .expect("AES-GCM seals whatever fits in memory");
        [&nonce, sealed.as_slice()].concat()
    }

    /// The plain bytes of what [`SymmetricKey::seal`] made with the same key and context.
    ///
    /// # Errors
    /// Where the bytes are cut or altered, or belong to another key or context.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Truncated)?;
        self.cipher()
            .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: context })
            .map_err(|_| SealError::Broken)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.0.into())
    }
}

impl fmt::Debug for SymmetricKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SymmetricKey(…)")
    }
}
