//! The translation of names and SIDs for members of the domain (MS-LSAT §3.1): from the own forest, or
//! from a domain that this one trusts, which is asked over the secure channel of the trust. So a
//! trusting forest gets to know the accounts of a trusted one by name, which does not get to know its.

use std::rc::Rc;

use super::trust_password::ChannelFailure;
use super::{DomainController, Session};
use crate::directory::{Domain, NtStatus};
use crate::name::DnsName;
use crate::protocol::lsa::{AccountName, LookUp, Translated, Wanted};
use crate::protocol::netlogon::{NetlogonReply, NetlogonRequest};
use crate::role::judge::Judge;
use crate::sim::{Channel, Host};
use crate::trace::{Happening, LogEntry};
use crate::trust::{Routing, TrustKind, TrustRecord};

/// The port of the LSA interface, one of the dynamic ones. A real server gets another at each start.
pub const LSA_PORT: u16 = 49156;

impl DomainController {
    pub(super) async fn serve_translation(self: Rc<Self>, host: Host, mut channel: Channel) {
        while let Ok(LookUp { shown, wanted }) = channel.receive::<LookUp>().await {
            let session = Session { judge: Judge::new(&host, &self.suspended), controller: &self };
            let answer = match session.bind_with_ticket(&shown) {
                Err(why) => Translated::Refused { why },
                Ok(_) => Translated::Account(self.translate(&host, &wanted).await),
            };
            if channel.send(&answer).await.is_err() {
                return;
            }
        }
    }

    async fn translate(&self, host: &Host, wanted: &Wanted) -> Option<AccountName> {
        if let Some(known) = self.known_in_forest(wanted) {
            return Some(known);
        }
        let partner = self.where_known(wanted)?;
        match self.ask_partner(host, &partner, wanted).await {
            Ok(found) => found,
            Err(why) => {
                let text = || format!("{partner} cannot be asked about names: {why}");
                host.record_with(|| {
                    Happening::Log(LogEntry { log: "System".into(), id: None, text: text() })
                });
                None
            }
        }
    }

    /// The account, where the own forest has it.
    pub(super) fn known_in_forest(&self, wanted: &Wanted) -> Option<AccountName> {
        let find = |domain: &Domain| {
            let account = match wanted {
                Wanted::Name(name) => domain.find(name.as_str()),
                Wanted::Sid(sid) => domain.account(*sid),
            };
            account.map(|account| AccountName { name: account.upn.clone(), sid: account.sid })
        };
        find(&self.domain.borrow()).or_else(|| self.replicas.borrow().iter().find_map(find))
    }

    /// The trusted domain that knows, if one does: by the suffix of the name, or by the domain of the SID.
    fn where_known(&self, wanted: &Wanted) -> Option<DnsName> {
        let suffix = match wanted {
            Wanted::Name(name) => name.suffix(),
            Wanted::Sid(_) => None,
        };
        let knows = |record: &&TrustRecord| {
            let info = record.forest_info.as_ref();
            let names = info.zip(suffix.as_ref());
            let by_name = match record.kind {
                TrustKind::External => suffix.as_ref() == Some(&record.partner),
                _ => names.is_some_and(|(info, suffix)| matches!(info.route(suffix), Routing::Routed(_))),
            };
            let by_sid = match wanted {
                Wanted::Sid(sid) => sid.domain().is_some_and(|domain| {
                    domain == record.sid || info.is_some_and(|info| info.speaks_for(domain))
                }),
                Wanted::Name(_) => false,
            };
            record.direction.is_outbound() && (by_name || by_sid)
        };
        let trusts = self.trusts.borrow();
        trusts.records.iter().find(knows).map(|record| record.partner.clone())
    }

    async fn ask_partner(
        &self,
        host: &Host,
        partner: &DnsName,
        wanted: &Wanted,
    ) -> Result<Option<AccountName>, ChannelFailure> {
        let known = self.trusted().into_iter().find(|(other, _)| other == partner);
        let (_, known) = known.ok_or(ChannelFailure::Refused(NtStatus::TRUSTED_DOMAIN_FAILURE))?;
        let mut channel = self.open_channel(host, partner, &known).await?;
        match channel.call(&NetlogonRequest::Translate(wanted.clone())).await? {
            NetlogonReply::Translated { sealed } => {
                channel.seal.open_account(&channel.key, &sealed).ok_or(ChannelFailure::Unusable)
            }
            NetlogonReply::Refused(status) => Err(ChannelFailure::Refused(status)),
            _ => Err(ChannelFailure::Unusable),
        }
    }
}
