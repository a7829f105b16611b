//! What an administrator changes at the console of a federation server while it runs.
//!
//! A change arrives as bytes, from outside the simulated network, and meets whole requests only. What
//! it makes of the trust policy stands in the trace.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::FederationService;
use super::policy::ResourcePartner;
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::key::PrivateKey;
use crate::crypto::secret::Secret;
use crate::role::stimulus;
use crate::sim::Host;
use crate::trace::{Happening, StateChange};

/// The name by which an administrator's acts find this role.
const ROLE: &str = "federation service";

/// What an administrator may change while the federation service runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum PolicyChange {
    /// A partner, of either kind, is changed.
    Partner {
        /// Its name in the policy.
        name: String,
        /// What becomes of it.
        change: PartnerChange,
    },
    /// The server signs its tokens with another certificate, which comes with its key as in a PFX
    /// file. What it signed before stays good (inference).
    TokenSigning {
        /// The private key, in PEM.
        key: Secret,
        /// The certificate, and what leads from it to its root.
        chain: Vec<Certificate>,
    },
}

/// What becomes of a partner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum PartnerChange {
    /// It is switched on or off.
    Enabled(bool),
    /// The certificate of this thumbprint may sign its tokens.
    AddVerification(String),
    /// The certificate of this thumbprint may no longer sign its tokens.
    RemoveVerification(String),
    /// It is a new resource partner.
    Added(Box<ResourcePartner>),
    /// It is gone.
    Removed,
    /// Its group claims become these here, and no others do.
    IncomingClaims(BTreeMap<String, String>),
    /// These group claims go out to it, and no others do.
    OutgoingClaims(BTreeMap<String, String>),
}

impl PolicyChange {
    /// The change to another token-signing certificate.
    pub fn token_signing(identity: &Identity) -> Self {
        Self::TokenSigning { key: Secret::new(identity.key.to_pem()), chain: identity.chain.clone() }
    }

    /// The change as a stimulus for the federation server's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }

    pub(super) fn from_stimulus(stimulus: &[u8]) -> Option<Self> {
        stimulus::decode(ROLE, stimulus)
    }
}

impl FederationService {
    /// Makes the change, and enters what has come of it.
    pub(super) fn apply(&self, change: &PolicyChange, host: &Host) {
        let (item, value) = match change {
            PolicyChange::Partner { name, change } => {
                (format!("partner {name}"), self.change_partner(name, change))
            }
            PolicyChange::TokenSigning { key, chain } => {
                ("token-signing certificate".to_owned(), self.sign_with(key, chain))
            }
        };
        let mut policy = self.policy.borrow_mut();
        policy.version.version += 1;
        let value = format!("{value}; policy version {}", policy.version.version);
        host.record(Happening::State(StateChange { store: "trust policy".into(), item, value: Some(value) }));
    }

    fn change_partner(&self, name: &str, change: &PartnerChange) -> String {
        let mut policy = self.policy.borrow_mut();
        match change {
            PartnerChange::Added(partner) => policy.resource_partners.push((**partner).clone()),
            PartnerChange::Removed => {
                policy.resource_partners.retain(|partner| partner.name != name);
                policy.account_partners.retain(|partner| partner.name != name);
            }
            _ => {}
        }
        for partner in policy.account_partners.iter_mut().filter(|partner| partner.name == name) {
            match change {
                PartnerChange::Enabled(enabled) => partner.enabled = *enabled,
                PartnerChange::AddVerification(thumbprint) => partner.verification.push(thumbprint.clone()),
                PartnerChange::RemoveVerification(thumbprint) => {
                    partner.verification.retain(|one| one != thumbprint);
                }
                PartnerChange::IncomingClaims(groups) => partner.incoming_claims.groups = groups.clone(),
                PartnerChange::Added(_) | PartnerChange::Removed | PartnerChange::OutgoingClaims(_) => {}
            }
        }
        for partner in policy.resource_partners.iter_mut().filter(|partner| partner.name == name) {
            match change {
                PartnerChange::Enabled(enabled) => partner.enabled = *enabled,
                PartnerChange::OutgoingClaims(groups) => partner.outgoing_claims.groups = groups.clone(),
                _ => {}
            }
        }
        change.to_string()
    }

    fn sign_with(&self, key: &Secret, chain: &[Certificate]) -> String {
        let Ok(key) = PrivateKey::from_pem(key.reveal()) else {
            return "unchanged: no key came with it".into();
        };
        let mut signing = self.token_signing.borrow_mut();
        let former =
            std::mem::replace(&mut signing.current, Rc::new(Identity { key, chain: chain.to_vec() }));
        signing.former.extend(former.chain.first().cloned());
        let certificate = &signing.current.chain[0];
        format!("{}, thumbprint {}", certificate.subject(), certificate.thumbprint())
    }
}

impl fmt::Display for PartnerChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enabled(true) => formatter.write_str("on"),
            Self::Enabled(false) => formatter.write_str("off"),
            Self::AddVerification(thumbprint) => write!(formatter, "may sign with {thumbprint}"),
            Self::RemoveVerification(thumbprint) => write!(formatter, "may no longer sign with {thumbprint}"),
            Self::Added(partner) => write!(formatter, "new, {}", partner.realm),
            Self::Removed => formatter.write_str("removed"),
            Self::IncomingClaims(groups) | Self::OutgoingClaims(groups) => {
                let all: Vec<String> = groups.iter().map(|(from, to)| format!("{from} → {to}")).collect();
                write!(formatter, "claims {}", all.join(", "))
            }
        }
    }
}

/// What a federation server signs its tokens with.
pub(super) struct TokenSigning {
    /// The certificate and key in use.
    pub current: Rc<Identity>,
    /// Those that were in use before: tokens signed with them are still good (inference).
    pub former: Vec<Certificate>,
}

impl TokenSigning {
    /// Every certificate that verifies tokens of this server.
    pub fn verification(&self) -> Vec<Certificate> {
        self.current.chain.first().into_iter().chain(&self.former).cloned().collect()
    }
}
