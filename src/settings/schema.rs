//! The JSON schema of the settings, for editors. Generated from the key table.

use serde_json::{Map, Value, json};

use super::keys::{Key, Kind, SINK_KEYS, keys};
use crate::model::{Channel, Severity};

/// The schema, draft 2020-12.
pub fn schema() -> Value {
    let mut properties = Map::new();
    for key in keys() {
        let Some(section) = key.section() else {
            properties.insert(key.id.to_owned(), of_key(key));
            continue;
        };
        let table = properties
            .entry(section)
            .or_insert_with(|| closed(&Map::new()));
        table["properties"][key.name()] = of_key(key);
    }
    let mut schema = closed(&properties);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Settings of envacuate");
    schema["$defs"] = json!({
        "rule": { "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "description": "The id of a rule." },
        "text": { "type": "string", "pattern": "\\S" },
        "level": { "enum": levels() },
        "channel": { "enum": Channel::ALL.map(Channel::as_str) },
    });
    schema
}

/// An object that has no other properties.
fn closed(properties: &Map<String, Value>) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn levels() -> Vec<&'static str> {
    Severity::ALL
        .into_iter()
        .rev()
        .map(Severity::as_str)
        .collect()
}

fn of_key(key: &Key) -> Value {
    let mut schema = of_kind(key.kind);
    schema["description"] = json!(key.doc);
    for (word, text) in [("default", key.default), ("examples", key.example)] {
        // A default is TOML, which for everything that has one is JSON as well.
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            schema[word] = if word == "examples" {
                json!([value])
            } else {
                value
            };
        }
    }
    schema
}

fn of_kind(kind: Kind) -> Value {
    let rules = json!({ "type": "array", "items": { "$ref": "#/$defs/rule" } });
    match kind {
        Kind::Select => {
            json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/rule" } })
        }
        Kind::Rules => rules,
        Kind::Globs | Kind::Names | Kind::Functions => {
            json!({ "type": "array", "items": { "$ref": "#/$defs/text" } })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Size => json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": u32::MAX },
            { "type": "string", "pattern": "^\\s*[0-9]+\\s*([bB]|[kKmMgG][iI]?[bB])?\\s*$" },
        ] }),
        Kind::Path => json!({ "$ref": "#/$defs/text" }),
        Kind::Level => json!({ "$ref": "#/$defs/level" }),
        Kind::Levels => json!({
            "type": "object",
            "propertyNames": { "$ref": "#/$defs/rule" },
            "additionalProperties": { "anyOf": [{ "$ref": "#/$defs/level" }, { "const": "off" }] },
        }),
        Kind::GlobRules => json!({ "type": "object", "additionalProperties": rules }),
        Kind::Sinks => json!({ "type": "array", "items": sink() }),
    }
}

fn sink() -> Value {
    let property = |(name, doc): (&str, &str)| {
        let reference = match name {
            "channel" => "#/$defs/channel",
            _ => "#/$defs/text",
        };
        (
            name.to_owned(),
            json!({ "$ref": reference, "description": doc }),
        )
    };
    let mut schema = closed(&SINK_KEYS.into_iter().map(property).collect());
    schema["required"] = json!(SINK_KEYS.map(|(name, _)| name));
    schema
}
