//! AES-256-GCM: what one key seals, only the same key opens, and only for the same context.
//!
//! AWS-LC computes it; the nonce comes from the caller's generator.

use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::octets;
use super::secret::Secret;

/// Kerberos has 4096 rounds by default (RFC 3962, section 4) to slow down who guesses. No one guesses
/// in a simulated world, and thousands of accounts are to be there at once.
const ROUNDS: NonZeroU32 = NonZeroU32::new(100).unwrap();

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
    /// section 4. The salt keeps equal passwords of two accounts apart.
    pub fn derive_from_password(salt: &str, password: &Secret) -> Self {
        let mut bytes = [0; 32];
        let algorithm = aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256;
        aws_lc_rs::pbkdf2::derive(
            algorithm,
            ROUNDS,
            salt.as_bytes(),
            password.reveal().as_bytes(),
            &mut bytes,
        );
        Self(bytes)
    }

    /// Seals `plain` for one `context`, which is authenticated but not carried. The result is a
    /// random nonce of 12 bytes, the ciphertext and a tag of 16 bytes.
    pub fn seal(&self, nonce_random: &mut impl CryptoRng, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        nonce_random.fill_bytes(&mut nonce);
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .cipher()
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut sealed[NONCE_LEN..],
            )
            .expect("AES-GCM seals whatever fits in memory");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// The plain bytes of what [`SymmetricKey::seal`] made with the same key and context.
    ///
    /// # Errors
    /// Where the bytes are cut or altered, or belong to another key or context.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk().ok_or(SealError::Truncated)?;
        let mut plain = sealed.to_vec();
        let length = self
            .cipher()
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut plain)
            .map_err(|_| SealError::Broken)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0).expect("an AES-256 key has 32 bytes"))
    }
}

impl fmt::Debug for SymmetricKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SymmetricKey(…)")
    }
}
