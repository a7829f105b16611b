//! The vocabulary: two forests, a client, and what came of a run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use forestsim::crypto::chain::TrustAnchors;
use forestsim::crypto::random;
use forestsim::crypto::secret::Secret;
use forestsim::crypto::symmetric::SymmetricKey;
use forestsim::directory::{
    AccountKind, AccountPolicy, Credential, DirectoryChange, Domain, Forest, GlobalCatalog, GroupScope,
    NewAccount, Partition, Sid,
};
use forestsim::name::{DnsName, HostName, Upn};
use forestsim::protocol::kerberos::{KerberosReply, KerberosRequest, KrbError, TicketContent};
use forestsim::role::dial::Dialer;
use forestsim::role::domain_controller::{DomainController, directory_stimulus};
use forestsim::role::judge::Judge;
use forestsim::role::kerberos_client::{Credentials, KerberosClient, KerberosFailure, LongTerm};
use forestsim::sim::{self, Host, HostConfig, Latency, Network, Role, Simulation, SimulationConfig};
use forestsim::time::{Span, VirtualTime};
use forestsim::trace::{Event, Happening, Ruling};
use forestsim::trust::{DomainTrusts, ForestRoute, Party, TrustKind, TrustRecord, make_trust, trusts_within};

pub const CORP: &str = "corp.example";
pub const EU: &str = "eu.corp.example";
pub const PERIMETER: &str = "perimeter.example";
pub const WS: &str = "HTTP/ws.perimeter.example";

pub fn start() -> VirtualTime {
    "2008-03-03T09:00:00Z".parse().unwrap()
}

pub fn key(owner: &str) -> SymmetricKey {
    SymmetricKey::random(&mut random::stream(1, owner, "test key"))
}

/// The two forests before they run.
pub struct World {
    pub domains: BTreeMap<&'static str, Domain>,
    pub halves: Vec<(DnsName, TrustRecord)>,
    /// The Configuration partition of corp's forest, where it has one.
    pub configuration: Option<Partition>,
    suspended: BTreeSet<forestsim::rule::RuleId>,
}

/// What a run left.
pub struct Outcome<T> {
    pub value: T,
    pub events: Vec<Event>,
}

pub fn world(kind: TrustKind, two_way: bool) -> World {
    let sid = |name: &str| Sid::of_domain(1, &DnsName::new(name));
    let mut corp = Forest::of_one(CORP.into(), "CORP".into(), sid(CORP));
    corp.add(EU.into(), "EU".into(), sid(EU), CORP.into());
    let perimeter = Forest::of_one(PERIMETER.into(), "PERIMETER".into(), sid(PERIMETER));
    let policy = AccountPolicy { lockout_threshold: 3, ..AccountPolicy::default() };
    let domain = |name: &'static str, forest: &Forest| {
        (name, Domain::new(1, &name.into(), forest.clone(), policy, start()).unwrap())
    };
    let domains = BTreeMap::from([domain(CORP, &corp), domain(EU, &corp), domain(PERIMETER, &perimeter)]);
    let mut halves = trusts_within(1, &corp).unwrap();
    let party = |forest| -> Party<'_> { Party { forest, domain: &forest.root } };
    let made = make_trust(1, kind, party(&perimeter), party(&corp), two_way).unwrap();
    halves.extend([(PERIMETER.into(), made.trusting), (CORP.into(), made.trusted)]);
    let mut world = World { domains, halves, configuration: None, suspended: BTreeSet::new() };
    world.user(CORP, "sally");
    world.user(EU, "emil");
    world.user(PERIMETER, "paula");
    world.computer(PERIMETER, "ws$", &[WS]);
    world.computer(CORP, "files$", &["cifs/files.corp.example"]);
    world.computer(CORP, "dc-corp$", &["ldap/corp.example"]);
    world
}

impl World {
    pub fn domain(&mut self, name: &str) -> &mut Domain {
        self.domains.get_mut(name).unwrap()
    }

    pub fn user(&mut self, domain: &str, sam: &str) -> Sid {
        let password = Secret::new(format!("{sam}'s password"));
        let credential = Credential::Password(&password);
        let new = NewAccount { sam, upn: None, kind: AccountKind::User, credential, created: start() };
        self.domain(domain).add_account(&new).unwrap()
    }

    pub fn computer(&mut self, domain: &str, sam: &str, services: &[&str]) {
        let key = key(sam);
        let credential = Credential::Key(&key);
        let new = NewAccount { sam, upn: None, kind: AccountKind::Computer, credential, created: start() };
        let sid = self.domain(domain).add_account(&new).unwrap();
        let services = services.iter().map(|service| (*service).to_owned()).collect();
        self.domain(domain).update(sid, |account| account.service_names = services).unwrap();
    }

    pub fn group(&mut self, domain: &str, name: &str, scope: GroupScope, members: &[Sid]) -> Sid {
        let group = self.domain(domain).add_group(name, scope).unwrap();
        for member in members {
            self.domain(domain).add_member(group, *member).unwrap();
        }
        group
    }

    pub fn sid(&self, domain: &str, sam: &str) -> Sid {
        self.domains[domain].find_by_sam(sam).unwrap().sid
    }

    /// Changes the halves of the trust between the forests.
    pub fn trust(mut self, change: impl Fn(&mut TrustRecord)) -> Self {
        let across = |record: &&mut (DnsName, TrustRecord)| !record.1.kind.is_within_forest();
        self.halves.iter_mut().filter(across).for_each(|(_, record)| change(record));
        self
    }

    pub fn without(mut self, rule: &str) -> Self {
        self.suspended.insert(forestsim::rule::find(rule).unwrap().id());
        self
    }

    pub fn trusts_of(&self, name: &str) -> DomainTrusts {
        let forest = self.domains[name].forest().clone();
        let of = |holder: &DnsName| {
            let holder = holder.clone();
            self.halves.iter().filter(move |(other, _)| *other == holder).map(|(_, record)| record)
        };
        let forest_routes = of(&forest.root).filter_map(ForestRoute::of).collect();
        DomainTrusts {
            domain: name.into(),
            records: of(&name.into()).cloned().collect(),
            forest_routes,
            forest,
        }
    }

    /// Plays what the client does; afterwards, if given, an administrator at dc-corp changes something
    /// ten seconds after the start.
    pub fn play<T: 'static, F: Future<Output = T> + 'static>(
        &self,
        change: Option<&DirectoryChange>,
        script: impl Fn(Seat) -> F + 'static,
    ) -> Outcome<T> {
        sim::block_on(async {
            let mut network = Network::default();
            network.add_zone("lan", Latency::fixed(Span::millis(1)));
            let config = SimulationConfig { seed: 1, start: start(), network, tracing: true };
            let mut simulation = Simulation::new(config);
            let suspended = Rc::new(self.suspended.clone());
            let mut known = BTreeMap::new();
            for (name, domain) in &self.domains {
                let host = HostName::new(format!("dc-{}", DnsName::new(name).first_label()));
                let forest = domain.forest().root.clone();
                let same = self.domains.values().filter(|other| other.forest().root == forest);
                let catalog = GlobalCatalog::of(same.clone());
                let others = same.filter(|other| other.dns_name() != domain.dns_name());
                let role = DomainController::new(domain.clone(), catalog, self.trusts_of(name), &suspended)
                    .with_replicas(others.cloned().collect());
                let role = match &self.configuration {
                    Some(partition) if *name == CORP => role.with_configuration(partition.clone()),
                    _ => role,
                };
                simulation.add_host(host_config(&host, BTreeMap::new()), vec![Rc::new(role)]).unwrap();
                known.insert(DnsName::new(name), host);
            }
            let answer = Rc::new(RefCell::new(None));
            let kept = answer.clone();
            let client = Scripted(Box::new(move |host| {
                let (kept, script) = (kept.clone(), script(Seat::new(host)));
                Box::pin(async move {
                    let value = script.await;
                    kept.replace(Some(value));
                })
            }));
            simulation.add_host(host_config(&"client".into(), known), vec![Rc::new(client)]).unwrap();
            simulation.boot().await;
            if let Some(change) = change {
                simulation.run_for(Span::seconds(10)).await.unwrap();
                simulation.stimulate(&"dc-corp".into(), directory_stimulus(change)).await.unwrap();
            }
            simulation.run_until_quiet(10_000).await.unwrap();
            let (events, _) = simulation.finish();
            Outcome { value: answer.take().expect("the script has come to its end"), events }
        })
    }

    /// Someone asks for a ticket to a service; the ticket's content, opened with the service's key.
    pub fn ticket(&self, user: &str, service: &'static str) -> Outcome<Result<TicketContent, KrbError>> {
        let user = user.to_owned();
        let outcome = self.play(None, move |seat| {
            let user = user.clone();
            async move { seat.ticket(&user, service).await }
        });
        let open = |ticket: Credentials| ticket.ticket.open(&self.key_of(service)).unwrap();
        Outcome { value: outcome.value.map(open), events: outcome.events }
    }

    pub fn key_of(&self, service: &str) -> SymmetricKey {
        let account = self.domains.values().find_map(|domain| domain.find_by_service(service));
        account.unwrap().key.clone()
    }
}

pub fn host_config(name: &HostName, hosts_file: BTreeMap<DnsName, HostName>) -> HostConfig {
    HostConfig { name: name.clone(), zone: "lan".into(), dns_server: None, hosts_file }
}

pub type Script = Box<dyn Fn(Host) -> Pin<Box<dyn Future<Output = ()>>>>;

/// A host that follows a script from its start.
pub struct Scripted(pub Script);

impl Role for Scripted {
    fn boot(self: Rc<Self>, host: Host) {
        host.clone().spawn((self.0)(host));
    }
}

/// The client's place at its host.
pub struct Seat {
    pub host: Host,
    pub dialer: Dialer,
    pub kerberos: KerberosClient,
}

impl Seat {
    pub fn new(host: Host) -> Self {
        let judge = Judge::new(&host, &Rc::default());
        let dialer = Dialer::new(&judge, Rc::new(TrustAnchors::new([])));
        Self { kerberos: KerberosClient::new(&host, &dialer), host, dialer }
    }

    /// Signs in with the password that this person has.
    pub async fn sign_in(&self, user: &str) -> Result<Credentials, KrbError> {
        let password = format!("{}'s password", user.split('@').next().unwrap());
        self.sign_in_with(user, &password).await
    }

    pub async fn sign_in_with(&self, user: &str, password: &str) -> Result<Credentials, KrbError> {
        let upn = Upn::new(user);
        let realm = upn.suffix().unwrap();
        let secret = Secret::new(password);
        refusal(self.kerberos.sign_in(&upn, &realm, LongTerm::Password(&secret)).await)
    }

    pub async fn ticket(&self, user: &str, service: &str) -> Result<Credentials, KrbError> {
        let granting = self.sign_in(user).await?;
        refusal(self.kerberos.service_ticket(&granting, service).await)
    }

    pub async fn ask(&self, realm: &str, request: KerberosRequest) -> KerberosReply {
        let channel = self.dialer.connect(&realm.into(), 88).await.unwrap();
        self.dialer.ask(channel, &request).await.unwrap()
    }
}

pub fn refusal<T>(answer: Result<T, KerberosFailure>) -> Result<T, KrbError> {
    answer.map_err(|failure| match failure {
        KerberosFailure::Refused(error) => error,
        other => panic!("neither a ticket nor a refusal: {other}"),
    })
}

impl<T> Outcome<T> {
    /// The verdicts that did not simply allow, as (rule, ruling, host).
    pub fn objections(&self) -> Vec<(String, Ruling, String)> {
        let verdicts = self.events.iter().filter_map(|event| match &event.happening {
            Happening::Verdict(verdict) if verdict.ruling != Ruling::Allowed => Some(verdict),
            _ => None,
        });
        verdicts.map(|verdict| (verdict.rule.to_string(), verdict.ruling, verdict.at.to_string())).collect()
    }

    pub fn refused_by(&self) -> (String, String) {
        let objections = self.objections();
        let [(rule, Ruling::Refused, at)] = objections.as_slice() else {
            panic!("not one refusal: {objections:?}")
        };
        (rule.clone(), at.clone())
    }

    /// The controllers that were asked for tickets, in order.
    pub fn asked(&self) -> Vec<&str> {
        let sent = self.events.iter().filter_map(|event| match &event.happening {
            Happening::Sent(sent) if sent.title.starts_with("TGS-REQ") => Some(sent.to.as_str()),
            _ => None,
        });
        sent.collect()
    }

    pub fn logged(&self, id: u32) -> Option<&str> {
        self.events.iter().find_map(|event| match &event.happening {
            Happening::Log(entry) if entry.id == Some(id) => Some(entry.text.as_str()),
            _ => None,
        })
    }

    pub fn states(&self) -> Vec<String> {
        let changes = self.events.iter().filter_map(|event| match &event.happening {
            Happening::State(change) => Some(format!("{}: {}", change.item, change.value.as_ref()?)),
            _ => None,
        });
        changes.collect()
    }
}

pub fn refused(rule: &str, at: &str) -> (String, String) {
    (rule.to_owned(), at.to_owned())
}
