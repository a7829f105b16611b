//! Netlogon: the secure channel from a trusting domain to the trusted one, and what is done over it
//! (MS-NRPC §3.4, §3.5).
//!
//! Both ends prove to each other that they know a password of the trust, each by sealing what the other
//! has drawn. Over the channel the trusting side sets the trust's next password and asks which names the
//! trusted forest has. Which password counts is for the two domains to say.

use std::borrow::Cow;

use rand_core::CryptoRng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::lsa::{AccountName, Wanted};
use super::{Message, wire};
use crate::crypto::symmetric::SymmetricKey;
use crate::directory::NtStatus;
use crate::name::DnsName;
use crate::trust::ForestTrustInfo;

/// The name of the interface, as the endpoint mapper knows it.
pub const INTERFACE: &str = "netlogon";

/// What each end of a channel draws, so that no proof counts twice.
pub type Nonce = u64;

/// A call of the trusting side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetlogonRequest {
    /// NetrServerReqChallenge: the trusting domain wants a channel.
    Challenge {
        /// The domain that trusts.
        trusting: DnsName,
        /// What it has drawn.
        nonce: Nonce,
    },
    /// NetrServerAuthenticate3: a proof that it knows the trust's password ([`Seal::proof`]).
    Authenticate {
        /// The proof.
        proof: Vec<u8>,
    },
    /// NetrServerPasswordSet2: the trust's next password.
    SetPassword {
        /// The key that it stands for, sealed ([`Seal::new_key`]).
        sealed: Vec<u8>,
    },
    /// NetrGetForestTrustInformation: which names and domains the forest has.
    ForestTrustInformation,
    /// LsarLookupNames4 and LsarLookupSids3 of MS-LSAT, which use the channel: who has a name, and what
    /// the account with a SID is called.
    Translate(Wanted),
}

/// An answer of the trusted side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetlogonReply {
    /// It has drawn something too.
    Challenge {
        /// What.
        nonce: Nonce,
    },
    /// The channel stands.
    Authenticated {
        /// The proof that this end knows the password as well ([`Seal::proof`]).
        proof: Vec<u8>,
    },
    /// The password is set.
    PasswordSet,
    /// The forest's names and domains, sealed ([`Seal::names`]).
    ForestTrustInformation {
        /// The sealed names.
        sealed: Vec<u8>,
    },
    /// The account, sealed ([`Seal::account`]).
    Translated {
        /// The sealed account.
        sealed: Vec<u8>,
    },
    /// It is refused.
    Refused(NtStatus),
}

/// What sealed parts of one channel are bound to: both domains, and what both ends have drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The domain that trusts.
    pub trusting: DnsName,
    /// The domain that is trusted.
    pub trusted: DnsName,
    /// What the trusting side has drawn, and the trusted one.
    pub nonces: (Nonce, Nonce),
}

impl Seal {
    /// The proof of one end that it knows the key.
    ///
    /// ```
    /// use forestsim::crypto::{random, symmetric::SymmetricKey};
    /// use forestsim::protocol::netlogon::{End, Seal};
    /// let mut random = random::stream(1, "dc", "netlogon");
    /// let key = SymmetricKey::random(&mut random);
    /// let seal = Seal { trusting: "perimeter.example".into(), trusted: "corp.example".into(), nonces: (7, 8) };
    /// let proof = seal.proof(&key, &mut random, End::Trusting);
    /// assert!(seal.proves(&key, &proof, End::Trusting));
    /// assert!(!seal.proves(&key, &proof, End::Trusted), "nobody's proof is the other's");
    /// assert!(!seal.proves(&SymmetricKey::random(&mut random), &proof, End::Trusting));
    /// ```
    pub fn proof(&self, key: &SymmetricKey, random: &mut impl CryptoRng, end: End) -> Vec<u8> {
        self.seal(key, random, end.name(), &())
    }

    /// Whether an end's proof is good.
    pub fn proves(&self, key: &SymmetricKey, proof: &[u8], end: End) -> bool {
        self.open::<()>(key, end.name(), proof).is_some()
    }

    /// The trust's next key, under the one that the channel stands on.
    pub fn new_key(&self, key: &SymmetricKey, random: &mut impl CryptoRng, new: &SymmetricKey) -> Vec<u8> {
        self.seal(key, random, "password", new)
    }

    /// The next key; none where it is not sealed under this one, or was altered.
    pub fn open_key(&self, key: &SymmetricKey, sealed: &[u8]) -> Option<SymmetricKey> {
        self.open(key, "password", sealed)
    }

    /// A forest's names, under the key that the channel stands on.
    pub fn names(&self, key: &SymmetricKey, random: &mut impl CryptoRng, info: &ForestTrustInfo) -> Vec<u8> {
        self.seal(key, random, "names", info)
    }

    /// The names; none where they are not sealed under this key, or were altered.
    pub fn open_names(&self, key: &SymmetricKey, sealed: &[u8]) -> Option<ForestTrustInfo> {
        self.open(key, "names", sealed)
    }

    /// An account or none, under the key that the channel stands on.
    pub fn account(
        &self,
        key: &SymmetricKey,
        random: &mut impl CryptoRng,
        account: &Option<AccountName>,
    ) -> Vec<u8> {
        self.seal(key, random, "account", account)
    }

    /// The account; the outer none where it is not sealed under this key, or was altered.
    pub fn open_account(&self, key: &SymmetricKey, sealed: &[u8]) -> Option<Option<AccountName>> {
        self.open(key, "account", sealed)
    }

    fn context(&self, what: &str) -> Vec<u8> {
        wire::encode(&("Netlogon", what, self.trusting.as_str(), self.trusted.as_str(), self.nonces))
    }

    fn seal<T: Serialize>(
        &self,
        key: &SymmetricKey,
        random: &mut impl CryptoRng,
        what: &str,
        value: &T,
    ) -> Vec<u8> {
        key.seal(random, &self.context(what), &wire::encode(value))
    }

    fn open<T: DeserializeOwned>(&self, key: &SymmetricKey, what: &str, sealed: &[u8]) -> Option<T> {
        wire::decode(&key.open(&self.context(what), sealed).ok()?).ok()
    }
}

/// One of the two ends of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The trusting domain, which opens the channel.
    Trusting,
    /// The trusted domain.
    Trusted,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::Trusting => "proof of the trusting side",
            Self::Trusted => "proof of the trusted side",
        }
    }
}

impl Message for NetlogonRequest {
    fn protocol(&self) -> &'static str {
        "Netlogon"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Challenge { trusting, .. } => format!("NetrServerReqChallenge of {trusting}").into(),
            Self::Authenticate { .. } => "NetrServerAuthenticate3: a proof of the trust's password".into(),
            Self::SetPassword { .. } => "NetrServerPasswordSet2: the trust's next password".into(),
            Self::ForestTrustInformation => "NetrGetForestTrustInformation".into(),
            Self::Translate(wanted) => wanted.to_string().into(),
        }
    }
}

impl Message for NetlogonReply {
    fn protocol(&self) -> &'static str {
        "Netlogon"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Challenge { .. } => "a challenge in return".into(),
            Self::Authenticated { .. } => "the secure channel stands".into(),
            Self::PasswordSet => "the password is set".into(),
            Self::ForestTrustInformation { .. } => "the names of the forest".into(),
            Self::Translated { .. } => "an account, or that there is none".into(),
            Self::Refused(status) => format!("refused: {status}").into(),
        }
    }
}
