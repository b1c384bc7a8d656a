//! The cases below `fixtures/rules/<rule>/<family>/`.
//!
//! A case is one file, or a folder of files that are scanned together. Paths inside a case start at the case, so that
//! the word `fixtures` in the path decides nothing.

use std::path::Path;

use envacuate::model::Report;
use envacuate::scan::{finish, scan};
use envacuate::settings::Settings;

use super::{entries, files, name, relative, root, text};

/// The families of languages and formats that fixtures are sorted by.
pub(crate) const FAMILIES: &[&str] = &["ecma", "python", "rust", "config"];

/// Files that are scanned together.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Folder that paths of the case start at, from the repository's folder.
    pub(crate) base: String,
    /// Id of the rule whose folder it stands in.
    pub(crate) rule: String,
    /// Language family.
    pub(crate) family: String,
    /// Path inside the case, and text with `\n` line endings.
    pub(crate) files: Vec<(String, String)>,
}

/// Every case, sorted, and one sentence for each folder or file that stands where none belongs.
pub(crate) fn all() -> (Vec<Case>, Vec<String>) {
    let top = root().join("fixtures/rules");
    let (mut cases, mut stray) = (Vec::new(), Vec::new());
    for rule in entries(&top) {
        if envacuate::rules::Rule::find(&name(&rule)).is_none() {
            stray.push(format!("{}: names no rule", relative(&rule, &root())));
            continue;
        }
        for family in entries(&rule) {
            if !FAMILIES.contains(&name(&family).as_str()) {
                let shown = relative(&family, &root());
                stray.push(format!("{shown}: is none of {FAMILIES:?}"));
                continue;
            }
            for entry in entries(&family) {
                cases.push(read(&name(&rule), &family, &entry));
            }
        }
    }
    (cases, stray)
}

fn read(rule: &str, family: &Path, entry: &Path) -> Case {
    let folder = entry.is_dir();
    let base = if folder { entry } else { family };
    let paths = if folder {
        files(entry)
    } else {
        vec![entry.to_owned()]
    };
    Case {
        base: relative(base, &root()),
        rule: rule.to_owned(),
        family: name(family),
        files: paths
            .iter()
            .map(|path| (relative(path, base), text(path)))
            .collect(),
    }
}

/// Scans files together, as every front end does.
pub(crate) fn check<T: AsRef<[u8]> + Sync>(files: &[(String, T)], settings: &Settings) -> Report {
    let scans = files
        .iter()
        .map(|(path, text)| scan(path, text.as_ref(), settings))
        .collect();
    let read = |path: &str| {
        let (_, text) = files.iter().find(|(known, _)| known == path)?;
        Some(text.as_ref().to_vec())
    };
    finish(scans, &read, settings)
}
