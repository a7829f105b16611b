//! What an edge is to hold: the part of Active Directory that concerns it, under the names that it has
//! in AD LDS (domain page B7).
//!
//! Of the configuration an edge is given the containers, its own object with one credential for each
//! hub that may bind, the hubs of its site, and what is no server: accepted domains, remote domains,
//! Send connectors. Of the recipients it is given a GUID, the hashes of their addresses, and of the
//! senders whom they trust or have blocked; who takes no mail from outside is left out.

use std::collections::BTreeMap;

use super::lease::Pushed;
use super::view::{ADAM_SSL_PORT, PRODUCT_ID, SERIAL_NUMBER};
use super::view::{Edge, View};
use crate::crypto::digest;
use crate::directory::exchange::attribute::{AUTHENTICATED_SENDERS_ONLY, PROXY_ADDRESSES};
use crate::directory::exchange::{ServerRole, attribute};
use crate::directory::{AttributeValue, Attributes, DistinguishedName};
use crate::name::DnsName;
use crate::protocol::edge_sync::{NamingContext, PROXY_ADDRESS_HASHES, RECIPIENT_CLASS, address_hash};
use crate::protocol::wire;

/// Entries of AD LDS by name, each before those below it.
pub type Image = BTreeMap<DistinguishedName, Attributes>;

/// What a server's object shows to an edge.
const OF_SERVERS: [&str; 7] = [
    "objectClass",
    attribute::NETWORK_ADDRESS,
    attribute::SERVER_SITE,
    attribute::CURRENT_SERVER_ROLES,
    attribute::PUBLIC_KEY,
    PRODUCT_ID,
    SERIAL_NUMBER,
];

/// What the directory keeps of an entry by itself.
const OPERATIONAL: [&str; 2] = ["objectGUID", "uSNChanged"];

/// The configuration of an edge.
pub fn configuration(view: &View, base: &DistinguishedName, edge: &Edge) -> Image {
    let mut image = Image::new();
    let target = NamingContext::Configuration.dn();
    for (dn, attributes) in view.entries().filter(|(dn, _)| *dn != base) {
        if let (Some(shown), Some(name)) = (of_entry(view, dn, attributes, edge), dn.moved(base, &target)) {
            image.insert(name, shown);
        }
    }
    image
}

fn of_entry(view: &View, dn: &DistinguishedName, attributes: &Attributes, edge: &Edge) -> Option<Attributes> {
    let mut shown = attributes.clone();
    let Some(server) = view.server(dn) else {
        shown.retain(|name| !OPERATIONAL.iter().any(|hidden| name.eq_ignore_ascii_case(hidden)));
        return Some(shown);
    };
    let own = *dn == edge.server.dn;
    let of_site = server.is(ServerRole::HubTransport) && server.site == edge.server.site;
    if !own && !of_site {
        return None;
    }
    let of_edge = [ADAM_SSL_PORT, attribute::EDGE_SYNC_CREDENTIAL];
    shown.retain(|name| {
        let among = |list: &[&str]| list.iter().any(|one| name.eq_ignore_ascii_case(one));
        among(&OF_SERVERS) || own && among(&of_edge)
    });
    Some(shown)
}

/// A recipient as an edge is given it, by GUID; none for one who takes no mail from outside, and for
/// what is no recipient.
pub fn recipient(attributes: &Attributes) -> Option<(DistinguishedName, Attributes)> {
    let addresses: Vec<&str> = attributes.texts(PROXY_ADDRESSES).collect();
    let inside_only =
        attributes.first(AUTHENTICATED_SENDERS_ONLY).is_some_and(|flag| flag.eq_ignore_ascii_case("TRUE"));
    if addresses.is_empty() || inside_only {
        return None;
    }
    let name = recipient_name(attributes.first("objectGUID")?);
    let mut shown = Attributes::new([("objectClass", RECIPIENT_CLASS)]);
    let mut hashes: Vec<[u8; 32]> = addresses.iter().map(|address| address_hash(address)).collect();
    hashes.sort();
    shown.set(PROXY_ADDRESS_HASHES, hashes.iter().map(|hash| AttributeValue::from(hash.to_vec())).collect());
    for list in [attribute::SAFE_SENDERS, attribute::BLOCKED_SENDERS] {
        shown.set(list, attributes.get(list).to_vec());
    }
    Some((name, shown))
}

/// The name in AD LDS of the recipient with this GUID.
pub fn recipient_name(guid: &str) -> DistinguishedName {
    NamingContext::Recipients.dn().child("CN", guid)
}

/// All recipients.
pub fn recipients(view: &View) -> Image {
    view.entries().filter_map(|(_, attributes)| recipient(attributes)).collect()
}

/// The digest of what an edge is to hold.
pub fn digest_of(image: &Image) -> [u8; 32] {
    digest::sha256(&wire::encode(image))
}

/// The digests of all that edges are to hold, kept until what they are made from changes.
#[derive(Debug, Default)]
pub struct Digests {
    /// By edge, with the revision of the view of the configuration.
    configuration: BTreeMap<DnsName, (u64, [u8; 32])>,
    /// With the revision of the view of the recipients.
    recipients: Option<(u64, [u8; 32])>,
}

impl Digests {
    /// The digests of what this edge is to hold.
    pub fn of(&mut self, edge: &Edge, base: &DistinguishedName, all: &View, people: &View) -> Pushed {
        let kept = self.configuration.get(edge.fqdn()).filter(|(revision, _)| *revision == all.revision());
        let configuration =
            kept.map_or_else(|| digest_of(&configuration(all, base, edge)), |(_, kept)| *kept);
        self.configuration.insert(edge.fqdn().clone(), (all.revision(), configuration));
        let kept = self.recipients.filter(|(revision, _)| *revision == people.revision());
        let recipients = kept.map_or_else(|| digest_of(&recipients(people)), |(_, kept)| kept);
        self.recipients = Some((people.revision(), recipients));
        Pushed { configuration, recipients }
    }
}
