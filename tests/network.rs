//! What the network does to those who use it: ways, firewalls, connections, datagrams, time.

mod net;

use forestsim::name::HostName;
use forestsim::sim::{self, ChannelError, ConnectErrorKind, FirewallRule, Latency, Ports, SimError};
use forestsim::time::Span;
use forestsim::trace::{Happening, Transport};
use net::{Net, Say, at, say, tcp, zone};

/// Client and server on both sides of a firewall: `client` in `office`, `server` in `dmz`.
fn divided() -> Net {
    let mut net = Net::default();
    net.zone("office", 1).zone("dmz", 1).link("office", "dmz", 5).firewall("fw", "office", "dmz");
    net.host("client", "office").host("server", "dmz");
    net.echo("server", 443);
    net
}

#[test]
fn a_question_crosses_and_its_answer_says_what_led_to_it() {
    let mut net = Net::of(&["client", "server"]);
    net.echo("server", 80);
    let said = net.ask("client", |host| async move {
        let mut channel = host.connect(&"server".into(), 80).await.unwrap();
        channel.send(&say("hello")).await.unwrap();
        (channel.receive::<Say>().await, host.now())
    });
    let run = net.run();
    let (answer, when) = said.take().unwrap();
    assert_eq!(answer, Ok(say("hello")));
    // Opening and asking cost one round trip of two milliseconds each; the end of the connection and
    // its acknowledgement, another.
    assert_eq!(when - run.start, Span::millis(4));
    assert_eq!(run.took(), Span::millis(6));
    let [connected, question, answer] = &run.events[..] else { panic!("{:#?}", run.events) };
    assert!(matches!(&connected.happening, Happening::Connection(it) if it.outcome.is_ok()));
    assert_eq!((question.cause, answer.cause), (None, Some(question.number)));
    let Happening::Sent(sent) = &answer.happening else { panic!("{answer:?}") };
    assert_eq!((sent.to.as_str(), sent.port, sent.latency), ("client", 80, Some(Span::millis(1))));
    assert_eq!(sent.digest.len(), 16);
}

#[test]
fn messages_arrive_in_order_however_the_frames_race() {
    let mut net = Net::of(&["client", "server"]);
    net.network.add_zone("lan", Latency::between(Span::micros(1), Span::millis(900)));
    let told = net.ask("server", |host| async move {
        let mut channel = host.listen(80).accept().await;
        let mut told = Vec::new();
        while let Ok(Say(text)) = channel.receive().await {
            told.push(text);
        }
        told
    });
    net.role("client", |host| async move {
        let mut channel = host.connect(&"server".into(), 80).await.unwrap();
        for number in 0..50 {
            channel.send(&say(&number.to_string())).await.unwrap();
        }
    });
    let run = net.run();
    let expected: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    assert_eq!(told.take().unwrap(), expected);
    let mut arrivals: Vec<_> = run.sent().iter().map(|sent| sent.latency).collect();
    arrivals.dedup();
    assert!(!arrivals.is_sorted(), "no frame overtook another, so the test shows nothing");
}

#[test]
fn failures_to_connect_are_told_apart_and_know_their_cause() {
    type Case = (fn(&mut Net), &'static str, ConnectErrorKind, Span, &'static str, &'static str);
    let cases: [Case; 4] = [
        (
            |net| drop(net.network.unlink("office", "dmz")),
            "server",
            ConnectErrorKind::NoRoute,
            Span::ZERO,
            "client",
            "no links lead from client (office) to server (dmz)",
        ),
        (|_| {}, "nobody", ConnectErrorKind::NoRoute, Span::ZERO, "client", "no host has the address nobody"),
        (
            |_| {},
            "server",
            ConnectErrorKind::TimedOut,
            Span::seconds(21),
            "fw",
            "fw lets nothing through from client (office) to server (dmz) on TCP 444",
        ),
        (
            |net| net.network.open(&"fw".into(), "any", tcp(zone("office"), zone("dmz"), &[444])).unwrap(),
            "server",
            ConnectErrorKind::Refused,
            Span::millis(10),
            "server",
            "server listens on no TCP port 444",
        ),
    ];
    for (prepare, to, kind, after, place, why) in cases {
        let mut net = divided();
        prepare(&mut net);
        let failed = net.ask("client", move |host| async move {
            let error = host.connect(&to.into(), 444).await.unwrap_err();
            (error, host.now())
        });
        let run = net.run();
        let (error, when) = failed.take().unwrap();
        assert_eq!((error.kind, error.at.as_str(), error.why.as_str()), (kind, place, why));
        assert_eq!(when - run.start, after, "{why}");
        let [event] = &run.events[..] else { panic!("{:#?}", run.events) };
        let Happening::Connection(attempt) = &event.happening else { panic!("{event:?}") };
        assert_eq!(attempt.outcome, Err(format!("{kind}: {why}")));
    }
}

#[test]
fn a_firewall_looks_at_who_begins_and_a_rule_can_come_and_go() {
    sim::block_on(async {
        let mut net = divided();
        net.echo("client", 443);
        let out = net.on_demand("client", |host| async move {
            host.connect(&"server".into(), 443).await.map(drop).map_err(|error| error.kind)
        });
        let back = net.on_demand("server", |host| async move {
            host.connect(&"client".into(), 443).await.map(drop).map_err(|error| error.kind)
        });
        let mut simulation = net.boot().await;
        let fw = HostName::new("fw");
        for open in [false, true, false] {
            if open {
                simulation.network_mut().open(&fw, "web", tcp(at("client"), zone("dmz"), &[443])).unwrap();
            } else {
                let _ = simulation.network_mut().close(&fw, "web");
            }
            for host in ["client", "server"] {
                simulation.stimulate(&host.into(), Vec::new()).await.unwrap();
            }
            simulation.run_until_quiet(1_000).await.unwrap();
            let expected = if open { Ok(()) } else { Err(ConnectErrorKind::TimedOut) };
            assert_eq!(out.take(), Some(expected));
            assert_eq!(back.take(), Some(Err(ConnectErrorKind::TimedOut)), "the rule is for one direction");
        }
    });
}

#[test]
fn a_way_takes_the_fewest_links_and_of_equal_ways_the_first_by_name() {
    let mut net = Net::default();
    for name in ["a", "b", "c", "d", "e"] {
        net.zone(name, 1);
    }
    // From a to e: by b and d or by c and d, three links; no shorter way.
    net.link("a", "c", 100).link("a", "b", 10).link("c", "d", 100).link("b", "d", 20).link("d", "e", 40);
    net.host("client", "a").host("server", "e").echo("server", 7);
    let latency = net.ask("client", |host| async move {
        let before = host.now();
        host.connect(&"server".into(), 7).await.unwrap();
        host.now() - before
    });
    net.run();
    assert_eq!(latency.take(), Some(Span::millis(2 * (10 + 20 + 40))));
}

#[test]
fn an_answer_to_a_datagram_passes_the_firewall_and_a_greeting_does_not() {
    let mut net = divided();
    let to_server = FirewallRule {
        from: zone("office"),
        to: at("server"),
        transport: Transport::Udp,
        ports: Ports::only([88]),
    };
    net.network.open(&"fw".into(), "kerberos", to_server).unwrap();
    net.role("server", |host| async move {
        let mut socket = host.bind(88);
        let (from, port, message) = socket.receive::<Say>().await;
        socket.send(&from, port, &message);
        socket.send(&from, 99, &say("greeting"));
    });
    let told = net.ask("client", |host| async move {
        let (mut socket, mut other) = (host.bind(98), host.bind(99));
        socket.send(&"server".into(), 88, &say("hello"));
        let answer = socket.receive::<Say>().await.2;
        (answer, host.timeout(Span::seconds(5), other.receive::<Say>()).await.is_err())
    });
    let run = net.run();
    assert_eq!(told.take(), Some((say("hello"), true)));
    let why = "fw lets nothing through from server (dmz) to client (office) on UDP 99";
    assert_eq!(run.losses(), [why]);
}

#[test]
fn only_an_open_deadline_moves_time() {
    let mut net = Net::of(&["client"]);
    let in_time = net.ask("client", |host| async move {
        let resting = host.clone();
        host.spawn(async move {
            loop {
                resting.rest(Span::days(1)).await;
            }
        });
        let waited = host.timeout(Span::hours(1), host.sleep(Span::minutes(1))).await;
        let gave_up = host.timeout(Span::minutes(1), host.sleep(Span::hours(9))).await;
        (waited.is_ok(), gave_up.is_ok())
    });
    let run = net.run();
    assert_eq!(in_time.take(), Some((true, false)));
    assert_eq!(run.took(), Span::minutes(2), "neither given-up deadlines nor rests move time");
}

#[test]
fn a_rest_ends_when_time_passes() {
    sim::block_on(async {
        let mut net = Net::of(&["client"]);
        let rested = net.ask("client", |host| async move {
            host.rest(Span::days(1)).await;
            host.now()
        });
        let mut simulation = net.boot().await;
        simulation.run_for(Span::days(30)).await.unwrap();
        assert_eq!(rested.take(), Some(net.start + Span::days(1)));
        assert_eq!(simulation.now(), net.start + Span::days(30));
    });
}

#[test]
fn those_who_never_stop_talking_are_named() {
    sim::block_on(async {
        let mut net = Net::of(&["client", "server"]);
        net.echo("server", 80);
        net.role("client", |host| async move {
            let mut channel = host.connect(&"server".into(), 80).await.unwrap();
            let _ = channel.send(&say("hello")).await;
            net::repeat(channel).await;
        });
        let mut simulation = net.boot().await;
        let error = simulation.run_until_quiet(1_000).await.unwrap_err();
        let SimError::NeverQuiet { deliveries, last, .. } = error else { panic!("{error}") };
        assert_eq!(deliveries, 1_000);
        assert!(["client", "server"].contains(&last.as_str()));
    });
}

#[test]
fn what_was_sent_before_the_end_is_read_and_then_the_end_is_told() {
    let mut net = Net::of(&["client", "server"]);
    net.role("server", |host| async move {
        let mut channel = host.listen(80).accept().await;
        for text in ["one", "two"] {
            channel.send(&say(text)).await.unwrap();
        }
        channel.close();
    });
    let told = net.ask("client", |host| async move {
        let mut channel = host.connect(&"server".into(), 80).await.unwrap();
        host.sleep(Span::seconds(10)).await;
        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(channel.receive::<Say>().await);
        }
        let refused = channel.send(&say("late")).await;
        (told, refused)
    });
    net.run();
    let (told, refused) = told.take().unwrap();
    assert_eq!(told, [Ok(say("one")), Ok(say("two")), Err(ChannelError::Closed)]);
    assert_eq!(refused, Err(ChannelError::Closed));
}

#[test]
fn one_more_host_shifts_no_draw_and_the_same_seed_gives_the_same_run() {
    let run = |seed: u64, bystander: bool| {
        let mut net = Net::of(&["client", "server"]);
        net.seed = seed;
        net.network.add_zone("lan", Latency::between(Span::millis(1), Span::millis(9)));
        if bystander {
            net.host("bystander", "lan").role("bystander", |host| async move {
                drop(host.connect(&"server".into(), 80).await);
            });
        }
        net.echo("server", 80);
        net.role("client", |host| async move {
            let mut channel = host.connect(&"server".into(), 80).await.unwrap();
            for _ in 0..5 {
                channel.send(&say("hello")).await.unwrap();
                channel.receive::<Say>().await.unwrap();
            }
        });
        net.run()
    };
    let latencies = |run: &net::Run| -> Vec<_> {
        let from_client = run.sent().into_iter().filter(|sent| sent.to.as_str() == "server");
        from_client.map(|sent| sent.latency.unwrap()).collect()
    };
    let alone = run(1, false);
    assert_eq!(alone, run(1, false));
    assert_ne!(latencies(&alone), latencies(&run(2, false)));
    assert_eq!(latencies(&alone), latencies(&run(1, true)));
    assert_eq!(latencies(&alone).len(), 5);
    assert!(alone.random["client/latency"] > 5);
}

#[test]
fn a_port_that_is_taken_is_in_the_log() {
    let mut net = Net::of(&["server"]);
    net.echo("server", 80).echo("server", 80);
    let run = net.run();
    let [event] = &run.events[..] else { panic!("{:#?}", run.events) };
    let Happening::Log(entry) = &event.happening else { panic!("{event:?}") };
    assert_eq!(entry.text, "TCP port 80 is taken; give one of the two roles another port");
}

#[test]
#[should_panic(expected = "a broken invariant")]
fn a_panic_in_a_role_ends_the_run_and_not_only_the_host() {
    let mut net = Net::of(&["server"]);
    net.role("server", |host| async move {
        host.sleep(Span::seconds(1)).await;
        panic!("a broken invariant");
    });
    net.run();
}
