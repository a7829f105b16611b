//! EdgeSync credentials: the accounts by which hubs bind to edges, as Active Directory stores them
//! ("Understanding Edge Subscription Credentials", Ms-Exch-EdgeSyncCredential properties).
//!
//! One credential is one value of the attribute `msExchEdgeSyncCredential` of a server object. Its
//! password is sealed to one certificate, so the same account has a copy on the hub's object, which
//! the hub can open, and one on the edge's object, which the edge can.

use std::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::wire::{self, WireError};
use crate::crypto::{PrivateKey, PublicKey, SealError, Sealed, Secret, open, seal};
use crate::name::{DnsName, NetbiosName};
use crate::time::VirtualTime;

/// How long a generated password is: the longest that Windows' own tools take. The document only says
/// "the maximum length allowed".
pub const PASSWORD_LENGTH: usize = 127;

/// What an EdgeSync replication account is, apart from its password.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EdgeSyncAccount {
    /// The edge that accepts it (TargetServerFQDN).
    pub target: DnsName,
    /// The hub that presents it (SourceServerFQDN); none for the bootstrap account.
    pub source: Option<DnsName>,
    /// When to start using it.
    pub effective: VirtualTime,
    /// When to stop: the first instant at which it is no longer good.
    pub expires: VirtualTime,
    /// The name by which the hub binds.
    pub user_name: String,
}

/// An account with its password, sealed to one certificate's key.
///
/// ```
/// use forestsim::crypto::{PrivateKey, random};
/// use forestsim::protocol::edge_credential::{EdgeSyncAccount, EdgeSyncCredential, random_password};
/// let mut random = random::stream(1, "hub-1", "credentials");
/// let (hub, edge) = (PrivateKey::derive(1, "hub-1"), PrivateKey::derive(1, "edge-1"));
/// let account = EdgeSyncAccount {
///     target: "edge-1.contoso.example".into(),
///     source: Some("hub-1.contoso.example".into()),
///     effective: "2010-01-03T00:00:00Z".parse().unwrap(),
///     expires: "2010-02-02T00:00:00Z".parse().unwrap(),
///     user_name: "ESRA.HUB-1.EDGE-1.01032010".to_owned(),
/// };
/// let password = random_password(&mut random);
/// let kept = EdgeSyncCredential::seal(account, &password, &hub.public(), &mut random);
/// let read = EdgeSyncCredential::from_octets(&kept.to_octets()).unwrap();
/// assert_eq!(read.open(&hub).unwrap(), password);
/// assert!(read.open(&edge).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeSyncCredential {
    /// The account.
    pub account: EdgeSyncAccount,
    /// Its password, which one key can open.
    pub password: Sealed,
}

impl EdgeSyncAccount {
    /// Whether it is the bootstrap account of an Edge Subscription.
    pub fn is_bootstrap(&self) -> bool {
        self.source.is_none()
    }

    /// Whether it may be used at this time. The end is exclusive: at the very expiration it is not.
    pub fn is_valid_at(&self, now: VirtualTime) -> bool {
        self.effective <= now && now < self.expires
    }

    /// What is sealed along with the password, so that it cannot be moved to another account. It is
    /// text, one field a line, so that others can open what we sealed.
    pub fn context(&self) -> String {
        let source = self.source.as_ref().map_or("", DnsName::as_str);
        let Self { target, effective, expires, user_name, .. } = self;
        format!("EdgeSync credential\n{target}\n{source}\n{effective}\n{expires}\n{user_name}")
    }
}

impl EdgeSyncCredential {
    /// Seals the account's password to a certificate's key.
    pub fn seal(
        account: EdgeSyncAccount,
        password: &Secret,
        to: &PublicKey,
        random: &mut impl CryptoRng,
    ) -> Self {
        let password = seal(to, account.context().as_bytes(), password.reveal().as_bytes(), random);
        Self { account, password }
    }

    /// The password, for the holder of the certificate's private key.
    ///
    /// # Errors
    /// Where it was sealed to another key, or altered, or moved here from another account.
    pub fn open(&self, key: &PrivateKey) -> Result<Secret, SealError> {
        let plain = open(key, self.account.context().as_bytes(), &self.password)?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| SealError::Broken)
    }

    /// The value of the attribute.
    pub fn to_octets(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// The credential in a value of the attribute.
    ///
    /// # Errors
    /// Where the bytes hold none.
    pub fn from_octets(bytes: &[u8]) -> Result<Self, WireError> {
        wire::decode(bytes)
    }
}

impl fmt::Display for EdgeSyncAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { effective, expires, user_name, .. } = self;
        write!(formatter, "{user_name}, good from {effective} until {expires}")
    }
}

/// The name of an edge's bootstrap account: `ESRA.Edge`.
pub fn bootstrap_name(edge: &NetbiosName) -> String {
    format!("ESRA.{edge}")
}

/// The name of the account of a hub and an edge: `ESRA.Hub.Edge.01032010` for one that is effective on
/// 3 January 2010 in UTC; month, day and year are our reading of the document's one example.
///
/// A second account of the same pair and day would have the same name. As each must have its own
/// password, it takes a number behind it: `ESRA.Hub.Edge.01032010.2`. The document is silent on this.
///
/// ```
/// use forestsim::protocol::edge_credential::account_name;
/// let day = "2010-01-03T22:30:00Z".parse().unwrap();
/// let first = account_name(&"Hub".into(), &"Edge".into(), day, |_| false);
/// assert_eq!(first, "ESRA.HUB.EDGE.01032010");
/// assert_eq!(account_name(&"Hub".into(), &"Edge".into(), day, |name| name == first), "ESRA.HUB.EDGE.01032010.2");
/// ```
pub fn account_name(
    hub: &NetbiosName,
    edge: &NetbiosName,
    effective: VirtualTime,
    taken: impl Fn(&str) -> bool,
) -> String {
    let day = effective.timestamp().strftime("%m%d%Y");
    let name = format!("ESRA.{hub}.{edge}.{day}");
    let numbered = (2_u64..).map(|number| format!("{name}.{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name)
}

/// A password of maximum length from a random number generator: printable ASCII without the space,
/// each character as likely as another, with at least one of each of the four classes that a
/// complexity policy counts.
pub fn random_password(random: &mut impl CryptoRng) -> Secret {
    loop {
        let password: String =
            std::iter::repeat_with(|| random_character(random)).take(PASSWORD_LENGTH).collect();
        let classes: [fn(&u8) -> bool; 4] =
            [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit, u8::is_ascii_punctuation];
        if classes.iter().all(|class| password.as_bytes().iter().any(class)) {
            return Secret::new(password);
        }
    }
}

fn random_character(random: &mut impl CryptoRng) -> char {
    const FIRST: u8 = b'!';
    const COUNT: u8 = b'~' - b'!' + 1;
    // The remainder would favour some characters; a byte beyond the last whole multiple is drawn again.
    const BOUND: u8 = u8::MAX / COUNT * COUNT;
    loop {
        let mut byte = [0];
        random.fill_bytes(&mut byte);
        if byte[0] < BOUND {
            return char::from(FIRST + byte[0] % COUNT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random;

    fn account() -> EdgeSyncAccount {
        EdgeSyncAccount {
            target: "edge.contoso.example".into(),
            source: Some("hub.contoso.example".into()),
            effective: "2010-01-03T00:00:00Z".parse().unwrap(),
            expires: "2010-02-02T00:00:00Z".parse().unwrap(),
            user_name: "ESRA.HUB.EDGE.01032010".to_owned(),
        }
    }

    #[test]
    fn one_key_of_many_opens_a_credential_and_no_other_account_can_borrow_it() {
        let mut random = random::stream(7, "hub", "credentials");
        let keys: Vec<PrivateKey> = (0..20).map(|_| PrivateKey::generate(&mut random)).collect();
        let password = random_password(&mut random);
        let sealed = EdgeSyncCredential::seal(account(), &password, &keys[3].public(), &mut random);
        let openers: Vec<usize> = (0..20).filter(|index| sealed.open(&keys[*index]).is_ok()).collect();
        assert_eq!(openers, [3]);
        let longer = EdgeSyncAccount { expires: "2020-01-01T00:00:00Z".parse().unwrap(), ..account() };
        let moved = EdgeSyncCredential { account: longer, ..sealed };
        assert!(moved.open(&keys[3]).is_err(), "a longer life cannot be written onto a sealed password");
    }

    #[test]
    fn passwords_are_of_full_length_and_of_all_classes_and_never_the_same() {
        let mut random = random::stream(7, "hub", "passwords");
        let passwords: Vec<Secret> = (0..50).map(|_| random_password(&mut random)).collect();
        for (index, password) in passwords.iter().enumerate() {
            let text = password.reveal();
            assert_eq!(text.len(), 127);
            assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
            assert!(!passwords[..index].contains(password));
        }
    }

    #[test]
    fn an_account_ends_at_its_expiration_not_after_it() {
        let account = account();
        assert!(account.is_valid_at(account.effective));
        assert!(!account.is_valid_at(account.expires));
        assert!(!account.is_valid_at("2010-01-02T23:59:59Z".parse().unwrap()));
    }
}
