//! The JSON schema of the manifest, for editors and for programs that read it.

use serde_json::{Map, Value, json};

use super::{CopyKind, SCHEMA};
use crate::backend::{self, Through};
use crate::model::Applicability;
use crate::rewrite::{Reason, Rotation};

/// What people may fill in; the rest is written anew by each run.
const HUMAN: [(&str, &str); 3] = [
    ("owner", "Who answers for it; filled in by people."),
    ("notes", "Anything; filled in by people."),
    ("waived", "Why it stays as it is; filled in by people."),
];

/// The schema, draft 2020-12.
pub fn schema() -> Value {
    let mut schema = closed(&[
        ("$schema", json!({ "type": "string" })),
        ("version", json!({ "const": 1 })),
        (
            "backend",
            json!({ "enum": backend::ALL.map(|backend| backend.id) }),
        ),
        (
            "client",
            one_of(
                &Through::ALL.map(Through::as_str),
                "What modules ask Vault with: their own code, as it is where nothing is said, or a library.",
            ),
        ),
        (
            "mount",
            text(
                "Which mount, region, project or vault of it; empty where the environment of the program says it.",
            ),
        ),
        ("team", text("Whose secrets they are.")),
        ("secrets", list("secret", "By id.")),
        (
            "packages",
            list(
                "package",
                "What packages get that they did not need before.",
            ),
        ),
        (
            "steps",
            json!({ "type": "array", "items": { "type": "string" }, "description": "What is left to do whatever the secret." }),
        ),
        (
            "policies",
            list("policy", "What may be done by whom, by name."),
        ),
    ]);
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|name| name != "client");
    }
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$id"] = json!(SCHEMA);
    schema["title"] = json!("Manifest of envacuate");
    schema["$defs"] = json!({
        "secret": secret(),
        "reader": reader(),
        "copy": copy(),
        "manual": manual(),
        "package": package(),
        "policy": policy(),
    });
    schema
}

/// An object that has all of these properties and no others.
fn closed(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> = properties
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn line() -> Value {
    json!({ "type": "integer", "minimum": 1 })
}

fn one_of(words: &[&str], description: &str) -> Value {
    json!({ "enum": words, "description": description })
}

fn list(of: &str, description: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") }, "description": description })
}

fn status() -> Value {
    one_of(
        &["manual", "rewritten"],
        "`rewritten` is read from the secret manager, `manual` still from the environment.",
    )
}

fn secret() -> Value {
    let mut properties = vec![
        (
            "id",
            text("Address and package; stays the same as long as they do."),
        ),
        ("name", text("The name of the variable.")),
        (
            "provider",
            json!({ "type": ["string", "null"], "description": "Id of the service that it opens." }),
        ),
        ("server", text("The server that reads it.")),
        ("team", text("Whose it is.")),
        (
            "package",
            text("Directory of the package; empty for the working directory."),
        ),
        (
            "path",
            text("The secret in the manager: below the mount, or its name."),
        ),
        (
            "key",
            text("Key in the secret of that path; empty where the secret is one value."),
        ),
        (
            "api_path",
            text("The secret as the manager's API names it."),
        ),
        (
            "reference",
            text("The same with the key, as Archestra wants it."),
        ),
        (
            "strategy",
            one_of(
                &["create-if-absent", "fail-if-present", "overwrite"],
                "What to do with a value that is there already. Kept over runs.",
            ),
        ),
        ("status", status()),
        (
            "rotate_after",
            json!({ "type": "boolean", "description": "Whether a copy stood in plain text, so that the value must be taken for known." }),
        ),
        ("readers", list("reader", "Who reads it, by place.")),
        (
            "copies",
            list("copy", "Where its value stands in plain text, by place."),
        ),
        ("manual", list("manual", "What to do by hand.")),
        (
            "store",
            text(
                "A command that puts its value where it belongs, and takes it from standard input.",
            ),
        ),
    ];
    let human = HUMAN.map(|(name, description)| {
        (
            name,
            json!({ "type": ["string", "null"], "description": description }),
        )
    });
    properties.extend(human);
    closed(&properties)
}

fn reader() -> Value {
    let all = [
        Applicability::Safe,
        Applicability::Unsafe,
        Applicability::Manual,
    ];
    let rotations = [Rotation::Live, Rotation::OnRestart].map(Rotation::as_str);
    closed(&[
        ("path", text("Its file.")),
        ("line", line()),
        (
            "form",
            json!({ "type": ["string", "null"], "description": "The shape of the read." }),
        ),
        (
            "applicability",
            one_of(
                &all.map(Applicability::as_str),
                "How far the rewrite can be trusted.",
            ),
        ),
        (
            "rotation",
            one_of(
                &rotations,
                "Whether a new value is seen while the program runs.",
            ),
        ),
        ("status", status()),
    ])
}

fn copy() -> Value {
    let kinds = CopyKind::ALL.map(CopyKind::as_str);
    closed(&[
        ("path", text("Its file.")),
        ("line", line()),
        ("kind", one_of(&kinds, "What kind of file it is.")),
    ])
}

fn manual() -> Value {
    let mut reasons = Reason::ALL.map(Reason::as_str);
    reasons.sort_unstable();
    closed(&[
        ("reason", one_of(&reasons, "Why it was not rewritten.")),
        ("advice", text("Why, and what to do.")),
        (
            "suggestion",
            json!({ "type": ["string", "null"], "description": "A line of code that shows how." }),
        ),
        ("path", text("The file where it is to be done.")),
        ("line", line()),
    ])
}

fn package() -> Value {
    closed(&[
        (
            "file",
            text("The file that names what it needs; its directory where there is no such file."),
        ),
        (
            "add",
            json!({ "type": "array", "items": { "type": "string" }, "description": "What was added there." }),
        ),
        (
            "lock",
            text("The command that installs it and makes the lock file fit."),
        ),
    ])
}

fn policy() -> Value {
    closed(&[
        ("name", text("Its name.")),
        (
            "for",
            one_of(
                &["push", "server"],
                "`server` reads its own secret, `push` puts values there.",
            ),
        ),
        (
            "language",
            one_of(
                &backend::ALL.map(|backend| backend.policy),
                "The language of its text: `hcl`, `iam`, or commands of `gcloud` or `az`.",
            ),
        ),
        ("text", text("Its text.")),
    ])
}
