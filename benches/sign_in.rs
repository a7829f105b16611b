//! What a whole sign-in costs, against the bare cost of the cryptographic operations in it.
//!
//! The sign-in is the traveling salesman's first visit, from the first address that she opens to the
//! page that she sees, without a trace. The baseline does the same number of key agreements,
//! signatures and verifications and nothing else; the numbers are counted in a traced run.

#![allow(clippy::disallowed_types)] // A benchmark reads the wall clock.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use forestsim::crypto::agreement::EphemeralKey;
use forestsim::crypto::authority::{Authority, CertificateRequest, Usage, Validity};
use forestsim::crypto::certificate::Certificate;
use forestsim::crypto::chain::{TrustAnchors, verify_server};
use forestsim::crypto::key::PrivateKey;
use forestsim::crypto::random;
use forestsim::name::{DnsName, HostName};
use forestsim::protocol::http::Method;
use forestsim::role::browser::{Answers, Errand};
use forestsim::run::{self, RunOptions, deploy};
use forestsim::scenario::{self, Scenario};
use forestsim::sim;
use forestsim::trace::{Happening, Sent};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SCENARIO: &str = "scenarios/federation/traveling-salesman.yaml";
const CLIENT: &str = "sally-laptop";
const ADDRESS: &str = "https://purchasing.adventure-works.example/orders";
const DELIVERIES: u64 = 100_000;

/// How often each expensive operation occurs in one sign-in.
#[derive(Debug, Clone, Copy, Default)]
struct Operations {
    agreements: usize,
    chains: usize,
    signatures: usize,
    verifications: usize,
}

impl Operations {
    /// Counts them in the messages of a sign-in.
    fn of(messages: &[Sent]) -> Self {
        let count = |wanted: &dyn Fn(&Sent) -> bool| messages.iter().filter(|sent| wanted(sent)).count();
        let handshakes = count(&|sent| sent.protocol == "TLS" && sent.title.starts_with("server finished"));
        let client_certificates = count(&|sent| sent.title.contains("with the certificate of"));
        let tokens = count(&|sent| sent.title.starts_with("POST wresult"));
        let lists = count(&|sent| sent.title.contains("certificate revocation list"));
        Self {
            agreements: handshakes * 2,
            chains: handshakes + client_certificates,
            // A handshake proves each key shown; a token goes with a cookie; a list is signed.
            signatures: handshakes + client_certificates + tokens * 2 + lists,
            // Each proof of a key, each token when it is posted, the last one again when the page is
            // asked for, and for every token and list its signer's certificate.
            verifications: handshakes + client_certificates + (tokens + 1) * 2 + lists * 2,
        }
    }
}

fn load() -> Scenario {
    scenario::load(SCENARIO.as_ref()).expect("the shipped scenario is good")
}

fn count(scenario: &Scenario) -> Operations {
    let options = RunOptions { tracing: true, ..RunOptions::default() };
    let outcome = run::play(scenario, &options).expect("the shipped scenario plays");
    assert!(outcome.passed(), "the shipped scenario goes as expected");
    let sent = outcome.trace.step(0).filter_map(|event| match &event.happening {
        Happening::Sent(sent) => Some(sent.clone()),
        _ => None,
    });
    Operations::of(&sent.collect::<Vec<_>>())
}

/// The time of one sign-in; deployment and start-up are not counted.
fn sign_in(scenario: &Scenario) -> Duration {
    let options = RunOptions { tracing: false, ..RunOptions::default() };
    sim::block_on(async {
        let mut world = deploy::deploy(scenario, &options).expect("the shipped topology deploys");
        world.simulation.boot().await;
        world.simulation.run_until_quiet(DELIVERIES).await.expect("the hosts come to rest");
        let url = ADDRESS.parse().expect("a good address");
        let errand = Errand::Browse {
            url,
            method: Method::Get,
            answers: Answers::default(),
            alterations: Vec::new(),
            cookies: Vec::new(),
        };
        let begin = Instant::now();
        let client = HostName::new(CLIENT);
        world.simulation.stimulate(&client, errand.stimulus()).await.expect("the client is up");
        world.simulation.run_until_quiet(DELIVERIES).await.expect("the sign-in comes to an end");
        begin.elapsed()
    })
}

/// What the operations need: a key, a certificate and whom to trust.
struct Bare {
    key: PrivateKey,
    chain: Vec<Certificate>,
    anchors: TrustAnchors,
    name: DnsName,
}

impl Bare {
    fn new() -> Self {
        let time = |text: &str| text.parse().expect("a good time");
        let validity =
            Validity { not_before: time("2005-01-01T00:00:00Z"), not_after: time("2035-01-01T00:00:00Z") };
        let authority = Authority::root(1, "Bare Root", validity);
        let key = PrivateKey::derive(1, "bare");
        let name = DnsName::new("bare.example");
        let certificate = authority
            .issue(&CertificateRequest {
                subject: "bare",
                key: &key.public(),
                dns_names: std::slice::from_ref(&name),
                email: None,
                usage: Usage::Server,
                validity,
                crl_url: None,
            })
            .expect("a good request");
        let anchors = TrustAnchors::new([authority.certificate().clone()]);
        Self { key, chain: vec![certificate], anchors, name }
    }

    fn perform(&self, operations: Operations) {
        let mut random = random::stream(1, "bare", "keys");
        let now = "2008-03-03T09:00:00Z".parse().expect("a good time");
        let peer = EphemeralKey::generate(&mut random).public();
        for _ in 0..operations.agreements {
            let own = EphemeralKey::generate(&mut random);
            black_box(own.agree(&peer, &[0; 32]).expect("two good keys agree"));
        }
        for _ in 0..operations.chains {
            verify_server(&self.chain, &self.anchors, &self.name, now).expect("a good chain");
        }
        let signature = self.key.sign(b"a security token");
        for _ in 0..operations.signatures {
            black_box(self.key.sign(black_box(b"a security token")));
        }
        for _ in 0..operations.verifications {
            self.key.public().verify(b"a security token", &signature).expect("its own signature");
        }
    }
}

fn benchmark(criterion: &mut Criterion) {
    let scenario = load();
    let operations = count(&scenario);
    let bare = Bare::new();
    let mut whole_times = Vec::new();
    let mut bare_times = Vec::new();
    let mut group = criterion.benchmark_group("sign-in");
    group.sample_size(20);
    group.bench_function("whole", |bencher| {
        bencher.iter_custom(|iterations| {
            let times: Vec<Duration> = (0..iterations).map(|_| sign_in(&scenario)).collect();
            whole_times.extend(times.iter().copied());
            times.iter().sum()
        });
    });
    group.bench_function("bare cryptography", |bencher| {
        bencher.iter_custom(|iterations| {
            let timed = |_| {
                let begin = Instant::now();
                bare.perform(operations);
                begin.elapsed()
            };
            let times: Vec<Duration> = (0..iterations).map(timed).collect();
            bare_times.extend(times.iter().copied());
            times.iter().sum()
        });
    });
    group.finish();
    println!("operations in one sign-in: {operations:?}");
    // A filter on the command line may have left one of the two out.
    if let (Some(whole), Some(bare)) = (median(whole_times), median(bare_times)) {
        let ratio = whole.as_secs_f64() / bare.as_secs_f64();
        println!("whole {whole:?}, bare {bare:?}: ratio {ratio:.2} (bound 2)");
    }
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
