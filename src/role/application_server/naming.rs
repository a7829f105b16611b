//! Whom an application names to Exchange, and how (S2S C3).
//!
//! Exchange believes it. So an application names the client of the session, or, where it is a broker,
//! the one whose talk its own table holds; and nobody whom a request names.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::directory::{Filter, Sid};
use crate::document::server_to_server as document;
use crate::facts;
use crate::protocol::ews::{AccessMode, ConnectingId};
use crate::protocol::http::Response;
use crate::protocol::ldap::Search;
use crate::role::http_authentication::Caller;
use crate::role::pages;
use crate::rule;

/// By what the application names its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Identifier {
    /// The user principal name.
    PrincipalName,
    /// The security identifier.
    Sid,
    /// The primary e-mail address.
    PrimarySmtpAddress,
}

/// How the application writes its client into requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Naming {
    /// By these; one, if it is as it should be.
    By(Vec<Identifier>),
    /// Not at all: requests are made in the application's own name.
    Forgotten,
    /// As the client's request says, whoever the client is.
    AsTheClientSays,
    /// Not the client, but the speaker of the talk that the request is about, by SID.
    AsTheTableSays,
}

impl Desk {
    /// Whom the application names, and how. The speaker is known where a broker found the talk that the
    /// request is about.
    pub(super) async fn access(
        &self,
        client: &Caller,
        said: Vec<AccessMode>,
        speaker: Option<Sid>,
    ) -> Result<Vec<AccessMode>, Response> {
        let naming = self.role.naming.borrow().clone();
        if naming == Naming::AsTheClientSays && !said.is_empty() {
            return Ok(said);
        }
        if naming == Naming::AsTheTableSays {
            let Some(speaker) = speaker else { return Ok(Vec::new()) };
            self.judge.carries_out(&document::E3);
            return Ok(vec![AccessMode::ExchangeImpersonation(vec![ConnectingId::Sid(speaker.to_string())])]);
        }
        let facts = facts!["client" => client.name, "headers of its own" => said.len()];
        let (rule, on) = (&rule::CLIENT_SPEAKS_FOR_ITSELF, self.name());
        let held = self.judge.require(rule, client.name.to_string(), on, said.is_empty(), facts);
        held.map_err(|refused| pages::refusal(403, &refused))?;
        if !said.is_empty() {
            return Ok(said);
        }
        let by = match naming {
            Naming::By(by) => by,
            Naming::Forgotten | Naming::AsTheTableSays => return Ok(Vec::new()),
            Naming::AsTheClientSays => vec![Identifier::PrincipalName],
        };
        let mut ids = Vec::new();
        for identifier in by {
            ids.push(match identifier {
                Identifier::PrincipalName => ConnectingId::PrincipalName(client.name.to_string()),
                Identifier::Sid => ConnectingId::Sid(client.token.user.to_string()),
                Identifier::PrimarySmtpAddress => {
                    ConnectingId::PrimarySmtpAddress(self.address(client).await.unwrap_or_default())
                }
            });
        }
        self.judge.carries_out(&document::E3);
        Ok(vec![AccessMode::ExchangeImpersonation(ids)])
    }

    /// The client's primary e-mail address, from the directory.
    async fn address(&self, client: &Caller) -> Option<String> {
        let mut session = self.member.directory().connect().await.ok()?;
        let filter = Filter::equals("objectSid", client.token.user.to_string());
        let found = session.search(Search::subtree(self.member.base(), filter).only(["mail"])).await.ok()?;
        found.entries.first()?.first("mail").map(str::to_owned)
    }
}
