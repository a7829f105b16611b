//! The security token of AD FS 1.x: a signed SAML 1.1 assertion of one fixed shape, and the response
//! that carries it (MS-MWBF §2.2.4, MS-MWBE §2.2.3; domain page §2.2, §2.3).
//!
//! One idea holds this folder together: **the element that is read is the element that is signed.** A
//! reader takes exactly the one shape and gives a typed [`Assertion`]; what is verified are the bytes
//! that this very value writes. So a signature moved about, a second assertion, a comment inside a
//! name has nowhere to hide. Whom to trust is not known here.
//!
//! - [`claim`]: claims and subjects
//! - [`assertion`]: the assertion, its Advice and how it is written
//! - [`unique_id`]: the ids of assertions and sessions
//! - [`packed_sids`]: SIDs in the Advice
//! - [`signature`]: signing, and checking digest and signature
//! - [`rstr`]: the response that carries the token
//! - [`shape`]: what is wrong with a token that is not of the shape

pub mod assertion;
mod careless;
pub mod claim;
mod markup;
pub mod packed_sids;
mod read;
pub mod rstr;
pub mod shape;
pub mod signature;
mod tree;
pub mod unique_id;

pub use assertion::{Advice, Assertion, UnwritableAssertion};
pub use careless::read_carelessly;
pub use claim::{Claim, IdentityKind, Subject};
pub use packed_sids::{PackedSids, PackedSidsError, SidFlags};
pub use shape::TokenShapeError;
pub use signature::{SignedAssertion, TokenSignatureError, sign};
pub use unique_id::UniqueId;
