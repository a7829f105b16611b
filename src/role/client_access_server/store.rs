//! The operation itself, item by item, at the mailbox servers and with the actor's token: rows 10 to
//! 12 of the pipeline (S2S C4; domain page A3, A5). Where the mailboxes are in another site, it is for
//! a Client Access server there.

use std::collections::BTreeMap;

use super::Desk;
use super::acting::Acting;
use super::directory::{MailboxPlace, Reader, Server};
use super::pipeline::Row;
use crate::directory::{DistinguishedName, Filter, exchange::attribute};
use crate::facts;
use crate::mailbox::{FolderName, MailboxId, Permission, PermissionUser};
use crate::protocol::ews::{
    Answer, FolderRef, ItemError, Operation, Payload, Reply, ResponseCode, UserId, WrittenPermission,
};
use crate::protocol::mapi::{Actor, PORT, SERVICE, StoreCall, StoreOperation, StoreReply};
use crate::sim::Channel;

/// Whose mailbox a part of an operation is about.
pub(super) enum Target {
    /// The actor's own.
    Own,
    /// That of this e-mail address.
    Address(String),
    /// The one that an id names.
    Id(MailboxId),
}

impl Desk {
    /// Carries out each part of an operation. After an error that concerns more than the one part, the
    /// rest is not tried (domain page A3, batch rule).
    pub(super) async fn work(&self, acting: &Acting, operation: &Operation) -> Result<Answer, ResponseCode> {
        let directory = self.read_directory().await?;
        let mut stores = Stores { desk: self, acting, directory, servers: Vec::new(), open: BTreeMap::new() };
        if let Operation::GetUserAvailability { mailboxes, query } = operation {
            let messages = stores.availability(mailboxes, query).await;
            return Ok(Answer::Reply(Reply { operation: operation.name().to_owned(), messages }));
        }
        let mut parts = Vec::new();
        for part in stores.parts(operation).await? {
            parts.push(match part {
                Ok((target, work)) => stores.place(&target).await.map(|place| (place, work)),
                Err(code) => Err(code),
            });
        }
        let places: Vec<&Place> = parts.iter().flatten().map(|(place, _)| place).collect();
        if let Some(site) = self.other_site(acting, &places)? {
            return self.hand_on(&mut stores.directory, acting, operation, &site).await;
        }
        let mut messages: Vec<Result<Payload, ItemError>> = Vec::new();
        for part in parts {
            let stopped = messages.last().and_then(|last| last.as_ref().err()).is_some_and(|error| {
                error.code.stops_batch() || error.code == ResponseCode::ErrorBatchProcessingStopped
            });
            let outcome = match part {
                _ if stopped => Err(ResponseCode::ErrorBatchProcessingStopped),
                Err(code) => Err(code),
                Ok((place, work)) => stores.do_part(&place, work).await,
            };
            let outcome = outcome.map(|payload| in_shape(operation, payload));
            messages.push(outcome.map_err(ItemError::from));
        }
        Ok(Answer::Reply(Reply { operation: operation.name().to_owned(), messages }))
    }
}

/// The mailboxes that are open for one request, and the servers that are known by then.
pub(super) struct Stores<'a> {
    pub desk: &'a Desk,
    pub acting: &'a Acting,
    pub directory: Reader,
    servers: Vec<(DistinguishedName, Server)>,
    open: BTreeMap<MailboxId, Channel>,
}

/// A mailbox and the server that keeps it.
pub(super) struct Place {
    pub mailbox: MailboxPlace,
    pub server: Server,
}

type Part = Result<(Target, StoreOperation), ResponseCode>;

impl Stores<'_> {
    /// The parts of an operation, each for one mailbox.
    async fn parts(&mut self, operation: &Operation) -> Result<Vec<Part>, ResponseCode> {
        use StoreOperation as Store;
        let one = |(target, name): (Target, FolderName), make: &dyn Fn(FolderName) -> Store| {
            Ok((target, make(name)))
        };
        Ok(match operation {
            Operation::GetFolder { folders } => {
                folders.iter().map(|folder| one(place(folder), &Store::GetFolder)).collect()
            }
            Operation::FindFolder { parent } => vec![one(place(parent), &|_| Store::FindFolder)],
            Operation::FindItem { folder, .. } => vec![one(place(folder), &Store::FindItem)],
            Operation::GetItem { items, .. } => {
                items.iter().map(|id| Ok((Target::Id(id.mailbox), Store::GetItem(*id)))).collect()
            }
            Operation::CreateItem { folder, items } => {
                let make = |item: &crate::mailbox::NewItem| {
                    one(place(folder), &|name| Store::CreateItem(name, item.clone()))
                };
                items.iter().map(make).collect()
            }
            Operation::UpdateItem { changes, resolution } => changes
                .iter()
                .map(|change| {
                    let (id, key) = (change.id, change.change_key);
                    let work = Store::UpdateItem(id, key, change.changes.clone(), *resolution);
                    Ok((Target::Id(id.mailbox), work))
                })
                .collect(),
            Operation::DeleteItem { items, for_good } => items
                .iter()
                .map(|(id, key)| Ok((Target::Id(id.mailbox), Store::DeleteItem(*id, *key, *for_good))))
                .collect(),
            Operation::CreateFolder { parent, folders } => {
                let make = |(name, class): &(String, crate::mailbox::FolderClass)| {
                    one(place(parent), &|parent| Store::CreateFolder(parent, name.clone(), *class))
                };
                folders.iter().map(make).collect()
            }
            Operation::UpdateFolder { folder, permissions, .. } => {
                let key = match folder {
                    FolderRef::Id { change_key, .. } => *change_key,
                    FolderRef::Distinguished { .. } => None,
                };
                let permissions = self.permissions(permissions).await?;
                let (target, name) = place(folder);
                vec![permissions.map(|set| (target, Store::UpdateFolder(name, key, set)))]
            }
            // Each mailbox is asked on its own, wherever it is.
            Operation::GetUserAvailability { .. } => Vec::new(),
        })
    }

    /// A permission set with SIDs in place of addresses; the inner error is that of the one part.
    async fn permissions(
        &mut self,
        written: &[WrittenPermission],
    ) -> Result<Result<Vec<Permission>, ResponseCode>, ResponseCode> {
        let mut set = Vec::new();
        for one in written {
            let user = match &one.user {
                UserId::Default => PermissionUser::Default,
                UserId::Anonymous => PermissionUser::Anonymous,
                UserId::Sid(sid) => PermissionUser::Sid(*sid),
                UserId::PrimarySmtpAddress(address) => match self.directory.sid_of_address(address).await? {
                    Some(sid) => PermissionUser::Sid(sid),
                    None => return Ok(Err(ResponseCode::ErrorInvalidUserInfo)),
                },
                UserId::Contradictory => return Ok(Err(ResponseCode::ErrorInvalidUserInfo)),
            };
            set.push(Permission { user, level: one.level, rights: one.rights });
        }
        Ok(Ok(set))
    }

    pub(super) async fn do_part(
        &mut self,
        place: &Place,
        work: StoreOperation,
    ) -> Result<Payload, ResponseCode> {
        let (acting, mailbox) = (self.acting, &place.mailbox);
        if !self.open.contains_key(&mailbox.id) {
            let channel = self.log_on(place).await?;
            self.open.insert(mailbox.id, channel);
        }
        let lost = ResponseCode::ErrorConnectionFailed;
        let channel = self.open.get_mut(&mailbox.id).ok_or(lost)?;
        let answer = self.desk.dialer.converse(channel, &StoreCall::Work(work)).await;
        match answer {
            Ok(StoreReply::Done(done)) => done.map_err(ResponseCode::from),
            Ok(StoreReply::Open | StoreReply::Closed { .. }) | Err(_) => {
                let (who, on) = (acting.name.as_str(), mailbox.database.to_string());
                self.desk.require(Row::Store, lost, who, &on, false, Vec::new())?;
                Err(lost)
            }
        }
    }

    /// Row 11, first half: whose mailbox it is, and where.
    async fn place(&mut self, target: &Target) -> Result<Place, ResponseCode> {
        let (on, code) = match target {
            Target::Own => ("its own mailbox".to_owned(), ResponseCode::ErrorMissingEmailAddress),
            Target::Address(address) => (address.clone(), ResponseCode::ErrorNonExistentMailbox),
            Target::Id(id) => (format!("mailbox {}", id.0), ResponseCode::ErrorNonExistentMailbox),
        };
        let found = match target {
            Target::Own => self.acting.mailbox.clone(),
            Target::Address(address) => self.mailbox_of(Filter::equals("mail", address)).await?,
            Target::Id(id) => {
                self.mailbox_of(Filter::equals(attribute::MAILBOX_GUID, id.0.to_string())).await?
            }
        };
        let mailbox = self.found(found, code, &on)?;
        self.at_its_server(mailbox).await
    }

    /// Requires that there is a mailbox.
    pub(super) fn found(
        &self,
        found: Option<MailboxPlace>,
        code: ResponseCode,
        on: &str,
    ) -> Result<MailboxPlace, ResponseCode> {
        let facts = match &found {
            Some(place) => facts!["database" => place.database.name().unwrap_or_default()],
            None => facts!["database" => "none"],
        };
        self.desk.require(Row::Mailbox, code, &self.acting.name, on, found.is_some(), facts)?;
        found.ok_or(code)
    }

    /// A mailbox with its server, as the directory's configuration tells it.
    pub(super) async fn at_its_server(&mut self, mailbox: MailboxPlace) -> Result<Place, ResponseCode> {
        let known = self.servers.iter().find(|(database, _)| *database == mailbox.database);
        if let Some((_, server)) = known {
            return Ok(Place { mailbox, server: server.clone() });
        }
        let server = self.directory.server_of(&mailbox.database).await?;
        let server = server.ok_or(ResponseCode::ErrorMailboxStoreUnavailable)?;
        self.servers.push((mailbox.database.clone(), server.clone()));
        Ok(Place { mailbox, server })
    }

    pub(super) async fn mailbox_of(&mut self, filter: Filter) -> Result<Option<MailboxPlace>, ResponseCode> {
        Ok(self.directory.account(filter).await?.and_then(|account| account.mailbox))
    }

    /// Row 11, second half: the mailbox is opened as the actor.
    async fn log_on(&mut self, Place { mailbox, server }: &Place) -> Result<Channel, ResponseCode> {
        let unavailable = ResponseCode::ErrorMailboxStoreUnavailable;
        let failed = ResponseCode::ErrorConnectionFailed;
        let shown = self.desk.member.show(&format!("{SERVICE}/{}", server.address)).await;
        let shown = shown.map_err(|_| failed)?;
        let mut channel = self.desk.dialer.connect(&server.address, PORT).await.map_err(|_| failed)?;
        let (name, token) = (self.acting.name.clone(), &self.acting.token);
        let actor = Actor { name, user: token.user, groups: token.groups.iter().copied().collect() };
        let logon = StoreCall::Logon { server: Box::new(shown), actor, mailbox: mailbox.id };
        match self.desk.dialer.converse(&mut channel, &logon).await {
            Ok(StoreReply::Open) => Ok(channel),
            Ok(StoreReply::Closed { .. } | StoreReply::Done(_)) => Err(unavailable),
            Err(_) => Err(failed),
        }
    }
}

/// What is given, with as much of each item as the operation asks for.
fn in_shape(operation: &Operation, payload: Payload) -> Payload {
    match (operation, payload) {
        (Operation::FindItem { shape, .. } | Operation::GetItem { shape, .. }, Payload::Items(items)) => {
            Payload::Items(items.into_iter().map(|item| shape.of(item)).collect())
        }
        (_, payload) => payload,
    }
}

/// The mailbox and the folder that a request names.
fn place(folder: &FolderRef) -> (Target, FolderName) {
    match folder {
        FolderRef::Distinguished { folder, mailbox } => {
            let target = mailbox.clone().map_or(Target::Own, Target::Address);
            (target, FolderName::WellKnown(*folder))
        }
        FolderRef::Id { id, .. } => (Target::Id(id.mailbox), FolderName::Id(*id)),
    }
}
