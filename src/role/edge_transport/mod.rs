//! An Edge Transport server, as far as Edge Subscriptions go ("Understanding Edge Subscription
//! Credentials").
//!
//! - [`request`]: what an administrator asks of it

pub mod request;

pub use request::Request;
