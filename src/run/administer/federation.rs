//! The trust policies of federation servers.

use super::at;
use crate::role::federation_service::change::{PartnerChange, PolicyChange};
use crate::run::deploy::{Deployed, federation};
use crate::scenario::change::{ChangePartner, ChangeTokenSigning, PartnerSetting};

pub(super) async fn partner(world: &mut Deployed, change: &ChangePartner) -> Result<(), String> {
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

pub(super) async fn token_signing(world: &mut Deployed, change: &ChangeTokenSigning) -> Result<(), String> {
    let identity = world.keys.identity(&change.certificate).map_err(|why| why.to_string())?;
    at(world, &change.federation_service, PolicyChange::token_signing(&identity).stimulus()).await
}
