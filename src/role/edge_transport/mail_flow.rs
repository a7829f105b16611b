//! The cmdlets of accepted domains, remote domains and Send connectors on the edge itself: they are the
//! edge's own until it is subscribed, and disabled from then on (domain page B3).

use super::EdgeTransport;
use super::subscription::LOCAL_CMDLETS;
use crate::directory::exchange::Organization;
use crate::directory::mail_flow::{FIRST_ORGANIZATION, MailFlow, Verb};
use crate::directory::{Attributes, DistinguishedName, Partition, PartitionError, SecurityDescriptor};
use crate::facts;
use crate::protocol::edge_sync::NamingContext;
use crate::rule;
use crate::sim::Host;

impl EdgeTransport {
    /// Runs a cmdlet; why it is refused, where it is.
    pub(super) fn configure(&self, host: &Host, verb: Verb, object: &MailFlow) -> Result<String, String> {
        let cmdlet = format!("{verb}-{}", object.noun());
        let local = !self.subscribed.get();
        let facts = if local { Vec::new() } else { facts!["disabled" => LOCAL_CMDLETS] };
        let judged = self.judge(host).require(
            &rule::LOCAL_CONFIGURATION,
            "an administrator",
            cmdlet.clone(),
            local,
            facts,
        );
        judged.map_err(|refused| refused.to_string())?;
        let dn = object.dn(&own_organization());
        let written = self.configuration.change(host, |partition| match verb {
            Verb::New => add(partition, &dn, object.attributes()),
            Verb::Set => partition.modify(&dn, &object.replacements()),
            Verb::Remove => partition.delete(&dn),
        });
        written.map_err(|why| why.to_string())?;
        Ok(format!("{verb}-{object}: done"))
    }
}

/// The organization of its own that an edge has before it is subscribed.
fn own_organization() -> Organization {
    Organization { name: FIRST_ORGANIZATION.to_owned(), configuration: NamingContext::Configuration.dn() }
}

/// Adds an object, and before it the containers that it stands in.
fn add(
    partition: &mut Partition,
    dn: &DistinguishedName,
    attributes: Attributes,
) -> Result<(), PartitionError> {
    if let Some(parent) = dn.parent().filter(|parent| partition.object(parent).is_none()) {
        add(partition, &parent, Attributes::new([("objectClass", "container")]))?;
    }
    let inheriting = SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() };
    partition.add(dn, attributes, inheriting).map(|_| ())
}
