//! What a scenario's files may hold, read off their JSON Schema: which settings a thing has, and which
//! values a setting takes.

use serde_json::Value;

/// The schema of one place in a file.
#[derive(Debug, Clone)]
pub struct Shape<'s> {
    root: &'s Value,
    schema: &'s Value,
    /// Which place: the same for all places of the same kind, `User.certificates`.
    pub place: String,
}

impl<'s> Shape<'s> {
    /// The whole file.
    pub fn of(root: &'s Value) -> Self {
        Self { root, schema: root, place: String::new() }
    }

    /// The shape with its references followed; an optional value is what it is when it is there.
    fn resolved(root: &'s Value, mut schema: &'s Value, mut place: String) -> Self {
        loop {
            if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
                schema = &root["definitions"][name];
                // A definition that is one value is told by where it is used: `User.mail`.
                if schema["properties"].is_object() || schema["oneOf"].is_array() && !is_choice(schema) {
                    place = name.to_owned();
                }
                continue;
            }
            let parts = schema["allOf"].as_array().or_else(|| schema["anyOf"].as_array());
            match parts.and_then(|parts| parts.iter().find(|part| part["type"] != "null")) {
                Some(part) => schema = part,
                None => return Self { root, schema, place },
            }
        }
    }

    /// The alternatives of the place: itself, or each of those that it may be.
    fn alternatives(&self) -> Vec<&'s Value> {
        match self.schema["oneOf"].as_array() {
            Some(alternatives) => alternatives.iter().collect(),
            None => vec![self.schema],
        }
    }

    /// The shape below a name: a setting, or an entry of a map whose names are free.
    pub fn below(&self, name: &str) -> Option<Shape<'s>> {
        let setting = self.alternatives().into_iter().find_map(|schema| schema["properties"].get(name));
        let place = format!("{}.{name}", self.place);
        let (schema, place) = match setting {
            Some(schema) => (schema, place),
            None => (self.free()?, format!("{}.*", self.place)),
        };
        Some(Self::resolved(self.root, schema, place))
    }

    /// The shape of a list's items.
    pub fn item(&self) -> Option<Shape<'s>> {
        let items = self.schema.get("items")?;
        items.is_object().then(|| Self::resolved(self.root, items, format!("{}.-", self.place)))
    }

    /// Whether the names of a map are free, as those of users or records are.
    pub fn is_free(&self) -> bool {
        self.free().is_some()
    }

    fn free(&self) -> Option<&'s Value> {
        self.schema.get("additionalProperties").filter(|schema| schema.is_object())
    }

    /// Whether a setting may be left out.
    pub fn may_lack(&self, name: &str) -> bool {
        let required = |schema: &&Value| {
            let names = schema["required"].as_array();
            names.is_some_and(|names| names.iter().any(|one| one == name))
        };
        !self.alternatives().iter().any(required)
    }

    /// The settings that a thing has.
    pub fn settings(&self) -> Vec<&'s str> {
        match self.schema["properties"].as_object() {
            Some(settings) => settings.keys().map(String::as_str).collect(),
            None => Vec::new(),
        }
    }

    /// The values that a setting can take, where they are few: yes and no, or one of some words; without
    /// the one that it has where nothing is said.
    pub fn choices(&self) -> Vec<Value> {
        let all: Vec<Value> = match self.schema["type"].as_str() {
            Some("boolean") => vec![Value::Bool(true), Value::Bool(false)],
            _ => self.words(),
        };
        all.into_iter().filter(|value| self.schema.get("default") != Some(value)).collect()
    }

    fn words(&self) -> Vec<Value> {
        let of = |schema: &Value| match (schema.get("const"), schema["enum"].as_array()) {
            (Some(word), _) => vec![word.clone()],
            (None, Some(words)) => words.clone(),
            (None, None) => Vec::new(),
        };
        self.alternatives().into_iter().flat_map(of).collect()
    }
}

/// Whether a definition is a choice among words.
fn is_choice(schema: &Value) -> bool {
    let word = |one: &Value| one.get("const").is_some() || one["enum"].is_array();
    schema["oneOf"].as_array().is_some_and(|all| all.iter().all(word))
}
