//! Where a name leads: hosts files, name servers that know, that pass on, and that disagree.

mod net;

use forestsim::name::{DnsName, HostName};
use forestsim::sim::{self, ConnectErrorKind, DnsChange, DnsZone, Record, Resolved};
use forestsim::time::Span;
use net::Net;

/// Two name servers with different minds about one name: `inside` knows it, `outside` has another.
fn split_horizon() -> Net {
    let mut net = Net::of(&["client", "inside", "outside", "web", "proxy"]);
    let records = |host: &str| [("www.corp.example".into(), Record::address(host))].into();
    let mut zone = DnsZone { records: records("web"), ..DnsZone::default() };
    let alias = Record::Alias("www.corp.example".into());
    zone.records.insert("intranet.corp.example".into(), alias);
    zone.forwarders.insert("partner.example".into(), "outside".into());
    net.dns("inside", zone);
    let mut zone = DnsZone { records: records("proxy"), ..DnsZone::default() };
    zone.records.insert("www.partner.example".into(), Record::address("proxy"));
    zone.forwarders.insert("loop.example".into(), "outside".into());
    net.dns("outside", zone);
    net
}

fn resolve(net: &mut Net, name: &'static str) -> Result<Resolved, (ConnectErrorKind, String, String)> {
    let answer = net.ask("client", move |host| async move { host.resolve(&name.into()).await });
    net.run();
    let answer = answer.take().unwrap();
    answer.map_err(|error| (error.kind, error.at.to_string(), error.why))
}

#[test]
fn a_name_leads_where_the_one_who_is_asked_says() {
    let found = |address: &str, canonical: &str| {
        Ok(Resolved { address: address.into(), canonical: canonical.into() })
    };
    let none = |at: &str, why: &str| Err((ConnectErrorKind::NoSuchName, at.to_owned(), why.to_owned()));
    let www = "www.corp.example";
    assert_eq!(resolve(split_horizon().asks("client", "inside"), www), found("web", www));
    assert_eq!(resolve(split_horizon().asks("client", "outside"), www), found("proxy", www));
    assert_eq!(
        resolve(split_horizon().asks("client", "inside").knows("client", www, "outside"), www),
        found("outside", www),
        "the hosts file comes first"
    );
    assert_eq!(
        resolve(split_horizon().asks("client", "inside"), "intranet.corp.example"),
        found("web", www),
        "an alias leads on"
    );
    let partner = "www.partner.example";
    assert_eq!(resolve(split_horizon().asks("client", "inside"), partner), found("proxy", partner));
    assert_eq!(
        resolve(split_horizon().asks("client", "inside"), "no.partner.example"),
        none("outside", "outside knows no name no.partner.example")
    );
    assert_eq!(
        resolve(split_horizon().asks("client", "outside"), "a.loop.example"),
        none("outside", "outside passes a.loop.example on to outside in a circle")
    );
    assert_eq!(
        resolve(&mut split_horizon(), www),
        none("client", "client has no DNS server, and its hosts file does not list www.corp.example")
    );
    let silent = resolve(split_horizon().asks("client", "web"), www).unwrap_err();
    assert_eq!((silent.0, silent.1.as_str()), (ConnectErrorKind::TimedOut, "web"));
    assert_eq!(silent.2, "DNS server web does not answer: web listens on no UDP port 53");
}

#[test]
fn an_answer_is_remembered_for_its_lifetime_and_a_record_can_change() {
    sim::block_on(async {
        let mut net = split_horizon();
        net.asks("client", "inside");
        let answer = net.on_demand("client", |host| async move {
            host.resolve(&DnsName::new("www.corp.example")).await.unwrap().address
        });
        let mut simulation = net.boot().await;
        let moved = DnsChange::Set("www.corp.example".into(), Record::address("proxy"));
        let story = [(Span::ZERO, "web"), (Span::minutes(59), "web"), (Span::minutes(2), "proxy")];
        for (later, expected) in story {
            simulation.run_for(later).await.unwrap();
            simulation.stimulate(&"client".into(), Vec::new()).await.unwrap();
            simulation.run_until_quiet(1_000).await.unwrap();
            assert_eq!(answer.take(), Some(HostName::new(expected)));
            simulation.stimulate(&"inside".into(), moved.stimulus()).await.unwrap();
        }
    });
}
