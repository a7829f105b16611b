//! Where the nodes of the trust graph are at home: in which forest, and on which hosts.

use std::collections::BTreeSet;

use crate::trust::Node;
use crate::view::place::Places;

/// The home of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The root domain of its forest; none for what belongs to no forest of the topology.
    pub forest: Option<String>,
    /// The hosts that it is on, where it is on any.
    pub hosts: Vec<String>,
}

/// The settings whose value is a certificate that the host itself uses.
const OWN_CERTIFICATES: [&str; 3] = [".certificate", ".client_certificate", ".token_signing"];

impl Home {
    /// The home of a node in a topology.
    pub fn of(node: &Node, places: &Places<'_>) -> Self {
        match node {
            Node::Domain(name) => {
                let hosts = on(places, &["runs.domain_controller.domain"], name.as_str());
                Self { forest: Some(places.forest(name.as_str()).to_owned()), hosts }
            }
            Node::FederationService(realm) => {
                Self::with_hosts(places, on(places, &["runs.federation_service.realm"], realm))
            }
            Node::Application(address) => {
                let own = |(path, value): &(&str, &str)| {
                    path.contains(".web_server.applications.") && value == address
                };
                let hosts = places.section("hosts").filter(own).filter_map(|(path, _)| path.split_once('.'));
                Self::with_hosts(places, hosts.map(|(host, _)| host.to_owned()).collect())
            }
            Node::Certificate(name) => Self::with_hosts(places, on(places, &OWN_CERTIFICATES, name)),
            Node::Server(host) => Self::with_hosts(places, vec![host.clone()]),
            Node::Account(name) => Self { forest: forest_of_account(places, name), hosts: Vec::new() },
            Node::Store(name) => Self::of_store(places, name),
        }
    }

    fn with_hosts(places: &Places<'_>, hosts: Vec<String>) -> Self {
        let forest = hosts.iter().find_map(|host| places.forest_of_host(host)).map(str::to_owned);
        Self { forest, hosts }
    }

    fn of_store(places: &Places<'_>, name: &str) -> Self {
        let database = format!(".databases.{name}.server");
        let organization = |path: &str, value: &str| path.ends_with(".organization") && value == name;
        for (path, value) in places.section("exchange") {
            if let Some(root) = path.strip_suffix(&database) {
                return Self { forest: Some(root.to_owned()), hosts: vec![value.to_owned()] };
            }
            if organization(path, value) {
                let root = path.trim_end_matches(".organization");
                return Self { forest: Some(root.to_owned()), hosts: Vec::new() };
            }
        }
        Self { forest: None, hosts: Vec::new() }
    }
}

/// The forest of an account that is written `CORP\sally`.
fn forest_of_account(places: &Places<'_>, account: &str) -> Option<String> {
    let (netbios, _) = account.split_once('\\')?;
    let named = |(path, value): &(&str, &str)| path.ends_with(".netbios") && *value == netbios;
    let (path, _) = places.section("domains").find(named)?;
    Some(places.forest(path.strip_suffix(".netbios")?).to_owned())
}

fn on(places: &Places<'_>, ends: &[&str], value: &str) -> Vec<String> {
    let hosts: BTreeSet<&str> = ends.iter().flat_map(|end| places.hosts_with(end, value)).collect();
    hosts.into_iter().map(str::to_owned).collect()
}
