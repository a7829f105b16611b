//! The simulation as whoever plays a scenario drives it.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;

use actix::Actor;

use super::actor::HostActor;
use super::engine::Engine;
use super::error::SimError;
use super::fault::Fault;
use super::frame::HostId;
use super::machine::{Addresses, Machine, Order, Surroundings};
use super::network::Network;
use super::random::Streams;
use super::resolver::ResolverConfig;
use super::role::Role;
use super::world::{Goal, Inhabitant, World};
use crate::name::{DnsName, HostName, ZoneName};
use crate::time::{Span, VirtualTime};
use crate::trace::{Event, Happening};

/// What a simulation begins with.
#[derive(Debug, Clone)]
pub struct SimulationConfig {
    /// The seed of every random stream.
    pub seed: u64,
    /// The true time at which the run begins.
    pub start: VirtualTime,
    /// The zones, links and firewalls.
    pub network: Network,
    /// Whether to keep a trace. Without one nothing is described, formatted or summed.
    pub tracing: bool,
}

/// A host to be added.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// Its name, which is its address.
    pub name: HostName,
    /// The zone that it stands in.
    pub zone: ZoneName,
    /// The DNS server that it asks.
    pub dns_server: Option<HostName>,
    /// The names that it knows without asking.
    pub hosts_file: BTreeMap<DnsName, HostName>,
}

/// A world of hosts, of which only one does something at a time.
///
/// It lives within [`block_on`]:
///
/// ```
/// use std::rc::Rc;
/// use forestsim::sim::{self, HostConfig, Latency, Network, Role, Simulation, SimulationConfig};
/// use forestsim::time::Span;
///
/// struct Sleeper;
/// impl Role for Sleeper {
///     fn boot(self: Rc<Self>, host: sim::Host) {
///         host.clone().spawn(async move { host.sleep(Span::hours(8)).await });
///     }
/// }
///
/// let mut network = Network::default();
/// network.add_zone("home", Latency::fixed(Span::millis(1)));
/// let start = "2008-03-03T22:00:00Z".parse().unwrap();
/// sim::block_on(async {
///     let config = SimulationConfig { seed: 1, start, network, tracing: true };
///     let mut simulation = Simulation::new(config);
///     let host = HostConfig {
///         name: "bed".into(),
///         zone: "home".into(),
///         dns_server: None,
///         hosts_file: Default::default(),
///     };
///     simulation.add_host(host, vec![Rc::new(Sleeper)]).unwrap();
///     simulation.boot().await;
///     simulation.run_until_quiet(1_000).await.unwrap();
///     assert_eq!(simulation.now(), start + Span::hours(8));
/// });
/// ```
pub struct Simulation {
    engine: Rc<Engine>,
    surroundings: Rc<Surroundings>,
}

/// Runs what drives simulations, on this thread, to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    actix::System::new().block_on(future)
}

impl Simulation {
    /// A world without hosts. Must be called within [`block_on`].
    pub fn new(config: SimulationConfig) -> Self {
        let surroundings = Rc::new(Surroundings {
            addresses: Addresses::default(),
            streams: Streams::new(config.seed),
            tracing: config.tracing,
            scratch: RefCell::default(),
        });
        let world = World::new(config.start, config.network, surroundings.clone());
        Self { engine: Rc::new(Engine::new(world)), surroundings }
    }

    /// Adds a host that plays these roles. It does nothing before [`Simulation::boot`].
    ///
    /// # Errors
    /// [`SimError::DuplicateHost`].
    pub fn add_host(&mut self, config: HostConfig, roles: Vec<Rc<dyn Role>>) -> Result<(), SimError> {
        let HostConfig { name, zone, dns_server, hosts_file } = config;
        let id = self.surroundings.addresses.add(&name);
        let id = id.ok_or_else(|| SimError::DuplicateHost(name.clone()))?;
        let mut world = self.engine.world.borrow_mut();
        let resolver = ResolverConfig { dns_server, hosts_file };
        let machine = Machine::new(id, name.clone(), resolver, self.surroundings.clone(), world.now);
        let actor = HostActor::new(Rc::new(machine), roles, self.engine.clone()).start();
        let zone = world.routes.zone_id(&zone);
        world.agenda.add_host();
        world.hosts.push(Inhabitant { name, zone, actor, down: false, crashed_by: None, latency: None });
        Ok(())
    }

    /// Starts every host, in the order in which they were added.
    pub async fn boot(&mut self) {
        let hosts = self.engine.world.borrow().hosts.len() as u32;
        self.engine.world.borrow_mut().urgent.extend((0..hosts).map(|host| (HostId(host), Order::Boot)));
        let settled = self.pursue(Goal::Settled).await;
        settled.expect("only a limit can fail a run, and settling has none");
    }

    /// A step of the scenario begins: what happens from here on belongs to it.
    pub fn begin_step(&mut self, index: u32, name: impl Into<String>, action: impl Into<String>) {
        let mut world = self.engine.world.borrow_mut();
        world.recorder.step = Some(index);
        if world.recorder.on {
            let began = Happening::StepBegan { name: name.into(), action: action.into() };
            let now = world.now;
            world.recorder.record(now, None, None, began);
        }
    }

    /// Does something at a host: hands the bytes to its roles and lets them run until they wait.
    ///
    /// # Errors
    /// [`SimError::UnknownHost`] and [`SimError::HostDown`].
    pub async fn stimulate(&mut self, host: &HostName, stimulus: Vec<u8>) -> Result<(), SimError> {
        let unknown = || SimError::UnknownHost(host.clone());
        let id = self.surroundings.addresses.id(host).ok_or_else(unknown)?;
        // A fault that was injected just now comes before what is done at the host.
        self.pursue(Goal::Settled).await?;
        if self.engine.world.borrow().hosts[id.index()].down {
            self.engine.world.borrow_mut().crash_was_noticed(id);
            return Err(SimError::HostDown { host: host.clone() });
        }
        self.engine.world.borrow_mut().urgent.push_back((id, Order::Stimulate(stimulus)));
        self.pursue(Goal::Settled).await
    }

    /// Goes on until nothing is under way and nobody waits for a deadline, other than in
    /// [`Host::rest`](super::Host::rest). `limit` is how many frames, deadlines and orders may be
    /// delivered before the run is given up.
    ///
    /// # Errors
    /// [`SimError::NeverQuiet`].
    pub async fn run_until_quiet(&mut self, limit: u64) -> Result<(), SimError> {
        self.pursue(Goal::Quiet { limit }).await
    }

    /// Lets time pass. Time in which nothing happens costs nothing.
    ///
    /// # Errors
    /// [`SimError::Backwards`].
    pub async fn run_for(&mut self, span: Span) -> Result<(), SimError> {
        if span < Span::ZERO {
            return Err(SimError::Backwards(span));
        }
        let until = self.now() + span;
        self.pursue(Goal::Time(until)).await
    }

    /// The true time.
    pub fn now(&self) -> VirtualTime {
        self.engine.world.borrow().now
    }

    /// The network, to be changed.
    pub fn network_mut(&mut self) -> RefMut<'_, Network> {
        let mut world = self.engine.world.borrow_mut();
        world.routes.forget();
        RefMut::map(world, |world| &mut world.network)
    }

    /// Lets something go wrong from now on.
    ///
    /// # Errors
    /// [`SimError::DuplicateFault`], and [`SimError::UnknownHost`] and [`SimError::UnknownZone`] where
    /// it befalls what does not exist.
    pub fn inject(&mut self, fault: Fault) -> Result<(), SimError> {
        self.engine.world.borrow_mut().inject(fault)
    }

    /// Ends a fault. The end of a crash starts the host again.
    ///
    /// # Errors
    /// [`SimError::UnknownFault`] where no fault of this name is in force.
    pub fn heal(&mut self, name: &str) -> Result<(), SimError> {
        self.engine.world.borrow_mut().heal(name)
    }

    /// The faults so far that have touched nothing although they had to, in the order in which they
    /// were injected. A fault touches something when it changes the way of a frame; a crash when
    /// somebody waited there, or when anything is sent to the host or done at it during the crash or
    /// after it; a restart when the host was down; a wrong clock when it is read.
    pub fn untouched_faults(&self) -> Vec<String> {
        self.engine.world.borrow().faults.untouched()
    }

    /// Ends the simulation: all that happened, and how often each random stream was drawn from.
    pub fn finish(self) -> (Vec<Event>, BTreeMap<String, u64>) {
        let mut world = self.engine.world.borrow_mut();
        (std::mem::take(&mut world.recorder.events), world.draws())
    }

    async fn pursue(&mut self, goal: Goal) -> Result<(), SimError> {
        let pursued = self.engine.pursue(goal).await.expect("the engine lives as long as its simulation");
        pursued.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        // The engine and the hosts know each other, so neither would end by itself.
        self.engine.world.borrow_mut().hosts.clear();
    }
}
