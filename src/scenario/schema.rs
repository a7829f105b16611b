//! The JSON Schema of the two kinds of file, for editors. It comes from the types, so that it cannot
//! say anything else than they do; every description in it is a doc comment there.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::topology::{ScenarioFile, TopologyFile};

/// The two kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What happens in a topology, and what must come of it.
    Scenario,
    /// Zones, hosts, domains, trusts and all that stands between them.
    Topology,
}

/// The JSON Schema of a kind of file, in draft 7, which every editor understands.
///
/// ```
/// use forestsim::scenario::{Kind, schema};
/// assert_eq!(schema(Kind::Scenario)["required"], serde_json::json!(["title", "steps"]));
/// ```
pub fn schema(kind: Kind) -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let schema = match kind {
        Kind::Scenario => generator.into_root_schema_for::<ScenarioFile>(),
        Kind::Topology => generator.into_root_schema_for::<TopologyFile>(),
    };
    schema.to_value()
}

/// The JSON Schema of a kind of file as the text of a file: indented, with a line break at its end.
pub fn schema_text(kind: Kind) -> String {
    format!("{:#}\n", schema(kind))
}
