//! `migrate --format json`, and its schema.

use serde_json::Value;

use super::*;
use crate::cli::{assert_code, out};

fn schema() -> Value {
    let directory = tree(&[]);
    let text = out(&assert_code(&directory, &["config", "schema", "plan"], 0));
    serde_json::from_str(&text).unwrap()
}

fn document(directory: &TempDir, arguments: &[&str], code: i32) -> Value {
    let output = assert_code(
        directory,
        &[&["migrate", "--format", "json"], arguments].concat(),
        code,
    );
    let text = out(&output);
    assert!(!text.contains(LITERAL), "{text}");
    let document = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    document
}

fn names(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_document_keeps_its_contract() {
    let directory = package();
    let fixed = "const KEY: &str = env!(\"PLAIN_API_KEY\");\n";
    fs::write(directory.path().join("src/d.rs"), fixed).unwrap();
    let planned = document(&directory, &[], 1);
    let top = [
        "version", "tool", "backend", "written", "units", "files", "manifest", "steps", "problems",
        "summary",
    ];
    assert_eq!(names(&planned), top);
    assert_eq!(planned["version"], 1);
    assert_eq!(planned["written"], false);
    assert_eq!(planned["summary"]["by_hand"], 1);
    let find = |name: &str| {
        let mut units = planned["units"].as_array().unwrap().iter();
        units.find(|unit| unit["secret"] == name).unwrap().clone()
    };
    let unit = find("GITHUB_TOKEN");
    let keys = [
        "secret",
        "provider",
        "package",
        "address",
        "reason",
        "advice",
        "suggestion",
        "reads",
    ];
    assert_eq!(names(&unit), keys);
    assert_eq!(
        unit["package"],
        serde_json::json!({"root": "", "name": "notes", "kind": "node"})
    );
    assert_eq!(
        unit["address"],
        serde_json::json!({"mount": "secret", "path": "mcp/notes", "key": "GITHUB_TOKEN"})
    );
    let read = &unit["reads"][0];
    assert_eq!(
        names(read),
        ["path", "start", "end", "form", "rotation", "reason"]
    );
    assert_eq!(read["path"], "src/a.ts");
    assert_eq!(read["start"]["line"], 1);
    assert_eq!(find("PLAIN_API_KEY")["reason"], "compile-time");
    let files = planned["files"].as_array().unwrap();
    let of = |path: &str| files.iter().find(|file| file["path"] == path).unwrap();
    assert_eq!(of("src/a.ts")["new"], false);
    assert!(of("src/a.ts")["diff"].as_str().unwrap().contains("\"***\""));
    assert_eq!(of("src/secrets.ts")["new"], true);
}

#[test]
fn every_mode_prints_it() {
    let directory = package();
    let checked = document(&directory, &["--check"], 1);
    assert_eq!(checked["manifest"]["differences"][0], "is not there");
    let written = document(&directory, &["--write", "--allow-no-vcs"], 0);
    assert_eq!(written["written"], true);
    assert_eq!(written["manifest"]["path"], "envacuate.manifest.json");
    let checked = document(&directory, &["--check"], 0);
    assert!(checked["files"].as_array().unwrap().is_empty());
    assert!(
        checked["manifest"]["differences"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_schema_refuses_what_is_none() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let document = document(&package(), &[], 0);
    let broken: [(&str, Value); 5] = [
        ("/version", 2.into()),
        ("/written", "no".into()),
        ("/units/0/reason", "because".into()),
        ("/units/0/reads/0/rotation", "never".into()),
        ("/files/0/new", Value::Null),
    ];
    for (place, value) in broken {
        let mut document = document.clone();
        *document.pointer_mut(place).unwrap() = value;
        assert!(!jsonschema::is_valid(&schema, &document), "{place}");
    }
}
