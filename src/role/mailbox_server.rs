//! The mailbox server: it keeps mailboxes, and lets Client Access servers work in them for someone
//! (S2S C4; domain page A8 S1 step 6).
//!
//! It does not know whether the one in whose name it is asked has signed in or is impersonated, and
//! could not tell: it decides by that one's token alone. Whom it is told so by must be an Exchange
//! server.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::judge::Judge;
use super::shown_ticket;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::{AccessToken, Sid};
use crate::document::server_to_server as document;
use crate::facts;
use crate::mailbox::{Mailbox, MailboxId, StoreError, Viewer};
use crate::protocol::ews::Payload;
use crate::protocol::kerberos::ApRequest;
use crate::protocol::mapi::{Actor, PORT, StoreCall, StoreOperation, StoreReply};
use crate::rule::{self, Rule, RuleId};
use crate::sim::{Channel, Host, Role};
use crate::trace::{Happening, StateChange};

/// What a mailbox server is set up with.
pub struct MailboxServerConfig {
    /// The key of its account, under which tickets to it are sealed.
    pub key: SymmetricKey,
    /// The group of the organization's servers.
    pub exchange_servers: Sid,
    /// The mailboxes that it keeps, each with a name for people.
    pub mailboxes: Vec<(String, Mailbox)>,
}

/// A mailbox server.
pub struct MailboxServer {
    key: SymmetricKey,
    exchange_servers: Sid,
    names: BTreeMap<MailboxId, String>,
    mailboxes: RefCell<BTreeMap<MailboxId, Mailbox>>,
    suspended: Rc<BTreeSet<RuleId>>,
}

impl MailboxServer {
    /// A mailbox server with these mailboxes.
    pub fn new(config: MailboxServerConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let MailboxServerConfig { key, exchange_servers, mailboxes } = config;
        let names = mailboxes.iter().map(|(name, mailbox)| (mailbox.id(), name.clone())).collect();
        let mailboxes = mailboxes.into_iter().map(|(_, mailbox)| (mailbox.id(), mailbox)).collect();
        let suspended = suspended.clone();
        Self { key, exchange_servers, names, mailboxes: RefCell::new(mailboxes), suspended }
    }
}

impl Role for MailboxServer {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let mut listener = host.listen(PORT);
        host.clone().spawn(async move {
            loop {
                let channel = listener.accept().await;
                host.spawn(Session { server: self.clone(), judge: judge.clone() }.serve(channel));
            }
        });
    }

    fn stimulate(self: Rc<Self>, _host: Host, _stimulus: Vec<u8>) {}
}

/// A conversation with one Client Access server.
struct Session {
    server: Rc<MailboxServer>,
    judge: Judge,
}

/// A mailbox that is open as someone.
struct Open {
    mailbox: MailboxId,
    actor: Actor,
    token: AccessToken,
}

impl Session {
    async fn serve(self, mut channel: Channel) {
        let mut open: Option<Open> = None;
        while let Ok(call) = channel.receive::<StoreCall>().await {
            let reply = match call {
                StoreCall::Logon { server, actor, mailbox } => match self.logon(&server, actor, mailbox) {
                    Ok(opened) => {
                        open = Some(opened);
                        StoreReply::Open
                    }
                    Err(why) => StoreReply::Closed { why },
                },
                StoreCall::Work(operation) => match &open {
                    Some(open) => StoreReply::Done(self.work(open, &operation)),
                    None => StoreReply::Closed { why: "no mailbox is open".to_owned() },
                },
            };
            if channel.send(&reply).await.is_err() {
                return;
            }
        }
    }

    /// Opens a mailbox for a server that may act for others.
    fn logon(&self, shown: &ApRequest, actor: Actor, mailbox: MailboxId) -> Result<Open, String> {
        let accepted = shown_ticket::accept(&self.judge, Some(&self.server.key), shown);
        let (content, _) = accepted.map_err(|refused| refused.to_string())?;
        let holds = content.pac.sids().any(|sid| sid == self.server.exchange_servers);
        let server = content.client.to_string();
        let facts =
            facts!["acts for" => actor.name, "must be in" => crate::directory::exchange::SERVERS_GROUP];
        let refused = self.judge.require(&rule::EXCHANGE_SERVER, server, self.name(mailbox), holds, facts);
        refused.map_err(|refused| refused.to_string())?;
        if !self.server.mailboxes.borrow().contains_key(&mailbox) {
            return Err("this server has no such mailbox".to_owned());
        }
        self.judge.carries_out(&document::C4);
        let token = AccessToken::new(actor.user, actor.groups.iter().copied());
        Ok(Open { mailbox, actor, token })
    }

    fn name(&self, mailbox: MailboxId) -> String {
        let name = self.server.names.get(&mailbox);
        name.map_or_else(|| "an unknown mailbox".to_owned(), |name| format!("the mailbox of {name}"))
    }

    /// Does what is asked, where the folder's permissions allow it.
    fn work(&self, open: &Open, operation: &StoreOperation) -> Result<Payload, StoreError> {
        let mut mailboxes = self.server.mailboxes.borrow_mut();
        let mailbox = mailboxes.get_mut(&open.mailbox).ok_or(StoreError::FolderNotFound)?;
        let before = mailbox.clone();
        let mut outcome = carry_out(mailbox, Some(&open.token), operation);
        let denied = outcome.as_ref().err().copied().filter(|error| concerns_permissions(*error));
        let allowed = self.judge(open, operation, &rule::FOLDER_PERMISSION, denied).is_ok();
        if allowed && denied.is_some() {
            // A run that suspends the rule does it as the mailbox's owner.
            let owner = AccessToken::new(mailbox.owner(), []);
            outcome = carry_out(mailbox, Some(&owner), operation);
        }
        if allowed {
            let unfit = outcome.as_ref().err().copied();
            let _ = self.judge(open, operation, &rule::MAILBOX_STATE, unfit);
        }
        if *mailbox != before {
            let item = self.name(open.mailbox);
            let value = Some(format!("{} by {}", operation.name(), open.actor.name));
            self.judge.host().record(Happening::State(StateChange { store: "mailbox".into(), item, value }));
        }
        outcome
    }

    fn judge(
        &self,
        open: &Open,
        operation: &StoreOperation,
        rule: &'static Rule,
        error: Option<StoreError>,
    ) -> Result<(), super::judge::Refused> {
        let mut facts = facts!["operation" => operation.name()];
        if let Some(why) = error {
            facts.extend(facts!["why" => why]);
        }
        self.judge.require(rule, open.actor.name.clone(), self.name(open.mailbox), error.is_none(), facts)
    }
}

/// Whether an error of the store is about permissions, and not about the state of what is asked for.
/// What may not be seen is told as what is not there, so those go together.
fn concerns_permissions(error: StoreError) -> bool {
    matches!(
        error,
        StoreError::AccessDenied
            | StoreError::FolderNotFound
            | StoreError::ItemNotFound
            | StoreError::CreateItemAccessDenied
            | StoreError::CreateSubfolderAccessDenied
            | StoreError::CannotDeleteObject
            | StoreError::NoFreeBusyAccess
    )
}

fn carry_out(
    mailbox: &mut Mailbox,
    viewer: Viewer<'_>,
    operation: &StoreOperation,
) -> Result<Payload, StoreError> {
    use StoreOperation as Op;
    let folder = |view| Payload::Folders(vec![view]);
    let item = |view| Payload::Items(vec![view]);
    match operation {
        Op::GetFolder(name) => mailbox.get_folder(viewer, *name).map(folder),
        Op::FindFolder => Ok(Payload::Folders(mailbox.find_folder(viewer))),
        Op::FindItem(name) => mailbox.find_item(viewer, *name).map(Payload::Items),
        Op::GetItem(id) => mailbox.get_item(viewer, *id).map(item),
        Op::CreateItem(name, new) => mailbox.create_item(viewer, *name, new).map(item),
        Op::UpdateItem(id, key, changes, resolution) => {
            mailbox.update_item(viewer, *id, *key, changes, *resolution).map(item)
        }
        Op::DeleteItem(id, key, for_good) => {
            mailbox.delete_item(viewer, *id, *key, *for_good).map(|()| Payload::Done)
        }
        Op::CreateFolder(parent, name, class) => {
            mailbox.create_folder(viewer, *parent, name, *class).map(folder)
        }
        Op::UpdateFolder(name, key, permissions) => {
            mailbox.update_folder(viewer, *name, *key, permissions).map(folder)
        }
        Op::FreeBusy(query) => mailbox.free_busy(viewer, query).map(Payload::FreeBusy),
    }
}
