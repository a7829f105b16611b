//! How two hosts come to session keys that no one between them has: an ephemeral Diffie-Hellman
//! exchange on P-256, spread by HKDF with SHA-256 over the transcript of their handshake.

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;

use super::key::{BadKey, PrivateKey};
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
pub struct EphemeralKey(PrivateKey);

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
        Self(PrivateKey::generate(random))
    }

    /// The half for the other end, in the form of SEC 1.
    pub fn public(&self) -> Vec<u8> {
        self.0.public().to_sec1().to_vec()
    }

    /// The keys in common with the owner of `peer`'s other half who saw the same transcript.
    ///
    /// # Errors
    /// Where `peer` is no point of the curve.
    pub fn agree(self, peer: &[u8], transcript_hash: &[u8; 32]) -> Result<SessionKeys, BadKey> {
        let peer = p256::PublicKey::from_sec1_bytes(peer).map_err(|_| BadKey)?;
        let shared = self.0.secret().diffie_hellman(&peer);
        let spread = Hkdf::<Sha256>::new(Some(transcript_hash), shared.raw_secret_bytes());
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
