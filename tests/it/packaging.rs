//! What packages and hooks repeat of the crate: its version, its platforms, and the names of the files it reads.
//!
//! `UPDATE=1 cargo test packaging` writes it anew. What is in a package and runs from it is for `tests/packages`.

use envacuate::config::{NamePart, classify, name_parts};
use envacuate::language::Language;

use crate::support::{derived, none, root, text};

/// Where the version of the crate is repeated: a file, what stands before it, and what ends it.
const VERSIONS: &[(&str, &str, &str)] = &[
    ("setup.py", "envacuate==", "\""),
    ("packaging/homebrew/envacuate.rb", "  version \"", "\""),
    ("docs/hooks.md", "    rev: v", "\n"),
    ("docs/ci.md", "uses: envacuate/envacuate@v", "\n"),
    ("editors/vscode/package.json", "  \"version\": \"", "\""),
    ("editors/zed/extension.toml", "\nversion = \"", "\""),
    ("editors/zed/Cargo.toml", "\nversion = \"", "\""),
    ("editors/emacs/envacuate.el", ";; Version: ", "\n"),
];

/// Folders and files of the clone that are in the published crate.
const CRATE: &[&str] = &["src/", "queries/"];

#[test]
fn one_version_stands_everywhere() {
    for (file, before, end) in VERSIONS {
        let path = root().join(file);
        let old = text(&path);
        let mut parts = old.split(before);
        let mut new = parts.next().unwrap_or_default().to_owned();
        assert_ne!(new, old, "{file} does not say {before:?}");
        for part in parts {
            let at = part.find(end).expect("the version ends");
            new = new + before + env!("CARGO_PKG_VERSION") + &part[at..];
        }
        derived(&path, &new);
    }
}

#[test]
fn releases_are_built_for_the_same_targets() {
    let table: serde_json::Value =
        serde_json::from_str(&text(&root().join("packaging/targets.json"))).unwrap();
    let targets = table.as_array().unwrap().iter();
    let targets: Vec<_> = targets.map(|one| one["target"].as_str().unwrap()).collect();
    let workflow = text(&root().join(".github/workflows/release.yml"));
    let built: Vec<_> = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- { target: ")?.split(',').next())
        .collect();
    assert_eq!(built, targets);
}

#[test]
fn the_wheel_has_the_licences() {
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let copy = root().join("packaging/pypi").join(name);
        derived(&copy, &text(&root().join(name)));
    }
}

/// Names as a regular expression that Python, and the engine of prek, read alike.
fn names() -> String {
    let quoted = |text: &str| text.replace('.', r"\.");
    let mut parts: Vec<String> = Vec::new();
    let mut templates: Vec<String> = Vec::new();
    for part in name_parts() {
        match part {
            NamePart::Whole(name) => parts.push(quoted(name)),
            NamePart::Start(start) => parts.push(quoted(start) + "[^/]*"),
            NamePart::End(end) => parts.push(format!("[^/]*{}", quoted(end))),
            NamePart::Template(end) => templates.push(quoted(end)),
        }
    }
    let languages = Language::ALL.iter().flat_map(|one| one.spec().extensions);
    let languages = languages.copied().collect::<Vec<_>>().join("|");
    let (parts, templates) = (parts.join("|"), templates.join("|"));
    format!(r"(?i)(^|/)([^/]+\.({languages})|({parts})({templates})?)$")
}

#[test]
fn hooks_get_the_files_that_are_read() {
    let path = root().join(".pre-commit-hooks.yaml");
    let old = text(&path);
    let wanted = format!("  files: '{}'", names());
    let new: Vec<&str> = old
        .lines()
        .map(|line| {
            if line.starts_with("  files: ") {
                &wanted
            } else {
                line
            }
        })
        .collect();
    assert!(new.contains(&wanted.as_str()));
    derived(&path, &(new.join("\n") + "\n"));
}

#[test]
fn names_that_are_read_match_and_others_do_not() {
    let names = regex::Regex::new(&names()).unwrap();
    for part in name_parts() {
        let name = match part {
            NamePart::Whole(name) => name.to_owned(),
            NamePart::Start(start) => format!("{start}local"),
            NamePart::End(end) => format!("some{end}"),
            NamePart::Template(end) => format!("mcp.json{end}"),
        };
        assert!(
            names.is_match(&name) && names.is_match(&format!("a/B/{name}")),
            "{name}"
        );
    }
    for path in [
        "src/a.mts",
        "a/b.JSX",
        "x.py",
        "lib.rs",
        ".GitHub/workflows/ci.yml",
        "a/.env.production.sample",
    ] {
        assert!(names.is_match(path), "{path}");
    }
    for path in [
        "README.md",
        "a.css",
        "src/environment",
        "env/main.go",
        "x.py.orig",
        ".rs",
        "logo.svg",
        "cargo.lock",
    ] {
        assert!(!names.is_match(path), "{path}");
        assert!(
            classify(path).is_none() && Language::of_path(path).is_none(),
            "{path}"
        );
    }
}

#[test]
fn the_crate_has_what_it_is_built_from() {
    let manifest = text(&root().join("Cargo.toml"));
    let include = manifest
        .lines()
        .find(|line| line.starts_with("include = "))
        .unwrap();
    let mut missing = Vec::new();
    for folder in CRATE {
        if !include.contains(&format!("\"/{folder}**\"")) {
            missing.push((*folder).to_owned());
        }
    }
    for path in crate::support::files(&root().join("src")) {
        for part in text(&path).split("include_str!(\"").skip(1) {
            let asked = part.split('"').next().unwrap_or_default();
            let ends = path.parent().unwrap().join(asked).canonicalize().unwrap();
            let inside = crate::support::relative(&ends, &root().canonicalize().unwrap());
            if !CRATE.iter().any(|folder| inside.starts_with(folder)) {
                missing.push(inside);
            }
        }
    }
    none("files that `include` of Cargo.toml leaves out", &missing);
}
