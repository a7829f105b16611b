//! A small vocabulary for tests of the network: a net of hosts, each with a script.
#![allow(dead_code, reason = "each test file uses a part of the vocabulary")]

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use forestsim::name::HostName;
use forestsim::protocol::Message;
use forestsim::sim::{
    self, Channel, DnsServer, DnsZone, Fault, Firewall, FirewallRule, Host, HostConfig, Latency, Network,
    Place, Ports, Role, Simulation, SimulationConfig,
};
use forestsim::time::{Span, VirtualTime};
use forestsim::trace::{Event, Happening, Sent, Transport};
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

pub fn say(text: &str) -> Say {
    Say(text.to_owned())
}

/// What a script is to leave, once it has run.
pub type Answer<T> = Rc<RefCell<Option<T>>>;

type Script = Rc<dyn Fn(Host) -> Pin<Box<dyn Future<Output = ()>>>>;

struct Scripted(Script);

impl Role for Scripted {
    fn boot(self: Rc<Self>, host: Host) {
        host.clone().spawn((self.0)(host));
    }
}

/// Runs its script when somebody says so.
struct OnDemand(Script);

impl Role for OnDemand {
    fn boot(self: Rc<Self>, _: Host) {}
    fn stimulate(self: Rc<Self>, host: Host, _: Vec<u8>) {
        host.clone().spawn((self.0)(host));
    }
}

/// Hosts and their network, before the run.
pub struct Net {
    pub seed: u64,
    pub tracing: bool,
    pub network: Network,
    pub start: VirtualTime,
    hosts: Vec<(HostConfig, Vec<Rc<dyn Role>>)>,
}

/// What a run left.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub start: VirtualTime,
    pub end: VirtualTime,
    pub events: Vec<Event>,
    pub random: BTreeMap<String, u64>,
    pub untouched: Vec<String>,
}

impl Default for Net {
    fn default() -> Self {
        let start = "2008-03-03T09:00:00Z".parse().unwrap();
        Self { seed: 1, tracing: true, network: Network::default(), start, hosts: Vec::new() }
    }
}

impl Net {
    /// One zone in which every frame takes a millisecond, with these hosts.
    pub fn of(hosts: &[&str]) -> Self {
        let mut net = Self::default();
        net.zone("lan", 1);
        for host in hosts {
            net.host(host, "lan");
        }
        net
    }

    pub fn zone(&mut self, name: &str, millis: i64) -> &mut Self {
        self.network.add_zone(name, Latency::fixed(Span::millis(millis)));
        self
    }

    pub fn link(&mut self, one: &str, other: &str, millis: i64) -> &mut Self {
        self.network.link(one, other, Latency::fixed(Span::millis(millis))).unwrap();
        self
    }

    pub fn firewall(&mut self, name: &str, one: &str, other: &str) -> &mut Self {
        let between = (one.into(), other.into());
        self.network.add_firewall(Firewall { name: name.into(), between, allow: BTreeMap::new() }).unwrap();
        self
    }

    pub fn host(&mut self, name: &str, zone: &str) -> &mut Self {
        let config = HostConfig {
            name: name.into(),
            zone: zone.into(),
            dns_server: None,
            hosts_file: BTreeMap::new(),
        };
        self.hosts.push((config, Vec::new()));
        self
    }

    pub fn asks(&mut self, host: &str, dns_server: &str) -> &mut Self {
        self.entry(host).0.dns_server = Some(dns_server.into());
        self
    }

    pub fn knows(&mut self, host: &str, name: &str, address: &str) -> &mut Self {
        self.entry(host).0.hosts_file.insert(name.into(), address.into());
        self
    }

    pub fn dns(&mut self, host: &str, zone: DnsZone) -> &mut Self {
        self.entry(host).1.push(Rc::new(DnsServer::new(zone)));
        self
    }

    /// What the host does when it starts.
    pub fn role<F>(&mut self, host: &str, script: impl Fn(Host) -> F + 'static) -> &mut Self
    where
        F: Future<Output = ()> + 'static,
    {
        self.entry(host).1.push(Rc::new(Scripted(Rc::new(move |host| Box::pin(script(host))))));
        self
    }

    /// A server that repeats whatever it is told on this port.
    pub fn echo(&mut self, host: &str, port: u16) -> &mut Self {
        self.role(host, move |host| async move {
            let mut listener = host.listen(port);
            loop {
                let channel = listener.accept().await;
                host.spawn(repeat(channel));
            }
        })
    }

    /// What the host does when it starts, and what it ends with.
    pub fn ask<T, F>(&mut self, host: &str, script: impl Fn(Host) -> F + 'static) -> Answer<T>
    where
        T: 'static,
        F: Future<Output = T> + 'static,
    {
        let (answer, script) = kept(script);
        self.entry(host).1.push(Rc::new(Scripted(script)));
        answer
    }

    /// What the host does when it is stimulated, and what it ends with.
    pub fn on_demand<T, F>(&mut self, host: &str, script: impl Fn(Host) -> F + 'static) -> Answer<T>
    where
        T: 'static,
        F: Future<Output = T> + 'static,
    {
        let (answer, script) = kept(script);
        self.entry(host).1.push(Rc::new(OnDemand(script)));
        answer
    }

    fn entry(&mut self, host: &str) -> &mut (HostConfig, Vec<Rc<dyn Role>>) {
        self.hosts.iter_mut().find(|(config, _)| config.name == HostName::new(host)).unwrap()
    }

    /// The simulation, booted; must be called within `block_on`.
    pub async fn boot(&mut self) -> Simulation {
        let (seed, start, tracing) = (self.seed, self.start, self.tracing);
        let config = SimulationConfig { seed, start, network: self.network.clone(), tracing };
        let mut simulation = Simulation::new(config);
        for (config, roles) in self.hosts.drain(..) {
            simulation.add_host(config, roles).unwrap();
        }
        simulation.boot().await;
        simulation
    }

    /// Runs until all is quiet.
    pub fn run(&mut self) -> Run {
        self.run_after(|_| {})
    }

    /// Injects the faults and stimulates the host, then runs until all is quiet.
    pub fn run_with_stimulus(&mut self, host: &str, faults: Vec<Fault>) -> Run {
        sim::block_on(async {
            let mut simulation = self.boot().await;
            for fault in faults {
                simulation.inject(fault).unwrap();
            }
            simulation.stimulate(&host.into(), Vec::new()).await.unwrap();
            self.end(simulation).await
        })
    }

    /// Prepares the simulation, then runs until all is quiet.
    pub fn run_after(&mut self, prepare: impl FnOnce(&mut Simulation)) -> Run {
        sim::block_on(async {
            let mut simulation = self.boot().await;
            prepare(&mut simulation);
            self.end(simulation).await
        })
    }

    async fn end(&self, mut simulation: Simulation) -> Run {
        simulation.run_until_quiet(100_000).await.unwrap();
        let (end, untouched) = (simulation.now(), simulation.untouched_faults());
        let (events, random) = simulation.finish();
        Run { start: self.start, end, events, random, untouched }
    }
}

impl Run {
    pub fn took(&self) -> Span {
        self.end - self.start
    }

    /// What was sent, in order.
    pub fn sent(&self) -> Vec<&Sent> {
        let sent = self.events.iter().map(|event| match &event.happening {
            Happening::Sent(sent) => Some(sent),
            _ => None,
        });
        sent.flatten().collect()
    }

    /// Why what was lost was lost, in order.
    pub fn losses(&self) -> Vec<&str> {
        let losses = self.events.iter().map(|event| match &event.happening {
            Happening::Lost(loss) => Some(loss.why.as_str()),
            _ => None,
        });
        losses.flatten().collect()
    }
}

fn kept<T, F>(script: impl Fn(Host) -> F + 'static) -> (Answer<T>, Script)
where
    T: 'static,
    F: Future<Output = T> + 'static,
{
    let answer = Answer::<T>::default();
    let kept = answer.clone();
    let script: Script = Rc::new(move |host| {
        let (kept, script) = (kept.clone(), script(host));
        Box::pin(async move {
            let output = script.await;
            kept.replace(Some(output));
        })
    });
    (answer, script)
}

/// Repeats whatever comes until the other end closes.
pub async fn repeat(mut channel: Channel) {
    while let Ok(Say(text)) = channel.receive().await {
        if channel.send(&Say(text)).await.is_err() {
            return;
        }
    }
}

/// Lets anyone at one place speak with anyone at another over these TCP ports.
pub fn tcp(from: Place, to: Place, ports: &[u16]) -> FirewallRule {
    FirewallRule { from, to, transport: Transport::Tcp, ports: Ports::only(ports.iter().copied()) }
}

pub fn zone(name: &str) -> Place {
    Place::Zone(name.into())
}

pub fn at(name: &str) -> Place {
    Place::Host(name.into())
}
