//! The manifest: what it says of a tree, its schema, its Markdown, and what a later run keeps.
//!
//! `fixtures/manifest/in` is a tree; its manifest and the Markdown of it stand beside it, and `UPDATE=1` writes them anew.

use envacuate::manifest::{self, Manifest, Origin, Status};
use envacuate::report::markdown;
use envacuate::rewrite::{Plan, Request};
use envacuate::settings::Settings;
use serde_json::Value;

use crate::migrate::{Memory, planned, request};
use crate::support::{case, derived, entries, files, name, relative, root, text};

/// A run over some files.
struct Run {
    plan: Plan,
    findings: Vec<envacuate::model::Finding>,
    request: Request,
}

impl Run {
    fn of(files: &[(String, Vec<u8>)]) -> Self {
        let report = case::check(files, &Settings::default());
        let plan = planned(&Memory(files.iter().cloned().collect()));
        Self {
            plan,
            findings: report.findings,
            request: request(),
        }
    }

    fn origin<'o>(&'o self, looked_at: &'o dyn Fn(&str, &str) -> bool) -> Origin<'o> {
        Origin {
            plan: &self.plan,
            findings: &self.findings,
            request: &self.request,
            looked_at,
        }
    }

    fn json(&self) -> String {
        manifest::json(&self.origin(&|_, _| true))
    }

    fn merged(&self, before: &str) -> Option<String> {
        self.merged_where(before, &|_, _| true)
    }

    fn merged_where(&self, before: &str, looked_at: &dyn Fn(&str, &str) -> bool) -> Option<String> {
        manifest::merged(Some(before.as_bytes()), &self.origin(looked_at))
    }
}

fn tree(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = root().join(folder);
    let read = |path: &std::path::PathBuf| (relative(path, &folder), text(path).into_bytes());
    files(&folder).iter().map(read).collect()
}

fn of(text: &str) -> Manifest {
    manifest::read(text.as_bytes()).unwrap()
}

fn one(path: &str, text: &str) -> (String, Vec<u8>) {
    (path.to_owned(), text.as_bytes().to_vec())
}

const READ: &str = "export const key = () => process.env.API_KEY;\n";
const COPY: &str =
    "{ \"mcpServers\": { \"a\": { \"env\": { \"API_KEY\": \"q7Rt92xLmVb8Nc1ZkQ4wYp3H\" } } } }\n";

#[test]
fn a_tree_has_the_manifest_that_stands_beside_it() {
    let json = Run::of(&tree("fixtures/manifest/in")).json();
    let folder = root().join("fixtures/manifest");
    derived(&folder.join("envacuate.manifest.json"), &json);
    derived(&folder.join("manifest.md"), &markdown(&of(&json)));
    assert_eq!(of(&json).json(), json);
}

#[test]
fn the_schema_is_published_and_accepts_what_is_written() {
    let schema = manifest::schema();
    assert!(jsonschema::meta::is_valid(&schema));
    derived(
        &root().join("docs/manifest.schema.json"),
        &format!("{schema:#}\n"),
    );
    let validator = jsonschema::validator_for(&schema).unwrap();
    let cases = entries(&root().join("fixtures/migrate"));
    let folders = cases
        .iter()
        .map(|case| format!("fixtures/migrate/{}/in", name(case)));
    let mut seen = 0;
    for folder in folders.chain(["fixtures/manifest/in".to_owned()]) {
        let json: Value = serde_json::from_str(&Run::of(&tree(&folder)).json()).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&json)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{folder}: {errors:?}");
        seen += json["secrets"].as_array().unwrap().len();
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn the_schema_refuses_what_no_manifest_has() {
    let validator = jsonschema::validator_for(&manifest::schema()).unwrap();
    let json = Run::of(&tree("fixtures/manifest/in")).json();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(validator.is_valid(&json));
    let places = [
        "",
        "/secrets/0",
        "/secrets/0/readers/0",
        "/policies/0",
        "/packages/0",
    ];
    for place in places {
        let mut more = json.clone();
        let at = more.pointer_mut(place).unwrap().as_object_mut().unwrap();
        at.insert("value".to_owned(), Value::from("x"));
        assert!(!validator.is_valid(&more), "{place}: a further key");
        let mut less = json.clone();
        let at = less.pointer_mut(place).unwrap().as_object_mut().unwrap();
        let first = at.keys().next().unwrap().clone();
        at.remove(&first);
        assert!(!validator.is_valid(&less), "{place}: without {first}");
    }
    for (place, value) in [("/version", "2"), ("/secrets/0/status", "\"done\"")] {
        let mut other = json.clone();
        *other.pointer_mut(place).unwrap() = serde_json::from_str(value).unwrap();
        assert!(!validator.is_valid(&other), "{place}");
    }
}

#[test]
fn a_later_run_takes_nothing_away() {
    let files = [one("a.ts", READ), one(".mcp.json", COPY)];
    let first = Run::of(&files);
    let json = first.json();
    // Again over the same tree, and over the migrated one.
    assert_eq!(first.merged(&json).unwrap(), json);
    let migrated: Vec<_> = first
        .plan
        .files
        .iter()
        .map(|(path, (_, after))| (path.clone(), after.clone()))
        .chain([one(".mcp.json", COPY)])
        .collect();
    let second = Run::of(&migrated);
    assert!(second.plan.units.is_empty());
    assert_eq!(second.merged(&json).unwrap(), json);
}

#[test]
fn secrets_can_be_moved_one_after_the_other() {
    let first = Run::of(&[one("a.ts", "export const b = process.env.B_API_KEY;\n")]);
    let json = first.json();
    let (_, after) = &first.plan.files["a.ts"];
    let more = "export const a = process.env.A_API_KEY;\nexport const c = process.env.B_API_KEY;\n";
    let text = String::from_utf8(after.clone()).unwrap() + more;
    let second = of(&Run::of(&[one("a.ts", &text)]).merged(&json).unwrap());
    let [a, b] = second.secrets.as_slice() else {
        panic!("{second:?}");
    };
    assert!(b.store.contains("kv put -cas=0"), "{b:?}");
    assert!(a.store.contains("kv patch"), "{a:?}");
    assert_eq!(b.readers.len(), 2, "{b:?}");
}

#[test]
fn packages_of_one_name_are_told_apart_by_people() {
    let package = |folder: &str, name: &str| {
        let source = format!("const client = connect(process.env.{name});\n");
        [
            one(&format!("{folder}/package.json"), r#"{"name": "notes"}"#),
            one(&format!("{folder}/src/index.js"), &source),
        ]
    };
    let both = [package("a", "A_TOKEN"), package("b", "B_TOKEN")].concat();
    let run = Run::of(&both);
    let told = |steps: Vec<String>| steps.iter().any(|step| step.contains("`a`, `b`"));
    assert!(told(manifest::steps(&run.plan)));
    let manifest = run.json();
    assert!(told(of(&manifest).steps));
    assert!(markdown(&of(&manifest)).contains("are several servers"));
    // One that is migrated later is told as well.
    let [first, second] =
        [package("a", "A_TOKEN"), package("b", "B_TOKEN")].map(|all| Run::of(&all));
    assert!(!told(of(&first.json()).steps));
    assert!(told(of(&second.merged(&first.json()).unwrap()).steps));
}

#[test]
fn a_value_that_stands_in_for_a_variable_is_not_forgotten() {
    let first = Run::of(&[one(
        "a.ts",
        "use(process.env.DB_PASSWORD || \"hunter2\");\n",
    )]);
    let json = first.json();
    let copies = &of(&json).secrets[0].copies;
    assert_eq!((copies.len(), copies[0].line), (1, 3), "{json}");
    let (_, after) = &first.plan.files["a.ts"];
    let second = Run::of(&[("a.ts".to_owned(), after.clone())]);
    assert_eq!(second.merged(&json).unwrap(), json);
}

#[test]
fn what_people_filled_in_stays_and_facts_do_not() {
    let first = Run::of(&[one("a.ts", READ), one(".mcp.json", COPY)]);
    let mut manifest = of(&first.json());
    assert!(manifest.secrets[0].rotate_after);
    assert_eq!(manifest.secrets[0].copies.len(), 1);
    manifest.secrets[0].owner = Some("team a".to_owned());
    manifest.secrets[0].notes = Some("see the wiki".to_owned());
    manifest.secrets[0].waived = Some("ends in May".to_owned());
    manifest.secrets[0].status = Status::Manual;
    manifest.secrets[0].readers.clear();
    // The copy is gone; it was there all the same.
    let later = Run::of(&[
        one("a.ts", READ),
        one("b.ts", "use(process.env.B_TOKEN);\n"),
    ]);
    let json = later.merged(&manifest.json()).unwrap();
    let merged = of(&json);
    let [a, b] = &merged.secrets[..] else {
        panic!("{json}")
    };
    assert_eq!(a.owner.as_deref(), Some("team a"));
    assert_eq!(a.notes.as_deref(), Some("see the wiki"));
    assert_eq!(a.waived.as_deref(), Some("ends in May"));
    assert_eq!(a.status, Status::Rewritten);
    assert_eq!(
        (a.readers.len(), a.copies.len(), a.rotate_after),
        (1, 0, true)
    );
    // Its path has a secret by now, which `put` would replace.
    assert!(
        a.store.contains(" put -cas=0 ") && b.store.contains(" patch "),
        "{json}"
    );
    assert!(!b.rotate_after);
}

#[test]
fn what_was_done_by_hand_is_left_no_longer() {
    let by_hand = "const KEY: &str = env!(\"API_KEY\");\n";
    let json = Run::of(&[one("a.rs", by_hand)]).json();
    assert_eq!(of(&json).secrets[0].status, Status::Manual);
    let none = Run::of(&[]);
    let after = |looked_at: bool| {
        let merged = none.merged_where(&json, &|name, path| {
            assert_eq!((name, path), ("API_KEY", "a.rs"));
            looked_at
        });
        of(&merged.unwrap()).secrets.remove(0)
    };
    let same = after(false);
    assert_eq!((same.status, same.manual.len()), (Status::Manual, 1));
    let done = after(true);
    assert_eq!((done.status, done.manual.len()), (Status::Rewritten, 0));
    assert_eq!(done.key, "API_KEY");
}

#[test]
fn copies_in_files_that_were_not_looked_at_are_kept() {
    let json = Run::of(&[one("a.ts", READ), one(".mcp.json", COPY)]).json();
    let part = Run::of(&[one("a.ts", READ)]);
    let copies = |looked_at: &dyn Fn(&str, &str) -> bool| {
        let merged = part.merged_where(&json, looked_at).unwrap();
        of(&merged).secrets[0].copies.len()
    };
    assert_eq!(copies(&|_, path| path == "a.ts"), 1);
    assert_eq!(copies(&|_, _| true), 0);
}

#[test]
fn what_is_no_manifest_is_not_written_over() {
    let run = Run::of(&[one("a.ts", READ)]);
    for text in ["{}", "not json", "", "{\"version\": 2}"] {
        assert_eq!(run.merged(text), None, "{text}");
    }
}

#[test]
fn hostile_names_stay_inside_of_their_cells() {
    let run = Run::of(&[one("a.ts", READ)]);
    let mut manifest = of(&run.json());
    let secret = &mut manifest.secrets[0];
    let hostile = "A|B`</summary><b>\n# @everyone ```";
    secret.name = hostile.to_owned();
    secret.waived = Some(hostile.to_owned());
    secret.readers[0].path = hostile.to_owned();
    secret.store = hostile.to_owned();
    secret.manual = vec![manifest::Manual {
        reason: hostile.to_owned(),
        advice: hostile.to_owned(),
        suggestion: Some(hostile.to_owned()),
        path: hostile.to_owned(),
        line: 1,
    }];
    manifest.policies[0].text = hostile.to_owned();
    let shown = markdown(&manifest);
    let row = shown.lines().find(|line| line.contains("A\\|B")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    // Outside of a fence nothing of it starts a line.
    let mut fence: Option<String> = None;
    for line in shown.lines() {
        let ticks = "`".repeat(line.len() - line.trim_start_matches('`').len());
        if let Some(open) = &fence {
            if ticks == *open {
                fence = None;
            }
        } else if ticks.len() >= 3 {
            fence = Some(ticks);
        } else {
            assert!(!line.starts_with("# ") && !line.starts_with('@'), "{shown}");
        }
    }
    assert_eq!(fence, None, "{shown}");
}

#[test]
fn no_manifest_holds_a_value() {
    let value = "q7Rt92xLmVb8Nc1ZkQ4wYp3H";
    let source = format!("{READ}const other = process.env.B_TOKEN ?? \"{value}\";\n");
    let run = Run::of(&[one("a.ts", &source), one(".mcp.json", COPY)]);
    let json = run.json();
    let manifest = of(&json);
    assert!(
        manifest
            .secrets
            .iter()
            .any(|secret| !secret.copies.is_empty())
    );
    for at in 0..value.len() - 8 {
        assert!(!json.contains(&value[at..at + 8]), "{json}");
        assert!(!markdown(&manifest).contains(&value[at..at + 8]));
    }
}

#[test]
fn what_code_around_could_notice_is_told() {
    let json = Run::of(&tree("fixtures/migrate/ts-unsafe/in")).json();
    let secrets = of(&json).secrets;
    let mut readers = secrets.iter().flat_map(|secret| &secret.readers);
    assert!(
        readers.any(|reader| reader.applicability == "safe"),
        "{json}"
    );
}
