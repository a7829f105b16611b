//! Permission sets as XML. A calendar's have elements of their own, for the levels that only
//! calendars have (domain page A5).

use super::envelope::ReadError;
use super::folders::read_flag;
use super::node::Node;
use super::operation::{UserId, WrittenPermission};
use crate::mailbox::{FolderClass, Level, Permission, PermissionUser, ReadAccess, Rights, Scope};

const LEVELS: [(Level, &str); 12] = [
    (Level::None, "None"),
    (Level::Owner, "Owner"),
    (Level::PublishingEditor, "PublishingEditor"),
    (Level::Editor, "Editor"),
    (Level::PublishingAuthor, "PublishingAuthor"),
    (Level::Author, "Author"),
    (Level::NoneditingAuthor, "NoneditingAuthor"),
    (Level::Reviewer, "Reviewer"),
    (Level::Contributor, "Contributor"),
    (Level::FreeBusyTimeOnly, "FreeBusyTimeOnly"),
    (Level::FreeBusyTimeAndSubjectAndLocation, "FreeBusyTimeAndSubjectAndLocation"),
    (Level::Custom, "Custom"),
];
const SCOPES: [(Scope, &str); 3] = [(Scope::None, "None"), (Scope::Owned, "Owned"), (Scope::All, "All")];
const READS: [(ReadAccess, &str); 4] = [
    (ReadAccess::None, "None"),
    (ReadAccess::TimeOnly, "TimeOnly"),
    (ReadAccess::TimeAndSubjectAndLocation, "TimeAndSubjectAndLocation"),
    (ReadAccess::FullDetails, "FullDetails"),
];

fn name_of<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table.iter().find(|(known, _)| known == value).map_or("", |(_, name)| name)
}

fn read_name<T: Copy>(table: &[(T, &str)], node: &Node) -> Result<T, ReadError> {
    let known = table.iter().find(|(_, name)| *name == node.text);
    known.map(|(value, _)| *value).ok_or_else(|| node.wrong(format!("is not known: {}", node.text)))
}

/// A folder's permission set as a server shows it.
pub(super) fn write(permissions: &[Permission], class: FolderClass) -> Node {
    let user = |user: PermissionUser| match user {
        PermissionUser::Default => UserId::Default,
        PermissionUser::Anonymous => UserId::Anonymous,
        PermissionUser::Sid(sid) => UserId::Sid(sid),
    };
    let written: Vec<WrittenPermission> = permissions
        .iter()
        .map(|one| WrittenPermission { user: user(one.user), level: one.level, rights: one.rights })
        .collect();
    write_set(&written, class)
}

/// A permission set as a client writes it.
pub(super) fn write_set(permissions: &[WrittenPermission], class: FolderClass) -> Node {
    let (list, element) = match class {
        FolderClass::Mail => ("Permissions", "Permission"),
        FolderClass::Calendar => ("CalendarPermissions", "CalendarPermission"),
    };
    let entry = |permission: &WrittenPermission| {
        let level = name_of(&LEVELS, &permission.level);
        Node::t(element)
            .with(write_user(&permission.user))
            .with_all(permission.rights.iter().flat_map(write_single_rights))
            .with(Node::t(format!("{element}Level")).text(level))
    };
    Node::t("PermissionSet").with(Node::t(list).with_all(permissions.iter().map(entry)))
}

fn write_user(user: &UserId) -> Node {
    let known = |name: &str| Node::t("DistinguishedUser").text(name);
    let child = match user {
        UserId::Sid(sid) => Node::t("SID").text(sid.to_string()),
        UserId::PrimarySmtpAddress(address) => Node::t("PrimarySmtpAddress").text(address),
        UserId::Default | UserId::Contradictory => known("Default"),
        UserId::Anonymous => known("Anonymous"),
    };
    Node::t("UserId").with(child)
}

fn write_single_rights(rights: &Rights) -> Vec<Node> {
    let flag = |name: &str, granted: bool| Node::t(name).text(granted.to_string());
    vec![
        flag("CanCreateItems", rights.create_items),
        flag("CanCreateSubFolders", rights.create_subfolders),
        flag("IsFolderOwner", rights.owner),
        flag("IsFolderVisible", rights.visible),
        flag("IsFolderContact", rights.contact),
        Node::t("EditItems").text(name_of(&SCOPES, &rights.edit)),
        Node::t("DeleteItems").text(name_of(&SCOPES, &rights.delete)),
        Node::t("ReadItems").text(name_of(&READS, &rights.read)),
    ]
}

/// A permission set as a client writes it.
pub(super) fn read_set(node: &Node) -> Result<Vec<WrittenPermission>, ReadError> {
    node.only()?.children.iter().map(read_entry).collect()
}

fn read_entry(node: &Node) -> Result<WrittenPermission, ReadError> {
    let level = node.child("PermissionLevel").or_else(|| node.child("CalendarPermissionLevel"));
    let level = read_name(&LEVELS, level.ok_or_else(|| node.wrong("has no level"))?)?;
    let single = node.children.iter().any(|child| {
        !["UserId", "PermissionLevel", "CalendarPermissionLevel"].contains(&child.name.as_str())
    });
    let rights = if single { Some(read_single_rights(node)?) } else { None };
    Ok(WrittenPermission { user: read_user(node.need("UserId")?)?, level, rights })
}

fn read_user(node: &Node) -> Result<UserId, ReadError> {
    let sid = node.child_text("SID");
    let address = node.child_text("PrimarySmtpAddress");
    match (node.child_text("DistinguishedUser"), sid, address) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => Ok(UserId::Contradictory),
        (Some("Default"), ..) => Ok(UserId::Default),
        (Some("Anonymous"), ..) => Ok(UserId::Anonymous),
        (Some(other), ..) => Err(node.wrong(format!("names nobody: {other}"))),
        (None, Some(sid), _) => sid.parse().map(UserId::Sid).map_err(|why| node.wrong(why)),
        (None, None, Some(address)) => Ok(UserId::PrimarySmtpAddress(address.to_owned())),
        (None, None, None) => Err(node.wrong("names nobody")),
    }
}

/// What is not said is not granted.
fn read_single_rights(node: &Node) -> Result<Rights, ReadError> {
    let flag = |name: &str| node.child(name).map_or(Ok(false), read_flag);
    let scope = |name: &str| node.child(name).map_or(Ok(Scope::None), |node| read_name(&SCOPES, node));
    Ok(Rights {
        create_items: flag("CanCreateItems")?,
        create_subfolders: flag("CanCreateSubFolders")?,
        owner: flag("IsFolderOwner")?,
        visible: flag("IsFolderVisible")?,
        contact: flag("IsFolderContact")?,
        edit: scope("EditItems")?,
        delete: scope("DeleteItems")?,
        read: node.child("ReadItems").map_or(Ok(ReadAccess::None), |node| read_name(&READS, node))?,
    })
}

/// A folder's permission set as a server shows it.
pub(super) fn read(node: &Node) -> Result<Vec<Permission>, ReadError> {
    let shown = |one: WrittenPermission| {
        let user = match one.user {
            UserId::Default => PermissionUser::Default,
            UserId::Anonymous => PermissionUser::Anonymous,
            UserId::Sid(sid) => PermissionUser::Sid(sid),
            UserId::PrimarySmtpAddress(_) | UserId::Contradictory => {
                return Err(node.wrong("names someone otherwise than by SID"));
            }
        };
        Ok(Permission { user, level: one.level, rights: one.rights })
    };
    read_set(node)?.into_iter().map(shown).collect()
}
