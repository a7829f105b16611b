//! An LDAP tool: someone binds to a directory with a name and a password that they came by, and reads
//! what is there.
//!
//! It takes whatever certificate the server shows. What it is let see, the directory decides.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::{Dialer, Unreachable};
use super::directory_client::{DirectoryFailure, DirectorySession};
use super::judge::Judge;
use super::stimulus;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::digest::hex;
use crate::crypto::secret::Secret;
use crate::directory::{DistinguishedName, Filter};
use crate::name::DnsName;
use crate::protocol::edge_sync::{PROXY_ADDRESS_HASHES, address_hash};
use crate::protocol::ldap::Search;
use crate::rule::RuleId;
use crate::sim::{Host, Role, TlsClient};
use crate::trace::{Conclusion, Detail, Happening};

/// The name by which requests find this role.
const ROLE: &str = "LDAP tool";

/// What someone does with the tool: binds over TLS, and reads whole naming contexts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Look {
    /// The server.
    pub server: DnsName,
    /// Its port of secure LDAP.
    pub port: u16,
    /// The name to bind with.
    pub name: String,
    /// The password.
    pub password: Secret,
    /// What to read.
    pub bases: Vec<DistinguishedName>,
    /// Addresses whose hashes are looked for in what is read.
    pub guesses: Vec<String>,
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

/// What was read.
struct Seen {
    entries: usize,
    guessed: Vec<String>,
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
            let asked = format!("to read the directory of {} as {}", look.server, look.name);
            let conclusion = match look_at(&judge, &look).await {
                Ok(seen) => {
                    let guessed = match seen.guessed.as_slice() {
                        [] => String::new(),
                        found => format!("; guessed right: {}", found.join(", ")),
                    };
                    let shown = format!("{} entries{guessed}", seen.entries);
                    Conclusion { granted: true, identity: Some(look.name), asked, shown, details: Vec::new() }
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
    let dialer = Dialer::new(judge, Rc::new(TrustAnchors::new([])));
    let channel = dialer.connect(&look.server, look.port).await.map_err(Unreachable::from)?;
    let client = TlsClient { server_name: look.server.clone(), verify: &|_| Ok(()), identity: None };
    let secured = channel.secure_as_client(client).await;
    let channel = secured.map_err(|why| Unreachable::Broken(why.to_string()))?;
    let mut session = DirectorySession::over(channel, &dialer);
    session.bind_simply(&look.name, &look.password).await?;
    let mut entries = Vec::new();
    for base in &look.bases {
        entries.extend(session.search(Search::subtree(base.clone(), Filter::everything())).await?.entries);
    }
    session.close().await;
    let hashes: BTreeSet<String> =
        entries.iter().flat_map(|entry| entry.attributes.bytes(PROXY_ADDRESS_HASHES)).map(hex).collect();
    let known = |guess: &&String| hashes.contains(&hex(&address_hash(guess)));
    Ok(Seen { entries: entries.len(), guessed: look.guesses.iter().filter(known).cloned().collect() })
}
