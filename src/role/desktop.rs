//! A desktop of a domain, with the person who is logged on to it.
//!
//! When it starts, the person logs on to the domain with Kerberos (AS exchange). It asks for tickets
//! to services here and in trusting domains (TGS exchange, referrals), and binds to directories. What
//! it shows is how far Windows trusts reach, without AD FS.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::{Dialer, Unreachable};
use super::directory_client::{DirectoryFailure, DirectorySession};
use super::judge::Judge;
use super::kerberos_client::{Credentials, KerberosClient, KerberosFailure, LongTerm};
use super::logon_session::{self, LogonSession};
use super::stimulus;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::directory::{DistinguishedName, Modification};
use crate::facts;
use crate::name::{DnsName, HostName, Upn};
use crate::protocol::ldap::{self, BindMechanism, LdapReply, LdapRequest, Search};
use crate::rule::RuleId;
use crate::sim::{Host, Role};
use crate::trace::{Conclusion, Detail, Happening};

/// The name by which requests find this role.
const ROLE: &str = "desktop";
const LDAP_PORT: u16 = 389;

/// What a person asks of a desktop. Credentials stand in place of the logged-on person's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Request {
    /// Ask for a new ticket to a service; with credentials, sign in with them first.
    Ticket {
        /// User name and password.
        credentials: Option<(String, Secret)>,
        /// The service principal name.
        service: String,
    },
    /// Bind to a directory by name and password.
    Bind {
        /// User name and password.
        credentials: Option<(String, Secret)>,
        /// The domain controller.
        directory: HostName,
        /// What to do once bound.
        then: Option<Operation>,
    },
}

/// What a person does with an entry of a directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Operation {
    /// Reads an attribute.
    Read {
        /// The entry.
        entry: DistinguishedName,
        /// The attribute.
        attribute: String,
    },
    /// Replaces the values of an attribute by a text.
    Write {
        /// The entry.
        entry: DistinguishedName,
        /// The attribute.
        attribute: String,
        /// The text.
        value: String,
    },
}

impl Request {
    /// The request as a stimulus for the desktop's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

/// What a desktop is set up with.
pub struct DesktopConfig {
    /// The session of the person who is logged on.
    pub session: Rc<LogonSession>,
    /// The password that the person has typed.
    pub password: Secret,
}

/// A desktop.
pub struct Desktop {
    config: DesktopConfig,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl Desktop {
    /// A desktop with someone logged on.
    pub fn new(config: DesktopConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone() }
    }
}

impl Role for Desktop {
    fn boot(self: Rc<Self>, host: Host) {
        let seat = Seat::new(&host, &self.suspended);
        self.config.session.forget();
        host.spawn(async move {
            // Where it fails, the trace says why, and the person logs on when a ticket is needed.
            let _ = self.config.session.log_on(&seat.kerberos).await;
        });
    }

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(request) = stimulus::decode::<Request>(ROLE, &stimulus) else { return };
        let seat = Seat::new(&host, &self.suspended);
        host.spawn(async move {
            let session = &self.config.session;
            let conclusion = match request {
                Request::Ticket { credentials: None, service } => {
                    let obtained = session.new_ticket(&seat.kerberos, &service).await;
                    told(session.account(), &service, obtained)
                }
                Request::Ticket { credentials: Some((user, password)), service } => {
                    let user = Upn::new(user);
                    let obtained = seat.ticket(&user, &password, &service).await;
                    told(&user, &service, obtained)
                }
                Request::Bind { credentials, directory, then } => {
                    let own = || (session.account().to_string(), self.config.password.clone());
                    let (user, password) = credentials.unwrap_or_else(own);
                    match then {
                        None => seat.bind(user, password, &directory).await,
                        Some(operation) => seat.operate(user, password, &directory, operation).await,
                    }
                }
            };
            seat.host.record(Happening::Conclusion(conclusion));
        });
    }
}

/// The person at the desktop, for one request.
struct Seat {
    host: Host,
    dialer: Dialer,
    kerberos: KerberosClient,
}

impl Seat {
    fn new(host: &Host, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let judge = Judge::new(host, suspended);
        let dialer = Dialer::new(&judge, Rc::new(TrustAnchors::new([])));
        Self { host: host.clone(), kerberos: KerberosClient::new(host, &dialer), dialer }
    }

    /// A ticket for someone who signs in for this one request.
    async fn ticket(
        &self,
        user: &Upn,
        password: &Secret,
        service: &str,
    ) -> Result<Credentials, KerberosFailure> {
        let realm = user.suffix().unwrap_or_else(|| DnsName::new(user.as_str()));
        let granting = self.kerberos.sign_in(user, &realm, LongTerm::Password(password)).await?;
        let ticket = self.kerberos.service_ticket(&granting, service).await?;
        logon_session::cached(&self.kerberos, &ticket);
        Ok(ticket)
    }

    async fn bind(&self, name: String, password: Secret, directory: &HostName) -> Conclusion {
        let asked = format!("to bind to {directory} as {name}");
        let identity = Some(name.clone());
        let bind = LdapRequest::Bind { mechanism: BindMechanism::Simple { name, password } };
        let answer: Result<LdapReply, Unreachable> = async {
            let channel = self.dialer.connect_to(directory, LDAP_PORT).await?;
            self.dialer.ask(channel, &bind).await
        }
        .await;
        match answer {
            Ok(LdapReply::Bind { code: ldap::SUCCESS, text }) => {
                Conclusion { granted: true, identity, asked, shown: text, details: Vec::new() }
            }
            Ok(LdapReply::Bind { code, text }) => {
                let details = facts!["code" => code];
                Conclusion { granted: false, identity: None, asked, shown: text, details }
            }
            Ok(_) => {
                let shown = "the directory answers something else".to_owned();
                Conclusion { granted: false, identity: None, asked, shown, details: Vec::new() }
            }
            Err(error) => refused(asked, &KerberosFailure::Unreachable(error)),
        }
    }
}

impl Seat {
    /// Binds, and then reads or writes.
    async fn operate(
        &self,
        name: String,
        password: Secret,
        directory: &HostName,
        operation: Operation,
    ) -> Conclusion {
        let asked = match &operation {
            Operation::Read { entry, attribute } => format!("to read {attribute} of {entry} as {name}"),
            Operation::Write { entry, attribute, .. } => format!("to write {attribute} of {entry} as {name}"),
        };
        let outcome: Result<String, DirectoryFailure> = async {
            let channel = self.dialer.connect_to(directory, LDAP_PORT).await.map_err(Unreachable::from)?;
            let mut session = DirectorySession::over(channel, &self.dialer);
            session.bind_simply(&name, &password).await?;
            let shown = match operation {
                Operation::Read { entry, attribute } => {
                    let found = session.search(Search::entry(entry).only([attribute.as_str()])).await?;
                    let values = found.entries.iter().flat_map(|entry| entry.attributes.get(&attribute));
                    values.map(ToString::to_string).collect::<Vec<_>>().join("; ")
                }
                Operation::Write { entry, attribute, value } => {
                    let change = Modification::Replace(attribute, vec![value.into()]);
                    session.modify(&entry, vec![change]).await?;
                    "done".to_owned()
                }
            };
            session.close().await;
            Ok(shown)
        }
        .await;
        match outcome {
            Ok(shown) => {
                Conclusion { granted: true, identity: Some(name), asked, shown, details: Vec::new() }
            }
            Err(why) => {
                let details = vec![Detail::new("error", why.to_string())];
                let shown = "refused".to_owned();
                Conclusion { granted: false, identity: None, asked, shown, details }
            }
        }
    }
}

/// What the person is told of a ticket that was asked for.
fn told(user: &Upn, service: &str, obtained: Result<Credentials, KerberosFailure>) -> Conclusion {
    let asked = format!("a ticket to {service} for {user}");
    match obtained {
        Ok(Credentials { ticket, .. }) => Conclusion {
            granted: true,
            identity: Some(user.to_string()),
            asked,
            shown: format!("{}, issued by {}", ticket.service, ticket.realm),
            details: Vec::new(),
        },
        Err(failure) => refused(asked, &failure),
    }
}

fn refused(asked: String, failure: &KerberosFailure) -> Conclusion {
    let details = vec![Detail::new("error", failure.to_string())];
    Conclusion { granted: false, identity: None, asked, shown: "no ticket, no access".to_owned(), details }
}
