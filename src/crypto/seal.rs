//! Sealing to a public key, so that only the holder of its other half can open: HPKE (RFC 9180) with
//! DHKEM on P-256, HKDF-SHA-256 and AES-256-GCM, in base mode.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::kem::FastDhP256;
use super::key::{PrivateKey, PublicKey};
use super::octets;
use super::symmetric::SealError;

/// What one key pair can open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    #[serde(with = "octets")]
    encapsulated_key: Vec<u8>,
    #[serde(with = "octets")]
    ciphertext: Vec<u8>,
}

/// Seals `plain` to a key for one `context`, which is authenticated but not carried.
///
/// ```
/// use forestsim::crypto::{PrivateKey, open, random, seal};
/// let edge = PrivateKey::derive(1, "edge");
/// let sealed = seal(&edge.public(), b"credential", b"Pa$$w0rd", &mut random::stream(1, "hub", "seal"));
/// assert_eq!(open(&edge, b"credential", &sealed).unwrap(), b"Pa$$w0rd");
/// assert!(open(&PrivateKey::derive(1, "hub"), b"credential", &sealed).is_err());
/// ```
pub fn seal(to: &PublicKey, context: &[u8], plain: &[u8], random: &mut impl CryptoRng) -> Sealed {
    let to = <FastDhP256 as Kem>::PublicKey::from_bytes(to.to_sec1()).expect("a PublicKey lies on the curve");
    let (encapsulated_key, ciphertext) =
        hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, FastDhP256>(
            &OpModeS::Base,
            &to,
            context,
            plain,
            b"",
            random,
        )
        .expect("HPKE seals whatever fits in memory to any point of the curve");
    Sealed { encapsulated_key: encapsulated_key.to_bytes().to_vec(), ciphertext }
}

/// The plain bytes of what was sealed to this key's other half for the same context.
///
/// # Errors
/// Where the seal was altered, or belongs to another key or context.
pub fn open(key: &PrivateKey, context: &[u8], sealed: &Sealed) -> Result<Vec<u8>, SealError> {
    let key = <FastDhP256 as Kem>::PrivateKey::from_bytes(&key.scalar())
        .expect("a PrivateKey is a scalar of the curve");
    let encapsulated_key = <FastDhP256 as Kem>::EncappedKey::from_bytes(&sealed.encapsulated_key)
        .map_err(|_| SealError::Broken)?;
    hpke::single_shot_open::<AesGcm256, HkdfSha256, FastDhP256>(
        &OpModeR::Base,
        &key,
        &encapsulated_key,
        context,
        &sealed.ciphertext,
        b"",
    )
    .map_err(|_| SealError::Broken)
}
