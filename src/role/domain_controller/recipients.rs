//! The mail recipients of a forest, as a hub reads them from the directory: a container of their own,
//! apart from the accounts, so that they can be watched and asked for changes like any partition.

use serde::{Deserialize, Serialize};

use crate::directory::exchange::attribute::{
    AUTHENTICATED_SENDERS_ONLY, BLOCKED_SENDERS, MESSAGE_HYGIENE, PROXY_ADDRESSES, SAFE_SENDERS,
};
use crate::directory::{
    AttributeValue, Attributes, DistinguishedName, Modification, Partition, PartitionError,
    SecurityDescriptor,
};
use crate::name::DnsName;
use crate::protocol::edge_sync::address_hash;

/// What an administrator changes about a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecipientChange {
    /// The recipient has just these addresses; one who had none becomes a recipient.
    Addresses(Vec<String>),
    /// The recipient takes mail only from inside, or from everywhere.
    InsideOnly(bool),
    /// Mail for the recipient is taken whoever sends it, or is looked at (AntispamBypassEnabled).
    AntispamBypass(bool),
    /// The recipient's mailbox is disabled.
    Disabled,
}

/// The container of the recipients of the forest with this root domain.
pub fn container(root: &DnsName) -> DistinguishedName {
    DistinguishedName::of_domain(root).child("OU", "Recipients")
}

/// A recipient with these addresses.
pub fn attributes(addresses: &[&str], inside_only: bool) -> Attributes {
    let mut attributes = Attributes::new([("objectClass", "user")]);
    attributes.set(PROXY_ADDRESSES, written(addresses));
    if inside_only {
        attributes.set(AUTHENTICATED_SENDERS_ONLY, vec!["TRUE".into()]);
    }
    attributes
}

/// Notes whom a recipient trusts and whom not. Active Directory has only the hashes, which a mailbox
/// assistant takes from the person's mailbox (Update-Safelist).
pub fn add_safelists(attributes: &mut Attributes, safe: &[String], blocked: &[String]) {
    for (name, senders) in [(SAFE_SENDERS, safe), (BLOCKED_SENDERS, blocked)] {
        let hashes = senders.iter().map(|sender| AttributeValue::from(address_hash(sender).to_vec()));
        attributes.set(name, hashes.collect());
    }
}

fn written(addresses: &[&str]) -> Vec<AttributeValue> {
    addresses.iter().map(|address| format!("smtp:{address}").into()).collect()
}

impl RecipientChange {
    /// Makes the change to the recipient of this name.
    ///
    /// # Errors
    /// Where there is no such recipient.
    pub fn apply(&self, name: &str, partition: &mut Partition) -> Result<(), PartitionError> {
        let dn = partition.base().child("CN", name);
        match self {
            Self::Addresses(addresses) => {
                let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
                if partition.object(&dn).is_some() {
                    let change = Modification::Replace(PROXY_ADDRESSES.to_owned(), written(&addresses));
                    return partition.modify(&dn, &[change]);
                }
                let descriptor =
                    SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() };
                partition.add(&dn, attributes(&addresses, false), descriptor).map(|_| ())
            }
            Self::InsideOnly(inside_only) => {
                let values = if *inside_only { vec!["TRUE".into()] } else { Vec::new() };
                partition.modify(&dn, &[Modification::Replace(AUTHENTICATED_SENDERS_ONLY.to_owned(), values)])
            }
            Self::AntispamBypass(bypass) => {
                let values = if *bypass { vec!["1".into()] } else { Vec::new() };
                partition.modify(&dn, &[Modification::Replace(MESSAGE_HYGIENE.to_owned(), values)])
            }
            Self::Disabled => partition.delete(&dn),
        }
    }
}
