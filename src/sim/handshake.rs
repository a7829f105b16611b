//! The messages with which two hosts agree on keys and show who they are.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::crypto::certificate::Certificate;
use crate::crypto::digest;
use crate::crypto::key::Signature;
use crate::name::DnsName;
use crate::protocol::{Message, wire};
use crate::trace::Detail;

/// A message of the handshake.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Handshake {
    ClientHello(ClientHello),
    ServerHello {
        hello: ServerHello,
        /// By the key of the first certificate, over both hellos.
        signature: Signature,
    },
    ClientFinished {
        /// Empty where the client shows no certificate.
        chain: Vec<Certificate>,
        /// By the key of the first certificate, over both hellos and the chain.
        signature: Option<Signature>,
        /// The transcript, sealed under the new key.
        finished: Vec<u8>,
    },
    ServerFinished {
        finished: Vec<u8>,
    },
    /// The handshake is over, and why.
    Alert(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ClientHello {
    pub random: [u8; 32],
    pub server_name: DnsName,
    /// The client's half of the key agreement.
    pub share: Vec<u8>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ServerHello {
    pub random: [u8; 32],
    pub share: Vec<u8>,
    pub chain: Vec<Certificate>,
    pub asks_for_certificate: bool,
}

impl Message for Handshake {
    fn protocol(&self) -> &'static str {
        "TLS"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::ClientHello(hello) => format!("hello, {}", hello.server_name).into(),
            Self::ServerHello { hello, .. } => match hello.asks_for_certificate {
                true => format!("hello from {}; your certificate?", subject(&hello.chain)).into(),
                false => format!("hello from {}", subject(&hello.chain)).into(),
            },
            Self::ClientFinished { chain, .. } if chain.is_empty() => "client finished".into(),
            Self::ClientFinished { chain, .. } => {
                format!("client finished, with the certificate of {}", subject(chain)).into()
            }
            Self::ServerFinished { .. } => "server finished".into(),
            Self::Alert(why) => format!("alert: {why}").into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        let chain = match self {
            Self::ServerHello { hello, .. } => &hello.chain,
            Self::ClientFinished { chain, .. } => chain,
            _ => return Vec::new(),
        };
        let one = |certificate: &Certificate| {
            let (issuer, thumbprint) = (certificate.issuer(), certificate.thumbprint());
            Detail::new("certificate", format!("{}, issued by {issuer}, {thumbprint}", certificate.subject()))
        };
        chain.iter().map(one).collect()
    }
}

fn subject(chain: &[Certificate]) -> &str {
    chain.first().map_or("nobody", |leaf| leaf.subject())
}

/// What both ends have seen so far, in short.
#[derive(Default)]
pub(super) struct Transcript(Vec<u8>);

impl Transcript {
    /// Adds a part. Parts are told apart by their lengths.
    pub fn add(&mut self, part: &impl Serialize) {
        let bytes = wire::encode(part);
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
    }

    pub fn hash(&self) -> [u8; 32] {
        digest::sha256(&self.0)
    }
}
