//! What a Client Access server answers: one fault for the whole request, or a message for each of its
//! items (domain page A3).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::code::ResponseCode;
use crate::mailbox::{FolderView, FreeBusyView, ItemView};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The request failed as a whole: HTTP 500.
    Fault(Fault),
    /// The request was carried out, item by item: HTTP 200.
    Reply(Reply),
}

/// Why a whole request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The response code.
    pub code: ResponseCode,
    /// In words.
    pub message: String,
}

/// What came of each item of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The operation, by name.
    pub operation: String,
    /// What came of each item, in the request's order.
    pub messages: Vec<Result<Payload, ItemError>>,
}

/// Why one item of a request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemError {
    /// The response code.
    pub code: ResponseCode,
    /// In words.
    pub message: String,
}

/// What an operation gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payload {
    /// Nothing but that it was done.
    Done,
    /// Folders.
    Folders(Vec<FolderView>),
    /// Items.
    Items(Vec<ItemView>),
    /// What may be learned of a calendar.
    FreeBusy(FreeBusyView),
}

impl Fault {
    /// The fault of this code, with the code's own words.
    pub fn new(code: ResponseCode) -> Self {
        Self { code, message: code.words().to_owned() }
    }
}

impl From<ResponseCode> for ItemError {
    fn from(code: ResponseCode) -> Self {
        Self { code, message: code.words().to_owned() }
    }
}

impl Answer {
    /// The status that it comes with.
    pub fn status(&self) -> u16 {
        match self {
            Answer::Fault(_) => 500,
            Answer::Reply(_) => 200,
        }
    }

    /// The first error in it.
    pub fn error(&self) -> Option<ResponseCode> {
        match self {
            Answer::Fault(fault) => Some(fault.code),
            Answer::Reply(reply) => {
                reply.messages.iter().find_map(|message| message.as_ref().err().map(|error| error.code))
            }
        }
    }

    /// The answer in one line.
    pub fn title(&self) -> Cow<'static, str> {
        match self {
            Answer::Fault(fault) => format!("500 {}", fault.code).into(),
            Answer::Reply(reply) => {
                let each: Vec<String> = reply.messages.iter().map(describe).collect();
                format!("200 {}: {}", reply.operation, each.join("; ")).into()
            }
        }
    }
}

fn describe(message: &Result<Payload, ItemError>) -> String {
    match message {
        Err(error) => error.code.to_string(),
        Ok(Payload::Done) => "done".to_owned(),
        Ok(Payload::Folders(folders)) => {
            let names: Vec<String> = folders.iter().map(|folder| format!("“{}”", folder.name)).collect();
            if names.is_empty() { "no folder".to_owned() } else { names.join(", ") }
        }
        Ok(Payload::Items(items)) => {
            let name = |item: &ItemView| match &item.subject {
                Some(subject) => format!("“{subject}”"),
                None => "an item's id".to_owned(),
            };
            let names: Vec<String> = items.iter().map(name).collect();
            if names.is_empty() { "no item".to_owned() } else { names.join(", ") }
        }
        Ok(Payload::FreeBusy(view)) => format!("{:?}, {}", view.kind, view.merged),
    }
}
