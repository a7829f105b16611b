//! Items as XML: new ones, those that are shown, and single properties of them.

use super::envelope::ReadError;
use super::folders::{read_change_key, read_rights, write_rights};
use super::node::Node;
use crate::mailbox::{Busy, ChangeKey, Field, FolderId, ItemClass, ItemId, ItemView, NewItem, Stamp};
use crate::time::VirtualTime;

/// What Sensitivity says of an item that concerns its owner alone.
const PRIVATE: &str = "Private";

const CLASSES: [(ItemClass, &str); 2] =
    [(ItemClass::Message, "IPM.Note"), (ItemClass::Appointment, "IPM.Appointment")];

const BUSY: [(Busy, &str); 4] =
    [(Busy::Free, "Free"), (Busy::Tentative, "Tentative"), (Busy::Busy, "Busy"), (Busy::OutOfOffice, "OOF")];

const FIELDS: [(Field, &str, &str); 10] = [
    (Field::Subject, "item:Subject", "Subject"),
    (Field::Body, "item:Body", "Body"),
    (Field::Location, "calendar:Location", "Location"),
    (Field::Start, "calendar:Start", "Start"),
    (Field::End, "calendar:End", "End"),
    (Field::Busy, "calendar:LegacyFreeBusyStatus", "LegacyFreeBusyStatus"),
    (Field::Sensitivity, "item:Sensitivity", "Sensitivity"),
    (Field::ParentFolder, "item:ParentFolderId", "ParentFolderId"),
    (Field::Class, "item:ItemClass", "ItemClass"),
    (Field::EffectiveRights, "item:EffectiveRights", "EffectiveRights"),
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

fn text(name: &str, text: impl Into<String>) -> Node {
    Node::t(name).text(text)
}

fn write_body(body: &str) -> Node {
    text("Body", body).attribute("BodyType", "Text")
}

/// An item that is to be made: its properties in the order of the schema.
pub(super) fn write_new(content: &NewItem) -> Node {
    let node = Node::t(element(content.class()))
        .with(text("Subject", &content.subject))
        .with_all(content.private.then(|| text("Sensitivity", PRIVATE)))
        .with(write_body(&content.body));
    match &content.appointment {
        None => node,
        Some(stamp) => node
            .with(text("Start", stamp.start.to_string()))
            .with(text("End", stamp.end.to_string()))
            .with(text("LegacyFreeBusyStatus", busy_name(stamp.busy)))
            .with(text("Location", &stamp.location)),
    }
}

fn read_class(node: &Node) -> Result<ItemClass, ReadError> {
    match node.name.as_str() {
        "Message" | "Item" => Ok(ItemClass::Message),
        "CalendarItem" => Ok(ItemClass::Appointment),
        _ => Err(node.wrong("is no item that is known")),
    }
}

pub(super) fn read_new(node: &Node) -> Result<NewItem, ReadError> {
    let text = |name: &str| node.child_text(name).unwrap_or_default().to_owned();
    let appointment = match read_class(node)? {
        ItemClass::Message => None,
        ItemClass::Appointment => Some(Stamp {
            start: read_time(node.need("Start")?)?,
            end: read_time(node.need("End")?)?,
            location: text("Location"),
            busy: node.child("LegacyFreeBusyStatus").map_or(Ok(Busy::Busy), read_busy)?,
        }),
    };
    let private = node.child_text("Sensitivity") == Some(PRIVATE);
    Ok(NewItem { subject: text("Subject"), body: text("Body"), appointment, private })
}

/// An item as it is shown: the properties that it is shown with, in the order of the schema.
pub(super) fn write(item: &ItemView) -> Node {
    let class = |class| CLASSES.iter().find(|(known, _)| *known == class).map_or("", |(_, name)| name);
    let folder = |id: &FolderId| Node::t("ParentFolderId").attribute("Id", id.to_string());
    let sensitivity = |private: &bool| text("Sensitivity", if *private { PRIVATE } else { "Normal" });
    Node::t(element(item.class))
        .with(write_id(item.id, Some(item.change_key)))
        .with_all(item.folder.as_ref().map(folder))
        .with_all(item.item_class.map(|known| text("ItemClass", class(known))))
        .with_all(item.subject.as_ref().map(|subject| text("Subject", subject)))
        .with_all(item.private.as_ref().map(sensitivity))
        .with_all(item.body.as_deref().map(write_body))
        .with_all(item.rights.as_ref().map(write_rights))
        .with_all(item.start.map(|start| text("Start", start.to_string())))
        .with_all(item.end.map(|end| text("End", end.to_string())))
        .with_all(item.busy.map(|busy| text("LegacyFreeBusyStatus", busy_name(busy))))
        .with_all(item.location.as_ref().map(|location| text("Location", location)))
}

pub(super) fn read(node: &Node) -> Result<ItemView, ReadError> {
    let own = node.need("ItemId")?;
    let (id, key) = read_id(own)?;
    let text = |name: &str| node.child_text(name).map(str::to_owned);
    let folder = |node: &Node| node.need_value("Id")?.parse().map_err(|why| node.wrong(why));
    let named = |node: &Node| CLASSES.iter().find(|(_, name)| *name == node.text).map(|(class, _)| *class);
    Ok(ItemView {
        id,
        change_key: key.ok_or_else(|| own.wrong("has no ChangeKey"))?,
        class: read_class(node)?,
        item_class: node.child("ItemClass").and_then(named),
        folder: node.child("ParentFolderId").map(folder).transpose()?,
        subject: text("Subject"),
        private: node.child_text("Sensitivity").map(|sensitivity| sensitivity == PRIVATE),
        body: text("Body"),
        rights: node.child("EffectiveRights").map(read_rights).transpose()?,
        start: node.child("Start").map(read_time).transpose()?,
        end: node.child("End").map(read_time).transpose()?,
        busy: node.child("LegacyFreeBusyStatus").map(read_busy).transpose()?,
        location: text("Location"),
    })
}
