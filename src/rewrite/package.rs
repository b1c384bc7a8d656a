//! Packages: which files belong together, by the manifest file of their ecosystem.
//!
//! Asks for files by path and reads as little of them as it needs. Used by the planning.

use super::Files;
use crate::language::{Family, Language};

/// What kind of package it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `package.json`, with `"type": "module"` or without.
    Node {
        /// Whether its `.js` files are ES modules.
        esm: bool,
    },
    /// `pyproject.toml` and its like.
    Python,
    /// `Cargo.toml`.
    Cargo,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Its directory, without a slash behind; empty for the working directory.
    pub root: String,
    /// What kind it is.
    pub kind: Kind,
    /// Its name, or that of its directory.
    pub name: String,
}

/// Files that make a directory a Python package to install.
const PYTHON: &[&str] = &[
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
];

impl Package {
    /// The package of a source file.
    pub(super) fn of(path: &str, files: &dyn Files) -> Option<Self> {
        let family = Language::of_path(path)?.family();
        let manifests: &[&str] = match family {
            Family::Ecma => &["package.json"],
            Family::Python => PYTHON,
            Family::Rust => &["Cargo.toml"],
        };
        let mut root = directory(path);
        loop {
            for manifest in manifests {
                if let Some(text) = files.read(&within(root, manifest)) {
                    return Some(Self::new(root, family, &text));
                }
            }
            if root.is_empty() || root == ".." || root.ends_with("/..") {
                return Some(Self::new("", family, b""));
            }
            root = directory(root);
        }
    }

    fn new(root: &str, family: Family, manifest: &[u8]) -> Self {
        let text = String::from_utf8_lossy(manifest);
        let (kind, name) = match family {
            Family::Ecma => {
                let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                let esm = value["type"] == "module";
                (
                    Kind::Node { esm },
                    value["name"].as_str().map(str::to_owned),
                )
            }
            Family::Python => (Kind::Python, toml_name(&text, "project")),
            Family::Rust => (Kind::Cargo, toml_name(&text, "package")),
        };
        let of_folder = root.rsplit('/').next().unwrap_or_default();
        Self {
            root: root.to_owned(),
            kind,
            name: name.unwrap_or_else(|| of_folder.to_owned()),
        }
    }

    /// Its name as part of an address: without scope, of letters, digits, `-`, `_` and `.`.
    pub(super) fn slug(&self) -> String {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let slug: String = name
            .chars()
            .map(|c| if is_plain(c) { c } else { '-' })
            .collect();
        if slug.trim_matches(['-', '.']).is_empty() {
            "server".to_owned()
        } else {
            slug
        }
    }
}

fn toml_name(text: &str, table: &str) -> Option<String> {
    let document: toml_edit::DocumentMut = text.parse().ok()?;
    Some(document.get(table)?.get("name")?.as_str()?.to_owned())
}

/// The directory of a path; empty for the working directory.
pub(super) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// A name in a directory.
pub(super) fn within(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}
