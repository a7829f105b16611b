//! Folders as XML: how they are named, and how they are shown.

use super::envelope::ReadError;
use super::node::Node;
use super::operation::FolderRef;
use super::permissions;
use crate::mailbox::{EffectiveRights, FolderClass, FolderView, WellKnownFolder};

/// How a request names a folder.
pub(super) fn write_ref(folder: &FolderRef) -> Node {
    match folder {
        FolderRef::Distinguished { folder, mailbox } => {
            let node = Node::t("DistinguishedFolderId").attribute("Id", folder.id());
            let owner = |address: &String| Node::t("Mailbox").with(Node::t("EmailAddress").text(address));
            node.with_all(mailbox.iter().map(owner))
        }
        FolderRef::Id { id, change_key } => {
            let node = Node::t("FolderId").attribute("Id", id.to_string());
            match change_key {
                Some(key) => node.attribute("ChangeKey", key.to_string()),
                None => node,
            }
        }
    }
}

pub(super) fn read_ref(node: &Node) -> Result<FolderRef, ReadError> {
    match node.name.as_str() {
        "DistinguishedFolderId" => {
            let id = node.need_value("Id")?;
            let folder = WellKnownFolder::find(id);
            let folder = folder.ok_or_else(|| node.wrong(format!("names no folder: {id}")))?;
            let mailbox = node.child("Mailbox").and_then(|mailbox| mailbox.child_text("EmailAddress"));
            Ok(FolderRef::Distinguished { folder, mailbox: mailbox.map(str::to_owned) })
        }
        "FolderId" => Ok(FolderRef::Id {
            id: node.need_value("Id")?.parse().map_err(|why| node.wrong(why))?,
            change_key: read_change_key(node)?,
        }),
        _ => Err(node.wrong("is no folder id")),
    }
}

/// The state that an id names, where it names one.
pub(super) fn read_change_key(node: &Node) -> Result<Option<crate::mailbox::ChangeKey>, ReadError> {
    node.value("ChangeKey").map(|key| key.parse().map_err(|why| node.wrong(why))).transpose()
}

/// The element for folders of a class.
pub(super) fn element(class: FolderClass) -> &'static str {
    match class {
        FolderClass::Mail => "Folder",
        FolderClass::Calendar => "CalendarFolder",
    }
}

pub(super) fn class_of(node: &Node) -> FolderClass {
    if node.name == "CalendarFolder" { FolderClass::Calendar } else { FolderClass::Mail }
}

/// A folder as it is shown.
pub(super) fn write(folder: &FolderView) -> Node {
    let id = |name: &str, id: String| Node::t(name).attribute("Id", id);
    let class = match folder.class {
        FolderClass::Mail => "IPF.Note",
        FolderClass::Calendar => "IPF.Appointment",
    };
    let own = id("FolderId", folder.id.to_string()).attribute("ChangeKey", folder.change_key.to_string());
    let parent = folder.parent.map(|parent| id("ParentFolderId", parent.to_string()));
    let permissions = folder.permissions.as_ref().map(|set| permissions::write(set, folder.class));
    Node::t(element(folder.class))
        .with(own)
        .with_all(parent)
        .with(Node::t("FolderClass").text(class))
        .with(Node::t("DisplayName").text(&folder.name))
        .with(Node::t("TotalCount").text(folder.items.to_string()))
        .with(write_rights(&folder.rights))
        .with_all(permissions)
}

pub(super) fn read(node: &Node) -> Result<FolderView, ReadError> {
    let own = node.need("FolderId")?;
    let key = read_change_key(own)?.ok_or_else(|| own.wrong("has no ChangeKey"))?;
    let parent = node.child("ParentFolderId").map(|parent| parent.need_value("Id")).transpose()?;
    let count = node.need_text("TotalCount")?;
    Ok(FolderView {
        id: own.need_value("Id")?.parse().map_err(|why| own.wrong(why))?,
        change_key: key,
        parent: parent.map(|id| id.parse().map_err(|why| node.wrong(why))).transpose()?,
        name: node.need_text("DisplayName")?.to_owned(),
        class: class_of(node),
        items: count.parse().map_err(|_| node.wrong("has a TotalCount that is no number"))?,
        rights: read_rights(node.need("EffectiveRights")?)?,
        permissions: node.child("PermissionSet").map(permissions::read).transpose()?,
    })
}

/// What the one who asked may do.
pub(super) fn write_rights(rights: &EffectiveRights) -> Node {
    let right = |name: &str, granted: bool| Node::t(name).text(granted.to_string());
    Node::t("EffectiveRights")
        .with(right("CreateAssociated", rights.create_associated))
        .with(right("CreateContents", rights.create_contents))
        .with(right("CreateHierarchy", rights.create_hierarchy))
        .with(right("Delete", rights.delete))
        .with(right("Modify", rights.modify))
        .with(right("Read", rights.read))
        .with(right("ViewPrivateItems", rights.view_private_items))
}

pub(super) fn read_rights(node: &Node) -> Result<EffectiveRights, ReadError> {
    let right = |name: &str| read_flag(node.need(name)?);
    Ok(EffectiveRights {
        create_associated: right("CreateAssociated")?,
        create_contents: right("CreateContents")?,
        create_hierarchy: right("CreateHierarchy")?,
        delete: right("Delete")?,
        modify: right("Modify")?,
        read: right("Read")?,
        view_private_items: right("ViewPrivateItems")?,
    })
}

/// xs:boolean.
pub(super) fn read_flag(node: &Node) -> Result<bool, ReadError> {
    match node.text.as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(node.wrong(format!("is neither true nor false: {other}"))),
    }
}
