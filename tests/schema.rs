//! The JSON Schemas in scenarios/ say what the types say, and the shipped files keep to them.

use std::path::{Path, PathBuf};

use forestsim::scenario::{Kind, load, load_topology, schema, schema_text};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The shipped files of a kind: whether a file lies in a folder `topologies` tells which it is.
fn shipped(kind: Kind) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_topology = path.parent().is_some_and(|parent| parent.ends_with("topologies"));
            match path.extension() {
                None if path.is_dir() => folders.push(path),
                Some(extension) if extension == "yaml" && is_topology == (kind == Kind::Topology) => {
                    found.push(path)
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn complaints(kind: Kind, text: &str) -> Vec<String> {
    let value: Value = serde_saphyr::from_str(text).unwrap();
    let validator = jsonschema::draft7::new(&schema(kind)).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for (kind, name) in [(Kind::Scenario, "scenario"), (Kind::Topology, "topology")] {
        let committed =
            std::fs::read_to_string(folder().join(format!("{name}.schema.json"))).unwrap_or_default();
        assert!(
            committed == schema_text(kind),
            "scenarios/{name}.schema.json is stale; renew it with\n    \
             cargo run -- schema {name} > scenarios/{name}.schema.json",
        );
    }
}

#[test]
fn the_shipped_files_load_and_keep_to_their_schemas() {
    let topologies = shipped(Kind::Topology);
    assert!(topologies.len() >= 2, "{topologies:?}");
    for (kind, path) in topologies
        .into_iter()
        .map(|path| (Kind::Topology, path))
        .chain(shipped(Kind::Scenario).into_iter().map(|path| (Kind::Scenario, path)))
    {
        let loaded = match kind {
            Kind::Topology => load_topology(&path).map(drop),
            Kind::Scenario => load(&path).map(drop),
        };
        assert!(loaded.is_ok(), "{}", loaded.unwrap_err().report(false));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(complaints(kind, &text), [""; 0], "{}", path.display());
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# yaml-language-server: $schema="), "{} names no schema", path.display());
        let named = first.rsplit('=').next().unwrap_or_default();
        assert!(path.with_file_name("").join(named).is_file(), "{}: no {named}", path.display());
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let step = |step: &str| format!("title: x\nsteps:\n  - {step}\n");
    assert_eq!(complaints(Kind::Scenario, &step("wait: 3s")), [""; 0]);
    for wrong in [
        "name: nothing",
        "{ wait: 3s, heal: x }",
        "wait: soon",
        "weight: 3s",
        "fault: { clocks: { host: ws } }",
        "fault: { cut: { between: [a] } }",
        "{ wait: 3s, expect: { refused: { rule: adfs.no-such-rule } } }",
        "{ wait: 3s, expect: { granted: null } }",
    ] {
        assert_ne!(complaints(Kind::Scenario, &step(wrong)), [""; 0], "{wrong}");
    }
}

/// Every key in the files is explained to whoever hovers over it in an editor.
#[test]
fn everything_in_the_schema_is_described() {
    for kind in [Kind::Scenario, Kind::Topology] {
        let schema = schema(kind);
        let definitions = schema["definitions"].as_object().unwrap();
        let objects = definitions
            .iter()
            .map(|(name, definition)| (name.as_str(), definition))
            .chain([("file", &schema)]);
        for (name, definition) in objects {
            assert!(definition["description"].is_string(), "{name}");
            for (key, property) in definition["properties"].as_object().into_iter().flatten() {
                let described = property["description"].is_string();
                assert!(described, "{name}.{key}");
            }
        }
    }
}
