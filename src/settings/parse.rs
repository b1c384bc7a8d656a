//! A file's text to what it sets.

use std::collections::HashSet;

use super::keys::{Key, keys};
use super::node::{Entry, Node};
use super::suggest::suggest;
use super::{Partial, SettingsError, json, toml};

/// A kind of file that settings can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// `envacuate.toml`: the whole file.
    EnvacuateToml,
    /// `pyproject.toml`: `[tool.envacuate]`.
    Pyproject,
    /// `package.json`: the key `envacuate`.
    PackageJson,
    /// `Cargo.toml`: `[package.metadata.envacuate]` or `[workspace.metadata.envacuate]`.
    CargoToml,
}

impl Container {
    /// The file names that are looked for in a folder, the first one that has settings wins.
    pub const FILES: [(&'static str, Self); 5] = [
        ("envacuate.toml", Self::EnvacuateToml),
        (".envacuate.toml", Self::EnvacuateToml),
        ("pyproject.toml", Self::Pyproject),
        ("package.json", Self::PackageJson),
        ("Cargo.toml", Self::CargoToml),
    ];
}

/// Reads the settings in a file; `None` when there are none in it.
///
/// Rule ids and channels are not judged here, see [`super::check_names`].
pub fn parse(container: Container, text: &str) -> Result<Option<Partial>, SettingsError> {
    // A manifest that has nothing to do with envacuate may be as broken as it likes.
    if container != Container::EnvacuateToml && !text.contains("envacuate") {
        return Ok(None);
    }
    let mut sections = match container {
        Container::EnvacuateToml => toml::sections(text, &[&[]])?,
        Container::Pyproject => toml::sections(text, &[&["tool", "envacuate"]])?,
        Container::PackageJson => json::section(text, "envacuate")?.into_iter().collect(),
        Container::CargoToml => {
            let path = |owner| [owner, "metadata", "envacuate"];
            toml::sections(text, &[&path("package"), &path("workspace")])?
        }
    };
    if sections.len() > 1 {
        let second = sections.pop().and_then(|node| node.span);
        return Err(SettingsError::new(
            "settings stand both in `package.metadata.envacuate` and in `workspace.metadata.envacuate`",
            second,
        )
        .with_help("keep one of the two"));
    }
    sections.first().map(read).transpose()
}

fn read(section: &Node) -> Result<Partial, SettingsError> {
    let mut partial = Partial::default();
    for entry in once_each(section)? {
        let name = entry.key.text.as_str();
        if is_section(name) {
            for inner in once_each(&entry.node).map_err(|error| error.of_key(name))? {
                find(Some(name), inner)?.read(&mut partial, &inner.node)?;
            }
        } else {
            find(None, entry)?.read(&mut partial, &entry.node)?;
        }
    }
    Ok(partial)
}

/// The entries of a table, in which no key may stand twice.
fn once_each(node: &Node) -> Result<&[Entry], SettingsError> {
    let entries = node.table()?;
    let mut seen = HashSet::new();
    match entries.iter().find(|entry| !seen.insert(&entry.key.text)) {
        Some(twice) => Err(SettingsError::new("the key stands twice", twice.key.span)),
        None => Ok(entries),
    }
}

fn is_section(name: &str) -> bool {
    keys().iter().any(|key| key.section() == Some(name))
}

fn find(section: Option<&str>, entry: &Entry) -> Result<&'static Key, SettingsError> {
    let name = entry.key.text.as_str();
    keys()
        .iter()
        .find(|key| key.section() == section && key.name() == name)
        .ok_or_else(|| unknown(section, entry))
}

fn unknown(section: Option<&str>, entry: &Entry) -> SettingsError {
    let message = match section {
        Some(section) => format!("unknown key in `{section}`"),
        None => "unknown key".to_owned(),
    };
    let here: Vec<&str> = keys()
        .iter()
        .filter_map(|key| match section {
            None => Some(key.section().unwrap_or(key.id)),
            _ => (key.section() == section).then(|| key.name()),
        })
        .collect();
    let elsewhere = keys()
        .iter()
        .find(|key| key.section() != section && key.name() == entry.key.text);
    let help = match (elsewhere, suggest(&entry.key.text, &here)) {
        (Some(key), _) => match key.section() {
            Some(section) => format!("`{}` belongs into the table `{section}`", key.name()),
            None => format!("`{}` belongs into the outermost table", key.name()),
        },
        (None, Some(close)) => format!("did you mean `{close}`?"),
        (None, None) => {
            let mut here = here;
            here.dedup();
            format!("the keys are {}", here.join(", "))
        }
    };
    SettingsError::new(message, entry.key.span).with_help(help)
}
