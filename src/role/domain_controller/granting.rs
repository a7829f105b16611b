//! The TGS exchange: for a ticket-granting ticket, a ticket for a service of this domain, or a
//! referral to the next domain on the way to it (RFC 4120 §3.3, MS-KILE §3.3.5.7).

use std::collections::BTreeSet;

use super::authentication::reply_part;
use super::on_behalf::spoken_for;
use super::{Session, TICKET_LIFETIME, as_error};
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::membership::resource_groups;
use crate::directory::{Account, KerberosCode, NtStatus, Proof, Sid};
use crate::facts;
use crate::name::DnsName;
use crate::protocol::kerberos::{
    Authenticator, KrbError, TgsReply, TgsRequest, Ticket, TicketContent, Untimely,
};
use crate::rule;
use crate::time::Span;
use crate::trust::{Destination, Referral, TrustKind, TrustRecord, selective};

/// From which age of a ticket-granting ticket on the account is looked at again (MS-KILE §3.3.5.7.1).
const RECHECK_AFTER: Span = Span::minutes(20);

/// A ticket-granting ticket that was shown and found good.
pub(super) struct Shown {
    /// What counts of it here.
    pub content: TicketContent,
    /// The key that the answer is sealed under.
    pub session_key: SymmetricKey,
    /// The trust that it came over; none for a ticket of this very domain.
    pub came_over: Option<TrustRecord>,
}

impl Session<'_> {
    /// Answers a TGS-REQ.
    pub(super) fn grant(&self, request: &TgsRequest) -> Result<TgsReply, KrbError> {
        let shown = self.examine(request)?;
        let about_another = shown.came_over.is_some() && spoken_for(&shown.content.pac).is_some();
        let ticket = match &request.for_user {
            Some(_) if about_another => self.bring_home(&shown, &request.service),
            Some(user) => self.speak_for(&shown, &request.service, user),
            None => self.issue(&shown, &request.service),
        };
        let (ticket, content) = ticket?;
        let mut random = self.host().random("kerberos");
        Ok(TgsReply::new(ticket, &shown.session_key, &mut random, &reply_part(&content)))
    }

    /// Whether the ticket that is shown is good, and the one who shows it its holder; and what counts
    /// of it here.
    fn examine(&self, request: &TgsRequest) -> Result<Shown, KrbError> {
        let (mut content, came_over) = self.open(&request.ticket)?;
        let client = content.client.clone();
        let session_key = content.session_key.clone();
        let proof = Authenticator::open(&request.ticket, &session_key, &request.authenticator);
        let judged = match &proof {
            Err(why) => Err((KerberosCode::BAD_INTEGRITY, why.to_string())),
            Ok(proof) if proof.client != client => {
                Err((KerberosCode::BAD_INTEGRITY, format!("{} shows a ticket of {client}", proof.client)))
            }
            Ok(_) if spoken_for(&content.pac).is_some() && request.for_user.is_none() => {
                Err((KerberosCode::BAD_OPTION, "it speaks about someone else than its holder".to_owned()))
            }
            Ok(_) => self.lifetime(&content),
        };
        let mut facts = facts!["shown" => request.ticket, "until" => content.end];
        if let Err((_, why)) = &judged {
            facts.extend(facts!["why" => why]);
        }
        let code = judged.as_ref().err().map_or(KerberosCode::GENERIC, |(code, _)| *code);
        let (rule, on) = (&rule::KERBEROS_TICKET, &request.ticket.service);
        self.require(rule, code, client.as_str(), on, judged.is_ok(), facts)?;
        if let Ok(proof) = proof {
            self.check_clock(client.as_str(), proof.time)?;
        }
        match &came_over {
            Some(record) => self.admit(&mut content, record)?,
            None => self.look_again(&content)?,
        }
        Ok(Shown { content, session_key, came_over })
    }

    /// Opens a ticket-granting ticket: one of this domain under its own key, a referral under the key
    /// of the trust that it came over.
    fn open(&self, ticket: &Ticket) -> Result<(TicketContent, Option<TrustRecord>), KrbError> {
        let domain = self.domain();
        let realm = domain.dns_name();
        let holder = format!("who shows a ticket of {}", ticket.realm);
        if ticket.realm == *realm {
            let opened = ticket.open(domain.krbtgt_key());
            return opened.map(|content| (content, None)).map_err(|why| self.sealed(ticket, &holder, why));
        }
        let trusts = self.controller.trusts.borrow();
        let record = trusts.with(&ticket.realm).filter(|record| record.direction.is_outbound());
        let Some((record, key)) = record.and_then(|record| Some((record, record.outgoing.as_ref()?))) else {
            let facts = facts!["why" => format!("{realm} does not trust {}", ticket.realm)];
            let (rule, code) = (&rule::TRUST_PATH, KerberosCode::POLICY);
            self.require(rule, code, &holder, realm.as_str(), false, facts)?;
            return Err(KrbError::new(code, "there is no key to open the ticket with"));
        };
        let opened = key.accepted().map(|key| ticket.open(key));
        match opened.reduce(|newest, older| newest.or_else(|why| older.map_err(|_| why))) {
            Some(Ok(content)) => Ok((content, Some(record.clone()))),
            Some(Err(why)) => Err(self.foreign(record, ticket, &holder, why)),
            None => Err(self.sealed(ticket, &holder, "the trust has no key")),
        }
    }

    /// The refusal of a ticket that does not open. No rule's suspension opens it.
    fn sealed(&self, ticket: &Ticket, holder: &str, why: impl std::fmt::Display) -> KrbError {
        let code = KerberosCode::BAD_INTEGRITY;
        let facts = facts!["shown" => ticket, "why" => why];
        let refused = self.require(&rule::KERBEROS_TICKET, code, holder, &ticket.service, false, facts);
        refused.err().unwrap_or_else(|| KrbError::new(code, why.to_string()))
    }

    /// The refusal of a referral that opens under neither password of its trust. No rule's suspension
    /// opens it.
    fn foreign(
        &self,
        record: &TrustRecord,
        ticket: &Ticket,
        holder: &str,
        why: impl std::fmt::Display,
    ) -> KrbError {
        let trust = format!("{} trusts {}", self.domain().dns_name(), record.partner);
        let facts = facts!["shown" => ticket, "opens with" => "neither password of the trust"];
        let code = KerberosCode::BAD_INTEGRITY;
        let refused = self.require(&rule::TRUST_PASSWORD, code, holder, &trust, false, facts);
        let status = Some(NtStatus::TRUSTED_RELATIONSHIP_FAILURE);
        let error = refused.err().unwrap_or_else(|| KrbError::new(code, why.to_string()));
        KrbError { status, ..error }
    }

    /// Whether a ticket is in its lifetime, give or take what clocks may differ.
    pub(super) fn lifetime(&self, content: &TicketContent) -> Result<(), (KerberosCode, String)> {
        content.is_timely(self.host().now()).map_err(|why| match why {
            Untimely::NotYetValid(_) => (KerberosCode::TICKET_NOT_YET_VALID, why.to_string()),
            Untimely::Expired(_) => (KerberosCode::TICKET_EXPIRED, why.to_string()),
        })
    }

    /// Looks at the account again where the ticket is no longer young. A ticket that came over a trust
    /// is taken at its word.
    fn look_again(&self, content: &TicketContent) -> Result<(), KrbError> {
        if self.host().now() - content.auth_time <= RECHECK_AFTER {
            return Ok(());
        }
        let name = self.domain().account(content.pac.user).map(|account| account.sam.clone());
        let name = name.unwrap_or_else(|| content.client.to_string());
        let checked = self.sign_in(&name, &Proof::Vouched);
        checked.map(|_| ()).map_err(as_error)
    }

    /// A ticket for a service, or a referral.
    pub(super) fn issue(&self, shown: &Shown, service: &str) -> Result<(Ticket, TicketContent), KrbError> {
        let client = &shown.content.client;
        let known = self.domain().find_by_service(service).cloned();
        let destination = self.destination(&shown.content.client_realm, service);
        let here = Destination::OwnForest(self.domain().dns_name().clone());
        let nowhere = destination == Destination::Unknown || destination == here;
        if known.is_some() || nowhere {
            let facts = facts![
                "service" => service,
                "account" => known.as_ref().map_or("none", |account| account.sam.as_str()),
            ];
            let (rule, code) = (&rule::KERBEROS_SERVICE_KNOWN, KerberosCode::S_PRINCIPAL_UNKNOWN);
            self.require(rule, code, client.as_str(), service, known.is_some(), facts)?;
        }
        match known {
            Some(account) => self.issue_here(&shown.content, service, &account),
            None if nowhere => Err(KrbError::new(KerberosCode::S_PRINCIPAL_UNKNOWN, "no such service")),
            None => {
                let realm = &shown.content.client_realm;
                self.refer(shown, realm, service, &destination, KerberosCode::S_PRINCIPAL_UNKNOWN)
            }
        }
    }

    /// In which direction a service lies: where the global catalog says, or else where the name of its
    /// host points.
    fn destination(&self, client_realm: &DnsName, service: &str) -> Destination {
        if let Some(domain) = self.controller.catalog.services.get(&service.to_ascii_lowercase()) {
            return Destination::OwnForest(domain.clone());
        }
        let host = service.split('/').nth(1).unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        self.controller.trusts.borrow().destination(client_realm, &DnsName::new(host))
    }

    /// A ticket for a service of this domain, with the domain-local groups that this domain adds.
    pub(super) fn issue_here(
        &self,
        content: &TicketContent,
        service: &str,
        account: &Account,
    ) -> Result<(Ticket, TicketContent), KrbError> {
        let sids: BTreeSet<Sid> = content.pac.sids().collect();
        if let Some(decision) = selective::may_authenticate(&account.descriptor, content.pac.user, &sids) {
            let names = |sid| self.domain().display(sid);
            let mark = format!("{}, Other Organization", Sid::OTHER_ORGANIZATION);
            let mut facts = facts!["server's account" => account.sam, "the client carries" => mark];
            facts.extend(
                decision.facts(names).into_iter().map(|(name, value)| crate::trace::Fact::new(name, value)),
            );
            let (rule, code) = (&rule::SELECTIVE_AUTHENTICATION, KerberosCode::POLICY);
            self.require(rule, code, content.client.as_str(), service, decision.allowed, facts)?;
        }
        let mut content = self.renewed(content);
        content.pac.resource_groups = resource_groups(&self.domain(), &sids).into_iter().collect();
        Ok(self.seal(service, &account.key, content))
    }

    /// A referral of someone of this realm: a ticket for the next domain's ticket-granting service,
    /// under the key of the trust.
    pub(super) fn refer(
        &self,
        shown: &Shown,
        realm: &DnsName,
        on: &str,
        destination: &Destination,
        code: KerberosCode,
    ) -> Result<(Ticket, TicketContent), KrbError> {
        let client = shown.content.client.as_str();
        let trusts = self.controller.trusts.borrow();
        let mut referral = trusts.refer(realm, shown.came_over.as_ref(), destination);
        if let (Referral::NotRouted(why), Destination::NotRouted(partner, _)) = (&referral, destination) {
            let facts = facts!["trust" => partner, "why" => why];
            self.require(&rule::TRUST_NAME_ROUTED, code, client, on, false, facts)?;
            let onward = Destination::OtherForest(partner.clone());
            referral = trusts.refer(realm, shown.came_over.as_ref(), &onward);
        } else if let (Referral::Next(TrustRecord { kind: TrustKind::Forest, partner, .. }), _) =
            (&referral, destination)
        {
            let facts = facts!["trust" => partner];
            self.require(&rule::TRUST_NAME_ROUTED, code, client, on, true, facts)?;
        }
        let (record, key) = match referral {
            Referral::Next(record) => match &record.incoming {
                Some(key) => (record, &key.current),
                None => return Err(KrbError::new(code, "the trust has no key for referrals")),
            },
            Referral::NoPath(why) | Referral::NotRouted(why) => {
                self.require(&rule::TRUST_PATH, code, client, on, false, facts!["why" => why])?;
                return Err(KrbError::new(code, why));
            }
            Referral::Local => return Err(KrbError::new(code, "it should be in this domain, but is not")),
        };
        let step = format!("{} trusts {}", record.partner, self.domain().dns_name());
        let facts = facts!["next step" => step, "kind" => record.kind.name()];
        self.require(&rule::TRUST_PATH, code, client, on, true, facts)?;
        let content = self.renewed(&shown.content);
        Ok(self.seal(&Ticket::granting_service(&record.partner), key, content))
    }

    /// The same content with a session key and a lifetime of its own, within the old one.
    fn renewed(&self, content: &TicketContent) -> TicketContent {
        let now = self.host().now();
        let session_key = SymmetricKey::random(&mut self.host().random("kerberos"));
        let end = content.end.min(now + TICKET_LIFETIME);
        TicketContent { session_key, start: now, end, ..content.clone() }
    }

    fn seal(&self, service: &str, key: &SymmetricKey, content: TicketContent) -> (Ticket, TicketContent) {
        let mut random = self.host().random("kerberos");
        let ticket = Ticket::seal(self.domain().dns_name(), service, key, &mut random, &content);
        (ticket, content)
    }
}
