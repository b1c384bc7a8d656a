//! The manifest: which secrets to move where, for whom, and what is left to do by hand.
//!
//! JSON, version 1, sorted, without times, and without any trace of a value. From a plan; used by `migrate`.

mod differences;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

pub use differences::differences;

use crate::rewrite::{Plan, Read, Unit};

/// Its name unless the user says another.
pub const FILE: &str = "envacuate.manifest.json";

#[derive(Serialize)]
struct Manifest<'p> {
    version: u32,
    backend: &'static str,
    mount: &'p str,
    secrets: Vec<Secret<'p>>,
    steps: Vec<String>,
    policies: Vec<Policy>,
}

#[derive(Serialize)]
struct Secret<'p> {
    id: String,
    name: &'p str,
    provider: Option<&'static str>,
    package: &'p str,
    path: &'p str,
    key: &'p str,
    api_path: String,
    reference: String,
    status: &'static str,
    readers: Vec<Reader<'p>>,
    manual: Option<Manual>,
    store: String,
}

#[derive(Serialize)]
struct Reader<'p> {
    path: &'p str,
    line: usize,
    form: Option<&'static str>,
    rotation: &'static str,
}

#[derive(Serialize)]
struct Manual {
    reason: &'static str,
    advice: &'static str,
}

#[derive(Serialize)]
struct Policy {
    name: String,
    hcl: String,
}

/// The manifest of a plan, as JSON with a line ending.
pub fn json(plan: &Plan, mount: &str) -> String {
    let manifest = Manifest {
        version: 1,
        backend: "vault",
        mount,
        secrets: secrets(plan, mount),
        steps: steps(plan),
        policies: policies(plan, mount),
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

/// The secrets; the first value of a path makes the secret there, the others are added to it.
fn secrets<'p>(plan: &'p Plan, mount: &str) -> Vec<Secret<'p>> {
    let mut seen = BTreeSet::new();
    let all = plan.units.iter();
    all.map(|unit| secret(unit, mount, seen.insert(&unit.address.path)))
        .collect()
}

/// Whether a text is a manifest of this version.
pub fn is_one(text: &[u8]) -> bool {
    serde_json::from_slice::<Value>(text)
        .is_ok_and(|value| value["version"] == 1 && value["secrets"].is_array())
}

/// The manifest of a plan with what stands in an earlier one and is not planned anew, so that a later run takes nothing
/// away.
///
/// What was left to do by hand and is read nowhere by now counts as done, if all its places were looked at: `looked_at`
/// says so of a secret and a path.
pub fn merged(
    before: Option<&[u8]>,
    plan: &Plan,
    mount: &str,
    looked_at: &dyn Fn(&str, &str) -> bool,
) -> String {
    let text = json(plan, mount);
    let old: Option<Value> = before.and_then(|text| serde_json::from_slice(text).ok());
    let (Some(mut old), Ok(mut new)) = (old, serde_json::from_str::<Value>(&text)) else {
        return text;
    };
    for entry in old["secrets"].as_array_mut().into_iter().flatten() {
        let same = |unit: &&Unit| {
            entry["name"] == unit.secret.as_str() && entry["package"] == unit.package.root.as_str()
        };
        if plan.units.iter().find(same).is_none() {
            settle(entry, looked_at);
        }
    }
    if let (Some(earlier), Some(steps)) = (old["steps"].as_array(), new["steps"].as_array_mut()) {
        let kept = earlier.iter().filter(|step| !steps.contains(step));
        let kept: Vec<Value> = kept.cloned().collect();
        steps.extend(kept);
        steps.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }
    for (list, key) in [("secrets", "id"), ("policies", "name")] {
        let (Some(earlier), Some(entries)) = (old[list].as_array(), new[list].as_array_mut())
        else {
            continue;
        };
        for entry in earlier {
            if !entries.iter().any(|known| known[key] == entry[key]) {
                entries.push(entry.clone());
            }
        }
        entries.sort_by(|a, b| a[key].as_str().cmp(&b[key].as_str()));
    }
    let mut text = serde_json::to_string_pretty(&new).unwrap_or_default();
    text.push('\n');
    text
}

/// Notes that nothing is left to do by hand, for a secret of which no read was found.
fn settle(entry: &mut Value, looked_at: &dyn Fn(&str, &str) -> bool) {
    let name = entry["name"].as_str().unwrap_or_default();
    let mut readers = entry["readers"].as_array().into_iter().flatten();
    let is_seen = readers.all(|reader| {
        let path = reader["path"].as_str();
        path.is_some_and(|path| looked_at(name, path))
    });
    if entry["status"] == "manual" && is_seen {
        entry["status"] = "rewritten".into();
        entry["manual"] = Value::Null;
        entry["readers"] = Value::Array(Vec::new());
    }
}

fn secret<'p>(unit: &'p Unit, mount: &str, is_first: bool) -> Secret<'p> {
    let address = &unit.address;
    Secret {
        id: format!("{}#{}@{}", address.path, address.key, unit.package.root),
        name: &unit.secret,
        provider: unit.provider,
        package: &unit.package.root,
        path: &address.path,
        key: &address.key,
        api_path: format!("{mount}/data/{}", address.path),
        reference: format!("{mount}/data/{}#{}", address.path, address.key),
        status: if unit.reason.is_none() {
            "rewritten"
        } else {
            "manual"
        },
        readers: unit.reads.iter().map(reader).collect(),
        manual: unit.reason.map(|reason| Manual {
            reason: reason.as_str(),
            advice: reason.advice(),
        }),
        store: store(unit, mount, is_first),
    }
}

fn reader(read: &Read) -> Reader<'_> {
    Reader {
        path: &read.location.path,
        line: read.location.start.line,
        form: read.form.map(crate::model::Form::as_str),
        rotation: read.rotation.as_str(),
    }
}

/// A command that puts a value where it belongs and takes it from standard input. What is there is never overwritten.
fn store(unit: &Unit, mount: &str, is_first: bool) -> String {
    let Unit {
        secret, address, ..
    } = unit;
    let verb = if is_first { "put -cas=0" } else { "patch" };
    let (path, key) = (&address.path, &address.key);
    format!("printf %s \"${secret}\" | vault kv {verb} -mount={mount} {path} {key}=-")
}

/// What is left to do whatever the secret.
pub fn steps(plan: &Plan) -> Vec<String> {
    let manifests = plan
        .files
        .keys()
        .filter(|path| path.ends_with("Cargo.toml"));
    manifests
        .map(|path| format!("run `cargo check` for {path} once, so that Cargo.lock has the crates that were added"))
        .collect()
}

/// The least that each server needs: to read its own secret.
fn policies(plan: &Plan, mount: &str) -> Vec<Policy> {
    let mut paths: Vec<&str> = plan
        .units
        .iter()
        .map(|unit| unit.address.path.as_str())
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let policy = |path: &str| Policy {
        name: format!("{}-read", path.replace('/', "-")),
        hcl: format!("path \"{mount}/data/{path}\" {{\n  capabilities = [\"read\"]\n}}\n"),
    };
    paths.into_iter().map(policy).collect()
}
