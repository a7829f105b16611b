//! Answers as XML: a response message for each item of the request.

use super::answer::{ItemError, Payload, Reply};
use super::node::Node;
use super::{folders, items};
use crate::mailbox::{CalendarEvent, FreeBusyView, ViewKind};

/// The operation whose answer has a shape of its own.
pub(super) const AVAILABILITY: &str = "GetUserAvailability";

pub(super) fn write(reply: &Reply) -> Node {
    let name = reply.operation.as_str();
    if name == AVAILABILITY {
        let each = reply.messages.iter().map(availability);
        return Node::m("GetUserAvailabilityResponse").with(Node::m("FreeBusyResponseArray").with_all(each));
    }
    let each = reply.messages.iter().map(|message| {
        let node = Node::m(format!("{name}ResponseMessage"));
        match message {
            Err(error) => with_error(node, error),
            Ok(payload) => with_code(node, "Success", "NoError").with_all(write_payload(name, payload)),
        }
    });
    Node::m(format!("{name}Response")).with(Node::m("ResponseMessages").with_all(each))
}

fn with_code(node: Node, class: &str, code: &str) -> Node {
    node.attribute("ResponseClass", class).with(Node::m("ResponseCode").text(code))
}

fn with_error(node: Node, error: &ItemError) -> Node {
    node.attribute("ResponseClass", "Error")
        .with(Node::m("MessageText").text(&error.message))
        .with(Node::m("ResponseCode").text(error.code.as_str()))
        .with(Node::m("DescriptiveLinkKey").text("0"))
}

/// What is found comes within a root folder, what is asked for by id does not.
fn write_payload(operation: &str, payload: &Payload) -> Option<Node> {
    let found = |count: usize, list: Node| {
        Node::m("RootFolder")
            .attribute("TotalItemsInView", count.to_string())
            .attribute("IncludesLastItemInRange", "true")
            .with(list)
    };
    let finds = operation.starts_with("Find");
    match payload {
        Payload::Done | Payload::FreeBusy(_) => None,
        Payload::Folders(all) if finds => {
            Some(found(all.len(), Node::t("Folders").with_all(all.iter().map(folders::write))))
        }
        Payload::Folders(all) => Some(Node::m("Folders").with_all(all.iter().map(folders::write))),
        Payload::Items(all) if finds => {
            Some(found(all.len(), Node::t("Items").with_all(all.iter().map(items::write))))
        }
        Payload::Items(all) => Some(Node::m("Items").with_all(all.iter().map(items::write))),
    }
}

fn availability(message: &Result<Payload, ItemError>) -> Node {
    let (status, view) = match message {
        Err(error) => (with_error(Node::m("ResponseMessage"), error), None),
        Ok(payload) => {
            let view = match payload {
                Payload::FreeBusy(view) => Some(free_busy(view)),
                Payload::Done | Payload::Folders(_) | Payload::Items(_) => None,
            };
            (with_code(Node::m("ResponseMessage"), "Success", "NoError"), view)
        }
    };
    Node::m("FreeBusyResponse").with(status).with_all(view)
}

fn free_busy(view: &FreeBusyView) -> Node {
    let kind = match view.kind {
        ViewKind::MergedOnly => "MergedOnly",
        ViewKind::FreeBusy => "FreeBusyMerged",
        ViewKind::Detailed => "DetailedMerged",
    };
    let events = Node::t("CalendarEventArray").with_all(view.events.iter().map(event));
    Node::m("FreeBusyView")
        .with(Node::t("FreeBusyViewType").text(kind))
        .with(Node::t("MergedFreeBusy").text(&view.merged))
        .with_all((!view.events.is_empty()).then_some(events))
}

fn event(event: &CalendarEvent) -> Node {
    let details = event.details.as_ref().map(|(subject, location)| {
        Node::t("CalendarEventDetails")
            .with(Node::t("Subject").text(subject))
            .with(Node::t("Location").text(location))
            .with(Node::t("IsMeeting").text("false"))
            .with(Node::t("IsRecurring").text("false"))
            .with(Node::t("IsException").text("false"))
            .with(Node::t("IsReminderSet").text("false"))
            .with(Node::t("IsPrivate").text("false"))
    });
    Node::t("CalendarEvent")
        .with(Node::t("StartTime").text(event.start.to_string()))
        .with(Node::t("EndTime").text(event.end.to_string()))
        .with(Node::t("BusyType").text(items::busy_name(event.busy)))
        .with_all(details)
}
