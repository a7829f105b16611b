//! Random streams: one for each (seed, owner, purpose), so that one more draw, one more host or one
//! more purpose shifts no other draw.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::digest;

/// The stream of random bytes that `owner` uses for `purpose` in the run with this seed.
///
/// The stream's key is the SHA-256 of its three coordinates, each with its length before it.
///
/// ```
/// use forestsim::crypto::random;
/// use rand_core::Rng;
/// let draw = |owner, purpose| random::stream(1, owner, purpose).next_u64();
/// assert_eq!(draw("ws", "latency"), draw("ws", "latency"));
/// assert_ne!(draw("ws", "latency"), draw("wsl", "atency"));
/// ```
pub fn stream(seed: u64, owner: &str, purpose: &str) -> ChaCha8Rng {
    let parts = [owner.as_bytes(), purpose.as_bytes()];
    ChaCha8Rng::from_seed(digest::of_parts("forestsim random stream", seed, parts))
}
