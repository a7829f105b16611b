//! The server roles: one noun each, reading like the documents that they implement.
//!
//! A role decides from its messages and its own store, through a [`judge`]; it knows no scenario and
//! no other role.
//!
//! What roles share: [`dial`] reaches servers and [`serve`] answers clients, [`kerberos_client`] gets
//! tickets, [`revocation`] checks certificates, [`pages`] are what they show, and [`stimulus`] is how
//! a person reaches them.

pub mod dial;
pub mod judge;
pub mod kerberos_client;
pub mod pages;
pub mod revocation;
pub mod serve;
pub mod stimulus;
