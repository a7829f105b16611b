//! The server roles: one noun each, reading like the documents that they implement.
//!
//! A role decides from its messages and its own store, through a [`judge`]; it knows no scenario and
//! no other role.
//!
//! | role | document |
//! |---|---|
//! | [`browser`], [`desktop`] | the client of the AD FS example |
//! | [`web_server`] | the AD FS-enabled Web server, with its Web agent |
//! | [`federation_service`] | the federation servers, account side and resource side |
//! | [`federation_service_proxy`] | the account federation server proxy |
//! | [`domain_controller`] | the Active Directory service of a network |
//! | [`edge_transport`] | the Edge Transport server with AD LDS and the Credential Service |
//! | [`hub_transport`] | the Hub Transport server with its EdgeSync service |
//! | [`ldap_tool`] | whoever looks into a directory by hand |
//! | [`application_server`] | the application server of *Server-to-Server Authorization* |
//! | [`client_access_server`], [`mailbox_server`] | the Exchange servers that it asks |
//! | [`mail_client`] | its client |
//! | [`load_balancer`] | what stands before several servers of a kind |
//! | [`distribution_point`] | where an authority publishes its revocation list |
//!
//! What roles share: [`dial`] reaches servers and [`serve`] answers clients, [`kerberos_client`] gets
//! tickets and [`logon_session`] keeps a person's, which [`intranet`] shows to servers,
//! [`directory_service`] is how directories answer LDAP and [`directory_client`] how servers ask them,
//! [`domain_member`] is what a joined machine can do,
//! [`revocation`] and [`token_check`] check certificates and security tokens, [`claims`] and
//! [`pages`] are what they say to each other, and [`stimulus`] is how a person reaches them;
//! [`trust_information`] is what they know of their federation service;
//! [`http_authentication`] is how web servers learn who calls, [`ticket_holder`] keeps a service's tickets;
//! [`cookie_edit`] is what a dishonest one does to a browser's cookies, [`forgery`] and [`wrapping`] to
//! tokens; [`removable_media`] is what a
//! person carries past the network.

pub mod application_server;
pub mod browser;
pub mod claims;
pub mod client_access_server;
pub mod cookie_edit;
pub mod desktop;
pub mod dial;
pub mod directory_client;
pub mod directory_service;
pub mod distribution_point;
pub mod domain_controller;
pub mod domain_member;
pub mod edge_transport;
pub mod federation_service;
pub mod federation_service_proxy;
pub mod forgery;
pub mod http_authentication;
pub mod hub_transport;
pub mod intranet;
pub mod judge;
pub mod kerberos_client;
pub mod ldap_tool;
pub mod load_balancer;
pub mod logon_session;
pub mod mail_client;
pub mod mailbox_server;
pub mod pages;
pub mod removable_media;
pub mod revocation;
pub mod serve;
pub mod stimulus;
pub mod ticket_holder;
pub mod token_check;
pub mod trust_information;
pub mod web_server;
pub mod wrapping;
