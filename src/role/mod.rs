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
//! | [`smtp_client`] | whoever offers mail to an edge |
//! | [`application_server`] | the application server of *Server-to-Server Authorization* |
//! | [`client_access_server`], [`mailbox_server`] | the Exchange servers that it asks |
//! | [`mail_client`] | its client |
//! | [`calendar_relay`] | the pair of servers of its third scenario |
//! | [`load_balancer`] | what stands before several servers of a kind |
//! | [`distribution_point`] | where an authority publishes its revocation list |
//!
//! What roles share:
//!
//! | piece | what it does |
//! |---|---|
//! | [`dial`], [`serve`] | reach servers, and answer clients |
//! | [`kerberos_client`], [`logon_session`], [`shown_ticket`] | get tickets, keep those of people and services, and judge those that are shown |
//! | [`intranet`], [`http_authentication`] | show tickets to web servers, and learn from them who calls |
//! | [`domain_member`] | what a joined machine can do |
//! | [`directory_service`], [`directory_client`] | how directories answer LDAP, and how servers ask them |
//! | [`revocation`], [`token_check`], [`trust_information`] | whom and what to believe |
//! | [`claims`], [`pages`] | what federation servers and applications say |
//! | [`stimulus`] | how a person reaches a role |
//! | [`removable_media`] | what a person carries past the network |
//! | [`cookie_edit`], [`forgery`], [`wrapping`] | what a dishonest one does to cookies and tokens |

pub mod application_server;
pub mod browser;
pub mod calendar_relay;
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
pub mod shown_ticket;
pub mod smtp_client;
pub mod stimulus;
pub mod token_check;
pub mod trust_information;
pub mod web_server;
pub mod wrapping;
