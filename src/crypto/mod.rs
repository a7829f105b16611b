//! Cryptography that is real and repeatable: a forgery fails because the mathematics fails, and the
//! same seed gives the same bytes.
//!
//! Nothing here asks the operating system for entropy or the time. Whatever needs randomness takes a
//! generator, whatever needs a time takes a [`crate::time::VirtualTime`]. Nothing here knows a
//! protocol, a role or a rule.
//!
//! In call order: [`random`] streams come from the run's seed; a [`key`] from a stream;
//! [`secret`] texts print nothing and [`symmetric`] keys seal with them; two
//! hosts come to common ones by [`agreement`].

pub mod agreement;
pub mod digest;
pub mod key;
mod octets;
pub mod random;
pub mod secret;
pub mod symmetric;
