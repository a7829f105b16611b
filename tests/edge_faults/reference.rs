//! What must hold of a world, found from its stores and its trace alone: nothing here is shared with the
//! roles but the form of what they write.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use forestsim::crypto::Secret;
use forestsim::directory::{Attributes, Object, Partition};
use forestsim::name::HostName;
use forestsim::protocol::edge_credential::EdgeSyncCredential;
use forestsim::protocol::edge_subscription::EdgeSubscription;
use forestsim::role::hub_transport::lease::Lease;
use forestsim::time::VirtualTime;
use forestsim::trace::{Event, Happening, Ruling};
use sha2::{Digest, Sha256};

use super::town::{Recipient, Town};

/// Entries by name, each with its attributes by name, each with its values.
type Content = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

const CREDENTIAL: &str = "msExchEdgeSyncCredential";
const LEASE: &str = "msExchEdgeSyncLease";
const ROLES: &str = "msExchCurrentServerRoles";
/// What an edge is told of a server.
const OF_SERVERS: [&str; 7] = [
    "objectclass",
    "networkaddress",
    "msexchserversite",
    "msexchcurrentserverroles",
    "msexchserverekpkpublickey",
    "msexchproductid",
    "serialnumber",
];

// ---- the accounts of each pair, at any moment

/// Each pair has one good account or two, which both sides know (invariant 7).
pub fn accounts_are_in_order(town: &Town) -> Result<(), String> {
    let now = town.now();
    for (hub, edge) in &town.pairs {
        for object in [hub, edge] {
            let living = town.stored(object, hub, edge).iter().filter(|one| now < one.expires).count();
            if !(1..=2).contains(&living) {
                return Err(format!("{now}: {living} living accounts of {hub} and {edge} on {object}"));
            }
        }
        let known = town.known(hub, edge);
        if known.len() > 2 {
            return Err(format!("{now}: {} accounts of {hub} in the AD LDS of {edge}", known.len()));
        }
        let stored = town.stored(hub, hub, edge);
        let good = stored.iter().filter(|one| one.effective <= now && now < one.expires);
        let used = good.max_by_key(|one| one.effective);
        if !used.is_some_and(|used| known.contains(used)) {
            return Err(format!("{now}: {edge} does not know the account that {hub} uses: {used:?}"));
        }
    }
    Ok(())
}

/// No account is left anywhere (invariant 7, after Remove-EdgeSubscription).
pub fn nothing_is_left(town: &Town) -> Result<(), String> {
    for (hub, edge) in &town.pairs {
        let left = [town.stored(hub, hub, edge), town.stored(edge, hub, edge), town.known(hub, edge)];
        if left.iter().any(|accounts| !accounts.is_empty()) {
            return Err(format!("accounts of {hub} and {edge} are left: {left:?}"));
        }
    }
    Ok(())
}

// ---- what edges hold

/// Every edge holds what Active Directory has for it.
pub fn edges_hold_what_they_should(town: &Town) -> Result<(), String> {
    let [configuration, _] = town.directory();
    for (name, edge) in town.edges() {
        let [held, people] = edge.partitions();
        let expected = configuration_of(&configuration.read(), name);
        let mut held = content(&held.read(), "CN=Configuration,CN=AD LDS");
        held.values_mut().for_each(|attributes| drop(attributes.remove("msexchedgesynccookies")));
        same(name, &expected, &held)?;
        let expected: BTreeSet<BTreeSet<String>> =
            town.recipients.values().filter(|one| !one.inside_only).map(hashes).collect();
        let people = content(&people.read(), "OU=MSExchangeGateway");
        let held: BTreeSet<BTreeSet<String>> = people
            .values()
            .map(|one| one.get("msexchproxyaddresshashes").cloned().unwrap_or_default())
            .collect();
        if expected != held || people.len() != expected.len() {
            return Err(format!("{name} holds other recipients: {} not {}", people.len(), expected.len()));
        }
    }
    Ok(())
}

fn hashes(recipient: &Recipient) -> BTreeSet<String> {
    let hash = |address: &String| hex(&Sha256::digest(format!("smtp:{}", address.to_lowercase())));
    recipient.addresses.iter().map(hash).collect()
}

fn same(edge: &HostName, expected: &Content, held: &Content) -> Result<(), String> {
    for name in expected.keys().chain(held.keys()) {
        if expected.get(name) != held.get(name) {
            let (expected, held) = (expected.get(name), held.get(name));
            return Err(format!("{edge} holds of {name}\n{held:?}\nand not\n{expected:?}"));
        }
    }
    Ok(())
}

fn configuration_of(partition: &Partition, edge: &HostName) -> Content {
    let mut content = content(partition, "CN=Configuration,DC=contoso,DC=example");
    content.retain(|name, attributes| {
        let Some(roles) = attributes.get(&ROLES.to_lowercase()) else { return true };
        let roles: u32 = roles.first().unwrap().parse().unwrap();
        let own = name.to_lowercase().starts_with(&format!("cn={edge},"));
        attributes.retain(|name, _| {
            let of_edge = ["msexchedgesyncadamsslport", "msexchedgesynccredential"];
            OF_SERVERS.contains(&name.as_str()) || own && of_edge.contains(&name.as_str())
        });
        own || roles & 0x20 != 0
    });
    content
}

/// What stands below the base, under names relative to it.
fn content(partition: &Partition, base: &str) -> Content {
    let entry = |object: &Object| {
        let name = object.dn.to_string().strip_suffix(base)?.to_owned();
        (!name.is_empty()).then(|| (name, values(&object.attributes)))
    };
    partition.objects().filter_map(entry).collect()
}

fn values(attributes: &Attributes) -> BTreeMap<String, BTreeSet<String>> {
    let shown = |value: &forestsim::directory::AttributeValue| match value.text() {
        Some(text) => text.to_owned(),
        None => hex(value.bytes().unwrap_or_default()),
    };
    let all =
        attributes.iter().map(|(name, values)| (name.to_lowercase(), values.iter().map(shown).collect()));
    all.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// ---- secrets

/// Every credential that ever stood in Active Directory opens with exactly one key (invariant 8); the
/// passwords, with those of the bootstrap accounts.
pub fn passwords(town: &Town, states: &[Rc<Object>]) -> Result<BTreeSet<String>, String> {
    let keys = town.keys();
    let all: BTreeSet<&[u8]> = states.iter().flat_map(|object| object.attributes.bytes(CREDENTIAL)).collect();
    let mut passwords = BTreeSet::new();
    for octets in all {
        let credential = EdgeSyncCredential::from_octets(octets).unwrap();
        let opened: Vec<Secret> = keys.iter().filter_map(|key| credential.open(key).ok()).collect();
        let [password] = opened.as_slice() else {
            return Err(format!("{} keys open {}", opened.len(), credential.account));
        };
        passwords.insert(password.reveal().to_owned());
    }
    for file in town.files() {
        let file = EdgeSubscription::from_xml(std::str::from_utf8(&file).unwrap()).unwrap();
        passwords.insert(file.esra_password.reveal().to_owned());
    }
    Ok(passwords)
}

/// No password stands in a directory or in AD LDS (invariant 4).
pub fn stores_hold_no(passwords: &BTreeSet<String>, town: &Town) -> Result<(), String> {
    let stores = town.directory().into_iter();
    let stores = stores.chain(town.edges().iter().flat_map(|(_, edge)| edge.partitions().map(Clone::clone)));
    for store in stores {
        let dump = forestsim::protocol::wire::encode(&*store.read());
        none_in(passwords, &String::from_utf8_lossy(&dump))?;
    }
    Ok(())
}

/// Nor in the trace, which holds every log (invariant 4).
pub fn trace_tells_no(passwords: &BTreeSet<String>, events: &[Event]) -> Result<(), String> {
    events.iter().try_for_each(|event| none_in(passwords, &format!("{:?}", event.happening)))
}

fn none_in(passwords: &BTreeSet<String>, text: &str) -> Result<(), String> {
    let escaped = |password: &str| password.escape_debug().to_string();
    let told = |password: &&String| text.contains(password.as_str()) || text.contains(&escaped(password));
    match passwords.iter().find(told) {
        Some(password) => Err(format!("the password {password} stands in {text}")),
        None => Ok(()),
    }
}

// ---- the trace

/// Between any two binds to an edge its certificate is checked, and the bind is sealed (invariant 5).
pub fn binds_follow_certificates(events: &[Event]) -> Result<(), String> {
    let mut checked: BTreeMap<(&HostName, String), bool> = BTreeMap::new();
    for event in events {
        let Some(host) = &event.host else { continue };
        match &event.happening {
            Happening::Verdict(verdict) if verdict.rule.as_str() == "edge.certificate-matches" => {
                let edge = verdict.who.to_lowercase();
                checked.insert((host, edge), verdict.ruling == Ruling::Allowed);
            }
            Happening::Sent(sent)
                if sent.title.starts_with("bind as ESRA.") && !sent.title.ends_with("(sent again)") =>
            {
                let matches = checked.insert((host, sent.to.as_str().to_owned()), false);
                if matches != Some(true) || !sent.secured {
                    return Err(format!("{host} sends its password to {} before R3: {event:?}", sent.to));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Nothing begins in the perimeter (invariant 6).
pub fn edges_open_no_connection(events: &[Event]) -> Result<(), String> {
    let opened = events.iter().find(|event| {
        let from_edge = event.host.as_ref().is_some_and(|host| host.as_str().starts_with("edge-"));
        from_edge && matches!(event.happening, Happening::Connection(_))
    });
    opened.map_or(Ok(()), |event| Err(format!("{event:?}")))
}

/// Whoever writes to an edge holds the lock on it in Active Directory (invariant 6). `states` are the
/// states of the Configuration partition, in the order in which the trace has them.
pub fn only_the_holder_writes(
    events: &[Event],
    states: &[Rc<Object>],
    clock: impl Fn(&HostName, VirtualTime) -> VirtualTime,
) -> Result<(), String> {
    let mut states = states.iter();
    let mut leases: BTreeMap<String, Lease> = BTreeMap::new();
    for event in events {
        let Some(host) = &event.host else { continue };
        match &event.happening {
            Happening::State(change) if change.store == "Configuration" => {
                let object = states.next().expect("each state stands in the trace");
                let edge = object.dn.name().unwrap_or_default().to_lowercase();
                let lease = object.attributes.bytes(LEASE).next();
                leases.extend(lease.map(|octets| (edge, Lease::from_octets(octets).unwrap())));
            }
            Happening::Sent(sent) if writes_to_edge(&sent.title) && sent.to.as_str().starts_with("edge-") => {
                let lease = leases.get(sent.to.as_str());
                let own =
                    lease.filter(|lease| lease.holder.as_str().split('.').next() == Some(host.as_str()));
                let holds = own.is_some_and(|lease| clock(host, event.at) < lease.lock_until);
                if !holds {
                    return Err(format!(
                        "{host} writes to {} while the lease is {lease:?}: {event:?}",
                        sent.to
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn writes_to_edge(title: &str) -> bool {
    let writes = ["modify ", "add ", "delete "].iter().any(|verb| title.starts_with(verb));
    // Remove-EdgeSubscription takes the accounts away without waiting for whoever synchronizes.
    let removes = title.starts_with("modify msExchEdgeSyncCredential of ");
    writes && !removes && !title.ends_with("(sent again)")
}

/// An edge never has more than two accounts of a hub (invariant 7), at any moment of the trace.
pub fn edges_have_two_accounts_at_most(events: &[Event]) -> Result<(), String> {
    let mut accounts: BTreeSet<(&HostName, &str)> = BTreeSet::new();
    for event in events {
        let Happening::State(change) = &event.happening else { continue };
        let Some(host) = event.host.as_ref().filter(|_| change.store == "AD LDS account") else { continue };
        match change.value {
            Some(_) => accounts.insert((host, &change.item)),
            None => accounts.remove(&(host, change.item.as_str())),
        };
        let hub = change.item.split('.').nth(1);
        let of_hub = |(at, name): &&(&HostName, &str)| *at == host && name.split('.').nth(1) == hub;
        let count = accounts.iter().filter(of_hub).filter(|(_, name)| name.split('.').count() > 2).count();
        if count > 2 {
            return Err(format!("{count} accounts of one hub at {host}: {event:?}"));
        }
    }
    Ok(())
}

/// Everybody who asked for something got it.
pub fn all_is_granted(events: &[Event], asked: &str) -> Result<usize, String> {
    let mut granted = 0;
    for event in events {
        if let Happening::Conclusion(conclusion) = &event.happening
            && conclusion.asked.starts_with(asked)
        {
            if !conclusion.granted {
                return Err(format!("at {}: {conclusion:?}", event.at));
            }
            granted += 1;
        }
    }
    Ok(granted)
}
