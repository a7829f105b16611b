//! In whose name a request is carried out: rows 2 to 9 of the pipeline (S2S C2, C3, C5; domain page
//! A1 to A3, A6).
//!
//! A caller that acts for itself needs no right for that. One that names a client needs two: to
//! impersonate through this server, and to impersonate this client. One that hands in a token needs
//! to be an Exchange server, and is not asked again what the server that it comes from has asked.

use super::Desk;
use super::directory::{Account, MailboxPlace, Reader, unavailable};
use super::pipeline::Row;
use crate::directory::exchange::{attribute, right};
use crate::directory::{
    AccessRequest, AccessToken, DistinguishedName, Filter, Guid, SecurityDescriptor, Sid, access_check,
};
use crate::document::server_to_server as document;
use crate::facts;
use crate::name::Upn;
use crate::protocol::ews::{AccessMode, ConnectingId, Header, Request, ResponseCode};
use crate::protocol::lsa::Wanted;
use crate::role::http_authentication::Caller;
use crate::trace::Fact;

/// In whose name a request is carried out.
pub(super) struct Acting {
    /// The name under which it is logged.
    pub name: String,
    /// The token with which mailboxes are opened.
    pub token: AccessToken,
    /// The actor's own mailbox.
    pub mailbox: Option<MailboxPlace>,
    /// What allowed the caller to act for someone else; none where it acts for itself.
    pub basis: Option<String>,
    /// How the request came here.
    pub hop: Hop,
}

/// How a request came to a Client Access server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    /// From whoever makes it.
    First,
    /// From the Client Access server that was asked first.
    HandedOn,
}

impl Desk {
    /// A connection to the directory.
    pub(super) async fn read_directory(&self) -> Result<Reader, ResponseCode> {
        let session = self.member.directory().connect().await.map_err(unavailable)?;
        Ok(Reader { session, domain: self.member.base() })
    }

    /// The object of this very server, on which the rights of callers stand.
    fn own_object(&self) -> DistinguishedName {
        self.role.config.organization.server(self.judge.host().name().as_str())
    }

    /// Rows 2 to 9.
    pub(super) async fn acting_as(&self, caller: &Caller, request: &Request) -> Result<Acting, ResponseCode> {
        let header = &request.header;
        let named: Vec<&str> = header.access.iter().map(mode_name).collect();
        let mode = header.access_mode();
        let code = ResponseCode::ErrorMoreThanOneAccessModeSpecified;
        let facts = facts!["modes" => if named.is_empty() { "none".to_owned() } else { named.join(", ") }];
        self.require(Row::AccessMode, code, caller.name.as_str(), &self.name(), mode.is_ok(), facts)?;
        // A run that suspends the rule takes the first.
        match mode.unwrap_or(header.access.first()) {
            None if request.comes_from_another_forest() => self.org_wide(caller).await,
            None => self.itself(caller).await,
            Some(AccessMode::ExchangeImpersonation(ids)) => self.impersonate(caller, ids).await,
            Some(AccessMode::SerializedSecurityContext { user, groups }) => {
                let groups = groups.iter().filter_map(|sid| sid.parse().ok());
                let user: Sid = user.parse().map_err(|_| ResponseCode::ErrorInvalidSerializedAccessToken)?;
                let token = AccessToken::new(user, groups);
                let denied = match request.comes_from_another_forest() {
                    true => ResponseCode::ErrorProxyRequestNotAllowed,
                    false => ResponseCode::ErrorTokenSerializationDenied,
                };
                self.with_token(caller, user.to_string(), token, denied).await
            }
            Some(AccessMode::ProxySecurityContext(context)) => {
                let token = AccessToken::new(context.user, context.groups.iter().copied());
                let denied = ResponseCode::ErrorProxyRequestNotAllowed;
                let acting = self.with_token(caller, context.name.clone(), token, denied).await?;
                Ok(Acting { hop: Hop::HandedOn, ..acting })
            }
        }
    }

    /// The caller acts for itself, with the token that it came with.
    async fn itself(&self, caller: &Caller) -> Result<Acting, ResponseCode> {
        let account = self.read_directory().await?.account_of(caller.token.user).await?;
        let mailbox = account.and_then(|account| account.mailbox);
        let (name, token) = (caller.name.to_string(), caller.token.clone());
        Ok(Acting { name, token, mailbox, basis: None, hop: Hop::First })
    }

    /// The caller hands in someone's token, and is asked whether it is one that may.
    async fn with_token(
        &self,
        caller: &Caller,
        name: String,
        token: AccessToken,
        denied: ResponseCode,
    ) -> Result<Acting, ResponseCode> {
        let mut directory = self.read_directory().await?;
        let own = self.own_object();
        let descriptor = directory.descriptor(&own).await?;
        let granted = Granted::on(&descriptor, caller, &right::TOKEN_SERIALIZATION, &own);
        let facts = granted.facts.clone();
        self.require(Row::TokenSerialization, denied, caller.name.as_str(), &name, granted.holds, facts)?;
        let account = directory.account_of(token.user).await?;
        let mailbox = account.and_then(|account| account.mailbox);
        let basis = Some(granted.basis("ms-Exch-EPI-Token-Serialization"));
        Ok(Acting { name, token, mailbox, basis, hop: Hop::First })
    }

    /// The caller names a client, and is asked whether it may act for that one.
    async fn impersonate(&self, caller: &Caller, ids: &[ConnectingId]) -> Result<Acting, ResponseCode> {
        let who = caller.name.as_str();
        let id = self.identifier(caller, ids)?;
        let Some(id) = id else { return self.itself(caller).await };
        let mut directory = self.read_directory().await?;

        let known = directory.principal(caller.token.user).await?;
        let facts = match &known {
            Some(found) => facts!["caller" => caller.token.user, "found" => found],
            None => facts!["caller" => caller.token.user, "found" => "no account, linked mailbox or contact"],
        };
        let failed = ResponseCode::ErrorImpersonationFailed;
        self.require(Row::CallerKnown, failed, who, &self.name(), known.is_some(), facts)?;

        let own = self.own_object();
        let descriptor = directory.descriptor(&own).await?;
        let here = Granted::on(&descriptor, caller, &right::EPI_IMPERSONATION, &own);
        let denied = ResponseCode::ErrorImpersonationDenied;
        self.require(Row::ImpersonateHere, denied, who, &self.name(), here.holds, here.facts.clone())?;
        self.judge.carries_out(&document::C2);

        let client = self.resolve(&mut directory, who, id).await?;
        self.judge.carries_out(&document::C3);
        self.usable(who, &client, id)?;

        let may = self.may_impersonate(&mut directory, caller, &client).await?;
        let denied = ResponseCode::ErrorImpersonateUserDenied;
        self.require(Row::ImpersonateClient, denied, who, &client.name, may.holds, may.facts.clone())?;
        self.judge.carries_out(&document::C5);

        let token = self.token_of(&mut directory, &client).await?;
        let basis = format!(
            "{} and {}",
            here.basis("ms-Exch-EPI-Impersonation"),
            may.basis("ms-Exch-EPI-May-Impersonate")
        );
        let (name, basis) = (self.name_of(&client).await?, Some(basis));
        Ok(Acting { name, token, mailbox: client.mailbox, basis, hop: Hop::First })
    }

    /// Row 2: the one name; none where a run that suspends the rule finds no name at all.
    fn identifier<'a>(
        &self,
        caller: &Caller,
        ids: &'a [ConnectingId],
    ) -> Result<Option<&'a ConnectingId>, ResponseCode> {
        let one = Header::connecting_id(ids, self.role.config.lenient);
        let given: Vec<String> = ids.iter().map(|id| format!("{} {}", id.element(), id.value())).collect();
        let given = if given.is_empty() { "nothing".to_owned() } else { given.join(", ") };
        let code = ResponseCode::ErrorInvalidExchangeImpersonationHeaderData;
        let facts = facts!["ConnectingSID" => given];
        self.require(Row::Identifier, code, caller.name.as_str(), &self.name(), one.is_ok(), facts)?;
        Ok(one.ok().or_else(|| Header::connecting_id(ids, true).ok()))
    }

    /// Row 6: the account that the request names. Each kind of name has codes of its own for what is
    /// malformed and for what is not there.
    async fn resolve(
        &self,
        directory: &mut Reader,
        who: &str,
        id: &ConnectingId,
    ) -> Result<Account, ResponseCode> {
        use ResponseCode as Code;
        let malformed = match id {
            ConnectingId::Sid(sid) => sid.parse::<Sid>().is_err().then_some(Code::ErrorInvalidSid),
            ConnectingId::PrimarySmtpAddress(address) => {
                (!address.contains('@')).then_some(Code::ErrorInvalidSmtpAddress)
            }
            ConnectingId::PrincipalName(_) => None,
        };
        let equals = |attribute: &str| Filter::equals(attribute, id.value());
        let (filter, missing) = match id {
            ConnectingId::PrincipalName(_) => {
                (equals("userPrincipalName"), Code::ErrorInvalidUserPrincipalName)
            }
            ConnectingId::Sid(_) => {
                let either = vec![equals("objectSid"), equals(attribute::MASTER_ACCOUNT_SID)];
                (Filter::Or(either), Code::ErrorInvalidUserSid)
            }
            ConnectingId::PrimarySmtpAddress(_) => (equals("mail"), Code::ErrorNonExistentMailbox),
        };
        let found = match malformed {
            Some(_) => None,
            None => directory.account(filter).await?,
        };
        let found = match (found, id) {
            (None, ConnectingId::PrincipalName(name)) => self.linked_by_name(directory, name).await?,
            (found, _) => found,
        };
        let code = malformed.unwrap_or(missing);
        let facts = match &found {
            Some(account) => facts!["named by" => id.element(), "found" => account.dn],
            None => facts!["named by" => id.element(), "found" => "no account"],
        };
        self.require(Row::Resolves, code, who, id.value(), found.is_some(), facts)?;
        found.ok_or(code)
    }

    /// Row 7: the account is enabled, and its password in order. Of the account of a linked mailbox the
    /// directory knows neither; that is for its own forest to see to.
    fn usable(&self, who: &str, client: &Account, id: &ConnectingId) -> Result<(), ResponseCode> {
        let expired = client.password_expires.is_some_and(|end| end <= self.judge.host().now());
        let wrong = match client {
            client if self.is_linked(client, id) => None,
            client if !client.enabled => Some((ResponseCode::ErrorAccountDisabled, "disabled")),
            client if client.must_change_password => {
                Some((ResponseCode::ErrorPasswordChangeRequired, "its password must be changed first"))
            }
            _ if expired => Some((ResponseCode::ErrorPasswordExpired, "its password has expired")),
            _ => None,
        };
        let (code, state) = wrong.unwrap_or((ResponseCode::ErrorAccountDisabled, "in order"));
        let facts = facts!["account" => client.dn, "state" => state];
        self.require(Row::Usable, code, who, &client.name, wrong.is_none(), facts)
    }

    /// The linked mailbox of an account elsewhere that has this user principal name.
    async fn linked_by_name(
        &self,
        directory: &mut Reader,
        name: &str,
    ) -> Result<Option<Account>, ResponseCode> {
        let known =
            self.member.directory().translate(Wanted::Name(Upn::new(name))).await.map_err(unavailable)?;
        match known {
            Some(known) => directory.account_of(known.sid).await,
            None => Ok(None),
        }
    }

    /// The name under which acts for a client are logged. A linked mailbox's is that of the account that
    /// it belongs to (domain page A8 S5 step 8), or its SID where nobody can translate that.
    async fn name_of(&self, client: &Account) -> Result<String, ResponseCode> {
        let Some(master) = client.master else { return Ok(client.name.clone()) };
        let known = self.member.directory().translate(Wanted::Sid(master)).await.map_err(unavailable)?;
        Ok(known.map_or_else(|| master.to_string(), |known| known.name.to_string()))
    }

    /// Whether a disabled account is a linked mailbox, named otherwise than by the disabled account
    /// itself (domain page A7).
    fn is_linked(&self, client: &Account, id: &ConnectingId) -> bool {
        let itself = match id {
            ConnectingId::Sid(sid) => sid.parse() == Ok(client.sid),
            ConnectingId::PrincipalName(name) => name.eq_ignore_ascii_case(&client.name),
            ConnectingId::PrimarySmtpAddress(_) => false,
        };
        client.master.is_some() && !itself
    }

    /// Row 8: on the account, or else on the database of its mailbox; one of the two is enough.
    async fn may_impersonate(
        &self,
        directory: &mut Reader,
        caller: &Caller,
        client: &Account,
    ) -> Result<Granted, ResponseCode> {
        let right = &right::EPI_MAY_IMPERSONATE;
        let descriptor = Some(client.descriptor.clone());
        let account = Granted::on(&descriptor, caller, right, &client.dn);
        let Some(mailbox) = client.mailbox.as_ref().filter(|_| !account.holds) else { return Ok(account) };
        let descriptor = directory.descriptor(&mailbox.database).await?;
        let mut database = Granted::on(&descriptor, caller, right, &mailbox.database);
        database.facts = account.facts.into_iter().chain(database.facts).collect();
        Ok(database)
    }

    /// Row 9: the client's token, without the client's password. The groups of a linked mailbox's
    /// account are those of this forest that hold it: the other forest tells this one nothing
    /// (domain page A7).
    async fn token_of(&self, directory: &mut Reader, client: &Account) -> Result<AccessToken, ResponseCode> {
        let groups = directory.token_groups(&client.dn).await?;
        let facts = match &groups {
            Some(groups) => facts!["groups" => groups.len()],
            None => facts!["groups" => "may not be read"],
        };
        let (failed, who) = (ResponseCode::ErrorImpersonationFailed, self.name());
        self.require(Row::Token, failed, &who, &client.name, groups.is_some(), facts)?;
        let groups = match client.master {
            Some(master) => directory.groups_of_foreigner(master).await?,
            None => groups.unwrap_or_default(),
        };
        let everyone = [Sid::EVERYONE, Sid::AUTHENTICATED_USERS];
        Ok(AccessToken::new(client.acting_sid(), groups.into_iter().chain(everyone)))
    }
}

/// Whether a right was granted on an object, and by what.
struct Granted {
    holds: bool,
    on: DistinguishedName,
    facts: Vec<Fact>,
}

impl Granted {
    /// Whether the caller has an extended right on an object with this descriptor.
    fn on(
        descriptor: &Option<SecurityDescriptor>,
        caller: &Caller,
        right: &Guid,
        object: &DistinguishedName,
    ) -> Self {
        let mut facts = facts!["object" => object];
        let Some(descriptor) = descriptor else {
            facts.extend(facts!["security descriptor" => "may not be read"]);
            return Self { holds: false, on: object.clone(), facts };
        };
        let decision = access_check(descriptor, &caller.token, &AccessRequest::extended_right(right));
        let name = |sid: Sid| sid.well_known_name().map_or_else(|| sid.to_string(), str::to_owned);
        facts.extend(decision.facts(name).into_iter().map(|(name, value)| Fact::new(name, value)));
        Self { holds: decision.allowed, on: object.clone(), facts }
    }

    fn basis(&self, right: &str) -> String {
        format!("{right} on {}", self.on.name().unwrap_or_default())
    }
}

fn mode_name(mode: &AccessMode) -> &'static str {
    match mode {
        AccessMode::ExchangeImpersonation(_) => "ExchangeImpersonation",
        AccessMode::SerializedSecurityContext { .. } => "SerializedSecurityContext",
        AccessMode::ProxySecurityContext(_) => "ProxySecurityContext",
    }
}
