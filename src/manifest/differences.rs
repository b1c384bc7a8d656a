//! In what a manifest differs from the one that code asks for, for people and continuous integration.
//!
//! The line of a place counts for nothing here: it moves with every change above it, and tells nobody anything else to do.

use serde_json::Value;

use crate::text::show;

/// A clause each, that the name of the manifest stands before; none if it says the same.
pub fn differences(before: Option<&[u8]>, after: &[u8]) -> Vec<String> {
    let parse = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
    let after = parse(after);
    let Some(before) = before.map(parse) else {
        let has_secrets = after["secrets"]
            .as_array()
            .is_some_and(|all| !all.is_empty());
        return Vec::from_iter(has_secrets.then(|| "is not there".to_owned()));
    };
    let mut found = Vec::new();
    for key in ["backend", "client", "mount"] {
        if before[key] != after[key] {
            found.push(format!("says another {key}"));
        }
    }
    for (list, id, what) in [("secrets", "id", "name"), ("policies", "name", "name")] {
        let known = entries(&before[list]);
        for entry in entries(&after[list]) {
            let name = show(entry[what].as_str().unwrap_or_default());
            match known.iter().find(|known| known[id] == entry[id]) {
                None => found.push(format!("lacks {name}")),
                Some(known) if *known != entry => {
                    found.push(format!("says something else about {name}"));
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// The entries of a list, without lines.
fn entries(list: &Value) -> Vec<Value> {
    let mut found: Vec<Value> = list.as_array().cloned().unwrap_or_default();
    for entry in &mut found {
        for places in ["readers", "copies", "manual"] {
            let places = entry.get_mut(places).and_then(Value::as_array_mut);
            for place in places.into_iter().flatten() {
                if let Some(place) = place.as_object_mut() {
                    place.remove("line");
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"{"backend": "vault", "mount": "secret", "policies": [],
        "secrets": [{"id": "a#A@", "name": "A", "readers": [{"path": "a.ts", "line": 1}]}]}"#;

    fn of(after: &str) -> Vec<String> {
        differences(Some(BEFORE.as_bytes()), after.as_bytes())
    }

    #[test]
    fn only_what_says_something_else_is_told() {
        assert!(of(BEFORE).is_empty());
        assert!(of(&BEFORE.replace("\"line\": 1", "\"line\": 2")).is_empty());
        assert_eq!(
            of(&BEFORE.replace("a.ts", "b.ts")),
            ["says something else about A"]
        );
        assert_eq!(of(&BEFORE.replace("a#A@", "b#A@")), ["lacks A"]);
        assert_eq!(
            of(&BEFORE.replace("\"secret\"", "\"kv\"")),
            ["says another mount"]
        );
        assert_eq!(differences(None, BEFORE.as_bytes()), ["is not there"]);
        assert!(differences(None, b"{\"secrets\": []}").is_empty());
    }
}
