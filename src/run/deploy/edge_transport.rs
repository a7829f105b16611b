//! Edge Transport servers: each with a certificate of its own making, and an AD LDS that is empty.

use super::Deployment;
use crate::name::{HostName, NetbiosName};
use crate::protocol::edge_sync::SECURE_LDAP_PORT;
use crate::role::edge_transport::{EdgeConfig, EdgeTransport};
use crate::scenario::edge_sync;
use crate::time::Span;

/// How long a self-signed certificate is valid unless the topology says otherwise (domain page B11).
const CERTIFICATE_LIFETIME: Span = Span::days(365);

impl Deployment<'_> {
    pub(super) fn edge_transport(
        &self,
        name: &HostName,
        written: &edge_sync::EdgeTransport,
    ) -> EdgeTransport {
        let config = EdgeConfig {
            name: NetbiosName::new(name.as_str()),
            fqdn: written.fqdn.value.clone(),
            port: written.secure_ldap_port.as_ref().map_or(SECURE_LDAP_PORT, |port| port.value),
            product_id: written.product_id.clone().unwrap_or_else(|| "unlicensed".to_owned()),
            certificate_lifetime: written
                .certificate_lifetime
                .as_ref()
                .map_or(CERTIFICATE_LIFETIME, |span| span.value.0),
            keep_bootstrap: written.keep_bootstrap_24h,
        };
        EdgeTransport::new(config, &self.media, &self.suspended)
    }
}
