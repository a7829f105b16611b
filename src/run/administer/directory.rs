//! Accounts, trusts and suffixes, at the domain controllers that hold them.

use super::{at, controllers_of_forest, domain_of};
use crate::directory::{AccountChange, DirectoryChange};
use crate::name::{DnsName, HostName};
use crate::role::domain_controller;
use crate::run::deploy::{Deployed, trusts};
use crate::scenario::change::{AccountSetting, ChangeAccount, ChangeTrust, ChangeUpnSuffix, TrustSetting};
use crate::scenario::{self, Principal, Topology};
use crate::trust::{self, SuffixState, TrustAttributes, TrustChange};

/// At every domain controller of the account's domain; those of the forest's other domains hear of it.
pub(super) async fn account(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeAccount,
) -> Result<(), String> {
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

/// At the domain controllers of one side or both, and at those of the other domains of its forest.
pub(super) async fn trust(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeTrust,
) -> Result<(), String> {
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

/// At every domain controller of the forest.
pub(super) async fn upn_suffix(
    world: &mut Deployed,
    topology: &Topology,
    change: &ChangeUpnSuffix,
) -> Result<(), String> {
    for controller in controllers_of_forest(topology, &change.forest) {
        at(world, &controller, domain_controller::suffix_stimulus(&change.add)).await?;
    }
    Ok(())
}
