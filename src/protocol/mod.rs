//! The typed messages, one file per protocol.
//!
//! A host sends values of these types; only their bytes cross the network. Each says of itself in
//! one line what it means, for the story, and lists its fields, without secrets, for the reader who
//! looks closer.
//!
//! - [`wire`]: values to bytes and back
//! - [`http`]: requests and responses, made of [`url`] (addresses), [`cookie`] (what a browser keeps)
//!   and [`page`] (what a page makes a browser do)
//! - [`soap`]: what federation servers, proxies and Web agents call of each other
//! - [`kerberos`]: tickets, and how they are asked for and shown
//! - [`ldap`]: what servers ask of a directory
//! - [`edge_subscription`]: the file that subscribes an edge; [`edge_credential`]: the accounts of
//!   EdgeSync; [`edge_sync`]: what it writes where
//! - [`ews`]: Exchange Web Services, what clients and applications ask of mailboxes
//! - [`netlogon`]: how domain controllers look after a trust, which [`endpoint_mapper`] leads to
//! - [`trusted_domain`]: a trust as a directory shows it
//! - [`smtp`]: what one who has mail says to a mail server
//! - [`mapi`]: what Client Access servers ask of mailbox servers
//! - [`wsfed`]: the passive sign-in and sign-out messages that redirects and pages carry
//! - [`saml`]: the security token, and the response that carries it
//! - [`authentication_cookie`]: what AD FS servers keep in a browser
//! - [`uri`]: the URIs and fixed names of WS-Federation, SAML and AD FS

pub mod authentication_cookie;
pub mod clean_up;
pub mod cookie;
pub mod edge_credential;
pub mod edge_subscription;
pub mod edge_sync;
pub mod endpoint_mapper;
pub mod ews;
pub mod http;
pub mod kerberos;
pub mod ldap;
pub mod lsa;
pub mod mapi;
pub mod netlogon;
pub mod page;
pub mod saml;
pub mod smtp;
pub mod soap;
pub mod trusted_domain;
pub mod uri;
pub mod url;
pub mod wire;
pub mod wsfed;

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use crate::trace::Detail;

/// A value that may cross the network.
pub trait Message: Serialize + DeserializeOwned + 'static {
    /// The protocol's name as the story shows it: `HTTP`, `SOAP`, `LDAP`, `Kerberos`, `DNS`.
    fn protocol(&self) -> &'static str;

    /// What this message says, in one line, in the documents' words.
    fn title(&self) -> Cow<'static, str>;

    /// Its fields, for reading, secrets left out.
    fn details(&self) -> Vec<Detail> {
        Vec::new()
    }
}
