//! What administrators do between the steps of a scenario: each act reaches the server that it is
//! about, at its console, or the network itself.
//!
//! The rooms are those of [`crate::scenario::change`].

mod directory;
mod exchange;
mod federation;
mod network;

use super::deploy::{Deployed, application};
use crate::name::{DnsName, HostName};
use crate::role::application_server;
use crate::role::domain_controller;
use crate::role::{edge_transport, hub_transport};
use crate::scenario::{Change, Principal, Topology};

/// Makes the change.
///
/// # Errors
/// Where the world refuses it: the server is down, or there is no such thing.
pub async fn change(world: &mut Deployed, topology: &Topology, change: &Change) -> Result<(), String> {
    match change {
        Change::Account(change) => directory::account(world, topology, change).await,
        Change::Firewall(change) => network::firewall(world, topology, change).map_err(|why| why.to_string()),
        Change::Link(change) => network::link(world, topology, change),
        Change::Dns(change) => network::dns(world, change).await,
        Change::Revoke(change) => network::revoke(world, topology, change).await,
        Change::Partner(change) => federation::partner(world, change).await,
        Change::TokenSigning(change) => federation::token_signing(world, change).await,
        Change::Trust(change) => directory::trust(world, topology, change).await,
        Change::UpnSuffix(change) => directory::upn_suffix(world, topology, change).await,
        Change::BackUp(change) => {
            at(world, &change.domain_controller, domain_controller::back_up_stimulus()).await
        }
        Change::Restore(change) => {
            at(world, &change.domain_controller, domain_controller::restore_stimulus()).await
        }
        Change::Permission(change) => exchange::permission(world, topology, change).await,
        Change::Availability(change) => exchange::availability(world, topology, change).await,
        Change::Mailbox(change) => exchange::move_mailbox(world, topology, change).await,
        Change::Application(change) => {
            let release = application_server::Act::Release(application::naming(&change.names_clients));
            at(world, &change.server, release.stimulus()).await
        }
        Change::Talk(change) => exchange::talk(world, change).await,
        Change::Recipient(change) => exchange::recipient(world, change).await,
        Change::Site(change) => {
            let request = hub_transport::Request::JoinSite { site: change.site.value.clone() };
            at(world, &change.server, request.stimulus()).await
        }
        Change::EdgeSyncServiceConfig(change) => {
            let request = hub_transport::Request::ServiceConfig { exists: change.exists };
            at(world, &change.server, request.stimulus()).await
        }
        Change::SecureLdapPort(change) => {
            let request = edge_transport::Request::NewPort { port: change.port.value };
            at(world, &change.edge, request.stimulus()).await
        }
        Change::TransportCertificate(change) => {
            let same_key = change.same_key;
            // Each of the two passes over what is meant for the other.
            at(world, &change.server, hub_transport::Request::NewCertificate { same_key }.stimulus()).await?;
            at(world, &change.server, edge_transport::Request::NewCertificate { same_key }.stimulus()).await
        }
    }
}

async fn at(world: &mut Deployed, host: &HostName, stimulus: Vec<u8>) -> Result<(), String> {
    world.simulation.stimulate(host, stimulus).await.map_err(|why| why.to_string())
}

fn domain_of(topology: &Topology, principal: &Principal) -> Result<DnsName, String> {
    let short = principal.domain.as_ref();
    let found = topology.domains.iter().find(|(_, domain)| Some(&domain.netbios.value) == short);
    found
        .map(|(name, _)| name.clone())
        .ok_or_else(|| format!("`{principal}` names no domain; write DOMAIN\\name"))
}

fn controllers_of_forest(topology: &Topology, domain: &DnsName) -> Vec<HostName> {
    let root = topology.forest_root(domain);
    let domains = topology.domains.keys().filter(|other| topology.forest_root(other) == root);
    domains.flat_map(|domain| topology.controllers(domain)).cloned().collect()
}
