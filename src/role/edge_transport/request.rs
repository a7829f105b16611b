//! What an administrator asks of an edge, at its console.

use serde::{Deserialize, Serialize};

use crate::directory::mail_flow::{MailFlow, Verb};
use crate::role::stimulus;
use crate::time::Span;

/// The name by which an administrator's acts find the role.
pub(super) const ROLE: &str = "edge transport";

/// What an administrator asks of an edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// New-EdgeSubscription: writes an Edge Subscription file to removable media (P1 to P3).
    NewSubscription {
        /// The medium.
        media: String,
        /// The file's name.
        file_name: String,
        /// How long the bootstrap account is to be good; 1,440 minutes where nothing is said.
        expires_after: Option<Span>,
        /// Whether a file of this name is overwritten (-Force).
        force: bool,
    },
    /// New-EdgeSubscription with a file to import, which is for hubs only.
    Import {
        /// The file's name.
        file_name: String,
    },
    /// Remove-EdgeSubscription: accounts and replicated data are deleted.
    RemoveSubscription,
    /// A cmdlet of accepted domains, remote domains or Send connectors.
    Configure {
        /// What it does.
        verb: Verb,
        /// With what.
        object: MailFlow,
    },
    /// Start- or Test-EdgeSynchronization, which are for hubs only.
    Synchronization {
        /// The cmdlet.
        cmdlet: String,
    },
    /// AD LDS listens for secure LDAP at another port (ConfigureAdam.ps1).
    NewPort {
        /// The port.
        port: u16,
    },
    /// The edge is given another self-signed certificate.
    NewCertificate {
        /// Whether it is for the same key.
        same_key: bool,
    },
}

impl Request {
    /// The request as a stimulus for the edge's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }

    /// The request in a stimulus; none where it is meant for another role.
    pub fn of_stimulus(bytes: &[u8]) -> Option<Self> {
        stimulus::decode(ROLE, bytes)
    }
}
