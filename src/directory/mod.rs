//! What Active Directory stores, and how it decides from what it stores.
//!
//! Nothing here knows a message, a host or a trust. A [`Domain`] is filled with accounts and
//! groups; [`sign_in`] says whether an account may sign in, [`membership`] which groups its token
//! holds.
//!
//! - [`sid`]: security identifiers
//! - [`status`]: the codes that refusals carry
//! - [`account`], [`logon_hours`], [`policy`]: people and machines, and what binds them
//! - [`group`]: groups, and what may be in what
//! - [`forest`]: what all domains of a forest know of one another
//! - [`domain`]: a domain, and how to find someone in it
//! - [`sign_in`]: the checks of a sign-in, in order
//! - [`membership`]: the groups of a token
//! - [`change`]: what an administrator changes while the simulation runs

pub mod account;
pub mod change;
pub mod domain;
mod error;
mod find;
pub mod forest;
pub mod group;
mod index;
pub mod logon_hours;
pub mod membership;
pub mod policy;
pub mod sid;
pub mod sign_in;
pub mod status;

pub use account::{Account, AccountKind, Credential, Failures, NewAccount};
pub use change::{AccountChange, DirectoryChange};
pub use domain::Domain;
pub use error::DirectoryError;
pub use forest::{Forest, ForestDomain, GlobalCatalog};
pub use group::{Group, GroupScope, MemberKind};
pub use logon_hours::{LogonHours, LogonHoursError};
pub use policy::AccountPolicy;
pub use sid::{Sid, SidError};
pub use sign_in::{Check, Proof, SignIn, SignInRefusal};
pub use status::{KerberosCode, NtStatus, Win32Code};
