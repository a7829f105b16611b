//! Rights, mailboxes, recipients and free/busy times of an Exchange organization, and what a broker is
//! told of its items.

use super::{at, controllers_of_forest, domain_of};
use crate::directory::exchange::attribute;
use crate::directory::{AccountChange, DirectoryChange};
use crate::name::DnsName;
use crate::role::application_server;
use crate::role::domain_controller::recipients::RecipientChange;
use crate::role::domain_controller::{self, PermissionChange};
use crate::run::deploy::{Deployed, availability as free_busy, impersonation};
use crate::scenario::change::{
    ChangeAvailability, ChangePermission, ChangeRecipient, EnterTalk, MoveMailbox, RecipientSetting,
};
use crate::scenario::exchange::Exchange;
use crate::scenario::{Principal, Topology};

/// At every domain controller of the forest, as each holds its Configuration partition.
pub(super) async fn permission(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangePermission,
) -> Result<(), String> {
    let forest = &change.exchange.value;
    let organization = organization(topology, forest)?;
    let granted = change.grant.iter().map(|grant| (grant, true));
    let revoked = change.revoke.iter().map(|grant| (grant, false));
    for (grant, adds) in granted.chain(revoked) {
        let directories = &world.directories;
        let object = impersonation::object_of(directories, forest, organization, &grant.on);
        let object = object.map_err(|why| why.to_string())?;
        let ace = vec![impersonation::ace(directories, forest, grant).map_err(|why| why.to_string())?];
        let (add, remove) = if adds { (ace, Vec::new()) } else { (Vec::new(), ace) };
        let change = PermissionChange { object, add, remove };
        // An account can be one of another forest.
        let account = grant.on.parse::<Principal>().ok().filter(|_| grant.on.contains('\\'));
        let home = account.map_or_else(|| Ok(forest.clone()), |account| domain_of(topology, &account))?;
        for controller in controllers_of_forest(topology, &home) {
            at(world, &controller, domain_controller::permission_stimulus(&change)).await?;
        }
    }
    Ok(())
}

/// At every domain controller of the forest, in its Configuration partition.
pub(super) async fn availability(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeAvailability,
) -> Result<(), String> {
    let forest = &change.exchange.value;
    let organization = organization(topology, forest)?;
    let change = free_busy::change(&world.directories, forest, organization, &change.set);
    let change = change.map_err(|why| why.to_string())?;
    for controller in controllers_of_forest(topology, forest) {
        at(world, &controller, domain_controller::configuration_stimulus(&change)).await?;
    }
    Ok(())
}

/// In the directory alone: both databases are of the same server, which keeps the mailbox.
pub(super) async fn move_mailbox(
    world: &mut Deployed,
    topology: &Topology,
    change: &MoveMailbox,
) -> Result<(), String> {
    let forest = &change.exchange.value;
    let organization = organization(topology, forest)?;
    let server = |database: &str| organization.databases.get(database).map(|database| &database.server.value);
    let mut mailboxes = organization.mailboxes.iter();
    let now = mailboxes.find(|(account, _)| account.value == change.mailbox.value).map(|(_, now)| now);
    let now = now.ok_or_else(|| format!("{} has no mailbox", change.mailbox.value))?;
    if server(&now.database) != server(&change.to) || server(&change.to).is_none() {
        return Err(format!("{} is no database of the same server", change.to.value));
    }
    let object = impersonation::object_of(&world.directories, forest, organization, &change.to);
    let database = object.map_err(|why| why.to_string())?.to_string();
    let moved = DirectoryChange::Account {
        name: change.mailbox.name.clone(),
        change: AccountChange::Attribute(attribute::HOME_DATABASE.to_owned(), vec![database]),
    };
    for controller in controllers_of_forest(topology, forest) {
        at(world, &controller, domain_controller::directory_stimulus(&moved)).await?;
    }
    Ok(())
}

/// At the broker, in the words of someone who has seen the item.
pub(super) async fn talk(world: &mut Deployed, change: &EnterTalk) -> Result<(), String> {
    let EnterTalk { broker, talk, item, told_by } = change;
    let program = world.mail_clients.get(&told_by.value);
    let seen = program.and_then(|program| program.memory().item(item));
    let item = seen.ok_or_else(|| format!("nobody at {told_by} has seen “{item}”; list its folder first"))?;
    let entered = application_server::Act::Enter { talk: talk.value.clone(), item };
    at(world, broker, entered.stimulus()).await
}

pub(super) async fn recipient(world: &mut Deployed, change: &ChangeRecipient) -> Result<(), String> {
    let set = match &change.set {
        RecipientSetting::Addresses(addresses) => RecipientChange::Addresses(addresses.clone()),
        RecipientSetting::InsideOnly(inside_only) => RecipientChange::InsideOnly(*inside_only),
        RecipientSetting::AntispamBypass(bypass) => RecipientChange::AntispamBypass(*bypass),
        RecipientSetting::Disabled => RecipientChange::Disabled,
    };
    at(world, &change.at, domain_controller::recipient_stimulus(&change.name, &set)).await
}

fn organization<'a>(topology: &'a Topology, forest: &DnsName) -> Result<&'a Exchange, String> {
    let found = topology.exchange.get(forest);
    found.map(|entry| &entry.value).ok_or_else(|| format!("there is no Exchange organization in {forest}"))
}
