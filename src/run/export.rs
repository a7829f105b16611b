//! What a run can be asked to write: the certificates as PEM, the security tokens as XML; Edge
//! Subscription files, and EdgeSync credentials as they are sealed, with the keys that open them.

use super::deploy::Deployed;
use super::deploy::keys::KeyRing;
use crate::crypto::Identity;
use crate::name::HostName;
use crate::protocol::edge_credential::EdgeSyncCredential;
use crate::protocol::http::ENVELOPE;
use crate::trace::outcome::Export;
use crate::trace::{Happening, Trace};

/// The field of a form that carries a security token.
const TOKEN_FIELD: &str = "wresult";

/// Every certificate of the topology, and every token that was posted, in order.
pub fn all(trace: &Trace, keys: &KeyRing) -> Vec<Export> {
    let certificates = keys.certificates().map(|(name, certificate)| Export {
        name: format!("certificate-{name}.pem"),
        bytes: certificate.to_pem().into_bytes(),
    });
    let tokens = trace.events.iter().filter_map(|event| match &event.happening {
        Happening::Sent(sent) if sent.title.starts_with("POST") => {
            let token = sent.details.iter().find(|detail| detail.name == TOKEN_FIELD)?;
            let name = format!("token-{}-to-{}.xml", event.number, sent.to);
            Some(Export { name, bytes: token.value.clone().into_bytes() })
        }
        _ => None,
    });
    let envelopes = trace.events.iter().filter_map(|event| match &event.happening {
        Happening::Sent(sent) if sent.protocol == "EWS" => {
            let envelope = sent.details.iter().find(|detail| detail.name == ENVELOPE)?;
            let name = format!("ews-{}-to-{}.xml", event.number, sent.to);
            Some(Export { name, bytes: envelope.value.clone().into_bytes() })
        }
        _ => None,
    });
    certificates.chain(tokens).chain(envelopes).collect()
}

/// Every Edge Subscription file, the certificate and key of every transport server, and every stored
/// credential, under the name of the object that it stands on.
pub fn edge_sync(world: &Deployed) -> Vec<Export> {
    let files = world.media.ever().into_iter().enumerate();
    let mut exports: Vec<Export> = files
        .map(|(index, file)| Export {
            name: format!("edge-subscription-{}.xml", index + 1),
            bytes: file.bytes,
        })
        .collect();
    for (host, hub) in &world.transport.hubs {
        exports.extend(hub.identity().iter().flat_map(|identity| keys_of(host, identity)));
    }
    for (host, edge) in &world.transport.edges {
        exports.extend(edge.identity().iter().flat_map(|identity| keys_of(host, identity)));
    }
    // Every hub knows the whole organization.
    let credentials = world.transport.hubs.first().map(|(_, hub)| hub.stored_credentials());
    for (index, (object, credential)) in credentials.into_iter().flatten().enumerate() {
        let name = format!("credential-{}-on-{object}.json", index + 1);
        exports.push(Export { name, bytes: as_json(&credential).into_bytes() });
    }
    exports
}

fn keys_of(host: &HostName, identity: &Identity) -> [Export; 2] {
    [
        Export { name: format!("certificate-{host}.pem"), bytes: identity.chain[0].to_pem().into_bytes() },
        Export { name: format!("key-{host}.pem"), bytes: identity.key.to_pem().into_bytes() },
    ]
}

/// The account, the text that is sealed along with the password (HPKE's info), and the seal.
fn as_json(credential: &EdgeSyncCredential) -> String {
    let json = serde_json::json!({
        "userName": credential.account.user_name,
        "info": credential.account.context(),
        "sealed": credential.password,
    });
    format!("{json:#}\n")
}
