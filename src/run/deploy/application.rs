//! Application servers, which ask Exchange on behalf of their clients, and brokers among them.

use std::collections::BTreeSet;

use super::{DeployError, Deployment, federation};
use crate::mailbox::Field;
use crate::name::{HostName, Upn};
use crate::role::application_server::{self as role, ApplicationServer, ApplicationServerConfig, Talks};
use crate::scenario;
use crate::scenario::impersonation::{Authentication, Identifier, Naming, Talk, TalkField};

impl Deployment<'_> {
    pub(super) fn application_server(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::impersonation::ApplicationServer,
    ) -> Result<ApplicationServer, DeployError> {
        let home = self.home(name, host)?;
        let (account, password) = self.directories.credentials(&written.service_account);
        let talks = written.talks.iter().map(|(name, talk)| Ok((name.value.clone(), self.talk(talk)?)));
        let config = ApplicationServerConfig {
            server: self.keys.identity(&written.certificate)?,
            roots: self.keys.anchors(&host.trusts)?,
            membership: self.membership(name, home),
            service_account: (Upn::new(account), password),
            method: match written.authenticates_by {
                Authentication::Negotiate => role::Method::Negotiate,
                Authentication::Basic | Authentication::Form => role::Method::Basic,
            },
            exchange: federation::url(&written.exchange)?,
            naming: naming(&written.names_clients),
            talks: Talks::new(talks.collect::<Result<Vec<_>, DeployError>>()?),
        };
        Ok(ApplicationServer::new(config, &self.suspended))
    }

    fn talk(&self, written: &Talk) -> Result<role::Talk, DeployError> {
        let speaker = self.sid(&written.speaker)?;
        let mut domains = self.directories.all();
        let address = domains.find_map(|(_, domain)| domain.account(speaker)?.mail.clone());
        let arranged_by: Result<BTreeSet<_>, _> =
            written.arranged_by.iter().map(|one| self.sid(one)).collect();
        Ok(role::Talk {
            speaker,
            address: address
                .ok_or_else(|| DeployError::missing("e-mail address of", &written.speaker.to_string()))?,
            arranged_by: arranged_by?,
            fields: written.fields.iter().map(field).collect(),
            item: None,
            seen: None,
        })
    }

    fn sid(&self, principal: &scenario::Principal) -> Result<crate::directory::Sid, DeployError> {
        self.directories.sid(&crate::name::DnsName::new(""), principal)
    }
}

fn field(written: &TalkField) -> Field {
    match written {
        TalkField::Subject => Field::Subject,
        TalkField::Body => Field::Body,
        TalkField::Location => Field::Location,
        TalkField::Start => Field::Start,
        TalkField::End => Field::End,
    }
}

/// How an application names its clients.
pub fn naming(written: &Naming) -> role::Naming {
    let identifier = |written: &Identifier| match written {
        Identifier::PrincipalName => role::Identifier::PrincipalName,
        Identifier::Sid => role::Identifier::Sid,
        Identifier::PrimarySmtpAddress => role::Identifier::PrimarySmtpAddress,
    };
    match written {
        Naming::By(by) => role::Naming::By(by.iter().map(identifier).collect()),
        Naming::Forgotten => role::Naming::Forgotten,
        Naming::AsTheClientSays => role::Naming::AsTheClientSays,
        Naming::AsTheTableSays => role::Naming::AsTheTableSays,
    }
}
