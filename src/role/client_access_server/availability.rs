//! When people are busy: each mailbox is asked on its own, in this site, through a Client Access server
//! of another site, or in another forest (domain page A3, A8 S3).
//!
//! Another forest is asked as its availability address space says: as one account for everybody, or as
//! the person who asks, with that person's token. Where this forest is the one that is asked, the one
//! account learns what everybody may, whatever rights it has otherwise.

use super::Desk;
use super::acting::{Acting, Hop};
use super::directory::AddressSpace;
use super::pipeline::Row;
use super::proxy::NoAnswer;
use super::store::Stores;
use crate::crypto::secret::Secret;
use crate::directory::exchange::AccessMethod;
use crate::directory::{AccessToken, Filter, Sid};
use crate::facts;
use crate::mailbox::FreeBusyQuery;
use crate::protocol::ews::{
    AccessMode, Answer, Header, ItemError, Operation, Payload, ProxyRequestType, Request, ResponseCode,
};
use crate::protocol::http::{Authorization, Url};
use crate::protocol::mapi::StoreOperation;
use crate::role::http_authentication::Caller;
use crate::time::Span;

/// How long one server of another forest is waited for.
const PATIENCE: Span = Span::seconds(10);

impl Desk {
    /// Row 5, for a request of another forest that names no client: the caller is the account that this
    /// forest lets in for that. It reads with the rights of nobody in particular.
    pub(super) async fn org_wide(&self, caller: &Caller) -> Result<Acting, ResponseCode> {
        let mut directory = self.read_directory().await?;
        let account = directory.org_wide_account(&self.role.config.organization).await?;
        let facts = match account {
            Some(sid) => facts!["OrgWideAccount" => sid, "caller" => caller.token.user],
            None => facts!["OrgWideAccount" => "none"],
        };
        let (code, who) = (ResponseCode::ErrorProxyRequestNotAllowed, caller.name.as_str());
        let holds = account.is_some_and(|sid| caller.token.holds(sid));
        self.require(Row::OrgWideAccount, code, who, &self.name(), holds, facts)?;
        let token = AccessToken::new(Sid::AUTHENTICATED_USERS, []);
        Ok(Acting { name: caller.name.to_string(), token, mailbox: None, basis: None, hop: Hop::First })
    }
}

impl Stores<'_> {
    /// What may be learned of each of these mailboxes.
    pub(super) async fn availability(
        &mut self,
        mailboxes: &[String],
        query: &FreeBusyQuery,
    ) -> Vec<Result<Payload, ItemError>> {
        let mut messages = Vec::new();
        for address in mailboxes {
            messages.push(self.free_busy(address, query).await);
        }
        messages
    }

    async fn free_busy(&mut self, address: &str, query: &FreeBusyQuery) -> Result<Payload, ItemError> {
        let mailbox = self.mailbox_of(Filter::equals("mail", address)).await?;
        let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
        if mailbox.is_none() && domain != self.desk.member.domain().as_str() {
            return self.in_another_forest(address, domain, query).await;
        }
        let mailbox = self.found(mailbox, ResponseCode::ErrorMailRecipientNotFound, address)?;
        let place = self.at_its_server(mailbox).await?;
        match self.desk.other_site(self.acting, &[&place])? {
            None => Ok(self.do_part(&place, StoreOperation::FreeBusy(*query)).await?),
            Some(site) => {
                let operation = question(address, query);
                first(self.desk.hand_on(&mut self.directory, self.acting, &operation, &site).await?)
            }
        }
    }

    async fn in_another_forest(
        &mut self,
        address: &str,
        domain: &str,
        query: &FreeBusyQuery,
    ) -> Result<Payload, ItemError> {
        let organization = &self.desk.role.config.organization;
        let space = self.directory.address_space(organization, domain).await?;
        let facts = match &space {
            Some(space) => {
                let urls: Vec<String> = space.urls.iter().map(Url::to_string).collect();
                facts!["method" => space.method.as_str(), "asked at" => urls.join(", ")]
            }
            None => facts!["address space" => "none"],
        };
        let code = ResponseCode::ErrorServiceDiscoveryFailed;
        self.desk.require(Row::AddressSpace, code, &self.acting.name, domain, space.is_some(), facts)?;
        let space = space.ok_or(code)?;
        let header = Header {
            access: self.token_for(space.method),
            proxy_request: Some(ProxyRequestType::CrossForest),
            ..Header::default()
        };
        let request = Request { header, operation: question(address, query) };
        let answered = self.desk.ask_forest(&space, &request).await;
        let (code, facts) = match &answered {
            Ok((url, _)) => (ResponseCode::ErrorProxyRequestProcessingFailed, facts!["answered" => url]),
            Err((why, tried)) => (why.code(), facts!["tried" => tried.join("; ")]),
        };
        let held = answered.is_ok();
        self.desk.require(Row::Forest, code, &self.acting.name, domain, held, facts)?;
        first(answered.map_err(|_| code)?.1)
    }

    /// The token that goes along where each person is asked for as that person.
    fn token_for(&self, method: AccessMethod) -> Vec<AccessMode> {
        let token = &self.acting.token;
        match method {
            AccessMethod::OrgWideFreeBusy => Vec::new(),
            AccessMethod::PerUserFreeBusy => vec![AccessMode::SerializedSecurityContext {
                user: token.user.to_string(),
                groups: token.groups.iter().map(Sid::to_string).collect(),
            }],
        }
    }
}

impl NoAnswer {
    fn code(&self) -> ResponseCode {
        match self {
            Self::NotAuthenticated(_) => ResponseCode::ErrorInvalidCrossForestCredentials,
            Self::Otherwise(403) => ResponseCode::ErrorProxyRequestNotAllowed,
            Self::Otherwise(_) | Self::Unreachable(_) => ResponseCode::ErrorProxyRequestProcessingFailed,
        }
    }
}

impl Desk {
    /// The answer of the first of another forest's servers that gives one; otherwise why the last gave
    /// none, and all that was tried.
    async fn ask_forest<'s>(
        &self,
        space: &'s AddressSpace,
        request: &Request,
    ) -> Result<(&'s Url, Answer), (NoAnswer, Vec<String>)> {
        let mut tried = Vec::new();
        let mut last = NoAnswer::Unreachable("the address space names no server".to_owned());
        for url in &space.urls {
            let asked = self.ask_as(space.user.as_deref(), url, request);
            let answer = self.judge.host().timeout(PATIENCE, asked).await;
            last = match answer {
                Ok(Ok(answer)) => return Ok((url, answer)),
                Ok(Err(why)) => why,
                Err(_) => NoAnswer::Unreachable(format!("no answer within {PATIENCE}")),
            };
            tried.push(format!("{}: {last}", url.host()));
            // Another of the forest's servers would say the same.
            if matches!(last, NoAnswer::NotAuthenticated(_)) {
                break;
            }
        }
        Err((last, tried))
    }

    /// Asks as an account of the other forest, or as this server.
    async fn ask_as(&self, user: Option<&str>, url: &Url, request: &Request) -> Result<Answer, NoAnswer> {
        let Some(user) = user else { return self.ask_as_itself(url, request).await };
        let password = self.role.config.passwords.get(user).cloned().unwrap_or_else(|| Secret::new(""));
        self.ask(url, request, Authorization::Basic { user: user.to_owned(), password }).await
    }
}

fn question(address: &str, query: &FreeBusyQuery) -> Operation {
    Operation::GetUserAvailability { mailboxes: vec![address.to_owned()], query: *query }
}

/// The answer about the one mailbox that was asked for.
fn first(answer: Answer) -> Result<Payload, ItemError> {
    match answer {
        Answer::Fault(fault) => Err(ItemError { code: fault.code, message: fault.message }),
        Answer::Reply(reply) => {
            let only = reply.messages.into_iter().next();
            only.unwrap_or_else(|| Err(ResponseCode::ErrorProxyRequestProcessingFailed.into()))
        }
    }
}
