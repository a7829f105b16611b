//! forestsim runs whole identity topologies as a deterministic simulation on one machine: several
//! Active Directory forests, their trusts, AD FS federation, Exchange impersonation and EdgeSync.
//!
//! A scenario file says who the forests, servers and people are, what happens, and what must be
//! allowed or refused. forestsim plays it message by message, says for every decision which rule made
//! it and why, and gives the same bytes for the same seed, on any machine.
//!
//! ```
//! use forestsim::{run, scenario};
//!
//! let scenario = scenario::load("scenarios/federation/traveling-salesman.yaml".as_ref()).unwrap();
//! let outcome = run::play(&scenario, &run::RunOptions::default()).unwrap();
//!
//! assert!(outcome.passed());
//! let first_visit = outcome.steps[0].asked.as_ref().unwrap();
//! assert_eq!(first_visit.identity.as_deref(), Some("sally@corp.adventure-works.example"));
//! ```
//!
//! # The house
//!
//! A room imports only from the floors below it. From the top:
//!
//! - [`cli`]: one file per sub-command
//! - [`lab`]: many runs: the change that would have let a request through
//! - [`run`]: one run, from a scenario to its outcome
//! - [`role`]: one noun per server role, reading like the document that it implements
//! - [`sim`]: the machine: agenda, actors, hosts, network, faults, clocks, randomness
//! - [`view`]: what a run or a topology looks like
//! - [`scenario`]: what a person writes
//! - [`protocol`]: the typed messages, one file per protocol
//! - [`trace`]: what a run leaves
//! - [`trust`]: trusts, and the graph of all that trusts
//! - [`mailbox`]: what an Exchange mailbox store keeps, and how it decides
//! - [`directory`]: what Active Directory stores, and how it decides
//! - [`crypto`]: keys, certificates, signatures and seals
//! - [`rule`], [`document`], [`name`], [`time`]: the registries of rules and of the document's lines,
//!   names, and virtual time

#![deny(missing_docs)]

pub mod document;
pub mod name;
pub mod rule;
pub mod time;

pub mod crypto;
pub mod directory;
pub mod mailbox;
pub mod protocol;
pub mod trace;
pub mod trust;

pub mod lab;
pub mod role;
pub mod run;
pub mod scenario;
pub mod sim;
pub mod view;

pub mod cli;
