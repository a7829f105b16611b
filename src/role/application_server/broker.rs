//! How a broker works: an outside firm's people change talks in the calendars of speakers, and can do
//! nothing else there (S2S scenario 4; domain page A8 S4).
//!
//! Exchange only sees that the broker acts for someone who may change the item. That its clients change
//! no other item, and of a talk no more than the table says, is up to the broker alone; unless it names
//! the client instead of the speaker, and the permissions of folders say the same.

use super::Desk;
use super::naming::Naming;
use super::talks::Talk;
use crate::document::server_to_server as document;
use crate::facts;
use crate::mailbox::{ChangeKey, ConflictResolution, Field, ItemId};
use crate::protocol::ews::{self, Answer, Header, ItemChange, ItemShape, Operation, Payload, ResponseCode};
use crate::protocol::http::{Body, Response};
use crate::role::http_authentication::Caller;
use crate::role::judge::Refused;
use crate::rule::{self, Rule};
use crate::trace::{Fact, Happening, LogEntry, Truth};

/// What a broker says of a request that it does not pass on. The code is this simulator's.
const DENIED: &str = "BROKER_DENIED";

impl Desk {
    /// Steps 2 to 6 of the scenario: what the table allows, the change in Exchange, a line in the
    /// broker's own log.
    pub(super) async fn arrange(&self, client: &Caller, asked: ews::Request) -> Result<Response, Response> {
        let ews::Request { header, operation } = asked;
        let (name, talk) = self.permitted(client, &header, &operation).map_err(|refused| {
            self.log(client, operation.name().to_owned(), DENIED);
            Response::error(403, DENIED, refused.rule.title)
        })?;
        let access = self.access(client, Vec::new(), Some(talk.speaker)).await?;
        let header = Header { access, ..header };
        let what = format!("{} “{name}”", operation.name());
        let answer = match only_change(&operation) {
            Some((change, resolution)) => self.change(&header, &name, &talk, change, resolution).await?,
            // A run that suspends the broker's rules passes on whatever is asked.
            None => self.put(&header, operation).await?,
        };
        self.tell(client, &talk, &what);
        self.log(client, what, answer.error().unwrap_or(ResponseCode::NoError).as_str());
        self.judge.carries_out(&document::E4);
        Ok(Response::new(answer.status(), Body::Xml(answer.to_soap())))
    }

    /// The talk that the request is about, if the client may change it so.
    fn permitted(
        &self,
        client: &Caller,
        header: &Header,
        operation: &Operation,
    ) -> Result<(String, Talk), Refused> {
        let change = only_change(operation).map(|(change, _)| change);
        let facts = facts!["operation" => operation.name(), "headers of its own" => header.access.len()];
        let plain = change.is_some() && header.access.is_empty();
        self.limit(&rule::BROKER_OPERATION, client, &self.name(), plain, facts)?;

        let talks = self.role.talks.borrow();
        let known = change.and_then(|change| talks.of_item(change.id));
        let on = known.map_or("what is no talk".to_owned(), |(name, _)| called(name));
        self.limit(&rule::BROKER_TALK, client, &on, known.is_some(), Vec::new())?;
        // A run that suspends the rule knows at least whose mailbox it is.
        let Some((name, talk)) = known.or_else(|| talks.of_mailbox(operation)) else {
            return Err(Refused { rule: &rule::BROKER_TALK, facts: Vec::new() });
        };

        let arranged = talk.is_arranged_by(&client.token);
        self.limit(&rule::BROKER_ASSIGNMENT, client, &called(name), arranged, Vec::new())?;
        let forbidden = change.and_then(|change| talk.forbidden(change));
        let facts = forbidden.iter().flat_map(|field| facts!["property" => format!("{field:?}")]).collect();
        self.limit(&rule::BROKER_FIELD, client, &called(name), forbidden.is_none(), facts)?;
        Ok((name.clone(), talk.clone()))
    }

    fn limit(
        &self,
        rule: &'static Rule,
        client: &Caller,
        on: &str,
        holds: bool,
        facts: Vec<Fact>,
    ) -> Result<(), Refused> {
        self.judge.require(rule, client.name.to_string(), on.to_owned(), holds, facts)
    }

    /// Steps 3 to 5: the change is made to the state that the broker has seen last. Where it knows none,
    /// or someone has changed the item since, it reads the item, once.
    async fn change(
        &self,
        header: &Header,
        name: &str,
        talk: &Talk,
        change: &ItemChange,
        resolution: ConflictResolution,
    ) -> Result<Answer, Response> {
        let update = |key: ChangeKey| {
            let changes = vec![ItemChange { change_key: Some(key), ..change.clone() }];
            Operation::UpdateItem { changes, resolution }
        };
        let at_once = match talk.seen {
            Some(key) => Some(self.put(header, update(key)).await?).filter(|answer| !was_overtaken(answer)),
            None => None,
        };
        let mut answer = match at_once {
            Some(answer) => answer,
            None => match self.present(header, change.id).await? {
                Ok(key) => self.put(header, update(key)).await?,
                Err(answer) => answer,
            },
        };
        if let Some(seen) = state(&answer) {
            self.role.talks.borrow_mut().remember(name, seen);
        }
        talk.cut_out(&mut answer);
        Ok(answer)
    }

    /// Step 3: the present state of an item; where that is not told, what is to be answered to the change.
    async fn present(&self, header: &Header, item: ItemId) -> Result<Result<ChangeKey, Answer>, Response> {
        let read = Operation::GetItem { shape: ItemShape::IDS, items: vec![item] };
        let mut answer = self.put(header, read).await?;
        if let Answer::Reply(reply) = &mut answer {
            reply.operation = "UpdateItem".to_owned();
        }
        Ok(state(&answer).ok_or(answer))
    }

    /// Asks Exchange for this operation, and reads what it answers.
    async fn put(&self, header: &Header, operation: Operation) -> Result<Answer, Response> {
        let response = self.ask(&ews::Request { header: header.clone(), operation }).await?;
        let read = match &response.body {
            Body::Xml(text) => ews::read_answer(text).ok(),
            _ => None,
        };
        read.ok_or(response)
    }

    /// Step 6: the broker's own log names the one who asked.
    fn log(&self, client: &Caller, what: String, outcome: &str) {
        let text = format!("{} {what}: {outcome}", client.name);
        self.judge.host().record(Happening::Log(LogEntry { log: "broker".into(), id: None, text }));
    }

    fn tell(&self, client: &Caller, talk: &Talk, what: &str) {
        let named = match *self.role.naming.borrow() {
            Naming::AsTheTableSays => talk.address.clone(),
            _ => client.name.to_string(),
        };
        let account = &self.role.config.service_account.0;
        let text = format!("{} had {account} act as {named}: {what}", client.name);
        self.judge.host().record(Happening::Truth(Truth { text }));
    }
}

impl Talk {
    /// Leaves out of an answer what the table does not allow to be changed. What the talk is called is
    /// known to those who arrange it.
    fn cut_out(&self, answer: &mut Answer) {
        let Answer::Reply(reply) = answer else { return };
        let may = |field: Field| self.fields.contains(&field);
        for payload in reply.messages.iter_mut().flatten() {
            let Payload::Items(items) = payload else { continue };
            for item in items {
                item.body.take_if(|_| !may(Field::Body));
                item.location.take_if(|_| !may(Field::Location));
                item.start.take_if(|_| !may(Field::Start));
                item.end.take_if(|_| !may(Field::End));
                item.busy.take_if(|_| !may(Field::Busy));
            }
        }
    }
}

fn called(talk: &str) -> String {
    format!("the talk “{talk}”")
}

/// The change, where the operation is one change to one item.
fn only_change(operation: &Operation) -> Option<(&ItemChange, ConflictResolution)> {
    match operation {
        Operation::UpdateItem { changes, resolution } => match changes.as_slice() {
            [only] => Some((only, *resolution)),
            _ => None,
        },
        _ => None,
    }
}

fn was_overtaken(answer: &Answer) -> bool {
    matches!(answer.error(), Some(ResponseCode::ErrorIrresolvableConflict | ResponseCode::ErrorStaleObject))
}

/// The state of the item in an answer.
fn state(answer: &Answer) -> Option<ChangeKey> {
    let Answer::Reply(reply) = answer else { return None };
    reply.messages.iter().flatten().find_map(|payload| match payload {
        Payload::Items(items) => items.first().map(|item| item.change_key),
        _ => None,
    })
}
