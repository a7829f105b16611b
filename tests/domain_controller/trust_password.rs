//! The password of a trust, and a network that fails at any moment of its change.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use forestsim::directory::GlobalCatalog;
use forestsim::name::HostName;
use forestsim::role::domain_controller::DomainController;
use forestsim::sim::{
    self, Direction, Fault, FaultKind, Latency, Network, Place, Simulation, SimulationConfig,
};
use forestsim::time::Span;
use forestsim::trace::{Event, Happening};
use forestsim::trust::TrustKind;

use super::world::*;

/// Cuts the network between the two controllers for a minute, so long after the password is due; and
/// whether Sally gets a ticket two minutes after that, and again half an hour later.
fn cut_after(moment: Span) -> (Vec<bool>, Vec<Event>) {
    let world = world(TrustKind::Forest, false);
    sim::block_on(async {
        let mut network = Network::default();
        network.add_zone("lan", Latency::fixed(Span::millis(1)));
        let config = SimulationConfig { seed: 1, start: start(), network, tracing: true };
        let mut simulation = Simulation::new(config);
        let hosts = BTreeMap::from([
            (CORP.into(), HostName::new("dc-corp")),
            (PERIMETER.into(), HostName::new("dc-perimeter")),
        ]);
        for (name, host) in [(CORP, "dc-corp"), (PERIMETER, "dc-perimeter")] {
            let domain = world.domains[name].clone();
            let catalog = GlobalCatalog::of([&domain]);
            let role = DomainController::new(domain, catalog, world.trusts_of(name), &Rc::default());
            simulation.add_host(host_config(&host.into(), hosts.clone()), vec![Rc::new(role)]).unwrap();
        }
        let answers = Rc::new(RefCell::new(Vec::new()));
        let kept = answers.clone();
        let client = Scripted(Box::new(move |host| {
            let kept = kept.clone();
            Box::pin(async move {
                let seat = Seat::new(host);
                for wait in [Span::days(30) + Span::minutes(2), Span::minutes(30)] {
                    seat.host.rest(wait).await;
                    let ticket = seat.ticket("sally@corp.example", WS).await;
                    kept.borrow_mut().push(ticket.is_ok());
                }
            })
        }));
        simulation.add_host(host_config(&"client".into(), hosts), vec![Rc::new(client)]).unwrap();
        simulation.boot().await;
        simulation.run_for(Span::days(30) + moment).await.unwrap();
        let place = |host: &str| Place::Host(host.into());
        let kind = FaultKind::Cut {
            from: place("dc-corp"),
            to: place("dc-perimeter"),
            direction: Direction::BothWays,
        };
        let duration = Some(Span::minutes(1));
        simulation.inject(Fault { name: "cut".to_owned(), kind, optional: true, duration }).unwrap();
        simulation.run_for(Span::hours(1)).await.unwrap();
        simulation.run_until_quiet(10_000).await.unwrap();
        let (events, _) = simulation.finish();
        (answers.take(), events)
    })
}

#[test]
fn whenever_the_network_fails_the_trust_goes_on_and_both_sides_agree_in_the_end() {
    let mut set_twice = 0;
    for moment in 0..16 {
        let (tickets, events) = cut_after(Span::millis(moment));
        assert_eq!(tickets, [true, true], "cut after {moment} ms");
        let told = |host: &str, text: &str| {
            let told = |event: &&Event| {
                let here = event.host.as_ref().is_some_and(|name| name.as_str() == host);
                here && matches!(&event.happening, Happening::State(change)
                    if change.store == "trust password" && change.value.as_ref().is_some_and(|value| value.contains(text)))
            };
            events.iter().filter(told).count()
        };
        assert_eq!(told("dc-perimeter", "the partner is to be told"), 1, "one change, after {moment} ms");
        assert_eq!(told("dc-perimeter", "which the partner has too"), 1, "one end of it, after {moment} ms");
        set_twice += usize::from(told("dc-corp", "a new one") == 2);
    }
    assert!(set_twice > 0, "at some moment it is the answer that is lost, and the partner is told twice");
}
