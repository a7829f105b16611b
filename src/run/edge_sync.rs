//! The steps of Edge Subscriptions: what is asked at the console of a hub or an edge, and what becomes
//! of the file on its way between them.

use std::path::Path;

use super::deploy::Deployed;
use crate::crypto::Secret;
use crate::directory::mail_flow::{MailFlow, MessageClassification, SendConnector, TransportConfig, Verb};
use crate::name::{HostName, NetbiosName};
use crate::protocol::edge_credential::EdgeSyncCredential;
use crate::protocol::edge_subscription::EdgeSubscription;
use crate::protocol::edge_sync::{NamingContext, SECURE_LDAP_PORT};
use crate::role::edge_transport;
use crate::role::hub_transport;
use crate::role::ldap_tool::{Look, Proof};
use crate::role::removable_media::{MediaFile, RemovableMedia};
use crate::role::smtp_client::Offer;
use crate::scenario::edge_attack::{UseEdgeSubscription, UseStoredCredentials};
use crate::scenario::edge_sync::{
    EdgeSyncAct, ImportEdgeSubscription, NewEdgeSubscription, RemoveEdgeSubscription,
    StartEdgeSynchronization, TestEdgeSynchronization,
};
use crate::scenario::mail_flow::{self, ConfigureMailFlow, OfferMail};
use crate::scenario::removable_media::MediaAct;
use crate::scenario::{At, Scenario};

/// How many differences a test reports where nothing is said (-MaxReportSize).
const DEFAULT_REPORT: usize = 1_000;

/// Does what a step asks for.
///
/// # Errors
/// Where the world refuses it: the server is down, or the medium is empty.
pub async fn act(world: &mut Deployed, scenario: &Scenario, act: &EdgeSyncAct) -> Result<(), String> {
    let (host, stimulus) = match act {
        EdgeSyncAct::New(NewEdgeSubscription { edge, media, file, expires_after, force }) => {
            let request = edge_transport::Request::NewSubscription {
                media: media.value.clone(),
                file_name: file.clone().unwrap_or_else(|| format!("{}.xml", edge.value)),
                expires_after: expires_after.as_ref().map(|span| span.0),
                force: *force,
            };
            (edge, request.stimulus())
        }
        EdgeSyncAct::Import(import) => (&import.server, importing(world, scenario, import)?),
        EdgeSyncAct::Start(StartEdgeSynchronization { server, .. }) if runs_edge(scenario, server) => {
            (server, on_edge("Start-EdgeSynchronization"))
        }
        EdgeSyncAct::Test(TestEdgeSynchronization { server, .. }) if runs_edge(scenario, server) => {
            (server, on_edge("Test-EdgeSynchronization"))
        }
        EdgeSyncAct::Start(StartEdgeSynchronization { server, edge, full, force_update_cookie }) => {
            let (full, force_update_cookie) = (*full, *force_update_cookie);
            let edge = edge.as_deref().map(netbios);
            let request = hub_transport::Request::Start { edge, full, force_update_cookie };
            (server, request.stimulus())
        }
        EdgeSyncAct::Test(test) => {
            let edge = test.edge.as_deref().map(netbios);
            let request = hub_transport::Request::Test { edge, what: tested(test) };
            (&test.server, request.stimulus())
        }
        EdgeSyncAct::MailFlow(act) => (&act.server, configuring(scenario, act)?),
        EdgeSyncAct::Mail(offer) => {
            let OfferMail { client, server, from, to } = offer;
            let offer = Offer { server: server.value.clone(), from: from.clone(), to: to.clone() };
            (client, offer.stimulus())
        }
        EdgeSyncAct::Remove(RemoveEdgeSubscription { server, edge }) => match runs_edge(scenario, server) {
            true => (server, edge_transport::Request::RemoveSubscription.stimulus()),
            false => (server, hub_transport::Request::Remove { edge: netbios(edge) }.stimulus()),
        },
        EdgeSyncAct::Use(used) => (&used.client, look(world, used)?.stimulus()),
        EdgeSyncAct::UseStored(used) => (&used.client, look_with_stored(world, scenario, used)?.stimulus()),
        EdgeSyncAct::Media(act) => return happen_to_media(&world.media, scenario, act),
    };
    world.simulation.stimulate(host, stimulus).await.map_err(|why| why.to_string())
}

/// The NetBIOS name of a server, which is its host's.
pub fn netbios(host: &HostName) -> NetbiosName {
    NetbiosName::new(host.as_str())
}

fn runs_edge(scenario: &Scenario, host: &HostName) -> bool {
    let host = scenario.topology.hosts.get(host.as_str());
    host.is_some_and(|host| host.runs.edge_transport.is_some())
}

fn importing(
    world: &Deployed,
    scenario: &Scenario,
    import: &ImportEdgeSubscription,
) -> Result<Vec<u8>, String> {
    let MediaFile { name: file_name, bytes } = on(&world.media, &import.media)?;
    Ok(match runs_edge(scenario, &import.server) {
        true => edge_transport::Request::Import { file_name }.stimulus(),
        false => {
            let connectors = hub_transport::Connectors {
                internet: import.create_internet_send_connector,
                inbound: import.create_inbound_send_connector,
            };
            let site = import.site.value.clone();
            hub_transport::Request::Import { file_name, bytes, site, connectors }.stimulus()
        }
    })
}

/// A cmdlet for hubs that is run on an edge.
fn on_edge(cmdlet: &str) -> Vec<u8> {
    edge_transport::Request::Synchronization { cmdlet: cmdlet.to_owned() }.stimulus()
}

fn tested(test: &TestEdgeSynchronization) -> hub_transport::Tested {
    let recipients = !test.exclude_recipients;
    match &test.verify_recipient {
        Some(address) => hub_transport::Tested::Recipient(address.value.clone()),
        None if test.full_compare => {
            let report = test.max_report_size.as_ref().map_or(DEFAULT_REPORT, |size| size.value as usize);
            hub_transport::Tested::Objects { recipients, report }
        }
        None => hub_transport::Tested::Cookies { recipients },
    }
}

fn configured(object: &mail_flow::MailFlow) -> MailFlow {
    match object {
        mail_flow::MailFlow::AcceptedDomain(domain) => MailFlow::AcceptedDomain(domain.value.clone()),
        mail_flow::MailFlow::RemoteDomain(domain) => MailFlow::RemoteDomain(domain.clone()),
        mail_flow::MailFlow::SendConnector(connector) => MailFlow::SendConnector(SendConnector {
            name: connector.name.clone(),
            address_spaces: connector.address_spaces.clone(),
            smart_host: connector.smart_host.clone(),
            sources: Vec::new(),
        }),
        mail_flow::MailFlow::MessageClassification(one) => {
            let display_name = one.display_name.clone().unwrap_or_else(|| one.name.clone());
            let (name, sender_description) = (one.name.clone(), one.sender_description.clone());
            MailFlow::MessageClassification(MessageClassification { name, display_name, sender_description })
        }
        mail_flow::MailFlow::TransportConfig(config) => MailFlow::TransportConfig(TransportConfig {
            internal_smtp_servers: config.internal_smtp_servers.clone(),
            tls_receive_domain_secure_list: config.tls_receive_domain_secure_list.clone(),
            tls_send_domain_secure_list: config.tls_send_domain_secure_list.clone(),
        }),
    }
}

fn configuring(scenario: &Scenario, act: &ConfigureMailFlow) -> Result<Vec<u8>, String> {
    let written = [(Verb::New, &act.new), (Verb::Set, &act.set), (Verb::Remove, &act.remove)];
    let mut written = written.into_iter().filter_map(|(verb, object)| Some((verb, object.as_ref()?)));
    let (verb, object) = written.next().ok_or("the cmdlet does nothing")?;
    let object = configured(object);
    Ok(match runs_edge(scenario, &act.server) {
        true => edge_transport::Request::Configure { verb, object }.stimulus(),
        false => hub_transport::Request::Configure { verb, object }.stimulus(),
    })
}

/// What someone does who has the file: they read it as a hub would.
fn look(world: &Deployed, used: &UseEdgeSubscription) -> Result<Look, String> {
    let file = on(&world.media, &used.media)?;
    let text = String::from_utf8(file.bytes).map_err(|why| why.to_string())?;
    let subscription = EdgeSubscription::from_xml(&text).map_err(|why| why.to_string())?;
    Ok(Look {
        server: subscription.edge_server_fqdn,
        port: subscription.adam_ssl_port,
        proof: Proof::Password { name: subscription.esra_username, password: subscription.esra_password },
        bases: NamingContext::ALL.map(NamingContext::dn).to_vec(),
        guesses: used.guesses.clone(),
        deletes: used.deletes.iter().map(|entry| entry.0.clone()).collect(),
    })
}

/// What someone does who has read a server's object in Active Directory, and has stolen a key.
fn look_with_stored(
    world: &Deployed,
    scenario: &Scenario,
    used: &UseStoredCredentials,
) -> Result<Look, String> {
    let object = netbios(&used.read_from);
    // Every hub knows the whole organization.
    let stored = world.transport.hubs.iter().map(|(_, hub)| hub.stored_credentials()).max_by_key(Vec::len);
    let credentials: Vec<EdgeSyncCredential> =
        stored.into_iter().flatten().filter(|(name, _)| *name == object).map(|(_, one)| one).collect();
    if credentials.is_empty() {
        return Err(format!("there are no credentials on the object of {}", used.read_from.value));
    }
    let key =
        world.transport.key_of(&used.key_of).ok_or_else(|| format!("{} has no key", used.key_of.value))?;
    let edge =
        scenario.topology.hosts.get(used.edge.as_str()).and_then(|host| host.runs.edge_transport.as_ref());
    let edge = edge.ok_or_else(|| format!("{} is no edge", used.edge.value))?;
    Ok(Look {
        server: edge.fqdn.value.clone(),
        port: edge.secure_ldap_port.as_ref().map_or(SECURE_LDAP_PORT, |port| port.value),
        proof: Proof::Stored { credentials, key: Secret::new(key.to_pem()) },
        bases: NamingContext::ALL.map(NamingContext::dn).to_vec(),
        guesses: Vec::new(),
        deletes: Vec::new(),
    })
}

fn on(media: &RemovableMedia, medium: &At<String>) -> Result<MediaFile, String> {
    media.read(medium).ok_or_else(|| format!("there is no file on {}", medium.value))
}

fn happen_to_media(media: &RemovableMedia, scenario: &Scenario, act: &MediaAct) -> Result<(), String> {
    match act {
        MediaAct::Copy(copy) => {
            on(media, &copy.from)?;
            media.copy(&copy.from, &copy.to);
        }
        MediaAct::Delete(medium) => {
            on(media, medium)?;
            media.erase(medium);
        }
        MediaAct::Rename(rename) => {
            let file = on(media, &rename.on)?;
            media.write(&rename.on, MediaFile { name: rename.to.clone(), ..file });
        }
        MediaAct::Alter(alteration) => {
            let (file, text) = text_on(media, &alteration.on)?;
            if !text.contains(&alteration.replace) {
                return Err(format!("the file on {} holds no `{}`", alteration.on.value, alteration.replace));
            }
            let bytes = text.replace(&alteration.replace, &alteration.with).into_bytes();
            media.write(&alteration.on, MediaFile { bytes, ..file });
        }
        MediaAct::Graft(graft) => {
            let (file, mut text) = text_on(media, &graft.on)?;
            let (_, other) = text_on(media, &graft.from)?;
            for element in &graft.elements {
                let from = element_of(&other, element, &graft.from)?;
                let own = element_of(&text, element, &graft.on)?.to_owned();
                text = text.replace(&own, from);
            }
            media.write(&graft.on, MediaFile { bytes: text.into_bytes(), ..file });
        }
        MediaAct::Bring(brought) => {
            let path = Path::new(&scenario.file).with_file_name("").join(brought.file.as_str());
            let bytes = std::fs::read(&path).map_err(|why| format!("{}: {why}", path.display()))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            media.write(&brought.on, MediaFile { name, bytes });
        }
    }
    Ok(())
}

fn text_on(media: &RemovableMedia, medium: &At<String>) -> Result<(MediaFile, String), String> {
    let file = on(media, medium)?;
    let text = String::from_utf8(file.bytes.clone()).map_err(|why| why.to_string())?;
    Ok((file, text))
}

/// An element of a file, from the beginning of its start tag to the end of its end tag.
fn element_of<'a>(text: &'a str, element: &str, medium: &str) -> Result<&'a str, String> {
    let missing = || format!("the file on {medium} has no element {element}");
    let begin = text.find(&format!("<{element}>")).ok_or_else(missing)?;
    let end_tag = format!("</{element}>");
    let length = text[begin..].find(&end_tag).ok_or_else(missing)? + end_tag.len();
    Ok(&text[begin..begin + length])
}
