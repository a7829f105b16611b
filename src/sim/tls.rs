//! Confidence between two hosts: a handshake in the manner of TLS, then sealed records.
//!
//! This file sees to it that the keys are fresh, that each end holds the private key of the
//! certificate that it shows, and that both have seen the same handshake. Whether a certificate is to
//! be trusted is decided by whoever opens the connection.

use super::channel::Channel;
use super::error::ChannelError;
use super::handshake::{ClientHello, Handshake, ServerHello, Transcript};
use super::random::RandomStream;
use crate::crypto::agreement::{EphemeralKey, SessionKeys};
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::key::Signature;
use crate::crypto::symmetric::SymmetricKey;
use crate::name::DnsName;
use rand_core::Rng;

/// Decides whether a certificate, first in its chain, is to be trusted; or says why not.
pub type Verify<'a> = &'a dyn Fn(&[Certificate]) -> Result<(), String>;

/// What a client brings to a handshake.
#[derive(Clone)]
pub struct TlsClient<'a> {
    /// Whom it wants to speak with; the server is told.
    pub server_name: DnsName,
    /// Decides whether the server's certificate will do.
    pub verify: Verify<'a>,
    /// What it shows if the server asks for a certificate.
    pub identity: Option<&'a Identity>,
}

/// What a server brings to a handshake.
#[derive(Clone)]
pub struct TlsServer<'a> {
    /// What it shows.
    pub identity: &'a Identity,
    /// Whether it asks for the client's certificate.
    pub client: ClientAuth<'a>,
}

/// Whether a server asks for the client's certificate, and which will do.
#[derive(Clone)]
pub enum ClientAuth<'a> {
    /// It does not ask.
    None,
    /// It asks; a client may show none, but what it shows must do.
    Requested(Verify<'a>),
    /// It asks, and there is no connection without.
    Required(Verify<'a>),
}

/// Why a handshake came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The connection underneath failed.
    #[error("the handshake broke off: {0}")]
    Channel(#[from] ChannelError),
    /// This end does not trust the other's certificate.
    #[error("the certificate of {subject} is not accepted: {why}")]
    NotTrusted {
        /// Whose certificate it is.
        subject: String,
        /// What the verifier says.
        why: String,
    },
    /// The other end gave up, and said why.
    #[error("the other end gave up: {0}")]
    Alert(String),
    /// The other end does not show that it holds the key of its certificate, or that it saw the same
    /// handshake.
    #[error("the other end did not prove its identity: {0}; somebody may stand in between")]
    NotProved(&'static str),
    /// The other end had to show a certificate.
    #[error("the other end showed no certificate; give it one")]
    NoCertificate,
    /// The other end sent something out of turn.
    #[error("the other end sent something else than {0}")]
    OutOfTurn(&'static str),
}

/// What the two ends of a secured channel have in common.
pub(super) struct Session {
    write: SymmetricKey,
    read: SymmetricKey,
    sent: u64,
    received: u64,
    random: RandomStream,
    pub peer_chain: Vec<Certificate>,
}

impl Session {
    pub fn seal(&mut self, plain: &[u8]) -> Vec<u8> {
        let sealed = self.write.seal(&mut self.random, &context(self.sent), plain);
        self.sent += 1;
        sealed
    }

    pub fn open(&mut self, sealed: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let number = self.received;
        let plain = self.read.open(&context(number), sealed);
        self.received += 1;
        plain.map_err(|_| ChannelError::Record { number })
    }
}

/// What a record is sealed for: its place in its direction.
fn context(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

const SERVER_PROOF: &[u8] = b"forestsim TLS server";
const CLIENT_PROOF: &[u8] = b"forestsim TLS client";
const FINISHED: &[u8] = b"forestsim TLS finished";

impl Channel {
    /// The chain of certificates that the other end showed in the handshake, its own first; empty
    /// where it showed none or there was no handshake.
    pub fn peer_chain(&self) -> &[Certificate] {
        self.session.as_ref().map_or(&[], |session| &session.peer_chain)
    }

    /// Whether what is sent is opaque to anyone else.
    pub fn is_secured(&self) -> bool {
        self.session.is_some()
    }

    /// Shakes hands with a server that waits in [`Channel::secure_as_server`].
    ///
    /// # Errors
    /// [`TlsError`]; the connection is then closed, and the server knows why.
    pub async fn secure_as_client(mut self, client: TlsClient<'_>) -> Result<Self, TlsError> {
        match self.shake_as_client(&client).await {
            Ok(session) => Ok(self.secured(session)),
            Err(error) => Err(self.give_up(error)),
        }
    }

    /// Shakes hands with a client that calls [`Channel::secure_as_client`].
    ///
    /// # Errors
    /// [`TlsError`]; the connection is then closed, and the client knows why.
    pub async fn secure_as_server(mut self, server: TlsServer<'_>) -> Result<Self, TlsError> {
        match self.shake_as_server(&server).await {
            Ok(session) => Ok(self.secured(session)),
            Err(error) => Err(self.give_up(error)),
        }
    }

    async fn shake_as_client(&mut self, client: &TlsClient<'_>) -> Result<Session, TlsError> {
        let mut random = self.tls_random();
        let key = EphemeralKey::generate(&mut random);
        let server_name = client.server_name.clone();
        let hello = ClientHello { random: nonce(&mut random), server_name, share: key.public() };
        let mut transcript = Transcript::default();
        transcript.add(&hello);
        self.tell(Handshake::ClientHello(hello))?;

        let Handshake::ServerHello { hello, signature } = self.hear().await? else {
            return Err(TlsError::OutOfTurn("the server's hello"));
        };
        transcript.add(&hello);
        prove(&hello.chain, SERVER_PROOF, &transcript, &signature)?;
        trust(&hello.chain, client.verify)?;

        let keys = agree(key, &hello.share, &transcript)?;
        let shown = client.identity.filter(|_| hello.asks_for_certificate);
        let chain = shown.map(|identity| identity.chain.clone()).unwrap_or_default();
        transcript.add(&chain);
        let signature = shown.map(|identity| identity.key.sign(&statement(CLIENT_PROOF, &transcript)));
        transcript.add(&signature);
        let finished = keys.client_write.seal(&mut random, FINISHED, &transcript.hash());
        self.tell(Handshake::ClientFinished { chain, signature, finished })?;

        let Handshake::ServerFinished { finished } = self.hear().await? else {
            return Err(TlsError::OutOfTurn("the server's end of the handshake"));
        };
        saw_the_same(&keys.server_write, &finished, &transcript)?;
        let SessionKeys { client_write: write, server_write: read } = keys;
        Ok(Session { write, read, sent: 0, received: 0, random, peer_chain: hello.chain })
    }

    async fn shake_as_server(&mut self, server: &TlsServer<'_>) -> Result<Session, TlsError> {
        let mut random = self.tls_random();
        let Handshake::ClientHello(hello) = self.hear().await? else {
            return Err(TlsError::OutOfTurn("a client's hello"));
        };
        let mut transcript = Transcript::default();
        transcript.add(&hello);

        let key = EphemeralKey::generate(&mut random);
        let answer = ServerHello {
            random: nonce(&mut random),
            share: key.public(),
            chain: server.identity.chain.clone(),
            asks_for_certificate: !matches!(server.client, ClientAuth::None),
        };
        transcript.add(&answer);
        let signature = server.identity.key.sign(&statement(SERVER_PROOF, &transcript));
        self.tell(Handshake::ServerHello { hello: answer, signature })?;
        let keys = agree(key, &hello.share, &transcript)?;

        let Handshake::ClientFinished { chain, signature, finished } = self.hear().await? else {
            return Err(TlsError::OutOfTurn("the client's end of the handshake"));
        };
        transcript.add(&chain);
        admit(server, &chain, signature.as_ref(), &transcript)?;
        transcript.add(&signature);
        saw_the_same(&keys.client_write, &finished, &transcript)?;
        let finished = keys.server_write.seal(&mut random, FINISHED, &transcript.hash());
        self.tell(Handshake::ServerFinished { finished })?;
        let SessionKeys { client_write: read, server_write: write } = keys;
        Ok(Session { write, read, sent: 0, received: 0, random, peer_chain: chain })
    }

    fn tls_random(&self) -> RandomStream {
        self.machine.surroundings.streams.stream(self.machine.name.as_str(), "tls")
    }

    fn tell(&mut self, message: Handshake) -> Result<(), ChannelError> {
        self.send_in_clear(&message)
    }

    async fn hear(&mut self) -> Result<Handshake, TlsError> {
        match self.receive::<Handshake>().await? {
            Handshake::Alert(why) => Err(TlsError::Alert(why)),
            other => Ok(other),
        }
    }

    /// Tells the other end why there will be no session, unless it knows.
    fn give_up(&mut self, error: TlsError) -> TlsError {
        if !matches!(error, TlsError::Alert(_)) {
            // Where the connection is gone, so is whoever would want to know.
            let _ = self.tell(Handshake::Alert(error.to_string()));
        }
        error
    }
}

fn nonce(random: &mut RandomStream) -> [u8; 32] {
    let mut bytes = [0; 32];
    random.fill_bytes(&mut bytes);
    bytes
}

fn agree(key: EphemeralKey, share: &[u8], transcript: &Transcript) -> Result<SessionKeys, TlsError> {
    key.agree(share, &transcript.hash()).map_err(|_| TlsError::NotProved("its half of the key is no key"))
}

/// What an end signs to show that it holds its certificate's key.
fn statement(purpose: &[u8], transcript: &Transcript) -> Vec<u8> {
    [purpose, &transcript.hash()].concat()
}

fn prove(
    chain: &[Certificate],
    purpose: &[u8],
    transcript: &Transcript,
    signature: &Signature,
) -> Result<(), TlsError> {
    let leaf = chain.first().ok_or(TlsError::NoCertificate)?;
    let key =
        leaf.public_key().map_err(|_| TlsError::NotProved("its certificate's key is of another kind"))?;
    let verified = key.verify(&statement(purpose, transcript), signature);
    verified.map_err(|_| TlsError::NotProved("its signature does not fit its certificate"))
}

fn trust(chain: &[Certificate], verify: Verify<'_>) -> Result<(), TlsError> {
    let subject = || chain.first().map_or_else(String::new, |leaf| leaf.subject().to_owned());
    verify(chain).map_err(|why| TlsError::NotTrusted { subject: subject(), why })
}

/// Lets a client in, with the certificate that it shows or without one.
fn admit(
    server: &TlsServer<'_>,
    chain: &[Certificate],
    signature: Option<&Signature>,
    transcript: &Transcript,
) -> Result<(), TlsError> {
    match (&server.client, signature) {
        (ClientAuth::Required(_), None) => Err(TlsError::NoCertificate),
        (_, None) if !chain.is_empty() => Err(TlsError::NotProved("it did not sign for its certificate")),
        (_, None) => Ok(()),
        (ClientAuth::None, Some(_)) => Err(TlsError::OutOfTurn("the client's end without a certificate")),
        (ClientAuth::Requested(verify) | ClientAuth::Required(verify), Some(signature)) => {
            prove(chain, CLIENT_PROOF, transcript, signature)?;
            trust(chain, verify)
        }
    }
}

fn saw_the_same(key: &SymmetricKey, finished: &[u8], transcript: &Transcript) -> Result<(), TlsError> {
    let seen = key.open(FINISHED, finished);
    let same = seen.is_ok_and(|seen| seen == transcript.hash());
    if same { Ok(()) } else { Err(TlsError::NotProved("it saw another handshake")) }
}
