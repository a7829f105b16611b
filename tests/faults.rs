//! Each kind of fault does what it says, is recorded, and is named where it touched nothing.

mod net;

use forestsim::name::HostName;
use forestsim::protocol::wire;
use forestsim::sim::{
    self, ChannelError, ConnectError, ConnectErrorKind, Direction, DnsChange, Extent, Fault, FaultKind,
    Place, SimError,
};
use forestsim::time::{Span, VirtualTime};
use forestsim::trace::Happening;
use net::{Answer, Net, Say, at, say};
use proptest::prelude::*;

/// What the client lives through: a connection, two answers over it, and its clock.
#[derive(Debug)]
struct Day {
    connected: Result<(), ConnectError>,
    answers: Vec<Result<Say, ChannelError>>,
    began: VirtualTime,
    clock: VirtualTime,
}

struct Days {
    day: Answer<Day>,
    /// The datagrams that reached the server, in order.
    datagrams: Answer<Vec<String>>,
}

/// A client that talks to a server over TCP and UDP whenever it is stimulated.
fn town() -> (Net, Days) {
    let mut net = Net::of(&["client", "server"]);
    net.echo("server", 80);
    let datagrams = net.ask("server", |host| async move {
        let mut socket = host.bind(88);
        let mut heard = Vec::new();
        let patience = Span::minutes(1);
        while let Ok((_, _, Say(text))) = host.timeout(patience, socket.receive::<Say>()).await {
            heard.push(text);
        }
        heard
    });
    let day = net.on_demand("client", |host| async move {
        let began = host.now();
        let socket = host.bind(99);
        for text in ["1", "2", "3"] {
            socket.send(&"server".into(), 88, &say(text));
            host.sleep(Span::millis(20)).await;
        }
        let mut answers = Vec::new();
        let connected = match host.connect(&"server".into(), 80).await {
            Err(error) => Err(error),
            Ok(mut channel) => {
                for text in ["hello", "bye"] {
                    let _ = channel.send(&say(text)).await;
                    answers.push(channel.receive().await);
                }
                Ok(())
            }
        };
        Day { connected, answers, began, clock: host.now() }
    });
    (net, Days { day, datagrams })
}

struct Seen {
    day: Day,
    datagrams: Vec<String>,
    run: net::Run,
}

impl Seen {
    fn heard(&self) -> Vec<&str> {
        self.datagrams.iter().map(String::as_str).collect()
    }

    fn is_all_well(&self) -> bool {
        self.day.connected.is_ok()
            && self.day.answers == [Ok(say("hello")), Ok(say("bye"))]
            && self.heard() == ["1", "2", "3"]
    }
}

fn live_through(faults: Vec<Fault>) -> Seen {
    let (mut net, days) = town();
    let run = net.run_with_stimulus("client", faults);
    let datagrams = days.datagrams.take().unwrap_or_default();
    Seen { day: days.day.take().unwrap(), datagrams, run }
}

const NEXT: Extent = Extent::Next(1);

/// A fault, and what it changes in the day.
type Case = (FaultKind, fn(&Seen) -> bool);

/// Every kind of fault.
fn cases() -> Vec<Case> {
    let (from, to) = (|| at("client"), || at("server"));
    let second = Span::seconds(1);
    vec![
        (FaultKind::Loss { from: from(), to: to(), extent: NEXT }, |seen| {
            seen.heard() == ["2", "3"] && seen.run.losses() == ["lost by the fault `it`"]
        }),
        (FaultKind::Loss { from: to(), to: from(), extent: NEXT }, |seen| {
            // The first answer had to be sent again, a second later.
            let again = seen.run.sent().iter().any(|sent| sent.title == "hello (sent again)");
            seen.is_all_well() && again && seen.day.clock - seen.day.began >= Span::seconds(1)
        }),
        (FaultKind::Loss { from: from(), to: to(), extent: Extent::Percent(100) }, |seen| {
            let error = seen.day.connected.as_ref().unwrap_err();
            error.kind == ConnectErrorKind::TimedOut
                && error.why == "lost by the fault `it`"
                && seen.heard().is_empty()
        }),
        (FaultKind::Delay { from: from(), to: to(), extent: NEXT, by: Span::millis(30) }, |seen| {
            seen.heard() == ["2", "1", "3"]
        }),
        (FaultKind::Duplicate { from: from(), to: to(), extent: Extent::Percent(100) }, |seen| {
            // Datagrams come twice; what goes over a connection comes once all the same.
            seen.heard() == ["1", "1", "2", "2", "3", "3"]
                && seen.day.answers == [Ok(say("hello")), Ok(say("bye"))]
        }),
        (
            FaultKind::Reorder { from: from(), to: to(), extent: Extent::Percent(100), within: second },
            |seen| {
                seen.heard().len() == 3
                    && seen.heard() != ["1", "2", "3"]
                    && seen.day.answers == [Ok(say("hello")), Ok(say("bye"))]
            },
        ),
        (FaultKind::Corrupt { from: to(), to: from(), extent: NEXT }, |seen| {
            seen.day.answers[0] != Ok(say("hello")) && seen.heard() == ["1", "2", "3"]
        }),
        (FaultKind::Cut { from: from(), to: to(), direction: Direction::OneWay }, |seen| {
            let error = seen.day.connected.as_ref().unwrap_err();
            (error.kind, error.at.as_str()) == (ConnectErrorKind::TimedOut, "server")
                && seen.heard().is_empty()
        }),
        (FaultKind::Cut { from: to(), to: from(), direction: Direction::OneWay }, |seen| {
            // The attempts arrive, their answers do not.
            let error = seen.day.connected.as_ref().unwrap_err();
            error.kind == ConnectErrorKind::TimedOut
                && error.why == "lost by the fault `it`"
                && seen.heard() == ["1", "2", "3"]
        }),
        (FaultKind::Cut { from: to(), to: Place::Any, direction: Direction::BothWays }, |seen| {
            seen.day.connected.is_err() && seen.heard().is_empty()
        }),
        (FaultKind::Crash { host: "server".into() }, |seen| {
            let error = seen.day.connected.as_ref().unwrap_err();
            (error.kind, error.why.as_str()) == (ConnectErrorKind::TimedOut, "server is down")
                && seen.run.losses() == ["server is down"; 3]
        }),
        (FaultKind::CrashSending { host: "server".into(), to: from(), messages: 1 }, |seen| {
            // The first answer is the last thing that it does.
            seen.day.answers[0] == Ok(say("hello")) && seen.day.answers[1].is_err()
        }),
        (FaultKind::Clock { host: "client".into(), offset: Span::hours(-1), drift_ppm: 500_000 }, |seen| {
            // Six milliseconds of connection and sixty of sleep, each half as long again by this clock.
            let shown = seen.day.clock - seen.day.began;
            seen.is_all_well()
                && seen.day.began == seen.run.start - Span::hours(1)
                && shown == Span::millis(99)
        }),
    ]
}

#[test]
fn every_kind_of_fault_does_what_it_says() {
    assert!(live_through(Vec::new()).is_all_well());
    for (kind, shows) in cases() {
        let text = kind.to_string();
        let seen = live_through(vec![Fault::new("it", kind)]);
        assert!(shows(&seen), "{text}: {:#?} {:?}", seen.day, seen.datagrams);
        assert_eq!(seen.run.untouched, [""; 0], "{text}");
        let told = fault_story(&seen.run);
        assert_eq!(told[0], text);
        assert!(told[1].starts_with("touches"), "{told:?}");
        assert_eq!(told.len(), 2, "the beginning and the first touch, no more");
    }
}

fn fault_story(run: &net::Run) -> Vec<&str> {
    let told = run.events.iter().filter_map(|event| match &event.happening {
        Happening::Fault { name, what } if name == "it" => Some(what.as_str()),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_fault_that_touches_nothing_is_named_unless_it_may() {
    let restart = FaultKind::Restart { host: "server".into() };
    for kind in cases().into_iter().map(|(kind, _)| kind).chain([restart]) {
        let text = kind.to_string();
        let mut net = Net::of(&["client", "server"]);
        let needed = Fault::new("needed", kind.clone());
        let tolerated = Fault::new("tolerated", kind).optional();
        let run = net.run_after(|simulation| {
            simulation.inject(needed).unwrap();
            simulation.inject(tolerated).unwrap();
        });
        assert_eq!(run.untouched, ["needed"], "{text}");
    }
}

#[test]
fn a_crash_takes_what_is_volatile_and_leaves_what_is_durable() {
    sim::block_on(async {
        let mut net = Net::of(&["client", "server"]);
        let starts = std::rc::Rc::new(std::cell::Cell::new(0));
        let durable = starts.clone();
        net.role("server", move |host| {
            durable.set(durable.get() + 1);
            let start = durable.get();
            async move {
                let mut listener = host.listen(80);
                loop {
                    let mut channel = listener.accept().await;
                    let _ = channel.send(&Say(format!("start {start}"))).await;
                    let patience = Span::hours(1);
                    host.spawn(async move { drop(channel.receive_within::<Say>(patience).await) });
                }
            }
        });
        // One channel is kept across the crash, one is opened after it.
        let day = net.on_demand("client", |host| async move {
            let mut old = host.connect(&"server".into(), 80).await.unwrap();
            let first = old.receive::<Say>().await;
            host.sleep(Span::minutes(10)).await;
            old.send(&say("still there?")).await.unwrap();
            let lost = old.receive::<Say>().await;
            let mut new = host.connect(&"server".into(), 80).await.unwrap();
            (first, lost, new.receive::<Say>().await)
        });
        let mut simulation = net.boot().await;
        simulation.stimulate(&"client".into(), Vec::new()).await.unwrap();
        simulation.run_for(Span::minutes(1)).await.unwrap();
        let crash = FaultKind::Crash { host: "server".into() };
        simulation.inject(Fault::new("crash", crash.clone()).lasting(Span::minutes(2))).unwrap();
        let down = simulation.stimulate(&"server".into(), Vec::new()).await;
        assert_eq!(down, Err(SimError::HostDown { host: "server".into() }));
        simulation.run_until_quiet(1_000).await.unwrap();
        let expected = (Ok(say("start 1")), Err(ChannelError::Closed), Ok(say("start 2")));
        assert_eq!(day.take(), Some(expected));
        assert_eq!(starts.get(), 2);

        // A second crash, ended by hand: nobody was there, so it touched nothing.
        simulation.inject(Fault::new("crash again", crash)).unwrap();
        let restart = FaultKind::Restart { host: "server".into() };
        simulation.inject(Fault::new("restart", restart)).unwrap();
        simulation.run_until_quiet(1_000).await.unwrap();
        assert_eq!(starts.get(), 3);
        assert_eq!(simulation.heal("crash again"), Err(SimError::UnknownFault("crash again".into())));
        assert_eq!(simulation.untouched_faults(), ["crash again"]);
    });
}

#[test]
fn faults_end_by_themselves_or_by_hand_and_clocks_are_right_again() {
    sim::block_on(async {
        let mut net = Net::of(&["client"]);
        let clock = net.on_demand("client", |host| async move { host.now() });
        let mut simulation = net.boot().await;
        let off = |offset| FaultKind::Clock { host: "client".into(), offset, drift_ppm: 0 };
        simulation.inject(Fault::new("hour", off(Span::hours(1)))).unwrap();
        simulation.inject(Fault::new("day", off(Span::days(1))).lasting(Span::minutes(5))).unwrap();
        let story: [(Span, &[&str], Span); 3] = [
            (Span::ZERO, &[], Span::days(1)),
            (Span::minutes(6), &[], Span::hours(1)),
            (Span::ZERO, &["hour"], Span::ZERO),
        ];
        for (later, heal, ahead) in story {
            simulation.run_for(later).await.unwrap();
            heal.iter().for_each(|name| simulation.heal(name).unwrap());
            simulation.stimulate(&"client".into(), Vec::new()).await.unwrap();
            assert_eq!(clock.take().unwrap() - simulation.now(), ahead);
        }
        assert!(simulation.untouched_faults().is_empty());
    });
}

#[test]
fn a_fault_must_befall_what_exists_and_have_a_name_of_its_own() {
    let mut net = Net::of(&["client"]);
    net.run_after(|simulation| {
        let lost = |from| FaultKind::Loss { from, to: Place::Any, extent: NEXT };
        let nobody = HostName::new("nobody");
        let error = simulation.inject(Fault::new("a", lost(Place::Host(nobody.clone()))));
        assert_eq!(error, Err(SimError::UnknownHost(nobody)));
        let error = simulation.inject(Fault::new("a", lost(net::zone("nowhere"))));
        assert_eq!(error, Err(SimError::UnknownZone("nowhere".into())));
        simulation.inject(Fault::new("a", lost(Place::Any)).optional()).unwrap();
        let error = simulation.inject(Fault::new("a", lost(Place::Any)));
        assert_eq!(error, Err(SimError::DuplicateFault("a".into())));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is corrupted, lost, doubled and delayed: nobody panics, and what was not corrupted
    /// arrives over the connection as it was sent, or not at all.
    #[test]
    fn noise_is_survived(seed: u64, corrupt in 0u8..60, lose in 0u8..40, double in 0u8..60, hold in 0u8..60) {
        let everywhere = || (Place::Any, Place::Any);
        let (from, to) = everywhere();
        let corrupts = FaultKind::Corrupt { from, to, extent: Extent::Percent(corrupt) };
        let (from, to) = everywhere();
        let loses = FaultKind::Loss { from, to, extent: Extent::Percent(lose) };
        let (from, to) = everywhere();
        let doubles = FaultKind::Duplicate { from, to, extent: Extent::Percent(double) };
        let (from, to) = everywhere();
        let holds = FaultKind::Reorder { from, to, extent: Extent::Percent(hold), within: Span::seconds(3) };
        let kinds = [corrupts, loses, doubles, holds];
        let faults = kinds.into_iter().enumerate().map(|(number, kind)| Fault::new(number.to_string(), kind));
        let (mut net, days) = town();
        net.seed = seed;
        net.run_with_stimulus("client", faults.collect());
        let day = days.day.take().expect("the client is always told");
        if corrupt == 0 {
            for (answer, asked) in day.answers.into_iter().zip(["hello", "bye"]) {
                prop_assert!(answer.is_err() || answer == Ok(say(asked)));
            }
        }
    }

    /// Random bytes are no message, no name server's change, and no panic.
    #[test]
    fn random_bytes_do_no_harm(bytes: Vec<u8>) {
        let _ = wire::decode::<Say>(&bytes);
        let _ = wire::decode::<forestsim::sim::dns::DnsMessage>(&bytes);
        let _ = wire::decode::<DnsChange>(&bytes);
        let mut net = Net::of(&["names"]);
        net.dns("names", Default::default());
        sim::block_on(async {
            let mut simulation = net.boot().await;
            let stimulus = [b"dns:", &bytes[..]].concat();
            simulation.stimulate(&"names".into(), stimulus).await.unwrap();
        });
    }
}
