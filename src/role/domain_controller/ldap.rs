//! LDAP: who binds, and what they find (RFC 4511; AD FS example U3, the account store).
//!
//! A directory answers only those who have bound. Whoever has may read all accounts and groups, as
//! any authenticated user may in Active Directory by default.

use std::rc::Rc;

use super::entry::{account_of_dn, search};
use super::{DomainController, Session};
use crate::crypto::secret::Secret;
use crate::directory::{Proof, Win32Code};
use crate::facts;
use crate::protocol::kerberos::ApRequest;
use crate::protocol::ldap::{self, BindMechanism, LdapReply, LdapRequest};
use crate::role::judge::Judge;
use crate::rule;
use crate::sim::{Channel, Host};
use crate::trace::Fact;

impl DomainController {
    pub(super) async fn serve_ldap(self: Rc<Self>, host: Host, mut channel: Channel) {
        let session = Session { judge: Judge::new(&host, &self.suspended), controller: &self };
        let from = channel.peer().to_string();
        let mut bound: Option<String> = None;
        while let Ok(request) = channel.receive::<LdapRequest>().await {
            let reply = match request {
                LdapRequest::Bind { mechanism } => match session.bind(&from, mechanism) {
                    Ok(name) => {
                        bound = Some(name);
                        LdapReply::Bind { code: ldap::SUCCESS, text: String::new() }
                    }
                    Err(text) => {
                        bound = None;
                        LdapReply::Bind { code: ldap::INVALID_CREDENTIALS, text }
                    }
                },
                LdapRequest::Search { base, filter, attributes } => {
                    match session.may_search(&from, bound.as_deref()) {
                        true => session.search(&base, &filter, &attributes),
                        false => LdapReply::Search { code: ldap::OPERATIONS_ERROR, entries: Vec::new() },
                    }
                }
                LdapRequest::Unbind => return,
            };
            if channel.send(&reply).await.is_err() {
                return;
            }
        }
    }
}

impl Session<'_> {
    /// Who binds, or the text of the refusal.
    fn bind(&self, from: &str, mechanism: BindMechanism) -> Result<String, String> {
        let (who, proved) = match mechanism {
            BindMechanism::Simple { name, password } => {
                let proved = self.bind_simply(&name, &password);
                (name, proved)
            }
            BindMechanism::Kerberos(shown) => match self.bind_with_ticket(&shown) {
                Ok(name) => (name, Ok(())),
                Err(why) => (format!("a client on {from}"), Err(why)),
            },
        };
        let directory = self.domain().dns_name().to_string();
        let facts = match &proved {
            Ok(()) => facts!["from" => from],
            Err(why) => facts!["from" => from, "why" => why],
        };
        let held = self.judge.require(&rule::LDAP_BIND, who.clone(), directory, proved.is_ok(), facts);
        match (held, proved) {
            (Err(_), Err(why)) => Err(why),
            (Err(refused), Ok(())) => Err(refused.to_string()),
            (Ok(()), _) => Ok(who),
        }
    }

    /// A name, which may be a distinguished one, with its password. The refusal carries the Win32 code
    /// in hexadecimal, as Active Directory's does.
    fn bind_simply(&self, name: &str, password: &Secret) -> Result<(), String> {
        let account = account_of_dn(&self.domain(), name).map(|account| account.sam.clone());
        let name = account.as_deref().unwrap_or(name);
        let outcome = self.sign_in(name, &Proof::Password(password));
        outcome.map(|_| ()).map_err(|refusal| refusal_text(refusal.status.win32(), &refusal.reason))
    }

    /// A ticket for the directory service of this controller.
    fn bind_with_ticket(&self, shown: &ApRequest) -> Result<String, String> {
        let service = &shown.ticket.service;
        let key = self.domain().find_by_service(service).map(|account| account.key.clone());
        let opened = match &key {
            None => Err(format!("no account of the domain runs {service}")),
            Some(key) => shown.open(key).map_err(|why| why.to_string()),
        };
        let judged = match opened {
            Err(why) => Err((None, why)),
            Ok((content, proof)) if proof.client != content.client => {
                Err((Some(content), format!("{} shows a ticket of someone else", proof.client)))
            }
            Ok((content, proof)) => match self.lifetime(&content) {
                Ok(()) => Ok((content, proof)),
                Err((_, why)) => Err((Some(content), why)),
            },
        };
        let who = match &judged {
            Ok((content, _)) | Err((Some(content), _)) => content.client.to_string(),
            Err((None, _)) => format!("who shows a ticket of {}", shown.ticket.realm),
        };
        let mut facts: Vec<Fact> = facts!["shown" => shown.ticket];
        if let Err((_, why)) = &judged {
            facts.extend(facts!["why" => why]);
        }
        let held =
            self.judge.require(&rule::KERBEROS_TICKET, who.clone(), service.clone(), judged.is_ok(), facts);
        held.map_err(|refused| refused.to_string())?;
        let (content, proof) = match judged {
            Ok((content, proof)) => (content, proof.time),
            Err((Some(content), _)) => (content, self.host().now()),
            Err((None, why)) => return Err(why),
        };
        self.check_clock(content.client.as_str(), proof).map_err(|error| error.text)?;
        Ok(who)
    }

    fn may_search(&self, from: &str, bound: Option<&str>) -> bool {
        if bound.is_some() {
            return true;
        }
        let directory = self.domain().dns_name().to_string();
        let facts = facts!["why" => "a search came before a bind"];
        self.judge.require(&rule::LDAP_BIND, format!("a client on {from}"), directory, false, facts).is_ok()
    }

    fn search(&self, base: &str, filter: &ldap::Filter, attributes: &[String]) -> LdapReply {
        match search(&self.domain(), &self.controller.catalog, base, filter, attributes) {
            Some(entries) => LdapReply::Search { code: ldap::SUCCESS, entries },
            None => LdapReply::Search { code: ldap::NO_SUCH_OBJECT, entries: Vec::new() },
        }
    }
}

fn refusal_text(code: Win32Code, reason: &str) -> String {
    format!("AcceptSecurityContext error, data {:x}: {reason}", code.0)
}
