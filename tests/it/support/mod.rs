//! What the tests share: the repository's files, and how they are read.
//!
//! No test stands here but those of the helpers themselves.

pub(crate) mod annotation;
pub(crate) mod case;
pub(crate) mod git;
pub(crate) mod matching;
pub(crate) mod source;

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Text of a file of the repository, `\n` line endings whatever the checkout did.
pub(crate) fn text(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

/// Every file below `folder`, sorted; dot files too. Empty when there is no such folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in entries(folder) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}

/// What stands directly in `folder`, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(read) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<_> = read.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// `path` from `base`, with `/`.
pub(crate) fn relative(path: &Path, base: &Path) -> String {
    let path = path.strip_prefix(base).unwrap_or(path);
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The last part of a path.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Compares a file that is derived from the code with what it should be; `UPDATE=1` writes it instead.
pub(crate) fn derived(path: &Path, wanted: &str) {
    let found = fs::read_to_string(path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if found == wanted {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, wanted).unwrap();
        return;
    }
    let shown = relative(path, &root());
    let diff = similar::TextDiff::from_lines(found.as_str(), wanted)
        .unified_diff()
        .header(&shown, "derived from the code")
        .to_string();
    panic!("{shown} is out of date; run `UPDATE=1 cargo test tidy`\n{diff}");
}

/// Fails with all the sentences, one a line, if there is any.
pub(crate) fn none(what: &str, sentences: &[String]) {
    assert!(
        sentences.is_empty(),
        "{} {what}:\n  {}\n",
        sentences.len(),
        sentences.join("\n  ")
    );
}
