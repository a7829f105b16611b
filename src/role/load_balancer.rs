//! A load balancer for web servers: each request goes to the next server in turn, or each client to a
//! server that it then stays with (domain page A8 S1). A server that cannot be reached is passed over.
//!
//! It ends TLS, as it must to tell requests apart, and begins another to the server; credentials in
//! the request pass through it. Whom they are good for is for the servers to say.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::dial::Dialer;
use super::judge::Judge;
use super::serve::{self, Received};
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::name::{DnsName, HostName};
use crate::protocol::http::Response;
use crate::rule::RuleId;
use crate::sim::{Host, Role};

/// What a load balancer is set up with.
pub struct LoadBalancerConfig {
    /// Its TLS server certificate.
    pub server: Rc<Identity>,
    /// The authorities that it trusts for the servers behind it.
    pub roots: Rc<TrustAnchors>,
    /// The servers, in the order of their turns.
    pub members: Vec<DnsName>,
    /// Whether a client, known by its address, stays with the server that has served it.
    pub keeps_clients: bool,
}

/// A load balancer.
pub struct LoadBalancer {
    config: LoadBalancerConfig,
    suspended: Rc<BTreeSet<RuleId>>,
    turn: Cell<usize>,
    clients: RefCell<BTreeMap<HostName, usize>>,
}

impl LoadBalancer {
    /// A load balancer that begins with the first server.
    pub fn new(config: LoadBalancerConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        let (turn, clients) = (Cell::new(0), RefCell::default());
        Self { config, suspended: suspended.clone(), turn, clients }
    }

    /// The turn of a client that stays with its server, or else the next one.
    fn turn(&self, client: &HostName) -> usize {
        let kept = self.clients.borrow().get(client).copied();
        kept.unwrap_or_else(|| {
            let turn = self.turn.get();
            self.turn.set(turn.wrapping_add(1));
            turn
        })
    }

    /// Hands a request to the server whose turn it is. To one that cannot even be reached nothing has
    /// been handed, so the next may have it.
    async fn pass_on(self: Rc<Self>, dialer: Dialer, received: Received) -> Response {
        let members = &self.config.members;
        let port = received.request.url.port();
        let turn = self.turn(&received.from);
        let mut why = "no server stands behind this address".to_owned();
        for turn in (0..members.len()).map(|passed_over| turn.wrapping_add(passed_over) % members.len()) {
            match dialer.connect_tls(&members[turn], port, None).await {
                Ok(channel) => {
                    if self.config.keeps_clients {
                        self.clients.borrow_mut().insert(received.from.clone(), turn);
                    }
                    let answered = dialer.ask(channel, &received.request).await;
                    return answered.unwrap_or_else(|why| {
                        Response::error(502, "The server does not answer", why.to_string())
                    });
                }
                Err(unreachable) => why = unreachable.to_string(),
            }
        }
        Response::error(503, "No server", why)
    }
}

impl Role for LoadBalancer {
    fn boot(self: Rc<Self>, host: Host) {
        let judge = Judge::new(&host, &self.suspended);
        let dialer = Dialer::new(&judge, self.config.roots.clone());
        let server = self.config.server.clone();
        serve::https(&judge, 443, server, None, move |received| {
            self.clone().pass_on(dialer.clone(), received)
        });
    }

    fn stimulate(self: Rc<Self>, _host: Host, _stimulus: Vec<u8>) {}
}
