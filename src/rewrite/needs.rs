//! What packages need that they did not need before: the files that say so, and the commands that make the rest fit.
//!
//! Used by the planning and the manifest.

use std::collections::BTreeMap;

use super::package::within;
use super::planner::Planner;
use super::verify::Changes;
use super::{Accessor, Kind, Package, Unit, npm, pip};
use crate::edit::Edit;

/// What a package needs that it did not need before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The file that says so; the directory of the package where there is no such file.
    pub file: String,
    /// Names of packages, in order.
    pub add: Vec<String>,
    /// The command that installs them and makes the lock file fit.
    pub lock: String,
}

/// Files that say what a Python program needs.
const PYTHON: [&str; 2] = ["pyproject.toml", "requirements.txt"];

/// Lock files, with the commands that make them fit.
const LOCKS: &[(&str, &str)] = &[
    ("package-lock.json", "npm install"),
    ("pnpm-lock.yaml", "pnpm install"),
    ("yarn.lock", "yarn install"),
    ("bun.lock", "bun install"),
    ("bun.lockb", "bun install"),
    ("uv.lock", "uv lock"),
    ("poetry.lock", "poetry lock"),
    ("pdm.lock", "pdm lock"),
];

/// The edits that add what an accessor uses to the files that say what a package of npm or Python needs.
pub(super) fn edits(accessor: &Accessor, planner: &Planner<'_>) -> Vec<(String, Edit)> {
    let wanted = accessor.client.uses.iter();
    let wanted: Vec<(&str, &str)> = wanted.map(|one| (one.name, one.version)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let read = |path: &String| planner.program.files.read(path);
    let root = &accessor.package.root;
    let mut found = Vec::new();
    match accessor.package.kind {
        Kind::Cargo => {}
        Kind::Node { .. } => {
            let path = within(root, "package.json");
            let edits = read(&path).and_then(|text| {
                // Where nobody says on which Node it runs, it may be an old one.
                let is_new = npm::node(&text).is_some_and(|major| major >= 22);
                let uses = accessor.client.uses.iter();
                let wanted = uses.map(|one| match one.before_node_22 {
                    Some(older) if !is_new => (one.name, older),
                    _ => (one.name, one.version),
                });
                npm::add(&text, &wanted.collect::<Vec<_>>())
            });
            found.extend(edits.into_iter().flatten().map(|edit| (path.clone(), edit)));
        }
        Kind::Python => {
            for path in PYTHON.map(|name| within(root, name)) {
                let edits = read(&path).and_then(|text| pip::add(&path, &text, &wanted));
                found.extend(edits.into_iter().flatten().map(|edit| (path.clone(), edit)));
            }
        }
    }
    found
}

fn names(path: &str, text: &[u8]) -> Vec<String> {
    match path.rsplit('/').next() {
        Some("package.json") => npm::names(text),
        Some("Cargo.toml") => super::rust::crates(text),
        Some("pyproject.toml" | "requirements.txt") => pip::names(path, text),
        _ => Vec::new(),
    }
}

/// What is added by changes, and what would have to be where no file says it.
pub(super) fn of(
    changes: &Changes,
    units: &[&Unit],
    accessors: &[Accessor],
    anew: &[Accessor],
    planner: &Planner<'_>,
) -> Vec<Needs> {
    let mut all: BTreeMap<String, Needs> = BTreeMap::new();
    for (path, (before, after)) in changes {
        let known = before.as_deref().map(|text| names(path, text));
        let known = known.unwrap_or_default();
        let mut add = names(path, after);
        add.retain(|name| !known.contains(name));
        add.sort();
        if !add.is_empty() {
            let (root, name) = path.rsplit_once('/').unwrap_or(("", path));
            let lock = lock(root, name, planner);
            let file = path.clone();
            all.insert(path.clone(), Needs { file, add, lock });
        }
    }
    let is_used = |accessor: &&Accessor| units.iter().any(|unit| unit.package == accessor.package);
    for accessor in accessors.iter().filter(is_used).chain(anew) {
        let Package { root, kind, .. } = &accessor.package;
        let files: &[&str] = match kind {
            Kind::Cargo => continue,
            Kind::Node { .. } => &["package.json"],
            Kind::Python => &PYTHON,
        };
        let wanted = accessor.client.uses.iter().map(|one| one.name);
        let wanted: Vec<String> = wanted.map(str::to_owned).collect();
        let says = |name: &&str| {
            let path = within(root, name);
            let text = match changes.get(&path) {
                Some((_, after)) => Some(after.clone()),
                None => planner.program.files.read(&path),
            };
            let known = text.map(|text| names(&path, &text)).unwrap_or_default();
            wanted.iter().all(|name| known.contains(name))
        };
        if !wanted.is_empty() && !files.iter().any(says) {
            let install = match kind {
                Kind::Python => "pip install",
                _ => "npm install",
            };
            let file = if root.is_empty() { "." } else { root };
            let needs = Needs {
                file: file.to_owned(),
                lock: format!("{install} {}", wanted.join(" ")),
                add: wanted,
            };
            all.entry(needs.file.clone()).or_insert(needs);
        }
    }
    all.into_values().collect()
}

/// The command that makes the lock file of a package fit, which may stand in a folder above.
fn lock(root: &str, name: &str, planner: &Planner<'_>) -> String {
    let usual = match name {
        "Cargo.toml" => return "cargo check".to_owned(),
        "package.json" => "npm install",
        "requirements.txt" => return "pip install -r requirements.txt".to_owned(),
        _ => "pip install .",
    };
    let is_of_npm = usual == "npm install";
    let folders = std::iter::successors(Some(root), |folder| {
        (!folder.is_empty()).then(|| super::package::directory(folder))
    });
    for folder in folders {
        for (file, command) in LOCKS {
            let is_kind = is_of_npm == command.ends_with("install");
            if is_kind && planner.program.files.read(&within(folder, file)).is_some() {
                return (*command).to_owned();
            }
        }
    }
    usual.to_owned()
}
