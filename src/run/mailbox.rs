//! What a step does in a mailbox, as an errand for a mail program.

use super::deploy::{Deployed, impersonation};
use crate::directory::Sid;
use crate::mailbox::{
    Busy, ConflictResolution, Field, FieldChange, FreeBusyQuery, NewItem, Rights, Stamp, ViewKind,
};
use crate::name::DnsName;
use crate::protocol::ews::{AccessMode, ConnectingId, ProxySecurityContext, UserId, WrittenPermission};
use crate::role::mail_client::{Errand, Place, Task};
use crate::scenario::Principal;
use crate::scenario::mailbox::{self as written, ClientName, FieldSetting, TokenOf, UseMailbox};

/// The errand that a step asks for.
///
/// # Errors
/// Where it names someone who is not there.
pub fn errand(world: &Deployed, step: &UseMailbox) -> Result<Errand, String> {
    let memory = match &step.told_by {
        None => Default::default(),
        Some(host) => {
            let other = world.mail_clients.get(&host.value);
            other.ok_or_else(|| format!("{host} runs no mail program"))?.memory()
        }
    };
    Ok(Errand {
        url: step.at.as_str().parse().map_err(|why| format!("{}: {why}", step.at.value))?,
        method: step.authenticates_by.map(impersonation::method),
        credentials: world.typed(&step.credentials),
        access: access(world, step)?,
        task: task(world, &step.task)?,
        memory,
    })
}

/// The headers that name someone else.
fn access(world: &Deployed, step: &UseMailbox) -> Result<Vec<AccessMode>, String> {
    let mut modes = Vec::new();
    if let Some(names) = &step.acting_as {
        let id = |name: &ClientName| {
            Ok(match name {
                ClientName::PrincipalName(name) => ConnectingId::PrincipalName(name.clone()),
                ClientName::Sid(sid) => ConnectingId::Sid(sid.clone()),
                ClientName::SidOf(account) => ConnectingId::Sid(sid(world, account)?.to_string()),
                ClientName::PrimarySmtpAddress(address) => ConnectingId::PrimarySmtpAddress(address.clone()),
            })
        };
        let ids: Result<Vec<ConnectingId>, String> = names.iter().map(|name| id(&name.value)).collect();
        modes.push(AccessMode::ExchangeImpersonation(ids?));
    }
    match step.token_of.as_deref() {
        None => {}
        Some(TokenOf::Serialized(account)) => {
            let user = sid(world, account)?.to_string();
            modes.push(AccessMode::SerializedSecurityContext { user, groups: Vec::new() });
        }
        Some(TokenOf::Proxy(account)) => {
            let (user, name) = (sid(world, account)?, account.to_string());
            let context = ProxySecurityContext { user, groups: Vec::new(), name };
            modes.push(AccessMode::ProxySecurityContext(context));
        }
    }
    Ok(modes)
}

fn sid(world: &Deployed, account: &Principal) -> Result<Sid, String> {
    world.directories.sid(&DnsName::new(""), account).map_err(|why| why.to_string())
}

fn place(folder: &str, of: &Option<String>) -> Place {
    Place { folder: folder.to_owned(), of: of.clone() }
}

fn task(world: &Deployed, task: &written::Task) -> Result<Task, String> {
    Ok(match task {
        written::Task::GetFolder(at) => Task::GetFolder(place(&at.folder, &at.of)),
        written::Task::Raw(text) => Task::Raw(text.clone()),
        written::Task::FindFolder(at) => Task::FindFolder(at.of.clone()),
        written::Task::FindItem(at) => Task::FindItem(place(&at.folder, &at.of)),
        written::Task::GetItem(at) => Task::GetItem(at.item.clone()),
        written::Task::CreateItem(new) => Task::CreateItem(place(&new.folder, &new.of), item(new)),
        written::Task::UpdateItem(change) => Task::UpdateItem {
            item: change.item.clone(),
            changes: change.set.iter().map(field).collect(),
            resolution: match change.conflict {
                written::Conflict::NeverOverwrite => ConflictResolution::NeverOverwrite,
                written::Conflict::AutoResolve => ConflictResolution::AutoResolve,
                written::Conflict::AlwaysOverwrite => ConflictResolution::AlwaysOverwrite,
            },
            with_key: change.change_key,
        },
        written::Task::DeleteItem(at) => Task::DeleteItem(at.item.clone()),
        written::Task::CreateFolder(new) => Task::CreateFolder(place(&new.folder, &new.of), new.name.clone()),
        written::Task::UpdateFolder(change) => {
            let permissions: Result<Vec<_>, String> =
                change.permissions.iter().map(|one| permission(world, one)).collect();
            Task::UpdateFolder(place(&change.folder, &change.of), permissions?)
        }
        written::Task::GetUserAvailability(ask) => {
            let view = match ask.view {
                written::View::MergedOnly => ViewKind::MergedOnly,
                written::View::FreeBusy => ViewKind::FreeBusy,
                written::View::Detailed => ViewKind::Detailed,
            };
            let query = FreeBusyQuery { start: ask.from.0, end: ask.to.0, interval: ask.interval, view };
            Task::FreeBusy(ask.of.clone(), query)
        }
    })
}

fn item(new: &written::CreateItem) -> NewItem {
    let appointment = new.appointment.as_ref().map(|written| Stamp {
        start: written.start.0,
        end: written.end.0,
        location: written.location.clone(),
        busy: Busy::Busy,
    });
    NewItem { subject: new.subject.clone(), body: new.body.clone(), appointment, private: new.private }
}

fn field(setting: &FieldSetting) -> FieldChange {
    match setting {
        FieldSetting::Subject(text) => FieldChange::Subject(text.clone()),
        FieldSetting::Body(text) => FieldChange::Body(text.clone()),
        FieldSetting::AppendBody(text) => FieldChange::Append(Field::Body, text.clone()),
        FieldSetting::Location(text) => FieldChange::Location(text.clone()),
        FieldSetting::Start(time) => FieldChange::Start(time.0),
        FieldSetting::End(time) => FieldChange::End(time.0),
    }
}

fn permission(world: &Deployed, one: &written::Permission) -> Result<WrittenPermission, String> {
    let user = match one.user.as_str() {
        "Default" => UserId::Default,
        "Anonymous" => UserId::Anonymous,
        name if name.contains('\\') => {
            let account: Principal = name.parse().map_err(|why| format!("{name}: {why}"))?;
            UserId::Sid(sid(world, &account)?)
        }
        address => UserId::PrimarySmtpAddress(address.to_owned()),
    };
    Ok(WrittenPermission { user, level: one.level, rights: one.rights.as_ref().map(rights) })
}

fn rights(written: &written::SingleRights) -> Rights {
    Rights {
        create_items: written.create_items,
        create_subfolders: written.create_subfolders,
        owner: written.folder_owner,
        visible: written.folder_visible,
        contact: written.folder_contact,
        edit: written.edit_items,
        delete: written.delete_items,
        read: written.read_items,
    }
}
