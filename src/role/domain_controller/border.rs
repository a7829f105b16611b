//! What comes over a trust: whether the trust may vouch for the client at all, which of the client's
//! SIDs count, and whether the client needs leave of each server (MS-PAC §4.1.2, domain page §6).

use super::Session;
use super::on_behalf::spoken_for;
use crate::directory::{KerberosCode, Sid};
use crate::facts;
use crate::protocol::kerberos::{KrbError, Pac, TicketContent};
use crate::rule;
use crate::trust::{Boundary, Filtered, TrustKind, TrustRecord, filter, selective};

impl Session<'_> {
    /// Lets a client in who came over this trust with a referral, and takes out of the ticket's
    /// content what must not count here.
    pub(super) fn admit(&self, content: &mut TicketContent, record: &TrustRecord) -> Result<(), KrbError> {
        let about = spoken_for(&content.pac).and_then(|user| user.suffix());
        let (realm, partner) = (about.as_ref().unwrap_or(&content.client_realm), &record.partner);
        let claimed = match record.kind {
            TrustKind::Forest => record.forest_info.as_ref().is_some_and(|info| info.claims_realm(realm)),
            TrustKind::External => realm == partner,
            TrustKind::ParentChild | TrustKind::TreeRoot | TrustKind::Shortcut => true,
        };
        let own = self.domain().dns_name().to_string();
        let facts = facts![
            "trust" => format!("{own} trusts {partner}"),
            "kind" => record.kind.name(),
            "client's domain" => realm,
        ];
        let client = content.client.as_str();
        self.require(&rule::TRUST_PATH, KerberosCode::POLICY, client, &own, claimed, facts)?;
        self.filter_sids(content, record)?;
        selective::mark(record, &mut content.pac.extra_sids);
        Ok(())
    }

    fn filter_sids(&self, content: &mut TicketContent, record: &TrustRecord) -> Result<(), KrbError> {
        let forest = self.domain().forest().sids();
        let sids: Vec<Sid> = content.pac.sids().collect();
        let filtered = filter(record, &forest, content.pac.logon_domain, &sids);
        let (client, partner) = (content.client.to_string(), record.partner.as_str());
        // A PAC gives the client's SID as a number within the logon domain, so it cannot be another's.
        let foreign = content.pac.user.domain() != Some(content.pac.logon_domain);
        if filtered.refused.is_some() || foreign {
            let why = match filtered.refused {
                Some(why) => why.to_string(),
                None => "the client's own SID is of another domain".to_owned(),
            };
            let facts = facts![
                "border" => filtered.boundary.name(),
                "logon domain" => content.pac.logon_domain,
                "client" => content.pac.user,
                "why" => why,
            ];
            self.require(&rule::SID_FILTER, KerberosCode::POLICY, &client, partner, false, facts)?;
        }
        if filtered.dropped.is_empty() && filtered.boundary == Boundary::WithinForest {
            return Ok(());
        }
        let dropped: Vec<String> =
            filtered.dropped.iter().map(|(sid, why)| format!("{sid} ({why})")).collect();
        let mut facts = facts![
            "trust" => partner,
            "border" => filtered.boundary.name(),
            "passed" => filtered.kept.len(),
        ];
        if !dropped.is_empty() {
            facts.extend(facts!["filtered" => dropped.join(", ")]);
        }
        let clean = filtered.dropped.is_empty();
        if !self.judge.curtail(&rule::SID_FILTER, client, partner.to_owned(), clean, facts) {
            self.log_filtered(&content.pac, record, &filtered);
            let kept = |sid: &Sid| filtered.kept.contains(sid);
            content.pac.groups.retain(kept);
            content.pac.extra_sids.retain(kept);
            content.pac.resource_groups.retain(kept);
        }
        Ok(())
    }

    /// Security event 4675: SIDs were filtered.
    fn log_filtered(&self, pac: &Pac, record: &TrustRecord, filtered: &Filtered) {
        self.log(Some(4675), || {
            let sids: Vec<String> = filtered.dropped.iter().map(|(sid, _)| sid.to_string()).collect();
            format!(
                "SIDs were filtered. Target account: {}\\{} ({}). Trust: {} ({}), direction {}, attributes {:#x}. \
                 Filtered SIDs: {}",
                pac.netbios,
                pac.user_name,
                pac.user,
                record.partner,
                record.sid,
                record.direction.number(),
                record.attributes.0,
                sids.join(" ")
            )
        });
    }
}
