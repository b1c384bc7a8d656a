//! What is never looked at below a path that was given: code of others, what a build made, and our own journal.
//!
//! A path that is named on the command line is looked at whatever it is called.

use std::ffi::OsStr;

/// Directories that are not entered.
pub const SKIPPED_DIRECTORIES: &[&str] = &[
    ".envacuate",
    ".git",
    ".hg",
    ".jj",
    ".smithery",
    ".svn",
    ".venv",
    "__pycache__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "target",
    "vendor",
    "venv",
];

/// Ends of the names of generated files.
pub const SKIPPED_SUFFIXES: &[&str] = &[
    ".min.js", ".min.mjs", ".min.cjs", ".d.ts", ".d.mts", ".d.cts",
];

pub(super) fn directory(name: &OsStr) -> bool {
    SKIPPED_DIRECTORIES
        .iter()
        .any(|skipped| name == OsStr::new(skipped))
}

pub(super) fn file(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    SKIPPED_SUFFIXES
        .iter()
        .any(|suffix| name.ends_with(suffix.as_bytes()))
}
