//! A mail program on a person's machine: it speaks Exchange Web Services, to a Client Access server or
//! to an application server that passes on what it asks.
//!
//! It remembers the ids of what it has seen, as mail programs do, and the session of an application
//! server, so that its person types a password once. A dishonest person has it write headers that it
//! should not.
//!
//! - `memory`: the ids of what it has seen
//! - `shown`: what its person sees of an answer

mod memory;
mod shown;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::{Dialer, Unreachable};
use super::judge::Judge;
use super::kerberos_client::{KerberosClient, LongTerm};
use super::stimulus;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::secret::Secret;
use crate::mailbox::{
    ChangeKey, ConflictResolution, FieldChange, FolderClass, FreeBusyQuery, ItemId, NewItem, WellKnownFolder,
};
use crate::name::{DnsName, Upn};
use crate::protocol::ews::{
    self, AccessMode, Answer, FolderRef, Header, ItemChange, ItemShape, Operation, WrittenPermission,
};
use crate::protocol::http::{Authorization, Body, CookieJar, Page, Request, Response, Url};
use crate::protocol::page::{PASSWORD, USER_NAME};
use crate::rule::RuleId;
use crate::sim::{Host, Role};
use crate::trace::{Conclusion, Detail, Happening};
pub use memory::Memory;
use shown::contents;

/// The name by which errands find this role.
const ROLE: &str = "mail client";

/// How the program proves who its person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// By a Kerberos ticket.
    Negotiate,
    /// By user name and password, inside TLS.
    Basic,
    /// By what the server asks for on a page.
    Form,
}

/// A folder as a person names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Its name: `inbox`, or that of a folder that someone made.
    pub folder: String,
    /// Whose it is, by e-mail address; one's own where nothing is said.
    pub of: Option<String>,
}

/// What a person wants done in a mailbox. Items go by their subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Look at a folder.
    GetFolder(Place),
    /// List the folders of a mailbox.
    FindFolder(Option<String>),
    /// List what is in a folder.
    FindItem(Place),
    /// Open an item.
    GetItem(String),
    /// Write an item.
    CreateItem(Place, NewItem),
    /// Change an item.
    UpdateItem {
        /// Which.
        item: String,
        /// What of it.
        changes: Vec<FieldChange>,
        /// What becomes of it if someone else was faster.
        resolution: ConflictResolution,
        /// Whether the program says which state it has seen.
        with_key: bool,
    },
    /// Delete an item.
    DeleteItem(String),
    /// Make a folder.
    CreateFolder(Place, String),
    /// Say who may do what in a folder.
    UpdateFolder(Place, Vec<WrittenPermission>),
    /// Send this text, whatever it may be.
    Raw(String),
    /// Ask when people are busy.
    FreeBusy(Vec<String>, FreeBusyQuery),
}

/// What a person has the program do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Errand {
    /// The server.
    pub url: Url,
    /// How to prove who asks; the program's usual way where nothing is said.
    pub method: Option<Method>,
    /// As whom; the program's person where nothing is said.
    pub credentials: Option<(String, Secret)>,
    /// Headers that name someone else: for applications and Exchange servers.
    pub access: Vec<AccessMode>,
    /// What to do.
    pub task: Task,
    /// What another program has seen, and this one was told.
    pub memory: Memory,
}

impl Errand {
    /// The errand as a stimulus for the program's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

/// What a mail program is set up with.
pub struct MailClientConfig {
    /// The person: user principal name and password.
    pub person: (String, Secret),
    /// How it usually proves who its person is.
    pub method: Method,
    /// The authorities that it trusts.
    pub roots: Rc<TrustAnchors>,
}

/// A mail program.
pub struct MailClient {
    config: MailClientConfig,
    suspended: Rc<BTreeSet<RuleId>>,
    jar: RefCell<CookieJar>,
    memory: RefCell<Memory>,
}

impl MailClient {
    /// A program that has seen nothing yet.
    pub fn new(config: MailClientConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let (jar, memory) = (RefCell::default(), RefCell::default());
        Self { config, suspended: suspended.clone(), jar, memory }
    }

    /// What it has seen.
    pub fn memory(&self) -> Memory {
        self.memory.borrow().clone()
    }
}

impl Role for MailClient {
    fn boot(self: Rc<Self>, _host: Host) {
        self.jar.borrow_mut().end_session();
    }

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(errand) = stimulus::decode::<Errand>(ROLE, &stimulus) else { return };
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let kerberos = KerberosClient::new(&host, &dialer);
        host.clone().spawn(async move {
            self.memory.borrow_mut().learn(&errand.memory);
            let credentials = errand.credentials.clone().unwrap_or_else(|| self.config.person.clone());
            let program =
                Program { client: &self, host: &host, dialer, kerberos, errand: &errand, credentials };
            let conclusion = program.run().await;
            host.record(Happening::Conclusion(conclusion));
        });
    }
}

/// The program at work on one errand.
struct Program<'a> {
    client: &'a MailClient,
    host: &'a Host,
    dialer: Dialer,
    kerberos: KerberosClient,
    errand: &'a Errand,
    credentials: (String, Secret),
}

impl Program<'_> {
    async fn run(&self) -> Conclusion {
        if let Task::Raw(text) = &self.errand.task {
            return match self.send(text).await {
                Ok(answer) => self.conclude("a text of the person's own".to_owned(), &answer),
                Err(conclusion) => conclusion,
            };
        }
        let operation = match self.operation().await {
            Ok(operation) => operation,
            Err(why) => return self.refused(why, Vec::new()),
        };
        match self.ask(&operation).await {
            Ok(answer) => self.conclude(operation.to_string(), &answer),
            Err(conclusion) => conclusion,
        }
    }

    /// The person's task in the ids that the program knows. A folder that it does not know it looks for.
    async fn operation(&self) -> Result<Operation, String> {
        Ok(match &self.errand.task {
            Task::GetFolder(place) => Operation::GetFolder { folders: vec![self.folder(place).await?.0] },
            Task::Raw(_) => return Err("a text is sent as it is".to_owned()),
            Task::FindFolder(of) => Operation::FindFolder { parent: top(of) },
            Task::FindItem(place) => {
                Operation::FindItem { shape: ItemShape::ALL, folder: self.folder(place).await?.0 }
            }
            Task::GetItem(item) => {
                Operation::GetItem { shape: ItemShape::ALL, items: vec![self.item(item)?.0] }
            }
            Task::CreateItem(place, new) => {
                Operation::CreateItem { folder: self.folder(place).await?.0, items: vec![new.clone()] }
            }
            Task::UpdateItem { item, changes, resolution, with_key } => {
                let (id, key) = self.item(item)?;
                let change_key = with_key.then_some(key);
                let changes = vec![ItemChange { id, change_key, changes: changes.clone() }];
                Operation::UpdateItem { changes, resolution: *resolution }
            }
            Task::DeleteItem(item) => {
                Operation::DeleteItem { items: vec![(self.item(item)?.0, None)], for_good: true }
            }
            Task::CreateFolder(place, name) => {
                let (parent, class) = self.folder(place).await?;
                Operation::CreateFolder { parent, folders: vec![(name.clone(), class)] }
            }
            Task::UpdateFolder(place, permissions) => {
                let (folder, class) = self.folder(place).await?;
                Operation::UpdateFolder { folder, class, permissions: permissions.clone() }
            }
            Task::FreeBusy(of, query) => {
                Operation::GetUserAvailability { mailboxes: of.clone(), query: *query }
            }
        })
    }

    fn item(&self, subject: &str) -> Result<(ItemId, ChangeKey), String> {
        let seen = self.client.memory.borrow().items.get(subject).copied();
        seen.ok_or_else(|| format!("this program has never seen “{subject}”; list its folder first"))
    }

    async fn folder(&self, place: &Place) -> Result<(FolderRef, FolderClass), String> {
        if let Some(folder) = WellKnownFolder::find(&place.folder) {
            return Ok((FolderRef::distinguished(folder, place.of.clone()), folder.class()));
        }
        let name = place.folder.to_lowercase();
        let seen = || self.client.memory.borrow().folders.get(&name).copied();
        if seen().is_none() {
            let listing = Operation::FindFolder { parent: top(&place.of) };
            if let Err(conclusion) = self.ask(&listing).await {
                return Err(conclusion.shown);
            }
        }
        match seen() {
            Some((id, class)) => Ok((FolderRef::Id { id, change_key: None }, class)),
            None => Err(format!("there is no folder {} to be seen", place.folder)),
        }
    }

    /// Asks the server, and types the password where a page asks for it.
    async fn ask(&self, operation: &Operation) -> Result<Answer, Conclusion> {
        let header = Header { access: self.errand.access.clone(), ..Header::default() };
        self.send(&ews::Request { header, operation: operation.clone() }.to_soap()).await
    }

    async fn send(&self, text: &str) -> Result<Answer, Conclusion> {
        let mut response = self.exchange(self.request(text).await?).await?;
        if let Body::Page(Page::Logon { action, .. }) = &response.body {
            let (user, password) = &self.credentials;
            let fields = vec![
                (USER_NAME.to_owned(), user.clone()),
                (PASSWORD.to_owned(), password.reveal().to_owned()),
            ];
            let signed_in = self.exchange(Request::post(action.clone(), Vec::new(), fields)).await?;
            if signed_in.set_cookies.is_empty() {
                return Err(self.unexpected(&signed_in));
            }
            response = self.exchange(self.request(text).await?).await?;
        }
        let Body::Xml(text) = &response.body else { return Err(self.unexpected(&response)) };
        let answer = ews::read_answer(text).map_err(|why| self.refused(why.to_string(), Vec::new()))?;
        self.client.memory.borrow_mut().learn_from(&answer);
        Ok(answer)
    }

    async fn request(&self, text: &str) -> Result<Request, Conclusion> {
        let url = &self.errand.url;
        let cookies = self.client.jar.borrow().matching(url, self.host.now());
        let mut request = Request::xml(url.clone(), text.to_owned());
        request.cookies = cookies;
        request.authorization = match self.errand.method.unwrap_or(self.client.config.method) {
            Method::Form => None,
            Method::Basic => {
                let (user, password) = self.credentials.clone();
                Some(Authorization::Basic { user, password })
            }
            Method::Negotiate => {
                let shown = self.ticket(url.host()).await;
                let shown =
                    shown.map_err(|why| self.refused("no ticket, no access".to_owned(), vec![why]))?;
                Some(Authorization::Negotiate(shown))
            }
        };
        Ok(request)
    }

    async fn ticket(&self, host: &DnsName) -> Result<crate::protocol::kerberos::ApRequest, Detail> {
        let (user, password) = &self.credentials;
        let user = Upn::new(user);
        let realm = user.suffix().unwrap_or_else(|| DnsName::new(user.as_str()));
        let obtained = async {
            let granting = self.kerberos.sign_in(&user, &realm, LongTerm::Password(password)).await?;
            self.kerberos.service_ticket(&granting, &format!("HTTP/{host}")).await
        };
        let ticket = obtained
            .await
            .map_err(|why: super::kerberos_client::KerberosFailure| Detail::new("error", why.to_string()))?;
        Ok(self.kerberos.show(&ticket))
    }

    async fn exchange(&self, request: Request) -> Result<Response, Conclusion> {
        let answered: Result<Response, Unreachable> = self.dialer.exchange(&request, None).await;
        let response = answered.map_err(|why| {
            let shown = format!("{} cannot be reached", request.url.host());
            self.refused(shown, vec![Detail::new("error", why.to_string())])
        })?;
        for cookie in &response.set_cookies {
            self.client.jar.borrow_mut().store(request.url.host(), cookie.clone(), self.host.now());
        }
        Ok(response)
    }

    /// In whose name the person wants it done.
    fn in_the_name_of(&self) -> String {
        let named = self.errand.access.iter().find_map(|mode| match mode {
            AccessMode::ExchangeImpersonation(ids) => ids.first().map(|id| id.value().to_owned()),
            AccessMode::SerializedSecurityContext { user, .. } => Some(user.clone()),
            AccessMode::ProxySecurityContext(context) => Some(context.name.clone()),
        });
        named.unwrap_or_else(|| self.credentials.0.clone())
    }

    fn conclude(&self, asked: String, answer: &Answer) -> Conclusion {
        let details = match answer {
            Answer::Fault(fault) => vec![Detail::new("message", fault.message.clone())],
            Answer::Reply(reply) => reply.messages.iter().flatten().flat_map(contents).collect(),
        };
        let granted = answer.error().is_none();
        Conclusion {
            granted,
            identity: granted.then(|| self.in_the_name_of()),
            asked,
            shown: answer.title().into_owned(),
            details,
        }
    }

    fn unexpected(&self, response: &Response) -> Conclusion {
        use crate::protocol::Message;
        self.refused(response.title().into_owned(), response.details())
    }

    fn refused(&self, shown: String, details: Vec<Detail>) -> Conclusion {
        let asked = format!("{:?} at {}", self.errand.task, self.errand.url);
        Conclusion { granted: false, identity: None, asked, shown, details }
    }
}

fn top(of: &Option<String>) -> FolderRef {
    FolderRef::distinguished(WellKnownFolder::Root, of.clone())
}
