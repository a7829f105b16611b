//! The network of a topology: zones, the links between them, and the firewalls that stand on links.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::at::{At, Entries};
use super::value::{Duration, Ports};

/// A part of the network in which every host reaches every other: the Internet, a perimeter
/// network, a corporate network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// How long a message takes between two hosts of the zone.
    pub latency: At<Latency>,
}

/// How long a message is under way: evenly spread between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// The shortest.
    pub min: Duration,
    /// The longest.
    pub max: Duration,
}

/// A link between two zones.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The two zones.
    pub between: At<Pair>,
    /// How long a message takes over the link.
    pub latency: At<Latency>,
}

/// Two names, of zones or of hosts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Vec<At<String>>")]
pub struct Pair([At<String>; 2]);

impl JsonSchema for Pair {
    fn schema_name() -> Cow<'static, str> {
        "Pair".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": { "type": "string" },
            "minItems": 2,
            "maxItems": 2,
            "description": "Two names, of zones or of hosts."
        })
    }
}

impl TryFrom<Vec<At<String>>> for Pair {
    type Error = String;
    fn try_from(zones: Vec<At<String>>) -> Result<Self, String> {
        let two = |names: Vec<_>| {
            format!("two names belong here, not {}; write them as [perimeter, corporate]", names.len())
        };
        zones.try_into().map(Self).map_err(two)
    }
}

impl Pair {
    /// The one that is named first.
    pub fn one(&self) -> &At<String> {
        &self.0[0]
    }
    /// The one that is named second.
    pub fn other(&self) -> &At<String> {
        &self.0[1]
    }
}

/// A firewall on the link between two zones. It lets through what a rule allows, in the rule's
/// direction, and the answers to that; everything else it drops.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Firewall {
    /// The two zones that it stands between.
    pub between: At<Pair>,
    /// What it lets through, by the name of the rule.
    #[serde(default)]
    pub allow: Entries<String, AllowRule>,
}

/// What a firewall lets through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowRule {
    /// Who may begin: a host, a zone, or `any`.
    pub from: At<String>,
    /// To whom: a host, a zone, or `any`.
    pub to: At<String>,
    /// Ports of TCP.
    #[serde(default)]
    pub tcp: Vec<Ports>,
    /// Ports of UDP.
    #[serde(default)]
    pub udp: Vec<Ports>,
}
