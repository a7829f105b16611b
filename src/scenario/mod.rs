//! What a person writes: scenario files and topology files.
//!
//! The types here are the files, read and checked, with the place of everything that can be wrong.
//! Nothing here runs anything; deployment reads a [`Scenario`] and builds hosts from it.
//!
//! - [`load()`] and [`load_topology`]: a file, and all that it is laid over, read and checked: a [`Scenario`]
//! - [`Shelf`]: where the files stand
//! - [`error`]: [`ScenarioError`]: each [`Problem`] with its place, its line and its cure
//! - [`at`]: [`At`] a value with its [`Spot`]; [`Entries`] by name; [`Section`] of [`Entry`]
//! - [`value`]: single values: [`Duration`], [`Instant`], [`WebAddress`], [`Ports`], [`Principal`], [`LogonHours`]
//! - [`topology`]: [`Topology`] and the list of its sections
//! - [`network`]: [`Zone`], [`Link`], [`Firewall`]
//! - [`certificate`]: [`Authority`], [`Certificate`]
//! - [`domain`]: [`Domain`] with users, groups, computers; [`Trust`]
//! - [`host`]: [`Host`] and its [`Services`]: domain controller, DNS, desktop, browser…
//! - [`federation`]: [`FederationService`], [`FederationServiceProxy`], [`WebServer`] with applications
//! - [`edge_sync`]: [`HubTransport`], [`EdgeTransport`] and the steps taken with them
//! - [`removable_media`], [`edge_attack`]: what becomes of the subscription file, and what others do
//!   with credentials; [`mail_flow`]: domains and connectors, and mail at an edge
//! - [`availability`]: free and busy times between forests, and calendar relays
//! - [`impersonation`]: Client Access and mailbox servers, application servers and mail programs
//! - [`step`]: [`Step`] and its [`Action`]; [`browser`], [`ask`], [`mailbox`] and [`attack`]: what people do
//! - [`fault`]: [`Fault`], what can break
//! - [`change`]: [`Change`], what an administrator does
//! - [`expect`]: [`Expect`], what must come of a step
//! - [`schema()`]: the JSON Schema of both kinds of file
//! - [`draft`]: the files as plain trees ([`tree`]), to be changed in one place and read again

pub mod ask;
pub mod at;
pub mod attack;
pub mod availability;
pub mod browser;
pub mod certificate;
pub mod change;
mod check;
pub mod domain;
pub mod draft;
pub mod edge_attack;
pub mod edge_sync;
pub mod error;
pub mod exchange;
pub mod expect;
mod explain;
pub mod fault;
pub mod federation;
mod flat;
pub mod host;
pub mod impersonation;
pub mod load;
pub mod mail_flow;
pub mod mailbox;
pub mod network;
mod read;
pub mod removable_media;
pub mod schema;
mod shelf;
pub mod step;
pub mod topology;
pub mod tree;
pub mod value;
mod wording;

pub use at::{At, Entries, Entry, FileId, Section, Spot};
pub use certificate::{Authority, Certificate, CertificateUse};
pub use change::Change;
pub use domain::{Computer, Domain, Group, GroupScope, Policy, SidFiltering, Trust, TrustKind, User};
pub use edge_sync::{EdgeSyncAct, EdgeSyncParameters, EdgeTransport, HubTransport};
pub use error::{Problem, ScenarioError, Weight, report};
pub use exchange::Exchange;
pub use expect::Expect;
pub use fault::{Amount, Fault};
pub use federation::{
    AccessEntry, AccountPartner, Application, ApplicationKind, FederationService, FederationServiceProxy,
    ResourcePartner, RevocationCheck, Right, TrustedApplication, WebServer,
};
pub use host::{Browser, Credentials, Dns, DnsRecord, Host, Services};
pub use load::{Scenario, check_scenario, check_topology, load, load_from, load_topology};
pub use network::{AllowRule, Firewall, Latency, Link, Zone};
pub use schema::{Kind, schema, schema_text};
pub use shelf::Shelf;
pub use step::{Action, Step};
pub use topology::{End, Topology};
pub use value::{Duration, Instant, LogonHours, Ports, Principal, WebAddress};
