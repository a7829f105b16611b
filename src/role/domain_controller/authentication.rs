//! The AS exchange: a client proves that it knows its password and gets a ticket-granting ticket
//! (RFC 4120 §3.1, MS-KILE §3.3.5.6).

use super::{MAXIMUM_SKEW, Session, TICKET_LIFETIME, as_error};
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::account::salt;
use crate::directory::{KerberosCode, Proof};
use crate::facts;
use crate::protocol::kerberos::{AsReply, AsRequest, KdcReplyPart, KrbError, Ticket, TicketContent};
use crate::rule;
use crate::time::VirtualTime;

impl Session<'_> {
    /// Answers an AS-REQ.
    pub(super) fn authenticate(&self, request: &AsRequest) -> Result<AsReply, KrbError> {
        let realm = self.domain().dns_name().clone();
        if request.realm != realm {
            let text = format!("this is a controller of {realm}, not of {}", request.realm);
            return Err(KrbError::new(KerberosCode::WRONG_REALM, text));
        }
        if request.preauth.is_none() {
            self.ask_for_proof(request)?;
        }
        let opens = |key: &SymmetricKey| request.preauth_time(key).is_ok_and(|time| time.is_some());
        let signed_in = self.sign_in(request.client.as_str(), &Proof::LongTermKey(&opens));
        let sid = signed_in.map_err(as_error)?;
        let Some(account) = self.domain().account(sid).cloned() else {
            return Err(KrbError::new(KerberosCode::C_PRINCIPAL_UNKNOWN, "the account is gone"));
        };
        if let Ok(Some(time)) = request.preauth_time(&account.key) {
            self.check_clock(request.client.as_str(), time)?;
        }

        let mut random = self.host().random("kerberos");
        let now = self.host().now();
        let content = TicketContent {
            client: request.client.clone(),
            client_realm: realm.clone(),
            session_key: SymmetricKey::random(&mut random),
            auth_time: now,
            start: now,
            end: now + TICKET_LIFETIME,
            pac: self.authorization_data(&account),
        };
        let service = Ticket::granting_service(&realm);
        let ticket = Ticket::seal(&realm, &service, self.domain().krbtgt_key(), &mut random, &content);
        self.log(None, || format!("{} signed in: a ticket-granting ticket was issued", request.client));
        Ok(AsReply::new(ticket, &request.client, &account.key, &mut random, &reply_part(&content)))
    }

    /// A first request comes without proof. It is told how the password is salted, or that nobody
    /// has that name; everything else about the account waits for the proof.
    fn ask_for_proof(&self, request: &AsRequest) -> Result<(), KrbError> {
        let known = self.domain().find(request.client.as_str()).map(|account| account.sam.clone());
        let Some(sam) = known else { return Ok(()) };
        let text = "prove that you know the password";
        let salt = Some(salt(self.domain().dns_name(), &sam));
        Err(KrbError { salt, ..KrbError::new(KerberosCode::PREAUTH_REQUIRED, text) })
    }

    /// Whether the client's clock is close enough to this one's.
    pub(super) fn check_clock(&self, client: &str, time: VirtualTime) -> Result<(), KrbError> {
        let now = self.host().now();
        let apart = (now - time).abs();
        let facts = facts!["client's clock" => time, "own clock" => now, "apart" => apart];
        let close = apart <= MAXIMUM_SKEW;
        let realm = self.domain().dns_name().to_string();
        self.require(&rule::KERBEROS_SKEW, KerberosCode::SKEW, client, &realm, close, facts)
    }
}

/// What the client is told of its ticket.
pub(super) fn reply_part(content: &TicketContent) -> KdcReplyPart {
    KdcReplyPart {
        session_key: content.session_key.clone(),
        auth_time: content.auth_time,
        start: content.start,
        end: content.end,
    }
}
