//! forestsim: a deterministic simulator of multi-forest identity topologies.

#![deny(missing_docs)]

pub mod document;
pub mod name;
pub mod rule;
pub mod time;

pub mod crypto;
pub mod directory;
pub mod protocol;
pub mod trace;
pub mod trust;

pub mod role;
pub mod run;
pub mod scenario;
pub mod sim;
pub mod view;

pub mod cli;
