//! Handing a request on to a Client Access server of the mailbox's site: row 10 of the pipeline
//! (domain page A6).
//!
//! The server that was asked first has decided who acts, and sends that along; the one in the
//! mailbox's site asks only whether its caller may do so. What is handed on is handed on once.

use super::Desk;
use super::acting::{Acting, Hop};
use super::directory::Reader;
use super::pipeline::Row;
use super::store::Place;
use crate::directory::DistinguishedName;
use crate::facts;
use crate::protocol::ews::{
    self, AccessMode, Answer, Header, Operation, ProxyRequestType, ProxySecurityContext, ResponseCode,
};
use crate::protocol::http::{Authorization, Body, Request, Url};
use crate::role::dial::Unreachable;
use crate::trace::{Happening, Truth};

/// Why another server gave no answer to a request.
pub(super) enum NoAnswer {
    /// It cannot be reached, or breaks off.
    Unreachable(String),
    /// It does not take the credentials, or there are none to show to it.
    NotAuthenticated(String),
    /// It answers something else, with this status.
    Otherwise(u16),
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) | Self::NotAuthenticated(why) => formatter.write_str(why),
            Self::Otherwise(status) => write!(formatter, "it answers {status}"),
        }
    }
}

impl Desk {
    /// The site that all these mailboxes are in, where it is not this server's own.
    pub(super) fn other_site(
        &self,
        acting: &Acting,
        places: &[&Place],
    ) -> Result<Option<DistinguishedName>, ResponseCode> {
        let own = &self.role.config.site;
        let mut sites: Vec<&DistinguishedName> = Vec::new();
        for place in places {
            let Some(site) = &place.server.site else {
                let (code, on) =
                    (ResponseCode::ErrorProxyServiceDiscoveryFailed, place.server.address.as_str());
                self.require(
                    Row::ProxyServer,
                    code,
                    &acting.name,
                    on,
                    false,
                    facts!["site" => "none is told"],
                )?;
                continue;
            };
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
        let Some(other) = sites.iter().copied().find(|site| *site != own) else { return Ok(None) };
        let names: Vec<&str> = sites.iter().filter_map(|site| site.name()).collect();
        let first = acting.hop == Hop::First;
        let came = if first { "from its caller" } else { "from another Client Access server" };
        let facts = facts![
            "own site" => own.name().unwrap_or_default(), "mailboxes in" => names.join(", "), "came" => came,
        ];
        let (code, on) = (ResponseCode::ErrorCrossSiteRequest, other.name().unwrap_or_default());
        self.require(Row::Site, code, &acting.name, on, first && sites.len() == 1, facts)?;
        // No server is right for several sites, whatever a run suspends.
        if sites.len() == 1 { Ok(Some(other.clone())) } else { Err(code) }
    }

    /// The answer of the first Client Access server of a site, by name, that gives one.
    pub(super) async fn hand_on(
        &self,
        directory: &mut Reader,
        acting: &Acting,
        operation: &Operation,
        site: &DistinguishedName,
    ) -> Result<Answer, ResponseCode> {
        let servers = directory.client_access_servers(&self.role.config.organization, site).await?;
        let request = ews::Request { header: handed_on(acting, operation), operation: operation.clone() };
        let mut facts = facts!["Client Access servers" => servers.len()];
        let mut answered = None;
        for server in &servers {
            let url = Url::https(&server.address, ews::PATH);
            match self.ask_as_itself(&url, &request).await {
                Ok(answer) => {
                    facts.extend(facts!["handed on to" => server.address]);
                    answered = Some((server, answer));
                    break;
                }
                Err(why) => facts.extend(facts!["no answer" => format!("{}: {why}", server.address)]),
            }
        }
        let code = ResponseCode::ErrorNoApplicableProxyCASServersAvailable;
        let on = site.name().unwrap_or_default();
        self.require(Row::ProxyServer, code, &acting.name, on, answered.is_some(), facts)?;
        let (server, answer) = answered.ok_or(code)?;
        let host = self.judge.host();
        host.record_with(|| {
            let text =
                format!("{} handed the request of {} on to {}", host.name(), acting.name, server.address);
            Happening::Truth(Truth { text })
        });
        Ok(answer)
    }

    /// Asks another server with this one's own ticket.
    pub(super) async fn ask_as_itself(&self, url: &Url, request: &ews::Request) -> Result<Answer, NoAnswer> {
        let shown = self.member.show(&format!("HTTP/{}", url.host())).await;
        let shown =
            shown.map_err(|_| NoAnswer::NotAuthenticated("no ticket is granted for it".to_owned()))?;
        self.ask(url, request, Authorization::Negotiate(shown)).await
    }

    /// Asks another server with these credentials.
    pub(super) async fn ask(
        &self,
        url: &Url,
        request: &ews::Request,
        authorization: Authorization,
    ) -> Result<Answer, NoAnswer> {
        let mut call = Request::xml(url.clone(), request.to_soap());
        call.authorization = Some(authorization);
        let response = self.dialer.exchange(&call, None).await;
        let response = response.map_err(|why| {
            NoAnswer::Unreachable(match why {
                Unreachable::Refused(_) => "it cannot be reached".to_owned(),
                Unreachable::Broken(why) => why,
            })
        })?;
        match &response.body {
            Body::Xml(text) => ews::read_answer(text).map_err(|why| NoAnswer::Unreachable(why.to_string())),
            _ if response.status == 401 => {
                Err(NoAnswer::NotAuthenticated("it does not take the credentials".to_owned()))
            }
            _ => Err(NoAnswer::Otherwise(response.status)),
        }
    }
}

/// The header with which one Client Access server tells another of the same forest who acts.
fn handed_on(acting: &Acting, operation: &Operation) -> Header {
    let context = ProxySecurityContext {
        user: acting.token.user,
        groups: acting.token.groups.iter().copied().collect(),
        name: acting.name.clone(),
    };
    let asks = matches!(operation, Operation::GetUserAvailability { .. });
    Header {
        access: vec![AccessMode::ProxySecurityContext(context)],
        proxy_request: asks.then_some(ProxyRequestType::CrossSite),
        ..Header::default()
    }
}
