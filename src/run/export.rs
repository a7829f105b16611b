//! What a run can be asked to write: the certificates as PEM, and the security tokens as XML.

use super::deploy::keys::KeyRing;
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
