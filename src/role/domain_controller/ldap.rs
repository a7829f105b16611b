//! LDAP: who binds, and what they find (RFC 4511; AD FS example U3, the account store).
//!
//! Whoever has bound may read all accounts and groups, as any authenticated user may in Active
//! Directory by default. What stands in the Configuration partition has security descriptors.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::entry::{TOKEN_GROUPS, account_of_dn, search};
use super::{DomainController, Session};
use crate::crypto::secret::Secret;
use crate::directory::membership::{account_groups, local_groups};
use crate::directory::{AccessToken, GroupScope, Proof, Sid, Win32Code};
use crate::facts;
use crate::protocol::kerberos::{ApRequest, TicketContent};
use crate::protocol::ldap::{self, BindMechanism, LdapReply, Search, SearchControl};
use crate::role::directory_service::{self, Bound, Directory, PartitionStore};
use crate::role::judge::Judge;
use crate::role::shown_ticket;
use crate::rule;
use crate::sim::{Channel, Host};

impl DomainController {
    pub(super) async fn serve_ldap(self: Rc<Self>, host: Host, channel: Channel) {
        let session = Session { judge: Judge::new(&host, &self.suspended), controller: &self };
        directory_service::converse(&session, channel).await;
    }
}

impl Directory for Session<'_> {
    fn judge(&self) -> &Judge {
        &self.judge
    }

    fn name(&self) -> String {
        self.domain().dns_name().to_string()
    }

    fn bind(&self, from: &str, mechanism: &BindMechanism) -> Result<Bound, String> {
        let (who, proved) = match mechanism {
            BindMechanism::Simple { name, password } => (name.clone(), self.bind_simply(name, password)),
            BindMechanism::Kerberos(shown) => match self.bind_with_ticket(shown) {
                Ok(content) => (content.client.to_string(), Ok(self.token_of_ticket(&content))),
                Err(why) => (format!("a client on {from}"), Err(why)),
            },
        };
        let directory = self.domain().dns_name().to_string();
        let facts = match &proved {
            Ok(_) => facts!["from" => from],
            Err(why) => facts!["from" => from, "why" => why],
        };
        let held = self.judge.require(&rule::LDAP_BIND, who.clone(), directory, proved.is_ok(), facts);
        match (held, proved) {
            (Ok(()), Ok(token)) => Ok(Bound { name: who, token }),
            // A run that suspends the rule believes the name, and knows no groups of it.
            (Ok(()), Err(_)) => Ok(Bound { token: self.token_of_name(&who), name: who }),
            (Err(_), Err(why)) => Err(why),
            (Err(refused), Ok(_)) => Err(refused.to_string()),
        }
    }

    fn partitions(&self) -> Vec<Rc<PartitionStore>> {
        self.controller.configuration.iter().chain(&self.controller.recipients).cloned().collect()
    }

    fn search_elsewhere(&self, wanted: &Search) -> LdapReply {
        if wanted.control == Some(SearchControl::Notification) {
            let (code, entries, cookie) = (ldap::UNWILLING_TO_PERFORM, Vec::new(), None);
            return LdapReply::Search { code, entries, cookie };
        }
        let domain = self.domain();
        let cookie = wanted.control.is_some().then(|| domain.highest());
        let trusts = self.controller.trusts.borrow();
        match search(&domain, &self.controller.catalog, &trusts, wanted) {
            Some(entries) => LdapReply::Search { code: ldap::SUCCESS, entries, cookie },
            None => LdapReply::Search { code: ldap::NO_SUCH_OBJECT, entries: Vec::new(), cookie: None },
        }
    }

    /// The groups of others' tokens are for members of the Windows Authorization Access Group.
    fn withhold(&self, who: &Bound, search: &Search, reply: LdapReply) -> LdapReply {
        let asked = TOKEN_GROUPS.iter().any(|name| search.wants_by_name(name));
        let LdapReply::Search { code, mut entries, cookie } = reply else { return reply };
        let own = entries.iter().all(|entry| entry.first("objectSid") == Some(&who.token.user.to_string()));
        if asked && !own {
            let member = who.token.holds(Sid::WINDOWS_AUTHORIZATION_ACCESS);
            let on = search.base.to_string();
            if !self.judge.curtail(&rule::TOKEN_GROUPS, who.name.clone(), on, member, Vec::new()) {
                for entry in &mut entries {
                    entry.attributes.retain(|name| !TOKEN_GROUPS.contains(&name));
                }
            }
        }
        LdapReply::Search { code, entries, cookie }
    }

    fn display(&self, sid: Sid) -> String {
        self.domain().display(sid)
    }
}

impl Session<'_> {
    /// A name, which may be a distinguished one, with its password. The refusal carries the Win32 code
    /// in hexadecimal, as Active Directory's does.
    fn bind_simply(&self, name: &str, password: &Secret) -> Result<AccessToken, String> {
        let account = account_of_dn(&self.domain(), name).map(|account| account.sam.clone());
        let name = account.as_deref().unwrap_or(name);
        let outcome = self.sign_in(name, &Proof::Password(password));
        let sid = outcome.map_err(|refusal| refusal_text(refusal.status.win32(), &refusal.reason))?;
        Ok(self.token_of_account(sid))
    }

    /// The token of an account of this domain.
    fn token_of_account(&self, sid: Sid) -> AccessToken {
        let domain = self.domain();
        let groups = domain.account(sid).map(|account| {
            let groups = account_groups(&domain, &self.controller.catalog, account);
            groups.groups.into_iter().chain(groups.extra)
        });
        self.token(sid, groups.into_iter().flatten())
    }

    fn token_of_ticket(&self, content: &TicketContent) -> AccessToken {
        self.token(content.pac.user, content.pac.sids())
    }

    fn token_of_name(&self, name: &str) -> AccessToken {
        let account = self.domain().find(name).map(|account| account.sid);
        self.token_of_account(account.unwrap_or(Sid::ANONYMOUS))
    }

    /// A token as this controller makes it: with the domain-local groups of its domain, among which
    /// BUILTIN's count on a controller.
    fn token(&self, user: Sid, groups: impl Iterator<Item = Sid>) -> AccessToken {
        let mut sids: BTreeSet<Sid> = groups.chain([user, Sid::EVERYONE, Sid::AUTHENTICATED_USERS]).collect();
        let domain = self.domain();
        let local = domain.groups().filter(|group| group.scope == GroupScope::DomainLocal);
        sids.extend(local_groups(local, &sids));
        AccessToken::new(user, sids)
    }

    /// A ticket for the directory service of this controller.
    pub(super) fn bind_with_ticket(&self, shown: &ApRequest) -> Result<TicketContent, String> {
        let key = self.domain().find_by_service(&shown.ticket.service).map(|account| account.key.clone());
        let accepted = shown_ticket::accept(&self.judge, key.as_ref(), shown);
        accepted.map(|(content, _)| content).map_err(|refused| refused.to_string())
    }
}

fn refusal_text(code: Win32Code, reason: &str) -> String {
    format!("AcceptSecurityContext error, data {:x}: {reason}", code.0)
}
