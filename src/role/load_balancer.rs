//! A load balancer for web servers: each request goes to the next server in turn (domain page A8 S1).
//!
//! It ends TLS, as it must to tell requests apart, and begins another to the server; credentials in
//! the request pass through it. Whom they are good for is for the servers to say.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::dial::Dialer;
use super::judge::Judge;
use super::serve::{self, Received};
use crate::crypto::certificate::Identity;
use crate::crypto::chain::TrustAnchors;
use crate::name::DnsName;
use crate::protocol::http::{Request, Response};
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
}

/// A load balancer.
pub struct LoadBalancer {
    config: LoadBalancerConfig,
    suspended: Rc<BTreeSet<RuleId>>,
    turn: Cell<usize>,
}

impl LoadBalancer {
    /// A load balancer that begins with the first server.
    pub fn new(config: LoadBalancerConfig, suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { config, suspended: suspended.clone(), turn: Cell::new(0) }
    }

    fn next(&self) -> Option<&DnsName> {
        let turn = self.turn.get();
        self.turn.set(turn.wrapping_add(1));
        self.config.members.get(turn.checked_rem(self.config.members.len())?)
    }

    async fn pass_on(self: Rc<Self>, dialer: Dialer, received: Received) -> Response {
        let Some(member) = self.next() else {
            return Response::error(503, "No server", "No server stands behind this address.");
        };
        let url = received.request.url.with_host(member);
        let request = Request { url, ..received.request };
        match dialer.exchange(&request, None).await {
            Ok(response) => response,
            Err(why) => Response::error(502, "The server does not answer", why.to_string()),
        }
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
