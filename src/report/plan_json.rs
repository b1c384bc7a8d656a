//! A plan as JSON, version 1: stable, a field is only ever added. Its schema stands beside it.
//!
//! Of files it holds what the diff for people shows, and nothing else.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::Options;
use super::changes::{Change, changes, words};
use super::json::{Position, Problem as OfProblem, TOOL, Tool, VERSION, put};
use crate::manifest;
use crate::model::{Form, Problem};
use crate::rewrite::{Kind, Plan, Read, Reason, Rotation, Unit};

/// A plan with what the command line knows of it.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Which mount, project or vault of the secret manager.
    pub mount: &'p str,
    /// Its word.
    pub backend: &'p str,
    /// Whether the files were changed.
    pub written: bool,
    /// The path of the manifest; nothing if it was not looked at.
    pub manifest: Option<&'p str>,
    /// What the manifest does not say.
    pub differences: &'p [String],
    /// The files of which not everything could be said.
    pub problems: &'p [Problem],
}

#[derive(Serialize)]
struct Document<'p> {
    version: u32,
    tool: Tool,
    backend: &'p str,
    written: bool,
    units: Vec<OfUnit<'p>>,
    files: Vec<OfFile<'p>>,
    manifest: OfManifest<'p>,
    steps: Vec<String>,
    problems: Vec<OfProblem<'p>>,
    summary: Summary,
}

#[derive(Serialize)]
struct OfUnit<'p> {
    secret: &'p str,
    provider: Option<&'static str>,
    package: OfPackage<'p>,
    address: OfAddress<'p>,
    reason: Option<&'static str>,
    advice: Option<&'static str>,
    suggestion: Option<String>,
    reads: Vec<OfRead<'p>>,
}

#[derive(Serialize)]
struct OfPackage<'p> {
    root: &'p str,
    name: &'p str,
    kind: &'static str,
}

#[derive(Serialize)]
struct OfAddress<'p> {
    mount: &'p str,
    path: &'p str,
    key: &'p str,
}

#[derive(Serialize)]
struct OfRead<'p> {
    path: &'p str,
    start: Position,
    end: Position,
    form: Option<&'static str>,
    rotation: &'static str,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct OfFile<'p> {
    path: &'p str,
    new: bool,
    diff: String,
}

#[derive(Serialize)]
struct OfManifest<'p> {
    path: Option<&'p str>,
    differences: &'p [String],
}

#[derive(Serialize)]
struct Summary {
    to_move: usize,
    by_hand: usize,
    files: usize,
}

/// Kinds of packages, as the document names them.
const KINDS: [&str; 3] = ["node", "python", "cargo"];

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Node { .. } => KINDS[0],
        Kind::Python => KINDS[1],
        Kind::Cargo => KINDS[2],
    }
}

fn unit<'p>(unit: &'p Unit, mount: &'p str) -> OfUnit<'p> {
    OfUnit {
        secret: &unit.secret,
        provider: unit.provider,
        package: OfPackage {
            root: &unit.package.root,
            name: &unit.package.name,
            kind: kind(unit.package.kind),
        },
        address: OfAddress {
            mount,
            path: &unit.address.path,
            key: &unit.address.key,
        },
        reason: unit.reason.map(Reason::as_str),
        advice: unit.reason.map(Reason::advice),
        suggestion: unit.suggestion(),
        reads: unit.reads.iter().map(read).collect(),
    }
}

fn read(read: &Read) -> OfRead<'_> {
    OfRead {
        path: &read.location.path,
        start: read.location.start.into(),
        end: read.location.end.into(),
        form: read.form.map(Form::as_str),
        rotation: read.rotation.as_str(),
        reason: read.reason.map(Reason::as_str),
    }
}

fn files(plan: &Plan) -> io::Result<Vec<OfFile<'_>>> {
    let words = words(plan);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for (path, (before, after)) in &plan.files {
        let change = Change {
            path,
            before: before.as_deref(),
            after,
        };
        let mut diff = Vec::new();
        changes([change], &words, &Options::default(), &mut diff)?;
        found.push(OfFile {
            path,
            new: before.is_none(),
            diff: String::from_utf8_lossy(&diff).into_owned(),
        });
    }
    Ok(found)
}

/// Writes a plan as JSON.
pub fn plan_json(planned: &Planned<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Planned { plan, mount, .. } = planned;
    let by_hand = plan.units.iter().filter(|unit| unit.reason.is_some());
    let by_hand = by_hand.count();
    let document = Document {
        version: VERSION,
        tool: TOOL,
        backend: planned.backend,
        written: planned.written,
        units: plan.units.iter().map(|each| unit(each, mount)).collect(),
        files: files(plan)?,
        manifest: OfManifest {
            path: planned.manifest,
            differences: planned.differences,
        },
        steps: manifest::steps(plan),
        problems: planned.problems.iter().map(OfProblem::from).collect(),
        summary: Summary {
            to_move: plan.units.len() - by_hand,
            by_hand,
            files: plan.files.len(),
        },
    };
    put(&serde_json::to_string_pretty(&document)?, out)
}

/// The schema of the document, draft 2020-12. It leaves room for fields that are added.
pub fn plan_schema() -> Value {
    let text = json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let number = json!({ "type": "integer", "minimum": 0 });
    let reasons: Vec<Option<&str>> = Reason::ALL
        .iter()
        .map(|reason| Some(reason.as_str()))
        .chain([None])
        .collect();
    let rotations = [Rotation::Live, Rotation::OnRestart].map(Rotation::as_str);
    let position = object(&json!({ "line": number, "column": number, "byte": number }));
    let read = object(&json!({
        "path": text,
        "start": { "$ref": "#/$defs/position" },
        "end": { "$ref": "#/$defs/position" },
        "form": maybe,
        "rotation": { "enum": rotations },
        "reason": { "$ref": "#/$defs/reason" },
    }));
    let unit = object(&json!({
        "secret": text,
        "provider": maybe,
        "package": object(&json!({ "root": text, "name": text, "kind": { "enum": KINDS } })),
        "address": object(&json!({ "mount": text, "path": text, "key": text })),
        "reason": { "$ref": "#/$defs/reason" },
        "advice": maybe,
        "suggestion": maybe,
        "reads": list(&json!({ "$ref": "#/$defs/read" })),
    }));
    let mut schema = object(&json!({
        "version": { "const": VERSION },
        "tool": object(&json!({ "name": text, "version": text })),
        "backend": { "enum": crate::backend::ALL.map(|backend| backend.id) },
        "written": { "type": "boolean", "description": "Whether the files were changed." },
        "units": list(&json!({ "$ref": "#/$defs/unit" })),
        "files": list(&object(&json!({ "path": text, "new": { "type": "boolean" }, "diff": text }))),
        "manifest": object(&json!({ "path": maybe, "differences": list(&text) })),
        "steps": list(&text),
        "problems": list(&object(&json!({ "path": text, "kind": text, "message": text }))),
        "summary": object(&json!({ "to_move": number, "by_hand": number, "files": number })),
    }));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Plan of envacuate migrate");
    schema["$defs"] = json!({
        "position": position,
        "reason": { "enum": reasons },
        "read": read,
        "unit": unit,
    });
    schema
}

/// An object that has all of these properties.
fn object(properties: &Value) -> Value {
    let names = properties.as_object().into_iter().flatten();
    let names: Vec<&String> = names.map(|(name, _)| name).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}
