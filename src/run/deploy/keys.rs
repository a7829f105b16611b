//! The keys and certificates of a topology: each authority and each named certificate has a key of
//! its own, derived from the seed and the name.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::DeployError;
use crate::crypto::authority::{Authority, CertificateRequest, Usage, Validity, self_signed};
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::chain::TrustAnchors;
use crate::crypto::key::PrivateKey;
use crate::scenario::{self, At, CertificateUse, Topology};

/// Every authority and certificate, by its name in the topology.
pub struct KeyRing {
    authorities: BTreeMap<String, Rc<Authority>>,
    identities: BTreeMap<String, Rc<Identity>>,
}

impl KeyRing {
    /// Makes the keys and has the authorities issue the certificates.
    pub fn new(topology: &Topology, seed: u64) -> Result<Self, DeployError> {
        let mut ring = Self { authorities: BTreeMap::new(), identities: BTreeMap::new() };
        for (name, authority) in &topology.authorities {
            let validity = validity(authority.validity());
            let key = PrivateKey::derive(seed, &format!("authority {name}"));
            ring.authorities
                .insert(name.clone(), Rc::new(Authority::with_key(key, &authority.subject, validity)));
        }
        for (name, certificate) in &topology.certificates {
            let identity = ring.issue(topology, name, certificate, seed)?;
            ring.identities.insert(name.clone(), Rc::new(identity));
        }
        Ok(ring)
    }

    fn issue(
        &self,
        topology: &Topology,
        name: &str,
        certificate: &scenario::Certificate,
        seed: u64,
    ) -> Result<Identity, DeployError> {
        let key = PrivateKey::derive(seed, &format!("certificate {name}"));
        let public = key.public();
        let names: Vec<_> = certificate.names.iter().map(|name| name.value.clone()).collect();
        let authority = certificate.authority().map(|authority| authority.value.as_str());
        let list =
            authority.and_then(|authority| topology.authorities.get(authority)?.revocation_list.as_ref());
        let request = CertificateRequest {
            subject: &certificate.subject,
            key: &public,
            dns_names: &names,
            email: certificate.email.as_ref().map(|email| email.as_str()),
            usage: match certificate.usage {
                CertificateUse::Server => Usage::Server,
                CertificateUse::Client => Usage::Client,
                CertificateUse::TokenSigning => Usage::TokenSigning,
            },
            validity: validity(certificate.validity()),
            crl_url: list.map(|address| address.as_str()),
        };
        let issued = match authority {
            Some(authority) => self.authority(authority)?.issue(&request),
            None => self_signed(&key, &request),
        };
        let leaf = issued.map_err(|why| DeployError::Certificate { name: name.to_owned(), why })?;
        Ok(Identity { key, chain: vec![leaf] })
    }

    /// The authority of this name.
    pub fn authority(&self, name: &str) -> Result<&Rc<Authority>, DeployError> {
        self.authorities.get(name).ok_or_else(|| DeployError::missing("authority", name))
    }

    /// The certificate of this name, with its key.
    pub fn identity(&self, name: &str) -> Result<Rc<Identity>, DeployError> {
        self.identities.get(name).cloned().ok_or_else(|| DeployError::missing("certificate", name))
    }

    /// The SHA-1 thumbprint of the certificate of this name; the name itself where there is none.
    pub fn thumbprint(&self, name: &str) -> String {
        self.certificate(name)
            .map_or_else(|_| name.to_owned(), |certificate| certificate.thumbprint().to_owned())
    }

    /// The certificate of this name.
    pub fn certificate(&self, name: &str) -> Result<Certificate, DeployError> {
        Ok(self.identity(name)?.chain[0].clone())
    }

    /// The SHA-1 thumbprints of these certificates.
    pub fn thumbprints(&self, names: &[At<String>]) -> Result<Vec<String>, DeployError> {
        names.iter().map(|name| Ok(self.certificate(name)?.thumbprint().to_owned())).collect()
    }

    /// These authorities and self-signed certificates, as anchors of trust.
    pub fn anchors(&self, names: &[At<String>]) -> Result<Rc<TrustAnchors>, DeployError> {
        let certificates: Result<Vec<_>, DeployError> = names.iter().map(|name| self.anchor(name)).collect();
        Ok(Rc::new(TrustAnchors::new(certificates?)))
    }

    fn anchor(&self, name: &str) -> Result<Certificate, DeployError> {
        match self.authorities.get(name) {
            Some(authority) => Ok(authority.certificate().clone()),
            None => self.certificate(name).map_err(|_| DeployError::missing("authority", name)),
        }
    }

    /// Every certificate with its name, for export.
    pub fn certificates(&self) -> impl Iterator<Item = (&str, &Certificate)> {
        let authorities = self.authorities.iter().map(|(name, one)| (name.as_str(), one.certificate()));
        let identities = self.identities.iter().map(|(name, one)| (name.as_str(), &one.chain[0]));
        authorities.chain(identities)
    }
}

fn validity((not_before, not_after): (crate::time::VirtualTime, crate::time::VirtualTime)) -> Validity {
    Validity { not_before, not_after }
}
