//! How two come to a secret that no one between them has: Diffie-Hellman on P-256, and for a handshake
//! an ephemeral one, spread by HKDF with SHA-256 over the transcript.
//!
//! AWS-LC multiplies points, several times as fast as p256; the scalars come from the caller's generator.

use aws_lc_rs::agreement::{self, ECDH_P256, UnparsedPublicKey};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;

use super::key::{BadKey, drawn};
use super::symmetric::SymmetricKey;

/// A key pair for one handshake; agreeing uses it up.
///
/// ```
/// use forestsim::crypto::{agreement::EphemeralKey, digest, random};
/// let client = EphemeralKey::generate(&mut random::stream(1, "ws", "tls"));
/// let server = EphemeralKey::generate(&mut random::stream(1, "fs-a", "tls"));
/// let (of_client, of_server) = (client.public(), server.public());
/// let transcript = digest::sha256(b"both hellos");
/// let at_client = client.agree(&of_server, &transcript).unwrap();
/// let at_server = server.agree(&of_client, &transcript).unwrap();
/// assert!(at_client.client_write == at_server.client_write);
/// assert!(at_client.client_write != at_client.server_write);
/// ```
pub struct EphemeralKey(AgreementKey);

/// A scalar of the curve, with which its owner agrees on secrets.
pub(super) struct AgreementKey(agreement::PrivateKey);

/// What both ends of a handshake have in common after it: one key for each direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKeys {
    /// Seals what the client sends.
    pub client_write: SymmetricKey,
    /// Seals what the server sends.
    pub server_write: SymmetricKey,
}

impl EphemeralKey {
    /// A key pair from a generator.
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        Self(AgreementKey::generate(random))
    }

    /// The half for the other end, in the form of SEC 1.
    pub fn public(&self) -> Vec<u8> {
        self.0.public()
    }

    /// The keys in common with the owner of `peer`'s other half who saw the same transcript.
    ///
    /// # Errors
    /// Where `peer` is no point of the curve.
    pub fn agree(self, peer: &[u8], transcript_hash: &[u8; 32]) -> Result<SessionKeys, BadKey> {
        let spread = Hkdf::<Sha256>::new(Some(transcript_hash), &self.0.secret_with(peer)?);
        let key = |label: &str| {
            let mut bytes = [0; 32];
            spread.expand(label.as_bytes(), &mut bytes).expect("HKDF gives up to 255 digests");
            SymmetricKey::from_bytes(bytes)
        };
        Ok(SessionKeys {
            client_write: key("forestsim client write"),
            server_write: key("forestsim server write"),
        })
    }
}

impl AgreementKey {
    /// A scalar from a generator.
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        drawn(random, |bytes| Self::from_scalar(bytes).ok())
    }

    /// The scalar that these bytes are, big endian.
    ///
    /// # Errors
    /// Where they are none of the curve's.
    pub fn from_scalar(bytes: &[u8]) -> Result<Self, BadKey> {
        agreement::PrivateKey::from_private_key(&ECDH_P256, bytes).map(Self).map_err(|_| BadKey)
    }

    /// The point, uncompressed, in the form of SEC 1.
    pub fn public(&self) -> Vec<u8> {
        let public = self.0.compute_public_key().expect("every scalar of the curve has its point");
        public.as_ref().to_vec()
    }

    /// The secret in common with the owner of `peer`'s other half: the x coordinate.
    ///
    /// # Errors
    /// Where `peer` is no point of the curve.
    pub fn secret_with(&self, peer: &[u8]) -> Result<Vec<u8>, BadKey> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
        agreement::agree(&self.0, peer, BadKey, |secret| Ok(secret.to_vec()))
    }
}
