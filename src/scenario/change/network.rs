//! Changes to the network: firewalls, links and names.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::name::{DnsName, HostName};
use crate::scenario::at::{At, Entries};
use crate::scenario::host::DnsRecord;
use crate::scenario::network::{AllowRule, Latency};

/// Changes to the rules of a firewall.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeFirewall {
    /// The firewall.
    pub firewall: At<String>,
    /// The rules that no longer hold.
    #[serde(default)]
    pub close: Vec<At<String>>,
    /// The rules that hold from now on.
    #[serde(default)]
    pub open: Entries<String, AllowRule>,
}

impl fmt::Display for ChangeFirewall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let close = self.close.iter().map(|rule| format!("closes {rule}"));
        let open = self.open.keys().map(|rule| format!("opens {rule}"));
        let all: Vec<String> = close.chain(open).collect();
        write!(formatter, "the firewall {} {}", self.firewall, all.join(", "))
    }
}

/// A link becomes slower or faster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLink {
    /// The link.
    pub link: At<String>,
    /// How long a message takes over it from now on.
    pub latency: At<Latency>,
}

impl fmt::Display for ChangeLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Latency { min, max, .. } = &self.latency.value;
        write!(formatter, "the link {} now takes {min} to {max}", self.link)
    }
}

/// Changes to the records of a DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeDns {
    /// The host that runs the DNS server.
    pub server: At<HostName>,
    /// Records that are new or different.
    #[serde(default)]
    pub set: Entries<DnsName, At<DnsRecord>>,
    /// Records that are taken away.
    #[serde(default)]
    pub remove: Vec<At<DnsName>>,
}

impl fmt::Display for ChangeDns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.set.iter().map(|(name, record)| match &record.value {
            DnsRecord::A(host) => format!("{name} leads to {host}"),
            DnsRecord::Cname(other) => format!("{name} is another name for {other}"),
        });
        let gone = self.remove.iter().map(|name| format!("{name} is gone"));
        let all: Vec<String> = set.chain(gone).collect();
        write!(formatter, "in the DNS of {}, {}", self.server, all.join(", "))
    }
}
