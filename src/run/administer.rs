//! What administrators do between the steps of a scenario: each act reaches the server that it is
//! about, at its console, or the network itself.

use super::deploy::network::{self, rule_name};
use super::deploy::{Deployed, application, availability as free_busy, federation, impersonation, trusts};
use crate::directory::exchange::attribute;
use crate::directory::{AccountChange, DirectoryChange};
use crate::name::{DnsName, HostName};
use crate::role::application_server;
use crate::role::distribution_point;
use crate::role::domain_controller::recipients::RecipientChange;
use crate::role::domain_controller::{self, PermissionChange};
use crate::role::federation_service::change::{PartnerChange, PolicyChange};
use crate::role::{edge_transport, hub_transport};
use crate::scenario::change::{
    AccountSetting, ChangeAccount, ChangeAvailability, ChangeDns, ChangeFirewall, ChangeLink, ChangePartner,
    ChangePermission, ChangeTokenSigning, ChangeTrust, ChangeUpnSuffix, EnterTalk, MoveMailbox,
    PartnerSetting, RecipientSetting, Revoke, TrustSetting,
};
use crate::scenario::exchange::Exchange;
use crate::scenario::{self, Change, Principal, Topology};
use crate::sim::DnsChange;
use crate::trace::Transport;
use crate::trust::{self, SuffixState, TrustAttributes, TrustChange};

/// Makes the change.
///
/// # Errors
/// Where the world refuses it: the server is down, or there is no such thing.
pub async fn change(world: &mut Deployed, topology: &Topology, change: &Change) -> Result<(), String> {
    match change {
        Change::Account(change) => account(world, topology, change).await,
        Change::Firewall(change) => firewall(world, topology, change).map_err(|why| why.to_string()),
        Change::Link(change) => link(world, topology, change),
        Change::Dns(change) => dns(world, change).await,
        Change::Revoke(change) => revoke(world, topology, change).await,
        Change::Partner(change) => partner(world, change).await,
        Change::TokenSigning(change) => token_signing(world, change).await,
        Change::Trust(change) => trust(world, topology, change).await,
        Change::UpnSuffix(change) => upn_suffix(world, topology, change).await,
        Change::BackUp(change) => {
            at(world, &change.domain_controller, domain_controller::back_up_stimulus()).await
        }
        Change::Restore(change) => {
            at(world, &change.domain_controller, domain_controller::restore_stimulus()).await
        }
        Change::Permission(change) => permission(world, topology, change).await,
        Change::Availability(change) => availability(world, topology, change).await,
        Change::Mailbox(change) => move_mailbox(world, topology, change).await,
        Change::Application(change) => {
            let release = application_server::Act::Release(application::naming(&change.names_clients));
            at(world, &change.server, release.stimulus()).await
        }
        Change::Talk(change) => talk(world, change).await,
        Change::Recipient(change) => {
            let stimulus =
                domain_controller::recipient_stimulus(&change.name, &recipient_change(&change.set));
            at(world, &change.at, stimulus).await
        }
        Change::Site(change) => {
            let request = hub_transport::Request::JoinSite { site: change.site.value.clone() };
            at(world, &change.server, request.stimulus()).await
        }
        Change::EdgeSyncServiceConfig(change) => {
            let request = hub_transport::Request::ServiceConfig { exists: change.exists };
            at(world, &change.server, request.stimulus()).await
        }
        Change::SecureLdapPort(change) => {
            let request = edge_transport::Request::NewPort { port: change.port.value };
            at(world, &change.edge, request.stimulus()).await
        }
        Change::TransportCertificate(change) => {
            let same_key = change.same_key;
            // Each of the two passes over what is meant for the other.
            at(world, &change.server, hub_transport::Request::NewCertificate { same_key }.stimulus()).await?;
            at(world, &change.server, edge_transport::Request::NewCertificate { same_key }.stimulus()).await
        }
    }
}

async fn at(world: &mut Deployed, host: &HostName, stimulus: Vec<u8>) -> Result<(), String> {
    world.simulation.stimulate(host, stimulus).await.map_err(|why| why.to_string())
}

/// At every domain controller of the account's domain; those of the forest's other domains hear of it.
async fn account(world: &mut Deployed, topology: &Topology, change: &ChangeAccount) -> Result<(), String> {
    let domain = domain_of(topology, &change.user)?;
    let controllers: Vec<HostName> = topology.controllers(&domain).cloned().collect();
    for setting in &change.set {
        let change = directory_change(&change.user, &setting.value);
        for controller in &controllers {
            at(world, controller, domain_controller::directory_stimulus(&change)).await?;
        }
        for catalog in controllers_of_forest(topology, &domain) {
            if !controllers.contains(&catalog) {
                at(world, &catalog, domain_controller::replica_stimulus(&domain, &change)).await?;
            }
        }
    }
    Ok(())
}

fn domain_of(topology: &Topology, principal: &Principal) -> Result<DnsName, String> {
    let short = principal.domain.as_ref();
    let found = topology.domains.iter().find(|(_, domain)| Some(&domain.netbios.value) == short);
    found
        .map(|(name, _)| name.clone())
        .ok_or_else(|| format!("`{principal}` names no domain; write DOMAIN\\name"))
}

fn directory_change(user: &Principal, setting: &AccountSetting) -> DirectoryChange {
    let account = |change| DirectoryChange::Account { name: user.name.clone(), change };
    match setting {
        AccountSetting::Disabled => account(AccountChange::Disable),
        AccountSetting::Enabled => account(AccountChange::Enable),
        AccountSetting::Unlocked => account(AccountChange::Unlock),
        AccountSetting::MustChangePassword => account(AccountChange::MustChangePassword(true)),
        AccountSetting::SmartCardRequired(required) => account(AccountChange::SmartCardRequired(*required)),
        AccountSetting::Password(password) => account(AccountChange::Password(password.clone())),
        AccountSetting::Expires(end) => account(AccountChange::Expires(Some(end.0))),
        AccountSetting::LogonHours(hours) => account(AccountChange::LogonHours(Some(hours.0))),
        AccountSetting::Recreated => DirectoryChange::Recreate { name: user.name.clone() },
        AccountSetting::MemberOf(group) => {
            DirectoryChange::AddMember { group: group.name.clone(), member: user.name.clone() }
        }
        AccountSetting::NotMemberOf(group) => {
            DirectoryChange::RemoveMember { group: group.name.clone(), member: user.name.clone() }
        }
    }
}

fn firewall(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeFirewall,
) -> Result<(), Box<dyn std::error::Error>> {
    let firewall = HostName::new(&change.firewall.value);
    for name in &change.close {
        let closed: Vec<bool> = [Transport::Tcp, Transport::Udp]
            .into_iter()
            .map(|transport| {
                world.simulation.network_mut().close(&firewall, &rule_name(name, transport)).is_ok()
            })
            .collect();
        if !closed.contains(&true) {
            return Err(format!("the firewall {firewall} has no rule {name}").into());
        }
    }
    for (name, rule) in &change.open {
        for (name, rule) in network::rules(topology, name, rule)? {
            world.simulation.network_mut().open(&firewall, name, rule)?;
        }
    }
    Ok(())
}

fn link(world: &mut Deployed, topology: &Topology, change: &ChangeLink) -> Result<(), String> {
    let link = topology
        .links
        .get(change.link.as_str())
        .ok_or_else(|| format!("there is no link {}", change.link))?;
    let (one, other) = (link.between.one().as_str(), link.between.other().as_str());
    let latency = network::latency(&change.latency);
    world.simulation.network_mut().link(one, other, latency).map_err(|why| why.to_string())
}

async fn dns(world: &mut Deployed, change: &ChangeDns) -> Result<(), String> {
    for (name, record) in &change.set {
        let change_record = DnsChange::Set(name.value.clone(), network::record(record));
        at(world, &change.server, change_record.stimulus()).await?;
    }
    for name in &change.remove {
        at(world, &change.server, DnsChange::Remove(name.value.clone()).stimulus()).await?;
    }
    Ok(())
}

/// At every host that publishes a list of the certificate's authority.
async fn revoke(world: &mut Deployed, topology: &Topology, change: &Revoke) -> Result<(), String> {
    let name = change.certificate.as_str();
    let certificate = world.keys.certificate(name).map_err(|why| why.to_string())?;
    let authority = topology.certificates.get(name).and_then(|written| written.authority());
    let publishes = |host: &crate::scenario::Host| {
        let point = host.runs.distribution_point.as_ref();
        point.is_some_and(|point| point.authorities.iter().any(|one| Some(one) == authority))
    };
    let points: Vec<HostName> =
        topology.hosts.iter().filter(|(_, host)| publishes(host)).map(|(name, _)| name.clone()).collect();
    if points.is_empty() {
        return Err(format!("no host publishes a revocation list on which `{name}` could stand"));
    }
    for point in points {
        at(world, &point, distribution_point::revoke(&certificate)).await?;
    }
    Ok(())
}

async fn partner(world: &mut Deployed, change: &ChangePartner) -> Result<(), String> {
    let become_of_it = match &change.set {
        PartnerSetting::Enabled => PartnerChange::Enabled(true),
        PartnerSetting::Disabled => PartnerChange::Enabled(false),
        PartnerSetting::AddVerification(name) => PartnerChange::AddVerification(world.keys.thumbprint(name)),
        PartnerSetting::RemoveVerification(name) => {
            PartnerChange::RemoveVerification(world.keys.thumbprint(name))
        }
        PartnerSetting::Added(written) => {
            let partner = federation::resource_partner(&change.partner, written);
            PartnerChange::Added(Box::new(partner.map_err(|why| why.to_string())?))
        }
        PartnerSetting::Removed => PartnerChange::Removed,
        PartnerSetting::IncomingClaims(claims) => PartnerChange::IncomingClaims(federation::mapping(claims)),
        PartnerSetting::OutgoingClaims(claims) => PartnerChange::OutgoingClaims(federation::mapping(claims)),
    };
    let policy = PolicyChange::Partner { name: change.partner.value.clone(), change: become_of_it };
    at(world, &change.federation_service, policy.stimulus()).await
}

async fn token_signing(world: &mut Deployed, change: &ChangeTokenSigning) -> Result<(), String> {
    let identity = world.keys.identity(&change.certificate).map_err(|why| why.to_string())?;
    at(world, &change.federation_service, PolicyChange::token_signing(&identity).stimulus()).await
}

fn organization<'a>(topology: &'a Topology, forest: &DnsName) -> Result<&'a Exchange, String> {
    let found = topology.exchange.get(forest);
    found.map(|entry| &entry.value).ok_or_else(|| format!("there is no Exchange organization in {forest}"))
}

/// At every domain controller of the forest, as each holds its Configuration partition.
async fn permission(
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
async fn availability(
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
async fn move_mailbox(world: &mut Deployed, topology: &Topology, change: &MoveMailbox) -> Result<(), String> {
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

/// At the domain controllers of one side or both, and at those of the other domains of its forest.
async fn trust(world: &mut Deployed, topology: &Topology, change: &ChangeTrust) -> Result<(), String> {
    let name = change.trust.as_str();
    let trust = topology.trusts.get(name).ok_or_else(|| format!("there is no trust {name}"))?;
    let (trusting, trusted) = (&trust.trusting.value, &trust.trusted.value);
    let both = matches!(
        change.set,
        TrustSetting::Made | TrustSetting::Removed | TrustSetting::Disabled | TrustSetting::Password(_)
    );
    for (own, partner) in [(trusting, trusted), (trusted, trusting)] {
        let concerned = match &change.only_at {
            Some(side) => side.value == *own,
            None => both || own == trusting,
        };
        if !concerned {
            continue;
        }
        if change.set == TrustSetting::NamesRefreshed {
            for controller in topology.controllers(own).take(1) {
                at(world, controller, domain_controller::refresh_stimulus(partner)).await?;
            }
            continue;
        }
        let set = half_setting(world, trust, own, &change.set)?;
        let change = TrustChange { holder: own.clone(), partner: partner.clone(), set };
        for controller in controllers_of_forest(topology, own) {
            at(world, &controller, domain_controller::trust_stimulus(&change)).await?;
        }
    }
    Ok(())
}

/// What becomes of the half that one domain keeps.
fn half_setting(
    world: &Deployed,
    trust: &scenario::Trust,
    own: &DnsName,
    set: &TrustSetting,
) -> Result<trust::TrustSetting, String> {
    let bit = TrustAttributes::CROSS_ORGANIZATION;
    Ok(match set {
        TrustSetting::Made => {
            let halves = trusts::halves(&world.directories, trust, world.seed);
            let halves = halves.map_err(|why| why.to_string())?;
            let half = halves.into_iter().find(|(holder, _)| holder == own);
            let (_, record) = half.ok_or_else(|| format!("{own} is no side of this trust"))?;
            trust::TrustSetting::Made(Box::new(record))
        }
        // What is asked of the partner is no setting of this half.
        TrustSetting::NamesRefreshed => return Err("names are asked for, not set".to_owned()),
        TrustSetting::Removed => trust::TrustSetting::Removed,
        TrustSetting::Disabled => trust::TrustSetting::Disabled,
        TrustSetting::Password(password) => trust::TrustSetting::Password(password.clone()),
        TrustSetting::SuffixEnabled(name) => {
            trust::TrustSetting::Suffix(name.value.clone(), SuffixState::Enabled)
        }
        TrustSetting::SuffixDisabled(name) => {
            trust::TrustSetting::Suffix(name.value.clone(), SuffixState::Disabled)
        }
        TrustSetting::SelectiveAuthentication(true) => {
            trust::TrustSetting::Attributes { set: bit, clear: TrustAttributes::default() }
        }
        TrustSetting::SelectiveAuthentication(false) => {
            trust::TrustSetting::Attributes { set: TrustAttributes::default(), clear: bit }
        }
        TrustSetting::SidFiltering(filtering) => {
            let usual = TrustAttributes::of(trusts::kind(trust.kind));
            let concerned = TrustAttributes::QUARANTINED.with(TrustAttributes::TREAT_AS_EXTERNAL);
            let set = trusts::attributes(usual, false, *filtering).within(concerned);
            trust::TrustSetting::Attributes { set, clear: concerned }
        }
    })
}

fn controllers_of_forest(topology: &Topology, domain: &DnsName) -> Vec<HostName> {
    let root = topology.forest_root(domain);
    let domains = topology.domains.keys().filter(|other| topology.forest_root(other) == root);
    domains.flat_map(|domain| topology.controllers(domain)).cloned().collect()
}

/// At the broker, in the words of someone who has seen the item.
async fn talk(world: &mut Deployed, change: &EnterTalk) -> Result<(), String> {
    let EnterTalk { broker, talk, item, told_by } = change;
    let program = world.mail_clients.get(&told_by.value);
    let seen = program.and_then(|program| program.memory().item(item));
    let item = seen.ok_or_else(|| format!("nobody at {told_by} has seen “{item}”; list its folder first"))?;
    let entered = application_server::Act::Enter { talk: talk.value.clone(), item };
    at(world, broker, entered.stimulus()).await
}

/// At every domain controller of the forest.
async fn upn_suffix(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeUpnSuffix,
) -> Result<(), String> {
    for controller in controllers_of_forest(topology, &change.forest) {
        at(world, &controller, domain_controller::suffix_stimulus(&change.add)).await?;
    }
    Ok(())
}

fn recipient_change(set: &RecipientSetting) -> RecipientChange {
    match set {
        RecipientSetting::Addresses(addresses) => RecipientChange::Addresses(addresses.clone()),
        RecipientSetting::InsideOnly(inside_only) => RecipientChange::InsideOnly(*inside_only),
        RecipientSetting::Disabled => RecipientChange::Disabled,
    }
}
