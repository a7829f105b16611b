//! Operations as XML.

use super::folders::{self, write_ref};
use super::items::{self, write_id};
use super::node::Node;
use super::operation::{FolderRef, ItemChange, Operation};
use super::permissions;
use crate::mailbox::{ConflictResolution, FieldChange, FolderClass, FreeBusyQuery, ItemClass, ViewKind};
use crate::time::VirtualTime;

pub(super) fn write(operation: &Operation) -> Node {
    let named = Node::m(operation.name());
    match operation {
        Operation::GetFolder { folders } => {
            named.with(folder_shape()).with(Node::m("FolderIds").with_all(folders.iter().map(write_ref)))
        }
        Operation::FindFolder { parent } => named
            .attribute("Traversal", "Deep")
            .with(folder_shape())
            .with(Node::m("ParentFolderIds").with(write_ref(parent))),
        Operation::FindItem { shape, folder } => named
            .attribute("Traversal", "Shallow")
            .with(shape.write())
            .with(Node::m("ParentFolderIds").with(write_ref(folder))),
        Operation::GetItem { shape, items } => named
            .with(shape.write())
            .with(Node::m("ItemIds").with_all(items.iter().map(|id| write_id(*id, None)))),
        Operation::CreateItem { folder, items } => named
            .attribute("MessageDisposition", "SaveOnly")
            .attribute("SendMeetingInvitations", "SendToNone")
            .with(Node::m("SavedItemFolderId").with(write_ref(folder)))
            .with(Node::m("Items").with_all(items.iter().map(items::write_new))),
        Operation::UpdateItem { changes, resolution } => named
            .attribute("ConflictResolution", conflict_resolution(*resolution))
            .attribute("MessageDisposition", "SaveOnly")
            .attribute("SendMeetingInvitationsOrCancellations", "SendToNone")
            .with(Node::m("ItemChanges").with_all(changes.iter().map(item_change))),
        Operation::DeleteItem { items, for_good } => named
            .attribute("DeleteType", if *for_good { "HardDelete" } else { "MoveToDeletedItems" })
            .attribute("SendMeetingCancellations", "SendToNone")
            .with(Node::m("ItemIds").with_all(items.iter().map(|(id, key)| write_id(*id, *key)))),
        Operation::CreateFolder { parent, folders } => {
            let folder = |(name, class): &(String, FolderClass)| {
                Node::t(folders::element(*class)).with(Node::t("DisplayName").text(name))
            };
            named
                .with(Node::m("ParentFolderId").with(write_ref(parent)))
                .with(Node::m("Folders").with_all(folders.iter().map(folder)))
        }
        Operation::UpdateFolder { folder, class, permissions } => {
            let set = permissions::write_set(permissions, *class);
            named.with(Node::m("FolderChanges").with(folder_change(folder, *class, set)))
        }
        Operation::GetUserAvailability { mailboxes, query } => availability(mailboxes, query),
    }
}

fn folder_shape() -> Node {
    Node::m("FolderShape").with(Node::t("BaseShape").text("AllProperties"))
}

fn conflict_resolution(resolution: ConflictResolution) -> &'static str {
    match resolution {
        ConflictResolution::NeverOverwrite => "NeverOverwrite",
        ConflictResolution::AutoResolve => "AutoResolve",
        ConflictResolution::AlwaysOverwrite => "AlwaysOverwrite",
    }
}

fn item_change(change: &ItemChange) -> Node {
    let updates = Node::t("Updates").with_all(change.changes.iter().map(update));
    Node::t("ItemChange").with(write_id(change.id, change.change_key)).with(updates)
}

fn update(change: &FieldChange) -> Node {
    let (uri, name) = items::path(change.field());
    let path = Node::t("FieldURI").attribute("FieldURI", uri);
    let (verb, value) = match change {
        FieldChange::Subject(text) | FieldChange::Body(text) | FieldChange::Location(text) => {
            ("SetItemField", text.clone())
        }
        FieldChange::Start(time) | FieldChange::End(time) => ("SetItemField", time.to_string()),
        FieldChange::Busy(busy) => ("SetItemField", items::busy_name(*busy).to_owned()),
        FieldChange::Append(_, text) => ("AppendToItemField", text.clone()),
        FieldChange::Delete(_) => return Node::t("DeleteItemField").with(path),
    };
    let class = if uri.starts_with("calendar:") { ItemClass::Appointment } else { ItemClass::Message };
    let property = match name {
        "Body" => Node::t(name).attribute("BodyType", "Text"),
        _ => Node::t(name),
    };
    Node::t(verb).with(path).with(Node::t(items::element(class)).with(property.text(value)))
}

fn folder_change(folder: &FolderRef, class: FolderClass, set: Node) -> Node {
    let field = Node::t("SetFolderField")
        .with(Node::t("FieldURI").attribute("FieldURI", "folder:PermissionSet"))
        .with(Node::t(folders::element(class)).with(set));
    Node::t("FolderChange").with(write_ref(folder)).with(Node::t("Updates").with(field))
}

/// Availability is asked in local time; here that is UTC.
fn availability(mailboxes: &[String], query: &FreeBusyQuery) -> Node {
    let moment = |name: &str| {
        Node::t(name)
            .with(Node::t("Bias").text("0"))
            .with(Node::t("Time").text("00:00:00"))
            .with(Node::t("DayOrder").text("1"))
            .with(Node::t("Month").text("1"))
            .with(Node::t("DayOfWeek").text("Sunday"))
    };
    let zone = Node::t("TimeZone")
        .with(Node::t("Bias").text("0"))
        .with(moment("StandardTime"))
        .with(moment("DaylightTime"));
    let mailbox = |address: &String| {
        Node::t("MailboxData")
            .with(Node::t("Email").with(Node::t("Address").text(address)))
            .with(Node::t("AttendeeType").text("Required"))
            .with(Node::t("ExcludeConflicts").text("false"))
    };
    let local = |time: VirtualTime| time.to_string().trim_end_matches('Z').to_owned();
    let window = Node::t("TimeWindow")
        .with(Node::t("StartTime").text(local(query.start)))
        .with(Node::t("EndTime").text(local(query.end)));
    let view = match query.view {
        ViewKind::MergedOnly => "MergedOnly",
        ViewKind::FreeBusy => "FreeBusyMerged",
        ViewKind::Detailed => "DetailedMerged",
    };
    let options = Node::t("FreeBusyViewOptions")
        .with(window)
        .with(Node::t("MergedFreeBusyIntervalInMinutes").text(query.interval.to_string()))
        .with(Node::t("RequestedView").text(view));
    Node::m("GetUserAvailabilityRequest")
        .with(zone)
        .with(Node::m("MailboxDataArray").with_all(mailboxes.iter().map(mailbox)))
        .with(options)
}
