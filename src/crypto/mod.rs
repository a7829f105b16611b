//! Cryptography that is real and repeatable: a forgery fails because the mathematics fails, and the
//! same seed gives the same bytes.
//!
//! Nothing here asks the operating system for entropy or the time. Whatever needs randomness takes a
//! generator, whatever needs a time takes a [`crate::time::VirtualTime`]. Nothing here knows a
//! protocol, a role or a rule.
//!
//! In call order: [`random`] streams come from the run's seed; a [`key`] from a stream; an
//! [`authority`] vouches for the key in a [`certificate`]; [`chain`] judges whether to trust that and
//! [`revocation`] whether it was taken back. [`mod@seal`] is for one who has a key pair, [`symmetric`] for
//! two who share a key, by [`agreement`] or by a [`secret`] text.

pub mod agreement;
pub mod authority;
pub mod certificate;
pub mod chain;
mod chain_error;
pub mod digest;
mod kem;
pub mod key;
pub(crate) mod octets;
pub mod random;
pub mod revocation;
pub mod seal;
pub mod secret;
pub mod symmetric;

pub use agreement::{EphemeralKey, SessionKeys};
pub use authority::{Authority, CertificateRequest, Usage, Validity, self_signed};
pub use certificate::{Certificate, CertificateError, Identity};
pub use chain::{TrustAnchors, verify_client, verify_server, verify_signer};
pub use chain_error::ChainError;
pub use key::{BadKey, BadSignature, PrivateKey, PublicKey, Signature};
pub use revocation::{RevocationList, check_revocation};
pub use seal::{Sealed, open, seal};
pub use secret::Secret;
pub use symmetric::{SealError, SymmetricKey};
