//! What ten years of Edge Subscriptions cost, with three hubs and two edges: the whole run of
//! `benches/ten-years.yaml`, its trace kept as `forestsim run` keeps it, against the bare cost of the
//! cryptographic operations in it.
//!
//! The baseline does the same number of key agreements, signatures, verifications, seals, openings and
//! derivations of keys from passwords, and nothing else; the numbers are counted in the trace. Before
//! anything is measured, the accounts of each pair are followed through the ten years.

#![allow(clippy::disallowed_types)] // A benchmark reads the wall clock.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use forestsim::crypto::agreement::EphemeralKey;
use forestsim::crypto::symmetric::SymmetricKey;
use forestsim::crypto::{PrivateKey, Secret, open, random, seal};
use forestsim::run::{self, RunOptions};
use forestsim::scenario::{self, Scenario};
use forestsim::time::VirtualTime;
use forestsim::trace::outcome::Outcome;
use forestsim::trace::{Event, Happening};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SCENARIO: &str = "benches/ten-years.yaml";

/// How often each expensive operation occurs.
#[derive(Debug, Clone, Copy)]
struct Operations {
    sessions: usize,
    seals: usize,
    openings: usize,
    derivations: usize,
}

impl Operations {
    fn of(events: &[Event]) -> Self {
        let count = |wanted: &dyn Fn(&Happening) -> bool| {
            events.iter().filter(|event| wanted(&event.happening)).count()
        };
        let accounts = count(
            &|happening| matches!(happening, Happening::State(change) if change.store == "AD LDS account" && change.value.is_some()),
        );
        let binds = count(
            &|happening| matches!(happening, Happening::Sent(sent) if sent.title.starts_with("bind as")),
        );
        Self {
            sessions: count(
                &|happening| matches!(happening, Happening::Sent(sent) if sent.title == "server finished"),
            ),
            // One copy for the hub, and one for the edge.
            seals: accounts * 2,
            openings: count(
                &|happening| matches!(happening, Happening::Verdict(verdict) if verdict.rule.as_str() == "edge.credential-opens"),
            ),
            derivations: accounts + binds,
        }
    }

    fn perform(self) {
        let mut random = random::stream(1, "bare", "keys");
        let key = PrivateKey::generate(&mut random);
        let statement = [7; 52];
        let password = Secret::new("p".repeat(127));
        for _ in 0..self.sessions {
            let ends = [EphemeralKey::generate(&mut random), EphemeralKey::generate(&mut random)];
            let [a, b] = ends.each_ref().map(EphemeralKey::public);
            let [client, server] = ends;
            black_box(client.agree(&b, &[0; 32]).expect("two good keys agree"));
            black_box(server.agree(&a, &[0; 32]).expect("two good keys agree"));
            let signature = key.sign(&statement);
            key.public().verify(&statement, &signature).expect("its own signature");
        }
        let sealed = seal(&key.public(), b"context", password.reveal().as_bytes(), &mut random);
        for _ in 0..self.seals {
            black_box(seal(&key.public(), b"context", password.reveal().as_bytes(), &mut random));
        }
        for _ in 0..self.openings {
            black_box(open(&key, b"context", &sealed).expect("its own seal"));
        }
        for _ in 0..self.derivations {
            black_box(SymmetricKey::derive_from_password("AD LDS esra.hub-1.edge-1", &password));
        }
    }
}

fn load() -> Scenario {
    scenario::load(SCENARIO.as_ref()).expect("the scenario is good")
}

fn play(scenario: &Scenario) -> Outcome {
    run::play(scenario, &RunOptions::default()).expect("the scenario plays")
}

/// From its first account on, each pair has one or two at its edge at every moment, and one of them is
/// good.
fn follow_the_accounts(events: &[Event]) {
    let mut pairs: BTreeMap<String, BTreeMap<String, (VirtualTime, VirtualTime)>> = BTreeMap::new();
    for event in events {
        let Happening::State(change) = &event.happening else { continue };
        if change.store != "AD LDS account" || change.item.split('.').count() < 4 {
            continue;
        }
        let pair = change.item.rsplitn(2, '.').last().expect("a name has parts").to_owned();
        let accounts = pairs.entry(pair).or_default();
        match &change.value {
            Some(good) => {
                let mut words = good.split(' ').filter_map(|word| word.parse::<VirtualTime>().ok());
                let term = (words.next().expect("from"), words.next().expect("until"));
                accounts.insert(change.item.clone(), term);
            }
            None => drop(accounts.remove(&change.item)),
        }
        assert!((1..=2).contains(&accounts.len()), "{} at {}: {accounts:?}", change.item, event.at);
        let good = accounts.values().any(|(from, until)| *from <= event.at && event.at < *until);
        assert!(good, "{} at {}: {accounts:?}", change.item, event.at);
    }
    assert_eq!(pairs.len(), 6, "three hubs and two edges");
}

fn benchmark(criterion: &mut Criterion) {
    let scenario = load();
    let outcome = play(&scenario);
    assert!(outcome.passed(), "the ten years go as expected");
    follow_the_accounts(&outcome.trace.events);
    let operations = Operations::of(&outcome.trace.events);
    println!("events in ten years: {}", outcome.trace.events.len());
    println!("operations in ten years: {operations:?}");
    drop(outcome);
    let mut whole_times = Vec::new();
    let mut bare_times = Vec::new();
    let mut group = criterion.benchmark_group("edge-sync");
    group.sample_size(10);
    group.bench_function("ten years", |bencher| {
        bencher.iter_custom(|iterations| timed(iterations, &mut whole_times, || drop(play(&scenario))));
    });
    group.bench_function("bare cryptography", |bencher| {
        bencher.iter_custom(|iterations| timed(iterations, &mut bare_times, || operations.perform()));
    });
    group.finish();
    // A filter on the command line may have left one of the two out.
    if let (Some(whole), Some(bare)) = (median(whole_times), median(bare_times)) {
        let ratio = whole.as_secs_f64() / bare.as_secs_f64();
        println!("ten years {whole:?} (bound 2 s), bare {bare:?}: ratio {ratio:.2}");
    }
}

fn timed(iterations: u64, times: &mut Vec<Duration>, work: impl Fn()) -> Duration {
    let before = times.len();
    for _ in 0..iterations {
        let begin = Instant::now();
        work();
        times.push(begin.elapsed());
    }
    times[before..].iter().sum()
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
