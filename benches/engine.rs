//! What the engine costs: deliveries in a second against bare actix messages in the same run, idle
//! time, pending entries, and bytes for each idle host.
#![allow(clippy::disallowed_types, reason = "a benchmark reads the wall clock")]

use std::alloc::{GlobalAlloc, Layout};
use std::borrow::Cow;
use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::time::{Duration, Instant};

use actix::{Actor, Addr, Context, Handler};
use criterion::{Criterion, criterion_group, criterion_main};
use forestsim::protocol::Message;
use forestsim::sim::{self, Host, HostConfig, Latency, Network, Role, Simulation, SimulationConfig};
use forestsim::time::Span;
use forestsim::trace::Detail;
use mimalloc::MiMalloc;
use serde::{Deserialize, Serialize};

/// Counts the bytes that come into use while it is told to.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static IN_USE: AtomicIsize = AtomicIsize::new(0);

fn count(bytes: isize) {
    if COUNTS.load(Ordering::Relaxed) {
        IN_USE.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The allocator of the program.
static PROGRAM: MiMalloc = MiMalloc;

// SAFETY: every call is passed on to the program's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { PROGRAM.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { PROGRAM.dealloc(place, layout) }
    }
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        unsafe { PROGRAM.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A message with next to nothing in it, so that the engine is measured and not the content.
#[derive(Serialize, Deserialize)]
struct Ball(u64);

impl Message for Ball {
    fn protocol(&self) -> &'static str {
        "ball"
    }
    fn title(&self) -> Cow<'static, str> {
        "a ball comes over".into()
    }
    fn details(&self) -> Vec<Detail> {
        vec![Detail::new("number", self.0.to_string())]
    }
}

/// Returns every ball, over connections.
struct Wall;

impl Role for Wall {
    fn boot(self: Rc<Self>, host: Host) {
        let mut listener = host.listen(7);
        host.clone().spawn(async move {
            loop {
                let mut channel = listener.accept().await;
                host.spawn(async move {
                    while let Ok(Ball(number)) = channel.receive().await {
                        let _ = channel.send(&Ball(number + 1)).await;
                    }
                });
            }
        });
    }
}

/// Plays a number of rounds against the wall whenever it is told to.
struct Player(u64);

impl Role for Player {
    fn boot(self: Rc<Self>, _: Host) {}
    fn stimulate(self: Rc<Self>, host: Host, _: Vec<u8>) {
        let rounds = self.0;
        host.clone().spawn(async move {
            let mut channel = host.connect(&"wall".into(), 7).await.expect("the wall listens");
            let mut ball = Ball(0);
            for _ in 0..rounds {
                channel.send(&ball).await.expect("the wall stands");
                ball = channel.receive().await.expect("the wall returns the ball");
            }
            assert_eq!(ball.0, rounds);
        });
    }
}

/// Returns every ball, as datagrams.
struct Net;

impl Role for Net {
    fn boot(self: Rc<Self>, host: Host) {
        let mut socket = host.bind(7);
        host.spawn(async move {
            loop {
                let (from, port, Ball(number)) = socket.receive().await;
                socket.send(&from, port, &Ball(number + 1));
            }
        });
    }
}

/// Plays a number of rounds over the net whenever it is told to.
struct Tosser(u64);

impl Role for Tosser {
    fn boot(self: Rc<Self>, _: Host) {}
    fn stimulate(self: Rc<Self>, host: Host, _: Vec<u8>) {
        let rounds = self.0;
        let mut socket = host.bind(8);
        host.spawn(async move {
            let mut ball = Ball(0);
            for _ in 0..rounds {
                socket.send(&"net".into(), 7, &ball);
                (_, _, ball) = socket.receive().await;
            }
            assert_eq!(ball.0, rounds);
        });
    }
}

/// Sends a number of datagrams on a way of many days.
struct Sower(u64);

impl Role for Sower {
    fn boot(self: Rc<Self>, _: Host) {}
    fn stimulate(self: Rc<Self>, host: Host, _: Vec<u8>) {
        let socket = host.bind(9);
        for number in 0..self.0 {
            socket.send(&"far".into(), 9, &Ball(number));
        }
    }
}

fn simulation(tracing: bool) -> Simulation {
    let mut network = Network::default();
    network.add_zone("lan", Latency::between(Span::micros(200), Span::micros(900)));
    network.add_zone("moon", Latency::fixed(Span::days(1)));
    network.link("lan", "moon", Latency::fixed(Span::days(300))).expect("both zones exist");
    let start = "2008-03-03T09:00:00Z".parse().expect("a time");
    Simulation::new(SimulationConfig { seed: 1, start, network, tracing })
}

fn add(simulation: &mut Simulation, name: &str, zone: &str, role: impl Role + 'static) {
    let hosts_file = Default::default();
    let host = HostConfig { name: name.into(), zone: zone.into(), dns_server: None, hosts_file };
    simulation.add_host(host, vec![Rc::new(role)]).expect("each name once");
}

/// The time for so many rounds of two datagrams each.
fn tosses(rounds: u64, tracing: bool) -> Duration {
    sim::block_on(async {
        let mut simulation = simulation(tracing);
        add(&mut simulation, "net", "lan", Net);
        add(&mut simulation, "tosser", "lan", Tosser(rounds));
        simulation.boot().await;
        simulation.stimulate(&"tosser".into(), Vec::new()).await.expect("the tosser runs");
        let begun = Instant::now();
        simulation.run_until_quiet(u64::MAX).await.expect("the rounds come to an end");
        let took = begun.elapsed();
        black_box(simulation.finish());
        took
    })
}

/// The time for so many rounds of two messages each over a connection, with so many frames under way
/// meanwhile.
fn rounds(rounds: u64, tracing: bool, pending: u64) -> Duration {
    sim::block_on(async {
        let mut simulation = simulation(tracing);
        add(&mut simulation, "wall", "lan", Wall);
        add(&mut simulation, "player", "lan", Player(rounds));
        add(&mut simulation, "sower", "lan", Sower(pending));
        add(&mut simulation, "far", "moon", Sower(0));
        simulation.boot().await;
        simulation.stimulate(&"sower".into(), Vec::new()).await.expect("the sower runs");
        simulation.stimulate(&"player".into(), Vec::new()).await.expect("the player runs");
        let begun = Instant::now();
        simulation.run_for(Span::days(1)).await.expect("time goes on");
        let took = begun.elapsed();
        black_box(simulation.finish());
        took
    })
}

/// The same ball between plain actors.
struct Ping(Ball);

impl actix::Message for Ping {
    type Result = ();
}

/// Sends each message on to the other, as plain actix does it.
struct Bat {
    other: Option<Addr<Bat>>,
    left: u64,
    done: Option<futures::channel::oneshot::Sender<()>>,
}

struct Meet(Addr<Bat>);

impl actix::Message for Meet {
    type Result = ();
}

impl Actor for Bat {
    type Context = Context<Self>;
}

impl Handler<Meet> for Bat {
    type Result = ();
    fn handle(&mut self, meet: Meet, _: &mut Self::Context) {
        self.other = Some(meet.0);
    }
}

impl Handler<Ping> for Bat {
    type Result = ();
    fn handle(&mut self, ping: Ping, _: &mut Self::Context) {
        black_box(&ping.0);
        match (self.left.checked_sub(1), &self.other) {
            (Some(left), Some(other)) => {
                self.left = left;
                other.do_send(ping);
            }
            _ => drop(self.done.take().map(|done| done.send(()))),
        }
    }
}

/// The time for so many messages between two plain actors.
fn bare(messages: u64) -> Duration {
    sim::block_on(async {
        let (done, over) = futures::channel::oneshot::channel();
        let one = Bat { other: None, left: messages / 2, done: Some(done) }.start();
        let other = Bat { other: Some(one.clone()), left: u64::MAX, done: None }.start();
        one.do_send(Meet(other));
        let begun = Instant::now();
        one.do_send(Ping(Ball(0)));
        over.await.expect("the ball comes back");
        begun.elapsed()
    })
}

/// The time for thirty days of a thousand hosts in which nothing happens, and the bytes for each.
fn idle() -> (Duration, isize) {
    const HOSTS: isize = 1_000;
    sim::block_on(async {
        let mut simulation = simulation(true);
        COUNTS.store(true, Ordering::Relaxed);
        let before = IN_USE.load(Ordering::Relaxed);
        for number in 0..HOSTS {
            add(&mut simulation, &format!("host-{number}"), "lan", Wall);
        }
        simulation.boot().await;
        let bytes = (IN_USE.load(Ordering::Relaxed) - before) / HOSTS;
        COUNTS.store(false, Ordering::Relaxed);
        let begun = Instant::now();
        simulation.run_for(Span::days(30)).await.expect("time goes on");
        (begun.elapsed(), bytes)
    })
}

/// Measures with criterion, and keeps the best time for one of `share` parts of the work.
fn best(criterion: &mut Criterion, name: &str, share: u64, work: impl Fn() -> Duration) -> Duration {
    let best = Cell::new(Duration::MAX);
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|times| {
            (0..times)
                .map(|_| {
                    let took = work();
                    best.set(best.get().min(took));
                    took
                })
                .sum()
        });
    });
    best.get() / u32::try_from(share).expect("a small share")
}

fn deliveries(criterion: &mut Criterion) {
    const ROUNDS: u64 = 50_000;
    const COUNT: u64 = 2 * ROUNDS;
    let bare = best(criterion, "bare actix, 100,000 messages", COUNT, || bare(COUNT));
    println!("a bare message between two actors takes {bare:?}");
    type Work = fn(bool) -> Duration;
    let kinds: [(&str, Work); 2] = [
        ("datagrams", |tracing| tosses(ROUNDS, tracing)),
        ("messages over a connection", |tracing| rounds(ROUNDS, tracing, 0)),
    ];
    for (kind, work) in kinds {
        for (trace, tracing, wanted) in [("off", false, 25), ("on", true, 12)] {
            let name = format!("100,000 {kind}, trace {trace}");
            let one = best(criterion, &name, COUNT, || work(tracing));
            let share = bare.as_nanos() * 100 / one.as_nanos();
            println!("{kind}, trace {trace}: {one:?} each, {share}% of bare messages (wanted: {wanted}%)");
        }
    }
}

fn idleness(criterion: &mut Criterion) {
    let took = best(criterion, "1,000 idle hosts, 30 days", 1, || idle().0);
    println!("30 idle days of 1,000 hosts take {took:?} (wanted: under 100ms)");
    println!("an idle host takes {} bytes (wanted: at most 4096)", idle().1);
}

fn pending(criterion: &mut Criterion) {
    const ROUNDS: u64 = 10_000;
    for pending in [10, 1_000, 100_000] {
        let name = format!("an event with {pending} pending");
        let event = best(criterion, &name, 2 * ROUNDS, || rounds(ROUNDS, false, pending));
        println!("{name} takes {event:?}");
    }
}

criterion_group! {
    name = engine;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(3));
    targets = deliveries, idleness, pending
}
criterion_main!(engine);
