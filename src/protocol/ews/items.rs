//! Items as XML: new ones, those that are shown, and single properties of them.

use super::envelope::ReadError;
use super::folders::{read_change_key, read_rights, write_rights};
use super::node::Node;
use crate::mailbox::{Busy, ChangeKey, Field, ItemClass, ItemId, ItemView, NewItem, Stamp};
use crate::time::VirtualTime;

const BUSY: [(Busy, &str); 4] =
    [(Busy::Free, "Free"), (Busy::Tentative, "Tentative"), (Busy::Busy, "Busy"), (Busy::OutOfOffice, "OOF")];

const FIELDS: [(Field, &str, &str); 6] = [
    (Field::Subject, "item:Subject", "Subject"),
    (Field::Body, "item:Body", "Body"),
    (Field::Location, "calendar:Location", "Location"),
    (Field::Start, "calendar:Start", "Start"),
    (Field::End, "calendar:End", "End"),
    (Field::Busy, "calendar:LegacyFreeBusyStatus", "LegacyFreeBusyStatus"),
];

/// The path of a property, and its element.
pub(super) fn path(field: Field) -> (&'static str, &'static str) {
    FIELDS.iter().find(|(known, _, _)| *known == field).map_or(("", ""), |(_, uri, name)| (uri, name))
}

/// The property of this path.
pub(super) fn field(uri: &str) -> Option<(Field, &'static str)> {
    FIELDS.iter().find(|(_, known, _)| *known == uri).map(|(field, _, name)| (*field, *name))
}

pub(super) fn busy_name(busy: Busy) -> &'static str {
    BUSY.iter().find(|(known, _)| *known == busy).map_or("", |(_, name)| name)
}

pub(super) fn read_busy(node: &Node) -> Result<Busy, ReadError> {
    let known = BUSY.iter().find(|(_, name)| *name == node.text);
    known.map(|(busy, _)| *busy).ok_or_else(|| node.wrong(format!("is not known: {}", node.text)))
}

/// A time; one without a zone is in UTC.
pub(super) fn read_time(node: &Node) -> Result<VirtualTime, ReadError> {
    let text = node.text.as_str();
    let zoned = text.ends_with('Z') || text.get(10..).is_some_and(|rest| rest.contains(['+', '-']));
    let text = if zoned { text.to_owned() } else { format!("{text}Z") };
    text.parse().map_err(|why| node.wrong(why))
}

pub(super) fn write_id(id: ItemId, key: Option<ChangeKey>) -> Node {
    let node = Node::t("ItemId").attribute("Id", id.to_string());
    match key {
        Some(key) => node.attribute("ChangeKey", key.to_string()),
        None => node,
    }
}

pub(super) fn read_id(node: &Node) -> Result<(ItemId, Option<ChangeKey>), ReadError> {
    let id = node.need_value("Id")?.parse().map_err(|why| node.wrong(why))?;
    Ok((id, read_change_key(node)?))
}

/// The element for items of a class.
pub(super) fn element(class: ItemClass) -> &'static str {
    match class {
        ItemClass::Message => "Message",
        ItemClass::Appointment => "CalendarItem",
    }
}

/// The properties of an item in the order of the schema, with `between` where the ids and the rights
/// of an item that is shown go.
fn write_content(content: &NewItem, before: Vec<Node>, rights: Option<Node>) -> Node {
    let sensitivity = content.private.then(|| Node::t("Sensitivity").text("Private"));
    let node = Node::t(element(content.class()))
        .with_all(before)
        .with(Node::t("Subject").text(&content.subject))
        .with_all(sensitivity)
        .with(Node::t("Body").attribute("BodyType", "Text").text(&content.body))
        .with_all(rights);
    match &content.appointment {
        None => node,
        Some(stamp) => node
            .with(Node::t("Start").text(stamp.start.to_string()))
            .with(Node::t("End").text(stamp.end.to_string()))
            .with(Node::t("LegacyFreeBusyStatus").text(busy_name(stamp.busy)))
            .with(Node::t("Location").text(&stamp.location)),
    }
}

/// An item that is to be made.
pub(super) fn write_new(content: &NewItem) -> Node {
    write_content(content, Vec::new(), None)
}

pub(super) fn read_new(node: &Node) -> Result<NewItem, ReadError> {
    let text = |name: &str| node.child_text(name).unwrap_or_default().to_owned();
    let appointment = match node.name.as_str() {
        "Message" | "Item" => None,
        "CalendarItem" => Some(Stamp {
            start: read_time(node.need("Start")?)?,
            end: read_time(node.need("End")?)?,
            location: text("Location"),
            busy: node.child("LegacyFreeBusyStatus").map_or(Ok(Busy::Busy), read_busy)?,
        }),
        _ => return Err(node.wrong("is no item that is known")),
    };
    let private = node.child_text("Sensitivity") == Some("Private");
    Ok(NewItem { subject: text("Subject"), body: text("Body"), appointment, private })
}

/// An item as it is shown.
pub(super) fn write(item: &ItemView) -> Node {
    let class = match item.content.class() {
        ItemClass::Message => "IPM.Note",
        ItemClass::Appointment => "IPM.Appointment",
    };
    let before = vec![
        write_id(item.id, Some(item.change_key)),
        Node::t("ParentFolderId").attribute("Id", item.folder.to_string()),
        Node::t("ItemClass").text(class),
    ];
    write_content(&item.content, before, Some(write_rights(&item.rights)))
}

pub(super) fn read(node: &Node) -> Result<ItemView, ReadError> {
    let own = node.need("ItemId")?;
    let (id, key) = read_id(own)?;
    let folder = node.need("ParentFolderId")?;
    Ok(ItemView {
        id,
        change_key: key.ok_or_else(|| own.wrong("has no ChangeKey"))?,
        folder: folder.need_value("Id")?.parse().map_err(|why| folder.wrong(why))?,
        content: read_new(node)?,
        rights: read_rights(node.need("EffectiveRights")?)?,
    })
}
