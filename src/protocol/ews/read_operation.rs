//! Operations read from XML, from any client that keeps to the schema.

use super::code::ResponseCode;
use super::envelope::ReadError;
use super::folders::{self, class_of, read_ref};
use super::items::{self, read_busy, read_id, read_time};
use super::node::{Node, Space};
use super::operation::{ItemChange, Operation};
use super::permissions;
use super::shape::ItemShape;
use crate::mailbox::{ConflictResolution, Field, FieldChange, FreeBusyQuery, ItemId, ViewKind};

pub(super) fn read(node: &Node) -> Result<Operation, ReadError> {
    let unknown = || {
        let why = format!("{} is no operation that is known", node.name);
        Err(ReadError::new(ResponseCode::ErrorInvalidRequest, why))
    };
    if node.space != Space::Messages {
        return unknown();
    }
    match node.name.as_str() {
        "GetFolder" => {
            let folders = node.need("FolderIds")?.children.iter().map(read_ref);
            Ok(Operation::GetFolder { folders: folders.collect::<Result<_, _>>()? })
        }
        "FindFolder" => {
            Ok(Operation::FindFolder { parent: read_ref(node.need("ParentFolderIds")?.only()?)? })
        }
        "FindItem" => Ok(Operation::FindItem {
            shape: ItemShape::read(node.need("ItemShape")?)?,
            folder: read_ref(node.need("ParentFolderIds")?.only()?)?,
        }),
        "GetItem" => {
            let ids = node.need("ItemIds")?.children.iter().map(|id| read_id(id).map(|(id, _)| id));
            Ok(Operation::GetItem {
                shape: ItemShape::read(node.need("ItemShape")?)?,
                items: ids.collect::<Result<Vec<ItemId>, _>>()?,
            })
        }
        "CreateItem" => {
            let items = node.need("Items")?.children.iter().map(items::read_new);
            Ok(Operation::CreateItem {
                folder: read_ref(node.need("SavedItemFolderId")?.only()?)?,
                items: items.collect::<Result<_, _>>()?,
            })
        }
        "UpdateItem" => {
            let changes = node.need("ItemChanges")?.children.iter().map(item_change);
            Ok(Operation::UpdateItem {
                changes: changes.collect::<Result<_, _>>()?,
                resolution: conflict_resolution(node)?,
            })
        }
        "DeleteItem" => {
            let items = node.need("ItemIds")?.children.iter().map(read_id);
            let for_good = match node.need_value("DeleteType")? {
                "HardDelete" | "SoftDelete" => true,
                "MoveToDeletedItems" => false,
                other => return Err(node.wrong(format!("has a DeleteType that is not known: {other}"))),
            };
            Ok(Operation::DeleteItem { items: items.collect::<Result<_, _>>()?, for_good })
        }
        "CreateFolder" => {
            let folder = |node: &Node| Ok((node.need_text("DisplayName")?.to_owned(), class_of(node)));
            let folders = node.need("Folders")?.children.iter().map(folder);
            Ok(Operation::CreateFolder {
                parent: read_ref(node.need("ParentFolderId")?.only()?)?,
                folders: folders.collect::<Result<_, ReadError>>()?,
            })
        }
        "UpdateFolder" => update_folder(node.need("FolderChanges")?.only()?),
        "GetUserAvailabilityRequest" => availability(node),
        _ => unknown(),
    }
}

fn conflict_resolution(node: &Node) -> Result<ConflictResolution, ReadError> {
    match node.value("ConflictResolution") {
        Some("NeverOverwrite") => Ok(ConflictResolution::NeverOverwrite),
        Some("AutoResolve") | None => Ok(ConflictResolution::AutoResolve),
        Some("AlwaysOverwrite") => Ok(ConflictResolution::AlwaysOverwrite),
        Some(other) => Err(node.wrong(format!("has a ConflictResolution that is not known: {other}"))),
    }
}

fn item_change(node: &Node) -> Result<ItemChange, ReadError> {
    let (id, change_key) = read_id(node.need("ItemId")?)?;
    let changes = node.need("Updates")?.children.iter().map(update);
    Ok(ItemChange { id, change_key, changes: changes.collect::<Result<_, _>>()? })
}

fn update(node: &Node) -> Result<FieldChange, ReadError> {
    let uri = node.need("FieldURI")?.need_value("FieldURI")?;
    let (field, name) =
        items::field(uri).ok_or_else(|| node.wrong(format!("names a property that is not known: {uri}")))?;
    if node.name == "DeleteItemField" {
        return Ok(FieldChange::Delete(field));
    }
    let holder = node.children.iter().find(|child| child.name != "FieldURI");
    let value = holder.and_then(|holder| holder.only().ok()).filter(|value| value.name == name);
    // The property that is named must be the one that is given (domain page A5).
    let value = value.ok_or_else(|| {
        ReadError::new(
            ResponseCode::ErrorUpdatePropertyMismatch,
            format!("{uri} comes with another property"),
        )
    })?;
    let text = value.text.clone();
    match (node.name.as_str(), field) {
        ("AppendToItemField", field) => Ok(FieldChange::Append(field, text)),
        ("SetItemField", Field::Subject) => Ok(FieldChange::Subject(text)),
        ("SetItemField", Field::Body) => Ok(FieldChange::Body(text)),
        ("SetItemField", Field::Location) => Ok(FieldChange::Location(text)),
        ("SetItemField", Field::Start) => Ok(FieldChange::Start(read_time(value)?)),
        ("SetItemField", Field::End) => Ok(FieldChange::End(read_time(value)?)),
        ("SetItemField", Field::Busy) => Ok(FieldChange::Busy(read_busy(value)?)),
        _ => Err(node.wrong("is no change that is known")),
    }
}

fn update_folder(node: &Node) -> Result<Operation, ReadError> {
    let set = node.need("Updates")?.only()?;
    let uri = set.need("FieldURI")?.need_value("FieldURI")?;
    let shown = set.child("Folder").or_else(|| set.child("CalendarFolder"));
    let folder = shown.ok_or_else(|| set.wrong("has no folder"))?;
    if set.name != "SetFolderField" || uri != "folder:PermissionSet" {
        return Err(set.wrong("changes something else than permissions"));
    }
    let reference = node.child("FolderId").or_else(|| node.child("DistinguishedFolderId"));
    Ok(Operation::UpdateFolder {
        folder: folders::read_ref(reference.ok_or_else(|| node.wrong("names no folder"))?)?,
        class: class_of(folder),
        permissions: permissions::read_set(folder.need("PermissionSet")?)?,
    })
}

fn availability(node: &Node) -> Result<Operation, ReadError> {
    let address = |data: &Node| Ok(data.need("Email")?.need_text("Address")?.to_owned());
    let mailboxes = node.need("MailboxDataArray")?.children.iter().map(address);
    let options = node.need("FreeBusyViewOptions")?;
    let window = options.need("TimeWindow")?;
    let interval = options.child_text("MergedFreeBusyIntervalInMinutes").unwrap_or("30");
    let view = match options.need_text("RequestedView")? {
        "MergedOnly" => ViewKind::MergedOnly,
        "FreeBusy" | "FreeBusyMerged" => ViewKind::FreeBusy,
        "Detailed" | "DetailedMerged" => ViewKind::Detailed,
        other => {
            let why = format!("no view is called {other}");
            return Err(ReadError::new(ResponseCode::ErrorInvalidFreeBusyViewType, why));
        }
    };
    Ok(Operation::GetUserAvailability {
        mailboxes: mailboxes.collect::<Result<_, ReadError>>()?,
        query: FreeBusyQuery {
            start: read_time(window.need("StartTime")?)?,
            end: read_time(window.need("EndTime")?)?,
            interval: interval.parse().map_err(|_| options.wrong("has an interval that is no number"))?,
            view,
        },
    })
}
