//! Trusts: what domains keep about one another, what passes over a trust, and where trusts lead.
//!
//! Nothing here knows a message or a host.
//!
//! - [`record`]: the half of a trust that one domain keeps
//! - [`pact`]: making both halves
//! - [`suffix`]: the names that a forest trust routes
//! - [`mod@filter`]: the SIDs that pass
//! - [`selective`]: who may authenticate to which server
//! - [`referral`]: where one domain sends those who ask for another
//! - [`graph`], [`path`]: all trusts together, and the way from one domain to another
//! - [`change`]: what an administrator changes while the simulation runs

pub mod change;
pub mod filter;
pub mod graph;
pub mod pact;
pub mod path;
pub mod record;
pub mod referral;
pub mod selective;
pub mod suffix;

pub use change::{TrustChange, TrustChangeError, TrustSetting};
pub use filter::{Boundary, Dropped, Filtered, filter};
pub use graph::{Arrow, EdgeKind, Node, Trust, TrustGraph};
pub use pact::{Halves, Party, make_trust, trusts_within};
pub use path::{Blocked, Hop, walk};
pub use record::{Direction, TrustAttributes, TrustError, TrustKey, TrustKind, TrustRecord};
pub use referral::{Destination, DomainTrusts, ForestRoute, Referral};
pub use suffix::{ForestTrustInfo, NameSuffix, PartnerDomain, Routing, SuffixState};
