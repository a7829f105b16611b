//! How a role serves HTTP: one connection, one request, one answer, in a conversation of its own.
//!
//! Each connection carries a single exchange, as HTTP/1.0 does; the browser opens another for the
//! next. It knows no page and no rule but that of client certificates.

use std::future::Future;
use std::rc::Rc;

use super::judge::Judge;
use crate::crypto::certificate::{Certificate, Identity};
use crate::crypto::chain::{self, TrustAnchors};
use crate::facts;
use crate::name::HostName;
use crate::protocol::http::{Request, Response};
use crate::rule;
use crate::sim::{ClientAuth, Host, TlsServer};

/// A request with the one who sent it.
pub struct Received {
    /// What was asked.
    pub request: Request,
    /// The host at the other end.
    pub from: HostName,
    /// The client certificate whose key the peer has proved to hold.
    pub certificate: Option<Certificate>,
}

/// Serves HTTPS on this port with these certificates; where `clients` holds authorities, a client
/// certificate of theirs is asked for, and a client without one is served all the same.
pub fn https<Answer, Answering>(
    judge: &Judge,
    port: u16,
    identity: Rc<Identity>,
    clients: Option<Rc<TrustAnchors>>,
    answer: Answer,
) where
    Answer: Fn(Received) -> Answering + 'static,
    Answering: Future<Output = Response> + 'static,
{
    let answer = Rc::new(answer);
    let judge = judge.clone();
    let host = judge.host().clone();
    let mut listener = host.listen(port);
    host.clone().spawn(async move {
        loop {
            let channel = listener.accept().await;
            let (judge, identity, clients, answer) =
                (judge.clone(), identity.clone(), clients.clone(), answer.clone());
            host.spawn(async move {
                let from = channel.peer().clone();
                let verify = |chain: &[Certificate]| accept_client(&judge, clients.as_deref(), &from, chain);
                let client = match &clients {
                    Some(_) => ClientAuth::Requested(&verify),
                    None => ClientAuth::None,
                };
                let Ok(mut channel) =
                    channel.secure_as_server(TlsServer { identity: &identity, client }).await
                else {
                    return;
                };
                let Ok(request) = channel.receive::<Request>().await else { return };
                let certificate = channel.peer_chain().first().cloned();
                let response = answer(Received { request, from, certificate }).await;
                // A browser that has gone away needs no answer.
                let _ = channel.send(&response).await;
            });
        }
    });
}

/// Serves plain HTTP on this port.
pub fn http<Answer, Answering>(host: &Host, port: u16, answer: Answer)
where
    Answer: Fn(Received) -> Answering + 'static,
    Answering: Future<Output = Response> + 'static,
{
    let answer = Rc::new(answer);
    let host = host.clone();
    let mut listener = host.listen(port);
    host.clone().spawn(async move {
        loop {
            let mut channel = listener.accept().await;
            let answer = answer.clone();
            host.spawn(async move {
                let from = channel.peer().clone();
                let Ok(request) = channel.receive::<Request>().await else { return };
                let response = answer(Received { request, from, certificate: None }).await;
                // A client that has gone away needs no answer.
                let _ = channel.send(&response).await;
            });
        }
    });
}

fn accept_client(
    judge: &Judge,
    anchors: Option<&TrustAnchors>,
    from: &HostName,
    certificates: &[Certificate],
) -> Result<(), String> {
    let Some(anchors) = anchors else { return Ok(()) };
    let verified = chain::verify_client(certificates, anchors, judge.host().now());
    let subject = certificates.first().map(Certificate::subject).unwrap_or_default().to_owned();
    let facts = match &verified {
        Ok(()) => facts!["certificate" => subject, "accepted authorities" => anchors.names().join(", ")],
        Err(why) => facts!["certificate" => subject, "why" => why],
    };
    judge
        .require(
            &rule::TLS_CLIENT_CERTIFICATE,
            from.to_string(),
            judge.host().name().to_string(),
            verified.is_ok(),
            facts,
        )
        .map_err(|refused| refused.to_string())
}
