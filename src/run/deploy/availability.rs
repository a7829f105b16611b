//! How forests exchange free and busy times: what the Configuration partition says of it, the passwords
//! that Client Access servers keep for other forests, and the relays in between.

use std::collections::BTreeMap;

use super::directory::Directories;
use super::exchange::organization;
use super::{DeployError, Deployment, federation, impersonation};
use crate::crypto::secret::Secret;
use crate::directory::exchange::{self, attribute};
use crate::directory::{AttributeValue, Attributes, Modification, Partition, SecurityDescriptor};
use crate::name::{DnsName, HostName, Upn};
use crate::role::calendar_relay::{CalendarRelay, CalendarRelayConfig, OwnName};
use crate::role::domain_controller::ConfigurationChange;
use crate::scenario;
use crate::scenario::availability::{AccessMethod, AvailabilityConfig};
use crate::scenario::change::AvailabilitySetting;
use crate::scenario::exchange::Exchange;

/// The availability configuration of an organization, where it has one.
pub fn fill(
    directories: &Directories,
    forest: &DnsName,
    exchange: &Exchange,
    partition: &mut Partition,
) -> Result<(), DeployError> {
    let written = &exchange.availability;
    if *written == AvailabilityConfig::default() {
        return Ok(());
    }
    let place = organization(exchange, forest);
    let mut own = Attributes::new([("objectClass", "msExchAvailabilityConfig".to_owned())]);
    if let Some(account) = &written.org_wide_account {
        let dn = impersonation::account_object(directories, forest, account)?;
        own.set(attribute::ORG_WIDE_ACCOUNT, vec![dn.to_string().as_str().into()]);
    }
    partition.add(&place.availability(), own, inheriting())?;
    for (domain, space) in &written.address_spaces {
        let mut attributes = Attributes::new([
            ("objectClass", "msExchAvailabilityAddressSpace"),
            (attribute::FOREST_NAME, domain.as_str()),
            (attribute::ACCESS_METHOD, access_method(space.access_method.value).as_str()),
        ]);
        if let Some(credentials) = &space.credentials {
            let (user, _) = directories.credentials(credentials);
            attributes.set(attribute::AVAILABILITY_USER, vec![user.as_str().into()]);
        }
        let urls: Vec<AttributeValue> = space.at.iter().map(|url| url.as_str().into()).collect();
        attributes.set(attribute::URL, urls);
        partition.add(&place.address_space(domain), attributes, inheriting())?;
    }
    Ok(())
}

/// A change that an administrator makes, as one of the Configuration partition.
pub fn change(
    directories: &Directories,
    forest: &DnsName,
    exchange: &Exchange,
    set: &AvailabilitySetting,
) -> Result<ConfigurationChange, DeployError> {
    let place = organization(exchange, forest);
    let replace = |attribute: &str, value: Option<&str>| {
        Modification::Replace(attribute.to_owned(), value.into_iter().map(AttributeValue::from).collect())
    };
    Ok(match set {
        AvailabilitySetting::OrgWideAccount(account) => {
            let account = impersonation::account_object(directories, forest, account)?.to_string();
            let changes = vec![replace(attribute::ORG_WIDE_ACCOUNT, Some(&account))];
            ConfigurationChange { object: place.availability(), changes }
        }
        AvailabilitySetting::AsEachPerson(domain) => {
            let method = exchange::AccessMethod::PerUserFreeBusy.as_str();
            let changes = vec![
                replace(attribute::ACCESS_METHOD, Some(method)),
                replace(attribute::AVAILABILITY_USER, None),
            ];
            ConfigurationChange { object: place.address_space(domain), changes }
        }
    })
}

fn inheriting() -> SecurityDescriptor {
    SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() }
}

fn access_method(written: AccessMethod) -> exchange::AccessMethod {
    match written {
        AccessMethod::PerUserFreeBusy => exchange::AccessMethod::PerUserFreeBusy,
        AccessMethod::OrgWideFreeBusy => exchange::AccessMethod::OrgWideFreeBusy,
    }
}

/// The passwords of the accounts that an organization asks other forests as. Exchange keeps them
/// encrypted, for its own servers alone.
pub fn passwords(directories: &Directories, exchange: &Exchange) -> BTreeMap<String, Secret> {
    let spaces = exchange.availability.address_spaces.values();
    spaces.filter_map(|space| Some(directories.credentials(space.credentials.as_ref()?))).collect()
}

impl Deployment<'_> {
    pub(super) fn calendar_relay(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::availability::CalendarRelay,
    ) -> Result<CalendarRelay, DeployError> {
        let own_name = written.asks_as.as_ref().map(|asks_as| {
            let home = self.home(name, host)?;
            let (account, password) = self.directories.credentials(&asks_as.service_account);
            Ok::<_, DeployError>(OwnName {
                membership: self.membership(name, home),
                lets_in: self.directories.sid(home, &asks_as.lets_in)?,
                service_account: (Upn::new(account), password),
                acting_as: asks_as.acting_as.value.clone(),
            })
        });
        let config = CalendarRelayConfig {
            server: self.keys.identity(&written.certificate)?,
            roots: self.keys.anchors(&host.trusts)?,
            next: federation::url(&written.hands_on_to)?,
            own_name: own_name.transpose()?,
        };
        Ok(CalendarRelay::new(config, &self.suspended))
    }
}
