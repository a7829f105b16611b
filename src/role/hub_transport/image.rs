//! What an edge is to hold: the part of Active Directory that concerns it, under the names that it has
//! in AD LDS (domain page B7).
//!
//! Of the configuration an edge is given the containers, its own object with one credential for each
//! hub that may bind, the hubs of its site, and what is no server: accepted domains, remote domains,
//! Send connectors, message classifications, the transport configuration. Of the recipients it is given a
//! GUID, the hashes of their addresses and of the senders whom they trust or have blocked, and whether
//! they take all mail; who takes no mail from outside is left out.

use std::collections::BTreeMap;

use super::lease::Pushed;
use super::view::{ADAM_SSL_PORT, PRODUCT_ID, SERIAL_NUMBER};
use super::view::{Edge, View};
use crate::crypto::digest;
use crate::directory::exchange::attribute::{AUTHENTICATED_SENDERS_ONLY, PROXY_ADDRESSES};
use crate::directory::exchange::{SERVER_CLASS, ServerRole, attribute};
use crate::directory::{AttributeValue, Attributes, DistinguishedName, Modification, mail_flow};
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

/// What an edge is shown of its own object besides.
const OF_ITSELF: [&str; 2] = [ADAM_SSL_PORT, attribute::EDGE_SYNC_CREDENTIAL];

/// What an edge is shown of a recipient besides the addresses, where there is any.
const OF_RECIPIENTS: [&str; 3] =
    [attribute::SAFE_SENDERS, attribute::BLOCKED_SENDERS, attribute::MESSAGE_HYGIENE];

/// What the directory keeps of an entry by itself.
const OPERATIONAL: [&str; 2] = ["objectGUID", "uSNChanged"];

/// How much of an entry an edge is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    /// All but what the directory keeps by itself.
    Whole,
    /// What every server of the site shows.
    Server,
    /// That, and what concerns the edge alone.
    Own,
}

/// The configuration of an edge.
pub fn configuration(view: &View, base: &DistinguishedName, edge: &Edge) -> Image {
    let target = NamingContext::Configuration.dn();
    let shown = looks(view, base, edge);
    shown.filter_map(|(dn, attributes, look)| Some((dn.moved(base, &target)?, look.of(attributes)))).collect()
}

/// The entries of the configuration that an edge is shown.
fn looks<'a>(
    view: &'a View,
    base: &'a DistinguishedName,
    edge: &'a Edge,
) -> impl Iterator<Item = (&'a DistinguishedName, &'a Attributes, Look)> {
    let look = move |dn: &DistinguishedName| match view.server(dn) {
        None => Some(Look::Whole),
        Some(_) if *dn == edge.server.dn => Some(Look::Own),
        Some(server) => {
            let of_site = server.is(ServerRole::HubTransport) && server.site == edge.server.site;
            of_site.then_some(Look::Server)
        }
    };
    let below = view.entries().filter(move |(dn, _)| *dn != base);
    below.filter_map(move |(dn, attributes)| Some((dn, attributes, look(dn)?)))
}

impl Look {
    /// What is seen of these attributes.
    fn of(self, attributes: &Attributes) -> Attributes {
        let among = |list: &[&str], name: &str| list.iter().any(|one| name.eq_ignore_ascii_case(one));
        let mut shown = attributes.clone();
        shown.retain(|name| match self {
            Self::Whole => !among(&OPERATIONAL, name),
            Self::Server => among(&OF_SERVERS, name),
            Self::Own => among(&OF_SERVERS, name) || among(&OF_ITSELF, name),
        });
        shown
    }
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
    for name in OF_RECIPIENTS {
        shown.set(name, attributes.get(name).to_vec());
    }
    Some((name, shown))
}

/// The changes that make an entry of AD LDS what it is to be. What it was given before and is given no
/// longer is taken from it.
pub fn replacements(attributes: &Attributes) -> Vec<Modification> {
    let optional: &[&str] = match attributes.first("objectClass").unwrap_or_default() {
        SERVER_CLASS => &[attribute::EDGE_SYNC_CREDENTIAL, PRODUCT_ID, SERIAL_NUMBER],
        RECIPIENT_CLASS => &OF_RECIPIENTS,
        other => mail_flow::optional_attributes(other),
    };
    attributes.replacements(optional)
}

/// The name in AD LDS of the recipient with this GUID.
pub fn recipient_name(guid: &str) -> DistinguishedName {
    NamingContext::Recipients.dn().child("CN", guid)
}

/// All recipients.
pub fn recipients(view: &View) -> Image {
    view.entries().filter_map(|(_, attributes)| recipient(attributes)).collect()
}

/// The digest of what an edge is to hold: of the digests of its entries, in their order.
pub fn digest_of(image: &Image) -> [u8; 32] {
    digest_of_all(image.iter().map(|(dn, attributes)| digest_of_entry(dn, attributes)))
}

fn digest_of_entry(dn: &DistinguishedName, attributes: &Attributes) -> [u8; 32] {
    digest::sha256(&wire::encode(&(dn, attributes)))
}

fn digest_of_all(entries: impl Iterator<Item = [u8; 32]>) -> [u8; 32] {
    digest::sha256(&entries.collect::<Vec<_>>().concat())
}

/// The digests of all that edges are to hold, kept until what they are made from changes: a hub looks
/// after every change in Active Directory.
#[derive(Debug, Default)]
pub struct Digests {
    /// Of each entry, with the revision of the view since which it is the same.
    entries: BTreeMap<(DistinguishedName, Look), (u64, [u8; 32])>,
    /// By edge, with the revision of the view of the configuration.
    configuration: BTreeMap<DnsName, (u64, [u8; 32])>,
    /// With the revision of the view of the recipients.
    recipients: Option<(u64, [u8; 32])>,
}

impl Digests {
    /// The digests of what this edge is to hold.
    pub fn of(&mut self, edge: &Edge, base: &DistinguishedName, all: &View, people: &View) -> Pushed {
        let kept = self.configuration.get(edge.fqdn()).filter(|(revision, _)| *revision == all.revision());
        let configuration = kept.map(|(_, kept)| *kept);
        let configuration = configuration.unwrap_or_else(|| self.of_configuration(edge, base, all));
        self.configuration.insert(edge.fqdn().clone(), (all.revision(), configuration));
        let kept = self.recipients.filter(|(revision, _)| *revision == people.revision());
        let recipients = kept.map_or_else(|| digest_of(&recipients(people)), |(_, kept)| kept);
        self.recipients = Some((people.revision(), recipients));
        Pushed { configuration, recipients }
    }

    /// What [`digest_of`] says of [`configuration`].
    fn of_configuration(&mut self, edge: &Edge, base: &DistinguishedName, all: &View) -> [u8; 32] {
        let target = NamingContext::Configuration.dn();
        let digests = looks(all, base, edge).filter_map(|(dn, attributes, look)| {
            let since = all.same_since(dn)?;
            let key = (dn.clone(), look);
            if let Some((_, kept)) = self.entries.get(&key).filter(|(kept, _)| *kept == since) {
                return Some(*kept);
            }
            let digest = digest_of_entry(&dn.moved(base, &target)?, &look.of(attributes));
            self.entries.insert(key, (since, digest));
            Some(digest)
        });
        digest_of_all(digests)
    }
}
