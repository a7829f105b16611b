//! The key encapsulation of HPKE on P-256: DHKEM(P-256, HKDF-SHA256) of RFC 9180, section 4.1, with the
//! faster multiplication of [`agreement`](super::agreement).
//!
//! Keys, their encoding and the derivation are the hpke crate's; here is only what multiplies points.

use hpke::kdf::{HkdfSha256, Kdf};
use hpke::kem::{DhP256HkdfSha256, SharedSecret};
use hpke::{Deserializable, HpkeError, Kem, Serializable};
use rand_core::CryptoRng;

use super::agreement::AgreementKey;

/// Interchangeable with [`DhP256HkdfSha256`], in HPKE's base mode; no other mode is offered.
pub(super) struct FastDhP256;

type Reference = DhP256HkdfSha256;

impl Kem for FastDhP256 {
    type PublicKey = <Reference as Kem>::PublicKey;
    type PrivateKey = <Reference as Kem>::PrivateKey;
    type EncappedKey = <Reference as Kem>::EncappedKey;
    type NSecret = <Reference as Kem>::NSecret;
    const KEM_ID: u16 = Reference::KEM_ID;

    fn sk_to_pk(private: &Self::PrivateKey) -> Self::PublicKey {
        Reference::sk_to_pk(private)
    }

    fn derive_keypair(material: &[u8]) -> (Self::PrivateKey, Self::PublicKey) {
        Reference::derive_keypair(material)
    }

    fn encap_with_rng(
        recipient: &Self::PublicKey,
        sender: Option<(&Self::PrivateKey, &Self::PublicKey)>,
        random: &mut impl CryptoRng,
    ) -> Result<(SharedSecret<Self>, Self::EncappedKey), HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::EncapError);
        }
        let ephemeral = AgreementKey::generate(random);
        let (encapsulated, recipient) = (ephemeral.public(), recipient.to_bytes());
        let secret = ephemeral.secret_with(&recipient).map_err(|_| HpkeError::EncapError)?;
        let shared = shared_secret(&secret, &encapsulated, &recipient)?;
        Ok((shared, Self::EncappedKey::from_bytes(&encapsulated)?))
    }

    fn decap(
        private: &Self::PrivateKey,
        sender: Option<&Self::PublicKey>,
        encapsulated: &Self::EncappedKey,
    ) -> Result<SharedSecret<Self>, HpkeError> {
        let own = AgreementKey::from_scalar(&private.to_bytes()).map_err(|_| HpkeError::DecapError)?;
        let encapsulated = encapsulated.to_bytes();
        let secret = own.secret_with(&encapsulated).map_err(|_| HpkeError::DecapError)?;
        match sender {
            None => shared_secret(&secret, &encapsulated, &own.public()),
            Some(_) => Err(HpkeError::DecapError),
        }
    }
}

/// ExtractAndExpand of the RFC, over the encapsulated key and the recipient's.
fn shared_secret(
    secret: &[u8],
    encapsulated: &[u8],
    recipient: &[u8],
) -> Result<SharedSecret<FastDhP256>, HpkeError> {
    let suite = [b"KEM", &FastDhP256::KEM_ID.to_be_bytes()[..]].concat();
    let mut shared = SharedSecret::default();
    HkdfSha256::extract_and_expand(secret, &suite, &[encapsulated, recipient].concat(), &mut shared.0)?;
    Ok(shared)
}

#[cfg(test)]
mod tests {
    use hpke::aead::AesGcm256;
    use hpke::{OpModeR, OpModeS, single_shot_open, single_shot_seal_with_rng};
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::random;

    fn seal<K: Kem>(to: &K::PublicKey, seed: u64) -> (K::EncappedKey, Vec<u8>) {
        let mut random = random::stream(seed, "sender", "sealing");
        let plain = b"Pa$$w0rd";
        let mode = OpModeS::Base;
        single_shot_seal_with_rng::<AesGcm256, HkdfSha256, K>(&mode, to, b"info", plain, b"", &mut random)
            .unwrap()
    }

    fn open<K: Kem>(key: &K::PrivateKey, sealed: &(K::EncappedKey, Vec<u8>)) -> Option<Vec<u8>> {
        let (encapsulated, text) = sealed;
        single_shot_open::<AesGcm256, HkdfSha256, K>(&OpModeR::Base, key, encapsulated, b"info", text, b"")
            .ok()
    }

    proptest! {
        /// What one of the two seals the other opens, and no other key does.
        #[test]
        fn is_interchangeable_with_the_reference(material: [u8; 32], other: [u8; 32], seed: u64) {
            prop_assume!(material != other);
            let (private, public) = FastDhP256::derive_keypair(&material);
            let (stranger, _) = FastDhP256::derive_keypair(&other);
            let plain = Some(b"Pa$$w0rd".to_vec());
            let fast = seal::<FastDhP256>(&public, seed);
            prop_assert_eq!(open::<Reference>(&private, &fast), plain.clone());
            prop_assert_eq!(open::<Reference>(&stranger, &fast), None);
            let slow = seal::<Reference>(&public, seed);
            prop_assert_eq!(open::<FastDhP256>(&private, &slow), plain);
            prop_assert_eq!(open::<FastDhP256>(&stranger, &slow), None);
        }
    }
}
