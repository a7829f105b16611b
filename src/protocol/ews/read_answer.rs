//! Answers read from XML, as a client reads them.

use super::answer::{ItemError, Payload, Reply};
use super::code::ResponseCode;
use super::envelope::ReadError;
use super::items::{read_busy, read_time};
use super::node::Node;
use super::write_answer::AVAILABILITY;
use super::{folders, items};
use crate::mailbox::{CalendarEvent, FreeBusyView, ViewKind};

pub(super) fn read(node: &Node) -> Result<Reply, ReadError> {
    let operation = node.name.strip_suffix("Response").ok_or_else(|| node.wrong("is no answer"))?;
    let messages: Result<Vec<_>, ReadError> = match operation {
        AVAILABILITY => node.need("FreeBusyResponseArray")?.children.iter().map(availability).collect(),
        _ => node.need("ResponseMessages")?.children.iter().map(message).collect(),
    };
    Ok(Reply { operation: operation.to_owned(), messages: messages? })
}

/// The error that a response message tells, where it tells one.
fn error(node: &Node) -> Result<Option<ItemError>, ReadError> {
    let name = node.need_text("ResponseCode")?;
    let code = ResponseCode::find(name).ok_or_else(|| node.wrong(format!("has an unknown code: {name}")))?;
    let message = node.child_text("MessageText").unwrap_or_default().to_owned();
    Ok((code != ResponseCode::NoError).then_some(ItemError { code, message }))
}

fn message(node: &Node) -> Result<Result<Payload, ItemError>, ReadError> {
    if let Some(error) = error(node)? {
        return Ok(Err(error));
    }
    let holder = node.child("RootFolder").unwrap_or(node);
    if let Some(all) = holder.child("Folders") {
        let all: Result<Vec<_>, _> = all.children.iter().map(folders::read).collect();
        return Ok(Ok(Payload::Folders(all?)));
    }
    if let Some(all) = holder.child("Items") {
        let all: Result<Vec<_>, _> = all.children.iter().map(items::read).collect();
        return Ok(Ok(Payload::Items(all?)));
    }
    Ok(Ok(Payload::Done))
}

fn availability(node: &Node) -> Result<Result<Payload, ItemError>, ReadError> {
    if let Some(error) = error(node.need("ResponseMessage")?)? {
        return Ok(Err(error));
    }
    let view = node.need("FreeBusyView")?;
    let kind = match view.need_text("FreeBusyViewType")? {
        "MergedOnly" => ViewKind::MergedOnly,
        "FreeBusy" | "FreeBusyMerged" => ViewKind::FreeBusy,
        "Detailed" | "DetailedMerged" => ViewKind::Detailed,
        other => return Err(view.wrong(format!("is of a kind that is not known: {other}"))),
    };
    let events = view.child("CalendarEventArray").map(|all| all.children.as_slice()).unwrap_or_default();
    Ok(Ok(Payload::FreeBusy(FreeBusyView {
        kind,
        merged: view.child_text("MergedFreeBusy").unwrap_or_default().to_owned(),
        events: events.iter().map(event).collect::<Result<_, _>>()?,
    })))
}

fn event(node: &Node) -> Result<CalendarEvent, ReadError> {
    let details = node.child("CalendarEventDetails").map(|details| {
        let text = |name: &str| details.child_text(name).unwrap_or_default().to_owned();
        (text("Subject"), text("Location"))
    });
    Ok(CalendarEvent {
        start: read_time(node.need("StartTime")?)?,
        end: read_time(node.need("EndTime")?)?,
        busy: read_busy(node.need("BusyType")?)?,
        details,
    })
}
