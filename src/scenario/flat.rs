//! A value as flat lines of text, a setting each: `hosts.ws.zone = perimeter`.

use serde::Serialize;
use serde_json::Value;

/// The lines of an entry of a section. What is null, or an empty list or map, has none.
pub fn lines(section: &str, name: &str, entry: &impl Serialize) -> Vec<String> {
    let value = serde_json::to_value(entry).expect("what a file holds has a plain JSON form");
    let mut lines = vec![format!("{section}.{name}")];
    flatten(&format!("{section}.{name}"), &value, &mut lines);
    lines
}

fn flatten(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| flatten(&format!("{path}.{name}"), value, lines));
        }
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            let values: Vec<String> = values.iter().map(plain).collect();
            lines.extend((!values.is_empty()).then(|| format!("{path} = {}", values.join(", "))));
        }
        Value::Array(values) => {
            (1..).zip(values).for_each(|(place, value)| flatten(&format!("{path}.{place}"), value, lines));
        }
        single => lines.push(format!("{path} = {}", plain(single))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
