//! A small vocabulary for tests of the network: a net of hosts, each with a script.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use forestsim::name::HostName;
use forestsim::protocol::Message;
use forestsim::sim::{self, Host, HostConfig, Latency, Network, Role, Simulation, SimulationConfig};
use forestsim::time::{Span, VirtualTime};
use forestsim::trace::Event;
use serde::{Deserialize, Serialize};

/// A message that says something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say(pub String);

impl Message for Say {
    fn protocol(&self) -> &'static str {
        "talk"
    }
    fn title(&self) -> Cow<'static, str> {
        self.0.clone().into()
    }
}

type Script = Rc<dyn Fn(Host) -> Pin<Box<dyn Future<Output = ()>>>>;

struct Scripted(Script);

impl Role for Scripted {
    fn boot(self: Rc<Self>, host: Host) {
        host.clone().spawn((self.0)(host));
    }
}

/// Hosts and their network, before the run.
pub struct Net {
    pub seed: u64,
    pub network: Network,
    pub start: VirtualTime,
    hosts: Vec<(HostConfig, Vec<Rc<dyn Role>>)>,
}

/// What a run left.
pub struct Run {
    pub start: VirtualTime,
    pub end: VirtualTime,
    pub events: Vec<Event>,
}

impl Default for Net {
    fn default() -> Self {
        let start = "2008-03-03T09:00:00Z".parse().unwrap();
        Self { seed: 1, network: Network::default(), start, hosts: Vec::new() }
    }
}

impl Net {
    pub fn zone(&mut self, name: &str, millis: i64) -> &mut Self {
        self.network.add_zone(name, Latency::fixed(Span::millis(millis)));
        self
    }

    pub fn host(&mut self, name: &str, zone: &str) -> &mut Self {
        let config = HostConfig {
            name: name.into(),
            zone: zone.into(),
            dns_server: None,
            hosts_file: Default::default(),
        };
        self.hosts.push((config, Vec::new()));
        self
    }

    /// What the host does when it starts.
    pub fn role<F: Future<Output = ()> + 'static>(
        &mut self,
        host: &str,
        script: impl Fn(Host) -> F + 'static,
    ) {
        let role = Scripted(Rc::new(move |host| Box::pin(script(host))));
        let entry = self.hosts.iter_mut().find(|(config, _)| config.name == HostName::new(host)).unwrap();
        entry.1.push(Rc::new(role));
    }

    /// The same, and what it ends with.
    pub fn ask<T: 'static, F: Future<Output = T> + 'static>(
        &mut self,
        host: &str,
        script: impl Fn(Host) -> F + 'static,
    ) -> Rc<RefCell<Option<T>>> {
        let answer = Rc::new(RefCell::new(None));
        let kept = answer.clone();
        self.role(host, move |host| {
            let (kept, script) = (kept.clone(), script(host));
            async move {
                let output = script.await;
                kept.replace(Some(output));
            }
        });
        answer
    }

    pub fn simulation(&mut self) -> Simulation {
        let config = SimulationConfig {
            seed: self.seed,
            start: self.start,
            network: self.network.clone(),
            tracing: true,
        };
        let mut simulation = Simulation::new(config);
        for (config, roles) in self.hosts.drain(..) {
            simulation.add_host(config, roles).unwrap();
        }
        simulation
    }

    /// Runs until all is quiet.
    pub fn run(&mut self) -> Run {
        sim::block_on(async {
            let mut simulation = self.simulation();
            simulation.boot().await;
            simulation.run_until_quiet(1_000_000).await.unwrap();
            let end = simulation.now();
            let (events, _) = simulation.finish();
            Run { start: self.start, end, events }
        })
    }
}
