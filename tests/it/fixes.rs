//! Every fix of every fixture: it holds, nothing else changes, and a second run has nothing to do.
//!
//! What the fixtures of a rule become stands in `fixtures/fixed/`, derived; `UPDATE=1 cargo test fixes` rewrites it.

use std::collections::BTreeMap;

use envacuate::fix::{Fixed, Request, Texts, fix};
use envacuate::language::Language;
use envacuate::model::{Report, Severity};
use envacuate::report::{Format, Options, render};
use envacuate::settings::Settings;
use envacuate::syntax::{Parsed, parse};

use serde_json::{Value, json};

use crate::support::case::{self, Case};
use crate::support::{derived, files, none, relative, root};

/// A file by its path.
type Files = Vec<(String, Vec<u8>)>;

fn judge(files: &Files, texts: &Texts) -> Report {
    let changed: Files = files
        .iter()
        .map(|(path, text)| {
            let text = texts.get(path).unwrap_or(text);
            (path.clone(), text.clone())
        })
        .collect();
    case::check(&changed, &Settings::default())
}

fn fixed(files: &Files, allow_unsafe: bool) -> Fixed {
    let request = Request {
        read: &|path| {
            let found = files.iter().find(|(known, _)| known == path);
            found.map(|(_, text)| text.clone())
        },
        judge: &|texts| Ok(judge(files, texts)),
        allow_unsafe,
        from: Severity::Note,
        which: &|_| true,
    };
    fix(judge(files, &Texts::new()), &request).unwrap()
}

fn bytes(case: &Case) -> Files {
    let files = case.files.iter();
    files
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect()
}

fn errors(path: &str, text: &[u8]) -> usize {
    match parse(Language::of_path(path).unwrap(), text) {
        Parsed::Tree(tree) => tree.errors(),
        Parsed::Refused(_) => usize::MAX,
    }
}

#[test]
fn fixes_hold_and_converge() {
    let mut wrong = Vec::new();
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for case in case::all().0 {
        let files = bytes(&case);
        let before = judge(&files, &Texts::new());
        let result = fixed(&files, true);
        let offered = before
            .findings
            .iter()
            .filter(|f| f.fix.is_some() && f.suppression.is_none());
        let base = &case.base;
        let (offered, made) = (offered.count(), result.report.summary.fixed);
        let name = &case.files[0].0;
        if offered != made {
            wrong.push(format!("{base}/{name}: {made} of {offered} fixes hold"));
        }
        if before.findings.len() - made < result.report.findings.len() {
            wrong.push(format!("{base}/{name}: other findings came"));
        }
        let mut after = files.clone();
        for (path, (old, new)) in &result.files {
            if errors(path, new) > errors(path, old) {
                wrong.push(format!("{base}/{path}: does not parse"));
            }
            let text = String::from_utf8(new.clone()).unwrap();
            let place = base.replace("fixtures/rules", "fixtures/fixed");
            wanted.insert(format!("{place}/{path}"), text);
            after.iter_mut().find(|(known, _)| known == path).unwrap().1 = new.clone();
        }
        let again = fixed(&after, true);
        if !again.files.is_empty() {
            wrong.push(format!("{base}: a second run finds something to do"));
        }
    }
    none("fixes that are wrong", &wrong);
    let folder = root().join("fixtures/fixed");
    for (path, text) in &wanted {
        derived(&root().join(path), text);
    }
    for path in files(&folder) {
        let path = relative(&path, &root());
        assert!(wanted.contains_key(&path), "{path}: nothing is fixed there");
    }
}

#[test]
fn line_endings_and_marks_are_kept() {
    const MARK: &str = "\u{feff}";
    let mut wrong = Vec::new();
    for case in case::all().0 {
        let files = bytes(&case);
        let plain = fixed(&files, true);
        let other = |text: &[u8]| {
            let text = std::str::from_utf8(text).unwrap().replace('\n', "\r\n");
            format!("{MARK}{text}").into_bytes()
        };
        let changed: Files = files
            .iter()
            .map(|(path, text)| (path.clone(), other(text)))
            .collect();
        let result = fixed(&changed, true);
        for (path, (_, new)) in &plain.files {
            let found = result.files.get(path).map(|(_, new)| new.clone());
            if found.as_deref() != Some(&other(new)[..]) {
                wrong.push(format!(
                    "{}/{path}: differs with CRLF and a mark",
                    case.base
                ));
            }
        }
    }
    none("fixes that depend on line endings", &wrong);
}

#[test]
fn what_is_unsafe_has_to_be_asked_for() {
    let text = "import { spawn } from \"node:child_process\";\nconsole.log(process.env);\nspawn(\"ls\", [], { env: process.env });\n";
    let files = vec![("a.ts".to_owned(), text.as_bytes().to_vec())];
    let result = fixed(&files, false);
    let (_, new) = &result.files["a.ts"];
    let new = std::str::from_utf8(new).unwrap();
    assert_eq!(
        new,
        text.replacen("process.env", "Object.keys(process.env)", 1)
    );
    assert_eq!(result.report.summary.fixed, 1);
    let all = fixed(&files, true);
    assert_eq!(all.made["a.ts"], 2);
    assert!(all.report.findings.is_empty());
}

#[test]
fn what_is_silenced_stays() {
    let text = "console.log(process.env); // envacuate: ignore[env-dump] a demo\n";
    let files = vec![("a.ts".to_owned(), text.as_bytes().to_vec())];
    assert!(fixed(&files, true).files.is_empty());
}

#[test]
fn formats_carry_fixes() {
    let text = "console.log(process.env);\n";
    let report = case::check(&[("a.ts".to_owned(), text)], &Settings::default());
    let document = |format| {
        let mut out = Vec::new();
        render(&report, format, &Options::default(), &mut out).unwrap();
        serde_json::from_slice::<Value>(&out).unwrap()
    };
    let fix = &document(Format::Json)["findings"][0]["fix"];
    assert_eq!(
        fix,
        &json!({"applicability": "safe", "title": "write only the names of the variables", "edits": [{
            "path": "a.ts", "text": "Object.keys(process.env)",
            "start": {"line": 1, "column": 13, "byte": 12},
            "end": {"line": 1, "column": 24, "byte": 23},
        }]})
    );
    let fix = &document(Format::Sarif)["runs"][0]["results"][0]["fixes"][0];
    assert_eq!(
        fix["description"]["text"],
        "Write only the names of the variables."
    );
    let change = &fix["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a.ts");
    let replacement = &change["replacements"][0];
    assert_eq!(replacement["deletedRegion"]["byteOffset"], 12);
    assert_eq!(replacement["deletedRegion"]["byteLength"], 11);
    assert_eq!(
        replacement["insertedContent"]["text"],
        "Object.keys(process.env)"
    );
}
