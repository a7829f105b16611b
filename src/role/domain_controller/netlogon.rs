//! Netlogon at the trusted side: a trusting domain opens its secure channel, sets the trust's next
//! password, asks for the forest's names and has names and SIDs translated (MS-NRPC §3.5).
//!
//! The password so far and the one before it are both good, so that a change whose answer was lost can
//! be tried again (domain page §6.4).

use std::rc::Rc;

use rand_core::Rng;

use super::translation::LSA_PORT;
use super::{DomainController, Session};
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::NtStatus;
use crate::facts;
use crate::name::DnsName;
use crate::protocol::endpoint_mapper::{Map, Mapped};
use crate::protocol::lsa;
use crate::protocol::netlogon::{End, INTERFACE, NetlogonReply, NetlogonRequest, Seal};
use crate::role::judge::Judge;
use crate::rule;
use crate::sim::{Channel, Host};
use crate::trace::{Happening, StateChange};
use crate::trust::{ForestTrustInfo, TrustRecord};

/// The port of the RPC endpoint mapper.
pub const ENDPOINT_MAPPER_PORT: u16 = 135;
/// The port of Netlogon, one of the dynamic ones since Windows Server 2008 (49152 to 65535). A real
/// server gets another at each start.
pub const NETLOGON_PORT: u16 = 49155;

/// How far a channel has come.
enum Stage {
    Closed,
    Challenged(Seal),
    Open(Seal, SymmetricKey),
}

impl DomainController {
    pub(super) async fn serve_endpoint_mapper(self: Rc<Self>, _: Host, mut channel: Channel) {
        while let Ok(Map { interface }) = channel.receive::<Map>().await {
            let port = match interface.as_str() {
                INTERFACE => Some(NETLOGON_PORT),
                lsa::INTERFACE => Some(LSA_PORT),
                _ => None,
            };
            if channel.send(&Mapped { port }).await.is_err() {
                return;
            }
        }
    }

    pub(super) async fn serve_netlogon(self: Rc<Self>, host: Host, mut channel: Channel) {
        let session = Session { judge: Judge::new(&host, &self.suspended), controller: &self };
        let mut stage = Stage::Closed;
        while let Ok(request) = channel.receive::<NetlogonRequest>().await {
            let reply = session.netlogon(&mut stage, &request).unwrap_or_else(NetlogonReply::Refused);
            if channel.send(&reply).await.is_err() {
                return;
            }
        }
    }
}

impl Session<'_> {
    fn netlogon(&self, stage: &mut Stage, request: &NetlogonRequest) -> Result<NetlogonReply, NtStatus> {
        let mut random = self.host().random("netlogon");
        match (request, &*stage) {
            (NetlogonRequest::Challenge { trusting, nonce }, _) => {
                let own = random.next_u64();
                let trusted = self.domain().dns_name().clone();
                *stage =
                    Stage::Challenged(Seal { trusting: trusting.clone(), trusted, nonces: (*nonce, own) });
                Ok(NetlogonReply::Challenge { nonce: own })
            }
            (NetlogonRequest::Authenticate { proof }, Stage::Challenged(seal)) => {
                let seal = seal.clone();
                let key = self.authenticate_domain(&seal, proof)?;
                let proof = seal.proof(&key, &mut random, End::Trusted);
                *stage = Stage::Open(seal, key);
                Ok(NetlogonReply::Authenticated { proof })
            }
            (NetlogonRequest::SetPassword { sealed }, Stage::Open(seal, key)) => {
                let new = seal.open_key(key, sealed).ok_or(NtStatus::ACCESS_DENIED)?;
                self.set_password(&seal.trusting, new)
            }
            (NetlogonRequest::ForestTrustInformation, Stage::Open(seal, key)) => {
                let info = ForestTrustInfo::of(self.domain().forest());
                Ok(NetlogonReply::ForestTrustInformation { sealed: seal.names(key, &mut random, &info) })
            }
            (NetlogonRequest::Translate(wanted), Stage::Open(seal, key)) => {
                let known = self.controller.known_in_forest(wanted);
                Ok(NetlogonReply::Translated { sealed: seal.account(key, &mut random, &known) })
            }
            _ => Err(NtStatus::ACCESS_DENIED),
        }
    }

    /// Which key of the trust the proof was made with.
    fn authenticate_domain(&self, seal: &Seal, proof: &[u8]) -> Result<SymmetricKey, NtStatus> {
        let trusting = &seal.trusting;
        let (known, used) = {
            let trusts = self.controller.trusts.borrow();
            let key = trusts.with(trusting).filter(|record| record.direction.is_inbound());
            let key = key.and_then(|record| record.incoming.as_ref());
            let proved = |key: &SymmetricKey| seal.proves(key, proof, End::Trusting);
            (key.cloned(), key.and_then(|key| key.accepted().position(proved)))
        };
        let what = match (&known, used) {
            (None, _) => "this domain has no trust that would let it",
            (Some(_), Some(0)) => "the current password",
            (Some(_), Some(_)) => "the password before the current one",
            (Some(_), None) => "neither the current password nor the one before it",
        };
        let (rule, who) = (&rule::TRUST_PASSWORD, trusting.to_string());
        let on = seal.trusted.to_string();
        let held = self.judge.require(rule, who, on, used.is_some(), facts!["proved with" => what]);
        held.map_err(|_| NtStatus::TRUSTED_RELATIONSHIP_FAILURE)?;
        let key = known.and_then(|key| key.accepted().nth(used?).cloned());
        key.ok_or(NtStatus::TRUSTED_RELATIONSHIP_FAILURE)
    }

    fn set_password(&self, trusting: &DnsName, new: SymmetricKey) -> Result<NetlogonReply, NtStatus> {
        let now = self.host().now();
        let mut trusts = self.controller.trusts.borrow_mut();
        let record = trusts.records.iter_mut().find(|record| record.partner == *trusting);
        let key = record.and_then(|record: &mut TrustRecord| record.incoming.as_mut());
        let key = key.ok_or(NtStatus::TRUSTED_DOMAIN_FAILURE)?;
        key.change(new, now);
        key.proven = true;
        let change = || StateChange {
            store: "trust password".into(),
            item: format!("{trusting} trusts {}", self.domain().dns_name()),
            value: Some("a new one; the one before it is still good".to_owned()),
        };
        self.host().record_with(|| Happening::State(change()));
        Ok(NetlogonReply::PasswordSet)
    }
}
