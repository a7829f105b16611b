//! A Hub Transport server, as far as Edge Subscriptions go: it imports the file, provisions accounts,
//! and synchronizes edges ("Understanding Edge Subscription Credentials").
//!
//! - [`timeline`]: when accounts begin, are renewed, and end
//! - [`lease`]: which hub synchronizes an edge

pub mod lease;
pub mod timeline;
