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
//! - [`descriptor`], [`sddl`], [`mask`], [`guid`]: who may do what with an object, as data and as text
//! - [`token`], [`access`]: who asks, and the access check
//! - [`partition`], [`distinguished_name`], [`attributes`], [`filter`]: a tree of objects, where each
//!   stands, what is known of it, and how it is found
//! - [`exchange`]: where an Exchange organization keeps what; [`mail_flow`]: its domains and connectors
//! - [`change`]: what an administrator changes while the simulation runs

pub mod access;
pub mod account;
pub mod attributes;
pub mod change;
pub mod descriptor;
pub mod distinguished_name;
pub mod domain;
mod error;
pub mod exchange;
pub mod filter;
mod find;
pub mod forest;
pub mod group;
pub mod guid;
mod index;
pub mod logon_hours;
pub mod mail_flow;
pub mod mask;
pub mod membership;
pub mod partition;
pub mod policy;
pub mod sddl;
pub mod sid;
pub mod sign_in;
pub mod status;
pub mod token;

pub use access::{AccessDecision, AccessReason, AccessRequest, access_check};
pub use account::{Account, AccountKind, Credential, Failures, NewAccount};
pub use attributes::{AttributeValue, Attributes};
pub use change::{AccountChange, DirectoryChange};
pub use descriptor::{Ace, AceFlags, AceKind, Inheritor, SecurityDescriptor};
pub use distinguished_name::{DistinguishedName, DistinguishedNameError};
pub use domain::Domain;
pub use error::DirectoryError;
pub use filter::Filter;
pub use forest::{Forest, ForestDomain, GlobalCatalog};
pub use group::{Group, GroupScope, MemberKind};
pub use guid::{Guid, GuidError};
pub use logon_hours::{LogonHours, LogonHoursError};
pub use mask::{AccessMask, GenericMapping};
pub use partition::{Changes, Modification, Object, Partition, PartitionError, Scope, Usn};
pub use policy::AccountPolicy;
pub use sddl::{SddlDomain, SddlError};
pub use sid::{Sid, SidError};
pub use sign_in::{Check, Proof, SignIn, SignInRefusal};
pub use status::{KerberosCode, NtStatus, Win32Code};
pub use token::{AccessToken, ImpersonationLevel, Privilege};
