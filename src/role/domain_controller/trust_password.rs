//! The trusting side's care for its trusts: about every thirty days it chooses a new password for each
//! and sets it at the trusted domain, and on request it asks which names the partner's forest has
//! (MS-ADTS §6.1.6.9.6, MS-NRPC §3.4; domain page §6.4).
//!
//! The secure channel comes first: it shows that the partner can be reached and knows the password so
//! far. Then the new password becomes the current one here, and then at the partner. Whatever fails is
//! tried again within fifteen minutes; until the partner has answered, the old password stays good.

use std::collections::BTreeMap;
use std::rc::Rc;

use rand_core::Rng;

use super::DomainController;
use super::netlogon::ENDPOINT_MAPPER_PORT;
use crate::crypto::chain::TrustAnchors;
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::NtStatus;
use crate::name::DnsName;
use crate::protocol::endpoint_mapper::{Map, Mapped};
use crate::protocol::netlogon::{End, INTERFACE, NetlogonReply, NetlogonRequest, Seal};
use crate::role::dial::{Dialer, Unreachable};
use crate::role::judge::Judge;
use crate::sim::{Channel, Host};
use crate::time::{Span, VirtualTime};
use crate::trace::{Happening, LogEntry, StateChange};
use crate::trust::{ForestTrustInfo, SuffixState, TrustKey};

/// How long a password of a trust lives.
const PASSWORD_AGE: Span = Span::days(30);
/// How long after a step that failed it is tried again.
const RETRY_AFTER: Span = Span::minutes(15);

/// An open channel to the trusted domain.
pub(super) struct SecureChannel {
    dialer: Dialer,
    channel: Channel,
    pub(super) seal: Seal,
    pub(super) key: SymmetricKey,
}

/// Why a step over the channel failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChannelFailure {
    #[error("{0}")]
    Unreachable(Unreachable),
    #[error("the partner answers {0}")]
    Refused(NtStatus),
    #[error("the partner answers what cannot be used")]
    Unusable,
}

impl<E: Into<Unreachable>> From<E> for ChannelFailure {
    fn from(error: E) -> Self {
        Self::Unreachable(error.into())
    }
}

impl DomainController {
    /// Begins to look after the trusts' passwords; whoever did so before stops. Trusts of which nobody
    /// noted when their password was set count as made now.
    pub(super) fn look_after_trusts(self: &Rc<Self>, host: &Host, at_once: bool) {
        for record in &mut self.trusts.borrow_mut().records {
            for key in record.outgoing.iter_mut().chain(&mut record.incoming) {
                key.set.get_or_insert(host.now());
            }
        }
        if !self.primary {
            return;
        }
        let term = self.term.get() + 1;
        self.term.set(term);
        let (controller, host) = (self.clone(), host.clone());
        host.clone().spawn(async move {
            let now = host.now();
            let mut not_before: BTreeMap<DnsName, VirtualTime> = BTreeMap::new();
            if at_once {
                not_before.extend(controller.trusted().into_iter().map(|(partner, _)| (partner, now)));
            }
            while let Some((at, partner)) = controller.next_due(&not_before) {
                if at > host.now() {
                    host.rest(at - host.now()).await;
                }
                if controller.term.get() != term {
                    return;
                }
                not_before.remove(&partner);
                if let Err(why) = controller.renew(&host, &partner).await {
                    not_before.insert(partner.clone(), host.now() + RETRY_AFTER);
                    note(&host, || {
                        format!("the password of the trust with {partner} was not changed, and will be tried again: {why}")
                    });
                }
            }
        });
    }

    /// The domains that this one trusts, and the key of each.
    pub(super) fn trusted(&self) -> Vec<(DnsName, TrustKey)> {
        let trusts = self.trusts.borrow();
        let outbound = trusts.records.iter().filter(|record| record.direction.is_outbound());
        outbound.filter_map(|record| Some((record.partner.clone(), record.outgoing.clone()?))).collect()
    }

    /// Which trust is to have a new password next, and when.
    fn next_due(&self, not_before: &BTreeMap<DnsName, VirtualTime>) -> Option<(VirtualTime, DnsName)> {
        let due = |(partner, key): (DnsName, TrustKey)| {
            let set = key.set.unwrap_or_default();
            let usual = if key.proven { set + PASSWORD_AGE } else { set };
            (not_before.get(&partner).copied().unwrap_or(usual), partner)
        };
        self.trusted().into_iter().map(due).min()
    }

    /// Gives a trust a new password, or ends a change whose answer never came.
    async fn renew(&self, host: &Host, partner: &DnsName) -> Result<(), ChannelFailure> {
        let Some((_, known)) = self.trusted().into_iter().find(|(other, _)| other == partner) else {
            return Ok(());
        };
        let mut channel = self.open_channel(host, partner, &known).await?;
        if known.proven {
            let new = SymmetricKey::random(&mut host.random("trust password"));
            self.update(partner, |key| {
                key.change(new, host.now());
                key.proven = false;
            });
            self.tell(host, partner, "a new one; the partner is to be told");
        }
        let Some((_, TrustKey { current, .. })) =
            self.trusted().into_iter().find(|(other, _)| other == partner)
        else {
            return Ok(());
        };
        let sealed = channel.seal.new_key(&channel.key, &mut host.random("netlogon"), &current);
        match channel.call(&NetlogonRequest::SetPassword { sealed }).await? {
            NetlogonReply::PasswordSet => {}
            NetlogonReply::Refused(status) => return Err(ChannelFailure::Refused(status)),
            _ => return Err(ChannelFailure::Unusable),
        }
        self.update(partner, |key| key.proven = true);
        self.tell(host, partner, "the new one, which the partner has too");
        Ok(())
    }

    fn update(&self, partner: &DnsName, change: impl FnOnce(&mut TrustKey)) {
        let mut trusts = self.trusts.borrow_mut();
        let record = trusts.records.iter_mut().find(|record| record.partner == *partner);
        if let Some(key) = record.and_then(|record| record.outgoing.as_mut()) {
            change(key);
        }
    }

    fn tell(&self, host: &Host, partner: &DnsName, value: &str) {
        let own = self.domain.borrow().dns_name().clone();
        let change = || StateChange {
            store: "trust password".into(),
            item: format!("{own} trusts {partner}"),
            value: Some(value.to_owned()),
        };
        host.record_with(|| Happening::State(change()));
    }

    /// Opens the secure channel to a trusted domain: with the current password or, where the partner
    /// does not know that, with the one before it.
    pub(super) async fn open_channel(
        &self,
        host: &Host,
        partner: &DnsName,
        known: &TrustKey,
    ) -> Result<SecureChannel, ChannelFailure> {
        let judge = Judge::new(host, &self.suspended);
        let dialer = Dialer::new(&judge, Rc::new(TrustAnchors::new([])));
        let mapper = dialer.connect(partner, ENDPOINT_MAPPER_PORT).await?;
        let asked = Map { interface: INTERFACE.to_owned() };
        let Mapped { port } = dialer.ask(mapper, &asked).await?;
        let mut channel = dialer.connect(partner, port.ok_or(ChannelFailure::Unusable)?).await?;
        let trusting = self.domain.borrow().dns_name().clone();
        let mut refused = NtStatus::ACCESS_DENIED;
        for key in known.accepted() {
            let nonce = host.random("netlogon").next_u64();
            let challenge = NetlogonRequest::Challenge { trusting: trusting.clone(), nonce };
            let NetlogonReply::Challenge { nonce: theirs } =
                dialer.converse(&mut channel, &challenge).await?
            else {
                return Err(ChannelFailure::Unusable);
            };
            let seal = Seal { trusting: trusting.clone(), trusted: partner.clone(), nonces: (nonce, theirs) };
            let proof = seal.proof(key, &mut host.random("netlogon"), End::Trusting);
            match dialer.converse(&mut channel, &NetlogonRequest::Authenticate { proof }).await? {
                NetlogonReply::Authenticated { proof } if seal.proves(key, &proof, End::Trusted) => {
                    return Ok(SecureChannel { dialer, channel, seal, key: key.clone() });
                }
                NetlogonReply::Refused(status) => refused = status,
                _ => return Err(ChannelFailure::Unusable),
            }
        }
        Err(ChannelFailure::Refused(refused))
    }

    /// Asks a trusted domain which names and domains its forest has, and notes those that are new. They
    /// wait until an administrator enables them.
    pub(super) async fn refresh_names(self: Rc<Self>, host: Host, partner: DnsName) {
        let learned = self.ask_names(&host, &partner).await.map(|told| self.learn(&partner, &told));
        match learned {
            Ok(states) => {
                for (name, state) in states {
                    let item = format!("{partner}: {name}");
                    let change =
                        StateChange { store: "name suffix".into(), item, value: Some(state.name().into()) };
                    host.record(Happening::State(change));
                }
            }
            Err(why) => note(&host, || format!("the names of {partner} cannot be had: {why}")),
        }
    }

    async fn ask_names(&self, host: &Host, partner: &DnsName) -> Result<ForestTrustInfo, ChannelFailure> {
        let known = self.trusted().into_iter().find(|(other, _)| other == partner);
        let (_, known) = known.ok_or(ChannelFailure::Refused(NtStatus::TRUSTED_DOMAIN_FAILURE))?;
        let mut channel = self.open_channel(host, partner, &known).await?;
        match channel.call(&NetlogonRequest::ForestTrustInformation).await? {
            NetlogonReply::ForestTrustInformation { sealed } => {
                channel.seal.open_names(&channel.key, &sealed).ok_or(ChannelFailure::Unusable)
            }
            NetlogonReply::Refused(status) => Err(ChannelFailure::Refused(status)),
            _ => Err(ChannelFailure::Unusable),
        }
    }

    /// Takes note of what a partner tells; the names that are new, and the state of each.
    fn learn(&self, partner: &DnsName, told: &ForestTrustInfo) -> Vec<(DnsName, SuffixState)> {
        let mut trusts = self.trusts.borrow_mut();
        let Some(place) = trusts.records.iter().position(|record| record.partner == *partner) else {
            return Vec::new();
        };
        let mut record = trusts.records[place].clone();
        let new = record.forest_info.as_mut().map(|info| info.learn(told)).unwrap_or_default();
        trusts.mark_conflicts(&mut record);
        let suffixes = record.forest_info.iter().flat_map(|info| &info.suffixes);
        let new = suffixes.filter(|suffix| new.contains(&suffix.name));
        let states = new.map(|suffix| (suffix.name.clone(), suffix.state)).collect();
        trusts.records[place] = record;
        trusts.tell_own_forest();
        states
    }
}

impl SecureChannel {
    pub(super) async fn call(&mut self, request: &NetlogonRequest) -> Result<NetlogonReply, Unreachable> {
        self.dialer.converse(&mut self.channel, request).await
    }
}

fn note(host: &Host, text: impl FnOnce() -> String) {
    let entry = || LogEntry { log: "System".into(), id: None, text: text() };
    host.record_with(|| Happening::Log(entry()));
}
