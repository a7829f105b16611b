//! What two ends of a connection can rely on after they have shaken hands, and when they do not.

mod net;

use std::rc::Rc;

use forestsim::crypto::{
    Authority, Certificate, CertificateRequest, Identity, PrivateKey, TrustAnchors, Usage, Validity, chain,
};
use forestsim::name::DnsName;
use forestsim::sim::{
    Channel, ChannelError, ClientAuth, Extent, Fault, FaultKind, Host, Place, TlsClient, TlsError, TlsServer,
};
use net::{Answer, Net, Run, Say, say};

const SERVER: &str = "www.corp.example";

/// An authority and those whom it vouches for.
struct People {
    anchors: TrustAnchors,
    server: Identity,
    client: Identity,
    /// Holds a key of its own and shows the server's certificate.
    impostor: Identity,
}

fn people() -> Rc<People> {
    let validity = Validity {
        not_before: "2008-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2009-01-01T00:00:00Z".parse().unwrap(),
    };
    let authority = Authority::root(1, "Corp Root", validity);
    let identity = |subject: &str, dns_names: &[DnsName], usage| {
        let key = PrivateKey::derive(1, subject);
        let public = key.public();
        let (email, crl_url) = (None, None);
        let request =
            CertificateRequest { subject, key: &public, dns_names, email, usage, validity, crl_url };
        Identity { chain: vec![authority.issue(&request).unwrap()], key }
    };
    let server = identity("web", &[SERVER.into()], Usage::Server);
    let impostor = Identity { key: PrivateKey::derive(1, "impostor"), chain: server.chain.clone() };
    let client = identity("sally", &[], Usage::Client);
    Rc::new(People {
        anchors: TrustAnchors::new([authority.certificate().clone()]),
        server,
        client,
        impostor,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Asks {
    Nothing,
    Politely,
    Firmly,
}

type Greeting = Result<(String, Vec<Certificate>), TlsError>;

/// One server greets one client by the name on its certificate, in confidence.
fn greet(people: &Rc<People>, name: &'static str, honest: bool, asks: Asks, shows: bool) -> Greetings {
    greet_with(people, name, honest, asks, shows, Vec::new(), 1)
}

struct Greetings {
    client: Option<Greeting>,
    server: Option<Result<Vec<Certificate>, TlsError>>,
    run: Run,
}

fn greet_with(
    people: &Rc<People>,
    name: &'static str,
    honest: bool,
    asks: Asks,
    shows: bool,
    faults: Vec<Fault>,
    seed: u64,
) -> Greetings {
    let mut net = Net::of(&["client", "server"]);
    net.seed = seed;
    let known = people.clone();
    let at_server = net.ask("server", move |host| serve(host, known.clone(), honest, asks));
    let known = people.clone();
    let at_client: Answer<Greeting> =
        net.on_demand("client", move |host| visit(host, known.clone(), name, shows));
    let run = net.run_with_stimulus("client", faults);
    Greetings { client: at_client.take(), server: at_server.take(), run }
}

async fn serve(
    host: Host,
    people: Rc<People>,
    honest: bool,
    asks: Asks,
) -> Result<Vec<Certificate>, TlsError> {
    let channel = host.listen(443).accept().await;
    let verify = |chain: &[Certificate]| {
        chain::verify_client(chain, &people.anchors, host.now()).map_err(|error| error.to_string())
    };
    let client = match asks {
        Asks::Nothing => ClientAuth::None,
        Asks::Politely => ClientAuth::Requested(&verify),
        Asks::Firmly => ClientAuth::Required(&verify),
    };
    let identity = if honest { &people.server } else { &people.impostor };
    let mut channel = channel.secure_as_server(TlsServer { identity, client }).await?;
    let who = channel.peer_chain().first().map_or("stranger", |leaf| leaf.subject()).to_owned();
    channel.send(&Say(format!("hello, {who}"))).await?;
    let Say(text) = channel.receive().await?;
    assert_eq!(text, "thank you", "what comes over a secured channel is what was sent");
    Ok(channel.peer_chain().to_vec())
}

async fn visit(host: Host, people: Rc<People>, name: &'static str, shows: bool) -> Greeting {
    let connected: Result<Channel, _> = host.connect(&"server".into(), 443).await;
    let Ok(channel) = connected else { return Err(ChannelError::TimedOut.into()) };
    let name = DnsName::new(name);
    let verify = |chain: &[Certificate]| {
        chain::verify_server(chain, &people.anchors, &name, host.now()).map_err(|error| error.to_string())
    };
    let identity = shows.then_some(&people.client);
    let client = TlsClient { server_name: name.clone(), verify: &verify, identity };
    let mut channel = channel.secure_as_client(client).await?;
    let Say(text) = channel.receive().await?;
    channel.send(&say("thank you")).await?;
    Ok((text, channel.peer_chain().to_vec()))
}

#[test]
fn each_end_knows_whose_certificate_the_other_holds() {
    let people = people();
    let cases = [
        (Asks::Nothing, true, "hello, stranger"),
        (Asks::Politely, false, "hello, stranger"),
        (Asks::Politely, true, "hello, sally"),
        (Asks::Firmly, true, "hello, sally"),
    ];
    for (asks, shows, expected) in cases {
        let greetings = greet(&people, SERVER, true, asks, shows);
        let (text, chain) = greetings.client.unwrap().unwrap();
        assert_eq!(text, expected);
        assert_eq!(chain, people.server.chain);
        let known = if expected.ends_with("sally") { &people.client.chain[..] } else { &[] };
        assert_eq!(greetings.server.unwrap().unwrap(), known);
        let sent = greetings.run.sent();
        let shape: Vec<_> = sent.iter().map(|sent| (sent.protocol.as_ref(), sent.secured)).collect();
        let hands = ("TLS", false);
        assert_eq!(shape, [hands, hands, hands, hands, ("talk", true), ("talk", true)]);
        assert!(sent[4].size as usize > wire_size(&say(expected)), "a record is longer than what it seals");
    }
}

fn wire_size(message: &Say) -> usize {
    forestsim::protocol::wire::encode(message).len()
}

#[test]
fn who_is_not_trusted_is_told_so() {
    let people = people();
    let wrong_name = greet(&people, "shop.corp.example", true, Asks::Nothing, false);
    let Some(Err(TlsError::NotTrusted { subject, why })) = wrong_name.client else { panic!() };
    assert_eq!(subject, "web");
    let Some(Err(TlsError::Alert(told))) = wrong_name.server else { panic!() };
    assert_eq!(told, format!("the certificate of web is not accepted: {why}"));

    let nobody = greet(&people, SERVER, true, Asks::Firmly, false);
    assert_eq!(nobody.server, Some(Err(TlsError::NoCertificate)));
    assert!(matches!(nobody.client, Some(Err(TlsError::Alert(_)))));
}

#[test]
fn who_does_not_hold_the_key_is_found_out() {
    let stolen = greet(&people(), SERVER, false, Asks::Nothing, false);
    let why = "its signature does not fit its certificate";
    assert_eq!(stolen.client, Some(Err(TlsError::NotProved(why))));
    assert!(matches!(stolen.server, Some(Err(TlsError::Alert(_)))));
}

#[test]
fn what_is_corrupted_on_the_way_is_never_taken_for_what_was_sent() {
    let people = people();
    let (mut failed, mut records) = (0, 0);
    for seed in 0..60 {
        let (from, to, extent) = (Place::Any, Place::Any, Extent::Percent(12));
        let fault = Fault::new("noise", FaultKind::Corrupt { from, to, extent }).optional();
        let greetings = greet_with(&people, SERVER, true, Asks::Firmly, true, vec![fault], seed);
        // Within, the server checks what it reads.
        match greetings.client.expect("an end is always told") {
            Ok((text, chain)) => {
                assert_eq!((text.as_str(), &chain), ("hello, sally", &people.server.chain));
            }
            Err(error) => {
                failed += 1;
                records += u32::from(matches!(error, TlsError::Channel(ChannelError::Record { number: 0 })));
            }
        }
    }
    assert!((10..60).contains(&failed) && records > 0, "{failed} failed, {records} by a record");
}
