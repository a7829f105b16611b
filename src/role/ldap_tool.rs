//! An LDAP tool: someone binds to a directory with what they came by, reads what is there, and deletes
//! what they like.
//!
//! What they came by is a name and a password, or stored credentials with a private key that opens some
//! of them. The tool takes whatever certificate the server shows. What it is let see and do, the
//! directory decides.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::{Dialer, Unreachable};
use super::directory_client::{DirectoryFailure, DirectorySession};
use super::judge::Judge;
use super::stimulus;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::digest::hex;
use crate::crypto::key::PrivateKey;
use crate::crypto::secret::Secret;
use crate::directory::{DistinguishedName, Filter};
use crate::facts;
use crate::name::DnsName;
use crate::protocol::edge_credential::EdgeSyncCredential;
use crate::protocol::edge_sync::{PROXY_ADDRESS_HASHES, address_hash};
use crate::protocol::ldap::{self, Search};
use crate::rule::{self, RuleId};
use crate::sim::{Host, Role, TlsClient};
use crate::trace::{Conclusion, Detail, Happening};

/// The name by which requests find this role.
const ROLE: &str = "LDAP tool";

/// What someone binds with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Proof {
    /// A name and a password.
    Password {
        /// The name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// Stored credentials, each of which is tried that a stolen key opens.
    Stored {
        /// The credentials.
        credentials: Vec<EdgeSyncCredential>,
        /// The private key, in PEM.
        key: Secret,
    },
}

/// What someone does with the tool: binds over TLS, reads whole naming contexts, and deletes entries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Look {
    /// The server.
    pub server: DnsName,
    /// Its port of secure LDAP.
    pub port: u16,
    /// What to bind with.
    pub proof: Proof,
    /// What to read.
    pub bases: Vec<DistinguishedName>,
    /// Addresses whose hashes are looked for in what is read.
    pub guesses: Vec<String>,
    /// Entries to delete then, with all below them.
    pub deletes: Vec<DistinguishedName>,
}

impl Look {
    /// The request as a stimulus for the tool's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

/// An LDAP tool.
pub struct LdapTool {
    suspended: Rc<BTreeSet<RuleId>>,
}

/// What came of it.
struct Seen {
    name: String,
    opened: Vec<String>,
    entries: usize,
    guessed: Vec<String>,
    deleted: usize,
}

impl Seen {
    fn shown(&self) -> String {
        let list = |what: &str, items: &[String]| match items {
            [] => String::new(),
            items => format!("; {what}: {}", items.join(", ")),
        };
        let deleted = match self.deleted {
            0 => String::new(),
            count => format!("; deleted {count} of them, with all below"),
        };
        let opened = list("opened", &self.opened);
        format!("{} entries{opened}{}{deleted}", self.entries, list("guessed right", &self.guessed))
    }
}

impl LdapTool {
    /// A tool on its host.
    pub fn new(suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { suspended: suspended.clone() }
    }
}

impl Role for LdapTool {
    fn boot(self: Rc<Self>, _host: Host) {}

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(look) = stimulus::decode::<Look>(ROLE, &stimulus) else { return };
        let judge = Judge::new(&host, &self.suspended);
        host.clone().spawn(async move {
            let asked = match &look.proof {
                Proof::Password { name, .. } => format!("to read the directory of {} as {name}", look.server),
                Proof::Stored { .. } => {
                    format!("to read the directory of {} with stored credentials", look.server)
                }
            };
            let conclusion = match look_at(&judge, &look).await {
                Ok(seen) => {
                    let shown = seen.shown();
                    Conclusion { granted: true, identity: Some(seen.name), asked, shown, details: Vec::new() }
                }
                Err(why) => {
                    let details = vec![Detail::new("error", why.to_string())];
                    Conclusion { granted: false, identity: None, asked, shown: "refused".to_owned(), details }
                }
            };
            host.record(Happening::Conclusion(conclusion));
        });
    }
}

async fn look_at(judge: &Judge, look: &Look) -> Result<Seen, DirectoryFailure> {
    let (accounts, opened) = match &look.proof {
        Proof::Password { name, password } => (vec![(name.clone(), password.clone())], Vec::new()),
        Proof::Stored { credentials, key } => {
            let accounts = open(judge, credentials, key)?;
            let names = accounts.iter().map(|(name, _)| name.clone()).collect();
            (accounts, names)
        }
    };
    let dialer = Dialer::new(judge, Rc::new(TrustAnchors::new([])));
    let channel = dialer.connect(&look.server, look.port).await.map_err(Unreachable::from)?;
    let client = TlsClient { server_name: look.server.clone(), verify: &|_| Ok(()), identity: None };
    let secured = channel.secure_as_client(client).await;
    let channel = secured.map_err(|why| Unreachable::Broken(why.to_string()))?;
    let mut session = DirectorySession::over(channel, &dialer);
    let name = bind_with_any(&mut session, &accounts).await?;
    let mut entries = Vec::new();
    for base in &look.bases {
        entries.extend(session.search(Search::subtree(base.clone(), Filter::everything())).await?.entries);
    }
    for entry in &look.deletes {
        session.delete(entry, true).await?;
    }
    session.close().await;
    let hashes: BTreeSet<String> =
        entries.iter().flat_map(|entry| entry.attributes.bytes(PROXY_ADDRESS_HASHES)).map(hex).collect();
    let known = |guess: &&String| hashes.contains(&hex(&address_hash(guess)));
    let guessed = look.guesses.iter().filter(known).cloned().collect();
    Ok(Seen { name, opened, entries: entries.len(), guessed, deleted: look.deletes.len() })
}

/// Binds with the first account that is let in; its name.
async fn bind_with_any(
    session: &mut DirectorySession,
    accounts: &[(String, Secret)],
) -> Result<String, DirectoryFailure> {
    let mut refused = None;
    for (name, password) in accounts {
        match session.bind_simply(name, password).await {
            Ok(()) => return Ok(name.clone()),
            Err(why @ DirectoryFailure::Refused { code: ldap::INVALID_CREDENTIALS, .. }) => {
                refused = Some(why);
            }
            Err(why) => return Err(why),
        }
    }
    let nothing = || Unreachable::Broken("there is nothing to bind with".to_owned()).into();
    Err(refused.unwrap_or_else(nothing))
}

/// The accounts whose credentials the key opens, the one that is good for longest first. Nobody's
/// permission is asked: the seal opens, or it does not.
fn open(
    judge: &Judge,
    credentials: &[EdgeSyncCredential],
    key: &Secret,
) -> Result<Vec<(String, Secret)>, DirectoryFailure> {
    let thief = judge.host().name().to_string();
    let key = PrivateKey::from_pem(key.reveal()).map_err(|why| Unreachable::Broken(why.to_string()))?;
    let mut sorted: Vec<&EdgeSyncCredential> = credentials.iter().collect();
    sorted.sort_by_key(|one| Reverse(one.account.expires));
    let tried = sorted.into_iter().map(|one| (one.account.user_name.clone(), one.open(&key)));
    let (opened, sealed): (Vec<_>, Vec<_>) = tried.partition(|(_, result)| result.is_ok());
    for (name, _) in &opened {
        judge.curtail(&rule::CREDENTIAL_OPENS, thief.clone(), name.clone(), true, Vec::new());
    }
    for (name, result) in &sealed {
        let facts = result.as_ref().err().map(|why| facts!["why" => why]).unwrap_or_default();
        match opened.is_empty() {
            true => judge
                .require(&rule::CREDENTIAL_OPENS, thief.clone(), name.clone(), false, facts)
                .map_err(Unreachable::Refused)?,
            false => {
                judge.curtail(&rule::CREDENTIAL_OPENS, thief.clone(), name.clone(), false, facts);
            }
        }
    }
    Ok(opened.into_iter().filter_map(|(name, result)| Some((name, result.ok()?))).collect())
}
