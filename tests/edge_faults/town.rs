//! A drawn world at work: what people do in it, and what somebody sees who looks into its stores.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use forestsim::crypto::PrivateKey;
use forestsim::directory::Object;
use forestsim::name::{HostName, NetbiosName};
use forestsim::protocol::edge_credential::{EdgeSyncAccount, EdgeSyncCredential};
use forestsim::role::directory_service::{PartitionStore, Watch};
use forestsim::role::domain_controller::recipient_stimulus;
use forestsim::role::domain_controller::recipients::RecipientChange;
use forestsim::role::edge_transport::{self, EdgeTransport};
use forestsim::role::hub_transport::{self, Connectors, HubTransport, Tested};
use forestsim::run::RunOptions;
use forestsim::run::deploy::{Deployed, deploy};
use forestsim::scenario;
use forestsim::time::{Span, VirtualTime};
use forestsim::trace::Event;

use futures::FutureExt;

use super::drawn::{Act, World};

const STICK: &str = "usb stick";
const DELIVERIES: u64 = 1_000_000;

/// A recipient as a person would list them.
#[derive(Debug, Clone, Default)]
pub struct Recipient {
    pub addresses: Vec<String>,
    pub inside_only: bool,
}

pub struct Town {
    pub world: World,
    deployed: Deployed,
    /// The recipients by name, as whoever changed them knows.
    pub recipients: BTreeMap<String, Recipient>,
    history: Watch,
    /// The hubs and edges that have been provisioned for each other.
    pub pairs: Vec<(HostName, HostName)>,
}

impl Town {
    pub async fn founded(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drawn.yaml");
        std::fs::write(&path, written(world)).unwrap();
        let scenario = scenario::load(&path).unwrap_or_else(|error| panic!("{}", error.report(false)));
        let options = RunOptions { seed: world.seed, ..RunOptions::default() };
        let mut deployed = deploy(&scenario, &options).unwrap();
        let history = deployed.controllers[0].1.partitions().next().unwrap().watch();
        deployed.simulation.boot().await;
        deployed.simulation.run_until_quiet(DELIVERIES).await.unwrap();
        let alice = Recipient { addresses: vec!["alice@contoso.example".to_owned()], inside_only: false };
        let recipients = BTreeMap::from([("alice".to_owned(), alice)]);
        Self { world: world.clone(), deployed, recipients, history, pairs: Vec::new() }
    }

    pub fn now(&self) -> VirtualTime {
        self.deployed.simulation.now()
    }

    pub fn hubs(&self) -> &[(HostName, Rc<HubTransport>)] {
        &self.deployed.transport.hubs
    }

    pub fn edges(&self) -> &[(HostName, Rc<EdgeTransport>)] {
        &self.deployed.transport.edges
    }

    /// The Configuration partition, then the recipients.
    pub fn directory(&self) -> [Rc<PartitionStore>; 2] {
        let (_, controller) = &self.deployed.controllers[0];
        let mut partitions = controller.partitions().cloned();
        [partitions.next().unwrap(), partitions.next().unwrap()]
    }

    /// Every file that was ever written to removable media.
    pub fn files(&self) -> Vec<Vec<u8>> {
        self.deployed.media.ever().into_iter().map(|file| file.bytes).collect()
    }

    /// Every private key to which something may have been sealed.
    pub fn keys(&self) -> Vec<PrivateKey> {
        let hubs = self.hubs().iter().filter_map(|(_, hub)| Some(hub.identity()?.key));
        let edges = self.edges().iter().filter_map(|(_, edge)| Some(edge.identity()?.key.clone()));
        hubs.chain(edges).collect()
    }

    /// The accounts of a hub for an edge on an object of Active Directory: the hub's own, or the edge's.
    pub fn stored(&self, object: &HostName, hub: &HostName, edge: &HostName) -> Vec<EdgeSyncAccount> {
        let store = &self.directory()[0];
        let partition = store.read();
        let named = |text: &str| text.eq_ignore_ascii_case(object.as_str());
        let object = partition.objects().find(|one| one.dn.name().is_some_and(named));
        let values = object.into_iter().flat_map(|one| one.attributes.bytes("msExchEdgeSyncCredential"));
        let accounts = values.map(|value| EdgeSyncCredential::from_octets(value).unwrap().account);
        accounts.filter(|account| is_of(account, hub, edge)).collect()
    }

    /// The accounts of a hub in the AD LDS of an edge.
    pub fn known(&self, hub: &HostName, edge: &HostName) -> Vec<EdgeSyncAccount> {
        let (_, role) = self.edges().iter().find(|(name, _)| name == edge).unwrap();
        role.accounts().all().filter(|account| is_of(account, hub, edge)).cloned().collect()
    }

    pub async fn wait(&mut self, span: Span) {
        self.deployed.simulation.run_for(span).await.unwrap();
    }

    /// New-EdgeSubscription on the edge, and then on a hub, whatever comes of it.
    pub async fn subscribe(&mut self, edge: usize, importer: usize) {
        self.begin_to_subscribe(edge, importer).await;
        self.settle().await;
    }

    /// The same, and no more than the first moment of it on the hub.
    pub async fn begin_to_subscribe(&mut self, edge: usize, importer: usize) {
        let host = self.edges()[edge].0.clone();
        let file_name = format!("{host}.xml");
        let media = STICK.to_owned();
        let request =
            edge_transport::Request::NewSubscription { media, file_name, expires_after: None, force: true };
        self.ask(&host, request.stimulus()).await;
        let Some(file) = self.deployed.media.read(STICK) else { return };
        let importer = self.hubs()[importer % self.world.hubs].0.clone();
        let (file_name, bytes, site) = (file.name, file.bytes, "Redmond".to_owned());
        let request = hub_transport::Request::Import {
            file_name,
            bytes,
            site,
            connectors: Connectors { internet: true, inbound: true },
        };
        // A hub that is down imports nothing.
        let _ = self.deployed.simulation.stimulate(&importer, request.stimulus()).await;
    }

    /// Test-EdgeSynchronization on every hub for every edge.
    pub async fn test_all(&mut self) {
        for (hub, edge) in self.pairs.clone() {
            let request = hub_transport::Request::Test {
                edge: Some(NetbiosName::new(edge.as_str())),
                what: Tested::Objects { recipients: true, report: 9 },
            };
            self.ask(&hub, request.stimulus()).await;
        }
    }

    /// Remove-EdgeSubscription for every edge, on the first hub.
    pub async fn remove_all(&mut self) {
        let hub = self.hubs()[0].0.clone();
        for number in 0..self.world.edges {
            let edge = NetbiosName::new(self.edges()[number].0.as_str());
            self.ask(&hub, hub_transport::Request::Remove { edge }.stimulus()).await;
        }
    }

    /// A trouble begins.
    pub fn befall(&mut self, number: usize) {
        let fault = self.world.fault(number);
        self.deployed.simulation.inject(fault).unwrap();
    }

    pub async fn act(&mut self, act: &Act) {
        match *act {
            Act::Recipient { number, addresses } => {
                let name = format!("person-{number}");
                let addresses: Vec<String> =
                    (0..addresses).map(|which| format!("Person{number}.{which}@contoso.example")).collect();
                let change = match (addresses.is_empty(), self.recipients.contains_key(&name)) {
                    (true, false) => return,
                    (true, true) => RecipientChange::Disabled,
                    (false, _) => RecipientChange::Addresses(addresses.clone()),
                };
                if self.ask(&"dc".into(), recipient_stimulus(&name, &change)).await {
                    match addresses.is_empty() {
                        true => drop(self.recipients.remove(&name)),
                        false => self.recipients.entry(name).or_default().addresses = addresses,
                    }
                }
            }
            Act::InsideOnly { number, inside_only } => {
                let name = format!("person-{number}");
                let change = RecipientChange::InsideOnly(inside_only);
                if self.recipients.contains_key(&name)
                    && self.ask(&"dc".into(), recipient_stimulus(&name, &change)).await
                    && let Some(recipient) = self.recipients.get_mut(&name)
                {
                    recipient.inside_only = inside_only;
                }
            }
            Act::Synchronize { hub, edge, full } => {
                let hub = self.hubs()[hub % self.world.hubs].0.clone();
                let edge = Some(NetbiosName::new(self.edges()[edge % self.world.edges].0.as_str()));
                self.ask(
                    &hub,
                    hub_transport::Request::Start { edge, full, force_update_cookie: false }.stimulus(),
                )
                .await;
            }
        }
    }

    /// Does something at a host; whether it is up.
    async fn ask(&mut self, host: &HostName, stimulus: Vec<u8>) -> bool {
        let is_up = self.deployed.simulation.stimulate(host, stimulus).await.is_ok();
        self.settle().await;
        is_up
    }

    /// Waits until nobody waits for anything but the next time of some schedule.
    async fn settle(&mut self) {
        self.deployed.simulation.run_until_quiet(DELIVERIES).await.unwrap();
    }

    /// Every state that an object of the Configuration partition has come into so far.
    pub fn states(&mut self) -> Vec<Rc<Object>> {
        std::iter::from_fn(|| self.history.next().now_or_never()).collect()
    }

    /// All that happened.
    pub fn end(self) -> Vec<Event> {
        self.deployed.simulation.finish().0
    }
}

fn is_of(account: &EdgeSyncAccount, hub: &HostName, edge: &HostName) -> bool {
    let named = |full: &str, host: &HostName| full.split('.').next() == Some(host.as_str());
    named(account.target.as_str(), edge)
        && account.source.as_ref().is_some_and(|source| named(source.as_str(), hub))
}

/// The world as the topology of a scenario.
fn written(world: &World) -> String {
    let hosts = world.hosts();
    let (hubs, edges) = hosts[1..].split_at(world.hubs);
    let mut text = String::from(
        "title: drawn
zones:
  corporate: { latency: { min: 1ms, max: 2ms } }
  perimeter: { latency: { min: 1ms, max: 2ms } }
links:
  corporate-perimeter: { between: [corporate, perimeter], latency: { min: 1ms, max: 3ms } }
domains:
  contoso.example:
    netbios: CONTOSO
    users: { alice: { mail: alice@contoso.example } }
exchange:
  contoso.example:
    organization: Contoso
    sites: [Redmond]
    servers:
",
    );
    for hub in hubs {
        writeln!(text, "      {hub}: {{ site: Redmond }}").unwrap();
    }
    text.push_str(
        "hosts:
  dc:
    zone: corporate
    asks: dc
    joined: contoso.example
    runs:
      domain_controller: { domain: contoso.example }
      dns:
        records:
          contoso.example: { a: dc }
",
    );
    for host in &hosts {
        writeln!(text, "          {host}.contoso.example: {{ a: {host} }}").unwrap();
    }
    let lifetime = world.lifetime;
    for hub in hubs {
        writeln!(
            text,
            "  {hub}: {{ zone: corporate, asks: dc, joined: contoso.example, runs: {{ hub_transport: {{ edge_sync: {{ credential_lifetime: {lifetime} }} }} }} }}"
        )
        .unwrap();
    }
    for edge in edges {
        writeln!(
            text,
            "  {edge}: {{ zone: perimeter, runs: {{ edge_transport: {{ fqdn: {edge}.contoso.example }} }} }}"
        )
        .unwrap();
    }
    text.push_str("steps:\n  - wait: 1m\n");
    text
}
