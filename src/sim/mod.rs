//! The machine on which topologies run: hosts, the network between them, time, and faults.
//!
//! It knows no role, no rule and no meaning of a message. In call order:
//!
//! - [`simulation`]: what a scenario is played with
//! - `engine`, `world`, `agenda`, `recorder`: what drives the hosts, the world that it keeps, what is to
//!   happen in it, and what has happened
//! - `actor`, `machine`, `executor`, `timer`: a host's actor, what the host consists of, its
//!   conversations, and what they wait for
//! - [`role`], [`host`]: what a server does, and what its host offers it
//! - [`channel`], `tcp`, `segment`; [`udp`]; [`resolver`], [`dns`]: connections, datagrams, names
//! - [`tls`], `handshake`: confidence over a connection
//! - [`network`], `route`, `flows`, `transmit`, `frame`: zones, links and firewalls, the ways
//!   through them, and what becomes of a frame
//! - [`fault`], `faults`, `befall`: what goes wrong on purpose, what that does to a frame, and how
//!   it begins, touches and ends
//! - [`clock`], [`random`]: what a host reads the time from, and where its chance comes from
//! - [`error`]: what can go wrong

mod actor;
mod agenda;
mod befall;
pub mod channel;
pub mod clock;
pub mod dns;
mod engine;
pub mod error;
mod executor;
pub mod fault;
mod faults;
mod flows;
mod frame;
mod handshake;
pub mod host;
mod machine;
pub mod network;
pub mod random;
mod recorder;
pub mod resolver;
pub mod role;
mod route;
mod segment;
pub mod simulation;
mod tcp;
pub mod timer;
pub mod tls;
mod transmit;
pub mod udp;
mod world;

pub use channel::{Channel, Listener};
pub use clock::Clock;
pub use dns::{DnsChange, DnsServer, DnsZone, Record};
pub use error::{ChannelError, ConnectError, ConnectErrorKind, SimError};
pub use fault::{Direction, Extent, Fault, FaultKind};
pub use host::Host;
pub use network::{Firewall, FirewallRule, Latency, Network, NetworkError, Place, Ports};
pub use random::RandomStream;
pub use resolver::Resolved;
pub use role::Role;
pub use simulation::{HostConfig, Simulation, SimulationConfig, block_on};
pub use timer::Elapsed;
pub use tls::{ClientAuth, TlsClient, TlsError, TlsServer, Verify};
pub use udp::{Sender, Socket};
