//! New-EdgeSubscription on a hub: the file is checked, and the edge's object is created (I1).

use std::rc::Rc;

use super::Connectors;
use super::lease::Lease;
use super::pending::Pending;
use super::service::EdgeSync;
use super::session::Failure;
use super::view::{ADAM_SSL_PORT, Edge, PENDING, PRODUCT_ID, SERIAL_NUMBER, value};
use crate::directory::exchange::{SERVER_CLASS, ServerRole, attribute};
use crate::directory::{AttributeValue, Attributes, DistinguishedName};
use crate::document::edge_subscription as document;
use crate::facts;
use crate::protocol::edge_subscription::{EdgeSubscription, SubscriptionFileError, check_file_name};
use crate::role::judge::Refused;
use crate::rule::{self, Rule};
use crate::trace::Fact;

/// A file as removable media brought it.
pub(super) struct Brought<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

impl EdgeSync {
    /// Imports a file; the name of the subscription.
    pub(super) async fn import(
        &self,
        file: &Brought<'_>,
        site: &str,
        connectors: Connectors,
    ) -> Result<String, Failure> {
        let subscription = self.read_file(file)?;
        self.check_times(&subscription)?;
        self.check_site(&subscription, site)?;
        let edge = subscription.edge_server_fqdn.clone();
        // Kept in memory only, until this hub has sealed it to its own certificate.
        self.imported.borrow_mut().insert(edge, subscription.esra_password.clone());
        self.judge().carries_out(&document::I1);
        self.write_object(&subscription, connectors).await?;
        Ok(subscription.edge_server_name.to_string())
    }

    fn read_file(&self, file: &Brought<'_>) -> Result<EdgeSubscription, Failure> {
        let facts = facts!["role" => "Hub Transport"];
        let here = self.config().name.to_string();
        self.judge().require(&rule::IMPORT_ON_HUB, "an administrator", here, true, facts)?;
        let named = check_file_name(file.name);
        self.judge_file(file, &rule::FILE_EXTENSION, named.err())?;
        let read = match std::str::from_utf8(file.bytes) {
            Ok(text) => EdgeSubscription::from_xml(text),
            Err(why) => Err(SubscriptionFileError::NotWellFormed(why.to_string())),
        };
        // What holds of the file up to its first defect is entered too.
        let broken = read.as_ref().err().map(rule_of);
        for rule in [&rule::FILE_WELL_FORMED, &rule::FILE_COMPLETE, &rule::FILE_CERTIFICATE] {
            let here = broken.is_some_and(|broken| broken.id == rule.id);
            let defect = if here { read.as_ref().err().cloned() } else { None };
            self.judge_file(file, rule, defect)?;
            if here {
                break;
            }
        }
        read.map_err(|why| Failure::Broken(why.to_string()))
    }

    fn judge_file(
        &self,
        file: &Brought<'_>,
        rule: &'static Rule,
        defect: Option<SubscriptionFileError>,
    ) -> Result<(), Refused> {
        let facts = defect.as_ref().map(|why| facts!["why" => why]).unwrap_or_default();
        self.judge().require(rule, "an administrator", file.name.to_owned(), defect.is_none(), facts)
    }

    fn check_times(&self, subscription: &EdgeSubscription) -> Result<(), Failure> {
        let now = self.host().now();
        let facts = || -> Vec<Fact> {
            facts!["effective" => subscription.effective, "expires" => subscription.expires(), "the hub's clock" => now]
        };
        let edge = || subscription.edge_server_name.to_string();
        let expired = now >= subscription.expires();
        self.judge().require(
            &rule::FILE_NOT_EXPIRED,
            edge(),
            "the Edge Subscription file",
            !expired,
            facts(),
        )?;
        let early = now < subscription.effective;
        self.judge().require(&rule::FILE_EFFECTIVE, edge(), "the Edge Subscription file", !early, facts())?;
        Ok(())
    }

    fn check_site(&self, subscription: &EdgeSubscription, site: &str) -> Result<(), Failure> {
        let edge = subscription.edge_server_name.to_string();
        let own = self.site();
        let own = own.name().unwrap_or_default();
        let facts = facts!["the hub's site" => own];
        let known = site.eq_ignore_ascii_case(own);
        self.judge().require(&rule::SITE_KNOWN, edge.clone(), site.to_owned(), known, facts)?;
        let elsewhere = self.view().edge(&subscription.edge_server_name);
        let elsewhere =
            elsewhere.and_then(|edge| edge.server.site.clone()).filter(|other| *other != self.site());
        let facts = match &elsewhere {
            Some(other) => facts!["subscribed to" => other.name().unwrap_or_default()],
            None => Vec::new(),
        };
        self.judge().require(&rule::ONE_SITE, edge, site.to_owned(), elsewhere.is_none(), facts)?;
        Ok(())
    }

    /// Creates the edge's object, or gives it the content of a new subscription.
    async fn write_object(
        &self,
        subscription: &EdgeSubscription,
        connectors: Connectors,
    ) -> Result<(), Failure> {
        let dn = self.config().organization.server(subscription.edge_server_name.as_str());
        let attributes = self.attributes(subscription);
        let mut session = self.directory().connect().await?;
        match session.read(&dn).await? {
            None => session.add(&dn, attributes).await?,
            Some(_) => {
                // Nobody can use the credentials that were sealed to the certificate before.
                let gone = [attribute::EDGE_SYNC_CREDENTIAL, PRODUCT_ID, SERIAL_NUMBER];
                session.modify(&dn, attributes.replacements(&gone)).await?;
            }
        }
        self.add_to_connectors(&mut session, &dn, connectors).await?;
        session.close().await;
        Ok(())
    }

    fn attributes(&self, subscription: &EdgeSubscription) -> Attributes {
        let now = self.host().now();
        let mut attributes = Attributes::new([
            ("objectClass", SERVER_CLASS.to_owned()),
            (attribute::NETWORK_ADDRESS, subscription.edge_server_fqdn.to_string()),
            (attribute::SERVER_SITE, self.site().to_string()),
            (attribute::CURRENT_SERVER_ROLES, ServerRole::EdgeTransport.bit().to_string()),
            (ADAM_SSL_PORT, subscription.adam_ssl_port.to_string()),
        ]);
        for (name, text) in
            [(PRODUCT_ID, &subscription.product_id), (SERIAL_NUMBER, &subscription.serial_number)]
        {
            if !text.is_empty() {
                attributes.set(name, vec![text.as_str().into()]);
            }
        }
        attributes.set(attribute::PUBLIC_KEY, value(subscription.certificate.to_der().to_vec()));
        let fqdn = &self.config().fqdn;
        let free = Lease::free(fqdn.clone(), now);
        attributes.set(attribute::EDGE_SYNC_LEASE, value(free.to_octets()));
        let pending = self.view().hubs(&self.site()).into_iter().map(|hub| Pending {
            hub: hub.fqdn.clone(),
            from: fqdn.clone(),
            account: account_of(subscription),
            sealed: None,
        });
        let pending: Vec<AttributeValue> = pending.map(|one| one.to_octets().into()).collect();
        attributes.set(PENDING, pending);
        attributes
    }

    /// The edge whose object this is, as far as this hub knows it.
    pub(super) fn edge_at(&self, dn: &DistinguishedName) -> Option<Rc<Edge>> {
        self.view().edge_at(dn)
    }
}

fn account_of(subscription: &EdgeSubscription) -> crate::protocol::edge_credential::EdgeSyncAccount {
    crate::protocol::edge_credential::EdgeSyncAccount {
        target: subscription.edge_server_fqdn.clone(),
        source: None,
        effective: subscription.effective,
        expires: subscription.expires(),
        user_name: subscription.esra_username.clone(),
    }
}

fn rule_of(defect: &SubscriptionFileError) -> &'static Rule {
    use SubscriptionFileError as Defect;
    match defect {
        Defect::Extension(_) => &rule::FILE_EXTENSION,
        Defect::NotWellFormed(_) => &rule::FILE_WELL_FORMED,
        Defect::NotACertificate(_) => &rule::FILE_CERTIFICATE,
        Defect::OtherRoot(_)
        | Defect::Missing(_)
        | Defect::Repeated(_)
        | Defect::Empty(_)
        | Defect::NotADate(_)
        | Defect::NotADuration(_)
        | Defect::NotAPort(_) => &rule::FILE_COMPLETE,
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}
